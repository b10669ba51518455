"""Write the table of exhibits in a paper's README, and its raw tables in docs/raw_tables.md."""

from collections.abc import Mapping
from pathlib import Path

from welfare_added.audit.trace import code_lines
from welfare_added.district.layout import Column, Layout, Table
from welfare_added.exhibits.declarations import Exhibits
from welfare_added.run.errors import AuditError

BEGIN, END = "<!-- exhibits: made by `make reference` -->\n", "<!-- end of exhibits -->\n"
README = "README.md"  # in the paper's folder
RAW_TABLES = "docs/raw_tables.md"
HEAD = "| exhibit | target | made from | program | s |\n|---|---|---|---|---|\n"
COLUMNS = "| column | content | values | may be missing |\n|---|---|---|---|\n"
MISSING = {  # by whether a value may be missing, and whether the column may
    (False, False): "no",
    (True, False): "a value",
    (False, True): "the column",
    (True, True): "a value, or the column",
}


def exhibits_table(manifest: Mapping, study: str, exhibits: Exhibits, root: Path) -> str:
    """Markdown table of exhibits: label, target, inputs, lines of code and seconds.

    Parameters
    ----------
    manifest
        Of a run; it may hold jobs of other studies, whose rules have the same names.
    study
        Whose exhibits were made.
    exhibits
        Of the paper.
    root
        The project's folder.

    """
    folder = f"results/{study}/"
    jobs = {
        job["rule"]: job
        for job in manifest["jobs"].values()
        if any(one["path"].startswith(folder) for one in job["outputs"])
    }
    rows = []
    for name, one in exhibits.all.items():
        if name in jobs and not one.on_request:
            read = [path["path"].removeprefix(folder) for path in jobs[name]["inputs"]]
            lines = [line.split()[0].rsplit("/", 1)[1] for line in code_lines(jobs[name], root)]
            cells = (
                one.label,
                f"`{name}`",
                ", ".join(f"`{path}`" for path in read) or "an example",
                ", ".join(f"`{line}`" for line in lines),
                f"{jobs[name]['seconds']:.1f}",
            )
            rows.append(f"| {' | '.join(cells)} |\n")
    return HEAD + "".join(rows)


def raw_tables_text(layout: Layout) -> str:
    """Markdown of a paper's raw tables: a heading and a list of columns each."""
    return "\n".join(_raw_table(name, table) for name, table in layout.tables.items())


def _raw_table(name: str, table: Table) -> str:
    optional = " (the table may be missing)" if table.optional else ""
    rows = [
        f"| `{column}` | {one.about} | {_values(one)} | {MISSING[one.empty, one.absent]} |\n"
        for column, one in table.columns.items()
    ]
    return f"## {name}: {table.about}{optional}\n\n{COLUMNS}{''.join(rows)}"


def _values(column: Column) -> str:
    """Values that a column may have, in words."""
    if column.type == "category":
        return ", ".join(column.values)
    kind = {"flag": "0 or 1", "whole": "whole number", "date": "day, as 2015-04-30"}.get(
        column.type, column.type
    )
    low = "" if column.low is None else f" from {column.low}"
    high = "" if column.high is None else f" to {column.high}"
    return f"{kind}{low}{high}"


def marks_of_raw_tables(paper: str) -> tuple[str, str]:
    """Marks around a paper's part of docs/raw_tables.md."""
    begin = f"<!-- raw tables of {paper}: made by `make reference` -->\n"
    return begin, f"<!-- end of the raw tables of {paper} -->\n"


def renewed(
    text: str,
    made: str,
    marks: tuple[str, str] = (BEGIN, END),
    of: str = f"{README}: the marks around the table of exhibits",
) -> str:
    """Text with what stands between two marks replaced.

    Raises AuditError, which begins with ``of``, if the marks are missing.
    """
    begin, end = marks
    if begin not in text or end not in text:
        raise AuditError(f"{of} are gone")
    before, rest = text.split(begin)
    return f"{before}{begin}\n{made}\n{end}{rest.split(end)[1]}"
