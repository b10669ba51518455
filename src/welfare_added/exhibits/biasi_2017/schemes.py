"""Figures 9 to 12: who comes, goes and leaves as a district, or all, pay for value added."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from welfare_added.exhibits.biasi_2017.labels import BLACK, BLUE, GREEN, ORANGE, PURPLE
from welfare_added.exhibits.biasi_2017.series import band, zero
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
