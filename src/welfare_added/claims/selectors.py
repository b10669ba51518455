"""Select one number from a result table: rows, column, and how rows are reduced to one."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError


class AnswerError(UserError):
    """An answer that names a table, column or row which the results do not hold."""


class NotAvailableError(Exception):
    """A number that this run does not have, with the reason."""


class Tables:
    """The results, read when first asked for."""

    def __init__(self, paths: Mapping[str, Path | str]):
        """Take the file of each table, by its path below results/<study>."""
        self._paths = {name: Path(path) for name, path in paths.items()}
        self._read: dict[str, pd.DataFrame] = {}
        self._positions: dict[tuple[str, str], dict[str, np.ndarray]] = {}

    @classmethod
    def of(cls, tables: Mapping[str, pd.DataFrame]) -> "Tables":
        """Tables in memory, by their path below results/<study>."""
        held = cls(dict.fromkeys(tables, ""))
        held._read = dict(tables)
        return held

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Read a table.

        Raises
        ------
        AnswerError
            If there is no such table, or its file is missing.
        NotAvailableError
            If it has no rows, as when its raw tables are missing.

        """
        if name not in self._paths:
            raise AnswerError(f"no table {name!r}; the tables are: {', '.join(self._paths)}")
        if name not in self._read:
            path = self._paths[name]
            if not path.is_file():
                raise AnswerError(f"table {name!r} has no file {path.name}; make it first")
            self._read[name] = _read(path)
        table = self._read[name]
        if table.empty:
            raise NotAvailableError(f"{name} is empty in this run")
        return table

    def positions(self, name: str, column: str, text: str) -> np.ndarray:
        """Positions of the rows whose column equals ``text``; indexed once per column."""
        if (name, column) not in self._positions:
            texts = self[name][column].astype(str)
            self._positions[name, column] = pd.RangeIndex(len(texts)).groupby(texts)
        return np.asarray(self._positions[name, column].get(text, ()), dtype=int)


def _read(path: Path) -> pd.DataFrame:
    """Read a table; in a CSV only an empty text is missing, so that "None" may be a label."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, keep_default_na=False, na_values=[""])


def select(selector: Mapping, tables: Tables) -> float:
    """Take one number from one table.

    Parameters
    ----------
    selector
        ``table``, ``column``; optional ``where`` (column: value, list of values, or
        ``{from, to}``, both included), ``reduce`` (a name in REDUCERS, else the one row's value),
        ``of``, ``at`` and ``along`` as the reducer needs, and ``if_absent`` (the reason to give
        when no row fits; without it that is an error).
    tables
        The results.

    Raises
    ------
    AnswerError
        If a table, column or row does not exist, or several rows match where one should.
    NotAvailableError
        If the value is missing in this run.

    """
    name = selector["table"]
    table = tables[name]
    wanted = [selector["column"], *selector.get("where", {})]
    wanted += [selector[key] for key in ("of", "along") if key in selector]
    for column in wanted:
        if column not in table.columns:
            raise AnswerError(
                f"table {name!r} has no column {column!r}; its columns are: "
                f"{', '.join(table.columns)}"
            )
    rows = _rows(tables, name, selector.get("where", {}))
    if rows.empty and selector.get("reduce") != "count":
        raise _no_rows(table, selector)
    return REDUCERS[selector.get("reduce", "value")](rows, selector)


def _rows(tables: Tables, name: str, where: Mapping) -> pd.DataFrame:
    rows = np.arange(len(tables[name]))
    for column, wanted in where.items():
        if isinstance(wanted, str):
            rows = np.intersect1d(rows, tables.positions(name, column, wanted), assume_unique=True)
        else:
            rows = rows[_fits(tables[name][column].iloc[rows], wanted)]
    return tables[name].iloc[rows]


def _fits(values: pd.Series, wanted) -> np.ndarray:
    if isinstance(wanted, Mapping):
        return values.between(wanted["from"] - 1e-9, wanted["to"] + 1e-9).to_numpy()
    if isinstance(wanted, list):
        return values.isin(wanted).to_numpy()
    return np.isclose(pd.to_numeric(values, errors="coerce"), wanted, rtol=0, atol=1e-9)


def _no_rows(table: pd.DataFrame, selector: Mapping) -> Exception:
    if "if_absent" in selector:
        return NotAvailableError(selector["if_absent"])
    where = selector.get("where", {})
    parts = [f"{column} = {value}" for column, value in where.items()]
    held = [f"{column} holds {_examples(table[column])}" for column in where]
    return AnswerError(
        f"table {selector['table']!r} has no row where {' and '.join(parts) or 'anything stands'}"
        + (f"; {'; '.join(held)}" if held else "")
    )


def _examples(values: pd.Series) -> str:
    distinct = values.drop_duplicates().tolist()
    return ", ".join(str(value) for value in distinct[:6]) + (", ..." if len(distinct) > 6 else "")


def _value(rows: pd.DataFrame, selector: Mapping) -> float:
    if len(rows) > 1:
        raise AnswerError(
            f"{len(rows)} rows of table {selector['table']!r} fit where one should; "
            "add to `where` or name a `reduce`"
        )
    held = rows[selector["column"]].iloc[0]
    try:
        value = float(held)
    except ValueError:
        raise AnswerError(
            f"table {selector['table']!r} holds {held!r} in column {selector['column']!r}, "
            "where a number should stand"
        ) from None
    if math.isnan(value):
        note = rows["note"].iloc[0] if "note" in rows else None
        raise NotAvailableError(
            note if isinstance(note, str) else f"{selector['column']} is empty in this run"
        )
    return value


def _reduced(method: str) -> Callable[[pd.DataFrame, Mapping], float]:
    def reduce(rows: pd.DataFrame, selector: Mapping) -> float:
        values = rows[selector["column"]].astype(float).dropna()
        if values.empty:
            raise NotAvailableError(f"{selector['column']} is empty in this run")
        return float(getattr(values, method)())

    return reduce


def _standard_error(rows: pd.DataFrame, selector: Mapping) -> float:
    """Standard error of the mean of independent draws: their standard deviation over sqrt(n)."""
    draws = rows[selector["column"]].astype(float).dropna()
    if len(draws) < 2:
        raise NotAvailableError(f"{selector['column']} has fewer than 2 draws in this run")
    return float(draws.std() / math.sqrt(len(draws)))


def _at_extreme(method: str) -> Callable[[pd.DataFrame, Mapping], float]:
    def reduce(rows: pd.DataFrame, selector: Mapping) -> float:
        complete = rows.dropna(subset=[selector["of"]])
        if complete.empty:
            raise NotAvailableError(f"{selector['of']} is empty in this run")
        return float(complete.loc[getattr(complete[selector["of"]], method)(), selector["column"]])

    return reduce


def _crossing(rows: pd.DataFrame, selector: Mapping) -> float:
    """Column where ``of`` first crosses ``at`` (else 0) along ``along`` (else the column)."""
    along = selector.get("along", selector["column"])
    rows = rows.dropna(subset=[selector["of"]]).sort_values(along, kind="stable")
    gap = rows[selector["of"]].to_numpy(float) - selector.get("at", 0.0)
    values = rows[selector["column"]].to_numpy(float)
    if len(gap) and gap[0] == 0:
        return float(values[0])
    places = np.flatnonzero((gap[:-1] * gap[1:] < 0) | (gap[1:] == 0))
    if not len(places):
        raise NotAvailableError(
            f"{selector['of']} never crosses {selector.get('at', 0.0):g} along {along}"
        )
    first = places[0]
    share = gap[first] / (gap[first] - gap[first + 1])
    return float(values[first] + share * (values[first + 1] - values[first]))


def _interpolate(rows: pd.DataFrame, selector: Mapping) -> float:
    """Column at the place where ``of`` equals ``at``, linearly between the rows around it."""
    rows = rows.dropna(subset=[selector["of"]]).sort_values(selector["of"], kind="stable")
    x, at = rows[selector["of"]].to_numpy(float), float(selector["at"])
    if rows.empty or not x[0] - 1e-9 <= at <= x[-1] + 1e-9:
        raise NotAvailableError(f"{selector['of']} does not reach {at:g}")
    return float(np.interp(at, x, rows[selector["column"]].to_numpy(float)))


REDUCERS: Mapping[str, Callable[[pd.DataFrame, Mapping], float]] = {
    "value": _value,
    "min": _reduced("min"),
    "max": _reduced("max"),
    "mean": _reduced("mean"),
    "sum": _reduced("sum"),
    "sd": _reduced("std"),
    "standard_error": _standard_error,
    "count": lambda rows, _: float(len(rows)),
    "argmax": _at_extreme("idxmax"),
    "argmin": _at_extreme("idxmin"),
    "crossing": _crossing,
    "interpolate": _interpolate,
}
