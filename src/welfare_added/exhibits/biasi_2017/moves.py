"""Figures 3 to 7: who moves between regimes and who leaves, over years."""

import pandas as pd
from matplotlib.figure import Figure

from welfare_added.exhibits.biasi_2017.labels import (
    BLACK,
    BLUE,
    GREEN,
    MOVES,
    ORANGE,
    PURPLE,
    REGIMES,
)
from welfare_added.exhibits.biasi_2017.series import (
    Series,
    in_percent,
    lines,
    over_periods,
    over_years,
    whiskers,
    zero,
)
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import (
    house_style,
    legend_below,
    panels,
    single_panel,
    stamp,
)

VALUE_ADDED = "Value added, SD"
SPRING = "Spring of the school year"
WITHIN_AND_ACROSS = {
    "SS to IS": ("Schedule to individual", BLUE),
    "IS to SS": ("Individual to schedule", ORANGE),
    "SS to SS": ("Within schedule", PURPLE),
    "IS to IS": ("Within individual", GREEN),
}
DIFFERENCE = "difference"
DIFFERENCES: Series = {DIFFERENCE: ("Difference, with 95% interval", BLACK)}


@house_style
def figure_03(moves: pd.DataFrame, *, note: str) -> Drawn:
    """Share of teachers moving by regimes of origin and destination.

    Data: origin_regime, regime, year, share (of a year's teachers).
    """
    columns = ["origin_regime", "regime", "year", "share"]
    data = pick(choose(moves, origin_regime=list(REGIMES), regime=list(REGIMES)), columns)
    return data, draw_moves(data, note)


def draw_moves(data: pd.DataFrame, note: str) -> Figure:
    """A line a pair of regimes."""
    figure, axes = single_panel(height=3.6)
    pair = data["origin_regime"] + " to " + data["regime"]
    lines(axes, data.assign(pair=pair), ("pair", WITHIN_AND_ACROSS), "year", "share")
    over_years(axes, data["year"])
    in_percent(axes)
    axes.set_ylabel("Share of all teachers")
    axes.set_xlabel(SPRING)
    legend_below(figure, axes, columns=2)
    stamp(figure, note)
    return figure


@house_style
def figure_04(movers: pd.DataFrame, *, note: str) -> Drawn:
    """Value added of movers by direction, and the difference, by two years.

    Data: series (ss_to_is, is_to_ss, difference), period (its first year), years (of data in it),
    value_added [SD], low, high (95%, of the difference), n.
    """
    return _two_panels(movers, MOVES, note)


@house_style
def figure_06(exiters: pd.DataFrame, *, note: str) -> Drawn:
    """Value added of those who leave by regime, and the difference; data as of `figure_04`."""
    return _two_panels(exiters, REGIMES, note)


def _two_panels(table: pd.DataFrame, series: Series, note: str) -> Drawn:
    columns = ["series", "period", "years", "value_added", "low", "high", "n"]
    data = pick(choose(table, series=[*series, DIFFERENCE]), columns)
    return data, draw_periods(data, series, note)


def draw_periods(data: pd.DataFrame, series: Series, note: str) -> Figure:
    """Means above, their difference with its interval below."""
    figure, [[above], [below]] = panels(columns=1, rows=2, height=4.8, width=4.6, sharex=True)
    lines(above, data, ("series", series), "period", "value_added")
    whiskers(below, data, ("series", DIFFERENCES), "period", "value_added")
    for axes in (above, below):
        zero(axes)
        over_periods(axes, data)
        axes.set_ylabel(VALUE_ADDED)
    above.set_title("(a) Means", loc="left")
    below.set_title("(b) First less second, 95% interval", loc="left")
    below.set_xlabel("Springs")
    legend_below(figure, above, columns=2)
    stamp(figure, note)
    return figure


@house_style
def figure_05(exits: pd.DataFrame, *, note: str) -> Drawn:
    """Share of teachers leaving by regime; data: regime, year, share (of both regimes')."""
    return shares_by_regime(exits, "Share leaving", note)


def shares_by_regime(table: pd.DataFrame, label: str, note: str) -> Drawn:
    """Shares of teachers by regime and year; data: regime, year, share."""
    data = pick(choose(table, regime=list(REGIMES)), ["regime", "year", "share"])
    figure, axes = single_panel(height=3.4)
    lines(axes, data, ("regime", REGIMES), "year", "share")
    over_years(axes, data["year"])
    in_percent(axes)
    axes.set_ylabel(label)
    axes.set_xlabel(SPRING)
    legend_below(figure, axes, columns=2)
    stamp(figure, note)
    return data, figure


@house_style
def figure_07(workforce: pd.DataFrame, *, note: str) -> Drawn:
    """Mean value added of all teachers by regime; data: regime, period, years, value_added, n."""
    columns = ["regime", "period", "years", "value_added", "n"]
    data = pick(choose(workforce, regime=list(REGIMES)), columns)
    return data, draw_workforce(data, note)


def draw_workforce(data: pd.DataFrame, note: str) -> Figure:
    """A line a regime."""
    figure, axes = single_panel(height=3.4)
    lines(axes, data, ("regime", REGIMES), "period", "value_added")
    over_periods(axes, data)
    zero(axes)
    axes.set_ylabel(f"Mean {VALUE_ADDED[0].lower()}{VALUE_ADDED[1:]}")
    axes.set_xlabel("Springs")
    legend_below(figure, axes, columns=2)
    stamp(figure, note)
    return figure
