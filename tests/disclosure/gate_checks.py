"""What must hold of every paper's tables and exhibits that confidential records are made into."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from welfare_added.disclosure.declarations import published_tables, read, read_declared
from welfare_added.disclosure.gate import publishable
from welfare_added.disclosure.profiles import PROFILES
from welfare_added.exhibits.declarations import Exhibits, Study, read_exhibits
from welfare_added.release.published_tables import problems
from welfare_added.run.writing import write_csv

WORKFLOW = Path(__file__).parents[2] / "workflow"
N10 = PROFILES["n10"]


@dataclass(frozen=True)
class Gated:
    """A paper's declarations and made-up results.

    tables: of the results, by path; drawn: data and drawing of an exhibit of such tables; people:
    populations of which none is too small.
    """

    paper: str
    study: Study
    tables: Mapping[str, pd.DataFrame]
    drawn: Callable
    people: pd.DataFrame

    @property
    def folder(self) -> Path:
        return WORKFLOW / "papers" / self.paper

    @cached_property
    def declared(self) -> dict:
        return read(self.folder / "disclosure.yaml", WORKFLOW / "schemas/disclosure.schema.json")

    @cached_property
    def names(self) -> dict[str, str]:
        """Tables that pass the gate, without their ending, and when (`published_tables`)."""
        return published_tables(self.folder / "disclosure.yaml")

    @cached_property
    def exhibits(self) -> Exhibits:
        return read_exhibits(
            self.folder / "exhibits.yaml", WORKFLOW / "schemas/exhibits.schema.json"
        )

    def published(
        self, folder: Path, name: str, people: pd.DataFrame | None = None
    ) -> pd.DataFrame:
        """A table of the results after the gate."""
        path, declaration = folder / f"{name}.csv", self.declared[name]
        path.parent.mkdir(parents=True, exist_ok=True)
        write_csv(self.tables[f"{name}.csv"], path)
        people = self.people if people is None else people
        return publishable(read_declared(path, declaration), declaration, people, N10)[0]

    def check_table(self, folder: Path, name: str) -> None:
        """A table passes the gate with all its rows, and then the scan of a release."""
        shown = self.published(folder, name)
        self._check_scan(folder, shown, name)
        assert len(shown) == len(self.tables[f"{name}.csv"])

    def check_sources(self) -> None:
        """Exhibits of confidential records are made of gated tables, and are declared themselves."""
        made = self.exhibits.made(self.study)
        paths = [path for one in made for path in one.tables(self.study).values()]
        assert {path.removesuffix(".csv") for path in paths} <= set(self.names)
        folders = {one.name: "figures" if one.figure else "tables" for one in made}
        assert {f"{folder}/{name}" for name, folder in folders.items()} <= set(self.declared)

    def check_data(self, folder: Path, exhibit: str) -> None:
        """Data of an exhibit pass the scan as they are declared."""
        made = self.exhibits.all[exhibit]
        shown = {
            path: self.published(folder, path.removesuffix(".csv"))
            for path in made.tables(self.study).values()
        }
        data, _ = self.drawn(exhibit, "", shown)
        self._check_scan(folder, data, f"{'figures' if made.figure else 'tables'}/{exhibit}")

    def _check_scan(self, folder: Path, shown: pd.DataFrame, name: str) -> None:
        write_csv(shown, folder / "shown.csv")
        assert problems(folder / "shown.csv", self.declared[name], self.people, N10) == []
