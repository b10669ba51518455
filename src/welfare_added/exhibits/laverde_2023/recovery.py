"""Ours: posterior means of tables 2 to 4 against the planted truth."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from welfare_added.exhibits.laverde_2023.estimates import printed
from welfare_added.exhibits.laverde_2023.labels import RANKINGS
from welfare_added.exhibits.laverde_2023.parameters import NAMED
from welfare_added.exhibits.output import Drawn, choose
from welfare_added.exhibits.style import Look, house_style, legend_below, page, stamp

BAND = 2.0  # posterior SDs within which a parameter counts as recovered, as in claims.yaml
FARTHEST = 12.0
SHIFT = 0.18
TITLES = {
    "table_02": "Outcomes (table 2)",
    "table_03": "Teachers (table 3)",
    "table_04": "Schools (table 4)",
}
LIKELIHOODS = {
    "full": ("All decisions", Look("#0072B2", "none", "o")),
    "positive": ("Table 4 by the published likelihood", Look("#D55E00", "none", "^")),
}
COLUMNS = ["table", "rankings", "parameter", "truth", "mean", "sd", "few", "prior", "distance"]


@house_style
def figure_recovery(parameters: pd.DataFrame, rankings: pd.DataFrame, *, note: str) -> Drawn:
    """Distance of posterior means from the planted truth in posterior SDs.

    Data: table, rankings (of table_04; else full), parameter, truth, mean, sd, few, prior,
    distance.
    """
    found = [printed(parameters, name).assign(table=name) for name in ("table_02", "table_03")]
    for name in RANKINGS:
        own = printed(choose(rankings, rankings=name), "table_04")
        found.append(own.assign(table="table_04", rankings=name))
    data = pd.concat(found, ignore_index=True).fillna({"rankings": "full"})
    data["distance"] = (data["mean"] - data["truth"]) / data["sd"].where(data["sd"] > 0)
    data = data[COLUMNS]
    return data, draw_recovery(data, note)


def draw_recovery(data: pd.DataFrame, note: str) -> Figure:
    """A panel a table, a row a parameter; marks at an edge are farther off than it."""
    counts = data.groupby("table")["parameter"].nunique()
    rows = [counts["table_03"], counts["table_04"]]
    figure = page(height=0.165 * (sum(rows) + 3) + 1.3)
    grid = figure.add_gridspec(2, 2, height_ratios=rows)
    places = {"table_02": grid[:, 0], "table_03": grid[0, 1], "table_04": grid[1, 1]}
    for table, title in TITLES.items():
        axes, own = figure.add_subplot(places[table]), data[data["table"] == table]
        _rows(axes, own)
        plain = own[own["rankings"] == "full"]["distance"]
        held = f"{(plain.abs() <= BAND).sum()} of {plain.notna().sum()}"
        axes.set_title(f"{title}: {held}", loc="right", fontsize=8)
        if table != "table_03":
            axes.set_xlabel("Distance in posterior SDs")
    legend_below(figure, axes, columns=len(LIKELIHOODS))
    stamp(figure, note)
    return figure


def _rows(axes: Axes, data: pd.DataFrame) -> None:
    axes.axvspan(-BAND, BAND, color="#E4E4E4", linewidth=0)
    axes.axvline(0, color="#8C8C8C", linewidth=0.7)
    names = list(dict.fromkeys(data["parameter"]))
    reach = min(FARTHEST, max(4.0, float(data["distance"].abs().max()) * 1.05))
    several = data["rankings"].nunique() > 1
    for side, (name, (label, look)) in zip((-1, 1), LIKELIHOODS.items(), strict=True):
        own = data[data["rankings"] == name]
        at = np.array([names.index(one) for one in own["parameter"]]) + side * SHIFT * several
        clipped = np.clip(own["distance"], -reach, reach)
        axes.plot(clipped, at, label=label, **look.marker_style(3.4))
    axes.set_yticks(range(len(names)), [NAMED[name] for name in names], fontsize=6.2)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(-1.06 * reach, 1.06 * reach)
    axes.tick_params(axis="y", length=0)
