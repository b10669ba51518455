"""Read a paper's raw tables from CSV or parquet files."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow

from welfare_added.district.columns import (
    WrongValuesError,
    as_text,
    converted,
    empty_column,
    holds_text,
    plain_text,
)
from welfare_added.district.export import Export, decoded
from welfare_added.district.layout import Column, Layout, Table
from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.shared_rows import one_row_a_key
from welfare_added.district.table_files import TableFiles
from welfare_added.district.text_tables import DELIMITERS, all_named, delimiter, read_text_table
from welfare_added.district.values import RawTables, check_values, examples
from welfare_added.district.written_numbers import springs, with_points

NUMBER = Column(type="number", about="further number", remedy="", empty=True)

log = logging.getLogger(__name__)


def read_tables(
    files: Mapping[str, Path | str | Iterable[Path | str]],
    layout: Layout,
    export: Export | None = None,
) -> RawTables:
    """Read raw tables and check their columns, types, values and keys.

    Parameters
    ----------
    files
        File of each table, or its files, which are read one after the other: .csv or .tsv (UTF-8, a
        header; commas, semicolons, tabs or bars between columns; empty, NA, NaN or . for missing),
        .xlsx or .parquet. Columns that the layout does not name are ignored, except those that are
        numbers in a table with ``further`` columns. Identifiers are text: leading zeros count.
    layout
        What the tables have to be.
    export
        How the files differ from the layout.

    Raises
    ------
    DistrictError
        If a file cannot be read, a column is missing, a value is not allowed or a key recurs.

    """
    export = export or Export()
    raise_any(list(_wrong_maps(files, layout, export.columns)))
    problems, remarks = [], []
    sources, content = {}, {}
    for table, paths in files.items():
        sources[table], content[table] = _joined(TableFiles.of(paths), problems, remarks)
    raise_any(problems)
    declared = {table: layout.tables[table] for table in files}
    content = {
        table: _renamed(rows, table, declared[table], str(sources[table]), export, problems)
        for table, rows in content.items()
    }
    raise_any(problems)
    for table, rows in content.items():
        file = str(sources[table])
        rows, codes = decoded(rows, table, export, file, problems)
        content[table], marks = with_points(rows, declared[table], file, export.decimal, problems)
        remarks += [*codes, *marks]
    raise_any(problems)
    absent = {
        table: _absent(rows, declared[table], str(sources[table]))
        for table, rows in content.items()
    }
    tables = {
        table: _typed(rows, declared[table], sources[table], problems)
        for table, rows in content.items()
    }
    raise_any(problems)
    for table, one in declared.items():
        if one.shared:
            remarks += _shared(table, one, export.co_teachers, tables, sources)
    absent = {table: columns for table, columns in absent.items() if columns}
    raw = RawTables(tables, layout, sources, absent, tuple(remarks))
    check_values(raw)
    for remark in remarks:
        log.info(remark)
    for table, path in sources.items():
        log.info("%s: %d rows", path, len(tables[table]))
    return raw


def _shared(
    table: str,
    declared: Table,
    rule: str,
    tables: dict[str, pd.DataFrame],
    sources: dict[str, TableFiles],
) -> list[str]:
    """Keep one row a key in a table whose keys several persons may share; what was done."""
    tables[table], kept, counts = one_row_a_key(tables[table], declared, rule)
    if not counts["shared"]:
        return []
    sources[table] = replace(sources[table], kept=tuple(kept.tolist()))
    person = declared.shared["person"]
    return [
        f"{sources[table]}: {counts['shared']} of {len(kept)} have several {person}; "
        f"{counts['unnamed']} of these count as having none (district.co_teachers: {rule})"
    ]


def _wrong_maps(
    files: Mapping[str, Path | str | Iterable[Path | str]],
    layout: Layout,
    names: Mapping[str, Mapping[str, str]],
) -> Iterator[Problem]:
    """Column maps in which one column stands for two, or of a table that is not there."""
    for table, own_names in names.items():
        where = f"district.columns.{table}"
        ours: dict[str, list[str]] = {}
        for name, theirs in own_names.items():
            ours.setdefault(theirs, []).append(name)
        if table not in files and own_names and table in layout.tables:
            folder = TableFiles.of(next(iter(files.values()))).paths[0].parent
            what = f"no file of the table, of which {where} in config.yaml names columns"
            remedy = f"export it as {table}.csv, or take {where} out of config.yaml"
            yield Problem(str(folder / f"{table}.csv"), what, remedy)
        for theirs, several in ours.items():
            if len(several) > 1:
                what = f"one column for {len(several)} in {where}: {', '.join(several)}"
                remedy = "give each a column of its own, or leave out those that your table lacks"
                file = str(TableFiles.of(files[table])) if table in files else table
                yield Problem(file, what, remedy, theirs)


def _joined(
    files: TableFiles, problems: list[Problem], remarks: list[str]
) -> tuple[TableFiles, pyarrow.Table]:
    """The files of a table one after the other, with the number of rows of each."""
    parts = [read_text_table(path, problems) for path in files.paths]
    for path, part in zip(files.paths, parts, strict=True):
        mark = delimiter(path) if part.column_names and path.suffix in (".csv", ".tsv") else ","
        if mark != ",":
            remarks.append(f"{path}: columns separated by {DELIMITERS[mark]}")
    files = TableFiles(files.paths, tuple(part.num_rows for part in parts))
    if len(parts) == 1:
        return files, parts[0]
    names = all_named(part.column_names for part in parts)
    for path, part in zip(files.paths, parts, strict=True):
        left = [name for name in part.column_names if name not in names]
        if left:
            remarks.append(
                f"{path}: not used, as another file of the table lacks it: {', '.join(left)}"
            )
    return files, _concatenated([part.select(names) for part in parts])


def _concatenated(parts: list[pyarrow.Table]) -> pyarrow.Table:
    """Tables with the same columns as one; columns whose types differ become text."""
    alike = all(part.schema.types == parts[0].schema.types for part in parts)
    if not alike:
        parts = [
            pyarrow.table({name: as_text(part[name]) for name in part.column_names})
            for part in parts
        ]
    return pyarrow.concat_tables(part.replace_schema_metadata() for part in parts)


def _renamed(
    raw: pyarrow.Table,
    table: str,
    declared: Table,
    file: str,
    export: Export,
    problems: list[Problem],
) -> pyarrow.Table:
    """Rename columns to the project's names; missing required ones are added to ``problems``."""
    own_names = export.names(table)
    missing = [
        f"{theirs} ({ours})" for ours, theirs in own_names.items() if theirs not in raw.column_names
    ]
    if missing:
        remedy = (
            f"correct district.columns.{table} in config.yaml; the columns there are: "
            f"{', '.join(raw.column_names)}"
        )
        problems.append(Problem(file, "missing", remedy, ", ".join(missing)))
        return raw
    ours = {theirs: name for name, theirs in own_names.items()}
    replaced = set(own_names) & set(raw.column_names) - set(own_names.values())
    kept = [name for name in raw.column_names if name not in replaced]
    raw = raw.select(kept) if replaced else raw
    raw = raw.rename_columns([ours.get(name, name) for name in raw.column_names])
    problems += _missing_columns(raw, declared, file)
    return raw


def _absent(raw: pyarrow.Table, declared: Table, path: str) -> list[str]:
    """Optional columns that the table lacks."""
    absent = [name for name in declared.optional_columns if name not in raw.column_names]
    if absent:
        log.warning("%s: columns missing, what needs them is left out: %s", path, ", ".join(absent))
    return absent


def _missing_columns(raw: pyarrow.Table, declared: Table, path: str) -> list[Problem]:
    names, columns = raw.column_names, declared.columns
    missing = [name for name, one in columns.items() if not one.absent and name not in names]
    repeated = sorted(name for name in columns if names.count(name) > 1)
    problems = []
    if missing:
        remedy = (
            "add it, or name the column that it is in district.columns in config.yaml; the columns "
            f"there are: {', '.join(names)}"
        )
        problems.append(Problem(path, "missing", remedy, ", ".join(missing)))
    if repeated:
        problems.append(
            Problem(path, "more than one column of this name", "keep one", ", ".join(repeated))
        )
    if not problems and not raw.num_rows:
        problems.append(Problem(path, "the table has no rows", "export its rows"))
    ignored = [name for name in names if name not in columns]
    if ignored and not declared.further:
        log.info("%s: columns not used: %s", path, ", ".join(ignored))
    return problems


def _typed(
    raw: pyarrow.Table, declared: Table, files: TableFiles, problems: list[Problem]
) -> pd.DataFrame:
    """Convert each column to its type; values that cannot be converted go into ``problems``."""
    columns = {}
    for name, column in declared.columns.items():
        if name not in raw.column_names:
            columns[name] = empty_column(raw.num_rows, column)
            continue
        values = plain_text(raw[name])
        if column.school_year and holds_text(values):
            values = springs(values, column.school_year)
        try:
            columns[name] = converted(values, column)
        except WrongValuesError as error:
            problems.append(
                Problem(
                    file=str(files),
                    column=name,
                    what=error.what,
                    rows=len(error.rows),
                    examples=examples(files, error.rows, values.to_pandas()),
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
