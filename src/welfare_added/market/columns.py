"""Which covariates can be estimated: constant, collinear and separating columns, by name."""

import logging
from collections.abc import Sequence

import numpy as np

from welfare_added.run.errors import UserError

log = logging.getLogger(__name__)
DEPENDENT = 1e-9  # share of a column's squared length that earlier columns leave


def usable(products: np.ndarray, names: Sequence[str], what: str) -> np.ndarray:
    """Columns (P,) bool that are not linear combinations of those before them; others are logged.

    Parameters
    ----------
    products
        (P, P) sums of products of the columns.
    names
        Of the columns, those first that are to be kept rather than later ones.
    what
        Whose columns they are, for the log.

    """
    size = np.sqrt(np.diag(products))
    keep = size > 0
    scaled = products / np.outer(np.where(keep, size, 1.0), np.where(keep, size, 1.0))
    left = scaled.copy()
    for j in range(len(names)):
        keep[j] &= left[j, j] > DEPENDENT
        if keep[j]:
            left -= np.outer(left[:, j], left[j]) / left[j, j]
    for j in np.flatnonzero(~keep):
        log.info("%s: %s left out: %s", what, names[j], _reason(scaled, keep, names, j))
    return keep


def _reason(scaled, keep, names, j) -> str:
    """Why column j is left out: it is zero, or which kept columns make it up."""
    before = np.flatnonzero(keep[:j])
    if scaled[j, j] == 0:
        return "it is zero in all rows"
    weights = np.linalg.lstsq(scaled[np.ix_(before, before)], scaled[before, j], rcond=None)[0]
    of = [names[k] for k, weight in zip(before, weights, strict=True) if abs(weight) > 1e-4]
    return f"a linear combination of {', '.join(of)}"


def separating(
    columns: np.ndarray, names: Sequence[str], taken: np.ndarray, trials: np.ndarray
) -> dict[str, str]:
    """Dummies (N, P) that decide choices (N,) without error: name, and what they decide."""
    found = {}
    for column, name in zip(columns.T, names, strict=True):
        on = column == 1
        if not (on | (column == 0)).all() or on.all() or not on.any():
            continue
        for rows, value in ((on, 1), (~on, 0)):
            if taken[rows].sum() in (0, trials[rows].sum()):
                answer = "none" if taken[rows].sum() == 0 else "all"
                found[name] = f"{answer} of {int(trials[rows].sum())} choices where it is {value}"
    return found


def without_separating(
    columns: np.ndarray,
    names: Sequence[str],
    taken: np.ndarray,
    trials: np.ndarray,
    what: str,
    separated: str = "refuse",
) -> np.ndarray:
    """Columns (P,) bool that separate no choices; others are refused, or left out and logged.

    Parameters
    ----------
    columns
        (N, P) covariates, of which dummies are looked at.
    names
        Of the columns.
    taken, trials
        (N,) choices of one, and all choices.
    what
        Whose columns they are, for the message.
    separated
        ``refuse``, or ``drop`` the column: its rows then count among the omitted category.

    Raises
    ------
    UserError
        If a dummy separates choices and is to be refused: names it, and counts.

    """
    if separated not in ("refuse", "drop"):
        raise UserError(f"separated {separated!r}: want refuse or drop")
    found = separating(columns, names, taken, trials)
    if found and separated == "refuse":
        which = "; ".join(f"{name} ({why})" for name, why in found.items())
        raise UserError(
            f"{what}: the likelihood has no maximum, since a dummy decides the choice: {which}. "
            "Leave these rows out, or set separated: drop"
        )
    for name, why in found.items():
        log.info("%s: %s left out: it decides the choice (%s)", what, name, why)
    return np.array([name not in found for name in names])
