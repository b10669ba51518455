"""Figures 9 to 12: who comes, goes and leaves as a district, or all, pay for value added.

Ours: the same by every reading of what is printed.
"""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from welfare_added.exhibits.biasi_2017.labels import BLACK, BLUE, GREEN, ORANGE, PURPLE
from welfare_added.exhibits.biasi_2017.series import band, zero
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import house_style, legend_below, panels, stamp

CHANCES = {
    "move in": "(a) Moving in",
    "move out": "(b) Moving out",
    "exit": "(c) Leaving",
}
QUARTILES = {
    1: ("Lowest quartile", BLUE),
    2: ("Second", PURPLE),
    3: ("Third", GREEN),
    4: ("Highest", ORANGE),
}
MEANS = {
    "movers in": "(a) Moving in",
    "movers out": "(b) Moving out",
    "exiters": "(c) Leaving",
    "workforce": "(d) Workforce",
}
BANDS = ["value_low", "value_high", "percent_low", "percent_high"]
PAY = "Pay for value added, \\$1,000"
ENDS = ("percent_low", "percent_high")


@house_style
def figure_09(schemes: pd.DataFrame, *, note: str) -> Drawn:
    """Changes of chances by quartile if one district pays for value added.

    Data: outcome (move in, move out, exit), quartile, delta [dollars], value (chance), percent
    (change against delta = 0), and 95% bands of both where they were made.
    """
    return _chances(schemes, "one", note)


@house_style
def figure_11(schemes: pd.DataFrame, *, note: str) -> Drawn:
    """The same if all districts do."""
    return _chances(schemes, "all", note)


@house_style
def figure_10(schemes: pd.DataFrame, *, note: str) -> Drawn:
    """Mean value added if one district pays for it.

    Data: outcome (movers in, movers out, exiters, workforce), delta [dollars], value [SD], percent,
    and 95% bands of both where they were made.
    """
    return _means(schemes, "one", note)


@house_style
def figure_12(schemes: pd.DataFrame, *, note: str) -> Drawn:
    """The same if all districts do."""
    return _means(schemes, "all", note)


def _chances(schemes: pd.DataFrame, scope: str, note: str) -> Drawn:
    rows = choose(schemes, scope=scope, outcome=list(CHANCES))
    rows = rows[rows["quartile"].isin(list(QUARTILES))].reset_index(drop=True)
    made = [name for name in BANDS if name in rows]
    data = pick(rows, ["outcome", "quartile", "delta", "value", "percent", *made])
    return data, draw_chances(data, note)


def _means(schemes: pd.DataFrame, scope: str, note: str) -> Drawn:
    rows = choose(schemes, scope=scope, outcome=list(MEANS))
    made = [name for name in BANDS if name in rows]
    data = pick(rows, ["outcome", "delta", "value", "percent", *made])
    return data, draw_means(data, note)


def draw_chances(data: pd.DataFrame, note: str) -> Figure:
    """A panel an outcome, a line a quartile."""
    figure, [row] = panels(columns=len(CHANCES), height=3.2)
    for axes, (outcome, title) in zip(row, CHANCES.items(), strict=True):
        own = data[data["outcome"] == outcome]
        for quartile, (label, look) in QUARTILES.items():
            rows = own[own["quartile"] == quartile].sort_values("delta")
            if set(ENDS) <= set(rows):
                band(axes, rows, "delta", ENDS, look)
            style = {**look.marker_style(4.0), **look.line_style()}
            axes.plot(rows["delta"], rows["percent"], label=label, **style)
        _axes(axes, title)
    row[0].set_ylabel("Change of the chance, %")
    row[1].set_xlabel(PAY)
    legend_below(figure, row[0], columns=len(QUARTILES))
    stamp(figure, note)
    return figure


def draw_means(data: pd.DataFrame, note: str) -> Figure:
    """A panel a group of teachers: mean value added by pay for it."""
    figure, grid = panels(columns=2, rows=2, height=4.6, sharex=True)
    flat = [axes for row in grid for axes in row]
    for axes, (outcome, title) in zip(flat, MEANS.items(), strict=True):
        own = data[data["outcome"] == outcome].sort_values("delta")
        if {"value_low", "value_high"} <= set(own):
            band(axes, own, "delta", ("value_low", "value_high"), BLACK)
        style = {**BLACK.marker_style(4.0), **BLACK.line_style()}
        axes.plot(own["delta"], own["value"], **style)
        _axes(axes, title, with_zero=False)
        axes.yaxis.set_major_locator(MaxNLocator(4))
    for [left, _] in grid:
        left.set_ylabel("Mean value added, SD")
    for axes in grid[-1]:
        axes.set_xlabel(PAY)
    stamp(figure, note)
    return figure


def _axes(axes: Axes, title: str, *, with_zero: bool = True) -> None:
    if with_zero:
        zero(axes)
    axes.set_title(title, loc="left", fontsize=8.0)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value / 1000:g}")


SCOPES = {"one": "One district pays", "all": "All districts pay"}
PARAMETERS = {"published": "parameters of table 13", "estimates": "estimates"}
READINGS = {
    ("logistic", "mean"): "Logistic, mean",
    ("logistic", "printed"): "Logistic, printed",
    ("linear", "mean"): "Linear, mean",
    ("linear", "printed"): "Linear, printed",
}
CHANGES = {
    ("move in", 1): "Moving in, lowest quartile, %",
    ("move in", 4): "Moving in, highest quartile, %",
    ("move out", 1): "Moving out, lowest quartile, %",
    ("move out", 4): "Moving out, highest quartile, %",
    ("exit", 1): "Leaving, lowest quartile, %",
    ("exit", 4): "Leaving, highest quartile, %",
    ("movers in", 0): "Mean value added of movers in, %",
    ("movers out", 0): "Mean value added of movers out, %",
    ("exiters", 0): "Mean value added of leavers, %",
    ("workforce", 0): "Mean value added of the workforce, %",
}
BILL = ("wage bill", 0)
COLUMNS = ["parameters", "scope", "shape", "balance", "outcome", "quartile"]
COLUMNS += ["before", "after", "percent", "published", "reason"]


def table_readings(readings: pd.DataFrame, *, note: str) -> Drawn:
    """What the largest pay for value added changes, by every reading, beside what is printed.

    Data: parameters (published, estimates), scope (one, all), shape, balance, outcome, quartile,
    before and after (chances; SDs; wage bill [$ million]), percent, published [percent], reason
    (why there is no number).
    """
    outcomes = [outcome for outcome, _ in (*CHANGES, BILL)]
    data = pick(choose(readings, outcome=list(dict.fromkeys(outcomes))), COLUMNS)
    keys = ["parameters", "scope", "outcome", "quartile", "shape", "balance"]
    found = data.set_index(keys).sort_index()
    parts = {}
    for name, told in PARAMETERS.items():
        for scope, title in SCOPES.items():
            own = found.loc[name].loc[scope]
            rows = [[label, *_changes(own.loc[key])] for key, label in CHANGES.items()]
            bill = own.loc[BILL]
            parts[f"{title}, {told}"] = [
                *rows,
                ["Wage bill before, \\$ million", "", *_bills(bill["before"])],
                ["Wage bill after, \\$ million", "", *_bills(bill["after"])],
            ]
    return data, tabular(["", "Published", *READINGS.values()], parts, note)


def _changes(rows: pd.DataFrame) -> list[str]:
    """What the paper states of an outcome, and its change by each reading."""
    stated = rows["published"].iloc[0]
    digits = len(f"{stated:g}".partition(".")[2])  # as many as are printed
    changes = [number(rows.loc[key, "percent"], 2) for key in READINGS]
    return [number(stated, digits, undefined=""), *changes]


def _bills(values: pd.Series) -> list[str]:
    return [number(values.loc[key], 1) for key in READINGS]
