"""Certified optimal assignment of a score matrix under a mask, with more rows than columns."""

from dataclasses import dataclass

import numpy as np

from welfare_added.assignment.certificate import CertificateError
from welfare_added.assignment.lsa import recover_duals

# Pairs whose dual values exceed their score by less, over the largest score, may be in an optimum:
# above what rounding leaves, and far below what tells two plans apart.
TIED = 1e-11


class NoAssignmentError(ValueError):
    """Columns that cannot all be filled.

    Attributes
    ----------
    columns
        Columns that a largest possible assignment leaves empty.

    """

    def __init__(self, where: str, columns: np.ndarray):
        """Take what is assigned, and the columns."""
        self.columns = columns
        super().__init__(f"{where}: {len(columns)} columns cannot be filled")


@dataclass(frozen=True)
class MaskedOptimum:
    """A certified optimum: every column has one row, every row at most one column.

    Attributes
    ----------
    row
        (n,) row of each column.
    u, v
        (m,) and (n,) dual values of rows and columns: u + v is at least the score of every allowed
        pair. u is at least 0 if there are more rows than columns; else both are free in sign.
    value
        Sum of the scores of the assignment.
    relative_gap
        (sum of dual values - value) / the larger of the sum of absolute scores assigned and the
        largest absolute score allowed. It bounds what any other assignment could gain.

    """

    row: np.ndarray
    u: np.ndarray
    v: np.ndarray
    value: float
    relative_gap: float


def optimal_assignment(
    scores: np.ndarray,
    allowed: np.ndarray | None = None,
    tolerance: float = 1e-9,
    where: str = "assignment",
    preference: np.ndarray | None = None,
) -> MaskedOptimum:
    """Assignment of the largest sum of scores, proven by dual values.

    Without ``preference`` rounding decides between assignments that are worth the same.

    Parameters
    ----------
    scores
        (m, n), m >= n > 0, finite where allowed.
    allowed
        (m, n) pairs that may be assigned; None: all.
    tolerance
        Largest relative gap.
    where
        For messages.
    preference
        (m, n) integers: of equally good assignments, that with the largest sum of these.

    Raises
    ------
    NoAssignmentError
        If the columns cannot all be filled.
    CertificateError
        If optimality is not proven to ``tolerance``.
    ValueError
        If an allowed score is not finite, or shapes do not fit.

    """
    m, n = scores.shape
    allowed = _checked(scores, allowed, where)
    # Rows that are left over take columns of score 0, open to all.
    padded = np.zeros((m, m))
    padded[:, :n] = np.where(allowed, scores, -np.inf)
    row = _solve(padded, allowed, where)
    u, v = recover_duals(padded, row, np.zeros(m))
    largest = float(np.abs(scores[allowed]).max())
    if preference is not None:
        row = _preferred(u[:, None] + v - padded, TIED * largest, row, preference)
    held = scores[row[:n], np.arange(n)]
    if m > n:  # left-over columns have one dual value; with it at 0, u is that of "at most one"
        level = v[n:].max()
        u, v = np.maximum(u + level, 0.0), v - level
    v = v[:n]
    u = u + np.maximum(np.where(allowed, scores - u[:, None] - v, -np.inf).max(axis=1), 0.0)
    size = max(float(np.abs(held).sum()), largest) or 1.0
    gap = float(u.sum() + v.sum() - held.sum()) / size
    if not abs(gap) <= tolerance:
        raise CertificateError(f"{where}: relative gap {gap:.3g} exceeds {tolerance:g}.")
    return MaskedOptimum(row[:n], u, v, float(held.sum()), gap)


def _checked(scores: np.ndarray, allowed: np.ndarray | None, where: str) -> np.ndarray:
    """The mask, if it and the scores can be used."""
    m, n = scores.shape
    allowed = np.ones((m, n), dtype=bool) if allowed is None else np.asarray(allowed, dtype=bool)
    if allowed.shape != (m, n) or n == 0:
        raise ValueError(f"{where}: scores are {scores.shape}, the mask {allowed.shape}")
    if wrong := int((~np.isfinite(scores[allowed])).sum()):
        raise ValueError(f"{where}: {wrong} scores of allowed pairs are missing or infinite")
    if m < n:
        raise NoAssignmentError(where, unfilled(allowed))
    return allowed


def _solve(padded: np.ndarray, allowed: np.ndarray, where: str) -> np.ndarray:
    """Row of each column of a square matrix, minus infinity where there is no pair."""
    from scipy.optimize import linear_sum_assignment  # late: a third of a second to load

    try:
        rows, columns = linear_sum_assignment(padded, maximize=True)
    except ValueError as error:
        empty = unfilled(allowed)
        if not len(empty):
            raise
        raise NoAssignmentError(where, empty) from error
    row = np.empty(len(padded), dtype=int)
    row[columns] = rows
    return row


def _preferred(slack: np.ndarray, least: float, row: np.ndarray, preference: np.ndarray):
    """Row of each column of the preferred assignment among those whose pairs have no slack."""
    m, n = preference.shape
    tied = slack <= least
    tied[row, np.arange(m)] = True
    if tied[:, :n].sum() == n:
        return row
    worth = np.zeros((m, m))
    worth[:, :n] = preference
    return _solve(np.where(tied, worth, -np.inf), tied[:, :n], "ties")


def unfilled(allowed: np.ndarray) -> np.ndarray:
    """Columns that a largest possible assignment leaves empty; none if all can be filled."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    row = maximum_bipartite_matching(csr_array(allowed.T.astype(np.int8)), perm_type="column")
    return np.flatnonzero(row < 0)
