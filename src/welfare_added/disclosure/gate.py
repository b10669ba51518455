"""The disclosure gate: withhold the small cells of a table and round the others."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from welfare_added.disclosure.declarations import (
    COUNT,
    ESTIMATE,
    NUMBER,
    SHARE,
    UNITS,
    WITHHELD,
    Declared,
    Kind,
    as_original,
    wide,
)
from welfare_added.disclosure.errors import DisclosureError
from welfare_added.disclosure.profiles import Profile

NOISE = 1e-6  # persons: a third of thirty, kept to twelve digits, is ten


def publishable(
    table: pd.DataFrame, declared: Declared, populations: pd.DataFrame, profile: Profile
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Withhold the cells that may not be published and round the others.

    Parameters
    ----------
    table
        Before any cell is withheld.
    declared
        Its declaration.
    populations
        Counts behind published numbers, made by the paper: population, and a column a count.
    profile
        Limits.

    Returns
    -------
    tuple of DataFrame
        The table to publish, with the same columns and rows, and the withheld cells: table, row,
        column, reason.

    Raises
    ------
    DisclosureError
        If a column or a key's value is not declared.

    """
    people = populations.set_index("population")
    _refuse_undeclared(table, declared)
    cells = wide(table, declared)
    columns = [name for name in cells.columns if name not in declared.keys]
    kinds = {name: declared.kind(name) for name in columns}
    hidden = pd.DataFrame("", index=cells.index, columns=columns, dtype=object)
    for rule in (
        *(_small_populations, _small_counts, _small_shares, _small_rests),
        *(_small_parts, _revealing),
    ):
        for row, column, reason in rule(cells, kinds, declared, people, profile, hidden):
            if not hidden.loc[row, column] and pd.notna(cells.loc[row, column]):
                hidden.loc[row, column] = reason
    shown = _rounded(cells, kinds, profile).mask(
        hidden.ne("").reindex(columns=cells.columns, fill_value=False)
    )
    withheld = _listed(hidden, cells, declared)
    return as_original(shown, declared, table), withheld


def too_few(counts: pd.Series, profile: Profile, units: Sequence[str] = UNITS) -> str:
    """Why a population is too small for any published number; empty if it is not.

    counts: its row of the populations. units: what has to be counted, and enough of each; with
    teachers or schools, no two may hold too much. Raises DisclosureError if a count is missing.
    """
    for unit in units:
        if _counted(counts, unit) < profile.minimum(unit):
            return f"fewer than {profile.minimum(unit)} {unit}"
    of_units = {"teachers", "schools"} & set(units)
    if of_units and _counted(counts, "largest_two") > profile.largest_two:
        return f"two teachers or schools hold more than {profile.largest_two:.0%}"
    return ""


def _counted(counts: pd.Series, name: str) -> float:
    """A count; missing must not pass for large enough."""
    if pd.isna(counts.get(name)):
        raise DisclosureError(
            f"populations.csv, {counts.name}: no count of {name}. Count it, or leave it out of "
            "units in disclosure.yaml of the paper, if it does not apply to any of its numbers"
        )
    return counts[name]


def population(people: pd.DataFrame, name: str) -> pd.Series:
    """Counts of a population; raises DisclosureError if there are none."""
    if name not in people.index:
        raise DisclosureError(
            f"populations.csv: no population {name}, which disclosure.yaml of the paper names. "
            "Count it, or correct the name"
        )
    return people.loc[name]


def _refuse_undeclared(table: pd.DataFrame, declared: Declared) -> None:
    where = f"{declared.path}.csv"
    remedy = "Declare it in disclosure.yaml of the paper, if it may be published."
    for column, allowed in declared.keys.items():
        if column not in table:
            raise DisclosureError(f"{where}: no column {column}, which is declared. {remedy}")
        undeclared = set() if allowed is None else set(table[column].astype(str)) - allowed
        if undeclared:
            raise DisclosureError(
                f"{where}, column {column}: {len(undeclared)} values are not declared. {remedy}"
            )
    cells = wide(table, declared)
    unknown = [c for c in cells if c not in declared.keys and declared.kind(c) is None]
    if unknown:
        raise DisclosureError(f"{where}: column {unknown[0]} is not declared. {remedy}")


def _small_populations(cells, kinds, declared, people, profile, hidden) -> Iterator:
    """Cells with too small a population behind them, and columns that are never published."""
    for row in cells.index:
        for column, kind in kinds.items():
            if kind.name == WITHHELD:
                yield row, column, "never published"
            if kind.name in (NUMBER, WITHHELD):
                continue
            for name in declared.populations(column, cells.loc[row]):
                reason = too_few(population(people, name), profile, declared.units)
                if reason:
                    yield row, column, f"{name}: {reason}"


def _small_counts(cells, kinds, declared, people, profile, hidden) -> Iterator:
    """Rows with a count below its minimum: all their counts, shares and estimates."""
    for name, kind in kinds.items():
        if kind.name != COUNT:
            continue
        for row in cells.index[cells[name] < profile.minimum(kind.unit)]:
            for column, other in kinds.items():
                if other.name in (COUNT, ESTIMATE, SHARE):
                    yield row, column, f"fewer than {profile.minimum(kind.unit)} {kind.unit}"


def _small_shares(cells, kinds, declared, people, profile, hidden) -> Iterator:
    """Shares of too few, or of all but too few."""
    for name, kind in kinds.items():
        if kind.name != SHARE:
            continue
        for row in cells.index:
            whole = _whole(cells, row, name, kind, declared, people)
            part = min(cells.loc[row, name], 1 - cells.loc[row, name]) * whole
            if part < profile.minimum(kind.unit) - NOISE:
                yield row, name, f"a share of fewer than {profile.minimum(kind.unit)} {kind.unit}"


def _small_rests(cells, kinds, declared, people, profile, hidden) -> Iterator:
    """The last of some shares, where the share of all others, which follows, is of too few."""
    for names in declared.rest:
        kind = kinds[names[-1]]
        least = profile.minimum(kind.unit)
        for row in cells.index:
            whole = _whole(cells, row, names[-1], kind, declared, people)
            if (1 - cells.loc[row, list(names)].sum()) * whole < least - NOISE:
                yield row, names[-1], f"leaves a share of fewer than {least} {kind.unit}"


def _whole(cells, row, name: str, kind: Kind, declared: Declared, people) -> float:
    """The number that a share is a share of, or a lower bound."""
    if kind.whole:
        return cells.loc[row, kind.whole]
    return lower_bound(people, declared.populations(name, cells.loc[row]), kind.unit)


def lower_bound(people: pd.DataFrame, names: tuple[str, ...], unit: str) -> float:
    """Lower bound on the number of a unit in the smallest of some populations."""
    column = "students_sure" if unit == "students" else "teachers_sure"
    return min(float(_counted(population(people, name), column)) for name in names)


def _small_parts(cells, kinds, declared, people, profile, hidden) -> Iterator:
    """Primary and complementary suppression of shares and counts whose sums are known.

    Of a sum, nothing is withheld, or at least two parts that together stand for enough; the
    smallest of the others are added. Repeated until this holds of rows and columns alike.
    """
    taken: dict[tuple, int] = {}
    before = None
    while len(taken) != before:
        before = len(taken)
        for parts in declared.parts:
            least = profile.minimum(kinds[parts.count or parts.whole].unit)
            for _, group in parts.rows(cells).groupby(list(parts.by), sort=False, dropna=False):
                numbers = parts.numbers(group).sort_values(kind="stable")
                inside = [row for row in numbers.index if (row, parts.column) in taken]
                for row in withheld_parts(numbers, least, inside):
                    taken.setdefault((row, parts.column), least)
    for (row, column), least in taken.items():
        yield row, column, f"a part of fewer than {least}, or needed to hide one"


def withheld_parts(numbers: pd.Series, least: int, inside: Sequence = ()) -> list:
    """Rows of a known sum that have to be withheld, as `_small_parts` says.

    numbers: persons by row, ascending. least: fewest that may be shown. inside: rows that are
    withheld already.
    """
    hidden = [row for row in numbers.index if row in inside or numbers[row] < least]
    for row in numbers.index:
        if not hidden or (len(hidden) > 1 and numbers[hidden].sum() >= least):
            break
        hidden += [] if row in hidden else [row]
    return hidden


def _revealing(cells, kinds, declared, people, profile, hidden) -> Iterator:
    """Cells that would reveal a withheld number of the same row."""
    for names in declared.together:
        for row in cells.index:
            if any(hidden.loc[row, name] for name in names):
                for name in names:
                    yield row, name, "would tell a number withheld beside it"


def _rounded(cells: pd.DataFrame, kinds: Mapping[str, Kind], profile: Profile) -> pd.DataFrame:
    rounded = cells.copy()
    for name, kind in kinds.items():
        if kind.name in (NUMBER, WITHHELD):
            continue
        values = pd.to_numeric(cells[name])
        if kind.name == COUNT:
            rounded[name] = (values / profile.base).round() * profile.base
        else:
            digits = kind.shown_digits(profile.digits)
            rounded[name] = significant(values.to_numpy(float), digits)
    return rounded


def significant(values: np.ndarray, digits: int) -> np.ndarray:
    """Round to a number of significant digits; infinite and missing values stay."""
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = np.floor(np.log10(np.abs(values)))
        scale = 10.0 ** (digits - 1 - exponent)
        rounded = np.round(values * scale) / scale
    return np.where(np.isfinite(values) & (values != 0), rounded, values)


def _listed(hidden: pd.DataFrame, cells: pd.DataFrame, declared: Declared) -> pd.DataFrame:
    rows = [
        (
            declared.path,
            ", ".join(f"{key} {cells.loc[row, key]}" for key in declared.keys),
            column,
            reason,
        )
        for row, line in hidden.iterrows()
        for column, reason in line.items()
        if reason
    ]
    return pd.DataFrame(rows, columns=["table", "row", "column", "reason"])
