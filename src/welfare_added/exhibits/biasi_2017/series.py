"""Lines over years and marks with whiskers, as most figures of the paper are drawn."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from welfare_added.exhibits.biasi_2017.labels import REFORM
from welfare_added.exhibits.style import REFERENCE, Look

SIZE = 4.5
HEADROOM = 1.05  # so that the highest mark is drawn whole
Series = Mapping[str, tuple[str, Look]]


def lines(axes: Axes, data: pd.DataFrame, series: tuple[str, Series], x: str, y: str) -> None:
    """A line with marks a series; series: column, and label and look by value."""
    column, looks = series
    for value, (label, look) in looks.items():
        own = data[data[column] == value].sort_values(x)
        style = {**look.marker_style(SIZE), **look.line_style()}
        axes.plot(own[x], own[y], label=label, **style)


def whiskers(
    axes: Axes, data: pd.DataFrame, series: tuple[str, Series], x: str, y: str, step: float = 0.0
) -> None:
    """Marks with their intervals (columns low, high), series ``step`` apart so that none hides."""
    column, looks = series
    shifts = step * (np.arange(len(looks)) - (len(looks) - 1) / 2)
    for shift, (value, (label, look)) in zip(shifts, looks.items(), strict=True):
        own = data[data[column] == value].sort_values(x)
        error = np.array([own[y] - own["low"], own["high"] - own[y]])
        axes.errorbar(
            own[x] + shift,
            own[y],
            yerr=np.clip(error, 0, None),
            ecolor=look.colour,
            elinewidth=1.0,
            label=label,
            **look.marker_style(SIZE),
        )


def band(axes: Axes, rows: pd.DataFrame, x: str, ends: tuple[str, str], look: Look) -> None:
    """Area between two columns, pale enough for lines to be seen on it."""
    rows = rows.sort_values(x)
    axes.fill_between(
        rows[x], rows[ends[0]], rows[ends[1]], color=look.colour, alpha=0.15, linewidth=0
    )


def over_years(axes: Axes, years: pd.Series) -> None:
    """Whole years below, of withheld numbers too, and a dotted line where Act 10 begins."""
    _reach(axes, np.unique(years))
    _reform(axes, np.unique(years), 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))


def over_periods(axes: Axes, data: pd.DataFrame) -> None:
    """Periods of two years below, with the years of data in each, and a line where Act 10 begins.

    data: period (its first year) and years, as "2008-09" or "2014".
    """
    names = data.drop_duplicates("period").set_index("period")["years"].astype(str).sort_index()
    _reach(axes, names.index)
    _reform(axes, names.index, 1.0)
    axes.set_xticks(names.index, names)


def in_percent(axes: Axes) -> None:
    """Shares from 0 on, in percent with as many decimals as each mark needs."""
    highest = axes.dataLim.y1
    axes.set_ylim(0, HEADROOM * highest if highest > 0 else None)
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.4g}%")


def _reach(axes: Axes, at: np.ndarray) -> None:
    """Let the horizontal axis reach all of ``at``, where nothing is drawn too."""
    axes.update_datalim([(one, 0) for one in at], updatey=False)
    axes.autoscale_view(scaley=False)


def _reform(axes: Axes, at: np.ndarray, before: float) -> None:
    if at[0] < REFORM <= at[-1]:
        dotted = {"color": REFERENCE, "linewidth": 0.9, "linestyle": (0, (1, 1.5)), "zorder": 0}
        axes.axvline(REFORM - before, **dotted)


def zero(axes: Axes) -> None:
    """The horizontal line at 0."""
    axes.axhline(0, color=REFERENCE, linewidth=0.7, zorder=0)
