"""Tables of several districts, cut into a folder for each."""

import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset as ds

from welfare_added.district.files import header
from welfare_added.district.problems import Problem, raise_any

# Tables that need not name the district: their rows go where their person is.
BY_PERSON = {"teachers": ("classes", "teacher_id"), "outcomes": ("enrolments", "student_id")}
HERE = "district of the partition"
BLOCK = 1 << 24  # bytes of a CSV file read at a time
log = logging.getLogger(__name__)


def partition(
    files: Mapping[str, Path | str],
    column: str,
    names: Mapping[str, Mapping[str, str]],
    out: Path,
) -> pd.DataFrame:
    """Write each district's rows of every table to a folder of its own, of the same format.

    Rows keep their order and their text; a block of a file is in memory at a time.

    Parameters
    ----------
    files
        File of each table.
    column
        Names the district; enrolments and classes must have it. A table of teachers or outcomes
        without it is cut by the persons in the district's classes or enrolments.
    names
        The user's own names of columns (district.columns).
    out
        Folder to hold a folder a district: its name in small letters, digits and underscores.

    Returns
    -------
    DataFrame
        folder, district (as in the tables), table, rows.

    Raises
    ------
    DistrictError
        If a table lacks the column, a row's district is empty or has no enrolments, a district
        has no classes, or two districts' names make the same folder.

    """
    files = {table: Path(path) for table, path in files.items()}
    _refuse_without(files, column)
    folders = _folders(files["enrolments"], column)
    _refuse_unmatched(files, column, set(folders))
    counts = []
    for table, path in files.items():
        own = names.get(table, {})
        rows = _opened(path).scanner(use_threads=False).to_batches()
        if column in header(path):
            cut = _by_column(rows, path, column, folders)
        else:
            where, person = BY_PERSON[table]
            key = names.get(where, {}).get(person, person)
            cut = _by_person(rows, own.get(person, person), _persons(out, where, key, folders))
        found = _write(cut, _opened(path).schema, path, column, out)
        counts += [(folder, table, count) for folder, count in found.items()]
        log.info("%s: %d rows in %d districts", table, sum(found.values()), len(found))
    table = pd.DataFrame(counts, columns=["folder", "table", "rows"])
    table.insert(1, "district", table["folder"].map({v: k for k, v in folders.items()}))
    return table.sort_values(["folder", "table"], ignore_index=True)


def _refuse_without(files: Mapping[str, Path], column: str) -> None:
    remedy = "set partition in config.yaml to the column's name, or add it to the table"
    raise_any(
        [
            Problem(str(path), "missing, which is to name the district", remedy, column)
            for table, path in files.items()
            if table not in BY_PERSON and column not in header(path)
        ]
    )


def _refuse_unmatched(files: Mapping[str, Path], column: str, districts: set[str]) -> None:
    """Raise where a table names a district without enrolments, or classes lack one."""
    problems = []
    named = [table for table in files if table != "enrolments" and column in header(files[table])]
    for table in named:
        path, rows = files[table], _texts(files[table], column)
        strange = sorted(set(rows) - districts)
        if strange:
            problems.append(
                Problem(
                    str(path),
                    "districts without enrolments",
                    "correct the name, or take out the rows",
                    column,
                    sum(rows[name] for name in strange),
                    tuple(f"{name}: {rows[name]} rows" for name in strange[:3]),
                )
            )
        missing = sorted(districts - set(rows))
        if missing and table == "classes":
            what = f"no class of districts with enrolments: {', '.join(missing[:3])}"
            problems.append(
                Problem(str(path), what, "correct the name, or add the classes", column)
            )
    raise_any(problems)


def _opened(path: Path) -> ds.Dataset:
    if path.suffix == ".parquet":
        return ds.dataset(path, format="parquet")
    text = dict.fromkeys(header(path), pa.string())
    kind = ds.CsvFileFormat(
        convert_options=pyarrow.csv.ConvertOptions(column_types=text, strings_can_be_null=False),
        read_options=pyarrow.csv.ReadOptions(block_size=BLOCK),
    )
    return ds.dataset(path, format=kind)


def _folders(path: Path, column: str) -> dict[str, str]:
    """Folder of each district's name."""
    folders = {name: re.sub("[^a-z0-9]+", "_", name.lower()) for name in _texts(path, column)}
    same = pd.Series(folders, dtype=str)
    same = same[same.duplicated(keep=False)]
    if len(same):
        what = f"{', '.join(same.index[:4])} would share the folder {same.iloc[0]}"
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
    batches: Iterator[pa.RecordBatch], key: str, persons: pd.DataFrame
) -> Iterator[tuple[pa.RecordBatch, pa.Array]]:
    """Rows once for each district that knows their person."""
    for batch in batches:
        ids = batch.column(batch.schema.get_field_index(key)).cast(pa.string()).to_pandas()
        rows = pd.DataFrame({"person": ids, "row": range(len(ids))}).merge(persons, on="person")
        rows = rows.sort_values(["row", "folder"])
        yield batch.take(pa.array(rows["row"])), pa.array(rows["folder"], pa.string())


def _persons(out: Path, table: str, key: str, folders: Mapping[str, str]) -> pd.DataFrame:
    """Persons of each district's table, as cut before."""
    found = []
    for folder in sorted(folders.values()):
        (path,) = (out / folder).glob(f"{table}.*")
        found.append(pd.DataFrame({"person": list(_texts(path, key)), "folder": folder}))
    return pd.concat(found, ignore_index=True)


def _texts(path: Path, column: str) -> dict[str, int]:
    """Rows of each value of a column as text, sorted; empty ones left out."""
    rows: Counter = Counter()
    for batch in _opened(path).scanner(columns=[column]).to_batches():
        counts = pc.value_counts(batch.column(0).cast(pa.string()))
        rows.update({one["values"]: one["counts"] for one in counts.to_pylist()})
    return {text: rows[text] for text in sorted(rows.keys() - {None, ""})}


def _write(
    cut: Iterator[tuple[pa.RecordBatch, pa.Array]],
    schema: pa.Schema,
    path: Path,
    column: str,
    out: Path,
) -> dict[str, int]:
    """Write rows to their folders, the column of the district left out; rows by folder."""
    kept = [name for name in schema.names if name != column]
    written: dict[str, int] = {}

    def rows() -> Iterator[pa.RecordBatch]:
        for batch, folder in cut:
            for name, count in zip(
                *(x.to_pylist() for x in folder.value_counts().flatten()), strict=True
            ):
                written[name] = written.get(name, 0) + count
            yield pa.RecordBatch.from_arrays(
                [*(batch.column(name) for name in kept), folder], names=[*kept, HERE]
            )

    fields = [*(schema.field(name) for name in kept), pa.field(HERE, pa.string())]
    kind = ds.ParquetFileFormat() if path.suffix == ".parquet" else ds.CsvFileFormat()
    ds.write_dataset(
        rows(),
        out,
        schema=pa.schema(fields),
        format=kind,
        partitioning=[HERE],
        basename_template=f"{path.stem}-{{i}}{path.suffix}",
        existing_data_behavior="overwrite_or_ignore",
        use_threads=False,
        preserve_order=True,
        max_open_files=10**6,
    )
    for folder in written:
        (part,) = (out / folder).glob(f"{path.stem}-*{path.suffix}")
        part.rename(out / folder / path.name)
    return written
