"""The classes that can be reallocated, their students by type and their teachers' effects.

What an allocation is worth depends on students only through their type: race group, lower- or
higher-scoring in ELA, lower- or higher-scoring in math. Students are counted by class and type
once. A group axis has length two, 0 higher-scoring and 1 lower-scoring, so that the flag
``lower_ela`` can be the index.
"""

import logging
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.allocation.frontier import subject_shares
from welfare_added.allocation.slots import PARTS, scale
from welfare_added.district.vocabulary import OTHER, RACES, SUBJECTS
from welfare_added.run.errors import UserError

log = logging.getLogger(__name__)

HIGHER, LOWER = 0, 1
CLASS_KEY = ["year", "grade", "school_id", "class_id"]


@dataclass(frozen=True)
class Classrooms:
    """Classes, students and effects of an allocation problem.

    Attributes
    ----------
    slots : DataFrame
        One row per class, in the order of ``slot`` (0, 1, ...).
    counts : (slots, 3, 2, 2) float array
        Students by race group, lower-scoring in ELA, lower-scoring in math. Where the planner
        counts tested students, those of the sample stand for as many of their class.
    effects : (slots, 2, 2) array
        Estimated effect of the slot's own teacher by subject and group [student SD].
    standard : (slots, 2) array
        Standard value added of the slot's own teacher by subject [student SD].
    teacher_years : int
        Teachers of the sample in the years of the slots, with an estimate or without, each counted
        once a year.

    """

    slots: pd.DataFrame
    counts: np.ndarray
    effects: np.ndarray
    standard: np.ndarray
    teacher_years: int

    @cached_property
    def types(self) -> np.ndarray:
        """Students by race group, lower-scoring in ELA and in math, (3, 2, 2)."""
        return self.counts.sum(axis=0)

    @cached_property
    def students(self) -> np.ndarray:
        """Students by slot, lower-scoring in ELA and in math, (slots, 2, 2)."""
        return self.counts.sum(axis=1)

    @cached_property
    def group_sizes(self) -> np.ndarray:
        """Students by subject and group, (2, 2)."""
        return by_group(np.stack([self.types, self.types]))

    @property
    def years(self) -> int:
        """Number of years with classes."""
        return self.slots["year"].nunique()

    @property
    def teachers_per_year(self) -> float:
        """Mean number of teachers in the sample per year: all who would be paid a bonus."""
        return self.teacher_years / self.years

    @property
    def reallocated_teachers_per_year(self) -> float:
        """Mean number of teachers per year who can be reallocated."""
        return len(self.slots[["year", "teacher_id"]].drop_duplicates()) / self.years

    @cached_property
    def teachers(self) -> np.ndarray:
        """Integer label of each slot's own teacher, (slots,)."""
        return pd.factorize(self.slots["teacher_id"])[0]

    @property
    def standard_effects(self) -> np.ndarray:
        """Standard value added, repeated for both groups, (slots, 2, 2)."""
        return np.repeat(self.standard[:, :, None], 2, axis=2)


def by_group(by_type: np.ndarray) -> np.ndarray:
    """Sum an array over types into subject and group.

    Parameters
    ----------
    by_type : (..., 2, 3, 2, 2) array
        Last axes: subject, race group, lower-scoring in ELA, lower-scoring in math.

    Returns
    -------
    (..., 2, 2) array
        Last axes: subject, group of the student in that subject.

    """
    ela = by_type[..., 0, :, :, :].sum(axis=(-3, -1))
    math = by_type[..., 1, :, :, :].sum(axis=(-3, -2))
    return np.stack([ela, math], axis=-2)


def subject_weights(subject: str, weight_ela: float) -> np.ndarray:
    """Weights of ELA and math, (2,), in the score of ``subject``: ela, math or both.

    Raises UserError on any other subject.
    """
    shares = subject_shares(subject, weight_ela)
    return np.array([shares.get(name, 0.0) for name in SUBJECTS])


def score_by_type(effects: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Teacher's effect on a student's score, by the student's groups in ELA and in math.

    Parameters
    ----------
    effects : (..., 2, 2) array
        By subject and group [student SD].
    weights : (2,) array
        Weight of each subject in the score.

    Returns
    -------
    (..., 2, 2) array
        By lower-scoring in ELA and lower-scoring in math.

    """
    ela, math = weights
    return ela * effects[..., 0, :, None] + math * effects[..., 1, None, :]


def read_classrooms(slots_path: Path | str, students_path: Path | str) -> Classrooms:
    """Read the slots and count the sample's students in them, by type.

    Raises
    ------
    UserError
        If slots are not numbered 0, 1, ..., or their counts differ from those of the students.

    """
    slots = pd.read_parquet(slots_path)
    students = pd.read_parquet(
        students_path, columns=[*CLASS_KEY, "teacher_id", "lower_ela", "lower_math", "ethnicity"]
    )
    return build_classrooms(slots, students, str(slots_path))


def build_classrooms(slots: pd.DataFrame, students: pd.DataFrame, name: str) -> Classrooms:
    """Count students by slot and type, and collect effects; ``name`` is the slots' file."""
    slots = slots.sort_values("slot", kind="stable").reset_index(drop=True)
    if not np.array_equal(slots["slot"], np.arange(len(slots))):
        raise UserError(f"{name}: column slot must number the rows 0 to {len(slots) - 1}")
    allocated = students_in_slots(students, slots)
    log.info("%d of %d student-years are in %d slots", len(allocated), len(students), len(slots))
    counts = np.zeros((len(slots), 3, 2, 2))
    race = allocated["ethnicity"].map(RACES).fillna(OTHER).astype(int)
    at = (allocated["slot"], race, allocated["lower_ela"].astype(int))
    np.add.at(counts, (*at, allocated["lower_math"].astype(int)), 1.0)
    counts *= scale(slots)[:, None, None, None]
    _check_counts(slots, counts, name)
    here = students.loc[students["year"].isin(slots["year"]), ["year", "teacher_id"]]
    effects = [[slots[f"va_{g}_{s}"] for g in ("higher", "lower")] for s in SUBJECTS]
    standard = [slots[f"va_standard_{s}"] for s in SUBJECTS]
    return Classrooms(
        slots=slots,
        counts=counts,
        effects=np.moveaxis(np.array(effects, dtype=float), 2, 0),
        standard=np.array(standard, dtype=float).T,
        teacher_years=len(here.drop_duplicates()),
    )


def students_in_slots(students: pd.DataFrame, slots: pd.DataFrame) -> pd.DataFrame:
    """Students whose class is a slot, with its number in column ``slot``."""
    return students.merge(slots[[*CLASS_KEY, "slot"]], on=CLASS_KEY, validate="many_to_one")


def _check_counts(slots: pd.DataFrame, counts: np.ndarray, name: str) -> None:
    """Raise UserError where the slots' numbers of students differ from the students' table."""
    by_column = {
        "higher_ela": counts[:, :, HIGHER].sum(axis=(1, 2)),
        "lower_ela": counts[:, :, LOWER].sum(axis=(1, 2)),
        "higher_math": counts[:, :, :, HIGHER].sum(axis=(1, 2)),
        "lower_math": counts[:, :, :, LOWER].sum(axis=(1, 2)),
    }
    for column, number in by_column.items():
        wrong = np.flatnonzero(np.abs(slots[column].to_numpy() - number) > 0.6 / PARTS)
        if len(wrong):
            examples = "; ".join(
                f"slot {i} (class {slots['class_id'].iloc[i]}, year {slots['year'].iloc[i]}) says "
                f"{slots[column].iloc[i]}, students {number[i]:g}"
                for i in wrong[:3]
            )
            raise UserError(
                f"{name}: column {column} disagrees with the students' table in {len(wrong)} rows: "
                f"{examples}. Make slots and students in the same run"
            )
