"""Overview of a district's tables: contents, missing columns, and what these leave out."""

from collections.abc import Mapping
from pathlib import Path

import jinja2
import pandas as pd

from welfare_added.district.layout import Layout, Table
from welfare_added.district.sample import Sample
from welfare_added.district.tables import District

KINDS = {"text": "identifier", "category": "text"}  # all others are numbers
COSTS = {
    "ethnicity": "racial gaps (figure 8b) are not computed, and it is no control",
    "gender": "it is no control",
    "age": "it is no control",
    "share_absent": "last year's absences are no control",
    "special_education": "last year's special education is no control",
    "english_learner": "last year's English learning is no control",
    "first_year": "nothing: it is shown here only",
    "graduated_high_school": "left out of figure D.7",
    "two_year_college": "left out of figure D.7, with any college",
    "four_year_college": "left out of figure D.7, with any college",
    "bachelors_in_six_years": "left out of figure D.7",
}


def columns_table(table: pd.DataFrame, declared: Table, absent: list[str]) -> pd.DataFrame:
    """Describe a table's columns; ``absent`` names those that it lacks.

    Returns
    -------
    DataFrame
        column, kind (identifier|text|number), missing [rows], distinct [values], lowest, highest
        (of numbers), note (if the column is missing, what is left out).

    """
    rows = []
    for column, one in declared.columns.items():
        values, kind = table[column], KINDS.get(one.type, "number")
        filled = values.dropna()
        low, high = (
            (filled.min(), filled.max()) if kind == "number" and len(filled) else (None, None)
        )
        note = f"not there: {COSTS[column]}" if column in absent else ""
        rows.append((column, kind, len(values) - len(filled), filled.nunique(), low, high, note))
    names = ["column", "kind", "missing", "distinct", "lowest", "highest", "note"]
    return pd.DataFrame(rows, columns=names).astype({"lowest": object, "highest": object})


def overview(
    district: District,
    layout: Layout,
    sample: Sample,
    skipped: Mapping[str, str],
    exhibits: list[str],
) -> dict:
    """Contents of the overview page, by name, for the template.

    Parameters
    ----------
    district, layout, sample
        The checked tables, what they have to be, and the analysis sample.
    skipped
        Exhibits that cannot be made from these tables and choices, with the reason.
    exhibits
        Names of all exhibits.

    """
    tables = {name: getattr(district, name) for name in layout.among(district.files)}
    declared = layout.tables
    classes = sample.classes
    years = classes.groupby("teacher_id")["year"].nunique()
    alone = classes.groupby(["year", "grade", "school_id"]).size() == 1
    return {
        "files": {name: str(district.files[name]) for name in tables},
        "rows": {name: len(table) for name, table in tables.items()},
        "keys": {name: ", ".join(declared[name].key) for name in tables},
        "columns": {
            name: columns_table(table, declared[name], district.absent.get(name, []))
            for name, table in tables.items()
        },
        "steps": sample.steps,
        "cells": _cells(sample.students),
        "notes": [
            f"{(years == 1).sum()} of {len(years)} teachers are seen in one year: they have no "
            "leave-year-out estimate",
            f"{alone.sum()} of {len(alone)} schools' grades in a year have one class: there is "
            "nothing to reallocate within the school",
        ],
        "possible": [name for name in exhibits if name not in skipped],
        "skipped": dict(skipped),
    }


def _cells(students: pd.DataFrame) -> pd.DataFrame:
    """Students of the sample by year and grade."""
    counts = students.pivot_table(
        index="year", columns="grade", values="student_id", aggfunc="count", fill_value=0
    )
    return counts.rename(columns=lambda grade: f"grade {grade}").reset_index()


def page(content: Mapping, template: Path | str) -> str:
    """Render the overview as a self-contained HTML page."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = _number
    return environment.from_string(Path(template).read_text(encoding="utf-8")).render(**content)


def _number(value: object) -> str:
    if value is None or value is pd.NA or value != value:
        return ""
    if isinstance(value, str):
        return value
    if value != int(value):
        return f"{value:.4g}"
    return str(int(value)) if abs(value) < 10_000 else f"{int(value):,}"
