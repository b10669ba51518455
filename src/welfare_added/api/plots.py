"""Figures of estimates of value added, in the style of the papers' exhibits."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from welfare_added.exhibits.style import (
    LOOKS,
    REFERENCE,
    Look,
    house_style,
    legend_below,
    panels,
)

if TYPE_CHECKING:
    from welfare_added.api.result import ValueAddedResult

EVERYONE = Look("#000000", "-", "o")
OF_GROUPS = [LOOKS[name] for name in ("lower", "higher", "math", "district", "standard")]
MOST_PANELS = 4  # across
BINS = 20


@house_style
def drift(result: "ValueAddedResult") -> Figure:
    """Covariances of mean residuals by lag, each over that at the first lag."""
    lags = result.autocovariances
    first = lags.groupby(result.labels, observed=True)["covariance"].transform("first")
    lags = lags.assign(share=lags["covariance"] / first)
    figure, axes = _panels(result, lags)
    for panel, lines in axes:
        for label, look, rows in lines:
            panel.plot(
                rows["lag"], rows["share"], marker=look.marker, label=label, **look.line_style()
            )
        panel.axhline(0, color=REFERENCE, linewidth=0.7)
        panel.set_xlabel("Years apart")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes[0][0].set_ylabel("Covariance of mean residuals\n(one year apart: 1)")
    _legend(figure, axes)
    return figure


@house_style
def shrinkage(result: "ValueAddedResult") -> Figure:
    """Mean shrinkage by number of years used, with the middle 80% of teacher-years."""
    table = result.estimates.dropna(subset=["va"])
    figure, axes = _panels(result, table)
    for panel, lines in axes:
        for order, (label, look, rows) in enumerate(lines):
            by_years = rows.groupby("years_used")["shrinkage"]
            low, middle, high = (by_years.quantile(share) for share in (0.1, 0.5, 0.9))
            at = middle.index.to_numpy() + 0.12 * (order - (len(lines) - 1) / 2)
            panel.vlines(at, low, high, color=look.colour, linewidth=1.1)
            panel.plot(at, middle, label=label, **look.marker_style())
        panel.set_xlabel("Years that the estimate uses")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    low, high = axes[0][0].get_ylim()  # shared by all panels
    axes[0][0].set_ylim(min(0.0, low), max(1.0, high))
    axes[0][0].set_ylabel("Shrinkage\n(median, middle 80%)")
    _legend(figure, axes)
    return figure


@house_style
def forecast(result: "ValueAddedResult") -> Figure:
    """Mean residuals by estimate in bins, the fitted line, and the line of slope one."""
    points, slopes = result.forecast_points(), result.forecast()
    figure, axes = _panels(result, points, slopes)
    for panel, lines in axes:
        ends = np.array([np.inf, -np.inf])
        for label, look, rows in lines:
            binned = _bins(rows)
            panel.plot(binned["va"], binned["mean_residual"], label=label, **look.marker_style())
            ends = np.array([min(ends[0], binned["va"].min()), max(ends[1], binned["va"].max())])
        panel.plot(ends, ends, color=REFERENCE, linewidth=0.8, label="Slope one")
        panel.legend(loc="upper left", handlelength=1.2)
        panel.set_xlabel("Estimate from other years")
    axes[0][0].set_ylabel("Mean residual of classes")
    return figure


def _bins(points: pd.DataFrame) -> pd.DataFrame:
    """Student-weighted means in bins of equal numbers of classes, by estimate."""
    ordered = points.sort_values("va", kind="stable")
    number = np.arange(len(ordered)) * min(BINS, len(ordered)) // len(ordered)
    weights = ordered["students"]
    sums = ordered[["va", "mean_residual"]].mul(weights, axis=0).groupby(number).sum()
    return sums.div(weights.groupby(number).sum(), axis=0)


Lines = list[tuple[str, Look, pd.DataFrame]]


def _legend(figure: Figure, axes: list[tuple[Axes, Lines]]) -> None:
    """Name the groups below the panels, if there are several."""
    panel, lines = max(axes, key=lambda one: len(one[1]))
    if len(lines) > 1:
        legend_below(figure, panel, columns=len(lines))


def _panels(
    result: "ValueAddedResult", table: pd.DataFrame, slopes: pd.DataFrame | None = None
) -> tuple[Figure, list[tuple[Axes, Lines]]]:
    """A panel for each outcome and subsample; in each, the rows and look of every group."""
    parts = list(_parts(result, table, slopes))
    columns = min(len(parts), MOST_PANELS)
    rows = -(-len(parts) // columns)
    width = {1: 4.6}.get(columns, 6.5)
    figure, grid = panels(columns, rows, height=0.4 + 2.6 * rows, width=width, sharey=True)
    axes = [panel for row in grid for panel in row]
    for panel in axes[len(parts) :]:
        panel.set_axis_off()
    filled = []
    for panel, (title, lines) in zip(axes, parts, strict=False):
        panel.set_title(title, loc="left")
        filled.append((panel, lines))
    return figure, filled


def _parts(
    result: "ValueAddedResult", table: pd.DataFrame, slopes: pd.DataFrame | None
) -> Iterator[tuple[str, Lines]]:
    for label, part in table.groupby(result.labels[:-1], sort=False, observed=True):
        lines = []
        for order, (group, rows) in enumerate(part.groupby("group", sort=False)):
            look = EVERYONE if group == "all" else OF_GROUPS[(order - 1) % len(OF_GROUPS)]
            name = "All students" if group == "all" else str(group)
            if slopes is not None:
                same = (slopes[result.labels] == [*label, group]).all(axis=1)
                slope, error = slopes.loc[same, ["slope", "standard_error"]].iloc[0]
                name = f"{name}: slope {slope:.2f} ({error:.2f})"
            lines.append((name, look, rows))
        yield ", ".join(str(value) for value in label), lines


@house_style
def frontier_line(points: pd.DataFrame) -> Figure:
    """The sums of both objectives at every assignment of a frontier."""
    figure, [[panel]] = panels(1, height=3.5, width=4.6)
    look = LOOKS["district"]
    panel.plot(
        points["lower"], points["higher"], marker=look.marker, **look.line_style(), markersize=3
    )
    panel.set_xlabel("First objective (lower)")
    panel.set_ylabel("Second objective (higher)")
    return figure
