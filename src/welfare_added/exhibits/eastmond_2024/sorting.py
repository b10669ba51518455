"""Figures 3 and A.2: sorting of teachers to classes before any reallocation."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import (
    LOOKS,
    REFERENCE,
    SUBJECTS,
    house_style,
    legend_below,
    panels,
    stamp,
)

ADVANTAGES = {
    "absolute": ("Absolute advantage", "mean of both groups"),
    "comparative": ("Comparative advantage", "lower- less higher-scoring"),
}
SLOPE_RUN = {"share_lower": 1.0, "class_size": 25.0}
COLUMNS = ["subject", "advantage", "bin", "x", "y", "classes", "slope", "slope_error"]


def figure_03(bins: pd.DataFrame, *, note: str) -> Drawn:
    """Teachers' value added by the share of lower-scoring students in their class."""
    return _over(bins, "share_lower", note)


def figure_a2(bins: pd.DataFrame, *, note: str) -> Drawn:
    """Teachers' value added by class size."""
    return _over(bins, "class_size", note)


def _over(bins: pd.DataFrame, against: str, note: str) -> Drawn:
    data = sorting_data(bins, against)
    return data, draw_sorting(data, against, note)


def sorting_data(bins: pd.DataFrame, against: str) -> pd.DataFrame:
    """Select figure 3 (``against="share_lower"``) or A.2 (``"class_size"``).

    Returns
    -------
    DataFrame
        Columns subject, advantage, bin, x, y [teacher SD], classes, slope [teacher SD a
        unit share, or for 25 students], slope_error (clustered by teacher), intercept of the line
        through the mean class.

    """
    rows = choose(bins, against=against, subject=list(SUBJECTS), advantage=list(ADVANTAGES))
    rows = pick(rows, COLUMNS).dropna(subset=["x"]).sort_values(["subject", "advantage", "bin"])
    return pd.concat(
        [
            part.assign(intercept=_intercept(part, SLOPE_RUN[against]))
            for _, part in rows.groupby(["subject", "advantage"], sort=True)
        ],
        ignore_index=True,
    )


def _intercept(part: pd.DataFrame, run: float) -> float:
    """Intercept of the line with the table's slope through the mean class."""
    weight = part["classes"] / part["classes"].sum()
    return float((weight * (part["y"] - part["slope"] / run * part["x"])).sum())


@house_style
def draw_sorting(data: pd.DataFrame, against: str, note: str) -> Figure:
    """Draw figure 3 or A.2: absolute advantage on the left, comparative on the right.

    Parameters
    ----------
    data
        From :func:`sorting_data`.
    against
        Horizontal variable: share_lower or class_size.
    note
        Small print under the figure; may be empty.

    """
    figure, [axes] = panels(height=3.2, sharey=True)
    for panel, (advantage, (title, measure)) in zip(axes, ADVANTAGES.items(), strict=True):
        panel.axhline(0, color=REFERENCE, linewidth=0.6)
        rows = data[data["advantage"] == advantage]
        for subject, name in SUBJECTS.items():
            _bins(panel, rows[rows["subject"] == subject], subject, name, SLOPE_RUN[against])
        panel.set_title(f"{title}:\n{measure}", loc="left")
        _across(panel, against)
    axes[0].set_ylabel("Value added (teacher SD)")
    legend_below(figure, axes[0], columns=2)
    _slopes(axes, data)
    stamp(figure, note)
    return figure


def _bins(panel: Axes, rows: pd.DataFrame, subject: str, label: str, run: float) -> None:
    look = LOOKS[subject]
    ends = rows["x"].iloc[[0, -1]]
    fit = rows["intercept"].iloc[0] + rows["slope"].iloc[0] / run * ends
    panel.plot(ends, fit, linewidth=1.0, **look.line_style())
    panel.plot(rows["x"], rows["y"], label=label, **look.marker_style())


def _slopes(axes: list[Axes], data: pd.DataFrame) -> None:
    lines = data.groupby(["advantage", "subject"])[["slope", "slope_error"]].first()
    for panel, advantage in zip(axes, ADVANTAGES, strict=True):
        text = "\n".join(
            f"{label}: $\\beta$ = {_estimate(*lines.loc[(advantage, subject)])}"
            for subject, label in SUBJECTS.items()
        )
        panel.text(0.97, 0.97, text, transform=panel.transAxes, ha="right", va="top")
    low, high = axes[0].get_ylim()
    axes[0].set_ylim(low, high + 0.2 * (high - low))


def _estimate(slope: float, error: float) -> str:
    """A slope and in brackets its standard error, if it has one."""
    known = f" ({error:.2f})" if error == error else ""
    return f"{slope:.2f}{known}".replace("-", "\N{MINUS SIGN}")


def _across(panel: Axes, against: str) -> None:
    if against == "share_lower":
        panel.set_xlabel("Share of the class that is lower-scoring")
        panel.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    else:
        panel.set_xlabel("Class size (students)")
