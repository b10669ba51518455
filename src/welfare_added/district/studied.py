"""The rows of a district's tables on which its estimates rest, prepared for the checks of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from welfare_added.district.checks import locate
from welfare_added.district.improbable import Improbable
from welfare_added.district.values import RawTables
from welfare_added.district.vocabulary import SUBJECTS

COMMON = 0.1  # share of a year's and grade's scores above which a value is common
SCORES = tuple(f"{subject}_score" for subject in SUBJECTS)


@dataclass(frozen=True)
class Studied:
    """Rows of the years and grades studied, and of the year and the grade before the first.

    Attributes
    ----------
    raw
        The checked tables.
    lags
        Year from which the lagged scores of each studied year come.
    grades
        Grades studied.

    """

    raw: RawTables
    lags: Mapping[int, int]
    grades: tuple[int, ...]

    @cached_property
    def enrolments(self) -> pd.DataFrame:
        """Their enrolments, in the file's order, numbered from 0."""
        rows = self.raw.tables["enrolments"]
        kept = rows["year"].isin({*self.lags, *self.lags.values()})
        kept &= rows["grade"].isin([min(self.grades) - 1, *self.grades])
        return rows[kept].reset_index(drop=True)

    @cached_property
    def classes(self) -> pd.DataFrame:
        """Classes of the years and grades studied whose teacher is known, numbered from 0."""
        rows = self.raw.tables["classes"]
        kept = rows["year"].isin(list(self.lags)) & rows["grade"].isin(self.grades)
        return rows[kept & rows["teacher_id"].notna()].reset_index(drop=True)

    @cached_property
    def last_year(self) -> np.ndarray:
        """Position of each enrolment's student in the year of lagged scores; -1 if not there."""
        return locate(self.enrolments, self.enrolments, "student_id", back=self.gap)

    @cached_property
    def gap(self) -> np.ndarray:
        """Years between each enrolment and its lagged scores."""
        year = self.enrolments["year"]
        return (year - year.map(self.lags).fillna(year - 1)).to_numpy(dtype=np.int64)

    @cached_property
    def class_row(self) -> np.ndarray:
        """Position of each enrolment's class in `classes`; -1 if it has none there."""
        return locate(self.enrolments, self.classes, "class_id")

    @cached_property
    def places(self) -> pd.DataFrame:
        """Years, grades and schools of the enrolments, one row each: year, grade, school_id."""
        columns = ["year", "grade", "school_id"]
        return self.enrolments[columns].drop_duplicates().sort_values(columns, ignore_index=True)

    @cached_property
    def place(self) -> np.ndarray:
        """Row in `places` of each enrolment."""
        return _row_of(self.enrolments, self.places, ["year", "grade", "school_id"])

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Years and grades of the enrolments, one row each: year, grade."""
        columns = ["year", "grade"]
        return self.places[columns].drop_duplicates(ignore_index=True)

    @cached_property
    def cell(self) -> np.ndarray:
        """Row in `cells` of each enrolment."""
        return _row_of(self.places, self.cells, ["year", "grade"])[self.place]

    @cached_property
    def ranks(self) -> dict[str, np.ndarray]:
        """Each score's rank within year and grade, from 0 to 1, by column; nan if not tested.

        Ranks neither depend on the scale nor on codes among the scores.
        """
        return {column: _ranks(self.cell, self.enrolments[column].to_numpy()) for column in SCORES}

    @cached_property
    def common(self) -> dict[str, np.ndarray]:
        """Whether much of the year and grade has the same score, by column, as at a ceiling."""
        return {column: _common(self.cell, self.enrolments[column].to_numpy()) for column in SCORES}

    def of_last_year(self, values: np.ndarray) -> np.ndarray:
        """Values of the same students in the year before; nan where there is none."""
        return np.where(self.last_year >= 0, values[self.last_year], np.nan)

    def warning(
        self, check: str, table: str, column: str, what: str, remedy: str, **more: object
    ) -> Improbable:
        """Something improbable in a table; ``more``: rows concerned, examples (figures)."""
        file = str(self.raw.files[table])
        return Improbable(file, what, remedy, column, check=check, **more)


def _row_of(rows: pd.DataFrame, among: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """Row of ``among`` that has the values of each of ``rows`` in some columns."""
    key, size = np.zeros(len(rows), np.int64), 1
    other = np.zeros(len(among), np.int64)
    for column in columns:
        codes, values = pd.factorize(among[column])
        key += size * pd.Index(values).get_indexer(rows[column])
        other += size * codes
        size *= len(values)
    return pd.Index(other).get_indexer(key)


def _common(cell: np.ndarray, scores: np.ndarray) -> np.ndarray:
    tested = np.flatnonzero(~np.isnan(scores))
    values = pd.factorize(scores[tested])[0]
    size = values.max(initial=0) + 1
    pair = pd.factorize(cell[tested].astype(np.int64) * size + values)[0]
    share = np.bincount(pair)[pair] / np.bincount(cell[tested])[cell[tested]]
    common = np.zeros(len(scores), bool)
    common[tested] = share > COMMON
    return common


def _ranks(cell: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Mean rank of tied scores within a cell, divided by the number of scores there."""
    tested = np.flatnonzero(~np.isnan(scores))
    order = tested[np.lexsort([scores[tested], cell[tested]])]
    cells, values = cell[order], scores[order]
    new_cell = np.r_[True, cells[1:] != cells[:-1]]
    new_value = new_cell | np.r_[True, values[1:] != values[:-1]]
    starts = np.flatnonzero(new_value)
    counts = np.diff(np.r_[starts, len(order)])
    middle = np.repeat(starts + (counts - 1) / 2, counts)
    first = np.flatnonzero(new_cell)
    sizes = np.diff(np.r_[first, len(order)])
    ranks = np.full(len(scores), np.nan)
    ranks[order] = (middle - np.repeat(first, sizes) + 0.5) / np.repeat(sizes, sizes)
    return ranks
