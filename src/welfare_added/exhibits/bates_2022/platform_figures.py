"""The hiring platform: figures 2a, 3, 4, A.11 and A.12."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from welfare_added.exhibits.bates_2022.bins import BLACK, BLUE, FEW, ORANGE, line, one_scatter
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import house_style, legend_below, panels, single_panel, stamp


@house_style
def figure_02a(bins: pd.DataFrame, *, note: str) -> Drawn:
    """Class size by share of disadvantaged students, schools in bins."""
    data = pick(bins, ["bin", "share_disadvantaged", "class_size", "schools"])
    across = ("share_disadvantaged", "Share of students disadvantaged")
    return data, one_scatter(data, across, ("class_size", "Students per teacher"), note)


WAITS = {
    "stock": "(a) Stock: posted before the first day",
    "flow": "(b) Flow: posted after the first day",
}


@house_style
def figure_03(waits: pd.DataFrame, numbers: pd.DataFrame, *, note: str) -> Drawn:
    """Days between the first possible day and the application, with the median.

    Data: panel, days, share, median.
    """
    rows = choose(waits, panel=list(WAITS))
    medians = numbers.set_index("name")["value"]
    median = rows["panel"].map({name: medians[f"wait_median_{name}"] for name in WAITS})
    data = pick(rows, ["panel", "days", "applications", "share"]).assign(median=median)
    return data, draw_waits(data, note)


def draw_waits(data: pd.DataFrame, note: str) -> Figure:
    """Bars of shares by days, and a dashed line at the median."""
    figure, [row] = panels(height=3.2, sharey=True)
    for axes, (panel, title) in zip(row, WAITS.items(), strict=True):
        own = data[data["panel"] == panel].sort_values("days")
        axes.bar(own["days"], own["share"], width=0.9, color=BLUE.colour, linewidth=0)
        median = own["median"].iloc[0]
        if median == median:
            label = f"Median: {median:g} days"
            axes.axvline(median, color="#D55E00", linestyle=(0, (4, 2)), linewidth=1.2, label=label)
            axes.legend(loc="upper right")
        axes.set_title(title, loc="left")
        axes.set_xlabel("Days waited")
        axes.set_xlim(-1, own["days"].max() + 1)
        axes.xaxis.set_major_locator(MaxNLocator(FEW, integer=True))
    row[0].set_ylabel("Share of applications")
    stamp(figure, note)
    return figure


SETS = {"choice": "(a) Choice sets", "application": "(b) Application sets"}


@house_style
def figure_04(sizes: pd.DataFrame, *, note: str) -> Drawn:
    """Numbers of positions in choice sets and of applications.

    Data: set, low, high (least and most positions of a bin), applicants.
    """
    rows = choose(sizes, set=list(SETS))
    data = pick(rows, ["set", "low", "high", "applicants"])
    figure, [row] = panels(height=3.2)
    for axes, (name, title) in zip(row, SETS.items(), strict=True):
        own = data[data["set"] == name]
        axes.bar(
            own["low"],
            own["applicants"],
            width=own["high"] - own["low"] + 1,
            align="edge",
            color=BLUE.colour,
            edgecolor="white",
            linewidth=0.4,
        )
        axes.set_title(title, loc="left")
        axes.set_xlabel("Positions")
    row[0].set_ylabel("Applicants and cycles")
    stamp(figure, note)
    return data, figure


RATES = {
    "vacancies": ("Postings", ORANGE),
    "applications": ("Applications", BLUE),
    "hires": ("Hires' applications", BLACK),
}


@house_style
def figure_a11(weeks: pd.DataFrame, *, note: str) -> Drawn:
    """Postings, applications and hires by week of the cycle."""
    rows = choose(weeks, group=list(RATES))
    data = pick(rows, ["group", "week", "count", "share"])
    figure, axes = single_panel(height=3.7)
    for group, (label, look) in RATES.items():
        line(axes, data[data["group"] == group], "week", "share", look, label)
    axes.set_xlabel("Weeks since 1 April")
    axes.set_ylabel("Share of the cycle")
    axes.set_ylim(bottom=0)
    legend_below(figure, axes, columns=len(RATES))
    stamp(figure, note)
    return data, figure


@house_style
def figure_a12(distance: pd.DataFrame, *, note: str) -> Drawn:
    """Share of the choice set applied to, by commute time."""
    data = pick(distance, ["bin", "minutes", "rate", "pairs"])
    across = ("minutes", "Commute one way, minutes")
    return data, one_scatter(data, across, ("rate", "Share applied to"), note)
