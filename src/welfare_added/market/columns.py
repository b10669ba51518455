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


def with_those_left_out(
    values: np.ndarray, products: np.ndarray, names: Sequence[str], what: str
) -> np.ndarray:
    """Coefficients (P,) of columns when those that `usable` leaves out are in the others' sums.

    A column that is left out, a sum of others with weights, adds its coefficient times the weight
    to each of theirs; its own is then zero.

    Parameters
    ----------
    values
        (P,) coefficients of all columns.
    products, names, what
        As of `usable`.

    """
    keep = usable(products, names, what)
    kept = np.flatnonzero(keep)
    weights = np.linalg.lstsq(products[np.ix_(kept, kept)], products[np.ix_(kept, ~keep)])[0]
    out = np.zeros(len(values))
    out[kept] = values[kept] + weights @ values[~keep]
    return out


def _reason(scaled, keep, names, j) -> str:
    """Why column j is left out: it is zero, or which kept columns make it up."""
    before = np.flatnonzero(keep[:j])
    if scaled[j, j] == 0:
        return "it is zero in all rows"
    weights = np.linalg.lstsq(scaled[np.ix_(before, before)], scaled[before, j], rcond=None)[0]
    of = [names[k] for k, weight in zip(before, weights, strict=True) if abs(weight) > 1e-4]
    return f"a linear combination of {', '.join(of)}"


def separating(
    columns: np.ndarray,
    names: Sequence[str],
    taken: np.ndarray,
    trials: np.ndarray,
    at_least: int = 1,
) -> dict[str, str]:
    """Covariates (N, P) of which too few choices (N,) of yes or of no tell: name, and how few.

    A dummy decides the choice without error if, where it is one or where it is zero, all choices
    are alike: the likelihood then has no maximum. A few choices of one kind do not suffice either
    for a dummy with its interactions, so that ``at_least`` may be larger than one.
    """
    found = {}
    for column, name in zip(columns.T, names, strict=True):
        on = column != 0
        if on.all() or not on.any():
            continue
        sides = {"other than zero": on}
        if np.isin(column, (0, 1)).all():
            sides = {"1": on, "0": ~on}
        for value, rows in sides.items():
            every = int(trials[rows].sum())
            yes = int(taken[rows].sum())
            if min(yes, every - yes) < at_least:
                found[name] = f"{yes} of {every} choices where it is {value}"
    return found


def without_separating(
    columns: np.ndarray,
    names: Sequence[str],
    taken: np.ndarray,
    trials: np.ndarray,
    what: str,
    separated: str = "refuse",
    at_least: int = 1,
) -> np.ndarray:
    """Columns (P,) bool that separate no choices; others are refused, or left out and logged.

    Parameters
    ----------
    columns
        (N, P) covariates.
    names
        Of the columns.
    taken, trials
        (N,) choices of yes, and all choices.
    what
        Whose columns they are, for the message.
    separated
        ``refuse``, or ``drop`` the column: its rows then count among the omitted category.
    at_least
        Fewest choices of yes and of no where a covariate is not zero.

    Raises
    ------
    UserError
        If a covariate separates choices and is to be refused: names it, and counts.

    """
    if separated not in ("refuse", "drop"):
        raise UserError(f"separated {separated!r}: want refuse or drop")
    found = separating(columns, names, taken, trials, at_least)
    if found and separated == "refuse":
        which = "; ".join(f"{name} ({why})" for name, why in found.items())
        raise UserError(
            f"{what}: too few choices of yes or of no to tell the effect of {which}. Leave these "
            "rows out, or set preferences.separated: drop"
        )
    for name, why in found.items():
        log.info("%s: %s left out, too few choices tell of it (%s)", what, name, why)
    return np.array([name not in found for name in names])
