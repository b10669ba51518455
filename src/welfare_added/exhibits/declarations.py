"""A paper's exhibits as declared in its exhibits.yaml: files, captions, needed inputs."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from welfare_added.run.choices import choice, filled, read_yaml
from welfare_added.run.errors import UserError
from welfare_added.run.parsed import cached

FIGURE_KINDS, TABLE_KINDS = ("pdf", "png", "csv"), ("csv", "tex")
NUMBERED = re.compile(r"(figure|table|example)_([a-z]?)(\d+)([a-z]?)")


class ExhibitsError(UserError):
    """An exhibits.yaml that breaks its schema; names the exhibit and what is wrong."""


@dataclass(frozen=True)
class Study:
    """Properties of a study, available before it runs, that decide which exhibits it has.

    Attributes
    ----------
    config
        The choices in force.
    synthetic
        Whether the records are synthetic.
    confidential
        Whether small cells are withheld.
    tables
        Raw tables that exist; listed only for a user's own records.
    absent
        Optional columns that they lack, by table.
    differs
        Why the paper's kept intervals are not of this study's choices; None if none are kept.
    kept
        Results that take long, which the study has because they are kept or asked for.

    """

    config: Mapping
    synthetic: bool
    confidential: bool
    tables: frozenset[str] = frozenset()
    absent: Mapping[str, Sequence[str]] = field(default_factory=dict)
    differs: Sequence[str] | None = None
    kept: frozenset[str] = frozenset()

    @property
    def source(self) -> str:
        """Folder of the raw tables; a neutral text if it is confidential."""
        confidential = self.confidential and not self.synthetic
        return "the folder of the raw tables" if confidential else self.config["district"]["source"]

    def meets(self, condition: Mapping) -> bool:
        """Whether a condition of exhibits.yaml holds (``if`` of small print, one of ``needs``)."""
        tests = {
            "synthetic": lambda wanted: self.synthetic == wanted,
            "confidential": lambda wanted: self.confidential == wanted,
            "named": lambda wanted: bool(self.config["district"]["name"]) == wanted,
            "choice": lambda wanted: all(choice(self.config, k) == v for k, v in wanted.items()),
            "table": lambda wanted: self.synthetic or wanted in self.tables,
            "kept": lambda wanted: wanted in self.kept,
            "columns": lambda wanted: not self._lacking(wanted, any),
            "intervals": lambda wanted: (self.differs == []) == wanted,
            "any_column": lambda wanted: not self._lacking(wanted, all),
        }
        return all(tests[key](wanted) for key, wanted in condition.items() if key != "else")

    def _lacking(self, columns: Mapping[str, Sequence[str]], how) -> bool:
        return any(
            how(name in self.absent.get(table, ()) for name in names)
            for table, names in columns.items()
        )


@dataclass(frozen=True)
class Exhibit:
    """A figure or table of a paper; fields as explained at the top of its exhibits.yaml."""

    name: str
    title: str
    category: str
    caption: str
    program: str
    made_from: Mapping[str, str]
    shows: str = ""
    made_from_public: Mapping[str, str] = field(default_factory=dict)
    made_from_confidential: Mapping[str, str] = field(default_factory=dict)
    only_if: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[Mapping, ...] = ()
    ours: bool = False
    theory: bool = False
    on_request: bool = False

    @property
    def figure(self) -> bool:
        """Whether it is a figure, else a table (or an example, shown as a table)."""
        return self.name.startswith("figure")

    @property
    def label(self) -> str:
        """Name as the paper writes it, figure_a4b being Figure A.4b; the title of one of ours."""
        if self.ours:
            return f"{self.title} (ours)"
        kind, appendix, number, panel = NUMBERED.fullmatch(self.name).groups()
        place = f"{appendix.upper()}.{int(number)}" if appendix else str(int(number))
        return f"{kind.capitalize()} {place}{panel}"

    def files(self, results: str) -> dict[str, str]:
        """Its files by kind, below a study's folder."""
        folder, kinds = ("figures", FIGURE_KINDS) if self.figure else ("tables", TABLE_KINDS)
        return {kind: f"{results}/{folder}/{self.name}.{kind}" for kind in kinds}

    def tables(self, study: Study) -> dict[str, str]:
        """Tables that it is made from in a study, by argument of its program."""
        further = self.made_from_confidential if study.confidential else self.made_from_public
        return {
            name: path
            for name, path in {**self.made_from, **further}.items()
            if study.meets({"choice": self.only_if.get(name, {})})
        }

    def of_records(self, study: Study) -> bool:
        """Whether any record of a person is behind it."""
        return bool(self.tables(study)) and not self.theory

    def arguments(self, config: Mapping) -> dict[str, object]:
        """Choices that its program takes, by argument."""
        return {name: choice(config, path) for name, path in self.choices.items()}

    def described(self, config: Mapping) -> str:
        """Label and caption in reStructuredText, with the choices that the caption names."""
        return f"**{self.label.removesuffix(' (ours)')}.** {filled(self.caption, config)}"

    def lack(self, study: Study) -> str:
        """Why a study cannot have it; empty if it can."""
        unmet = (need["else"] for need in self.needs if not study.meets(need))
        return filled(next(unmet, "").replace("{source}", study.source), study.config)


@dataclass(frozen=True)
class Exhibits:
    """All exhibits of a paper, in its order.

    Attributes
    ----------
    all
        By name.
    records
        Conditions and texts on where the numbers come from; the first that holds is used.
    small_print
        Conditions and texts below every exhibit made from data; all that hold are used.

    """

    all: Mapping[str, Exhibit]
    records: tuple[Mapping, ...]
    small_print: tuple[Mapping, ...]

    def skipped(self, study: Study) -> dict[str, str]:
        """Exhibits that a study cannot have, and why."""
        reasons = {name: one.lack(study) for name, one in self.all.items()}
        return {name: reason for name, reason in reasons.items() if reason}

    def made(self, study: Study) -> list[Exhibit]:
        """Exhibits that a study can have, those on request included."""
        return [one for one in self.all.values() if not one.lack(study)]

    def origin(self, study: Study) -> str:
        """Where a study's numbers come from, in a sentence or two; may be empty."""
        return next(iter(_texts(self.records, study)), "")

    def note(self, study: Study) -> str:
        """Small print of a study's exhibits; may be empty."""
        return " ".join(_texts(self.small_print, study))


def read_exhibits(path: Path, schema: Path) -> Exhibits:
    """Read a paper's exhibits.

    Raises
    ------
    ExhibitsError
        If the file violates its schema; one line per fault.

    """
    content = cached("exhibits", lambda: _content(path, schema), path, schema)
    made = {
        name: Exhibit(name, **{**one, "needs": tuple(one.get("needs", ()))})
        for name, one in content["exhibits"].items()
    }
    return Exhibits(made, tuple(content["records"]), tuple(content.get("small_print", ())))


def _content(path: Path, schema: Path) -> dict:
    from welfare_added.run.schema import faults  # slow to load, rarely needed

    content = read_yaml(path)
    wrong = faults(content, json.loads(schema.read_text(encoding="utf-8")))
    if wrong:
        raise ExhibitsError(f"{path} cannot be used:\n" + "\n".join(f"- {one}" for one in wrong))
    return content


def _texts(conditional: Iterable[Mapping], study: Study) -> list[str]:
    return [filled(one["text"], study.config) for one in conditional if study.meets(one["if"])]


def files_of(exhibits: Iterable[Exhibit], results: str) -> list[str]:
    """Every file of some exhibits below a study's folder."""
    return [path for one in exhibits for path in one.files(results).values()]
