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
    SAMPLES,
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

    Data: sample (matched, full: SS districts), series (ss_to_is, is_to_ss, difference), period (its
    first year), years (of data in it), value_added [SD], low, high (95%, of the difference), n.
    """
    return _means_and_differences(movers, MOVES, note)


@house_style
def figure_06(exiters: pd.DataFrame, *, note: str) -> Drawn:
    """Value added of those who leave by regime, and the difference; data as of `figure_04`."""
    return _means_and_differences(exiters, REGIMES, note)


def _means_and_differences(table: pd.DataFrame, series: Series, note: str) -> Drawn:
    columns = ["sample", "series", "period", "years", "value_added", "low", "high", "n"]
    data = pick(choose(table, sample=list(SAMPLES), series=[*series, DIFFERENCE]), columns)
    return data, draw_periods(data, series, note)


def draw_periods(data: pd.DataFrame, series: Series, note: str) -> Figure:
    """Means above, their difference with its interval below; a column a sample of SS districts."""
    figure, [above, below] = panels(rows=2, height=4.8, sharex=True, sharey="row")
    for high, low, (sample, label) in zip(above, below, SAMPLES.items(), strict=True):
        own = data[data["sample"] == sample]
        lines(high, own, ("series", series), "period", "value_added")
        whiskers(low, own, ("series", DIFFERENCES), "period", "value_added")
        for axes in (high, low):
            zero(axes)
            over_periods(axes, data)
        high.set_title(label, loc="left")
        low.set_title("First less second, 95% interval", loc="left")
        low.set_xlabel("Springs")
    for row in (above, below):
        row[0].set_ylabel(VALUE_ADDED)
    legend_below(figure, above[0], columns=2)
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
    """Mean value added of all teachers by regime.

    Data: sample (matched, full: SS districts), regime, period, years, value_added, n.
    """
    columns = ["sample", "regime", "period", "years", "value_added", "n"]
    data = pick(choose(workforce, sample=list(SAMPLES), regime=list(REGIMES)), columns)
    return data, draw_workforce(data, note)


def draw_workforce(data: pd.DataFrame, note: str) -> Figure:
    """A panel a sample of SS districts, a line a regime."""
    figure, [row] = panels(height=3.1, sharey=True)
    for axes, (sample, label) in zip(row, SAMPLES.items(), strict=True):
        own = data[data["sample"] == sample]
        lines(axes, own, ("regime", REGIMES), "period", "value_added")
        over_periods(axes, data)
        zero(axes)
        axes.set_title(label, loc="left")
        axes.set_xlabel("Springs")
    row[0].set_ylabel(f"Mean {VALUE_ADDED[0].lower()}{VALUE_ADDED[1:]}")
    legend_below(figure, row[0], columns=2)
    stamp(figure, note)
    return figure
