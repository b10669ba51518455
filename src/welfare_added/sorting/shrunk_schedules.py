"""Additive schedules of districts, shrunk to the state's by empirical Bayes.

In district j, salary = constant + years + delta f + class + degree + error, where the effects of
classes and of degrees are the state's plus deviations with variances t_c and t_d in units of the
error's. Both are estimated by restricted maximum likelihood over all districts at once; constants,
years and delta are each district's own and not shrunk.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from welfare_added.run.errors import UserError
from welfare_added.sorting.district_schedules import (
    IDENTIFIED,
    DistrictSchedule,
    Solved,
    basis,
    fill_nearest,
    teacher_error,
)

BOUNDS = (-18.0, 9.0)  # of log variances of deviations in units of the error's
DECIMALS = 3  # of log variances, so that the search's last digits decide nothing
START = (-2.0, -2.0)


@dataclass(frozen=True)
class Spread:
    """Standard deviations of districts' deviations from the state, and of errors [dollars].

    at_bound: whether the likelihood rises to an end of the range of variances that is searched.
    """

    classes: float
    degrees: float
    error: float
    at_bound: bool


@dataclass(frozen=True)
class _District:
    """Sums of a district once its own effects are removed: Z'Z, Z'y, y'y; rows less effects."""

    square: np.ndarray
    product: np.ndarray
    total: float
    freedom: int


def shrunk_schedules(districts: Sequence[DistrictSchedule]) -> tuple[list[Solved], Spread]:
    """Schedules of all districts of a period.

    A class or degree that a district does not have gets the state's effect; one that no district
    has in the period gets the salary of the nearest that is seen, by `fill_nearest`. Districts
    without teachers are missing.

    Raises
    ------
    UserError
        If no district has more teacher-years than effects of its own, effects of classes and
        degrees cannot be told apart, or the search does not converge.

    """
    sums = [_sums(one) for one in districts]
    freedom = sum(one.freedom for one in sums)
    if freedom <= 0:
        raise UserError("salary equation: no district has enough teachers with value added")
    state = _State(sums, districts[0].shape, freedom)
    found = optimize.minimize(
        lambda logs: state.deviance(logs)[0],
        START,
        method="Nelder-Mead",
        bounds=[BOUNDS, BOUNDS],
        options={"xatol": 1e-5, "fatol": 1e-7, "maxiter": 1000},
    )
    if not found.success:
        raise UserError(f"salary equation: variances of schedules not found: {found.message}")
    logs = np.round(found.x, DECIMALS)
    _, effects, variance = state.deviance(logs)
    deviation = state.ratios(logs)
    solved = [_solve(one, effects, state.seen, deviation, variance) for one in districts]
    error = np.sqrt(variance)
    spread = Spread(
        classes=float(error * np.exp(logs[0] / 2)),
        degrees=float(error * np.exp(logs[1] / 2)),
        error=float(error),
        at_bound=bool((np.abs(logs - BOUNDS[0]) < 0.1).any() or (BOUNDS[1] - logs < 0.1).any()),
    )
    return solved, spread


def _indicators(district: DistrictSchedule) -> np.ndarray:
    """Indicators of classes, then of degrees, (n, K + D)."""
    classes, degrees = (np.arange(size) for size in district.shape)
    columns = [district.seniority[:, None] == classes, district.degree[:, None] == degrees]
    return np.column_stack(columns).astype(float)


def _own(district: DistrictSchedule) -> np.ndarray:
    """What the district estimates by itself: constant, f, years, (n, 2 + T - 1)."""
    return np.column_stack([np.ones(district.n), district.quality, district.years])


def _sums(district: DistrictSchedule) -> _District:
    size = sum(district.shape)
    if district.n == 0:
        return _District(np.zeros((size, size)), np.zeros(size), 0.0, 0)
    own = basis(_own(district))
    z, y = _indicators(district), district.salary - district.salary.mean()
    z, y = z - own @ (own.T @ z), y - own @ (own.T @ y)
    return _District(z.T @ z, z.T @ y, float(y @ y), max(district.n - own.shape[1], 0))


class _State:
    """Restricted likelihood of the variances of deviations, all districts together."""

    def __init__(self, sums: list[_District], shape: tuple[int, int], freedom: int) -> None:
        self.square = np.array([one.square for one in sums])
        self.product = np.array([one.product for one in sums])
        self.total = sum(one.total for one in sums)
        self.shape, self.freedom = shape, freedom
        size = sum(shape)
        within = np.diag(self.square.sum(axis=0))
        self.seen = within > IDENTIFIED * within.max()
        classes, degrees = self.seen[: shape[0]], self.seen[shape[0] :]
        # The first class and the first degree that are seen have effects of zero.
        free = np.r_[np.flatnonzero(classes)[1:], shape[0] + np.flatnonzero(degrees)[1:]]
        self.free = free.astype(int)
        inside = self.square.sum(axis=0)[np.ix_(self.free, self.free)]
        if np.linalg.matrix_rank(inside, tol=IDENTIFIED * within.max()) < len(self.free):
            raise UserError(
                "salary equation: effects of seniority and degrees cannot be told apart in the "
                "state; use wider classes of seniority"
            )
        self.identity = np.eye(size)

    def ratios(self, logs: np.ndarray) -> np.ndarray:
        """Variance of deviations over that of errors, by effect, (K + D,)."""
        return np.repeat(np.exp(np.asarray(logs)), self.shape)

    def deviance(self, logs: np.ndarray) -> tuple[float, np.ndarray, float]:
        """Minus twice the log-likelihood; the state's effects (K + D,); variance of errors."""
        root = np.sqrt(self.ratios(logs))
        inner = self.identity + root[:, None] * self.square * root
        scaled = self.square * root
        half = np.linalg.solve(inner, np.swapaxes(scaled, 1, 2))
        solved = np.linalg.solve(inner, (self.product * root)[:, :, None])[:, :, 0]
        information = (self.square - scaled @ half).sum(axis=0)
        score = (self.product - np.einsum("jkm,jm->jk", scaled, solved)).sum(axis=0)
        rest = self.total - float(((self.product * root) * solved).sum())
        effects, free = np.zeros(len(root)), self.free
        inside = information[np.ix_(free, free)]
        effects[free] = np.linalg.solve(inside, score[free])
        freedom = self.freedom - len(free)
        variance = (rest - float(score[free] @ effects[free])) / freedom
        determinants = float(np.linalg.slogdet(inner)[1].sum() + np.linalg.slogdet(inside)[1])
        return freedom * np.log(variance) + determinants, effects, variance


def _solve(district, effects, seen, ratios, variance) -> Solved:
    shape = district.shape
    if district.n == 0:
        return Solved(np.full(shape, np.nan))
    z, own = _indicators(district), _own(district)
    # Deviations' part of rows' covariance, in units of the error's: V = I + A A', V^-1 = I - B B'.
    scaled = z * np.sqrt(ratios)
    inner = np.linalg.cholesky(np.eye(len(ratios)) + scaled.T @ scaled)
    fitted = np.linalg.solve(inner, scaled.T).T
    whitened = own - fitted @ (fitted.T @ own)
    values = np.linalg.svd(own, compute_uv=False)
    identified = bool((values > IDENTIFIED * values[0]).all())
    if not identified:  # delta is left out, and so are years that no row tells apart
        own, whitened = own[:, :1], whitened[:, :1]
    rest = district.salary - z @ effects
    information = whitened.T @ own
    weights = np.linalg.solve(information, whitened.T)
    estimate = weights @ rest
    left = rest - own @ estimate
    residuals = left - fitted @ (fitted.T @ left)
    deviations = ratios * (z.T @ residuals)
    whole = np.where(seen, effects + deviations, np.nan)
    level = fill_nearest(estimate[0] + whole[: shape[0], None] + whole[None, shape[0] :])
    if not identified:
        return Solved(level)
    half = np.linalg.solve(np.linalg.cholesky(information), whitened.T).T
    fitted = np.column_stack([fitted, half])
    noise, freedom = teacher_error(weights[1], residuals, district.teacher, fitted)
    prior = variance * float(((weights[1] @ scaled) ** 2).sum())
    return Solved(level, float(estimate[1]), float(np.sqrt(noise**2 + prior)), freedom)
