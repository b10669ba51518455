"""Maximum of the threshold likelihood, which parameters it identifies, and their errors."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.choice.maximum import Maximum, information
from welfare_added.offers.kinked_maximum import maximise_kinked
from welfare_added.offers.likelihood import ThresholdLikelihood
from welfare_added.offers.market import Market, Rules
from welfare_added.offers.parameters import (
    DISTRICT,
    NAMES,
    TEACHER,
    TEACHERS,
    centred,
    uncentred,
    uncentring,
)
from welfare_added.offers.thresholds import Thresholds
from welfare_added.run.errors import UserError

SLACK = (
    "not identified: no district's budget or capacity binds, so that payoffs matter by their sign "
    "alone, and how often it is positive rests on the mean of their shock, which is assumed"
)
NO_SCORE = "not identified: no match's chance depends on it"
NO_MOVE = "not identified: nobody moved to another district"
NOT_CONVERGED = "no standard error: the search did not converge"
# Without moves the likelihood rises for ever as these make moves rarer.
OF_MOVES = ("distance", "incumbent", *DISTRICT)


@dataclass(frozen=True)
class Fit:
    """Estimates, in the units of table 13 but for the scale of payoffs, whose shock has SD 1.

    Attributes
    ----------
    maximum
        Where the search ended, over identified parameters, at centred salaries.
    parameters
        (9,) estimates; those that are not identified are as they were given.
    reason
        (9,) why a parameter is not identified; empty if it is.
    covariance
        (9, 9), nan for parameters that are not identified, and all nan if the search did not
        converge. Products of scores summed by district of origin, between inverses of the sum of
        products of teachers' scores (not of second derivatives, which have no value at kinks),
        times G / (G - 1).
    log_likelihood, teachers, left_out, clusters
        Sum over the teachers in it; their number, that of those left out for want of value added,
        and the number G of districts of origin.
    capacity_binds, budget_binds, closed, districts
        Numbers of districts at the estimates: whose capacity and budget bind, whose stayers
        exceed either, and of all.

    """

    maximum: Maximum
    parameters: np.ndarray
    reason: tuple[str, ...]
    covariance: np.ndarray = field(repr=False)
    log_likelihood: float
    teachers: int
    left_out: int
    clusters: int
    capacity_binds: int
    budget_binds: int
    closed: int
    districts: int

    @property
    def standard_errors(self) -> np.ndarray:
        """Standard errors (9,), nan of what is not identified."""
        return np.sqrt(np.diag(self.covariance))

    def table(self) -> pd.DataFrame:
        """A row a parameter: side, parameter, estimate, standard_error, identified, reason.

        The reason is why there is no estimate, or, if the search did not converge, no error.
        """
        identified = [not reason for reason in self.reason]
        otherwise = "" if self.maximum.converged else f"{NOT_CONVERGED}, {self.maximum.message}"
        return pd.DataFrame(
            {
                "side": ["teacher"] * len(TEACHER) + ["district"] * len(DISTRICT),
                "parameter": NAMES,
                "estimate": np.where(identified, self.parameters, np.nan),
                "standard_error": self.standard_errors,
                "identified": identified,
                "reason": [one or otherwise for one in self.reason],
            }
        )


def fit_thresholds(
    markets: list[Market], rules: Rules, start: np.ndarray, tolerance: float = 1e-6
) -> Fit:
    """Maximise the threshold likelihood by steps of Berndt, Hall, Hall and Hausman.

    markets: with matches. start: (9,) parameters to begin with, in the units of `Fit`; those of
    districts stay there if nothing binds, there and where the search ends. If constraints bind at
    one of the two alone, the search goes on once with what is identified at its end. tolerance: of
    the decrement, see `choice.maximum`.

    Raises
    ------
    UserError
        If a market is refused, no equilibrium is found at the start, or the data cannot tell
        parameters apart.

    """
    model = ThresholdLikelihood(markets, rules)
    at = centred(start, rules.salary_centre)
    reason = _reasons(model, at)
    held = _Held(model, at, reason)
    maximum = maximise_kinked(held, at[held.kept], tolerance)
    at = held.whole(maximum.parameters)
    equilibria = model.equilibria(at)
    if (SLACK in reason) == _binds(equilibria):  # otherwise than where the search began
        reason = _reasons(model, at)
        held = _Held(model, at, reason)
        maximum = maximise_kinked(held, at[held.kept], tolerance)
        at = held.whole(maximum.parameters)
        equilibria = model.equilibria(at)
    return Fit(
        maximum,
        uncentred(at, rules.salary_centre),
        reason,
        _covariance(held, maximum, model.clusters, rules),
        maximum.log_likelihood,
        len(model.clusters),
        model.left_out,
        len(np.unique(model.clusters)),
        sum(int((one.capacity_price > 0).sum()) for one in equilibria),
        sum(int((one.budget_price > 0).sum()) for one in equilibria),
        sum(int(one.closed.sum()) for one in equilibria),
        sum(len(one.closed) for one in equilibria),
    )


def _binds(equilibria: list[Thresholds]) -> bool:
    return any((one.capacity_price > 0).any() or (one.budget_price > 0).any() for one in equilibria)


def _reasons(model: ThresholdLikelihood, at: np.ndarray) -> tuple[str, ...]:
    """Why parameters are not identified (9,), at centred parameters."""
    value, score = model.evaluate(at)
    if not np.isfinite(value).all():
        raise UserError(
            f"start: {int((~np.isfinite(value)).sum())} of {len(value)} matches have no chance, or "
            "no equilibrium was found; give other parameters to begin with"
        )
    slack = not _binds(model.equilibria(at))
    why = [NO_SCORE if not score[:, k].any() else "" for k in range(len(NAMES))]
    if not model.hires:
        why = [NO_MOVE if name in OF_MOVES else one for name, one in zip(NAMES, why, strict=True)]
    return tuple(SLACK if slack and k >= TEACHERS else one for k, one in enumerate(why))


class _Held:
    """The model with parameters that are not identified at given values."""

    def __init__(self, model: ThresholdLikelihood, at: np.ndarray, reason: tuple[str, ...]):
        self._model, self._at = model, at
        self.kept = np.flatnonzero([not why for why in reason])
        self.names = tuple(NAMES[k] for k in self.kept)

    def whole(self, parameters: np.ndarray) -> np.ndarray:
        whole = self._at.copy()
        whole[self.kept] = parameters
        return whole

    def evaluate(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        value, score = self._model.evaluate(self.whole(parameters))
        return value, score[:, self.kept]


def _covariance(held: _Held, maximum: Maximum, clusters: np.ndarray, rules: Rules) -> np.ndarray:
    """Covariance (9, 9) in the units of `Fit`."""
    whole = np.full((len(NAMES), len(NAMES)), np.nan)
    if not maximum.converged:
        return whole
    score = held.evaluate(maximum.parameters)[1]
    summed = np.zeros((clusters.max() + 1, score.shape[1]))
    np.add.at(summed, clusters, score)
    number = len(np.unique(clusters))
    bread = np.linalg.inv(information(held, score))
    inner = bread @ (summed.T @ summed) @ bread * number / max(number - 1, 1)
    block = np.ix_(held.kept, held.kept)
    turn = uncentring(rules.salary_centre)[block]
    whole[block] = turn @ inner @ turn.T
    return whole
