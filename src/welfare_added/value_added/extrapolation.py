"""Covariances within a year, continued from those between years."""

import numpy as np


def extrapolate(lags: np.ndarray, pairs: np.ndarray, longest: int) -> np.ndarray:
    """Covariances at lag 0 by a line through the logs of those at lags 1 to ``longest``.

    lags, pairs: (B, L, 3); the result is (B, 3). The covariance at lag 1 where fewer than two lags
    have a positive one, or where the line falls with shorter lags.
    """
    at = np.arange(1, lags.shape[1] + 1)[:longest, None]
    values = lags[:, :longest]
    usable = np.where(np.isnan(values), 0.0, values) > 0
    weight = np.where(usable, pairs[:, :longest], 0.0)
    logs = np.log(np.where(usable, values, 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        total = weight.sum(axis=1)
        mean_at = (weight * at).sum(axis=1) / total
        mean_log = (weight * logs).sum(axis=1) / total
        spread = (weight * (at - mean_at[:, None]) ** 2).sum(axis=1)
        slope = (weight * (at - mean_at[:, None]) * logs).sum(axis=1) / spread
        line = np.exp(mean_log - slope * mean_at)
    proper = (usable.sum(axis=1) >= 2) & (slope <= 0) & usable[:, 0]
    return np.where(proper, line, lags[:, 0])
