"""Ask Snakemake which results are out of date: only the workflow has the parameters."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from welfare_added.run.errors import AuditError


def targets(root: Path, paper: str, rules: Iterable[str]) -> list[str]:
    """The target ``all``, and every rule that has run and can be a target."""
    listed = _snakemake(root, paper, ["--list-target-rules"]).split()
    return ["all", *sorted(set(rules) & set(listed) - {"all"})]


def due(root: Path, paper: str, wanted: list[str]) -> dict[str, str]:
    """Files that Snakemake would make again, with its reason, unless only their inputs are due.

    Raises AuditError with Snakemake's message if it cannot plan.
    """
    return {
        file: status
        for file, status, plan in _summary(root, paper, wanted)
        if plan != "no update" and status != "ok"
    }


def planned(root: Path, paper: str, wanted: list[str]) -> set[str]:
    """Every file of the targets; raises AuditError as `due` does."""
    return {file for file, _, _ in _summary(root, paper, wanted)}


def _summary(root: Path, paper: str, wanted: list[str]) -> list[tuple[str, str, str]]:
    """File, status and plan of every output of the targets."""
    summary = _snakemake(root, paper, ["--summary", "--nolock"], wanted)
    rows = [line.split("\t") for line in summary.splitlines() if line.count("\t") >= 5]
    at = [rows[0].index(name) for name in ("output_file", "status", "plan")]
    return [tuple(row[place] for place in at) for row in rows[1:]]


def _snakemake(root: Path, paper: str, options: list[str], wanted: Iterable[str] = ()) -> str:
    """What Snakemake prints; raises AuditError with its message if it fails."""
    arguments = [*options, "--cores", "1", "--config", f"paper={paper}", "--", *wanted]
    command = [sys.executable, "-m", "snakemake", *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AuditError(f"Snakemake cannot plan {' '.join(wanted)}:\n{done.stderr.strip()}")
    return done.stdout
