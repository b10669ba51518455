"""Figures 1, A1 and A2: salaries by seniority, and beside printed schedules."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from welfare_added.exhibits.biasi_2017.labels import BLUE, GREEN, ORANGE, PERIODS, PURPLE
from welfare_added.exhibits.biasi_2017.series import lines
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import (
    REFERENCE,
    dollars,
    house_style,
    legend_below,
    panels,
    single_panel,
    stamp,
)

DISTRICTS = {"racine": ("Racine", ORANGE), "green_bay": ("Green Bay", BLUE)}


@house_style
def figure_01(schedules: pd.DataFrame, *, note: str) -> Drawn:
    """Salaries of Masters by seniority in Racine and Green Bay.

    Data: district, post (0, 1), seniority (class of two years), lower, median, upper [dollars]: the
    quartiles, n.
    """
    columns = ["district", "post", "seniority", "lower", "median", "upper", "n"]
    data = pick(choose(schedules, district=list(DISTRICTS)), columns)
    return data, draw_schedules(data, note)


def draw_schedules(data: pd.DataFrame, note: str) -> Figure:
    """Before Act 10 on the left, after it on the right: medians with quartiles as whiskers."""
    figure, [row] = panels(height=3.4, sharey=True)
    first = data["seniority"].str.partition("-")[0].astype(int)
    data = data.assign(at=first + 0.5)
    for axes, (post, title) in zip(row, enumerate(PERIODS.values()), strict=True):
        for shift, (name, (label, look)) in zip((-0.2, 0.2), DISTRICTS.items(), strict=True):
            own = data[(data["post"] == post) & (data["district"] == name)].sort_values("at")
            error = [own["median"] - own["lower"], own["upper"] - own["median"]]
            style = {**look.marker_style(3.5), **look.line_style()}
            axes.errorbar(
                own["at"] + shift, own["median"], yerr=error, label=label, elinewidth=0.9, **style
            )
        axes.set_title(title, loc="left")
        axes.set_xlabel("Seniority, years")
        axes.yaxis.set_major_formatter(dollars)
    row[0].set_ylabel("Salary, median and quartiles")
    legend_below(figure, row[0], columns=2)
    stamp(figure, note)
    return figure


LANES = {
    "ba": ("Bachelor", BLUE),
    "ba_12": ("Bachelor, 12 credits", ORANGE),
    "ba_24": ("Bachelor, 24 credits", PURPLE),
    "ma": ("Master", GREEN),
}


@house_style
def figure_a1(schedule: pd.DataFrame, *, note: str) -> Drawn:
    """A printed salary schedule; data: lane, step, salary [dollars]."""
    wide = pick(schedule, ["step", *LANES])
    figure, axes = single_panel(height=3.4)
    data = wide.melt("step", var_name="lane", value_name="salary")
    lines(axes, data, ("lane", LANES), "step", "salary")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(dollars)
    axes.set_xlabel("Step")
    axes.set_ylabel("Salary")
    legend_below(figure, axes, columns=2)
    stamp(figure, note)
    return data, figure


PLACES = {"below": "Below", "on": "On the line", "above": "Above"}


@house_style
def figure_a2(gaps: pd.DataFrame, places: pd.DataFrame, *, note: str) -> Drawn:
    """Salaries of Madison's Bachelors beside its schedule.

    Data: panel (salaries: quartiles by class of seniority beside the schedule, dollars; places:
    share of teachers below, on and above it), seniority, schedule, lower, median, upper, n, place,
    teachers, share, mean_gap (of salary over schedule, less one).
    """
    of = pick(gaps, ["seniority", "schedule", "lower", "median", "upper", "n"])
    shares = pick(choose(places, place=list(PLACES)), ["place", "teachers", "share", "mean_gap"])
    parts = [of.assign(panel="salaries"), shares.assign(panel="places")]
    data = pd.concat(parts, ignore_index=True)
    data.insert(0, "panel", data.pop("panel"))
    return data, draw_against_schedule(data, note)


def draw_against_schedule(data: pd.DataFrame, note: str) -> Figure:
    """Salaries against the schedule on the left, shares off it on the right."""
    figure, [[left, right]] = panels(height=3.3, width_ratios=[3, 2])
    own = data[data["panel"] == "salaries"]
    error = [own["median"] - own["lower"], own["upper"] - own["median"]]
    style = BLUE.marker_style(4.5)
    left.errorbar(own["schedule"], own["median"], yerr=error, elinewidth=1.0, **style)
    ends = [own[["schedule", "lower"]].min().min(), own[["schedule", "upper"]].max().max()]
    left.plot(ends, ends, color=REFERENCE, linewidth=0.9, zorder=0)
    left.set_title("(a) Salaries, median and quartiles", loc="left")
    left.set_xlabel("Salary by the schedule")
    left.set_ylabel("Salary in the records")
    left.locator_params(nbins=5)
    left.xaxis.set_major_formatter(dollars)
    left.yaxis.set_major_formatter(dollars)
    shares = data[data["panel"] == "places"].set_index("place").loc[list(PLACES)]
    right.bar(range(len(PLACES)), shares["share"], color="#BFD9EA", edgecolor=BLUE.colour)
    for at, share in enumerate(shares["share"]):
        right.annotate(
            f"{share:.0%}", (at, share), xytext=(0, 2), textcoords="offset points", ha="center"
        )
    right.set_xticks(range(len(PLACES)), list(PLACES.values()))
    right.set_title("(b) Share of teachers", loc="left")
    right.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    right.margins(y=0.1)
    stamp(figure, note)
    return figure
