"""Overview of a user's tables: contents, missing columns and their consequences, the sample."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
import pandas as pd

from welfare_added.district.layout import Table
from welfare_added.district.values import RawTables

KINDS = {"text": "identifier", "category": "text", "date": "day"}  # all others are numbers


@dataclass(frozen=True)
class SampleCounts:
    """Who is left to be studied.

    Attributes
    ----------
    steps
        Counts after each restriction, its name in the first column.
    counts
        Further tables of counts, by caption.
    notes
        Sentences without a full stop, on what limits the study.

    """

    steps: pd.DataFrame
    counts: Mapping[str, pd.DataFrame]
    notes: Sequence[str]


def columns_table(table: pd.DataFrame, declared: Table, absent: Sequence[str]) -> pd.DataFrame:
    """Describe a table's columns; ``absent`` names those that it lacks.

    Returns
    -------
    DataFrame
        column, kind (identifier|text|day|number), missing [rows], distinct [values], lowest,
        highest (of numbers and days), note (if the column is missing, what is left out).

    """
    rows = []
    for column, one in declared.columns.items():
        values, kind = table[column], KINDS.get(one.type, "number")
        filled = values.dropna()
        ordered = kind in ("number", "day") and len(filled)
        low, high = (filled.min(), filled.max()) if ordered else (None, None)
        if kind == "day" and ordered:
            low, high = (day.date().isoformat() for day in (low, high))
        note = f"not there: {one.without}" if column in absent else ""
        rows.append((column, kind, len(values) - len(filled), filled.nunique(), low, high, note))
    names = ["column", "kind", "missing", "distinct", "lowest", "highest", "note"]
    return pd.DataFrame(rows, columns=names).astype({"lowest": object, "highest": object})


def overview(
    raw: RawTables, sample: SampleCounts, skipped: Mapping[str, str], exhibits: Sequence[str]
) -> dict:
    """Contents of the overview page, by name, for the template.

    A paper whose tables are checked for what is improbable replaces three of them: warnings and
    unconfirmed (lists of Improbable) and scores (see `score_overview`).

    Parameters
    ----------
    raw, sample
        The checked tables, and who is left to be studied.
    skipped
        Exhibits that cannot be made from these tables and choices, with the reason.
    exhibits
        Names of all exhibits.

    """
    declared = raw.layout.tables
    return {
        "files": {name: str(raw.files[name]) for name in raw.tables},
        "rows": {name: len(table) for name, table in raw.tables.items()},
        "keys": {name: ", ".join(declared[name].key) for name in raw.tables},
        "remarks": raw.remarks,
        "columns": {
            name: columns_table(table, declared[name], raw.absent.get(name, []))
            for name, table in raw.tables.items()
        },
        "steps": sample.steps,
        "counts": sample.counts,
        "notes": sample.notes,
        "possible": [name for name in exhibits if name not in skipped],
        "skipped": dict(skipped),
        "warnings": [],
        "unconfirmed": [],
        "scores": None,
    }


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
