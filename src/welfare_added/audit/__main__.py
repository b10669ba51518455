"""Check and explain results: ``python -m welfare_added.audit verify``, trace or compare."""

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console

from welfare_added.audit import commands
from welfare_added.run.choices import ConfigError
from welfare_added.run.errors import AuditError

WIDE = 240  # columns if the output is not a terminal


def main(arguments: list[str] | None = None) -> int:
    """Run one command from the project's folder; returns its exit code."""
    parser = argparse.ArgumentParser(prog="welfare_added.audit", description=__doc__)
    asked = parser.add_subparsers(dest="command", required=True)
    asked.add_parser("verify", help="hash every result again and say which can be trusted")
    trace = asked.add_parser("trace", help="where an exhibit, a file or a claim comes from")
    trace.add_argument("of", help="figure_04, a path below results/, or the id of a claim")
    compare = asked.add_parser("compare", help="what differs between two runs, and why")
    compare.add_argument("one", type=Path, help="manifest.json of a run")
    compare.add_argument("other", type=Path, help="manifest.json of another")
    reference = asked.add_parser("reference", help="compare these results with the published run")
    reference.add_argument("--keep", action="store_true", help="keep these as the published run")
    asked.add_parser("readme", help="renew the README's table of exhibits and the raw tables")
    parser.add_argument("--paper", help="another paper than that of config.yaml")
    chosen = parser.parse_args(arguments)
    wide = None if sys.stdout.isatty() else WIDE
    console = Console(width=wide, soft_wrap=True, highlight=False)
    try:
        return _run(chosen, console)
    except (AuditError, ConfigError, OSError, json.JSONDecodeError) as error:
        Console(stderr=True, soft_wrap=True).print(str(error), markup=False, highlight=False)
        return 10


def _run(chosen: argparse.Namespace, console: Console) -> int:
    project = commands.Project(Path.cwd(), chosen.paper)
    match chosen.command:
        case "verify":
            return commands.verify(project, console)
        case "trace":
            return commands.trace(project, chosen.of, console)
        case "compare":
            return commands.compare(chosen.one, chosen.other, console)
        case "readme":
            return commands.readme(project, console)
    return commands.reference(project, chosen.keep, console)


if __name__ == "__main__":
    sys.exit(main())
