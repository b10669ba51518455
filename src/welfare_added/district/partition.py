"""Split tables of several districts into one folder a district."""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset as ds

from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.table_files import TableFiles
from welfare_added.district.text_tables import delimiter, header

# Tables without a district column are split by the persons in another table that has it.
BY_PERSON = {"teachers": ("classes", "teacher_id"), "outcomes": ("enrolments", "student_id")}
FOLDER = "district of the partition"  # temporary column, not written
BLOCK = 1 << 24  # bytes of a CSV file read at a time
log = logging.getLogger(__name__)


def partition(
    files: Mapping[str, Path | str | Iterable[Path | str]],
    column: str,
    names: Mapping[str, Mapping[str, str]],
    out: Path,
) -> pd.DataFrame:
    """Write each district's rows of every table to the district's folder, in the same file format.

    Rows keep their order and their text; one block of a file is in memory at a time.

    Parameters
    ----------
    files
        File of each table, .csv, .tsv or .parquet.
    column
        Column with the district's name, required in enrolments and classes. Without it, teachers
        and outcomes are split by the persons in each district's classes and enrolments.
    names
        The user's own names of columns (district.columns).
    out
        Folder for the districts' folders, named in small letters, digits and underscores.

    Returns
    -------
    DataFrame
        folder, district (as in the tables), table, rows.

    Raises
    ------
    DistrictError
        If a table has several files or an Excel file, or lacks the column, a row's district is
        empty or has no enrolments, a district has no classes, or two districts' names make the same
        folder.

    """
    files = {table: _one_file(TableFiles.of(paths)) for table, paths in files.items()}
    _refuse_without(files, column)
    folders = _folders(files["enrolments"], column)
    _refuse_unmatched(files, column, set(folders))
    counts = []
    for table, path in files.items():
        own_names = names.get(table, {})
        rows = _open(path).scanner(use_threads=False).to_batches()
        if column in header(path):
            parts = _by_column(rows, path, column, folders)
        else:
            linked, person = BY_PERSON[table]
            key = names.get(linked, {}).get(person, person)
            parts = _by_person(
                rows, own_names.get(person, person), _persons(out, linked, key, folders)
            )
        written = _write(parts, _open(path).schema, path, column, out)
        counts += [(folder, table, count) for folder, count in written.items()]
        log.info(
            "%s: %d rows in %d districts",
            table,
            sum(written.values()),
            len(written),
        )
    table = pd.DataFrame(counts, columns=["folder", "table", "rows"])
    table.insert(1, "district", table["folder"].map({v: k for k, v in folders.items()}))
    return table.sort_values(["folder", "table"], ignore_index=True)


def _one_file(files: TableFiles) -> Path:
    """The file of a table, whose rows are read batch by batch."""
    if len(files.paths) > 1 or files.paths[0].suffix == ".xlsx":
        what = "tables of several districts must be one .csv, .tsv or .parquet file each"
        raise_any([Problem(str(files), what, "put its rows into one file")])
    return files.paths[0]


def _refuse_without(files: Mapping[str, Path], column: str) -> None:
    remedy = "set partition in config.yaml to the column's name, or add it to the table"
    raise_any(
        [
            Problem(str(path), "missing; it must name each row's district", remedy, column)
            for table, path in files.items()
            if table not in BY_PERSON and column not in header(path)
        ]
    )


def _refuse_unmatched(files: Mapping[str, Path], column: str, districts: set[str]) -> None:
    """Raise if a table names a district without enrolments, or a district has no classes."""
    problems = []
    tables = [table for table in files if table != "enrolments" and column in header(files[table])]
    for table in tables:
        path, rows = files[table], _value_counts(files[table], column)
        unknown = sorted(set(rows) - districts)
        if unknown:
            problems.append(
                Problem(
                    str(path),
                    "districts without enrolments",
                    "correct the name, or take out the rows",
                    column,
                    sum(rows[name] for name in unknown),
                    tuple(f"{name}: {rows[name]} rows" for name in unknown[:3]),
                )
            )
        missing = sorted(districts - set(rows))
        if missing and table == "classes":
            what = f"no class of districts with enrolments: {', '.join(missing[:3])}"
            problems.append(
                Problem(str(path), what, "correct the name, or add the classes", column)
            )
    raise_any(problems)


def _open(path: Path) -> ds.Dataset:
    if path.suffix == ".parquet":
        return ds.dataset(path, format="parquet")
    text = dict.fromkeys(header(path), pa.string())
    kind = ds.CsvFileFormat(
        parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter(path)),
        convert_options=pyarrow.csv.ConvertOptions(column_types=text, strings_can_be_null=False),
        read_options=pyarrow.csv.ReadOptions(block_size=BLOCK),
    )
    return ds.dataset(path, format=kind)


def _folders(path: Path, column: str) -> dict[str, str]:
    """Folder name of each district."""
    folders = {
        name: re.sub("[^a-z0-9]+", "_", name.lower()) for name in _value_counts(path, column)
    }
    shared = pd.Series(folders, dtype=str)
    shared = shared[shared.duplicated(keep=False)]
    if len(shared):
        what = f"{', '.join(shared.index[:4])} would share the folder {shared.iloc[0]}"
        remedy = "give districts names that differ in letters or digits"
        raise_any([Problem(str(path), what, remedy, column)])
    return folders


def _by_column(
    batches: Iterator[pa.RecordBatch], path: Path, column: str, folders: Mapping[str, str]
) -> Iterator[tuple[pa.RecordBatch, pa.Array]]:
    read = 0
    for batch in batches:
        name = batch.column(batch.schema.get_field_index(column)).cast(pa.string())
        empty = pc.fill_null(pc.equal(name, ""), True)
        if pc.any(empty).as_py():
            first = pc.index(empty, True).as_py() + read + 2
            raise_any(
                [
                    Problem(
                        str(path),
                        "no district named",
                        "name every row's district",
                        column,
                        pc.sum(empty).as_py(),
                        (f"line {first}",),
                    )
                ]
            )
        read += batch.num_rows
        yield batch, pa.array([folders[one] for one in name.to_pylist()], pa.string())


def _by_person(
    batches: Iterator[pa.RecordBatch], column: str, persons: pd.DataFrame
) -> Iterator[tuple[pa.RecordBatch, pa.Array]]:
    """Rows, repeated for each district in which their person appears, with the folder."""
    for batch in batches:
        ids = batch.column(batch.schema.get_field_index(column)).cast(pa.string()).to_pandas()
        rows = pd.DataFrame({"person": ids, "row": range(len(ids))}).merge(persons, on="person")
        rows = rows.sort_values(["row", "folder"])
        yield batch.take(pa.array(rows["row"])), pa.array(rows["folder"], pa.string())


def _persons(out: Path, table: str, key: str, folders: Mapping[str, str]) -> pd.DataFrame:
    """Persons in each district's table, read from the folders already written."""
    tables = []
    for folder in sorted(folders.values()):
        (path,) = (out / folder).glob(f"{table}.*")
        tables.append(pd.DataFrame({"person": list(_value_counts(path, key)), "folder": folder}))
    return pd.concat(tables, ignore_index=True)


def _value_counts(path: Path, column: str) -> dict[str, int]:
    """Number of rows of each value of a column, as sorted text; empty values are left out."""
    rows: Counter = Counter()
    for batch in _open(path).scanner(columns=[column]).to_batches():
        counts = pc.value_counts(batch.column(0).cast(pa.string()))
        rows.update({one["values"]: one["counts"] for one in counts.to_pylist()})
    return {text: rows[text] for text in sorted(rows.keys() - {None, ""})}


def _write(
    parts: Iterator[tuple[pa.RecordBatch, pa.Array]],
    schema: pa.Schema,
    path: Path,
    column: str,
    out: Path,
) -> dict[str, int]:
    """Write rows to their folders without the district's column; returns rows by folder."""
    kept = [name for name in schema.names if name != column]
    rows_written: dict[str, int] = {}

    def rows() -> Iterator[pa.RecordBatch]:
        for batch, folder in parts:
            for name, count in zip(
                *(x.to_pylist() for x in folder.value_counts().flatten()), strict=True
            ):
                rows_written[name] = rows_written.get(name, 0) + count
            yield pa.RecordBatch.from_arrays(
                [*(batch.column(name) for name in kept), folder], names=[*kept, FOLDER]
            )

    fields = [*(schema.field(name) for name in kept), pa.field(FOLDER, pa.string())]
    file_format = ds.ParquetFileFormat() if path.suffix == ".parquet" else ds.CsvFileFormat()
    ds.write_dataset(
        rows(),
        out,
        schema=pa.schema(fields),
        format=file_format,
        partitioning=[FOLDER],
        basename_template=f"{path.stem}-{{i}}{path.suffix}",
        existing_data_behavior="overwrite_or_ignore",
        use_threads=False,
        preserve_order=True,
        max_open_files=10**6,
    )
    for folder in rows_written:
        (part,) = (out / folder).glob(f"{path.stem}-*{path.suffix}")
        part.rename(out / folder / path.name)
    return rows_written
