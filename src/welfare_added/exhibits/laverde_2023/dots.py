"""Marks with whiskers, series beside each other so that none hides another."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from welfare_added.exhibits.style import REFERENCE, Look

Series = Mapping[str, tuple[str, Look]]
SIZE = 5.0
WHISKERS = 2  # standard deviations on either side


def across(
    axes: Axes,
    data: pd.DataFrame,
    rows: tuple[str, Mapping[str, str]],
    series: tuple[str, Series],
    step: float = 0.2,
) -> None:
    """A row a category, a mark with whiskers for each series; 0 is drawn.

    data: gain, sd, and the two columns; rows: column and label by value, from the top; series:
    column, and label and look by value.
    """
    column, labels = rows
    for shift, look, label, own in _series(data, column, list(labels), series, step):
        style = look.marker_style(SIZE)
        at = np.arange(len(labels)) + shift
        _whiskers(axes, own["gain"], at, {"xerr": WHISKERS * own["sd"]}, look, label, style)
    axes.axvline(0, color=REFERENCE, linewidth=0.7, zorder=0)
    axes.set_yticks(range(len(labels)), list(labels.values()))
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def upright(
    axes: Axes,
    data: pd.DataFrame,
    columns: tuple[str, Mapping[str, str]],
    series: tuple[str, Series],
    step: float = 0.15,
) -> None:
    """The same with a column a category."""
    column, labels = columns
    for shift, look, label, own in _series(data, column, list(labels), series, step):
        style = look.marker_style(SIZE)
        at = np.arange(len(labels)) + shift
        _whiskers(axes, at, own["gain"], {"yerr": WHISKERS * own["sd"]}, look, label, style)
    axes.axhline(0, color=REFERENCE, linewidth=0.7, zorder=0)
    axes.set_xticks(range(len(labels)), list(labels.values()))
    axes.set_xlim(-0.5, len(labels) - 0.5)
    axes.tick_params(axis="x", length=0)


def _series(
    data: pd.DataFrame, column: str, values: Sequence[str], series: tuple[str, Series], step: float
):
    """Shift, look, label and rows in the order of ``values`` of each series."""
    name, looks = series
    shifts = step * (np.arange(len(looks)) - (len(looks) - 1) / 2)
    for shift, (value, (label, look)) in zip(shifts, looks.items(), strict=True):
        own = data[data[name] == value].set_index(column).reindex(values)
        yield shift, look, label, own


def _whiskers(axes: Axes, x, y, error: dict, look: Look, label: str, style: dict) -> None:
    axes.errorbar(x, y, **error, ecolor=look.colour, elinewidth=1.0, label=label, **style)
