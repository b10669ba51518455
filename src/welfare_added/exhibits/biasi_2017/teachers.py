"""Table 1, figures A6, A9 and A10: teachers of the state, who is new, and who has value added."""

import pandas as pd
from matplotlib.figure import Figure

from welfare_added.exhibits.biasi_2017.cells import count, in_parentheses
from welfare_added.exhibits.biasi_2017.labels import BLUE, ORANGE, PERIODS, PURPLE, REGIMES
from welfare_added.exhibits.biasi_2017.moves import SPRING, shares_by_regime
from welfare_added.exhibits.biasi_2017.series import in_percent, lines, over_years
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import house_style, legend_below, panels, single_panel, stamp

VARIABLES = {
    "female": ("Female", 3),
    "experience": ("Experience, years", 2),
    "BA": ("Bachelor", 3),
    "MA": ("Master", 3),
    "PhD": ("Ph.D.", 3),
    "salary": ("Salary, \\$", 0),
    "moved": ("Mover", 3),
    "exits": ("Exiter", 3),
}
COLUMNS = {**PERIODS, "all": "All years"}
FLOWS = {
    "entering": ("Entering", BLUE),
    "moving": ("Moving between districts", ORANGE),
    "leaving": ("Leaving", PURPLE),
}


def table_01(teachers: pd.DataFrame, *, note: str) -> Drawn:
    """Means and SDs of teacher-years.

    Data: period (before, after, all), variable, mean, standard_deviation, n (teacher-years with
    a value), teachers.
    """
    columns = ["period", "variable", "mean", "standard_deviation", "n", "teachers"]
    data = pick(choose(teachers, period=list(COLUMNS), variable=list(VARIABLES)), columns)
    wide = data.set_index(["variable", "period"])
    rows = []
    for name, (label, decimals) in VARIABLES.items():
        own = [wide.loc[(name, period)] for period in COLUMNS]
        rows.append([label, *(number(one["mean"], decimals) for one in own)])
        rows.append(["", *(in_parentheses(one["standard_deviation"], decimals) for one in own)])
    first = data.drop_duplicates("period").set_index("period")["teachers"]
    below = [["Teachers", *(count(first[period]) for period in COLUMNS)]]
    return data, tabular(["", *COLUMNS.values()], {"": rows, "Number": below}, note)


@house_style
def figure_a6(flows: pd.DataFrame, *, note: str) -> Drawn:
    """Shares entering, moving and leaving; data: flow, year, share."""
    data = pick(choose(flows, flow=list(FLOWS)), ["flow", "year", "share"])
    return data, draw_flows(data, note)


@house_style
def figure_a7(flows: pd.DataFrame, *, note: str) -> Drawn:
    """The same of a second state."""
    data = pick(choose(flows, flow=list(FLOWS)), ["flow", "year", "share"])
    return data, draw_flows(data, note)


def draw_flows(data: pd.DataFrame, note: str) -> Figure:
    """A line a flow."""
    figure, axes = single_panel(height=3.4)
    lines(axes, data, ("flow", FLOWS), "year", "share")
    over_years(axes, data["year"])
    in_percent(axes)
    axes.set_ylabel("Share of teachers")
    axes.set_xlabel(SPRING)
    legend_below(figure, axes, columns=3)
    stamp(figure, note)
    return figure


@house_style
def figure_a9(new: pd.DataFrame, *, note: str) -> Drawn:
    """Share of new teachers by regime; data: regime, year, share."""
    return shares_by_regime(new, "Share of new teachers", note)


@house_style
def figure_a10(coverage: pd.DataFrame, *, note: str) -> Drawn:
    """Teachers with and without value added.

    Data: regime, year, with_value_added, without (teachers), share.
    """
    columns = ["regime", "year", "with_value_added", "without", "share"]
    data = pick(choose(coverage, regime=list(REGIMES)), columns)
    return data, draw_coverage(data, note)


def draw_coverage(data: pd.DataFrame, note: str) -> Figure:
    """A panel a regime: stacked bars by year, with the share that has value added."""
    figure, [row] = panels(height=3.3, sharey=True)
    for axes, (regime, (title, _)) in zip(row, REGIMES.items(), strict=True):
        own = data[data["regime"] == regime].sort_values("year")
        axes.bar(own["year"], own["with_value_added"], color=BLUE.colour, label="With value added")
        axes.bar(
            own["year"],
            own["without"],
            bottom=own["with_value_added"],
            color="white",
            edgecolor="#404040",
            hatch="////",
            linewidth=0.6,
            label="Without",
        )
        total = own["with_value_added"] + own["without"]
        for year, top, share in zip(own["year"], total, own["share"], strict=True):
            axes.annotate(
                f"{share:.0%}",
                (year, top),
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                fontsize=6.0,
            )
        axes.set_title(title, loc="left")
        axes.set_xticks(own["year"].iloc[::2])
        axes.set_xlabel(SPRING)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.margins(y=0.08)
    row[0].set_ylabel("Teachers of mathematics and reading")
    legend_below(figure, row[0], columns=2)
    stamp(figure, note)
    return figure
