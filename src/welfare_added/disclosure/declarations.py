"""What is declared of every published table: its columns, and whom each number rests on."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pandas as pd
from jsonschema import Draft202012Validator

from welfare_added.disclosure.errors import DisclosureError
from welfare_added.run.choices import read_yaml

NUMBER = "number"
ESTIMATE = "estimate"
WHOLE = "estimate of the whole"
WITHHELD = "withheld"
COUNT = "count"
SHARE = "share"
ANY = "any"
EXHIBITS = ("figures/", "tables/")
LONG_NAME, LONG_VALUE = "quantity", "value"


@dataclass(frozen=True)
class Kind:
    """What a column's numbers are.

    Attributes
    ----------
    name
        number (a choice of the design, shown as it is), estimate (of those whom the row's counts
        count), estimate of the whole (population), count, share, or withheld.
    unit
        Of counts and shares: students, teachers, classes, schools or (of freedom) degrees; else
        empty.
    of
        Populations that this column rests on beside the table's.

    """

    name: str
    unit: str = ""
    of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parts:
    """Rows whose shares add up to one, so that one left out could be reckoned from the others.

    Attributes
    ----------
    where
        Column and value of the rows that are parts.
    by
        Columns within whose values the parts add up.
    share, whole
        Columns of a part's share and of the count that it is a share of.

    """

    where: tuple[str, str]
    by: tuple[str, ...]
    share: str
    whole: str


@dataclass(frozen=True)
class Declared:
    """A published table.

    Attributes
    ----------
    path
        Below results/<study>/, without its ending.
    of
        Populations that all its numbers rest on.
    keys
        Columns that say which cell a row is: allowed values, or none for names out of config.yaml.
    cells
        Pattern of a column's name (of a quantity's in a long table) and its kind.
    long
        One number a row: columns ``quantity`` and ``value``.
    together
        Columns of which none is shown if one is withheld.
    parts
        Rows that add up; none in most tables.
    rows_of
        Pattern of the population of a row, such as outcome_{outcome}; empty in most tables.

    """

    path: str
    of: tuple[str, ...]
    keys: Mapping[str, frozenset[str] | None]
    cells: Mapping[str, Kind]
    long: bool = False
    together: tuple[tuple[str, ...], ...] = ()
    parts: Parts | None = None
    rows_of: str = ""

    def kind(self, column: str) -> Kind | None:
        """Kind of a column; none if it is not declared."""
        if column in self.cells:
            return self.cells[column]
        fitting = [kind for name, kind in self.cells.items() if fnmatchcase(column, name)]
        return fitting[0] if fitting else None

    def populations(self, column: str, row: Mapping) -> tuple[str, ...]:
        """Names of all populations that a cell rests on."""
        of_row = (self.rows_of.format(**row),) if self.rows_of else ()
        return (*self.of, *self.kind(column).of, *of_row)


def read(path: Path, schema: Path) -> dict[str, Declared]:
    """Read the declaration of all published tables, by path.

    Raises
    ------
    DisclosureError
        If the file does not follow its schema; names the place.

    """
    content = read_yaml(path)
    validator = Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))
    errors = [
        f"{path}, {'.'.join(map(str, error.path)) or 'top level'}: {error.message}"
        for error in validator.iter_errors(content)
    ]
    if errors:
        raise DisclosureError("\n".join(errors))
    values = {name: frozenset(map(str, allowed)) for name, allowed in content["values"].items()}
    return {name: _table(name, one, values) for name, one in content["tables"].items()}


def published_tables(path: Path) -> dict[str, str]:
    """Tables that pass the gate, and when: always, on request, or of confidential records.

    Those of exhibits are left out, since exhibits are made from tables that passed. No tables
    where a paper has no such file.
    """
    tables = read_yaml(path)["tables"] if path.is_file() else {}
    return {
        name: one.get("made", "always")
        for name, one in tables.items()
        if "of" in one and not name.startswith(EXHIBITS)
    }


def _table(name: str, one: Mapping, values: Mapping[str, frozenset[str]]) -> Declared:
    def allowed(said: str | list) -> frozenset[str] | None:
        if said == ANY:
            return None
        return values[said] if isinstance(said, str) else frozenset(map(str, said))

    parts = one.get("parts")
    return Declared(
        path=name,
        of=tuple(one.get("of", ())),
        keys={column: allowed(said) for column, said in one.get("keys", {}).items()},
        cells={column: _kind(said) for column, said in one["cells"].items()},
        long=one.get("long", False),
        together=tuple(map(tuple, one.get("together", ()))),
        parts=parts
        and Parts(
            tuple(parts["where"]), tuple(parts["by"]), share=parts["share"], whole=parts["whole"]
        ),
        rows_of=one.get("rows_of", ""),
    )


def _kind(said: str | Mapping) -> Kind:
    """Read ``count of teachers``, or ``{kind: estimate, of: [...]}``."""
    if isinstance(said, Mapping):
        return Kind(**{**vars(_kind(said["kind"])), "of": tuple(said["of"])})
    match = re.fullmatch(f"({COUNT}|{SHARE}) of (students|teachers|classes|schools|degrees)", said)
    return Kind(match[1], match[2]) if match else Kind(said)


def wide(table: pd.DataFrame, declared: Declared) -> pd.DataFrame:
    """A long table with a column a quantity; any other as it is."""
    if not declared.long:
        return table
    keys = list(declared.keys)
    order = list(dict.fromkeys(table[LONG_NAME]))
    if not keys:
        return table.set_index(LONG_NAME)[[LONG_VALUE]].T.reset_index(drop=True)
    return table.pivot(index=keys, columns=LONG_NAME, values=LONG_VALUE)[order].reset_index()


def as_before(table: pd.DataFrame, declared: Declared, original: pd.DataFrame) -> pd.DataFrame:
    """Undo `wide`: rows and columns in the order of the original."""
    if not declared.long:
        return table
    keys = list(declared.keys)
    melted = table.melt(id_vars=keys, var_name=LONG_NAME, value_name=LONG_VALUE)
    places = [*keys, LONG_NAME]
    return original[places].merge(melted, on=places, how="inner")[list(original.columns)]
