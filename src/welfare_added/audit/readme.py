"""Write the table of exhibits in a paper's README from the records of a run."""

from collections.abc import Mapping
from pathlib import Path

from welfare_added.audit.trace import code_lines
from welfare_added.exhibits.declarations import Exhibits
from welfare_added.run.errors import AuditError

BEGIN, END = "<!-- exhibits: made by `make reference` -->\n", "<!-- end of exhibits -->\n"
README = "README.md"  # in the paper's folder
HEAD = "| exhibit | target | made from | program | s |\n|---|---|---|---|---|\n"


def exhibits_table(manifest: Mapping, study: str, exhibits: Exhibits, root: Path) -> str:
    """Markdown table of exhibits: label, target, inputs, lines of code and seconds.

    Parameters
    ----------
    manifest
        Of a run.
    study
        Whose exhibits were made.
    exhibits
        Of the paper.
    root
        The project's folder.

    """
    folder = f"results/{study}/"
    jobs = {job["rule"]: job for job in manifest["jobs"].values()}
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


def renewed(text: str, table: str) -> str:
    """README text with the table replaced; raises AuditError if its marks are missing."""
    if BEGIN not in text or END not in text:
        raise AuditError(f"{README}: the marks around the table of exhibits are gone")
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{table}\n{END}{rest.split(END)[1]}"
