"""Ours: convergence and effective draws, both likelihoods of rankings, both orders of the sweep."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.laverde_2023.labels import RANKINGS
from welfare_added.exhibits.laverde_2023.parameters import (
    FURTHER,
    NAMED,
    STANDARDISED,
    parameter,
    parameters_of,
    with_part,
)
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import Look, house_style, legend_below, panels, stamp

TITLES = {
    "table_02": "Outcomes (table 2)",
    "table_03": "Teachers' utility (table 3)",
    "table_04": "Schools' utility (table 4)",
    "further": "Correlations and levels (table 5)",
}
DIAGNOSED = ["r_hat", "bulk", "tail", "few", "prior"]


def table_diagnostics(parameters: pd.DataFrame, rankings: pd.DataFrame, *, note: str) -> Drawn:
    """Split R-hat, effective draws and marks of every parameter of tables 2 to 5.

    Data: panel (table_02, table_03, table_04, further), rankings (of table_04), parameter, r_hat,
    bulk, tail, few, prior.
    """
    tables = {name: list(parameters_of(name)) for name in ("table_02", "table_03")}
    tables["further"] = [name for name in FURTHER if (parameters["parameter"] == name).any()]
    found = [_of(parameters, names).assign(panel=panel) for panel, names in tables.items()]
    for name in RANKINGS:
        own = choose(rankings, rankings=name)
        wanted = _of(own, [*parameters_of("table_04"), *_standardised(own)])
        found.insert(-1, wanted.assign(panel="table_04", rankings=name))
    data = pd.concat(found, ignore_index=True)
    data = data[["panel", "rankings", "parameter", *DIAGNOSED]]
    return data, tabular(["", "R-hat", "Bulk", "Tail", "Mark"], _parts(data), note)


def _of(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Rows of some parameters, in this order."""
    rows = pick(choose(table, parameter=names), ["parameter", *DIAGNOSED])
    return rows.set_index("parameter").loc[names].reset_index()


def _standardised(rankings: pd.DataFrame) -> list[str]:
    names = rankings["parameter"]
    return names[names.str.startswith(f"{STANDARDISED}:")].tolist()


def _parts(data: pd.DataFrame) -> dict[str, list[list[str]]]:
    parts = {}
    for (panel, ranked), own in data.groupby(["panel", "rankings"], sort=False, dropna=False):
        likelihood = f", {RANKINGS[ranked].lower()}" if ranked in RANKINGS else ""
        parts[TITLES[panel] + likelihood] = [
            [
                parameter(row.parameter),
                number(row.r_hat, 3),
                number(row.bulk, 0),
                number(row.tail, 0),
                ", ".join(name for name in ("few", "prior") if getattr(row, name) == 1),
            ]
            for row in own.itertuples()
        ]
    return parts


def table_rankings(rankings: pd.DataFrame, *, note: str) -> Drawn:
    """Both likelihoods of ranked lists against the planted truth.

    Data: rankings, parameter, truth, mean, sd, q05, q95, distance (mean less truth in posterior
    SDs), covers (whether the 90% interval holds the truth: 0 or 1).
    """
    columns = ["rankings", "parameter", "truth", "mean", "sd", "q05", "q95"]
    data = pick(choose(rankings, rankings=list(RANKINGS)), columns)
    data = data[data["truth"].notna()].reset_index(drop=True)
    data["distance"] = (data["mean"] - data["truth"]) / data["sd"].where(data["sd"] > 0)
    data["covers"] = data["truth"].between(data["q05"], data["q95"]).astype(int)
    parts = {
        title: [
            [
                parameter(row.parameter),
                *(number(value, 3) for value in (row.truth, row.mean, row.sd)),
                f"[{number(row.q05, 3)}, {number(row.q95, 3)}]",
                number(row.distance, 1),
                "yes" if row.covers else "no",
            ]
            for row in data[data["rankings"] == name].itertuples()
        ]
        for name, title in RANKINGS.items()
    }
    heads = ["", "Planted", "Mean", "Std. dev.", "90% interval", "Distance in SDs", "Covers"]
    return data, tabular(heads, parts, note)


def table_orders(orders: pd.DataFrame, *, note: str) -> Drawn:
    """Effective draws in 1,000 sweeps, in our order and in appendix B's.

    Data: parameter, ours, published; parameters of tables 2 to 5.
    """
    rows = pick(orders, ["parameter", "ours", "published"])
    shown = [name for name in NAMED if (rows["parameter"] == name).any()]
    data = rows.set_index("parameter").loc[shown].reset_index()
    rows = [
        [with_part(row.parameter), number(row.ours, 1), number(row.published, 1)]
        for row in data.itertuples()
    ]
    return data, tabular(["", "Ours", "Appendix B"], {"": rows}, note)


# Neighbours differ in line or darkness, and all in the pair of colour and line.
DASHED, DOTTED = (0, (4, 1.5)), (0, (1, 1))
COLOURS = ("#000000", "#0072B2", "#CC79A7", "#E69F00")
LINES = (("-", "-", DASHED, "-"), (DOTTED, DOTTED, "-", DOTTED))
WIDE = 2  # panels side by side


@house_style
def figure_chains(traces: pd.DataFrame, *, note: str) -> Drawn:
    """Chains from dispersed starts; data: parameter, chain, draw (below 0: burn-in), value."""
    data = pick(traces, ["parameter", "chain", "draw", "value"])
    return data, draw_chains(data, note)


def draw_chains(data: pd.DataFrame, note: str) -> Figure:
    """A panel a parameter, a line a chain; what is shaded is dropped."""
    names = list(dict.fromkeys(data["parameter"]))
    deep = -(-len(names) // WIDE)
    figure, grid = panels(columns=WIDE, rows=deep, height=1.35 * deep + 0.9, sharex=True)
    flat = [axes for row in grid for axes in row]
    for axes, name in zip(flat, names, strict=False):
        _one_parameter(axes, data[data["parameter"] == name])
        axes.set_title(with_part(name), loc="left", fontsize=7.5)
        axes.yaxis.set_major_locator(MaxNLocator(4))  # whatever the height that is left
    for axes in flat[len(names) :]:
        axes.set_axis_off()
    for axes in flat[max(len(names) - WIDE, 0) : len(names)]:
        axes.tick_params(labelbottom=True)
        axes.set_xlabel("Draw, after burn-in")
    legend_below(figure, flat[0], columns=len(COLOURS))
    stamp(figure, note)
    return figure


def _one_parameter(axes: Axes, rows: pd.DataFrame) -> None:
    for place, (_, own) in enumerate(rows.groupby("chain")):
        turn, colour = divmod(place, len(COLOURS))
        look = Look(COLOURS[colour], LINES[turn % len(LINES)][colour], "None")
        own = own.sort_values("draw")
        axes.plot(
            own["draw"],
            own["value"],
            linewidth=0.6,
            label=f"Chain {place + 1}",
            **look.line_style(),
        )
    if (first := rows["draw"].min()) < 0:
        axes.axvspan(first, 0, color="#E4E4E4", linewidth=0, zorder=0)
