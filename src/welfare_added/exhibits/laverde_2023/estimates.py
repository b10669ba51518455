"""Tables 2 to 4: posterior moments of outcomes, teachers' utility and schools' utility."""

import pandas as pd

from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.laverde_2023.labels import RANKINGS
from welfare_added.exhibits.laverde_2023.marks import bound, marks, with_legend
from welfare_added.exhibits.laverde_2023.parameters import PANELS, PRINTED
from welfare_added.exhibits.output import Drawn, choose, pick

MOMENTS = ["mean", "sd", "q05", "q95"]
COLUMNS = [*MOMENTS, "r_hat", "bulk", "tail", "few", "prior", "truth"]
HEADS = ["Mean", "Std. dev.", "5%", "95%", "Effective draws"]
SPREADS = "spreads"


def table_02(parameters: pd.DataFrame, *, note: str) -> Drawn:
    """Parameters of outcomes.

    Data: panel, row, mean, sd, q05, q95, r_hat, bulk, tail, few, prior, truth.
    """
    return _one_table(parameters, "table_02", note)


def table_03(parameters: pd.DataFrame, *, note: str) -> Drawn:
    """Parameters of teachers' utility; data as of `table_02`."""
    return _one_table(parameters, "table_03", note)


def table_04(rankings: pd.DataFrame, *, note: str) -> Drawn:
    """Parameters of schools' utility, by both likelihoods of ranked lists.

    Data: rankings (full, positive) and the columns of `table_02`.
    """
    data = pd.concat(
        [
            printed(choose(rankings, rankings=name), "table_04").assign(rankings=name)
            for name in RANKINGS
        ],
        ignore_index=True,
    )
    parts = {
        f"{title} - {PANELS['table_04'][panel]}": _cells(data[data["rankings"] == name], panel)
        for name, title in RANKINGS.items()
        for panel in PANELS["table_04"]
    }
    return data[["rankings", "panel", "row", *COLUMNS]], _tex(data, parts, note)


def printed(parameters: pd.DataFrame, table: str) -> pd.DataFrame:
    """Rows of table 2, 3 or 4 in its order: panel, row, label, and the columns of parameters.

    Raises
    ------
    UserError
        If a parameter is missing.

    """
    places = [
        (panel, row, name, label)
        for panel, rows in PRINTED[table].items()
        for row, (name, label) in rows.items()
    ]
    places = pd.DataFrame(places, columns=["panel", "row", "parameter", "label"])
    found = choose(parameters, parameter=places["parameter"].tolist())
    values = pick(found, ["parameter", *COLUMNS])
    return places.merge(values, on="parameter", validate="one_to_one")


def _one_table(parameters: pd.DataFrame, table: str, note: str) -> Drawn:
    data = printed(parameters, table)
    parts = {title: _cells(data, panel) for panel, title in PANELS[table].items()}
    return data[["panel", "row", *COLUMNS]], _tex(data, parts, note)


def _cells(data: pd.DataFrame, panel: str) -> list[list[str]]:
    """Cells of a panel; the last is the truth."""
    decimals = 4 if panel == SPREADS else 3
    return [
        [
            row.label,
            number(row.mean, decimals) + _marks(row),
            *(number(value, decimals) for value in (row.sd, row.q05, row.q95)),
            number(min(row.bulk, row.tail), 0),
            number(row.truth, decimals, undefined=""),
        ]
        for row in data[data["panel"] == panel].itertuples()
    ]


def _marks(row) -> str:
    from_above = bound(row.q05, row.q95) if row.panel == SPREADS else ""
    return marks(row.few, row.prior) + from_above


def _tex(data: pd.DataFrame, parts: dict[str, list[list[str]]], note: str) -> str:
    """LaTeX of some panels, without a column of truths where none is known."""
    heads = ["", *HEADS]
    if data["truth"].notna().any():
        heads.append("Planted")
    shown = {title: [row[: len(heads)] for row in rows] for title, rows in parts.items()}
    cells = (cell for rows in shown.values() for row in rows for cell in row)
    return tabular(heads, shown, with_legend(note, cells))
