"""Read one file as it was exported: text, Excel or parquet, with its columns as text if it can."""

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from zipfile import BadZipFile

import pyarrow
import pyarrow.csv
import pyarrow.parquet

from welfare_added.district.problems import Problem, raise_any

MISSING = ["", "NA", "NaN", "."]
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
UNEQUAL = re.compile(r"(?:Row #(\d+): )?Expected (\d+) columns, got (\d+)")
BROKEN = pyarrow.ArrowException, csv.Error, OSError, BadZipFile, KeyError


class SheetsError(OSError):
    """A workbook in which it is not clear which sheet is meant."""


def delimiter(path: Path) -> str:
    """What separates columns in a text file.

    The mark that splits the first two lines into equally many parts, and most; else a comma.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        lines = [line for line in (stream.readline(), stream.readline()) if line.strip()]

    def fit(mark: str) -> tuple[bool, int, bool]:
        parts = [len(next(csv.reader([line], delimiter=mark), [])) for line in lines]
        alike = len(set(parts)) == 1 and parts[0] > 1
        return alike, max(parts, default=0), mark == ","

    return max(DELIMITERS, key=fit)


def header(path: Path | str) -> list[str]:
    """Column names of a file, trimmed; empty if it cannot be read.

    Errors in the file are reported by `read_text_table`.
    """
    path = Path(path)
    try:
        if path.suffix == ".parquet":
            return pyarrow.parquet.read_schema(path).names
        if path.suffix == ".xlsx":
            return next(_excel_rows(path), [])
        return _names(path, delimiter(path))
    except (ValueError, *BROKEN):
        return []


def row_count(path: Path) -> int:
    """Number of rows of a file."""
    if path.suffix == ".parquet":
        return pyarrow.parquet.read_metadata(path).num_rows
    problems: list[Problem] = []
    rows = read_text_table(path, problems).num_rows
    raise_any(problems)
    return rows


def read_text_table(path: Path, problems: list[Problem]) -> pyarrow.Table:
    """Read one file; CSV and Excel columns are text, so that errors can quote wrong values.

    What is wrong goes into ``problems``, without the content of any row.
    """
    try:
        if path.suffix == ".parquet":
            raw = pyarrow.parquet.read_table(path)
            raw.validate(full=True)
            return raw
        return _excel(path) if path.suffix == ".xlsx" else _delimited(path)
    except FileNotFoundError:
        problems.append(Problem(str(path), "no such file", "export this table"))
    except UnicodeDecodeError:
        problems.append(Problem(str(path), "not UTF-8 text", "save it with encoding UTF-8"))
    except BROKEN as error:
        what, remedy = _explained(path, error)
        problems.append(Problem(str(path), f"cannot be read: {what}", remedy))
    return pyarrow.table({})


def _explained(path: Path, error: Exception) -> tuple[str, str]:
    """What is wrong and the remedy; parsers quote the row that they cannot read, and we do not."""
    if isinstance(error, SheetsError):
        return str(error), f"keep one sheet, or name the one that is meant {path.stem}"
    unequal = UNEQUAL.search(str(error))
    if unequal:
        line, expected, found = unequal.groups()
        where = f"line {line} has" if line else "a line has"
        what = f"{where} {found} columns, and the header {expected}"
        return what, "put text that contains separators into quotes, or export it again"
    if path.suffix in (".parquet", ".xlsx"):
        kind = {".parquet": "a parquet file", ".xlsx": "an Excel workbook"}[path.suffix]
        return f"it is not {kind}, or damaged", "export it again"
    told = str(error).split(":")[0] if isinstance(error, pyarrow.ArrowException) else str(error)
    return told, "export it as comma-separated text with a header"


def _names(path: Path, mark: str) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [name.strip() for name in next(csv.reader(stream, delimiter=mark), [])]


def _delimited(path: Path) -> pyarrow.Table:
    """Parse a text file; on failure again in one thread, whose error names the line."""
    mark = delimiter(path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        names = next(csv.reader(stream, delimiter=mark), [])
    options = {
        "parse_options": pyarrow.csv.ParseOptions(delimiter=mark),
        "convert_options": pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pyarrow.string()),
            strings_can_be_null=True,
            null_values=MISSING,
        ),
    }
    try:
        raw = pyarrow.csv.read_csv(path, **options)
    except pyarrow.ArrowInvalid:
        one_thread = pyarrow.csv.ReadOptions(use_threads=False)
        raw = pyarrow.csv.read_csv(path, read_options=one_thread, **options)
    return raw.rename_columns([name.strip() for name in raw.column_names])


def _excel(path: Path) -> pyarrow.Table:
    """The workbook's one sheet that holds anything; numbers as text, whole ones without a point."""
    rows = _excel_rows(path)
    names = next(rows, [])
    columns: list[list[str | None]] = [[] for _ in names]
    for number, row in enumerate(rows, start=2):
        if len(row) > len(names) and any(row[len(names) :]):
            raise pyarrow.ArrowInvalid(
                f"Row #{number}: Expected {len(names)} columns, got {len(row)}"
            )
        for column, value in zip(columns, chain(row, [""] * len(names)), strict=False):
            column.append(None if value in MISSING else value)
    arrays = [pyarrow.chunked_array([pyarrow.array(one, pyarrow.string())]) for one in columns]
    return pyarrow.Table.from_arrays(arrays, names=names)


def _excel_rows(path: Path) -> Iterator[list[str]]:
    from openpyxl import load_workbook  # slow to load, rarely needed

    book = load_workbook(path, read_only=True, data_only=True)
    try:
        filled = [sheet for sheet in book.worksheets if next(_texts(sheet), None)]
        own = [sheet for sheet in filled if sheet.title.casefold() == path.stem.casefold()]
        sheets = own or filled
        if len(sheets) > 1:
            raise SheetsError(f"{len(sheets)} sheets hold something")
        yield from _texts(sheets[0]) if sheets else ()
    finally:
        book.close()


def _texts(sheet) -> Iterator[list[str]]:
    """Rows of a sheet as text, to the last one that holds anything."""
    empty = 0
    for row in sheet.iter_rows(values_only=True):
        texts = [_text(value) for value in row]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            yield from ([] for _ in range(empty))
            yield texts
        empty = 0 if texts else empty + 1


def _text(value: object) -> str:
    """A cell as text; an identifier that Excel keeps as a number has no fraction."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).strip()


def all_named(names: Iterable[list[str]]) -> list[str]:
    """Names that every one of several headers has, in the order of the first."""
    first, *others = names
    return [name for name in first if all(name in other for other in others)]
