"""The README's table of exhibits, their inputs and programs: made from the records of a run."""

import re
from collections.abc import Mapping
from pathlib import Path

from welfare_added.audit.trace import code_lines
from welfare_added.exhibits.availability import EXHIBITS
from welfare_added.run.errors import AuditError

BEGIN, END = "<!-- exhibits: made by `make reference` -->\n", "<!-- end of exhibits -->\n"
OURS = {"figure_bias": "Bias decomposition (ours)", "figure_calibration": "Calibration (ours)"}
HEAD = "| exhibit | target | made from | program | lines | s |\n|---|---|---|---|---|---|\n"
OF_ALL = "output.py"  # reading and writing, which every exhibit does alike


def exhibits_table(manifest: Mapping, study: str, root: Path) -> str:
    """A row an exhibit: what it reads, its script, where its data are chosen and drawn.

    Parameters
    ----------
    manifest
        Of a run.
    study
        Whose exhibits.
    root
        The project's folder, in which the code stands.

    """
    folder = f"results/{study}/"
    jobs = {job["rule"]: job for job in manifest["jobs"].values()}
    rows = []
    for name in EXHIBITS:
        if name in jobs:
            read = [one["path"].removeprefix(folder) for one in jobs[name]["inputs"]]
            script, *functions = code_lines(jobs[name], root)
            lines = [line.split()[0] for line in functions if "/exhibits/" in line]
            shown = [line.split("exhibits/")[1] for line in lines if OF_ALL not in line]
            cells = (
                title(name),
                f"`{name}`",
                ", ".join(f"`{path}`" for path in read) or "an example of section 2.4",
                f"`{script.split(':')[0]}`",
                ", ".join(f"`{line}`" for line in shown),
                f"{jobs[name]['seconds']:.1f}",
            )
            rows.append(f"| {' | '.join(cells)} |\n")
    return HEAD + "".join(rows)


def title(name: str) -> str:
    """Name of an exhibit as the paper writes it: figure_a4b is Figure A.4b."""
    if name in OURS:
        return OURS[name]
    kind, appendix, number, panel = re.fullmatch(r"(\w+)_([a-z]?)(\d+)([a-z]?)", name).groups()
    place = f"{appendix.upper()}.{int(number)}" if appendix else str(int(number))
    return f"{kind.capitalize()} {place}{panel}"


def renewed(text: str, table: str) -> str:
    """The README with another table; raises AuditError if nothing marks its place."""
    if BEGIN not in text or END not in text:
        raise AuditError("README.md: the marks around the table of exhibits are gone")
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{table}\n{END}{rest.split(END)[1]}"
