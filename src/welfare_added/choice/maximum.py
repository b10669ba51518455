"""Maximum of a log-likelihood that is a sum over agents, and standard errors of its parameters."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.optimize import minimize

from welfare_added.run.errors import UserError

TOLERANCE = 1e-6  # of the decrement: log-likelihood that is still to be gained, about
SCORING_STEPS = 5
HALVINGS = 8  # of such a step
SUFFICIENT = 0.01  # rise of the log-likelihood, relative to what its slope promises
ROUNDS = 12
STEPS = 200  # of the optimiser, a round
DIFFERENCE = 1e-2  # in standard errors, for Hessians: smaller steps differ between processors
SMALLEST = 1e-10  # eigenvalue of correlated scores that counts as zero

log = logging.getLogger(__name__)


class Model(Protocol):
    """What has a log-likelihood by agent, with scores."""

    names: tuple[str, ...]

    def evaluate(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-likelihood (A,) and scores (A, D)."""


@dataclass(frozen=True)
class Maximum:
    """Where the search for a maximum ended.

    Attributes
    ----------
    converged
        Whether the decrement is below the tolerance. Standard errors are refused if not.
    message
        How the search ended.
    names, parameters
        (D,) parameters.
    log_likelihood
        Sum over agents.
    decrement
        g' B^-1 g / 2 with the gradient g and the sum B of products of scores: about what the
        log-likelihood would still gain.
    evaluations
        Number of evaluations of the log-likelihood and its scores.

    """

    converged: bool
    message: str
    names: tuple[str, ...] = field(repr=False)
    parameters: np.ndarray
    log_likelihood: float
    decrement: float
    evaluations: int

    def require_converged(self) -> None:
        """Raise `UserError` if the search did not converge."""
        if not self.converged:
            raise UserError(f"not a maximum: {self.message}")


def maximise(
    model: Model,
    start: np.ndarray,
    tolerance: float = TOLERANCE,
    weights: np.ndarray | None = None,
) -> Maximum:
    """Maximise a log-likelihood by BFGS, in coordinates in which scores are uncorrelated.

    The search begins with up to five steps of Berndt, Hall, Hall and Hausman, B^-1 g with the
    gradient g and the sum B of products of scores, which is the information at the truth. BFGS
    follows in coordinates whitened by B, and starts again with renewed coordinates until the
    decrement is below ``tolerance``, or for 12 rounds; the result says which. Each round is logged.
    A standard deviation that goes to zero is set to zero, and the rest searched without it; the
    message names it.

    Parameters
    ----------
    model
        Has ``names`` (D), ``evaluate(parameters)``, and may have ``even``, indices of parameters
        whose sign changes nothing.
    start
        (D,) parameters.
    tolerance
        Largest decrement that counts as converged.
    weights
        (A,) weights of agents, not negative; all one if missing.

    Raises
    ------
    UserError
        If scores are collinear at the start: names the parameters that cannot be told apart.

    """
    search = _Search(model, weights)
    at = np.array(start, dtype=float)
    for number in range(SCORING_STEPS + ROUNDS + 1):
        try:
            factor = np.linalg.cholesky(information(model, search.for_products(at)))
        except UserError as error:
            if number == 0:
                raise
            message = f"no maximum in sight after {number} rounds (choices separated?): {error}"
            return search.end(at, np.inf, False, message)
        gradient = solve_triangular(factor, search.gradient(at), lower=True)
        decrement = float(0.5 * gradient @ gradient)
        search.report(number, at, decrement)
        if zero := search.going_to_zero(at, tolerance):
            return _without(model, zero, at, tolerance, weights, search.evaluations)
        if decrement < tolerance or number == SCORING_STEPS + ROUNDS:
            break
        if number < SCORING_STEPS:
            at = search.step(at, solve_triangular(factor.T, gradient), decrement)
        else:
            at = search.climb(at, factor, tolerance)
    converged = decrement < tolerance
    wanted = "" if converged else f", want below {tolerance:.0e}"
    message = f"decrement {decrement:.1e} after {number} rounds{wanted}"
    return search.end(at, decrement, converged, message)


class _Search:
    """Evaluations of a model, counted; the last one is kept."""

    def __init__(self, model: Model, weights: np.ndarray | None):
        self.model, self.evaluations, self._at = model, 0, None
        self.weights = None if weights is None else np.asarray(weights, dtype=float)

    def _evaluate(self, at):
        if self._at is None or not np.array_equal(at, self._at):
            self._value, self._score = self.model.evaluate(at)
            self.evaluations += 1
            self._at = np.array(at)
        return self._value, self._score

    def total(self, at):
        value = self._evaluate(at)[0]
        return float(value.sum() if self.weights is None else self.weights @ value)

    def gradient(self, at):
        score = self._evaluate(at)[1]
        return score.sum(axis=0) if self.weights is None else self.weights @ score

    def for_products(self, at):
        score = self._evaluate(at)[1]
        if self.weights is None:
            return score
        return np.sqrt(self.weights[self.weights > 0])[:, None] * score[self.weights > 0]

    def going_to_zero(self, at, tolerance):
        """Even parameters by which the log-likelihood falls, and no more than the tolerance."""
        gradient = self.gradient(at)
        products = np.square(self.for_products(at)).sum(axis=0)
        return [
            j
            for j in getattr(self.model, "even", ())
            if -tolerance < gradient[j] * at[j] < 0 and gradient[j] ** 2 > tolerance * products[j]
        ]

    def report(self, number, at, decrement):
        total = self.total(at)
        log.info(
            "round %d: log-likelihood %.4f, decrement %.1e, %d evaluations",
            *(number, total, decrement, self.evaluations),
        )

    def step(self, at, step, decrement):
        """Go along the step as far as the log-likelihood rises enough; stay if it never does."""
        before, length = self.total(at), 1.0
        for _ in range(HALVINGS):
            if self.total(at + length * step) > before + SUFFICIENT * length * decrement:
                return at + length * step
            length *= 0.5
        return at

    def climb(self, at, factor, tolerance):
        def negative(moved):
            there = at + solve_triangular(factor.T, moved)
            gradient = solve_triangular(factor, self.gradient(there), lower=True)
            return -self.total(there), -gradient

        options = {"gtol": np.sqrt(0.5 * tolerance / len(at)), "maxiter": STEPS}
        done = minimize(negative, np.zeros(len(at)), jac=True, method="BFGS", options=options)
        return at + solve_triangular(factor.T, done.x)

    def end(self, at, decrement, converged, message):
        total = self.total(at)
        return Maximum(converged, message, self.model.names, at, total, decrement, self.evaluations)


class _Without:
    """A model with some parameters at zero."""

    def __init__(self, model: Model, zero: list[int]):
        self._model, self.kept = model, np.delete(np.arange(len(model.names)), zero)
        self.names = tuple(model.names[j] for j in self.kept)
        self.even = [self.kept.tolist().index(j) for j in model.even if j not in zero]

    def whole(self, parameters):
        whole = np.zeros(len(self._model.names))
        whole[self.kept] = parameters
        return whole

    def evaluate(self, parameters):
        value, score = self._model.evaluate(self.whole(parameters))
        return value, score[:, self.kept]


def _without(model, zero, at, tolerance, weights, evaluations) -> Maximum:
    rest = _Without(model, zero)
    done = maximise(rest, at[rest.kept], tolerance, weights)
    names = ", ".join(model.names[j] for j in zero)
    return replace(
        done,
        message=f"{done.message}; zero: {names}",
        names=model.names,
        parameters=rest.whole(done.parameters),
        evaluations=evaluations + done.evaluations,
    )


def information(model: Model, scores: np.ndarray) -> np.ndarray:
    """Sum over agents of products of scores (D, D).

    Raises
    ------
    UserError
        If it is singular: there are too few agents, or it names the parameters that the data
        cannot tell apart.

    """
    if len(scores) < len(model.names):
        raise UserError(f"{len(scores)} agents or clusters, and {len(model.names)} parameters")
    products = scores.T @ scores
    size = np.sqrt(np.diag(products))
    if (size == 0).any():
        names = [model.names[j] for j in np.flatnonzero(size == 0)]
        raise UserError(f"scores are zero: {', '.join(names)} changes no choice's probability")
    value, vector = np.linalg.eigh(products / np.outer(size, size))
    if value[0] < SMALLEST:
        which = np.flatnonzero(np.abs(vector[:, 0]) > 0.1)
        names = ", ".join(model.names[j] for j in which)
        raise UserError(f"{len(scores)} agents' scores are collinear: {names}; drop one")
    return products


def hessian(model: Model, maximum: Maximum) -> np.ndarray:
    """Second derivatives (D, D) of the log-likelihood, by central differences of its gradient."""
    at = maximum.parameters
    scores = model.evaluate(at)[1]
    step = DIFFERENCE / np.sqrt(np.diag(information(model, scores)))
    rows = []
    for j in range(len(at)):
        up, down = at.copy(), at.copy()
        up[j] += step[j]
        down[j] -= step[j]
        difference = model.evaluate(up)[1] - model.evaluate(down)[1]
        rows.append(difference.sum(axis=0) / (up[j] - down[j]))
    second = np.array(rows)
    return 0.5 * (second + second.T)


def covariance(
    model: Model, maximum: Maximum, kind: str = "scores", clusters: Sequence | None = None
) -> np.ndarray:
    """Covariance matrix (D, D) of the estimates.

    Parameters
    ----------
    model, maximum
        The model and what `maximise` returned.
    kind
        ``scores``: inverse of the sum of products of scores. ``hessian``: inverse of the negative
        Hessian. ``sandwich``: the products between two of the latter.
    clusters
        (A,) labels within which scores are summed before products are taken, such as people of
        whom each year is an agent; not used by ``hessian``.

    Raises
    ------
    UserError
        If the search did not converge or set a standard deviation to zero, the kind is another,
        or the matrix to be inverted is not positive definite.

    """
    if kind not in ("scores", "hessian", "sandwich"):
        raise UserError(f"kind {kind!r}: want scores, hessian or sandwich")
    maximum.require_converged()
    even = getattr(model, "even", ())
    if zero := [maximum.names[j] for j in even if maximum.parameters[j] == 0]:
        raise UserError(f"zero: {', '.join(zero)}; standard errors need the model without it")
    products = None
    if kind != "hessian":
        scores = model.evaluate(maximum.parameters)[1]
        if clusters is not None:
            code = np.unique(np.asarray(clusters), return_inverse=True)[1]
            if code.shape != (len(scores),):
                raise UserError(f"clusters: want one label for each of {len(scores)} agents")
            summed = np.zeros((code.max() + 1, scores.shape[1]))
            np.add.at(summed, code, scores)
            scores = summed
        products = information(model, scores) if kind == "scores" else scores.T @ scores
    identity = np.eye(len(maximum.parameters))
    if kind == "scores":
        return cho_solve(cho_factor(products), identity)
    try:
        bread = cho_solve(cho_factor(-hessian(model, maximum)), identity)
    except np.linalg.LinAlgError:
        raise UserError(
            "the Hessian is not negative definite: no standard errors from it; try kind='scores'"
        ) from None
    return bread if kind == "hessian" else bread @ products @ bread


def standard_errors(
    model: Model, maximum: Maximum, kind: str = "scores", clusters: Sequence | None = None
) -> np.ndarray:
    """Standard errors (D,): roots of the diagonal of `covariance`, which see."""
    return np.sqrt(np.diag(covariance(model, maximum, kind, clusters)))
