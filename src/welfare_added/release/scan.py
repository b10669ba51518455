"""Check every published file once more, independently of the code that wrote it."""

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from welfare_added.disclosure.declarations import Declared
from welfare_added.disclosure.errors import DisclosureError
from welfare_added.disclosure.profiles import Profile
from welfare_added.release import media
from welfare_added.release.identifiers import Identifiers
from welfare_added.release.published_tables import problems
from welfare_added.run import folders
from welfare_added.run.digests import sha256

KINDS = (".csv", ".pdf", ".png", ".tex", ".html")


@dataclass(frozen=True)
class Rules:
    """Rules that published files must follow.

    Attributes
    ----------
    declared
        Every table that may be published, by path below the study's folder.
    populations
        Counts behind published numbers, made by the paper.
    profile
        Limits.
    identifiers
        Identifiers and places that no file may contain.
    private
        Folder of what is not published.
    manifest
        Job and inputs of each file; only gates may read files in ``private``.
    gates
        Files written by a disclosure gate.

    """

    declared: Mapping[str, Declared]
    populations: pd.DataFrame
    profile: Profile
    identifiers: Identifiers
    private: Path
    manifest: Mapping
    gates: frozenset[str]


def scan(folder: Path, expected: list[str], rules: Rules) -> dict[str, str]:
    """Check every file of a study's folder.

    Parameters
    ----------
    folder
        results/<study>.
    expected
        Files that the study publishes.
    rules
        Rules that they must follow.

    Returns
    -------
    dict
        SHA-256 by file; all may be published.

    Raises
    ------
    DisclosureError
        One line per problem: file, cell, what is wrong, without any confidential value.

    """
    there = sorted(path for path in folder.rglob("*") if path.is_file())
    violations = [*_closed(Path(folders.PRIVATE))]
    for path in there:
        reasons = [*_unexpected(path, expected)] or [*_wrong(path, folder, rules)]
        violations += [f"{path.as_posix()}: {reason}" for reason in reasons]
    missing = sorted(set(expected) - {path.as_posix() for path in there})
    violations += [f"{path}: not there; make it first" for path in missing]
    if violations:
        raise DisclosureError(
            f"Not to be published, {len(violations)} problems:\n"
            + "\n".join(f"- {one}" for one in violations)
            + "\nRemedy: remove what no rule made, make the others again, and correct the rule "
            "that writes what may not be published. Nothing was released."
        )
    return {path.as_posix(): sha256(path) for path in there}


def _closed(folder: Path) -> Iterator[str]:
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o077:
        yield f"{folder.as_posix()}: open to others (mode {mode:o}); run chmod 700 {folder}"


def _unexpected(path: Path, expected: list[str]) -> Iterator[str]:
    if path.suffix not in KINDS:
        yield f"an unknown kind of file ({path.suffix or 'no ending'})"
    elif path.as_posix() not in expected:
        yield "no rule publishes it"


def _wrong(path: Path, folder: Path, rules: Rules) -> Iterator[str]:
    yield from _history(path, rules)
    if path.suffix == ".csv":
        yield from _table(path, folder, rules)
    try:
        for passage in media.texts(path):
            for match in rules.identifiers.matches(passage.text, passage.binary):
                yield f"{passage.place}: {match}"
        yield from media.undeclared(path)
    except ValueError as error:
        yield str(error)
        return
    if path.suffix == ".pdf":
        yield from _marks(path, folder)


def _history(path: Path, rules: Rules) -> Iterator[str]:
    """Check that a file is as its job wrote it, and was not made from private files."""
    name = path.as_posix()
    entry = rules.manifest["files"].get(name)
    if entry is None or entry["job"] is None:
        yield "no job's record explains it"
        return
    if entry["sha256"] != sha256(path):
        yield "edited since its rule made it"
    inputs = rules.manifest["jobs"][entry["job"]]["inputs"]
    private = [one["path"] for one in inputs if Path(one["path"]).is_relative_to(rules.private)]
    if private and name not in rules.gates:
        yield f"made from {private[0]}, not from what passed the gate"


def _table(path: Path, folder: Path, rules: Rules) -> Iterator[str]:
    name = path.relative_to(folder).with_suffix("").as_posix()
    if name not in rules.declared:
        yield "a table that is not declared in disclosure.yaml of the paper"
        return
    yield from problems(path, rules.declared[name], rules.populations, rules.profile)


def _marks(path: Path, folder: Path) -> Iterator[str]:
    """Check that a figure draws no more marks than its table has rows.

    The PDF that gathers the exhibits has no table of its own but those of all figures.
    """
    own = path.with_suffix(".csv")
    tables = [own] if own.is_file() else sorted(folder.glob("figures/*.csv"))
    rows = sum(len(pd.read_csv(table)) for table in tables)
    drawn = media.marks(path)
    if drawn > rows:
        yield f"draws {drawn} marks, but its table has {rows} rows"
