"""Coarser tables of confidential applicants: frontiers, and counts by score or decile."""

from collections.abc import Sequence

import pandas as pd

from welfare_added.disclosure.gate import withheld_parts

FRONTIER = ["plan", "school", "students", "minority", "frpl", "mean", "sd"]
POINTS = (1, 2, 5, 10, 20, 50, 100)  # widths of bins of scores; the last holds everybody
DECILES = (1, 2, 5, 10)  # widths of parts of the tracts
MOST_HIDDEN = 0.25  # share of the students that a width may leave in cells of too few


def coarse_frontiers(frontiers: pd.DataFrame, classes: pd.DataFrame, step: int) -> pd.DataFrame:
    """Classes of a frontier in steps of minority students from the class by score alone.

    Between neighbouring classes of the exact frontier one student moves, whose score would follow
    from their means. Weights are left out: at the ends of a class's range they are differences of
    two students' scores.

    frontiers: from `best_by_number` and `with_shares`: plan, school, students, minority and frpl
    (shares), mean, sd. classes: of all plans at all schools; plan ``score`` is used. step: fewest
    students that a published number may rest on.
    """
    by_score = classes[classes["plan"] == "score"].set_index("school")
    begin = _minority(by_score).reindex(frontiers["school"]).to_numpy()
    return frontiers.loc[(_minority(frontiers) - begin) % step == 0, FRONTIER].reset_index(
        drop=True
    )


def _minority(classes: pd.DataFrame) -> pd.Series:
    """Number of minority students, none in an empty class."""
    return (classes["minority"] * classes["students"]).round().fillna(0)


def coarse_histograms(histograms: pd.DataFrame, fewest: int) -> pd.DataFrame:
    """Score histograms (`score_histograms`) in bins as wide as each school needs.

    Columns as there; score is where the bin begins, width its points.
    """
    return _coarse(histograms, "school", "score", POINTS, fewest)


def coarse_displaced(displaced: pd.DataFrame, fewest: int) -> pd.DataFrame:
    """Students by decile of their tract (`displaced_by_decile`), deciles put together.

    Columns as there; decile is the first of the part, width its deciles.
    """
    return _coarse(displaced, "displaced", "decile", DECILES, fewest)


def _coarse(
    table: pd.DataFrame, panel: str, place: str, widths: Sequence[int], fewest: int
) -> pd.DataFrame:
    """Put neighbours together: by panel the smallest width at which little is withheld.

    Of a panel's students no more than `MOST_HIDDEN` may be in cells that the gate withholds; where
    no width does that, the largest is taken. fewest: students of a cell.
    """
    parts = []
    for _, rows in table.groupby(panel, sort=False):
        for width in widths:
            made = _binned(rows, place, width)
            if _hidden(made, place, fewest) <= MOST_HIDDEN * made["students"].sum():
                break
        parts.append(made.assign(width=width))
    return pd.concat(parts, ignore_index=True)


def _hidden(made: pd.DataFrame, place: str, fewest: int) -> int:
    """Students in cells that are withheld, the sums over all places being known."""
    groups = [name for name in made if name not in (place, "students")]
    total = 0
    for _, rows in made.groupby(groups, sort=False):
        numbers = rows["students"].sort_values(kind="stable")
        total += int(numbers[withheld_parts(numbers, fewest)].sum())
    return total


def _binned(rows: pd.DataFrame, place: str, width: int) -> pd.DataFrame:
    first = 0 if place == "score" else 1
    begin = first + (rows[place] - first) // width * width
    keys = [name for name in rows if name != "students"]
    binned = rows.assign(**{place: begin}).groupby(keys, sort=False)["students"].sum()
    return binned.reset_index()
