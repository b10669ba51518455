"""Means of bins of equal size, with their number of observations."""

import numpy as np
import pandas as pd

LEAST = 10  # persons of a bin, on average at least: fewer would tell of single ones


def equal_bins(x: np.ndarray, number: int, weight: np.ndarray | None = None) -> np.ndarray:
    """Bin (n,) of each value, from 0, such that bins hold as much weight as possible alike.

    Equal values are in one bin, so that the order of rows does not matter; bins may be fewer.
    """
    _, group = np.unique(x, return_inverse=True)
    mass = np.bincount(group, weight)
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    bins = np.minimum((middle * number).astype(int), number - 1)
    return np.unique(bins, return_inverse=True)[1][group]


def bin_means(
    x: np.ndarray,
    values: dict[str, np.ndarray],
    number: int,
    weight: np.ndarray | None = None,
    least: float = 1,
) -> pd.DataFrame:
    """Means by bins of x: bin (from 1), x, the values, count (sum of weights).

    weight: (n,), None for ones. Bins are at most ``number``, and so few that they hold ``least``
    each on average.
    """
    weight = np.ones(len(x)) if weight is None else weight
    number = max(min(number, int(weight.sum() / least + 1e-9)), 1)
    group = equal_bins(x, number, weight)
    count = np.bincount(group, weight)
    table = {"bin": np.arange(1, len(count) + 1)}
    for name, one in {"x": x, **values}.items():
        table[name] = np.bincount(group, weight * one) / count
    return pd.DataFrame({**table, "count": count})


def line(x: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> tuple[float, float]:
    """Slope and intercept of y on x by (weighted) least squares; NaN where x does not vary."""
    weight = np.full(len(x), 1 / len(x)) if weight is None else weight / weight.sum()
    centred = x - weight @ x
    square = float(weight @ centred**2)
    if square <= 1e-18 * max(float(weight @ x**2), 1.0):
        return float("nan"), float("nan")
    slope = float(weight @ (centred * y)) / square
    return slope, float(weight @ y - slope * (weight @ x))
