"""Our own exhibit: how far the synthetic applicants are from each published line."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from welfare_added.exhibits.output import Drawn
from welfare_added.exhibits.style import LOOKS, REFERENCE, house_style, page, stamp

TOLERANCE = 0.03
WIDEST = 0.30
GROUPS = {
    "counts.": "Numbers of applicants and seats",
    "score.": "Scale of the scores",
    "plan_in_force.": "Rule of the plan in force",
    "tiers.applicants.": "Tiers of applicants",
    "tiers.top_decile.": "Tiers of the top decile",
    "tiers.payton_northside.": "Tiers of Payton or Northside applicants",
    "tiers.": "Tiers of tracts",
    "minority_on_tract_indicator.all": "Minority on indicators, all",
    "minority_on_tract_indicator.score": "Minority on indicators, 96 or more",
    "minority_on_tract_indicator.": "Standard errors of these",
    "minority_and_frpl": "Minority and free lunch",
    "current_classes.payton.": "Class of Payton",
    "current_classes.northside.": "Class of Northside",
    "current_counts.": "Students of both, by group",
    "current_other_schools.": "Classes of the other schools",
    "residence.": "Addresses and redrawn tiers",
}


@house_style
def figure_calibration(calibration: pd.DataFrame, *, note: str) -> Drawn:
    """Deviation of every line from its target, by group; data with columns group and deviation."""
    compared = calibration[calibration["ratio"].notna()]
    data = compared.assign(group=compared["quantity"].map(_group), deviation=compared["ratio"] - 1)[
        ["group", "quantity", "target", "achieved", "deviation", "source"]
    ]
    return data, draw_calibration(data, note)


def _group(quantity: str) -> str:
    return next(label for start, label in GROUPS.items() if quantity.startswith(start))


def draw_calibration(data: pd.DataFrame, note: str) -> Figure:
    """One row a group, a mark a line; marks at the edge are farther off than it."""
    figure = page(height=4.8)
    axes = figure.subplots()
    axes.axvspan(-TOLERANCE, TOLERANCE, color="#E4E4E4", linewidth=0)
    axes.axvline(0, color=REFERENCE, linewidth=0.7)
    labels = list(dict.fromkeys(GROUPS.values()))
    labels = [label for label in labels if label in set(data["group"])]
    for place, label in enumerate(labels):
        off = np.sort(data.loc[data["group"] == label, "deviation"].to_numpy())
        height = place + np.linspace(-0.3, 0.3, len(off)) if len(off) > 1 else [place]
        axes.plot(np.clip(off, -WIDEST, WIDEST), height, **LOOKS["district"].marker_style(2.5))
    counts = [
        f"{label} ({(data.loc[data['group'] == label, 'deviation'].abs() <= TOLERANCE).sum()}"
        f" of {(data['group'] == label).sum()})"
        for label in labels
    ]
    axes.set_yticks(range(len(labels)), counts)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_xlim(-1.05 * WIDEST, 1.05 * WIDEST)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+.0%}" if value else "0")
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("Achieved over published, less one (grey: within 3%)")
    stamp(figure, note)
    return figure
