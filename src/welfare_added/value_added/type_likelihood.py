"""Likelihood-ratio test of one-dimensional value added (Bates et al. 2022, section 3.3).

Teachers' mean residuals by year and type are Gaussian. Effects have covariance
V_mm' r(|lag|), r(lag) = share + (1 - share) persistence^lag; classroom shocks are common to a
class; students are independent. One-dimensional value added is a correlation of one between the
types' effects, at the boundary of the parameters: twice the log likelihood ratio is then zero with
probability one half, and chi-squared with one degree of freedom otherwise.
"""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from welfare_added.value_added.type_loops import log_likelihood
from welfare_added.value_added.type_model import TypeModel
from welfare_added.value_added.type_years import TypedYears

ITERATIONS = 200
LOG_SD, BOUND = 7.0, 6.0  # bounds of log standard deviations, and of the other free parameters


@dataclass(frozen=True)
class Fit:
    """Gaussian maximum likelihood.

    value: log likelihood; sd: (2,) of effects [student SD]; correlation, of effects; shock: (2, 2)
    covariance of classroom shocks; share: of the effects' variance that is permanent; persistence:
    of the rest, a year; parameters: (8,) unrestricted, the correlation's third.
    """

    value: float
    sd: np.ndarray
    correlation: float
    shock: np.ndarray
    share: float
    persistence: float
    parameters: np.ndarray


@dataclass(frozen=True)
class LikelihoodRatio:
    """Test of one-dimensional value added.

    full, restricted: the fits; statistic: twice the difference of log likelihoods; p_value: by the
    mixture of chi-squared with 0 and 1 degrees of freedom, one half each.
    """

    full: Fit
    restricted: Fit
    statistic: float
    p_value: float


def one_dimension_test(model: TypeModel) -> LikelihoodRatio:
    """Test whether the effects on the two types have a correlation of one.

    Raises
    ------
    ValueError
        If a maximum is not found.

    """
    data = _Stacked(model.years, model.student)
    start = _start(model)
    restricted = data.maximise(start, one_dimension=True)
    # The null's parameters are a start for the rest, so that the full fit is never worse.
    near = restricted.parameters.copy()
    near[2] = start[2]
    full = max(
        (data.maximise(first, one_dimension=False) for first in (start, near)),
        key=lambda fit: fit.value,
    )
    statistic = max(2 * (full.value - restricted.value), 0.0)
    p_value = 0.5 * float(stats.chi2.sf(statistic, 1)) if statistic > 0 else 1.0
    return LikelihoodRatio(full, restricted, statistic, p_value)


def _start(model: TypeModel) -> np.ndarray:
    """Parameters from the moments, kept away from their bounds."""
    variance = np.maximum(np.diag(model.profile[0]), 1e-4)
    correlation = np.clip(model.profile[0, 0, 1] / np.sqrt(variance.prod()), -0.9, 0.9)
    shock = np.maximum(np.diag(model.shock), 0.05 * variance)
    return np.array(
        [
            *(0.5 * np.log(variance)),
            np.arctanh(correlation),
            *(0.0, 1.0),  # a share of one half; a persistence of 0.73
            *(0.5 * np.log(shock)),
            0.0,
        ]
    )


class _Stacked:
    """Teachers' mean residuals, stacked, as the compiled loop takes them."""

    def __init__(self, years: TypedYears, student: np.ndarray) -> None:
        found = years.observations(np.zeros((2, 2)), student)
        self.kind, self.mean, self.noise = found.kind, found.mean.copy(), found.noise
        for kind in range(2):  # a type's mean over teachers is not an effect
            rows = self.kind == kind
            self.mean[rows] -= np.average(self.mean[rows], weights=1 / self._spread(rows))
        self.year = found.year - found.year.min()
        self.starts = np.r_[0, np.flatnonzero(np.diff(found.teacher)) + 1, len(found.teacher)]
        unit = years.observations(np.ones((2, 2)), np.zeros(2))
        self.overlap, self.shared = unit.noise, unit.shared
        self.lags = int(self.year.max()) + 1

    def _spread(self, rows: np.ndarray) -> np.ndarray:
        return self.noise[rows] + self.mean[rows].var()

    def value(self, parameters: np.ndarray, one_dimension: bool) -> tuple[float, np.ndarray]:
        """Minus the mean log likelihood of a teacher, and its gradient by the 8 parameters."""
        shape = _Shape(parameters, self.lags, one_dimension)
        total, by_lag, by_shock = log_likelihood(
            self.starts, self.year, self.kind, self.mean, self.noise, self.overlap, self.shared,
            shape.effects, shape.shock,
        )  # fmt: skip
        teachers = len(self.starts) - 1
        return -total / teachers, -shape.gradient(by_lag, by_shock) / teachers

    def maximise(self, start: np.ndarray, *, one_dimension: bool) -> Fit:
        """Maximise the likelihood from a start."""
        bounds = [(-LOG_SD, LOG_SD)] * 2 + [(-BOUND, BOUND)] * 3 + [(-LOG_SD, LOG_SD)] * 2
        bounds += [(-BOUND, BOUND)]
        found = optimize.minimize(
            self.value,
            start,
            args=(one_dimension,),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": ITERATIONS, "ftol": 1e-13, "gtol": 1e-7},
        )
        if not found.success and "ABNORMAL" not in found.message.upper():
            raise ValueError(f"the likelihood of value added has no maximum: {found.message}")
        shape = _Shape(found.x, self.lags, one_dimension)
        value = -float(found.fun) * (len(self.starts) - 1)
        return Fit(
            value, shape.sd, shape.correlation, shape.shock, shape.share, shape.persistence, found.x
        )


class _Shape:
    """Covariances by lag (L, 2, 2) and of shocks (2, 2) from the parameters.

    Logs of both SDs, atanh of the correlation, logits of share and persistence, logs of both SDs of
    shocks, atanh of their correlation.
    """

    def __init__(self, parameters: np.ndarray, lags: int, one_dimension: bool) -> None:
        self.one_dimension = one_dimension
        self.sd, self.shock_sd = np.exp(parameters[:2]), np.exp(parameters[5:7])
        self.correlation = 1.0 if one_dimension else float(np.tanh(parameters[2]))
        self.shock_correlation = float(np.tanh(parameters[7]))
        self.share, self.persistence = 1 / (1 + np.exp(-parameters[3:5]))
        self.at = np.arange(lags)
        self.decay = self.persistence**self.at
        self.drift = self.share + (1 - self.share) * self.decay
        self.same = _with_correlation(self.sd, self.correlation)
        self.effects = self.drift[:, None, None] * self.same
        self.shock = _with_correlation(self.shock_sd, self.shock_correlation)

    def gradient(self, by_lag: np.ndarray, by_shock: np.ndarray) -> np.ndarray:
        """Chain rule: by_lag (L, 2, 2) and by_shock (2, 2) are derivatives by the covariances."""
        by_same = np.tensordot(self.drift, by_lag, axes=1)
        by_drift = (by_lag * self.same).sum(axis=(1, 2))
        slow = self.share * (1 - self.share)
        fast = self.persistence * (1 - self.persistence)
        decay = np.where(self.at > 0, self.at * self.persistence ** np.maximum(self.at - 1, 0), 0.0)
        return np.array(
            [
                *_by_parameters(by_same, self.same, self.sd, self.correlation, self.one_dimension),
                by_drift @ (1 - self.decay) * slow,
                by_drift @ decay * (1 - self.share) * fast,
                *_by_parameters(by_shock, self.shock, self.shock_sd, self.shock_correlation, False),
            ]
        )


def _with_correlation(sd: np.ndarray, correlation: float) -> np.ndarray:
    return np.outer(sd, sd) * np.array([[1.0, correlation], [correlation, 1.0]])


def _by_parameters(
    by: np.ndarray, value: np.ndarray, sd: np.ndarray, correlation: float, fixed: bool
) -> tuple[float, float, float]:
    """Derivatives by both log SDs and the atanh of the correlation."""
    cross = (by[0, 1] + by[1, 0]) * value[0, 1]
    slope = (by[0, 1] + by[1, 0]) * sd[0] * sd[1] * (1 - correlation**2)
    return (
        2 * by[0, 0] * value[0, 0] + cross,
        2 * by[1, 1] * value[1, 1] + cross,
        0.0 if fixed else slope,
    )
