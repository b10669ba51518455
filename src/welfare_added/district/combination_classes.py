"""Classes of several grades, which count as one class a grade."""

import logging
from dataclasses import replace

import numpy as np
import pandas as pd

from welfare_added.district.checks import locate
from welfare_added.district.export import Export
from welfare_added.district.values import RawTables

log = logging.getLogger(__name__)


def as_chosen(raw: RawTables, export: Export) -> RawTables:
    """The tables with classes of several grades split if the user says so; else unchanged."""
    return by_grade(raw) if export.combination_classes == "by_grade" else raw


def by_grade(raw: RawTables) -> RawTables:
    """Split every class with students of several grades, or of another grade, into one a grade.

    The new classes have the teacher and the school of the old one; their class_id is the old one
    and the grade. Lines of classes in later messages then count
    these classes.
    """
    enrolments, classes = raw.tables["enrolments"], raw.tables["classes"]
    row = locate(enrolments, classes, "class_id")
    linked = row >= 0
    other = linked & (classes["grade"].to_numpy()[row] != enrolments["grade"].to_numpy())
    split = np.unique(row[other])
    if not len(split):
        return raw
    moved = linked & np.isin(row, split)
    parts = pd.DataFrame({"row": row[moved], "grade": enrolments.loc[moved, "grade"].to_numpy()})
    distinct = parts.drop_duplicates().sort_values(["row", "grade"])
    new = classes.iloc[distinct["row"]].assign(grade=distinct["grade"].to_numpy())
    new["class_id"] = _named(new["class_id"], new["grade"])
    kept = classes.drop(index=classes.index[split])
    ids = enrolments["class_id"].copy()
    ids[moved] = _named(ids[moved], enrolments.loc[moved, "grade"])
    tables = {
        **raw.tables,
        "enrolments": enrolments.assign(class_id=ids),
        "classes": pd.concat([kept, new], ignore_index=True),
    }
    remark = f"{len(split)} classes of several grades count as {len(new)}, one a grade"
    log.info(remark)
    return replace(raw, tables=tables, remarks=(*raw.remarks, remark))


def _named(class_id: pd.Series, grade: pd.Series) -> pd.Series:
    return class_id + " (grade " + grade.astype(str) + ")"
