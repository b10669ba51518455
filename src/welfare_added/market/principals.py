"""Principals' preferences from their ratings of applications: table 6 of Bates et al. (2022)."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from welfare_added.choice.binary_panel import BinaryLogit, binary_logit
from welfare_added.choice.draws import gauss_hermite, pseudo_random
from welfare_added.choice.maximum import covariance as covariance_of
from welfare_added.choice.maximum import maximise
from welfare_added.market import preference_loops
from welfare_added.market.columns import usable, with_those_left_out, without_separating
from welfare_added.market.estimates import Estimates
from welfare_added.market.polish import polished
from welfare_added.market.ratings import PRINCIPAL, SPREAD, Ratings, ranks
from welfare_added.run.errors import UserError

log = logging.getLogger(__name__)
WHAT = "principals' ratings"
INTEGRATORS = ("adaptive", "simulated")


@dataclass(frozen=True)
class StatedRatings:
    """A logit of positive answers, as it is estimated.

    Attributes
    ----------
    model
        With a random effect of each position.
    plain
        Makes the same without.
    keep
        (P,) covariates that can be told apart and separate no answers.
    choices
        Number of applications.

    """

    model: BinaryLogit
    plain: Callable[[], BinaryLogit] = field(repr=False)
    keep: np.ndarray = field(repr=False)
    choices: int


def principal_model(
    applications: Ratings,
    positive: np.ndarray,
    *,
    integrator: str = "adaptive",
    nodes: int = 15,
    seed: int = 1,
    separated: str = "refuse",
    at_least: int = 1,
) -> StatedRatings:
    """State a logit of positive answers with a random effect of each position (eq. 15).

    Parameters
    ----------
    applications
        Applications that principals chose among.
    positive
        (N,) whether the answer was positive.
    integrator
        ``adaptive``: Gauss-Hermite nodes around each position's mode; ``simulated``: pseudo-random
        draws from the normal law, as published.
    nodes
        Number of nodes, or of draws.
    seed
        Of the draws.
    separated, at_least
        Covariates that are not zero in fewer answers of either kind: ``refuse``, or ``drop``.

    Raises
    ------
    UserError
        If the integrator is another, or a dummy separates answers.

    """
    if integrator not in INTEGRATORS:
        raise UserError(f"integrator {integrator!r}: want {' or '.join(INTEGRATORS)}")
    taken = positive.astype(float)
    keep = estimable(applications.covariates, PRINCIPAL, taken, separated, at_least)
    rows = _together(applications.positions, applications.covariates[:, keep], taken)
    adaptive = integrator == "adaptive"
    count = len(np.unique(rows.agent))
    answers = (rows.columns, rows.taken, rows.agent)
    common = {
        "names": [name for name, one in zip(PRINCIPAL, keep, strict=True) if one],
        "trials": rows.trials,
    }
    model = binary_logit(
        *answers,
        random=np.ones((len(rows.agent), 1)),
        random_names=["effect"],
        nodes=gauss_hermite(nodes) if adaptive else pseudo_random(count, nodes, 1, seed),
        at_modes=adaptive,
        **common,
    )
    plain = partial(binary_logit, *answers, **common)
    return StatedRatings(model, plain, keep, len(taken))


def estimate_principals(stated: StatedRatings, inference: str = "scores") -> Estimates:
    """Estimate principals' preferences (table 6).

    Parameters
    ----------
    stated
        Of `principal_model`.
    inference
        Standard errors, of positions: ``scores``, ``hessian`` or ``sandwich`` (`covariance`).

    Raises
    ------
    UserError
        If there is no maximum, or inference is another.

    """
    model, spreads = stated.model, (SPREAD,)
    found = maximise(model, model.start())
    if zero := found.parameters[-1] == 0:
        log.info("%s: random effects of positions have a spread of zero", WHAT)
        model, spreads = stated.plain(), ()
        found = maximise(model, model.start())
    found = polished(model, found)
    covariance = covariance_of(model, found, inference)
    estimates = _estimates(model, found, covariance, stated.keep, stated.choices, spreads)
    return estimates.with_zero(SPREAD) if zero else estimates


@dataclass(frozen=True)
class RankingModel:
    """A rank-ordered logit of A agents' lists with ties, of covariates (N, D)."""

    names: tuple[str, ...]
    agents: np.ndarray = field(repr=False)
    first: np.ndarray = field(repr=False)
    places: np.ndarray = field(repr=False)
    columns: np.ndarray = field(repr=False)

    def evaluate(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Log-likelihood (A,) of each list, and its derivatives (A, D)."""
        value, score = np.empty(len(self.agents)), np.empty((len(self.agents), len(self.names)))
        index = self.columns @ parameters
        preference_loops.ranked_panel(self.first, self.places, index, self.columns, value, score)
        return value, score


def ranking_model(
    columns: np.ndarray, places: np.ndarray, agent: np.ndarray, names: tuple[str, ...]
) -> RankingModel:
    """State a rank-ordered (exploded) logit; ties are any of the orders that they leave open.

    Parameters
    ----------
    columns
        (N, D) covariates that vary within an agent's list.
    places
        (N,) place in the list, lowest best.
    agent
        (N,) labels.
    names
        Of the covariates.

    Raises
    ------
    UserError
        If no list has two places.

    """
    order = np.lexsort((places, agent))
    labels, first = np.unique(agent[order], return_index=True)
    first = np.append(first, len(order))
    sorted_places = places[order]
    if (sorted_places[first[:-1]] == sorted_places[first[1:] - 1]).all():
        raise UserError("rank-ordered logit: no list has items of different places")
    return RankingModel(names, labels, first, sorted_places, np.ascontiguousarray(columns[order]))


def estimate_rankings(
    applications: Ratings,
    order: Mapping[str, int],
    *,
    separated: str = "refuse",
    at_least: int = 1,
    inference: str = "scores",
) -> Estimates:
    """Estimate a rank-ordered logit of outcomes within positions (Bates et al. 2022, table 7).

    The constant, Title I and the position's random effect do not change ranks and drop out.

    Parameters
    ----------
    applications
        All applications, or those that were rated.
    order
        Place of each outcome, lowest best; outcomes of one place are ties.
    separated, at_least
        As `principal_model`, of items that are first and of others.
    inference
        As `estimate_principals`.

    """
    within = np.array([name not in ("constant", "title1") for name in PRINCIPAL])
    columns = applications.covariates[:, within]
    names = [name for name, one in zip(PRINCIPAL, within, strict=True) if one]
    places = ranks(applications.outcomes, order)
    _, agent = np.unique(applications.positions, return_inverse=True)
    mixed = _varying(agent, places)
    columns, places, agent = columns[mixed], places[mixed], agent[mixed]
    means = np.column_stack([np.bincount(agent, x) for x in columns.T])
    inside = columns - (means / np.maximum(np.bincount(agent), 1)[:, None])[agent]
    kept = usable(inside.T @ inside, names, WHAT)
    best = (places == _least(agent, places)[agent]).astype(float)
    kept[kept] = without_separating(
        columns[:, kept], _named(names, kept), best, np.ones(len(best)), WHAT, separated, at_least
    )
    model = ranking_model(columns[:, kept], places, agent, tuple(_named(names, kept)))
    found = polished(model, maximise(model, np.zeros(kept.sum())))
    keep = within.copy()
    keep[within] = kept
    covariance = covariance_of(model, found, inference)
    return _estimates(model, found, covariance, keep, len(places), ())


def planted_of_estimable(truth: Mapping[str, float], applications: Ratings) -> dict[str, float]:
    """Principals' planted parameters as these applications can tell them apart.

    Where traits are missing together, one indicator stands for the sum of all. truth: by name, 0
    where there is none; further names stay as they are.
    """
    columns = applications.covariates
    values = np.array([truth.get(name, 0.0) for name in PRINCIPAL])
    told = with_those_left_out(values, columns.T @ columns, PRINCIPAL, WHAT)
    return {**truth, **dict(zip(PRINCIPAL, told.tolist(), strict=True))}


def estimable(columns, names, taken, separated, at_least) -> np.ndarray:
    """Covariates (P,) bool that can be told apart and separate no answers."""
    kept = usable(columns.T @ columns, names, WHAT)
    trials = np.ones(len(taken))
    kept[kept] = without_separating(
        columns[:, kept], _named(names, kept), taken, trials, WHAT, separated, at_least
    )
    return kept


@dataclass(frozen=True)
class _Rows:
    columns: np.ndarray
    taken: np.ndarray
    trials: np.ndarray
    agent: np.ndarray


def _together(position, columns, taken) -> _Rows:
    """Applications to one position with the same covariates as one row, which is exact."""
    keyed = np.column_stack([position, columns])
    rows, code = np.unique(keyed, axis=0, return_inverse=True)
    code = code.ravel()
    return _Rows(
        np.ascontiguousarray(rows[:, 1:]),
        np.bincount(code, taken),
        np.bincount(code).astype(float),
        rows[:, 0],
    )


def _estimates(model, found, covariance, keep, choices, spreads) -> Estimates:
    found.require_converged()
    names = list(model.names)
    sign = np.ones(len(names))
    for number, name in enumerate(spreads, start=len(names) - len(spreads)):
        names[number] = name
        sign[number] = np.sign(found.parameters[number])  # a standard deviation's sign is free
    return Estimates(
        names=tuple(names),
        parameters=found.parameters * sign,
        covariance=covariance * np.multiply.outer(sign, sign),
        log_likelihood=found.log_likelihood,
        agents=len(model.agents),
        choices=choices,
        evaluations=found.evaluations,
        message=found.message,
        left_out=tuple(_named(PRINCIPAL, ~keep)),
    )


def _named(names, keep) -> list[str]:
    return [name for name, one in zip(names, keep, strict=True) if one]


def _least(agent, places) -> np.ndarray:
    least = np.full(agent.max() + 1, places.max())
    np.minimum.at(least, agent, places)
    return least


def _varying(agent, places) -> np.ndarray:
    most = np.full(agent.max() + 1, places.min())
    np.maximum.at(most, agent, places)
    return (most > _least(agent, places))[agent]
