"""The market: figures 5 to 9 and A.13 to A.18."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from welfare_added.exhibits.bates_2022.bins import (
    BLUE,
    FEW,
    ORANGE,
    by_panel,
    one_scatter,
    scatter,
)
from welfare_added.exhibits.bates_2022.labels import POINTS
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import (
    Look,
    house_style,
    legend_below,
    page,
    panels,
    stamp,
)

ABSOLUTE = "Absolute advantage, student SD"
ORDER = "Teachers by absolute advantage, percentile"
OF_TEACHERS = "Percentile for the teacher"
OF_PRINCIPALS = "Percentile for the principal"
RANKS = {
    "commute": ("(a) Commute", "Minutes one way", OF_TEACHERS),
    "disadvantaged": ("(b) Composition", "Share disadvantaged", OF_TEACHERS),
    "comparative_advantage": ("(c) Comparative advantage", "Student SD", OF_TEACHERS),
    "first_best_teacher": (
        "(d) First-best position",
        ORDER,
        OF_TEACHERS,
    ),
    "principal_value_added": ("(e) Total value added", "Student SD", OF_PRINCIPALS),
    "first_best_principal": (
        "(f) First-best teacher",
        ORDER,
        OF_PRINCIPALS,
    ),
}


@house_style
def figure_05(ranks: pd.DataFrame, *, note: str) -> Drawn:
    """Mean percentiles in teachers' and principals' preferences; data: panel, bin, x, percentile.

    Percentile 100 is the most preferred.
    """
    there = [name for name in RANKS if (ranks["panel"] == name).any()]
    data = pick(choose(ranks, panel=there), ["panel", "bin", "x", "percentile", "pairs"])
    figure, grid = panels(columns=2, rows=3, height=7.2)
    flat = [axes for row in grid for axes in row]
    for axes, (panel, (title, across, up)) in zip(flat, RANKS.items(), strict=True):
        scatter(axes, data[data["panel"] == panel], "x", "percentile", BLUE)
        if panel not in there:
            axes.text(0.5, 0.6, "Not in these records", ha="center", transform=axes.transAxes)
        axes.axhline(50, color="#8C8C8C", linewidth=0.7, zorder=0)
        axes.set_ylim(0, 100)
        axes.set_title(title, loc="left")
        axes.set_xlabel(across)
        axes.set_ylabel(up)
    stamp(figure, note)
    return data, figure


FIT = {
    "absolute_advantage": ("(a) Absolute advantage", "Share disadvantaged", "Student SD"),
    "comparative_advantage": ("(b) Comparative advantage", "Share disadvantaged", "Student SD"),
    "experienced": ("(c) Experienced", "Share disadvantaged", "Share of teachers"),
    "black": ("(d) Black", "Share disadvantaged", "Share of teachers"),
}
DATA = {"data": ("Data, all teachers", ORANGE)}


def _fit(fit: pd.DataFrame, source: str, label: str, note: str) -> Drawn:
    rows = choose(fit, source=["data", source])
    data = pick(rows, ["panel", "source", "bin", "share_disadvantaged", "value", "teachers"])
    series = ("source", {**DATA, source: (label, BLUE)})
    columns = ("share_disadvantaged", "value")
    return data, by_panel(data, FIT, series, columns, note, height=2.6)


@house_style
def figure_06(fit: pd.DataFrame, *, note: str) -> Drawn:
    """Who teaches where in the data and in the model's status quo."""
    return _fit(fit, "model", "Model, teachers who apply", note)


@house_style
def figure_a14(fit: pd.DataFrame, *, note: str) -> Drawn:
    """Fit of a serial dictatorship of teachers in the order of absolute advantage."""
    return _fit(fit, "serial_advantage", "Teachers pick by absolute advantage", note)


@house_style
def figure_a15(fit: pd.DataFrame, *, note: str) -> Drawn:
    """Fit of a serial dictatorship of teachers in the order of experience."""
    return _fit(fit, "serial_experience", "Teachers pick by experience", note)


@house_style
def figure_a16(fit: pd.DataFrame, *, note: str) -> Drawn:
    """Fit of a serial dictatorship of principals in the order of the share disadvantaged."""
    return _fit(fit, "serial_schools", "Principals pick by share disadvantaged", note)


FRONTIER = Look("#000000", "-", "o")
MARKS = {
    "status_quo": Look("#000000", "none", "s", filled=False),
    "school_proposing": Look("#56B4E9", "none", "X"),
    "all_options": Look("#0072B2", "none", "o"),
    "principals": Look("#D55E00", "none", "^"),
    "both": Look("#009E73", "none", "D"),
}
WIDER = {"status_quo": 9.0}  # seen around a mark that lies on it
LEVELS = ["achievement", "achievement_0", "achievement_1", "utility_minutes"]


@house_style
def figure_07(frontier: pd.DataFrame, policies: pd.DataFrame, *, note: str) -> Drawn:
    """Frontier of teachers' utility and achievement, and the stable allocations.

    Data: kind (frontier or policy), name, weight, achievement, achievement_0, achievement_1
    [student SD], utility_minutes [less that of the status quo].
    """
    line_ = pick(frontier, ["weight", *LEVELS]).assign(kind="frontier", name="frontier")
    points = pick(choose(policies, policy=list(MARKS)), ["policy", *LEVELS])
    points = points.rename(columns={"policy": "name"}).assign(kind="policy")
    data = pd.concat([line_, points])[["kind", "name", "weight", *LEVELS]].reset_index(drop=True)
    return data, draw_frontier(data, note)


def draw_frontier(data: pd.DataFrame, note: str) -> Figure:
    """Utility and achievement left, achievement of both types right."""
    figure, [row] = panels(height=4.1)
    titles = ("(a) Teachers and students", "(b) Types of students")
    columns = (("utility_minutes", "achievement"), ("achievement_0", "achievement_1"))
    labels = (
        ("Teachers' utility less status quo, minutes", "Mean achievement, student SD"),
        ("Not disadvantaged, student SD", "Disadvantaged, student SD"),
    )
    ppf = data[data["kind"] == "frontier"]
    for axes, title, (x, y), (across, up) in zip(row, titles, columns, labels, strict=True):
        axes.plot(ppf[x], ppf[y], label="Frontier (PPF)", **FRONTIER.line_style())
        for name, look in MARKS.items():
            own = data[data["name"] == name]
            label = POINTS.get(name, "Status quo, school proposing")
            axes.plot(own[x], own[y], label=label, **look.marker_style(WIDER.get(name, 6.0)))
        axes.xaxis.set_major_locator(MaxNLocator(FEW))
        axes.set_title(title, loc="left")
        axes.set_xlabel(across)
        axes.set_ylabel(up)
    _ends(row[0], ppf)
    _equal(row[1])
    legend_below(figure, row[1], columns=3)
    stamp(figure, note)
    return figure


def _ends(axes: Axes, ppf: pd.DataFrame) -> None:
    """Name both ends of the frontier, below the students' and left of the teachers'.

    The latter above the marks of policies, which lie low.
    """
    highest = ppf.loc[ppf["achievement"].idxmax()]
    farthest = ppf.loc[ppf["utility_minutes"].idxmax()]
    for end, label, by, align in (
        (highest, "Student-optimal", (0, -10), "left"),
        (farthest, "Teacher-optimal", (-5, 22), "right"),
    ):
        point = (end["utility_minutes"], end["achievement"])
        place = {"xytext": by, "textcoords": "offset points", "ha": align}
        axes.annotate(label, point, fontsize=7, **place)


def _equal(axes: Axes) -> None:
    """The line on which both types have the same, within what is drawn."""
    low = max(axes.get_xlim()[0], axes.get_ylim()[0])
    high = min(axes.get_xlim()[1], axes.get_ylim()[1])
    limits = axes.get_xlim(), axes.get_ylim()
    if low < high:
        axes.plot([low, high], [low, high], color="#8C8C8C", linewidth=0.8, label="No gap")
    axes.set_xlim(limits[0])
    axes.set_ylim(limits[1])


BARS = {**POINTS, "best": "Max VA"}


@house_style
def figure_08(policies: pd.DataFrame, *, note: str) -> Drawn:
    """Gain of each policy over the status quo, with two standard errors over runs."""
    rows = choose(policies, policy=list(BARS)).set_index("policy").loc[list(BARS)].reset_index()
    data = pick(rows, ["policy", "gain", "gain_se"])
    figure = page(height=3.0)
    axes = figure.subplots()
    height = range(len(data))
    axes.barh(height, data["gain"], color=BLUE.colour, height=0.6)
    error = 2 * data["gain_se"].fillna(0)
    axes.errorbar(data["gain"], height, xerr=error, fmt="none", ecolor="black", capsize=2)
    for at, (value, by) in enumerate(zip(data["gain"], error, strict=True)):
        side = -1 if value < 0 else 1
        axes.annotate(
            f"{value:.4f}".replace("-", "\N{MINUS SIGN}"),
            (value + side * by, at),
            xytext=(4 * side, 0),
            textcoords="offset points",
            ha="left" if side > 0 else "right",
            va="center",
            fontsize=7,
        )
    axes.axvline(0, color="black", linewidth=0.6)
    axes.set_yticks(height, [BARS[name] for name in data["policy"]])
    axes.invert_yaxis()
    axes.margins(x=0.16)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("Mean achievement less status quo, student SD")
    stamp(figure, note)
    return data, figure


OWN = {
    "status_quo": ("(a) Estimated principal preferences",),
    "principals": ("(b) Principals max VA",),
}


@house_style
def figure_09(own_rank: pd.DataFrame, *, note: str) -> Drawn:
    """Percentile of the assigned position in the teacher's own preferences."""
    rows = choose(own_rank, policy=list(OWN))
    data = pick(rows, ["policy", "bin", "order", "percentile", "teachers"])
    titles = {name: (*title, ORDER, "Percentile of own position") for name, title in OWN.items()}
    named = data.rename(columns={"policy": "panel"})
    figure = by_panel(named, titles, None, ("order", "percentile"), note)
    for axes in figure.axes:
        axes.set_ylim(0, 103)  # marks at 100 are whole
        axes.set_xlim(0, 100)
    return data, figure


@house_style
def figure_a13(top_choice: pd.DataFrame, *, note: str) -> Drawn:
    """Teachers whose first choice a position is, by the share of disadvantaged students.

    Data: bin, share_disadvantaged, positions, teachers, demand [teachers a position].
    """
    data = pick(top_choice, ["bin", "share_disadvantaged", "positions", "teachers"])
    data = data.assign(demand=data["teachers"] / data["positions"])
    across = ("share_disadvantaged", "Share of students disadvantaged")
    figure = one_scatter(data, across, ("demand", "First choices a position"), note)
    figure.axes[0].axhline(1, color="#8C8C8C", linewidth=0.8, zorder=0)
    figure.axes[0].set_ylim(bottom=0)
    return data, figure


TRANSFER = {
    "class_size": ("(a) Class size", "Share disadvantaged", "Students per teacher"),
    "advantage": ("(b) Advantage", ABSOLUTE, "Comparative, student SD"),
}


@house_style
def figure_a17(sample: pd.DataFrame, *, note: str) -> Drawn:
    """Class size and advantage, as figure 2, among the market's positions and teachers."""
    data = pick(sample, ["panel", "bin", "x", "y"])
    return data, by_panel(data, TRANSFER, None, ("x", "y"), note)


SORTED = {
    "class_size": ("(a) Class size", ABSOLUTE, "Students per teacher"),
    "share_disadvantaged": (
        "(b) Composition",
        ABSOLUTE,
        "Share disadvantaged",
    ),
}
ALLOCATIONS = {"status_quo": ("Status quo", ORANGE), "best": ("First best", BLUE)}


@house_style
def figure_a18(sorting: pd.DataFrame, *, note: str) -> Drawn:
    """Where the market's teachers go in the status quo and in the first best."""
    data = pick(sorting, ["allocation", "panel", "bin", "x", "y", "teachers"])
    return data, by_panel(data, SORTED, ("allocation", ALLOCATIONS), ("x", "y"), note)
