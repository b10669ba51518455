"""Means of bins of equal size, with their number of observations."""

import numpy as np
import pandas as pd


def equal_bins(x: np.ndarray, number: int) -> np.ndarray:
    """Bin (n,) of each value, from 0, such that bins hold as many as possible alike.

    Equal values are in one bin, so that the order of rows does not matter; bins may be fewer.
    """
    _, group, sizes = np.unique(x, return_inverse=True, return_counts=True)
    middle = np.cumsum(sizes) - sizes / 2
    bins = np.minimum((middle * number / len(x)).astype(int), number - 1)
    return np.unique(bins, return_inverse=True)[1][group]


def bin_means(
    x: np.ndarray, values: dict[str, np.ndarray], number: int, weight: np.ndarray | None = None
) -> pd.DataFrame:
    """Means by bins of x: bin (from 1), x, the values, count.

    weight: (n,) of the values and of x, None for equal ones; count is the sum of weights.
    """
    weight = np.ones(len(x)) if weight is None else weight
    group = equal_bins(x, number)
    count = np.bincount(group, weight)
    table = {"bin": np.arange(1, len(count) + 1)}
    for name, one in {"x": x, **values}.items():
        table[name] = np.bincount(group, weight * one) / np.where(count > 0, count, np.nan)
    return pd.DataFrame({**table, "count": count})


def line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope and intercept of y on x by least squares; NaN where x does not vary."""
    centred = x - x.mean()
    square = float(centred @ centred)
    if square <= 1e-18 * max(float(x @ x), 1.0):
        return float("nan"), float("nan")
    slope = float(centred @ y) / square
    return slope, float(y.mean() - slope * x.mean())
