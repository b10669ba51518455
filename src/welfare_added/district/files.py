"""Locate the files of a paper's raw tables; imports little, as Snakemake calls it when parsing."""

import csv
from collections.abc import Mapping
from pathlib import Path

from welfare_added.district.layout import Layout
from welfare_added.district.problems import Problem, raise_any

KINDS = ("csv", "parquet")


def raw_tables(source: str, layout: Layout, made_in: str) -> dict[str, str]:
    """Paths of the raw tables of ``district.source``, by table; they may not exist yet.

    Parameters
    ----------
    source
        "synthetic", or a folder; a folder under results/ is made by the workflow.
    layout
        The paper's raw tables.
    made_in
        Folder into which synthetic tables are written.

    Raises
    ------
    DistrictError
        See `find_tables`.

    """
    if source == "synthetic":
        return {table: f"{made_in}/{table}.csv" for table in layout.tables}
    to_be_made = Path(source).parts[:1] == ("results",)
    paths = find_tables(source, layout, to_be_made=to_be_made)
    return {table: str(path) for table, path in paths.items()}


def header(path: Path | str) -> list[str]:
    """Column names of a CSV or parquet file, trimmed; empty if it cannot be read.

    Errors in the file are reported by `read_tables`.
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


def tables_in(source: str, layout: Layout) -> list[str]:
    """Names of the tables that have a file in a folder; all if ``source`` is synthetic."""
    return [one for one in layout.tables if source == "synthetic" or _file_of(source, one)]


def _file_of(folder: str, table: str) -> Path | None:
    files = (Path(folder, f"{table}.{kind}") for kind in KINDS)
    return next((file for file in files if file.is_file()), None)


def absent_columns(
    source: str, layout: Layout, names: Mapping[str, Mapping[str, str]]
) -> dict[str, list[str]]:
    """Optional columns that a user's tables lack, by table; tables that lack none are left out.

    Parameters
    ----------
    source
        "synthetic", which has all of them, or a folder.
    layout
        The paper's raw tables.
    names
        The user's own names of columns (district.columns), by table and by the project's name.

    """
    if source == "synthetic":
        return {}
    absent = {}
    for table, declared in layout.tables.items():
        file = _file_of(source, table)
        present = header(file) if file else []
        if present:
            own_names = names.get(table, {})
            optional = declared.optional_columns
            absent[table] = [name for name in optional if own_names.get(name, name) not in present]
    return {table: columns for table, columns in absent.items() if columns}


def find_tables(folder: Path | str, layout: Layout, *, to_be_made: bool = False) -> dict[str, Path]:
    """Find each table's file in a folder.

    Parameters
    ----------
    folder
        Holds <table>.csv or <table>.parquet.
    layout
        The paper's raw tables.
    to_be_made
        The workflow makes the folder: a required table that does not exist yet is taken to be CSV.

    Returns
    -------
    dict of Path
        File by table, in the order of the layout; an optional table without a file is left out.

    Raises
    ------
    DistrictError
        If a required table has no file, or a table has two.

    """
    folder = Path(folder)
    if not to_be_made and not folder.is_dir():
        remedy = "set district.source in config.yaml to 'synthetic' or to an existing folder"
        raise_any([Problem(str(folder), "no such folder", remedy)])
    paths, problems = {}, []
    for table, declared in layout.tables.items():
        files = [folder / f"{table}.{kind}" for kind in KINDS]
        present = [file for file in files if file.is_file()]
        if len(present) == 2:
            remedy = "keep the one that is meant and move the other away"
            problems.append(
                Problem(str(folder), f"both {table}.csv and {table}.parquet are there", remedy)
            )
        elif present:
            paths[table] = present[0]
        elif not declared.optional:
            if to_be_made:
                paths[table] = files[0]
            else:
                what = f"neither {table}.csv nor {table}.parquet is there"
                problems.append(Problem(str(folder), what, f"export the table of {table} to it"))
    raise_any(problems)
    return paths
