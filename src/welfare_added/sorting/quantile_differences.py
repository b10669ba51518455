"""Difference-in-differences of interquantile ranges, exactly by quantiles of cells (table 3).

With a constant, two dummies and their product, a quantile regression fits the quantile of each of
the four cells, so that its coefficients are differences of these.
"""

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.sorting.quantile_loops import weighted_quantiles

RANGES = ((0.25, 0.75), (0.25, 0.5), (0.5, 0.75))
TERMS = ("constant", "treated", "post", "treated_x_post")
# Coefficients of cells untreated before, untreated after, treated before, treated after.
CONTRASTS = np.array([[1, 0, 0, 0], [-1, 0, 1, 0], [-1, 1, 0, 0], [1, -1, -1, 1]], dtype=float)


def place(quantile: float, n: int) -> int:
    """Place, from 0, of a quantile among n sorted values: the first whose rank is n times it."""
    return max(int(np.ceil(n * quantile - 1e-9)) - 1, 0)


def cell_quantiles(values: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Quantiles (q,) of values (n,), each the smallest value with that share at or below it."""
    places = [place(one, len(values)) for one in quantiles]
    return np.partition(values, sorted(set(places)))[places]


def quantile_differences(
    outcome: np.ndarray, treated: np.ndarray, post: np.ndarray, quantiles: np.ndarray
) -> np.ndarray:
    """Coefficients of quantile regressions on a constant, treated, post and their product.

    outcome: (n,); treated, post: (n,) booleans; quantiles: (q,). Returns (4, q), in the order of
    `TERMS`. Raises UserError if one of the four cells is empty.
    """
    cells = _cells(treated, post)
    return CONTRASTS @ np.array([cell_quantiles(outcome[cells == c], quantiles) for c in range(4)])


def interquantile_table(
    frame: pd.DataFrame,
    outcome: str,
    *,
    treated: str,
    post: str,
    cluster: str,
    replications: int,
    seed: int,
    ranges: tuple[tuple[float, float], ...] = RANGES,
) -> pd.DataFrame:
    """Interquantile regressions with errors from a bootstrap over clusters (Biasi 2017, table 3).

    Each coefficient is that of the upper quantile's regression less that of the lower one's.
    Replications draw clusters with replacement; the outcome, if a residual, is taken as given.

    Parameters
    ----------
    frame
        One row an observation, nothing missing in the columns used.
    outcome
        Log salary less its expectation.
    treated, post
        Columns of 0 and 1.
    cluster
        District.
    replications, seed
        Of the bootstrap.
    ranges
        Lower and upper quantile of each interquantile range.

    Returns
    -------
    DataFrame
        low, high (quantiles), term (of `TERMS`), estimate, standard_error, n, clusters,
        replications (those in which every cell had rows).

    Raises
    ------
    UserError
        If a value is missing, a cell is empty, or there are fewer than two clusters.

    """
    used = frame[[outcome, treated, post, cluster]]
    if lacking := int(used.isna().any(axis=1).sum()):
        raise UserError(f"interquantile regression: {lacking:,} rows lack a value; leave them out")
    values = used[outcome].to_numpy(float)
    cells = _cells(used[treated].to_numpy(bool), used[post].to_numpy(bool))
    codes, labels = pd.factorize(used[cluster], sort=True)
    if len(labels) < 2:
        raise UserError("interquantile regression: errors need two clusters or more")
    levels = np.unique(np.ravel(ranges))
    estimate = CONTRASTS @ np.array([cell_quantiles(values[cells == c], levels) for c in range(4)])
    drawn = _replicated(values, cells, codes, len(labels), levels, replications, seed)
    rows = []
    for low, high in ranges:
        at = np.searchsorted(levels, [low, high])
        spread = drawn[:, :, at[1]] - drawn[:, :, at[0]]
        error = spread.std(axis=0, ddof=1) if len(spread) > 1 else np.full(4, np.nan)
        value = estimate[:, at[1]] - estimate[:, at[0]]
        rows += [
            (low, high, term, value[k], error[k], len(values), len(labels), len(spread))
            for k, term in enumerate(TERMS)
        ]
    columns = ["low", "high", "term", "estimate", "standard_error"]
    return pd.DataFrame(rows, columns=[*columns, "n", "clusters", "replications"])


def _cells(treated: np.ndarray, post: np.ndarray) -> np.ndarray:
    """Cell of each row, 2 treated + post; raises UserError if a cell has no rows."""
    cells = 2 * treated.astype(int) + post.astype(int)
    counts = np.bincount(cells, minlength=4)
    if (counts == 0).any():
        empty = int(np.flatnonzero(counts == 0)[0])
        names = ("untreated before", "untreated after", "treated before", "treated after")
        raise UserError(f"interquantile regression: no rows of the {names[empty]}")
    return cells


def _replicated(values, cells, codes, clusters, levels, replications, seed) -> np.ndarray:
    """Coefficients (R, 4, q) of samples of clusters in which no cell is empty."""
    order = np.lexsort((values, cells))
    first = np.searchsorted(cells[order], np.arange(5))
    seeds = np.random.SeedSequence(seed).spawn(replications)
    out = []
    for one in seeds:
        drawn = np.random.default_rng(one).integers(0, clusters, clusters)
        weights = np.bincount(drawn, minlength=clusters)
        cell = weighted_quantiles(values[order], codes[order], first, weights, levels)
        if not np.isnan(cell).any():
            out.append(CONTRASTS @ cell)
    return np.array(out).reshape(-1, 4, len(levels))
