"""Slots: the classes that the planner can reallocate, with their teachers' value added."""

import logging

import numpy as np
import pandas as pd

from welfare_added.allocation.objectives import one_of
from welfare_added.district.vocabulary import CLASS_YEAR, ESTIMATES, PLACE, SUBJECTS
from welfare_added.run.errors import UserError

log = logging.getLogger(__name__)

CLASS = ["year", "grade", "school_id", "class_id", "teacher_id", "students"]
COUNTS = ("sample", "tested")
PARTS = 100  # counts of groups among tested students are kept to hundredths of a student


def build_slots(
    classes: pd.DataFrame, value_added: pd.DataFrame, tested: pd.DataFrame | None = None
) -> pd.DataFrame:
    """One row per class whose teacher has estimates in both subjects for that year and school.

    classes: class_id, year, grade, school_id, teacher_id, students, lower_ela, lower_math.
    value_added: subject, teacher_id, year, grade, school_id and the three estimates.
    Returns slot (0..N-1, by year, grade, school and class), cell (year x grade), the class, counts
    of lower- and higher-scoring students by subject, and va_{standard,lower,higher}_{subject}
    [student SD], without missing values. A teacher of two classes of a cell has two slots.
    Teachers without an estimate keep their class, about which the paper says nothing.
    tested: class_id, year and class_size, from `number_tested`: then ``students`` is the number
    of tested students, groups are as large a share of them as of the sample, and the column
    sample_students, the last, is the number in the sample.
    Raises UserError on missing columns, repeated keys, impossible counts, or no class at all.
    """
    _need(classes, [*CLASS, "lower_ela", "lower_math"], "classes")
    _need(value_added, ["subject", *PLACE, *ESTIMATES], "value_added")
    _refuse_repeats(classes, ["class_id", "year"], "classes")
    _refuse_repeats(value_added, ["subject", *PLACE], "value_added")
    _refuse_counts(classes)
    slots = classes[[*CLASS, "lower_ela", "lower_math"]].dropna(subset=["teacher_id"])
    for subject in SUBJECTS:
        slots = slots.merge(_estimates(value_added, subject), on=PLACE, how="inner")
    if slots.empty:
        raise UserError(
            "value_added: no class has a teacher with estimates in both ELA and math, so there is "
            "nothing to reallocate. Check teacher_id, year, grade and school_id of both tables."
        )
    log.info("%d of %d classes can be reallocated", len(slots), len(classes))
    slots = _number(slots)
    return slots if tested is None else _among_tested(slots, tested)


def number_tested(students: pd.DataFrame, counts: str, class_size: str) -> pd.DataFrame | None:
    """Numbers of tested students by class, or None where ``counts`` is sample.

    students: class_id, year, class_size. counts: see config.yaml, allocation.counts; class_size:
    district.class_size. Raises UserError on other choices, or if class sizes do not count the
    tested.
    """
    one_of("allocation.counts", counts, COUNTS)
    if counts == "sample":
        return None
    if class_size != "tested":
        raise UserError(
            "allocation.counts: tested needs the numbers of tested students; set "
            "district.class_size to tested, or allocation.counts to sample."
        )
    return students[[*CLASS_YEAR, "class_size"]].drop_duplicates()


def scale(slots: pd.DataFrame) -> np.ndarray:
    """Students that the planner counts over those in the sample, by slot, (N,)."""
    if "sample_students" not in slots:
        return np.ones(len(slots))
    return slots["students"].to_numpy(float) / slots["sample_students"].to_numpy(float)


def whole_counts(slots: pd.DataFrame, column: str) -> np.ndarray:
    """A column of counts as whole numbers, (N,): of students, or of hundredths of one if tested."""
    parts = PARTS if "sample_students" in slots else 1
    return np.rint(slots[column].to_numpy() * parts).astype(np.int64)


def _among_tested(slots: pd.DataFrame, tested: pd.DataFrame) -> pd.DataFrame:
    """Count tested students in place of the sample's, in groups of the same shares."""
    _refuse_repeats(tested, CLASS_YEAR, "students")
    size = slots[CLASS_YEAR].merge(tested, on=CLASS_YEAR, how="left")["class_size"].to_numpy()
    few = ~(size >= slots["students"].to_numpy())
    if few.any():
        raise UserError(
            f"students: class_size is missing or below the number in the sample in "
            f"{int(few.sum())} classes, for example class_id "
            f"{slots.loc[few, 'class_id'].head(3).tolist()}. Make classes and students in one run."
        )
    result = slots.assign(students=size.astype("int64"), sample_students=slots["students"])
    for subject in SUBJECTS:
        lower = np.rint(slots[f"lower_{subject}"] * scale(result) * PARTS)
        result[f"lower_{subject}"] = lower / PARTS
        result[f"higher_{subject}"] = (size * PARTS - lower) / PARTS
    return result


def _number(slots: pd.DataFrame) -> pd.DataFrame:
    """Sort slots, number slots and cells, and order the columns."""
    slots = slots.sort_values(CLASS[:4], kind="stable", ignore_index=True)
    slots["slot"] = np.arange(len(slots))
    slots["cell"] = slots.groupby(["year", "grade"]).ngroup()
    counts = []
    for subject in SUBJECTS:
        slots[f"higher_{subject}"] = slots["students"] - slots[f"lower_{subject}"]
        counts += [f"lower_{subject}", f"higher_{subject}"]
    slots[["students", *counts]] = slots[["students", *counts]].astype("int64")
    estimates = [f"{estimate}_{subject}" for subject in SUBJECTS for estimate in ESTIMATES]
    return slots[["slot", "cell", *CLASS, *counts, *estimates]]


def _estimates(value_added: pd.DataFrame, subject: str) -> pd.DataFrame:
    """The subject's complete estimates, one row per teacher, year, grade and school."""
    rows = value_added[value_added["subject"] == subject].dropna(subset=list(ESTIMATES))
    return rows[[*PLACE, *ESTIMATES]].rename(columns={e: f"{e}_{subject}" for e in ESTIMATES})


def _need(table: pd.DataFrame, columns: list[str], name: str) -> None:
    missing = [column for column in columns if column not in table]
    if missing:
        raise UserError(f"{name}: column {', '.join(missing)} is missing.")


def _refuse_repeats(table: pd.DataFrame, key: list[str], name: str) -> None:
    repeated = table[table.duplicated(key)]
    if len(repeated):
        raise UserError(
            f"{name}: {len(repeated)} rows repeat a key of {', '.join(key)}, for example "
            f"{repeated[key].head(3).to_dict('records')}. Keep one row each."
        )


def _refuse_counts(classes: pd.DataFrame) -> None:
    lower = classes[["lower_ela", "lower_math"]]
    wrong = (
        lower.isna().any(axis=1)
        | (lower < 0).any(axis=1)
        | ~(lower.max(axis=1) <= classes["students"])
    )
    if wrong.any():
        raise UserError(
            f"classes: {int(wrong.sum())} rows have lower_ela or lower_math outside 0..students, "
            f"for example class_id {classes.loc[wrong, 'class_id'].head(3).tolist()}."
        )
