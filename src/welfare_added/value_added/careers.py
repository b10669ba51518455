"""Teachers' experience by year, and codes of teachers and schools."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError


@dataclass(frozen=True)
class Careers:
    """Teachers and schools of C classes, and J teachers' experience.

    Attributes
    ----------
    teacher, school : (C,) int arrays
        Codes of the class's teacher and school, in the order of their ids.
    experience : (C,) array
        Prior years of the teacher, missing where unknown.
    teacher_ids, school_ids : (J,) and (S,) array
        Ids by code.
    known : DataFrame
        teacher (code), year, experience; sorted, where experience is known.

    """

    teacher: np.ndarray
    school: np.ndarray
    experience: np.ndarray
    teacher_ids: np.ndarray
    school_ids: np.ndarray
    known: pd.DataFrame

    def experience_in(self, teacher: np.ndarray, year: np.ndarray) -> np.ndarray:
        """Prior years of n teachers in n years, missing where a teacher's are never known.

        Of the last year known by then, plus the years since; before the first year known, of that
        year, less the years until then, but not below zero.
        """
        if self.known.empty:
            return np.full(len(teacher), np.nan)
        span = int(max(self.known["year"].max(), np.max(year, initial=0))) + 2
        code = self.known["teacher"].to_numpy() * span + self.known["year"].to_numpy()
        row = np.searchsorted(code, teacher * span + year, side="right") - 1
        before = np.maximum(row, 0)
        after = np.minimum(row + 1, len(code) - 1)
        owner = self.known["teacher"].to_numpy()
        use = np.where((row >= 0) & (owner[before] == teacher), before, after)
        value = self.known["experience"].to_numpy()[use] + year - self.known["year"].to_numpy()[use]
        return np.where(owner[use] == teacher, np.maximum(value, 0.0), np.nan)


def careers_of(classes: pd.DataFrame, teachers: pd.DataFrame) -> Careers:
    """Codes of the classes' teachers and schools, and experience from the records of teachers.

    Parameters
    ----------
    classes
        teacher_id, year, school_id, sorted by teacher.
    teachers
        teacher_id, year, experience; others than the classes' teachers are ignored.

    Raises
    ------
    UserError
        If a teacher has two rows in a year with different experience, or experience is negative.

    """
    for name in ("teacher_id", "year", "experience"):
        if name not in teachers:
            raise UserError(f"records of teachers: there is no column {name}")
    teacher, teacher_ids = pd.factorize(classes["teacher_id"], sort=True)
    school, school_ids = pd.factorize(classes["school_id"], sort=True)
    code = pd.Index(teacher_ids).get_indexer(teachers["teacher_id"])
    experience = teachers["experience"].to_numpy(float, na_value=np.nan)
    known = pd.DataFrame({"teacher": code, "year": teachers["year"], "experience": experience})
    known = known[(code >= 0) & ~np.isnan(experience)].drop_duplicates()
    negative = int((known["experience"] < 0).sum())
    if negative:
        raise UserError(
            f"records of teachers: experience is negative in {negative:,} rows; give prior years, "
            "zero in the first"
        )
    twice = int(known.duplicated(["teacher", "year"]).sum())
    if twice:
        raise UserError(
            f"records of teachers: {twice:,} rows give a teacher-year two values of experience"
        )
    known = known.sort_values(["teacher", "year"], ignore_index=True)
    index = pd.MultiIndex.from_frame(known[["teacher", "year"]])
    row = index.get_indexer(pd.MultiIndex.from_arrays([teacher, classes["year"]]))
    found = known["experience"].to_numpy()
    of_class = np.where(row >= 0, found[row], np.nan) if len(found) else np.full(len(row), np.nan)
    return Careers(
        teacher, school, of_class, np.asarray(teacher_ids), np.asarray(school_ids), known
    )
