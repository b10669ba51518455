"""Estimates by simulated likelihoods, with proposals renewed, and what simulation adds to them."""

from dataclasses import dataclass, field, replace

import numpy as np

from welfare_added.choice.maximum import TOLERANCE, Maximum, maximise
from welfare_added.choice.panel import PanelLogit
from welfare_added.choice.settling import settle
from welfare_added.run.errors import UserError

LOOSE = 1e-3  # decrement of the search without random coefficients


@dataclass(frozen=True)
class Fit:
    """An estimate, and the model whose likelihood it maximises.

    Attributes
    ----------
    model
        The model with the last proposals.
    maximum
        Where the search ended.
    log_likelihoods
        Log-likelihood after each step that renewed proposals; empty if nodes are not moved.

    """

    model: PanelLogit = field(repr=False)
    maximum: Maximum
    log_likelihoods: tuple[float, ...]

    @property
    def converged(self) -> bool:
        """Whether ``maximum`` is one."""
        return self.maximum.converged


def fit(model: PanelLogit, start: np.ndarray | None = None, tolerance: float = TOLERANCE) -> Fit:
    """Maximise a model's likelihood; an adaptive integrator's proposals are renewed at each step.

    All draws of uniforms stay the same. See `settle` for the steps, and `maximise` for those of
    nodes that do not move.

    Parameters
    ----------
    model
        Of `binary_logit` or `multinomial_logit`.
    start
        (D,) parameters; if missing, the maximum without random coefficients, and standard
        deviations of one half.
    tolerance
        Largest decrement that counts as converged.

    Raises
    ------
    UserError
        If parameters cannot be told apart, the choices are separated, or the modes of some agents
        are not found.

    """
    at = _start(model) if start is None else np.asarray(start, dtype=float)
    if not len(model.centres):
        return Fit(model, maximise(model, at, tolerance), ())
    model, maximum, totals = settle(model, at, tolerance)
    return Fit(model, maximum, tuple(totals))


def _start(model: PanelLogit) -> np.ndarray:
    """Maximum without random coefficients, and standard deviations of one half."""
    start = model.start()
    if model.fixed:
        plain = maximise(_Plain(model), start[: model.fixed], LOOSE)
        if not np.isfinite(plain.decrement):
            raise UserError(f"without random coefficients, {plain.message}")
        start[: model.fixed] = plain.parameters
    return start


class _Plain:
    """A model with the fixed coefficients alone."""

    def __init__(self, model: PanelLogit):
        self.names, self._model = model.names[: model.fixed], model.without_spread()

    def evaluate(self, parameters):
        spread = np.zeros(len(self._model.at))
        value, score = self._model.evaluate(np.concatenate([parameters, spread]))
        return value, score[:, : len(parameters)]


@dataclass(frozen=True)
class SimulationError:
    """What a likelihood's simulation adds to it at given parameters.

    Attributes
    ----------
    log_likelihood
        Sum over agents.
    change
        The log-likelihood with twice the draws, less this one.
    effective_p10, effective_median
        Of agents' effective numbers of draws, 1 / sum w^2 of posterior weights w.

    """

    log_likelihood: float
    change: float
    effective_p10: float
    effective_median: float


def effective_draws(model: PanelLogit, parameters: np.ndarray) -> np.ndarray:
    """Effective number of draws (A,) of each agent, 1 / sum w^2 of posterior weights w."""
    return 1 / np.square(model.by_draw(parameters)[1]).sum(axis=1)


def simulation_error(model: PanelLogit, parameters: np.ndarray) -> SimulationError:
    """Effective draws, and the change of the log-likelihood if their number is doubled.

    The first half of the doubled draws of an agent are those of the model, and proposals are the
    same.

    Raises
    ------
    UserError
        If the model's nodes are not those of an `Integrator`.

    """
    if model.integrator is None:
        raise UserError("simulation_error: want a model whose nodes are those of an Integrator")
    integrator = replace(model.integrator, draws=2 * model.integrator.draws)
    nodes = integrator.nodes(len(model.agents), model.random.shape[1])
    doubled = replace(
        model,
        integrator=integrator,
        points=np.ascontiguousarray(nodes.points.transpose(0, 2, 1)),
        log_weights=np.log(nodes.weights),
    )
    total = float(model.evaluate(parameters)[0].sum())
    effective = effective_draws(model, parameters)
    return SimulationError(
        total,
        float(doubled.evaluate(parameters)[0].sum()) - total,
        float(np.quantile(effective, 0.1)),
        float(np.median(effective)),
    )
