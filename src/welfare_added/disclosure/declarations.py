"""Declarations of published tables: columns, and the populations behind each number."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

import pandas as pd

from welfare_added.disclosure.errors import DisclosureError
from welfare_added.run.choices import read_yaml
from welfare_added.run.schema import faults

NUMBER = "number"
ESTIMATE = "estimate"
WITHHELD = "withheld"
COUNT = "count"
SHARE = "share"
ANY = "any"
EXHIBITS = ("figures/", "tables/")
LONG_NAME, LONG_VALUE = "quantity", "value"
UNITS = ("students", "teachers", "schools")


@dataclass(frozen=True)
class Kind:
    """Kind of a column's numbers.

    Attributes
    ----------
    name
        number (a choice of the design, published as it is), estimate (from the persons that the
        row counts), estimate of the whole (from the populations), count, share, or withheld.
    unit
        Of counts and shares: students, teachers, classes, schools or degrees (of freedom); else
        empty.
    of
        Populations behind this column, in addition to the table's.
    whole
        Of a share: the column of the count that it is a share of; empty: a share of the
        populations.
    digits
        Significant digits, if fewer than the profile's; 0: the profile's.

    """

    name: str
    unit: str = ""
    of: tuple[str, ...] = ()
    whole: str = ""
    digits: int = 0

    def shown_digits(self, most: int) -> int:
        """Significant digits that are published, where the profile allows ``most``."""
        return min(self.digits or most, most)


@dataclass(frozen=True)
class Parts:
    """Rows whose shares or counts have a known sum, so that a withheld one follows from the others.

    Attributes
    ----------
    where
        Column and value that select these rows; empty: all.
    by
        Columns of the groups within which the sum is known.
    share, whole
        Columns of the share, and of the count that it is a share of.
    count
        Column of the count, in place of these two.

    """

    where: tuple[str, ...]
    by: tuple[str, ...]
    share: str = ""
    whole: str = ""
    count: str = ""

    @property
    def column(self) -> str:
        """The column that is withheld."""
        return self.count or self.share

    def rows(self, cells: pd.DataFrame) -> pd.DataFrame:
        """The rows of a table that they are."""
        return cells[cells[self.where[0]] == self.where[1]] if self.where else cells

    def numbers(self, rows: pd.DataFrame) -> pd.Series:
        """How many each row stands for."""
        return rows[self.count] if self.count else rows[self.share] * rows[self.whole]


@dataclass(frozen=True)
class Declared:
    """Declaration of a published table.

    Attributes
    ----------
    path
        Below results/<study>/, without suffix.
    of
        Populations behind all its numbers.
    keys
        Allowed values of the columns that identify a row; None for names of config.yaml.
    cells
        Kind by pattern of a column's name (of a quantity's in a long table).
    long
        Whether rows hold one number each, in columns ``quantity`` and ``value``.
    together
        Sets of columns that are all withheld if one is.
    parts
        Rows with known sums; none in most tables.
    rows_of
        Pattern of a row's population, such as outcome_{outcome}; empty in most tables.
    rest
        Sets of columns of shares of disjoint groups; the share of all others follows from them.
    units
        What the paper's populations count: students, teachers, schools, or some of these.

    """

    path: str
    of: tuple[str, ...]
    keys: Mapping[str, frozenset[str] | None]
    cells: Mapping[str, Kind]
    long: bool = False
    together: tuple[tuple[str, ...], ...] = ()
    parts: tuple[Parts, ...] = ()
    rows_of: str = ""
    rest: tuple[tuple[str, ...], ...] = ()
    units: tuple[str, ...] = UNITS

    def kind(self, column: str) -> Kind | None:
        """Kind of a column; None if it is not declared."""
        if column in self.cells:
            return self.cells[column]
        fitting = [kind for name, kind in self.cells.items() if fnmatchcase(column, name)]
        return fitting[0] if fitting else None

    def populations(self, column: str, row: Mapping) -> tuple[str, ...]:
        """Names of all populations behind a cell."""
        of_row = (self.rows_of.format(**row),) if self.rows_of else ()
        return (*self.of, *self.kind(column).of, *of_row)


def read(path: Path, schema: Path) -> dict[str, Declared]:
    """Read the declaration of all published tables, by path.

    Raises
    ------
    DisclosureError
        If the file violates its schema; names the place.

    """
    content = read_yaml(path)
    wrong = faults(content, json.loads(schema.read_text(encoding="utf-8")))
    if wrong:
        raise DisclosureError("\n".join(f"{path}, {one}" for one in wrong))
    values = {name: frozenset(map(str, allowed)) for name, allowed in content["values"].items()}
    units = tuple(content.get("units", UNITS))
    return {name: _table(name, one, values, units) for name, one in content["tables"].items()}


def published_tables(
    path: Path, meets: Callable[[Mapping], bool] = lambda condition: True
) -> dict[str, str]:
    """Tables that pass the gate, and when: always, on request, or of confidential records.

    Tables of exhibits are left out, since exhibits are made from tables that passed; so are those
    whose condition (needs) the study does not meet. Empty if the paper has no such file.
    """
    tables = read_yaml(path)["tables"] if path.is_file() else {}
    return {
        name: one.get("made", "always")
        for name, one in tables.items()
        if "of" in one and not name.startswith(EXHIBITS) and meets(one.get("needs", {}))
    }


def declared_units(path: Path) -> list[str]:
    """What the paper's populations count; all `UNITS` unless it says otherwise."""
    return read_yaml(path).get("units", [*UNITS]) if path.is_file() else [*UNITS]


def published_choices(path: Path) -> dict[str, list[str]]:
    """Choices that a release shows: sections or keys ``shown``, and keys ``hidden`` in them."""
    declared = read_yaml(path).get("choices", {}) if path.is_file() else {}
    return {"shown": [], **declared}


def _table(
    name: str, one: Mapping, values: Mapping[str, frozenset[str]], units: tuple[str, ...]
) -> Declared:
    def allowed(values_of_key: str | list) -> frozenset[str] | None:
        if values_of_key == ANY:
            return None
        if isinstance(values_of_key, str):
            return values[values_of_key]
        return frozenset(map(str, values_of_key))

    return Declared(
        path=name,
        of=tuple(one.get("of", ())),
        keys={column: allowed(key) for column, key in one.get("keys", {}).items()},
        cells={column: _kind(cell) for column, cell in one["cells"].items()},
        long=one.get("long", False),
        together=tuple(map(tuple, one.get("together", ()))),
        parts=tuple(map(_parts, one.get("parts", ()))),
        rows_of=one.get("rows_of", ""),
        rest=tuple(map(tuple, one.get("rest", ()))),
        units=units,
    )


def _parts(one: Mapping) -> Parts:
    sequences = {"where": tuple(one.get("where", ())), "by": tuple(one["by"])}
    return Parts(**{**one, **sequences})


def _kind(cell: str | Mapping) -> Kind:
    """Read ``count of teachers``, or ``{kind: estimate, of: [...]}``."""
    if isinstance(cell, Mapping):
        more = {key: value for key, value in cell.items() if key != "kind"}
        return replace(_kind(cell["kind"]), **{**more, "of": tuple(cell.get("of", ()))})
    match = re.fullmatch(f"({COUNT}|{SHARE}) of (students|teachers|classes|schools|degrees)", cell)
    return Kind(match[1], match[2]) if match else Kind(cell)


def read_declared(path: Path | str, declared: Declared) -> pd.DataFrame:
    """A table as it is declared: its keys are text, so that names such as 007 stay as they are."""
    return pd.read_csv(path, dtype=dict.fromkeys(declared.keys, str))


def wide(table: pd.DataFrame, declared: Declared) -> pd.DataFrame:
    """A long table with one column per quantity; any other table unchanged."""
    if not declared.long:
        return table
    keys = list(declared.keys)
    order = list(dict.fromkeys(table[LONG_NAME]))
    if not keys:
        return table.set_index(LONG_NAME)[[LONG_VALUE]].T.reset_index(drop=True)
    return table.pivot(index=keys, columns=LONG_NAME, values=LONG_VALUE)[order].reset_index()


def as_original(table: pd.DataFrame, declared: Declared, original: pd.DataFrame) -> pd.DataFrame:
    """Undo `wide`: rows and columns in the order of the original."""
    if not declared.long:
        return table
    keys = list(declared.keys)
    melted = table.melt(id_vars=keys, var_name=LONG_NAME, value_name=LONG_VALUE)
    places = [*keys, LONG_NAME]
    return original[places].merge(melted, on=places, how="inner")[list(original.columns)]
