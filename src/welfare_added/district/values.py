"""Raw tables in memory, and the check of their values and keys against the layout."""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from welfare_added.district.columns import DAY
from welfare_added.district.layout import Column, Layout, Table
from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.table_files import TableFiles

EXAMPLES = 3


@dataclass(frozen=True)
class RawTables:
    """A paper's raw tables, rows in the files' order.

    Attributes
    ----------
    tables
        By name, columns as in the layout: text and categories as str, whole numbers as int64
        (float64 if a value or the column may be missing), dates as datetime64[s], other numbers and
        flags as float64.
    layout
        What they have to be.
    files
        Files of each table, for error messages.
    absent
        Optional columns that the files lack, by table; all their values are missing.
    remarks
        How the files were read where that was found out: separators, decimals, codes.

    """

    tables: dict[str, pd.DataFrame]
    layout: Layout
    files: dict[str, TableFiles]
    absent: dict[str, list[str]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def problem(
        self, table: str, rows: np.ndarray, what: str, remedy: str, column: str = ""
    ) -> Problem:
        """Describe what is wrong with some rows.

        Parameters
        ----------
        table
            Name of the table.
        rows
            Positions of the rows concerned; the first are shown.
        what, remedy
            What is wrong, and what would be right.
        column
            The column concerned, whose values are shown; empty: the key, whose values are not.

        """
        content, key = self.tables[table], list(self.layout.tables[table].key)
        shown = content[column] if column else None
        return Problem(
            file=str(self.files[table]),
            column=column or " and ".join(key),
            what=what,
            rows=len(rows),
            examples=examples(self.files[table], rows, shown),
            remedy=remedy,
        )


def examples(
    files: TableFiles, rows: np.ndarray, values: pd.Series | None = None
) -> tuple[str, ...]:
    """Describe the first of some rows for an error message: where each is, and the wrong value.

    No identifier is shown, nor anything else of the row.

    Parameters
    ----------
    files
        Lines of a text file are counted from its header (line 1), rows of a parquet file from 1.
    rows
        Positions of the rows concerned.
    values
        The column concerned, rows in the file's order.

    """
    texts = []
    for row in rows[:EXAMPLES]:
        text = files.place(row)
        if values is not None:
            value = values.iloc[row]
            text += ": empty" if pd.isna(value) else f": '{value}'"
        texts.append(text)
    return tuple(texts)


def schema_of(table: Table, absent: Collection[str] = ()) -> pa.DataFrameSchema:
    """Schema of the columns that a table has; ``absent`` names those that it lacks."""
    present = {name: one for name, one in table.columns.items() if name not in absent}
    columns = {
        name: pa.Column(_dtype(one), _checks(one), nullable=one.empty)
        for name, one in present.items()
    }
    return pa.DataFrameSchema(columns, unique=list(table.key))


def _dtype(column: Column) -> type | str:
    if column.type in ("text", "category"):
        return str
    if column.type == "date":
        return DAY
    return int if column.type == "whole" and not column.empty else float


def _checks(column: Column) -> list[pa.Check]:
    low, high = column.low, column.high
    if column.type == "category":
        return [pa.Check.isin(column.values, error="values that are not allowed")]
    if column.type == "flag":
        return [pa.Check.isin((0, 1), error="values other than 0 and 1")]
    if column.type in ("text", "date"):
        return []
    if low is not None and high is not None:
        return [pa.Check.in_range(low, high, error=f"values outside {low} to {high}")]
    checks = [pa.Check(np.isfinite, error="values that are not finite")]
    if low is not None:
        checks.append(pa.Check.ge(low, error=f"values below {low}"))
    if high is not None:
        checks.append(pa.Check.le(high, error=f"values above {high}"))
    return checks


def check_values(raw: RawTables) -> None:
    """Check that every value is allowed, and that no key recurs.

    Raises
    ------
    DistrictError
        If any is not; lists every column concerned in every table.

    """
    problems = []
    for name, table in raw.tables.items():
        schema = schema_of(raw.layout.tables[name], raw.absent.get(name, ()))
        try:
            schema.validate(table, lazy=True)
        except SchemaErrors as errors:
            problems += _schema_problems(errors.failure_cases, raw, name)
    raise_any(problems)


def _schema_problems(cases: pd.DataFrame, raw: RawTables, name: str) -> list[Problem]:
    """Turn pandera's failure cases into problems, one a column and check."""
    table = raw.layout.tables[name]
    problems = []
    key_cases = cases["check"] == "multiple_fields_uniqueness"
    if key_cases.any():
        keys = raw.tables[name][list(table.key)]
        rows = np.flatnonzero(keys.duplicated(keep=False))
        repeated = int(keys.duplicated().sum())
        order = np.lexsort([rows, keys.iloc[rows].groupby(list(table.key)).ngroup()])
        what = f"{repeated} rows repeat" if repeated > 1 else "a row repeats"
        problems.append(
            raw.problem(name, rows[order], f"{what} the key of another", table.key_remedy)
        )
    for (column, check), group in cases[~key_cases].groupby(["column", "check"], sort=False):
        rows = np.sort(group["index"].to_numpy(dtype=int))
        what = "empty" if check == "not_nullable" else check
        problems.append(raw.problem(name, rows, what, table.columns[column].remedy, column))
    return problems
