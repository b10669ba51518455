"""The command ``welfare-added``."""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from welfare_added.cli.project import new_project, require_project
from welfare_added.run.errors import UserError

CORES = re.compile(r"(--cores|--jobs)(=.*)?|-[cj]\d*")
ABOUT = {
    "new": "make a project folder of your own",
    "check": "read and check the raw tables alone, in seconds",
    "run": "make every result that is not up to date, or the targets that are named",
    "figure": "make one exhibit, and only what it needs",
    "trace": "where an exhibit, a file or a claim comes from",
    "verify": "hash every result again and say which can be trusted",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command in the project's folder; returns its exit code."""
    chosen, options = _parser().parse_known_args(arguments)
    try:
        if chosen.command == "new":
            _no_further(options)
            new_project(chosen.folder, chosen.paper or "eastmond_2024")
            print(f"{chosen.folder} is ready; its README.md has the commands.")
            return 0
        require_project(Path.cwd())
        return subprocess.run(_command(chosen, options), env=_environment(), check=False).returncode
    except UserError as error:
        print(error, file=sys.stderr)
        return 10


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="welfare-added",
        description="From raw student and teacher tables to every figure, table and number.",
        epilog="Further options of check, run and figure go to Snakemake: --cores 8, --dry-run.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    made = {
        name: commands.add_parser(name, help=about, allow_abbrev=False)
        for name, about in ABOUT.items()
    }
    for command in made.values():
        command.add_argument("--paper", help="another paper than that of config.yaml")
    made["new"].add_argument("folder", type=Path, help="a new folder")
    made["figure"].add_argument("name", help="name of an exhibit, as figure_04 or table_a1")
    made["trace"].add_argument("of", help="figure_04, a path below results/, or the id of a claim")
    return parser


def _command(chosen: argparse.Namespace, options: list[str]) -> list[str]:
    """The command of Snakemake, or of the audit, that does it."""
    if chosen.command in ("trace", "verify"):
        _no_further(options)
        paper = ["--paper", chosen.paper] if chosen.paper else []
        of = [chosen.of] if chosen.command == "trace" else []
        return [sys.executable, "-m", "welfare_added.audit", *paper, chosen.command, *of]
    cores = [] if any(map(CORES.fullmatch, options)) else ["--cores", "2"]
    paper = ["--config", f"paper={chosen.paper}"] if chosen.paper else []
    target = {"check": "check_district", "figure": getattr(chosen, "name", "")}
    named = ["--", target[chosen.command]] if chosen.command in target else []
    return [sys.executable, "-m", "snakemake", *paper, *cores, *options, *named]


def _no_further(options: list[str]) -> None:
    if options:
        raise UserError(f"welfare-added: {' '.join(options)} is not known here")


def _environment() -> dict[str, str]:
    """Environment of the run: several processes, each with one thread of linear algebra."""
    return {**os.environ, "OPENBLAS_NUM_THREADS": "1"}


if __name__ == "__main__":
    sys.exit(main())
