"""Our own exhibit: calibration targets of the synthetic district, and what it achieves."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from welfare_added.exhibits.output import Drawn, pick
from welfare_added.exhibits.style import LOOKS, REFERENCE, SUBJECTS, house_style, page, stamp

TOLERANCE = 0.03
WIDEST = 0.15
DISTRIBUTIONS = {
    "class_size.bins.": "Class size by bin (students)",
    "share_of_class_lower_scoring.ela.bins.": "Share lower-scoring by bin, ELA",
    "share_of_class_lower_scoring.math.bins.": "Share lower-scoring by bin, Math",
    "teacher_panel.years_observed_per_teacher.": "Teachers by years observed (share)",
}
WORDS = {
    "value_added.": "",
    "class_size.": "class size ",
    "status_quo_sorting.": "",
    "counts.": "",
    "baseline_gaps.": "gap, ",
    "long_term_outcomes.": "",
    "teacher_panel.": "",
    "share_of_teachers_with_same_sign_of_comparative_advantage_in_all_years": (
        "same sign of comparative advantage always"
    ),
    "mean_abs_comparative_advantage_over_sd_of_standard_va": "mean |advantage| over SD of standard",
    "mean_abs_comparative_advantage": "mean |comparative advantage|",
    "teacher_years_with_leave_year_out_va": "teacher-years with an estimate",
    "white_and_asian_minus_black_and_hispanic": "white, Asian less Black, Hispanic",
    "share_in_same_school_if_still_teaching": "same school if still teaching",
    "cross_subject_cross_group_correlation": "cross-subject, cross-group correlation",
    "share_of_class_lower_scoring.": "share lower-scoring, ",
}


def figure_calibration(calibration: pd.DataFrame, *, note: str) -> Drawn:
    """Calibration targets of the synthetic district, and what it achieves."""
    data = calibration_data(calibration)
    return data, draw_calibration(data, note)


def calibration_data(calibration: pd.DataFrame) -> pd.DataFrame:
    """Divide the lines of the calibration into scalars and distributions.

    Returns
    -------
    DataFrame
        Columns panel (scalars, or the start of a distribution's quantities), quantity, target,
        achieved, ratio, mean, sd (over further districts); in the order of the calibration file.

    """
    columns = ["quantity", "target", "achieved", "ratio", "mean", "sd"]
    rows = pick(calibration, columns).copy()
    panel = pd.Series("scalars", index=rows.index)
    for start in DISTRIBUTIONS:
        tail = rows["quantity"].str.removeprefix(start)
        panel[rows["quantity"].str.startswith(start) & tail.str.fullmatch(r"\d+")] = start
    rows.insert(0, "panel", panel)
    return rows


@house_style
def draw_calibration(data: pd.DataFrame, note: str) -> Figure:
    """Draw the calibration exhibit from :func:`calibration_data`."""
    figure = page(height=8.2)
    grid = figure.add_gridspec(len(DISTRIBUTIONS), 2, width_ratios=[1, 1.1])
    _scalars(figure.add_subplot(grid[:, 0]), data[data["panel"] == "scalars"])
    for row, (start, label) in enumerate(DISTRIBUTIONS.items()):
        panel = figure.add_subplot(grid[row, 1])
        _distribution(panel, data[data["panel"] == start], label)
        if row == 0:
            panel.legend(loc="upper left", fontsize=6.5)
    stamp(figure, note)
    return figure


def _scalars(panel: Axes, rows: pd.DataFrame) -> None:
    height = range(len(rows))
    off = rows["ratio"] - 1
    inside = off.abs() <= WIDEST
    panel.axvspan(-TOLERANCE, TOLERANCE, color="#E4E4E4", linewidth=0, label="within 3%")
    panel.axvline(0, color=REFERENCE, linewidth=0.7)
    ends = [(rows["mean"] + side * rows["sd"]) / rows["target"] - 1 for side in (-1, 1)]
    ends = [end.clip(-WIDEST, WIDEST) for end in ends]
    panel.hlines(height, *ends, color=REFERENCE, linewidth=2.2, alpha=0.5)
    panel.plot(
        off.clip(-WIDEST, WIDEST)[inside],
        [at for at, kept in zip(height, inside, strict=True) if kept],
        **LOOKS["district"].marker_style(),
    )
    for at, value in zip(height, off, strict=True):
        if abs(value) > WIDEST:
            side = 1 if value > 0 else -1
            panel.plot(
                side * WIDEST, at, marker=">" if side > 0 else "<", color="#D55E00", markersize=5
            )
            panel.annotate(
                f"{value:+.0%}",
                (side * WIDEST, at),
                xytext=(-6 * side, 0),
                textcoords="offset points",
                ha="right" if side > 0 else "left",
                va="center",
                fontsize=6.5,
            )
    panel.set_yticks(list(height), [_words(name) for name in rows["quantity"]], fontsize=6.2)
    panel.set_ylim(len(rows) - 0.4, -0.6)
    panel.set_xlim(-WIDEST * 1.08, WIDEST * 1.08)
    panel.xaxis.set_major_formatter(lambda value, _: f"{value:+.0%}" if value else "0")
    panel.tick_params(axis="y", length=0)
    panel.grid(axis="y", color="#EFEFEF", linewidth=0.5)
    panel.set_axisbelow(True)
    panel.set_xlabel("Achieved over target, less one\n(grey: the 3% aimed at)")


def _distribution(panel: Axes, rows: pd.DataFrame, label: str) -> None:
    number = rows["quantity"].str.rsplit(".", n=1).str[-1].astype(int)
    panel.plot(number, rows["target"], color="black", linewidth=1.0, label="Target")
    ends = (rows["mean"] + side * rows["sd"] for side in (-1, 1))
    panel.vlines(number, *ends, color=REFERENCE, linewidth=2.2, alpha=0.5, label="Mean and SD")
    panel.plot(number, rows["achieved"], label="Achieved", **LOOKS["district"].marker_style(3.2))
    panel.set_title(label, loc="left", fontsize=7, fontweight="normal")
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))


def _words(quantity: str) -> str:
    """Turn a dotted path into a short row label."""
    for long, short in WORDS.items():
        quantity = quantity.replace(long, short)
    spelled = quantity.replace("_", " ").replace(".", ", ")
    for subject, name in SUBJECTS.items():
        spelled = spelled.replace(f"{subject} lower", f"{name} lower")
        spelled = spelled.replace(f"{subject} higher", f"{name} higher")
        spelled = spelled.replace(f", {subject}", f", {name}").replace(f"{subject},", f"{name},")
    return spelled
