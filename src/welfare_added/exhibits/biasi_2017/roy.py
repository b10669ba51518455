"""Figure A3: who moves, leaves and stays by quality in the Roy model."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import house_style, legend_below, panels, stamp

CHOICES = {
    "move": ("Move to B", "#56B4E9", ""),
    "exit": ("Leave", "#E69F00", "////"),
    "stay": ("Stay in A", "#FFFFFF", "...."),
}


@house_style
def figure_a3(roy: pd.DataFrame, *, note: str) -> Drawn:
    """Intervals of quality and what incumbents of district A do.

    Data: case (1, 2), low, high (quality; the lowest is open), choice, share (of incumbents).
    """
    data = pick(choose(roy, choice=list(CHOICES)), ["case", "low", "high", "choice", "share"])
    return data, draw_choices(data, note)


def draw_choices(data: pd.DataFrame, note: str) -> Figure:
    """A panel a case: a bar of quality, divided at the cutoffs."""
    cases = sorted(data["case"].unique())
    figure, grid = panels(columns=1, rows=len(cases), height=1.25 * len(cases) + 1.2, sharex=True)
    ends = data[["low", "high"]].to_numpy(float)
    ends = ends[np.isfinite(ends)]
    reach = ends.max() - ends.min()
    lowest = ends.min() - max(0.5 * reach, 0.2)
    for [axes], case in zip(grid, cases, strict=True):
        for one in data[data["case"] == case].itertuples():
            low = one.low if np.isfinite(one.low) else lowest
            label, colour, hatch = CHOICES[one.choice]
            style = {"color": colour, "hatch": hatch, "edgecolor": "#404040", "linewidth": 0.6}
            axes.barh(0, one.high - low, left=low, height=0.7, label=label, **style)
            axes.annotate(
                f"{one.share:.0%}",
                ((low + one.high) / 2, 0.35),
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                va="bottom",
            )
        axes.set_title(f"Case {case}", loc="left")
        axes.set_yticks([])
        axes.set_ylim(-0.4, 0.75)
        axes.spines["left"].set_visible(False)
    grid[-1][0].set_xlabel("Quality of an incumbent of district A; open to the left")
    legend_below(figure, grid[0][0], columns=3)
    stamp(figure, note)
    return figure
