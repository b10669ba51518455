"""Check that the two subjects' scores belong to the same students, and are not interchanged."""

import numpy as np

from welfare_added.district.improbable import Improbable
from welfare_added.district.score_statistics import correlations
from welfare_added.district.studied import SCORES, Studied

LEAST = 0.2  # correlation of a student's two scores; usual is 0.6 to 0.85
CLOSER = 0.04  # correlation with last year's other subject above that with the same subject
ENOUGH = 50  # students of a year and grade
LINES = 6


def check_subjects(studied: Studied) -> list[Improbable]:
    """Subjects whose scores are hardly correlated, or interchanged in some years and schools."""
    return _unrelated(studied) + _interchanged(studied)


def _unrelated(studied: Studied) -> list[Improbable]:
    cells = studied.cells
    ela, math = (studied.ranks[column] for column in SCORES)
    number, correlation = correlations(studied.cell, ela, math, len(cells))
    low = (number >= ENOUGH) & ~(correlation >= LEAST - 2 / np.sqrt(np.maximum(number, 1)))
    if not low.any():
        return []
    what = "the two subjects' scores of a student are hardly related, or of opposite sign"
    table = cells.assign(number=number, correlation=correlation)[low]
    table = table.sort_values(["year", "grade"])
    lines = tuple(
        f"{one.year}, grade {one.grade}: correlation {one.correlation:.2f}"
        for one in table.head(LINES).itertuples()
    )
    if not low.all():
        lines += (f"median of the other years: {np.nanmedian(correlation[~low]):.2f}",)
    remedy = "look whether higher is better in both, and whose scores are in which row"
    return [_warning(studied, what, remedy, int(table["number"].sum()), lines)]


def _interchanged(studied: Studied) -> list[Improbable]:
    """Years and schools in which last year's score of the other subject predicts better."""
    swaps = []
    groups = studied.places.groupby(["year", "school_id"], sort=False).ngroup().to_numpy()
    for name, group in (("grade", studied.cell), ("school_id", groups[studied.place])):
        numbers, same, other = _both_ways(studied, group)
        closer = (other - same) > np.maximum(CLOSER, 3 / np.sqrt(np.maximum(numbers, 1)))
        closer &= numbers >= ENOUGH
        places = studied.enrolments[["year", name]].groupby(group).first()
        swaps.append(places.assign(numbers=numbers, same=same, other=other)[closer])
    of_grade, of_school = swaps
    if of_grade.empty and of_school.empty:
        return []
    lines = [
        f"{one.year}, grade {one.grade}: correlation with last year's same subject {one.same:.2f}, "
        f"other subject {one.other:.2f}"
        for one in of_grade.sort_values(["year", "grade"]).itertuples()
    ]
    for year, group in of_school.groupby("year"):
        lines.append(f"{year}: {len(group)} schools ({', '.join(sorted(group['school_id'])[:3])})")
    what = "scores resemble last year's of the other subject more than of their own"
    remedy = "look whether the two columns were interchanged in these years"
    rows = int(max(of_grade["numbers"].sum(), of_school["numbers"].sum()))
    return [_warning(studied, what, remedy, rows, tuple(lines[:LINES]))]


def _both_ways(studied: Studied, group: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs, and mean correlation with last year's same and other subject, by group."""
    now = [studied.ranks[column] for column in SCORES]
    before = [studied.of_last_year(ranks) for ranks in now]
    size = group.max() + 1
    numbers, found = None, np.zeros((2, 2, size))
    for i in range(2):
        for j in range(2):
            numbers, found[i, j] = correlations(group, now[i], before[j], size)
    return numbers, (found[0, 0] + found[1, 1]) / 2, (found[0, 1] + found[1, 0]) / 2


def _warning(
    studied: Studied, what: str, remedy: str, rows: int, lines: tuple[str, ...]
) -> Improbable:
    column, more = " and ".join(SCORES), {"rows": rows, "examples": lines}
    return studied.warning("score_resemblance", "enrolments", column, what, remedy, **more)
