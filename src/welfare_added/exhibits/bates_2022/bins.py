"""Binned scatters and lines, as most figures of the paper are drawn."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from welfare_added.exhibits.style import (
    REFERENCE,
    Look,
    legend_below,
    panels,
    single_panel,
    stamp,
)

BLUE = Look("#0072B2", "-", "o")
ORANGE = Look("#E69F00", (0, (5, 1.5)), "^")
BLACK = Look("#000000", "-", "s", filled=False)
SMALL = 4.5
FEW = 5  # ticks across a panel of half the page, whose labels stay apart


def scatter(axes: Axes, rows: pd.DataFrame, x: str, y: str, look: Look, label: str = "") -> None:
    """Marks of bins in the order of ``x``."""
    rows = rows.sort_values(x)
    axes.plot(rows[x], rows[y], label=label or None, **look.marker_style(SMALL))


def line(axes: Axes, rows: pd.DataFrame, x: str, y: str, look: Look, label: str = "") -> None:
    """A line through points in the order of ``x``, each marked."""
    rows = rows.sort_values(x)
    style = {**look.marker_style(SMALL - 1), **look.line_style()}
    axes.plot(rows[x], rows[y], label=label or None, **style)


def diagonal(axes: Axes) -> None:
    """The 45 degree line over what is drawn."""
    low = min(axes.get_xlim()[0], axes.get_ylim()[0])
    high = max(axes.get_xlim()[1], axes.get_ylim()[1])
    axes.plot([low, high], [low, high], color=REFERENCE, linewidth=0.8, zorder=0)


def zero(axes: Axes) -> None:
    """The horizontal line at 0."""
    axes.axhline(0, color=REFERENCE, linewidth=0.7, zorder=0)


def one_scatter(
    rows: pd.DataFrame, x: tuple[str, str], y: tuple[str, str], note: str, *, equal: bool = False
) -> Figure:
    """A figure of one panel of bins; ``x`` and ``y`` are column and label.

    equal: with the 45 degree line, both axes in one unit.
    """
    figure, axes = single_panel()
    scatter(axes, rows, x[0], y[0], BLUE)
    if equal:
        diagonal(axes)
    axes.set_xlabel(x[1])
    axes.set_ylabel(y[1])
    stamp(figure, note)
    return figure


def one_line(rows: pd.DataFrame, x: tuple[str, str], y: tuple[str, str], note: str) -> Figure:
    """A figure of one line with marks; ``x`` and ``y`` are column and label."""
    figure, axes = single_panel()
    line(axes, rows, x[0], y[0], BLUE)
    axes.set_xlabel(x[1])
    axes.set_ylabel(y[1])
    stamp(figure, note)
    return figure


def by_panel(
    rows: pd.DataFrame,
    titles: Mapping[str, tuple[str, str, str]],
    series: tuple[str, Mapping[str, tuple[str, Look]]] | None,
    columns: tuple[str, str],
    note: str,
    *,
    height: float = 3.1,
) -> Figure:
    """Panels of bins side by side, one series or several.

    Parameters
    ----------
    rows
        With a column ``panel``.
    titles
        Title, x label and y label by panel.
    series
        Column of the series, and label and look by its value; None for one series.
    columns
        Of x and of y.

    """
    wide = min(len(titles), 2)
    deep = -(-len(titles) // wide)
    figure, grid = panels(columns=wide, rows=deep, height=height * deep if deep > 1 else height)
    flat = [axes for row in grid for axes in row]
    for axes, (panel, (title, across, up)) in zip(flat, titles.items(), strict=True):
        own = rows[rows["panel"] == panel]
        if series is None:
            scatter(axes, own, *columns, BLUE)
        else:
            name, looks = series
            for value, (label, look) in looks.items():
                scatter(axes, own[own[name] == value], *columns, look, label)
        axes.xaxis.set_major_locator(MaxNLocator(FEW))
        axes.set_title(title, loc="left")
        axes.set_xlabel(across)
        axes.set_ylabel(up)
    if series is not None:
        legend_below(figure, flat[0], columns=len(series[1]))
    stamp(figure, note)
    return figure
