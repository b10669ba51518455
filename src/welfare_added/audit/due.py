"""What Snakemake itself would make anew: changed parameters, which only the workflow can tell."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from welfare_added.run.errors import AuditError

ON_REQUEST = {
    "star_tables": "star",
    "constrained_frontiers": "constrained",
    "benchmark": "benchmark",
    "calibrate": "calibrate",
}


def targets(rules: Iterable[str]) -> list[str]:
    """The default target, and those made on request whose rules have run."""
    return ["all", *sorted({ON_REQUEST[rule] for rule in rules if rule in ON_REQUEST})]


def due(root: Path, wanted: list[str]) -> dict[str, str]:
    """Files of the targets that would be made anew for a reason of their own, in Snakemake's words.

    Raises AuditError with Snakemake's message where it cannot plan.
    """
    return {
        file: status
        for file, status, plan in _summary(root, wanted)
        if plan != "no update" and status != "ok"
    }


def planned(root: Path, wanted: list[str]) -> set[str]:
    """Every file of the targets; raises AuditError as `due` does."""
    return {file for file, _, _ in _summary(root, wanted)}


def _summary(root: Path, wanted: list[str]) -> list[tuple[str, str, str]]:
    """File, status and plan of every output of the targets."""
    command = [sys.executable, "-m", "snakemake", "--summary", "--cores", "1", "--nolock", *wanted]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AuditError(f"Snakemake cannot plan {', '.join(wanted)}:\n{done.stderr.strip()}")
    rows = [line.split("\t") for line in done.stdout.splitlines() if line.count("\t") >= 5]
    at = [rows[0].index(name) for name in ("output_file", "status", "plan")]
    return [tuple(row[place] for place in at) for row in rows[1:]]
