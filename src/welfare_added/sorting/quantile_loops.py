"""Compiled quantiles of cells whose rows count as often as their cluster was drawn."""

import numpy as np
from numba import njit


@njit(cache=True)
def weighted_quantiles(values, cluster, first, weights, quantiles):
    """Quantiles of every cell, each the smallest value with that share of weight up to it.

    values, cluster: (n,) by cell and sorted within it; first: (C + 1,) first row of each cell;
    weights: (G,) whole numbers; quantiles: (q,) increasing. Returns (C, q), missing in cells of no
    weight.
    """
    cells = len(first) - 1
    out = np.full((cells, len(quantiles)), np.nan)
    for cell in range(cells):
        total = 0
        for row in range(first[cell], first[cell + 1]):
            total += weights[cluster[row]]
        if total == 0:
            continue
        reached, at = 0, 0
        for row in range(first[cell], first[cell + 1]):
            reached += weights[cluster[row]]
            while at < len(quantiles) and reached >= total * quantiles[at] - 1e-9 and reached > 0:
                out[cell, at] = values[row]
                at += 1
    return out
