"""Figure A.2 and its map: who is displaced by the tier plan, by where she lives."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure

from welfare_added.exhibits.ellison_2020.schools import stack, strata_legend
from welfare_added.exhibits.output import Drawn
from welfare_added.exhibits.style import house_style, page, panels, stamp

CHARACTERISTICS = {
    "ses_score": "SES score",
    "income": "Median family income",
    "isat": "Local school's ISAT",
}
GROUPS = {0: "Not displaced", 1: "Displaced"}
ASPECT = 1.34  # of a degree of latitude over one of longitude at Chicago


@house_style
def figure_a2(displaced: pd.DataFrame, *, note: str) -> Drawn:
    """Displaced and other students by decile of their tract; data as of `displaced_by_decile`."""
    return displaced, draw_deciles(displaced, note)


def draw_deciles(displaced: pd.DataFrame, note: str) -> Figure:
    """One column a characteristic, one row a group, bars stacked by stratum."""
    figure, grid = panels(
        columns=len(CHARACTERISTICS), rows=len(GROUPS), height=4.2, sharex=True, sharey="row"
    )
    for (number, group), row in zip(GROUPS.items(), grid, strict=True):
        for (name, title), axes in zip(CHARACTERISTICS.items(), row, strict=True):
            chosen = (displaced["characteristic"] == name) & (displaced["displaced"] == number)
            stack(axes, displaced[chosen], "decile", filled=0.9)
            axes.set_xticks([1, 5, 10])
            axes.set_xlim(0.4, 10.6)
            if number == 0:
                axes.set_title(title)
            else:
                axes.set_xlabel("Decile of tract")
        row[0].set_ylabel(f"{group}, students")
        if not displaced.loc[displaced["displaced"] == number, "students"].sum():
            row[0].set_ylim(0, 1)
    strata_legend(figure)
    stamp(figure, note)
    return figure


@house_style
def figure_displaced_map(by_tract: pd.DataFrame, shapes: pd.DataFrame, *, note: str) -> Drawn:
    """Seats that each tract loses or gains by the tier plan, on a map.

    by_tract: as of `displaced_by_tract`. shapes: tract, ring, longitude, latitude.
    """
    data = by_tract.assign(gained=by_tract["newly_admitted"] - by_tract["displaced"])
    return data, draw_map(data, shapes, note)


def draw_map(data: pd.DataFrame, shapes: pd.DataFrame, note: str) -> Figure:
    """Tracts coloured by students gained, a colour a number; pale where none is gained or lost."""
    figure = page(width=4.6, height=5.6)
    axes = figure.subplots()
    gained = data.set_index("tract")["gained"]
    rings = [rows for _, rows in shapes.groupby(["tract", "ring"], sort=False)]
    values = gained.reindex([rows["tract"].iloc[0] for rows in rings]).fillna(0).to_numpy()
    most = int(max(np.abs(values).max(), 1))
    colours = mpl.colormaps["PuOr"].resampled(2 * most + 1)
    scale = ScalarMappable(BoundaryNorm(np.arange(-most, most + 2) - 0.5, colours.N), colours)
    areas = PolyCollection(
        [rows[["longitude", "latitude"]].to_numpy() for rows in rings],
        facecolors=scale.to_rgba(values),
        edgecolors="#BDBDBD",
        linewidths=0.15,
    )
    axes.add_collection(areas)
    axes.margins(0.01)
    axes.autoscale_view()
    axes.set_aspect(ASPECT)
    axes.set_axis_off()
    # Where Chicago leaves the corner free.
    bar = figure.colorbar(scale, cax=axes.inset_axes((0.02, 0.03, 0.04, 0.3)))
    each = max(1, most // 4)
    bar.set_ticks(each * np.arange(-(most // each), most // each + 1))
    bar.minorticks_off()
    bar.set_label("Students gained (+)\nor lost (\N{MINUS SIGN})")
    stamp(figure, note)
    return figure
