"""A study of a user's own confidential tables, as the tests of every paper bring them."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pandas as pd
from conftest import Project, copy_project
from published_files import content, published

from welfare_added.run.choices import overridden

FOLDER = "CanaryFolder/records"


def table(project: Project, name: str, folder: str = "mine") -> pd.DataFrame:
    """A table of the study: what is published, or with folder ``private/mine`` what is not."""
    return pd.read_csv(project.folder / f"results/{folder}/{name}.csv")


def refused(project: Project, *target: str) -> str:
    """What is said when a target cannot be made."""
    done = project.snakemake(*target)
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode != 0 and "Traceback" not in said, said
    return said


@dataclass(frozen=True)
class OwnStudy:
    """A paper, and the module with CANARY, CHOICES, COLUMNS, own_tables and write_tables."""

    paper: str
    made: ModuleType

    def choose(self, project: Project, changes: dict) -> None:
        """The paper with the user's choices and these changes."""
        choices = {"paper": self.paper, **overridden(self.made.CHOICES, changes)}
        project.choose(choices, paper=self.paper)

    def prepare(self, folder: Path) -> Project:
        """The tables in a copy of the project, in which nothing has run."""
        project = copy_project(folder)
        self.write(project, self.made.own_tables())
        self.choose(project, {"study": "mine", "district": {"source": FOLDER}})
        return project

    def released(self, folder: Path) -> Project:
        """The same, run to their release."""
        project = self.prepare(folder)
        project.run("release", cores=2)
        return project

    def write(self, project: Project, tables: dict[str, pd.DataFrame]) -> None:
        """Put tables in the place of the user's."""
        shutil.rmtree(project.folder / FOLDER, ignore_errors=True)
        self.made.write_tables(tables, project.folder / FOLDER)

    def distinctive(self) -> list[str]:
        """The user's names of columns that are found nowhere by chance."""
        every = {name for columns in self.made.COLUMNS.values() for name in columns.values()}
        return [name for name in every if len(name) > 8]

    def assert_nothing_told(self, project: Project, least: int, *more: str) -> None:
        """No published file, of some number at least, holds an identifier, column or folder."""
        files = published(project)
        assert len(files) > least
        folders = ["canaryfolder", str(project.folder)]
        names = [self.made.CANARY, *folders, *self.distinctive(), *more]
        for path in files:
            held = content(path)
            assert [name for name in names if name.lower().encode() in held] == [], path
