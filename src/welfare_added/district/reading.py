"""Read a district's tables from CSV or parquet files."""

import csv
import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

from welfare_added.district.checks import check_relations, check_scores, check_values, examples
from welfare_added.district.files import OPTIONAL_COLUMNS, find_tables
from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.tables import SCHEMAS, District

MISSING = ["", "NA", "NaN", "."]

log = logging.getLogger(__name__)


def read_district(
    folder: Path | str, names: Mapping[str, Mapping[str, str]] | None = None
) -> District:
    """Read and check the tables in a folder.

    Parameters
    ----------
    folder
        Holds enrolments, classes, teachers and, if there are any, outcomes, each as .csv (UTF-8,
        commas, a header; empty, NA, NaN or . for missing) or .parquet. Further columns are
        ignored. Identifiers are text: leading zeros count.
    names
        The files' own names of columns, by table and by the project's name; columns not listed
        have the project's name.

    Raises
    ------
    DistrictError
        If a file or a column is missing, a value is not allowed, a key recurs, or the tables
        contradict each other.

    """
    return read_tables(find_tables(folder), names)


def read_tables(
    files: dict[str, Path], names: Mapping[str, Mapping[str, str]] | None = None
) -> District:
    """Read and check the tables in the given files; see `read_district`."""
    files = {table: Path(path) for table, path in files.items()}
    names = names or {}
    raw, problems = {}, []
    for table, path in files.items():
        raw[table] = _read(path, problems)
    raise_any(problems)
    for table, path in files.items():
        raw[table] = _renamed(raw[table], table, path, names.get(table, {}), problems)
    raise_any(problems)
    absent = {table: _absent(raw[table], table, path) for table, path in files.items()}
    tables = {table: _typed(raw[table], table, files[table], problems) for table in files}
    raise_any(problems)
    check_values(tables, files)
    check_scores(tables["enrolments"], files["enrolments"])
    check_relations(tables, files)
    for table in files:
        log.info("%s: %d rows", files[table], len(tables[table]))
    return District(
        enrolments=tables["enrolments"],
        classes=tables["classes"],
        teachers=tables["teachers"],
        outcomes=tables.get("outcomes"),
        files=files,
        absent={table: columns for table, columns in absent.items() if columns},
    )


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
    problems += _missing_columns(raw, table, path)
    return raw


def _absent(raw: pyarrow.Table, table: str, path: Path) -> list[str]:
    """Optional columns that the table lacks."""
    absent = [name for name in OPTIONAL_COLUMNS[table] if name not in raw.column_names]
    if absent:
        log.warning("%s: columns missing, what needs them is left out: %s", path, ", ".join(absent))
    return absent


def _missing_columns(raw: pyarrow.Table, table: str, path: Path) -> list[Problem]:
    names = raw.column_names
    needed = [name for name in SCHEMAS[table].columns if name not in OPTIONAL_COLUMNS[table]]
    missing = [name for name in needed if name not in names]
    repeated = sorted({name for name in SCHEMAS[table].columns if names.count(name) > 1})
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
    ignored = [name for name in names if name not in SCHEMAS[table].columns]
    if ignored:
        log.info("%s: columns not used: %s", path, ", ".join(ignored))
    return problems


def _typed(raw: pyarrow.Table, table: str, path: Path, problems: list[Problem]) -> pd.DataFrame:
    """Convert each column to its type; values that cannot be converted go into ``problems``."""
    schema = SCHEMAS[table]
    keys = raw.select(schema.unique).to_pandas()
    columns = {}
    for name, column in schema.columns.items():
        kind = column.dtype.type
        if name not in raw.column_names:
            columns[name] = _empty_column(raw.num_rows, numbers=kind.kind in "if")
            continue
        values = _plain_text(raw[name])
        try:
            if kind.kind in "if":
                columns[name] = _numbers(values, whole=kind.kind == "i")
            else:
                columns[name] = _identifiers(values)
        except _WrongValuesError as error:
            problems.append(
                Problem(
                    file=str(path),
                    column=name,
                    what=error.what,
                    rows=len(error.rows),
                    examples=examples(path, keys, error.rows, values.to_pandas()),
                    remedy=error.remedy or column.metadata["remedy"] or "write identifiers as text",
                )
            )
    return pd.DataFrame(columns)


def _empty_column(rows: int, *, numbers: bool) -> pd.Series:
    return pd.Series(np.full(rows, np.nan)) if numbers else pd.Series([None] * rows, dtype="str")


class _WrongValuesError(Exception):
    def __init__(self, what: str, wrong, remedy: str = ""):
        self.what = what
        self.remedy = remedy
        self.rows = np.flatnonzero(wrong)


def _plain_text(values: pyarrow.ChunkedArray) -> pyarrow.ChunkedArray:
    """Decode categorical columns and trim text."""
    if pyarrow.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pyarrow.types.is_string(values.type) or pyarrow.types.is_large_string(values.type):
        return pyarrow.compute.utf8_trim_whitespace(values)
    return values


def _numbers(values: pyarrow.ChunkedArray, *, whole: bool) -> pd.Series:
    try:
        numbers = values.cast(pyarrow.float64()).to_pandas()
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError):
        texts = values.to_pandas().astype("str")
        numbers = pd.to_numeric(texts, errors="coerce").astype("float64")
        is_text = numbers.isna() & texts.notna()
        if is_text.any():
            raise _WrongValuesError("text where a number is expected", is_text) from None
    if not whole:
        return numbers
    if numbers.isna().any():
        raise _WrongValuesError("empty", numbers.isna())
    fractional = numbers != np.floor(numbers)
    if fractional.any():
        raise _WrongValuesError("not a whole number", fractional)
    return numbers.astype("int64")


def _identifiers(values: pyarrow.ChunkedArray) -> pd.Series:
    identifiers = values.to_pandas()
    if pyarrow.types.is_string(values.type) or pyarrow.types.is_large_string(values.type):
        control = (
            pyarrow.compute.match_substring_regex(values, r"[[:cntrl:]]")
            .fill_null(False)
            .to_pandas()
        )
        if control.any():
            raise _WrongValuesError("control characters", control, "export it again as plain text")
    if pd.api.types.is_float_dtype(identifiers):
        fractional = identifiers.notna() & (identifiers != np.floor(identifiers))
        if fractional.any():
            raise _WrongValuesError("a fraction where an identifier is expected", fractional)
        identifiers = identifiers.astype("Int64")
    return identifiers.astype("str").where(identifiers.notna(), None)
