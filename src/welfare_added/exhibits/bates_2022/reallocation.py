"""Reallocation of all teachers: tables 2, A.4 and A.5, figures A.6 to A.10."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from welfare_added.exhibits.bates_2022.bins import BLUE, FEW, ORANGE, by_panel, line, one_line
from welfare_added.exhibits.bates_2022.labels import POLICIES, POLICY_LOOKS
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import house_style, legend_below, panels, stamp

PANELS = {
    "alternate_allocations": "Alternate allocations",
    "alternate_policies": "Alternate policies",
    "targeting_student_types": "Targeting student types",
    "constant_class_size": "Constant class size",
}
# Panel, name within it and label by name in the results.
ALLOCATIONS = {
    "best": ("alternate_allocations", "best", "Best"),
    "random": ("alternate_allocations", "random", "Random"),
    "worst": ("alternate_allocations", "worst", "Worst"),
    "best_within_school": ("alternate_policies", "best_within_school", "Best within school"),
    "replace_bottom": ("alternate_policies", "replace_bottom", "Replace bottom 5% of teachers"),
    "max_0": ("targeting_student_types", "max_0", "Max non-disadvantaged VA"),
    "max_1": ("targeting_student_types", "max_1", "Max disadvantaged VA"),
    "best_constant_size": ("constant_class_size", "best", "Best"),
}
# Where all allocations stand below each other.
LABELS = {name: label for name, (_, _, label) in ALLOCATIONS.items()}
LABELS |= {"best_constant_size": "Best, constant class size", "both": "Both rank by value added"}
GAINS = {
    "gain": "Per-student gain",
    "fraction": "Fraction of (best - actual)",
    "gain_0": "Non-disadvantaged",
    "gain_1": "Disadvantaged",
}


def table_02(gains: pd.DataFrame, *, note: str) -> Drawn:
    """Gains of reallocating all teachers.

    Data: panel, allocation, gain, fraction, gain_0, gain_1; of the constant class size too the
    allocation is best.
    """
    rows = pick(gains, ["allocation", *GAINS]).set_index("allocation").reindex(ALLOCATIONS)
    places = pd.DataFrame.from_dict(ALLOCATIONS, "index", columns=["panel", "allocation", "label"])
    data = places.join(rows).reset_index(drop=True)
    parts = {
        title: [
            [row.label, *(number(getattr(row, name), _decimals(name)) for name in GAINS)]
            for row in data[data["panel"] == panel].itertuples()
        ]
        for panel, title in PANELS.items()
    }
    drawn = tabular(["", *GAINS.values()], parts, note)
    return data.drop(columns="label"), drawn


def _decimals(name: str) -> int:
    return 2 if name == "fraction" else 3


def _plain_gains(gains: pd.DataFrame, decimals: int, note: str) -> Drawn:
    data = pick(gains, ["allocation", *GAINS])
    rows = [
        [
            LABELS.get(row["allocation"], row["allocation"]),
            *(number(row[name], 2 if name == "fraction" else decimals) for name in GAINS),
        ]
        for row in data.to_dict("records")
    ]
    return data, tabular(["", *GAINS.values()], {"": rows}, note)


def table_a4(gains: pd.DataFrame, *, note: str) -> Drawn:
    """Gains with scores expressed in percentiles."""
    return _plain_gains(gains, 2, note)


def table_a5(gains: pd.DataFrame, *, note: str) -> Drawn:
    """Gains with one class size for all schools."""
    return _plain_gains(gains, 3, note)


GAIN = ("gain", "Gain per student, student SD")


@house_style
def figure_a6(replacement: pd.DataFrame, gains: pd.DataFrame, *, note: str) -> Drawn:
    """Gain of replacing the lowest teachers by the median, beside the best reallocation."""
    data = pick(replacement, ["share", "gain"])
    return _beside_best(data, gains, ("share", "Share of teachers replaced"), note)


@house_style
def figure_a7(moved: pd.DataFrame, gains: pd.DataFrame, *, note: str) -> Drawn:
    """Gain of the best reallocation found that moves at most a share of teachers, and its bound."""
    data = pick(moved, ["share", "gain", "bound"])
    data, figure = _beside_best(data, gains, ("share", "Share of teachers moved, at most"), note)
    axes = figure.axes[0]
    axes.lines[0].set_label("Attained")
    axes.plot(data["share"], data["bound"], label="No more is possible", **ORANGE.line_style())
    legend_below(figure, axes, columns=2)
    return data, figure


def _beside_best(data: pd.DataFrame, gains: pd.DataFrame, across, note: str) -> Drawn:
    best = float(choose(gains, allocation="best")["gain"].iloc[0])
    figure = one_line(data, across, GAIN, note)
    axes = figure.axes[0]
    axes.axhline(best, color="#D55E00", linestyle=(0, (4, 2)), linewidth=1.2)
    axes.annotate(
        "Best reallocation",
        (0.02, best),
        xycoords=("axes fraction", "data"),
        xytext=(0, 3),
        textcoords="offset points",
        fontsize=7.5,
    )
    axes.set_ylim(0, 1.15 * max(best, data["gain"].max()))
    return data.assign(best=best), figure


SORTING = {
    "class_size": (
        "(a) Class size",
        "Absolute advantage, student SD",
        "Students per teacher",
    ),
    "share_disadvantaged": (
        "(b) Composition",
        "Comparative advantage, student SD",
        "Share disadvantaged",
    ),
}
SERIES = {"actual": ("Actual", ORANGE), "best": ("Best", BLUE)}


@house_style
def figure_a8(sorting: pd.DataFrame, *, note: str) -> Drawn:
    """Where teachers go by absolute and comparative advantage, actually and at the best."""
    data = pick(sorting, ["allocation", "panel", "bin", "x", "y", "teachers"])
    return data, by_panel(data, SORTING, ("allocation", SERIES), ("x", "y"), note)


SUPPORT = {
    "class_size": ("(a) Class size", "Change, students"),
    "share_disadvantaged": ("(b) Composition", "Change of share disadvantaged"),
}
SOURCES = {"data": ("Between years in the data", ORANGE), "best": ("By the best allocation", BLUE)}


@house_style
def figure_a9(support: pd.DataFrame, *, note: str) -> Drawn:
    """Changes that the best allocation asks of teachers, beside those in the data."""
    data = pick(support, ["panel", "source", "low", "high", "share"])
    return data, draw_support(data, note)


def draw_support(data: pd.DataFrame, note: str) -> Figure:
    """Outlines of histograms, a panel a trait of the class."""
    figure, [row] = panels(height=3.4)
    for axes, (panel, (title, across)) in zip(row, SUPPORT.items(), strict=True):
        for source, (label, look) in SOURCES.items():
            own = data[(data["panel"] == panel) & (data["source"] == source)].sort_values("low")
            edges = [*own["low"], own["high"].iloc[-1]]
            style = look.line_style()
            axes.stairs(
                own["share"], edges, label=label, color=style["color"], linestyle=style["linestyle"]
            )
        axes.xaxis.set_major_locator(MaxNLocator(FEW))
        axes.set_title(title, loc="left")
        axes.set_xlabel(across)
    row[0].set_ylabel("Share of teachers")
    legend_below(figure, row[0], columns=len(SOURCES))
    stamp(figure, note)
    return figure


MATCH_EFFECTS = {"full": "(a) All teachers", "market": "(b) The market"}


@house_style
def figure_a10(match_effects: pd.DataFrame, *, note: str) -> Drawn:
    """Gains by the spread of further match effects that the model leaves out.

    Data: sample (full: the best allocation of all teachers; market), policy, sd, gain.
    """
    data = pick(match_effects, ["sample", "policy", "sd", "gain"])
    figure, [row] = panels(height=3.5)
    for axes, (sample, title) in zip(row, MATCH_EFFECTS.items(), strict=True):
        own = data[data["sample"] == sample]
        for policy, look in POLICY_LOOKS.items():
            if policy in set(own["policy"]):
                line(axes, own[own["policy"] == policy], "sd", "gain", look, POLICIES[policy])
        axes.set_title(title, loc="left")
        axes.set_xlabel("SD of further match effects, student SD")
    row[0].set_ylabel(GAIN[1])
    legend_below(figure, row[1], columns=3)
    stamp(figure, note)
    return data, figure
