"""Which files hold a district's tables; light enough to be asked while the workflow is parsed."""

import csv
from collections.abc import Mapping
from pathlib import Path

from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.vocabulary import OUTCOMES

KINDS = ("csv", "parquet")
TABLES = ("enrolments", "classes", "teachers", "outcomes")
OPTIONAL = ("outcomes",)
# Columns that a district may not have: what needs them is left out, and that is said.
OPTIONAL_COLUMNS = {
    "enrolments": (
        *("ethnicity", "gender", "age"),
        *("share_absent", "special_education", "english_learner"),
    ),
    "classes": (),
    "teachers": ("first_year",),
    "outcomes": OUTCOMES,
}


def raw_tables(source: str, made_in: str) -> dict[str, str]:
    """Say where the raw tables of ``district.source`` are, or will be.

    Parameters
    ----------
    source
        "synthetic", or a folder; a folder under results/ is made by the workflow.
    made_in
        The folder into which the synthetic district is written.

    Raises
    ------
    DistrictError
        See `find_tables`.

    """
    if source == "synthetic":
        return {table: f"{made_in}/{table}.csv" for table in TABLES}
    to_be_made = Path(source).parts[:1] == ("results",)
    found = find_tables(source, to_be_made=to_be_made)
    return {table: str(path) for table, path in found.items()}


def header(path: Path | str) -> list[str]:
    """Column names of a CSV or parquet file, trimmed; empty if it cannot be read.

    Light enough to be asked while the workflow is parsed; what is wrong with the file is said
    when it is read.
    """
    path = Path(path)
    try:
        if path.suffix == ".parquet":
            from pyarrow.parquet import read_schema

            return read_schema(path).names
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return [name.strip() for name in next(csv.reader(stream), [])]
    except (OSError, ValueError):
        return []


def tables_in(source: str) -> list[str]:
    """Tables of which a folder holds a file; all of them if ``source`` is synthetic."""
    if source == "synthetic":
        return list(TABLES)
    return [table for table in TABLES if _file_of(source, table)]


def _file_of(folder: str, table: str) -> Path | None:
    files = (Path(folder, f"{table}.{kind}") for kind in KINDS)
    return next((file for file in files if file.is_file()), None)


def absent_columns(source: str, names: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    """Optional columns that a user's tables do not have, by table; tables without any left out.

    Parameters
    ----------
    source
        "synthetic", which has all of them, or a folder.
    names
        The user's own names of columns (district.columns), by table and our name.

    """
    if source == "synthetic":
        return {}
    absent = {}
    for table, optional in OPTIONAL_COLUMNS.items():
        file = _file_of(source, table)
        there = header(file) if file else []
        if there:
            own = names.get(table, {})
            absent[table] = [name for name in optional if own.get(name, name) not in there]
    return {table: columns for table, columns in absent.items() if columns}


def find_tables(folder: Path | str, *, to_be_made: bool = False) -> dict[str, Path]:
    """Find each table's file in a folder.

    Parameters
    ----------
    folder
        Holds <table>.csv or <table>.parquet.
    to_be_made
        The workflow itself makes the folder: a required table that is not there yet will be CSV.

    Returns
    -------
    dict of Path
        Table to file, in the order of `TABLES`; an optional table without a file is left out.

    Raises
    ------
    DistrictError
        If a required table has no file, or a table has two.

    """
    folder = Path(folder)
    if not to_be_made and not folder.is_dir():
        remedy = "set district.source in config.yaml to 'synthetic' or to an existing folder"
        raise_any([Problem(str(folder), "no such folder", remedy)])
    found, problems = {}, []
    for table in TABLES:
        files = [folder / f"{table}.{kind}" for kind in KINDS]
        there = [file for file in files if file.is_file()]
        if len(there) == 2:
            remedy = "keep the one that is meant and move the other away"
            problems.append(
                Problem(str(folder), f"both {table}.csv and {table}.parquet are there", remedy)
            )
        elif there:
            found[table] = there[0]
        elif table not in OPTIONAL:
            if to_be_made:
                found[table] = files[0]
            else:
                what = f"neither {table}.csv nor {table}.parquet is there"
                problems.append(Problem(str(folder), what, f"export the table of {table} to it"))
    raise_any(problems)
    return found
