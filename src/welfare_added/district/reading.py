"""Reading a district's tables from CSV or parquet files."""

import csv
import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

from welfare_added.district.checks import check_relations, check_scores, check_values, examples
from welfare_added.district.files import find_tables
from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.tables import SCHEMAS, District

MISSING = ["", "NA", "NaN", "."]

log = logging.getLogger(__name__)


def read_district(folder: Path | str) -> District:
    """Read and check the tables in a folder.

    Parameters
    ----------
    folder
        Holds enrolments, classes, teachers and, if there are any, outcomes, each as .csv (UTF-8,
        commas, a header; empty, NA, NaN or . for missing) or .parquet. Further columns are
        ignored. Identifiers are text: leading zeros count.

    Raises
    ------
    DistrictError
        If a file or a column is missing, a value is not allowed, a key recurs, or the tables
        contradict each other.

    """
    return read_tables(find_tables(folder))


def read_tables(files: dict[str, Path]) -> District:
    """Read and check tables whose files are known; see `read_district`."""
    files = {table: Path(path) for table, path in files.items()}
    raw, problems = {}, []
    for table, path in files.items():
        raw[table] = _read(path, problems)
    raise_any(problems)
    for table, path in files.items():
        problems += _missing_columns(raw[table], table, path)
    raise_any(problems)
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
    )


def _read(path: Path, problems: list[Problem]) -> pyarrow.Table:
    """Read one file, CSV columns all as text, so that wrong values can be shown as they stand."""
    try:
        if path.suffix == ".parquet":
            return pyarrow.parquet.read_table(path)
        with path.open(encoding="utf-8-sig", newline="") as stream:
            names = next(csv.reader(stream), [])
        raw = _parse(path, names)
        return raw.rename_columns([name.strip() for name in raw.column_names])
    except FileNotFoundError:
        problems.append(Problem(str(path), "no such file", "export this table"))
    except UnicodeDecodeError:
        problems.append(Problem(str(path), "not UTF-8 text", "save it with encoding UTF-8"))
    except pyarrow.ArrowInvalid as error:
        kind = "parquet" if path.suffix == ".parquet" else "comma-separated text with a header"
        problems.append(Problem(str(path), f"cannot be read: {error}", f"export it as {kind}"))
    return pyarrow.table({})


def _parse(path: Path, names: list[str]) -> pyarrow.Table:
    """Parse a CSV file; one that cannot be, again in one thread, which tells the line."""
    options = pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(names, pyarrow.string()),
        strings_can_be_null=True,
        null_values=MISSING,
    )
    try:
        return pyarrow.csv.read_csv(path, convert_options=options)
    except pyarrow.ArrowInvalid:
        slowly = pyarrow.csv.ReadOptions(use_threads=False)
        return pyarrow.csv.read_csv(path, read_options=slowly, convert_options=options)


def _missing_columns(raw: pyarrow.Table, table: str, path: Path) -> list[Problem]:
    names = raw.column_names
    missing = [name for name in SCHEMAS[table].columns if name not in names]
    twice = sorted({name for name in SCHEMAS[table].columns if names.count(name) > 1})
    problems = []
    if missing:
        remedy = f"add or rename it; the columns there are: {', '.join(names)}"
        if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
            remedy = "separate columns by commas, as 'CSV (comma delimited)' does"
        problems.append(Problem(str(path), "missing", remedy, ", ".join(missing)))
    if twice:
        problems.append(
            Problem(str(path), "more than one column of this name", "keep one", ", ".join(twice))
        )
    if not problems and not raw.num_rows:
        problems.append(Problem(str(path), "the table has no rows", "export its rows"))
    ignored = [name for name in names if name not in SCHEMAS[table].columns]
    if ignored:
        log.info("%s: columns not used: %s", path, ", ".join(ignored))
    return problems


def _typed(raw: pyarrow.Table, table: str, path: Path, problems: list[Problem]) -> pd.DataFrame:
    """Give each column its type; what cannot have it goes into ``problems``."""
    schema = SCHEMAS[table]
    keys = raw.select(schema.unique).to_pandas()
    columns = {}
    for name, column in schema.columns.items():
        kind = column.dtype.type
        values = _flat(raw[name])
        try:
            if kind.kind in "if":
                columns[name] = _numbers(values, whole=kind.kind == "i")
            else:
                columns[name] = _names(values)
        except _WrongValuesError as wrong:
            problems.append(
                Problem(
                    file=str(path),
                    column=name,
                    what=wrong.what,
                    rows=len(wrong.rows),
                    examples=examples(path, keys, wrong.rows, values.to_pandas()),
                    remedy=wrong.remedy or column.metadata["remedy"] or "write identifiers as text",
                )
            )
    return pd.DataFrame(columns)


class _WrongValuesError(Exception):
    def __init__(self, what: str, wrong, remedy: str = ""):
        self.what = what
        self.remedy = remedy
        self.rows = np.flatnonzero(wrong)


def _flat(values: pyarrow.ChunkedArray) -> pyarrow.ChunkedArray:
    """Undo categories and trim text."""
    if pyarrow.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pyarrow.types.is_string(values.type) or pyarrow.types.is_large_string(values.type):
        return pyarrow.compute.utf8_trim_whitespace(values)
    return values


def _numbers(values: pyarrow.ChunkedArray, *, whole: bool) -> pd.Series:
    try:
        numbers = values.cast(pyarrow.float64()).to_pandas()
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError):
        given = values.to_pandas().astype("str")
        numbers = pd.to_numeric(given, errors="coerce").astype("float64")
        text = numbers.isna() & given.notna()
        if text.any():
            raise _WrongValuesError("text where a number is expected", text) from None
    if not whole:
        return numbers
    if numbers.isna().any():
        raise _WrongValuesError("empty", numbers.isna())
    broken = numbers != np.floor(numbers)
    if broken.any():
        raise _WrongValuesError("not a whole number", broken)
    return numbers.astype("int64")


def _names(values: pyarrow.ChunkedArray) -> pd.Series:
    given = values.to_pandas()
    if pyarrow.types.is_string(values.type) or pyarrow.types.is_large_string(values.type):
        strange = (
            pyarrow.compute.match_substring_regex(values, r"[[:cntrl:]]")
            .fill_null(False)
            .to_pandas()
        )
        if strange.any():
            raise _WrongValuesError("control characters", strange, "export it again as plain text")
    if pd.api.types.is_float_dtype(given):
        broken = given.notna() & (given != np.floor(given))
        if broken.any():
            raise _WrongValuesError("a fraction where an identifier is expected", broken)
        given = given.astype("Int64")
    return given.astype("str").where(given.notna(), None)
