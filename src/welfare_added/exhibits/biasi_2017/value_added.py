"""Table A7, figures A11 and A12, and ours: value added from grade means, printed and joint."""

import pandas as pd
from matplotlib.figure import Figure

from welfare_added.exhibits.biasi_2017.cells import count, in_parentheses
from welfare_added.exhibits.biasi_2017.labels import BLACK, BLUE, LEVELS, ORANGE, SUBJECTS
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import REFERENCE, Look, house_style, legend_below, panels, stamp

SPREADS = ["sd_shrunk", "sd_unshrunk", "sd_printed", "sd_joint", "standard_error", "sd_va_joint"]
ESTIMATORS = {"va_printed": ("Printed estimator", ORANGE), "va_joint": ("Joint estimator", BLUE)}
TAUGHT = ("all", "math", "reading")


def table_a7(deviations: pd.DataFrame, *, note: str) -> Drawn:
    """SDs of value added over teachers; data: level, subject, sd_shrunk, sd_unshrunk, teachers."""
    data = _deviations(deviations)[["level", "subject", "sd_shrunk", "sd_unshrunk", "teachers"]]
    parts = {
        title: [
            [
                SUBJECTS[row.subject],
                number(row.sd_shrunk, 3),
                number(row.sd_unshrunk, 3),
                count(row.teachers),
            ]
            for row in data[data["level"] == level].itertuples()
        ]
        for level, title in LEVELS.items()
    }
    heads = ["", "With shrinkage", "Without shrinkage", "Teachers"]
    return data, tabular(heads, parts, note)


def _deviations(table: pd.DataFrame) -> pd.DataFrame:
    """Rows by level and subject, in the order of print."""
    rows = choose(table, level=list(LEVELS), subject=list(TAUGHT))
    rows = pick(rows, ["level", "subject", "teachers", *SPREADS])
    place = rows["level"].map(list(LEVELS).index) * len(TAUGHT)
    place += rows["subject"].map(TAUGHT.index)
    return rows.loc[place.sort_values().index].reset_index(drop=True)


def table_estimators(deviations: pd.DataFrame, truth: pd.DataFrame, *, note: str) -> Drawn:
    """Printed against joint value added, beside the planted effects.

    Data: level, subject, estimator (va_printed, va_joint), sd_true (planted), sd_effects (of true
    effects, as estimated), standard_error (of that of va_joint), sd_estimates (of the estimates
    themselves), slope (of planted effects on estimates), slope_error, correlation, teachers.
    """
    spreads = _deviations(deviations).drop(columns="teachers")
    columns = ["level", "subject", "estimator", "teachers", "slope", "standard_error"]
    found = pick(choose(truth, estimator=list(ESTIMATORS)), [*columns, "correlation", "sd_truth"])
    found = found.rename(columns={"standard_error": "slope_error", "sd_truth": "sd_true"})
    data = found.merge(spreads, on=["level", "subject"], validate="many_to_one")
    joint = data["estimator"] == "va_joint"
    data["sd_effects"] = data["sd_joint"].where(joint, data["sd_printed"])
    data["standard_error"] = data["standard_error"].where(joint)
    data["sd_estimates"] = data["sd_va_joint"].where(joint, data["sd_shrunk"])
    names = ["sd_true", "sd_effects", "standard_error", "sd_estimates", "slope", "slope_error"]
    data = data[["level", "subject", "estimator", *names, "correlation", "teachers"]]
    return data, tabular(
        ["", "Planted SD", "Estimated SD", "SD of estimates", "Slope of truth", "Correlation"],
        _compared(data),
        note,
    )


def _compared(data: pd.DataFrame) -> dict[str, list[list[str]]]:
    parts = {}
    for (level, subject), own in data.groupby(["level", "subject"], sort=False):
        rows = []
        for row in own.itertuples():
            error = in_parentheses(row.standard_error, 3)
            rows.append(
                [
                    ESTIMATORS[row.estimator][0],
                    number(row.sd_true, 3),
                    f"{number(row.sd_effects, 3)} {error}".strip(),
                    number(row.sd_estimates, 3),
                    f"{number(row.slope, 3)} {in_parentheses(row.slope_error, 3)}",
                    number(row.correlation, 3),
                ]
            )
        parts[f"{LEVELS[level]}: {SUBJECTS[subject].lower()}"] = rows
    return parts


def table_measures(pay: pd.DataFrame, *, note: str) -> Drawn:
    """Pay for quality after Act 10 by measure of value added.

    Data: measure (truth, va_printed, va_joint), column (of table 4), share (true SDs a SD of the
    measure), estimate, standard_error [$ a SD of the measure], planted [$ a true SD], n.
    """
    columns = ["measure", "column", "share", "estimate", "standard_error", "planted", "n"]
    labels = {"truth": "Planted value added", **{name: one[0] for name, one in ESTIMATORS.items()}}
    data = pick(choose(pay, measure=list(labels)), columns)
    found = data.set_index(["measure", "column"])
    keys = sorted(data["column"].unique())
    planted = [number(found.loc[("truth", key), "planted"], 1) for key in keys]
    rows = [["Planted delta", "", *planted]]
    for name, label in labels.items():
        own = found.loc[name]
        rows.append(
            [
                label,
                number(own.loc[keys[-1], "share"], 3),
                *(
                    f"{number(own.loc[key, 'estimate'], 1)} "
                    f"{in_parentheses(own.loc[key, 'standard_error'], 1)}"
                    for key in keys
                ),
            ]
        )
    return data, tabular(["", "True SDs", "IS", "SS", "IS less SS"], {"": rows}, note)


@house_style
def figure_a11(bins: pd.DataFrame, city: pd.DataFrame, *, note: str) -> Drawn:
    """Student-level against aggregate value added in a city with class links.

    Data: aggregate (va_printed, va_joint), bin, mean_aggregate, mean_student, teachers, slope,
    slope_error.
    """
    points = ["aggregate", "bin", "mean_aggregate", "mean_student", "teachers"]
    rows = pick(choose(bins, aggregate=list(ESTIMATORS)), points)
    fits = pick(choose(city, aggregate=list(ESTIMATORS)), ["aggregate", "slope", "error"])
    data = rows.merge(fits.rename(columns={"error": "slope_error"}), on="aggregate")
    return data, draw_bins(data, note)


def draw_bins(data: pd.DataFrame, note: str) -> Figure:
    """A panel an estimator: bins, the fitted slope, and the 45 degree line."""
    figure, [row] = panels(height=3.3, sharex=True, sharey=True)
    for axes, (name, (label, look)) in zip(row, ESTIMATORS.items(), strict=True):
        own = data[data["aggregate"] == name].sort_values("mean_aggregate")
        x, y = own["mean_aggregate"], own["mean_student"]
        axes.plot(x, y, **look.marker_style(4.0))
        slope, error = own[["slope", "slope_error"]].iloc[0]
        ends = pd.Series([x.min(), x.max()])
        fitted = y.mean() + slope * (ends - x.mean())
        axes.plot(ends, fitted, color=BLACK.colour, linewidth=1.1, label="Fit")
        axes.plot(
            ends,
            ends,
            color=REFERENCE,
            linestyle=(0, (2, 1.5)),
            linewidth=0.9,
            zorder=0,
            label="45 degrees",
        )
        axes.set_title(f"{label}: slope {slope:.2f} ({error:.2f})", loc="left", fontsize=8.0)
        axes.set_xlabel("From grade means, student SD")
    row[0].set_ylabel("From students, student SD")
    legend_below(figure, row[0], columns=2)
    stamp(figure, note)
    return figure


MEASURES = {
    "va_student": ("From students", BLACK),
    "va_printed": ("From grade means, printed", ORANGE),
    "va_joint": ("From grade means, joint", Look("#0072B2", (0, (1, 1)), "s")),
}


@house_style
def figure_a12(histogram: pd.DataFrame, *, note: str) -> Drawn:
    """Distributions of the three measures; data: measure, left, right [student SD], share."""
    columns = ["measure", "left", "right", "teachers", "share"]
    data = pick(choose(histogram, measure=list(MEASURES)), columns)
    return data, draw_histogram(data, note)


def draw_histogram(data: pd.DataFrame, note: str) -> Figure:
    """An outline a measure."""
    figure, [[axes]] = panels(columns=1, height=3.4, width=4.6)
    for name, (label, look) in MEASURES.items():
        own = data[data["measure"] == name].sort_values("left")
        edges = [*own["left"], own["right"].iloc[-1]]
        axes.stairs(
            own["share"], edges, color=look.colour, linestyle=look.line, linewidth=1.4, label=label
        )
    axes.set_xlabel("Value added, student SD")
    axes.set_ylabel("Share of teachers")
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    legend_below(figure, axes, columns=2)
    stamp(figure, note)
    return figure
