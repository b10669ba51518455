"""Read a paper's raw tables from CSV or parquet files."""

import csv
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
import pyarrow
import pyarrow.csv
import pyarrow.parquet

from welfare_added.district.columns import (
    WrongValuesError,
    converted,
    empty_column,
    plain_text,
)
from welfare_added.district.layout import Column, Layout, Table
from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.values import RawTables, check_values, examples

MISSING = ["", "NA", "NaN", "."]
NUMBER = Column(type="number", about="further number", remedy="", empty=True)

log = logging.getLogger(__name__)


def read_tables(
    files: Mapping[str, Path | str],
    layout: Layout,
    names: Mapping[str, Mapping[str, str]] | None = None,
) -> RawTables:
    """Read raw tables and check their columns, types, values and keys.

    Parameters
    ----------
    files
        File of each table, as .csv (UTF-8, commas, a header; empty, NA, NaN or . for missing) or
        .parquet. Columns that the layout does not name are ignored, except those that are numbers
        in a table with ``further`` columns. Identifiers are text: leading zeros count.
    layout
        What the tables have to be.
    names
        The files' own names of columns, by table and by the project's name; columns not listed
        have the project's name.

    Raises
    ------
    DistrictError
        If a file cannot be read, a column is missing, a value is not allowed or a key recurs.

    """
    files = {table: Path(path) for table, path in files.items()}
    names = names or {}
    raise_any(list(_wrong_maps(files, layout, names)))
    problems = []
    content = {table: _read(path, problems) for table, path in files.items()}
    raise_any(problems)
    declared = {table: layout.tables[table] for table in files}
    content = {
        table: _renamed(rows, table, declared[table], files[table], names.get(table, {}), problems)
        for table, rows in content.items()
    }
    raise_any(problems)
    absent = {
        table: _absent(rows, declared[table], files[table]) for table, rows in content.items()
    }
    tables = {
        table: _typed(rows, declared[table], files[table], problems)
        for table, rows in content.items()
    }
    raise_any(problems)
    absent = {table: columns for table, columns in absent.items() if columns}
    raw = RawTables(tables, layout, files, absent)
    check_values(raw)
    for table, path in files.items():
        log.info("%s: %d rows", path, len(tables[table]))
    return raw


def _wrong_maps(
    files: Mapping[str, Path], layout: Layout, names: Mapping[str, Mapping[str, str]]
) -> Iterator[Problem]:
    """Column maps in which one column stands for two, or of a table that is not there."""
    for table, own_names in names.items():
        where = f"district.columns.{table}"
        ours: dict[str, list[str]] = {}
        for name, theirs in own_names.items():
            ours.setdefault(theirs, []).append(name)
        if table not in files and own_names and table in layout.tables:
            folder = next(iter(files.values())).parent
            what = f"no file of the table, of which {where} in config.yaml names columns"
            remedy = f"export it as {table}.csv, or take {where} out of config.yaml"
            yield Problem(str(folder / f"{table}.csv"), what, remedy)
        for theirs, several in ours.items():
            if len(several) > 1:
                what = f"one column for {len(several)} in {where}: {', '.join(several)}"
                remedy = "give each a column of its own, or leave out those that your table lacks"
                yield Problem(str(files.get(table, table)), what, remedy, theirs)


def _read(path: Path, problems: list[Problem]) -> pyarrow.Table:
    """Read one file, CSV columns all as text, so that errors can quote wrong values."""
    try:
        if path.suffix == ".parquet":
            raw = pyarrow.parquet.read_table(path)
            raw.validate(full=True)
            return raw
        with path.open(encoding="utf-8-sig", newline="") as stream:
            names = next(csv.reader(stream), [])
        raw = _parse(path, names)
        return raw.rename_columns([name.strip() for name in raw.column_names])
    except FileNotFoundError:
        problems.append(Problem(str(path), "no such file", "export this table"))
    except UnicodeDecodeError:
        problems.append(Problem(str(path), "not UTF-8 text", "save it with encoding UTF-8"))
    except (pyarrow.ArrowException, csv.Error, OSError) as error:
        kind = "parquet" if path.suffix == ".parquet" else "comma-separated text with a header"
        problems.append(Problem(str(path), f"cannot be read: {error}", f"export it as {kind}"))
    return pyarrow.table({})


def _parse(path: Path, names: list[str]) -> pyarrow.Table:
    """Parse a CSV file; on failure again in one thread, whose error names the line."""
    options = pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(names, pyarrow.string()),
        strings_can_be_null=True,
        null_values=MISSING,
    )
    try:
        return pyarrow.csv.read_csv(path, convert_options=options)
    except pyarrow.ArrowInvalid:
        one_thread = pyarrow.csv.ReadOptions(use_threads=False)
        return pyarrow.csv.read_csv(path, read_options=one_thread, convert_options=options)


def _renamed(
    raw: pyarrow.Table,
    table: str,
    declared: Table,
    path: Path,
    own_names: Mapping[str, str],
    problems: list[Problem],
) -> pyarrow.Table:
    """Rename columns to the project's names; missing required ones are added to ``problems``."""
    missing = [
        f"{theirs} ({ours})" for ours, theirs in own_names.items() if theirs not in raw.column_names
    ]
    if missing:
        remedy = (
            f"correct district.columns.{table} in config.yaml; the columns there are: "
            f"{', '.join(raw.column_names)}"
        )
        problems.append(Problem(str(path), "missing", remedy, ", ".join(missing)))
        return raw
    ours = {theirs: name for name, theirs in own_names.items()}
    replaced = set(own_names) & set(raw.column_names) - set(own_names.values())
    kept = [name for name in raw.column_names if name not in replaced]
    raw = raw.select(kept) if replaced else raw
    raw = raw.rename_columns([ours.get(name, name) for name in raw.column_names])
    problems += _missing_columns(raw, declared, path)
    return raw


def _absent(raw: pyarrow.Table, declared: Table, path: Path) -> list[str]:
    """Optional columns that the table lacks."""
    absent = [name for name in declared.optional_columns if name not in raw.column_names]
    if absent:
        log.warning("%s: columns missing, what needs them is left out: %s", path, ", ".join(absent))
    return absent


def _missing_columns(raw: pyarrow.Table, declared: Table, path: Path) -> list[Problem]:
    names, columns = raw.column_names, declared.columns
    missing = [name for name, one in columns.items() if not one.absent and name not in names]
    repeated = sorted(name for name in columns if names.count(name) > 1)
    problems = []
    if missing:
        remedy = f"add or rename it; the columns there are: {', '.join(names)}"
        if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
            remedy = "separate columns by commas, as 'CSV (comma delimited)' does"
        problems.append(Problem(str(path), "missing", remedy, ", ".join(missing)))
    if repeated:
        problems.append(
            Problem(str(path), "more than one column of this name", "keep one", ", ".join(repeated))
        )
    if not problems and not raw.num_rows:
        problems.append(Problem(str(path), "the table has no rows", "export its rows"))
    ignored = [name for name in names if name not in columns]
    if ignored and not declared.further:
        log.info("%s: columns not used: %s", path, ", ".join(ignored))
    return problems


def _typed(
    raw: pyarrow.Table, declared: Table, path: Path, problems: list[Problem]
) -> pd.DataFrame:
    """Convert each column to its type; values that cannot be converted go into ``problems``."""
    keys = raw.select(list(declared.key)).to_pandas()
    columns = {}
    for name, column in declared.columns.items():
        if name not in raw.column_names:
            columns[name] = empty_column(raw.num_rows, column)
            continue
        values = plain_text(raw[name])
        try:
            columns[name] = converted(values, column)
        except WrongValuesError as error:
            problems.append(
                Problem(
                    file=str(path),
                    column=name,
                    what=error.what,
                    rows=len(error.rows),
                    examples=examples(path, keys, error.rows, values.to_pandas()),
                    remedy=error.remedy or column.remedy,
                )
            )
    return pd.DataFrame(columns | (_further(raw, declared) if declared.further else {}))


def _further(raw: pyarrow.Table, declared: Table) -> dict[str, pd.Series]:
    """Columns that the layout does not name and that hold numbers alone, sorted by name."""
    found = {}
    for name in sorted(set(raw.column_names) - set(declared.columns)):
        try:
            found[name] = converted(plain_text(raw[name]), NUMBER)
        except WrongValuesError:
            continue
    return found
