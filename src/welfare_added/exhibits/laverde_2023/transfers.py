"""Figure 1: schools by teachers' experience, and what changes with moves."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from welfare_added.exhibits.laverde_2023.labels import TRAITS
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import LOOKS, house_style, panels, stamp

BLUE, MEAN = LOOKS["district"].colour, "#000000"


@house_style
def figure_01(
    experience: pd.DataFrame, moves: pd.DataFrame, bins: pd.DataFrame, *, note: str
) -> Drawn:
    """Schools' traits by teachers' experience, and their changes with moves.

    Data: panel (experience: mean of a bin with its 95% interval; moves: share of movers between two
    changes; mean: mean change), trait, x, value, low, high.
    """
    levels = pick(
        choose(experience, trait=list(TRAITS)), ["trait", "experience", "mean", "low", "high"]
    )
    levels = levels.rename(columns={"experience": "x", "mean": "value"}).assign(panel="experience")
    changes = pick(choose(bins, trait=list(TRAITS)), ["trait", "low", "high", "share"])
    changes = changes.rename(columns={"share": "value"}).assign(panel="moves")
    means = pick(choose(moves, trait=list(TRAITS)), ["trait", "mean"])
    means = means.rename(columns={"mean": "value"}).assign(panel="mean")
    columns = ["panel", "trait", "x", "value", "low", "high"]
    data = pd.concat([levels, changes, means], ignore_index=True)[columns]
    return data, draw_transitions(data, note)


def draw_transitions(data: pd.DataFrame, note: str) -> Figure:
    """Two rows of panels, a trait a column: by experience above, changes of movers below."""
    figure, [above, below] = panels(columns=len(TRAITS), rows=2, height=4.6, sharey="row")
    for top, bottom, (trait, title) in zip(above, below, TRAITS.items(), strict=True):
        own = data[data["trait"] == trait]
        _by_experience(top, own[own["panel"] == "experience"].sort_values("x"))
        top.set_title(title, loc="left")
        _changes(bottom, own[own["panel"] == "moves"].sort_values("low"))
        bottom.axvline(own.loc[own["panel"] == "mean", "value"].iloc[0], color=MEAN, linewidth=1.2)
    above[0].set_ylabel("Share of the school's students")
    below[0].set_ylabel("Share of movers")
    above[1].set_xlabel("Teacher's experience, years")
    below[1].set_xlabel("Destination less origin, difference of shares")
    stamp(figure, note)
    return figure


def _by_experience(axes: Axes, rows: pd.DataFrame) -> None:
    error = np.array([rows["value"] - rows["low"], rows["high"] - rows["value"]])
    style = LOOKS["district"].marker_style(3.5)
    axes.errorbar(
        rows["x"], rows["value"], yerr=np.clip(error, 0, None), ecolor=BLUE, elinewidth=1.0, **style
    )
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))


def _changes(axes: Axes, rows: pd.DataFrame) -> None:
    axes.bar(
        rows["low"],
        rows["value"],
        width=rows["high"] - rows["low"],
        align="edge",
        color="#BFD9EA",
        edgecolor=BLUE,
        linewidth=0.5,
    )
    axes.xaxis.set_major_locator(MaxNLocator(5))
