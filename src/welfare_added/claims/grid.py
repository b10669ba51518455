"""Lay out verdicts on a published table's cells as the paper prints the table."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from welfare_added.claims.claim import PublishedTable
from welfare_added.claims.verdicts import Verdict


@dataclass(frozen=True)
class Panel:
    """A panel of a published table.

    Attributes
    ----------
    label
        Empty where the table has no panels.
    columns
        Unit by column; empty if a column has several, or all cells have the same.
    rows
        By row and column, the verdict on a cell and on its printed standard error. Cells that the
        paper leaves blank are left out.

    """

    label: str
    columns: Mapping[str, str]
    rows: Mapping[str, Mapping[str, list[Verdict]]]


@dataclass(frozen=True)
class Grid:
    """A published table.

    Attributes
    ----------
    table
        Its entry in the claims file.
    panels
        In the order of its cells, rows and columns likewise.
    unit
        Of all cells; empty if they have several.
    counts
        Number of claims by verdict.
    tolerances
        Names of the tolerances of its cells.
    reasons
        Number of unavailable claims by reason.
    notes
        Notes by the cell's labels.

    """

    table: PublishedTable
    panels: list[Panel]
    unit: str
    counts: Mapping[str, int]
    tolerances: list[str]
    reasons: Mapping[str, int]
    notes: Mapping[str, str]


def grid(table: PublishedTable, verdicts: list[Verdict]) -> Grid:
    """Lay out the verdicts on a published table's cells."""
    claims = [verdict.claim for verdict in verdicts]
    unit = _common([claim.unit for claim in claims])
    by_panel: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_panel.setdefault(verdict.claim.cell.panel, []).append(verdict)
    return Grid(
        table=table,
        panels=[_panel(label, members, not unit) for label, members in by_panel.items()],
        unit=unit,
        counts=Counter(verdict.verdict for verdict in verdicts),
        tolerances=list(dict.fromkeys(claim.tolerance for claim in claims)),
        reasons=Counter(verdict.reason for verdict in verdicts if verdict.reason),
        notes={claim.quantity: claim.note for claim in claims if claim.note},
    )


def _panel(label: str, verdicts: list[Verdict], with_units: bool) -> Panel:
    units: dict[str, list[str]] = {}
    rows: dict[str, dict[str, list[Verdict]]] = {}
    for verdict in verdicts:
        cell = verdict.claim.cell
        units.setdefault(cell.column, []).append(verdict.claim.unit)
        rows.setdefault(cell.row, {}).setdefault(cell.column, []).append(verdict)
    columns = {column: _common(one) if with_units else "" for column, one in units.items()}
    return Panel(label, columns, rows)


def _common(units: list[str]) -> str:
    return units[0] if len(set(units)) == 1 else ""
