"""A paper's raw tables as declared in its raw_tables.yaml: keys, columns, types and limits."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from welfare_added.run.choices import read_yaml
from welfare_added.run.errors import UserError
from welfare_added.run.parsed import cached

FURTHER = ("empty", "absent", "without", "public", "school_year")


class LayoutError(UserError):
    """A raw_tables.yaml that cannot be used; names the table, the column and what is wrong."""


@dataclass(frozen=True)
class Column:
    """A column of a raw table.

    Attributes
    ----------
    type
        text (an identifier), whole, number, category, flag (0 or 1), or date (a day).
    about
        Its content, for the documentation.
    remedy
        What would be right, for error messages.
    low, high
        Limits of a whole or other number, both allowed; None: no limit.
    values
        Values of a category.
    empty
        Whether a value may be missing.
    absent
        Whether the column may be missing: what needs it is then left out.
    without
        What is left out then, in words.
    public
        Of a text: whether published files may contain its values, as the names of schools.
    school_year
        Of a year: which one a school year written 2015-16 means, its spring or its autumn; empty:
        neither.

    """

    type: str
    about: str
    remedy: str
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()
    empty: bool = False
    absent: bool = False
    without: str = ""
    public: bool = False
    school_year: str = ""


@dataclass(frozen=True)
class Table:
    """A raw table.

    Attributes
    ----------
    about
        One row of what.
    key, key_remedy
        Columns that together occur once, and what to do where they recur.
    columns
        By name.
    optional
        Whether the file may be missing.
    further
        Whether other columns that are numbers are read too.
    shared
        Columns ``person`` and ``share`` of a table in which several persons may share a key, one a
        row; empty: none may.

    """

    about: str
    key: tuple[str, ...]
    key_remedy: str
    columns: Mapping[str, Column]
    optional: bool = False
    further: bool = False
    shared: Mapping[str, str] = field(default_factory=dict)

    @property
    def optional_columns(self) -> list[str]:
        """Names of the columns that may be missing."""
        return [name for name, column in self.columns.items() if column.absent]


@dataclass(frozen=True)
class Layout:
    """All raw tables of a paper by name, in its order; a paper without any has none."""

    tables: Mapping[str, Table] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, list[str]]:
        """Names of the columns by table."""
        return {name: list(table.columns) for name, table in self.tables.items()}

    @property
    def identifiers(self) -> list[str]:
        """Names of the columns of type text in any table that are not public, sorted."""
        columns = [one for table in self.tables.values() for one in table.columns.items()]
        return sorted({n for n, column in columns if column.type == "text" and not column.public})

    def among(self, files: Mapping[str, object]) -> dict[str, object]:
        """Those of some named files that are raw tables, in the order of the tables."""
        return {name: files[name] for name in self.tables if name in files}


def read_layout(path: Path | str, schema: Path | str) -> Layout:
    """Read a paper's raw_tables.yaml.

    Parameters
    ----------
    path
        The file; its keys are explained at its top.
    schema
        raw_tables.schema.json.

    Raises
    ------
    LayoutError
        If the file violates its schema, a key is not one of the columns or may be missing, or
        limits are in the wrong order; one line per fault.

    """
    path, schema = Path(path), Path(schema)
    content = cached("raw tables", lambda: _content(path, schema), path, schema)
    return Layout({name: _table(declared) for name, declared in content.items()})


def _content(path: Path, schema: Path) -> dict:
    from welfare_added.run.schema import faults  # slow to load, rarely needed

    content = read_yaml(path)
    wrong = faults(content, json.loads(schema.read_text(encoding="utf-8")))
    wrong = wrong or list(_contradictions(content))
    if wrong:
        raise LayoutError(f"{path} cannot be used:\n" + "\n".join(f"- {one}" for one in wrong))
    return content


def _contradictions(content: Mapping) -> Iterator[str]:
    """Faults that the schema cannot express."""
    for name, table in content.items():
        columns = table["columns"]
        for key in table["key"]:
            if key not in columns:
                yield f"{name}.key: {key!r} is not one of {', '.join(columns)}"
            elif columns[key].get("empty") or columns[key].get("absent"):
                yield f"{name}.columns.{key}: a column of the key may be neither empty nor absent"
        for role, column in table.get("shared", {}).items():
            if column not in columns:
                yield f"{name}.shared.{role}: {column!r} is not one of {', '.join(columns)}"
        for column, declared in columns.items():
            low, high = declared.get("from"), declared.get("to")
            if low is not None and high is not None and low > high:
                yield f"{name}.columns.{column}: from {low} is above to {high}"


def _table(declared: Mapping) -> Table:
    columns = {name: _column(name, one) for name, one in declared["columns"].items()}
    return Table(**{**declared, "key": tuple(declared["key"]), "columns": columns})


def _column(name: str, declared: Mapping) -> Column:
    values = tuple(declared.get("values", ()))
    further = {key: declared[key] for key in FURTHER if key in declared}
    return Column(
        type=declared["type"],
        about=declared["about"],
        remedy=declared.get("remedy") or _remedy(name, values, declared),
        low=declared.get("from"),
        high=declared.get("to"),
        values=values,
        **further,
    )


def _remedy(name: str, values: tuple[str, ...], declared: Mapping) -> str:
    """Remedy of a text, a category, a flag or a date that declares none."""
    empty = declared.get("empty", False)
    if declared["type"] == "text":
        required = f"give every row its {name}, as in the other tables"
        return "write identifiers as text" if empty else required
    if declared["type"] == "date":
        how = "write days as 2015-04-30"
        return f"{how}; leave it empty where it is unknown" if empty else how
    allowed = f"use one of {', '.join(values)}" if values else "write 1 for yes and 0 for no"
    return f"{allowed}; leave it empty where it is unknown" if empty else allowed
