"""Active windows of applicants and positions, and the choice sets that they make (section 5.3)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.run.options import check_option

KINDS = ("observed", "posted", "first_day")
DAYS = ("first_day", "last_day")


@dataclass(frozen=True)
class Windows:
    """First and last active day of applicants and of positions.

    Attributes
    ----------
    applicant_first, applicant_last : (A,) float arrays
        nan for those never active, as without an application.
    position_first, position_last : (P,) float arrays
        The same.

    """

    applicant_first: np.ndarray
    applicant_last: np.ndarray
    position_first: np.ndarray
    position_last: np.ndarray


def windows(
    kind: str,
    applications: pd.DataFrame,
    positions: pd.DataFrame,
    applicants: int,
    buffer_days: int = 0,
) -> Windows:
    """Windows as a study reads them off applications and postings.

    Parameters
    ----------
    kind
        ``observed``: from the first to the last application, of applicants and of positions (Bates
        et al. 2022, section 5.3). ``posted``: positions from posting to closing instead, or to the
        last application where no closing is recorded. ``first_day``: applicants on the day of their
        first application alone, positions as observed.
    applications
        applicant, position (codes), day.
    positions
        posted, closed, days of the season.
    applicants
        Their number.
    buffer_days
        Days added to the end of applicants' windows.

    Raises
    ------
    UserError
        If there is no such kind.

    """
    check_option("platform.window", kind, KINDS)
    day = applications["day"].to_numpy(float)
    first, last = _range(day, applications["applicant"].to_numpy(), applicants)
    opens, closes = _range(day, applications["position"].to_numpy(), len(positions))
    if kind == "posted":
        opens = positions["posted"].to_numpy(float)
        closed = positions["closed"].to_numpy(float)
        closes = np.where(np.isnan(closed), closes, closed)
    if kind == "first_day":
        last = first.copy()
    return Windows(first, last + buffer_days, opens, closes)


def true_windows(applicants: pd.DataFrame, positions: pd.DataFrame) -> Windows:
    """Windows of a synthetic platform's truth.

    Both have first_day and last_day, and rows in the order of applicants (by cycle and
    applicant_id) and positions (by cycle and position_id).
    """
    sides = (applicants, positions)
    return Windows(*(one[name].to_numpy(float) for one in sides for name in DAYS))


def _range(day: np.ndarray, who: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray]:
    """First and last day of each, nan where there is none."""
    low, high = np.full(number, np.inf), np.full(number, -np.inf)
    np.minimum.at(low, who, day)
    np.maximum.at(high, who, day)
    return np.where(np.isfinite(low), low, np.nan), np.where(np.isfinite(high), high, np.nan)


@dataclass(frozen=True)
class Pairs:
    """Pairs of applicants and positions that are active at the same time, sorted.

    Attributes
    ----------
    applicant, position : (N,) int32 arrays
        Codes; all pairs of an applicant follow each other, by position.

    """

    applicant: np.ndarray
    position: np.ndarray


def overlapping(window: Windows, applicant_year: np.ndarray, position_year: np.ndarray) -> Pairs:
    """Pairs of the same cycle whose windows share a day.

    applicant_year, position_year: cycles, (A,) and (P,), each sorted.
    """
    applicant, position = [], []
    for rows, columns in _cycles(applicant_year, position_year):
        first, last = window.applicant_first[rows, None], window.applicant_last[rows, None]
        opens, closes = window.position_first[columns], window.position_last[columns]
        meets = (first <= closes) & (opens <= last)  # nan never is
        row, column = np.nonzero(meets)
        applicant.append((rows.start + row).astype(np.int32))
        position.append((columns.start + column).astype(np.int32))
    if not applicant:
        return Pairs(np.zeros(0, np.int32), np.zeros(0, np.int32))
    return Pairs(np.concatenate(applicant), np.concatenate(position))


def _cycles(applicant_year: np.ndarray, position_year: np.ndarray) -> Iterator[tuple[slice, slice]]:
    """Rows of applicants and of positions of each cycle."""
    for year in np.unique(position_year):
        sides = (applicant_year, position_year)
        yield tuple(
            slice(*(int(np.searchsorted(one, year, side=end)) for end in ("left", "right")))
            for one in sides
        )
