"""Check a published CSV against its declaration, independently of the code that wrote it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.disclosure.declarations import (
    COUNT,
    EXHIBITS,
    NUMBER,
    SHARE,
    WITHHELD,
    Declared,
    Kind,
    read_declared,
    wide,
)
from welfare_added.disclosure.gate import lower_bound, population, too_few
from welfare_added.disclosure.profiles import Profile

SLACK = 1e-9


def problems(
    path: Path, declared: Declared, populations: pd.DataFrame, profile: Profile
) -> list[str]:
    """Violations of a published CSV's declaration, each naming the cell.

    Parameters
    ----------
    path
        The file.
    declared
        Its declaration.
    populations
        Counts behind published numbers, made by the paper.
    profile
        Limits.

    """
    table = read_declared(path, declared)
    violations = list(_columns(table, declared))
    if not violations:
        cells = wide(table, declared)
        people = populations.set_index("population")
        violations = [
            *_keys(table, declared),
            *_cells(cells, declared, people, profile),
            *_parts(cells, declared, profile),
            *_rests(cells, declared, people, profile),
            *_together(cells, declared),
        ]
    return violations


def _columns(table: pd.DataFrame, declared: Declared) -> Iterator[str]:
    wanted = {*declared.keys, *(("quantity", "value") if declared.long else ())}
    for column in sorted(wanted - set(table)):
        yield f"no column {column}, which is declared"
    if not wanted <= set(table):
        return
    names = [*wide(table, declared).columns] if declared.long else [*table.columns]
    for column in names:
        if column not in declared.keys and declared.kind(column) is None:
            yield f"column {column}: not declared"


def _keys(table: pd.DataFrame, declared: Declared) -> Iterator[str]:
    for column, allowed in declared.keys.items():
        if allowed is not None:
            undeclared = ~table[column].astype(str).isin(allowed)
            for row in table.index[undeclared]:
                yield f"column {column}, line {row + 2}: a value that is not declared"


def _cells(cells: pd.DataFrame, declared: Declared, people, profile: Profile) -> Iterator[str]:
    rounded = not declared.path.startswith(EXHIBITS)
    for column in cells.columns.difference(list(declared.keys), sort=False):
        kind = declared.kind(column)
        if kind.name == NUMBER:
            continue
        values = pd.to_numeric(cells[column], errors="coerce")
        for row in cells.index[cells[column].notna() & values.isna()]:
            yield f"column {column}, {_row(cells, row, declared)}: text instead of a number"
        for row in cells.index[values.notna()]:
            reason = _wrong(values[row], kind, declared, column, cells.loc[row], people, profile)
            if not reason and rounded and kind.name != COUNT:
                reason = _too_precise(values[row], kind.shown_digits(profile.digits))
            if reason:
                yield f"column {column}, {_row(cells, row, declared)}: {reason}"


def _wrong(value, kind, declared, column, row, people, profile: Profile) -> str:
    if kind.name == WITHHELD:
        return "never to be published"
    for name in declared.populations(column, row):
        reason = too_few(population(people, name), profile, declared.units)
        if reason:
            return f"rests on {name}: {reason}"
    if kind.name == COUNT:
        least = profile.minimum(kind.unit)
        if value < least - profile.base / 2:
            return f"fewer than {least} {kind.unit}"
        if value % profile.base:
            return f"a count that is not rounded to {profile.base}"
    if kind.name == SHARE:
        most = _most(row, column, kind, declared, people, profile)
        part = min(value, 1 - value) + _half_digit(value, kind, profile)
        if value in (0, 1) or part * most < profile.minimum(kind.unit) - SLACK:
            return f"a share of fewer than {profile.minimum(kind.unit)} {kind.unit}"
    return ""


def _most(row, column, kind, declared: Declared, people, profile: Profile) -> float:
    """The number that a share is a share of, at most; 0 where its count is withheld."""
    if kind.whole:
        return 0 if pd.isna(row[kind.whole]) else row[kind.whole] + profile.base / 2
    return lower_bound(people, declared.populations(column, row), kind.unit)


def _half_digit(value: float, kind: Kind, profile: Profile) -> float:
    """Half a unit of the last digit that is published."""
    exponent = np.floor(np.log10(value)) if value > 0 else 0.0
    return 0.5 * 10.0 ** (exponent + 1 - kind.shown_digits(profile.digits))


def _too_precise(value: float, digits: int) -> str:
    if not np.isfinite(value) or float(f"{value:.{digits - 1}e}") == value:
        return ""
    return f"more than {digits} significant digits"


def _parts(cells: pd.DataFrame, declared: Declared, profile: Profile) -> Iterator[str]:
    for parts in declared.parts:
        for keys, rows in parts.rows(cells).groupby(list(parts.by), dropna=False):
            names = [*parts.where[1:], *(keys if isinstance(keys, tuple) else (keys,))]
            place = ", ".join(map(str, names))
            empty = rows[parts.column].isna()
            alone = empty.sum() == 1 and (bool(parts.share) or len(rows) > 1)
            if parts.share:
                least = profile.minimum(declared.kind(parts.whole).unit)
                whole = rows[parts.whole].max()
                if (rows[parts.share] * whole < least - profile.base).any():
                    yield f"{place}: a part of fewer than {least}"
                hidden = (1 - rows[parts.share].sum()) * whole
                alone |= empty.any() and hidden < least - profile.base
            if alone:
                yield f"{place}: the withheld part follows from the others"


def _rests(cells: pd.DataFrame, declared: Declared, people, profile: Profile) -> Iterator[str]:
    for names in declared.rest:
        kind = declared.kind(names[-1])
        least = profile.minimum(kind.unit)
        shown = cells[cells[list(names)].notna().all(axis=1)]
        for row, line in shown.iterrows():
            most = _most(line, names[-1], kind, declared, people, profile)
            slack = sum(_half_digit(line[name], kind, profile) for name in names)
            if (1 - line[list(names)].sum() + slack) * most < least - SLACK:
                yield f"{_row(cells, row, declared)}: {', '.join(names)} leave a share of too few"


def _together(cells: pd.DataFrame, declared: Declared) -> Iterator[str]:
    for names in declared.together:
        there = cells[list(names)].notna()
        for row in cells.index[there.any(axis=1) & ~there.all(axis=1)]:
            shown = ", ".join(name for name in names if there.loc[row, name])
            yield f"{_row(cells, row, declared)}: {shown} would reveal what is withheld beside it"


def _row(cells: pd.DataFrame, row: int, declared: Declared) -> str:
    if declared.long:
        keys = " ".join(str(cells.loc[row, key]) for key in declared.keys)
        return f"row {keys}" if keys else "its row"
    return f"line {row + 2}"
