"""The random assignment of the teachers observed, as a benchmark (section 6.1)."""

import numpy as np

from welfare_added.reassignment.random_loops import swap
from welfare_added.reassignment.year import Year


def by_groups(allowed: np.ndarray) -> np.ndarray | None:
    """Group of each row if a square mask is complete within groups and empty between, else None."""
    kinds, group = np.unique(allowed, axis=0, return_inverse=True)
    group = group.ravel()
    disjoint = kinds.sum(axis=0).max(initial=0) <= 1
    square = (kinds.sum(axis=1) == np.bincount(group)).all()
    return group if disjoint and square else None


def random_weights(
    year: Year, rng: np.random.Generator, draws: int = 200, sweeps: int = 20
) -> tuple[np.ndarray, bool]:
    """Chance of each candidate and position under random assignment within licences, (m, n).

    The mean of any scores over random assignments is the sum of scores times these weights.

    Returns
    -------
    array, bool
        The weights, and whether they are exact: where licences part teachers and positions into
        groups every permutation within groups is equally likely. Else ``draws`` assignments of a
        chain that exchanges two teachers where both may take the other's position, ``sweeps``
        exchanges a position apart; it is uniform over the assignments that such exchanges reach.

    """
    holder = year.observed
    n = len(holder)
    allowed = year.licensed[holder].copy()
    allowed[np.arange(n), np.arange(n)] = True
    weights = np.zeros(year.licensed.shape)
    group = by_groups(allowed)
    if group is not None:
        weights[holder] = allowed / np.bincount(group)[group][:, None]
        return weights, True
    counts, current = np.zeros((n, n)), np.arange(n)
    for _ in range(draws):
        pairs = rng.integers(n, size=(sweeps * n, 2))
        swap(current, allowed, pairs)
        counts[current, np.arange(n)] += 1.0
    weights[holder] = counts / draws
    return weights, False
