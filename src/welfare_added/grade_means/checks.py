"""Refusals of tables of grade means: cells, composition of pupils, teachers of each cell."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from welfare_added.district.problems import Problem, raise_any

PLACE = ["school_id", "grade", "year"]
CELL = [*PLACE, "subject"]
LINK = ["teacher_id", *CELL]
SHARE, MEAN = "share_", "mean_"  # beginnings of names of controls: shares and means of pupils
COLUMNS = {
    "cells": [*CELL, "n_pupils", "mean_score"],
    "composition": PLACE,
    "links": LINK,
}
EXAMPLES = 3


def check_grade_means(
    cells: pd.DataFrame, composition: pd.DataFrame, links: pd.DataFrame, share: str
) -> None:
    """Refuse tables from which value added cannot be had; columns as in `estimate_grade_means`.

    share: as in `teacher_shares`; with ``given``, links need the column of shares.

    Raises
    ------
    DistrictError
        If columns are missing, keys are missing or repeated, a cell with pupils has no mean score,
        numbers of pupils are negative or missing, a cell has no composition, or shares are no
        shares; lists all of these with table, column, number of rows and remedy.

    """
    tables = {"cells": cells, "composition": composition, "links": links}
    needed = {**COLUMNS, "links": [*LINK, *(["share"] if share == "given" else [])]}
    raise_any([one for name in tables for one in _columns(name, tables[name], needed[name])])
    raise_any(
        [
            *_keys("cells", cells, CELL),
            *_keys("composition", composition, PLACE),
            *_keys("links", links, LINK),
            *_scores(cells),
            *_composition(cells, composition),
            *(_shares(links) if share == "given" else []),
        ]
    )


def control_names(composition: pd.DataFrame) -> list[str]:
    """Columns of the table of composition that are controls."""
    return [name for name in composition if name.startswith((SHARE, MEAN))]


def used_cells(cells: pd.DataFrame) -> pd.DataFrame:
    """Cells with pupils: others have no mean score."""
    return cells[cells["n_pupils"] > 0]


def _columns(name: str, table: pd.DataFrame, needed: Sequence[str]) -> list[Problem]:
    lacking = [column for column in needed if column not in table]
    if not lacking:
        return []
    return [Problem(name, "no such column", "add it to the table", ", ".join(lacking))]


def _problem(
    name: str, table: pd.DataFrame, column: str, wrong: pd.Series, what: str, remedy: str
) -> list[Problem]:
    """A problem of the rows that are wrong, with the cells of three; never a teacher's row."""
    rows = np.flatnonzero(wrong.to_numpy())
    if not len(rows):
        return []
    keys = [] if name == "links" else [key for key in CELL if key in table]
    shown = table[keys].iloc[rows[:EXAMPLES]].to_dict("records") if keys else []
    examples = tuple(", ".join(f"{key} {value}" for key, value in row.items()) for row in shown)
    return [Problem(name, what, remedy, column, len(rows), examples)]


def _keys(name: str, table: pd.DataFrame, keys: list[str]) -> list[Problem]:
    of_row = ", ".join(keys)
    missing = table[keys].isna().any(axis=1)
    repeated = table.duplicated(keys, keep=False) & ~missing
    return [
        *_problem(
            *(name, table, of_row, missing, "missing keys"),
            "fill them, or leave the rows out",
        ),
        *_problem(
            *(name, table, of_row, repeated, "several rows of the same keys"),
            "keep one row each"
            + (", adding up the shares of a teacher's posts" if name == "links" else ""),
        ),
    ]


def _scores(cells: pd.DataFrame) -> list[Problem]:
    pupils, score = cells["n_pupils"], cells["mean_score"]
    wrong = ~(pupils >= 0) | ~np.isfinite(pupils)
    without = (pupils > 0) & ~np.isfinite(score)
    return [
        *_problem(
            *("cells", cells, "n_pupils", wrong, "numbers of pupils negative or missing"),
            "give the number of pupils tested, 0 where the score is suppressed",
        ),
        *_problem(
            *("cells", cells, "mean_score", without, "no mean score in cells with pupils"),
            "set n_pupils to 0 where the score is suppressed, or leave the cells out",
        ),
    ]


def _composition(cells: pd.DataFrame, composition: pd.DataFrame) -> list[Problem]:
    places = pd.MultiIndex.from_frame(composition[PLACE])
    used = used_cells(cells)
    without = ~pd.MultiIndex.from_frame(used[PLACE]).isin(places)
    problems = _problem(
        *("composition", used, ", ".join(PLACE), pd.Series(without), "no row of cells with scores"),
        "add the composition of these grades; identifiers must be written alike in all tables",
    )
    for name in control_names(composition):
        share = name.startswith(SHARE)
        wrong = ~(composition[name].between(0, 1) if share else np.isfinite(composition[name]))
        problems += _problem(
            *("composition", composition, name, wrong),
            "shares not between 0 and 1" if share else "means missing",
            "write shares as fractions, and leave out a column that is not recorded for all grades",
        )
    return problems


def _shares(links: pd.DataFrame) -> list[Problem]:
    wrong = ~(links["share"] > 0) | ~np.isfinite(links["share"])
    return _problem(
        *("links", links, "share", wrong, "shares missing, zero or negative"),
        "give each teacher's part of the cell (full-time equivalents will do), leave out teachers "
        "who have none, or set grade_means.share in config.yaml to equal",
    )
