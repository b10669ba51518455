"""Table A.2 and figure A.1: classes of all schools under three plans."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from welfare_added.exhibits.ellison_2020.labels import STRATA, THREE
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn
from welfare_added.exhibits.style import FOOT, house_style, panels, stamp

STATISTICS = {"sd": 1, "minority": 2, "frpl": 2}  # decimals
# The benchmark at all schools uses the bonuses averaged over the schools of table A.6.
AVERAGED = {"score": "score", "tiers": "tiers", "benchmark_average": "benchmark"}


def table_a2(classes: pd.DataFrame, *, note: str) -> Drawn:
    """SD, minority and free-lunch shares of every school under three plans.

    Returns
    -------
    DataFrame
        school, sd_score, sd_tiers, sd_benchmark [points], minority_*, frpl_* [share].

    """
    rows = classes[classes["plan"].isin(AVERAGED)].assign(plan=lambda t: t["plan"].map(AVERAGED))
    wide = rows.pivot_table(index="school", columns="plan", values=list(STATISTICS), dropna=False)
    data = pd.DataFrame(
        {f"{name}_{plan}": wide[name, plan] for name in STATISTICS for plan in THREE}
    ).reset_index()
    heads = ["", *(f"{name.upper()}: {plan}" for name in STATISTICS for plan in THREE.values())]
    cells = [
        [str(row["school"])]
        + [number(row[f"{n}_{p}"], d) for n, d in STATISTICS.items() for p in THREE]
        for row in data.to_dict("records")
    ]
    return data, tabular(heads, {"": cells}, note)


@house_style
def figure_a1(histograms: pd.DataFrame, *, note: str) -> Drawn:
    """Scores of the admitted at the other schools, by plan and stratum."""
    return histograms, draw_histograms(histograms, note)


def draw_histograms(histograms: pd.DataFrame, note: str) -> Figure:
    """One row a school, one column a plan, stacked bars of one point of the score."""
    schools = sorted(histograms["school"].unique())
    figure, grid = panels(
        columns=len(THREE), rows=len(schools), height=1.05 * len(schools) + 0.8, sharex=True
    )
    for school, row in zip(schools, grid, strict=True):
        here = histograms[histograms["school"] == school]
        most = here.groupby(["plan", "score"])["students"].sum().max() or 1
        for plan, axes in zip(THREE, row, strict=True):
            stack(axes, here[here["plan"] == plan], "score")
            axes.set_ylim(0, 1.05 * most)
        row[0].set_ylabel(school)
    for axes, title in zip(grid[0], THREE.values(), strict=True):
        axes.set_title(title)
    for axes in grid[-1]:
        axes.set_xlabel("Composite score")
    strata_legend(figure)
    stamp(figure, note)
    return figure


def stack(axes: Axes, table: pd.DataFrame, across: str, filled: float = 1.0) -> None:
    """Stacked bars of students by stratum, in the order of the legend from below.

    across: column of the bars' places, whole numbers; column width, if there is one: how many of
    these a bar stands for. filled: share of its place that a bar fills. Withheld cells are empty.
    """
    places = np.sort(table[across].unique())
    width = table["width"].iloc[0] if "width" in table and len(table) else 1
    below = np.zeros(len(places))
    for (minority, frpl), (_, colour, hatch) in STRATA.items():
        part = table[(table["minority"] == minority) & (table["frpl"] == frpl)]
        height = part.groupby(across)["students"].sum().reindex(places, fill_value=0).to_numpy()
        axes.bar(
            places + (width - 1) / 2,
            height,
            width=filled * width,
            bottom=below,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.2,
        )
        below = below + height


def strata_legend(figure: Figure) -> None:
    """Legend of the four strata under the panels."""
    patches = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="white", label=label)
        for label, colour, hatch in STRATA.values()
    ]
    figure.legend(
        handles=patches, loc="outside lower center", ncols=len(patches), borderaxespad=FOOT * 9.6
    )
