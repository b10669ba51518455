"""From value added and classes to slots: the classes that the planner can reallocate."""

import logging

import numpy as np
import pandas as pd

from welfare_added.district.vocabulary import ESTIMATES, PLACE, SUBJECTS
from welfare_added.run.errors import UserError

log = logging.getLogger(__name__)

CLASS = ["year", "grade", "school_id", "class_id", "teacher_id", "students"]


def build_slots(classes: pd.DataFrame, value_added: pd.DataFrame) -> pd.DataFrame:
    """One row a class whose teacher has estimates in both subjects there and then.

    classes: class_id, year, grade, school_id, teacher_id, students, lower_ela, lower_math.
    value_added: subject, teacher_id, year, grade, school_id and the three estimates.
    Gives slot (0..N-1, by year, grade, school and class), cell (year x grade), the class, counts
    of lower- and higher-scoring students by subject, and va_{standard,lower,higher}_{subject}
    [student SD]. A teacher of two classes of a cell holds two slots. Nothing is missing.
    Teachers without an estimate keep their class: the paper is silent about them.
    Raises ValueError on missing columns, repeated keys, impossible counts, or no class at all.
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
    return _number(slots)


def _number(slots: pd.DataFrame) -> pd.DataFrame:
    """Sort, number slots and cells, and put the columns in order."""
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
    """The subject's complete estimates, one row a teacher, year, grade and school."""
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
