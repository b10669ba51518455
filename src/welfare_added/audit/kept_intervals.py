"""Whether the Monte Carlo intervals kept in a paper's folder are of the code and choices as now."""

from collections.abc import Mapping
from pathlib import Path

from welfare_added.claims.intervals import CLAIMS, differences, is_stale
from welfare_added.run.fingerprint import fingerprint
from welfare_added.run.imports import project_modules
from welfare_added.run.source import source_folder

REMEDY = "`make intervals` makes them again"


def notes(root: Path, paper: str, folder: Path, config: Mapping) -> list[str]:
    """What is to be said of a paper's kept intervals; nothing if all is well or none are kept.

    Parameters
    ----------
    root
        The project's folder.
    paper
        Its name.
    folder
        The paper's folder.
    config
        The choices in force.

    """
    if not (folder / CLAIMS).is_file():
        return []
    world = root / "scripts" / paper / "world.py"
    code = fingerprint(project_modules([world], source_folder(root)), root)
    found = [f"not of this run: {reason}" for reason in differences(folder, config)]
    if is_stale(folder, code):
        found.append("made by an earlier version of the code")
    return [f"intervals/: {reason}; {REMEDY}" for reason in found]
