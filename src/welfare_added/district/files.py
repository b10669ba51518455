"""Locate the files of a paper's raw tables; imports little, as Snakemake calls it when parsing."""

from collections.abc import Mapping
from pathlib import Path

from welfare_added.district.layout import Layout
from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.table_files import KINDS, files_in, in_words


def raw_tables(source: str, layout: Layout, made_in: str) -> dict[str, list[str]]:
    """Paths of the files of each raw table of ``district.source``; they may not exist yet.

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
        return {table: [f"{made_in}/{table}.csv"] for table in layout.tables}
    to_be_made = Path(source).parts[:1] == ("results",)
    found = find_tables(source, layout, to_be_made=to_be_made)
    return {table: [str(path) for path in paths] for table, paths in found.items()}


def tables_in(source: str, layout: Layout) -> list[str]:
    """Names of the tables that have a file in a folder; all if ``source`` is synthetic."""
    return [one for one in layout.tables if source == "synthetic" or _files_of(source, one)]


def _files_of(folder: str, table: str) -> list[Path]:
    whole, parts = files_in(Path(folder), table)
    return whole[:1] or parts


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
    from welfare_added.district.text_tables import all_named, header  # slow to load

    absent = {}
    for table, declared in layout.tables.items():
        files = _files_of(source, table)
        present = all_named(header(file) for file in files) if files else []
        if present:
            own_names = names.get(table, {})
            optional = declared.optional_columns
            absent[table] = [name for name in optional if own_names.get(name, name) not in present]
    return {table: columns for table, columns in absent.items() if columns}


def find_tables(
    folder: Path | str, layout: Layout, *, to_be_made: bool = False
) -> dict[str, list[Path]]:
    """Find each table's files in a folder.

    Parameters
    ----------
    folder
        Holds <table>.csv, .tsv, .xlsx or .parquet, or several files by year or part, as
        <table>_2003.csv and <table>_2004.csv.
    layout
        The paper's raw tables.
    to_be_made
        The workflow makes the folder: a required table that does not exist yet is taken to be CSV.

    Returns
    -------
    dict of list of Path
        Files by table, in the order of the layout; an optional table without a file is left out.

    Raises
    ------
    DistrictError
        If a required table has no file, or a table has two, or one and parts.

    """
    folder = Path(folder)
    if not to_be_made and not folder.is_dir():
        remedy = "set district.source in config.yaml to 'synthetic' or to an existing folder"
        raise_any([Problem(str(folder), "no such folder", remedy)])
    found, problems = {}, []
    for table, declared in layout.tables.items():
        whole, parts = files_in(folder, table)
        if len(whole) > 1 or (whole and parts):
            what = f"{in_words([*whole, *parts])} are there together"
            remedy = "keep what is meant, one file or its parts, and move the rest away"
            problems.append(Problem(str(folder), what, remedy))
        elif whole or parts:
            found[table] = whole or parts
        elif not declared.optional and to_be_made:
            found[table] = [folder / f"{table}.csv"]
        elif not declared.optional:
            what = f"no {table}.{', .'.join(KINDS)}, and no parts such as {table}_2003.csv"
            problems.append(Problem(str(folder), what, f"export the table of {table} to it"))
    raise_any(problems)
    return found
