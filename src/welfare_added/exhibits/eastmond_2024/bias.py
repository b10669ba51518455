"""Our own exhibit: bias of estimated welfare against the truth (theorems 1 and 2)."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import (
    LOOKS,
    SCOPES,
    SUBJECTS,
    house_style,
    legend_below,
    panels,
    stamp,
)

# Wide and pale below, so that a component that coincides with it remains visible.
BIAS = {"color": "#B3B3B3", "linewidth": 5.0, "label": "Bias"}
COMPONENTS = {
    "external_validity": ("External validity", LOOKS["lower"]),
    "covariance": ("Covariance of weights with gains", LOOKS["higher"]),
}
THEOREMS = {1: "Theorem 1: mean effects", 2: "Theorem 2: effects by group"}
KEYS = ["scope", "subject", "theorem", "weight"]


def figure_bias(bias: pd.DataFrame, *, note: str) -> Drawn:
    """Bias of estimated welfare and its two sources (theorems 1 and 2)."""
    data = bias_data(bias)
    return data, draw_bias(data, note)


def bias_data(bias: pd.DataFrame) -> pd.DataFrame:
    """Select the bias of each heterogeneous allocation's estimated welfare.

    Returns
    -------
    DataFrame
        Columns scope, subject, theorem, weight, bias, external_validity, covariance [weighted
        student SD].

    """
    rows = choose(bias, subject=list(SUBJECTS), scope=list(SCOPES), information="heterogeneous")
    return pick(rows, [*KEYS, "bias", *COMPONENTS]).sort_values(KEYS, ignore_index=True)


@house_style
def draw_bias(data: pd.DataFrame, note: str) -> Figure:
    """Draw the bias exhibit from :func:`bias_data`: scopes and subjects by row."""
    places = [(scope, subject) for scope in SCOPES for subject in SUBJECTS]
    figure, axes = panels(
        columns=len(THEOREMS), rows=len(places), height=7.6, sharex=True, sharey="row"
    )
    for line, (scope, subject) in zip(axes, places, strict=True):
        rows = data[(data["scope"] == scope) & (data["subject"] == subject)]
        for panel, theorem in zip(line, THEOREMS, strict=True):
            _panel(panel, rows[rows["theorem"] == theorem])
        line[0].set_ylabel(f"{SCOPES[scope]}, {SUBJECTS[subject]}")
    for panel, title in zip(axes[0], THEOREMS.values(), strict=True):
        panel.set_title(title, loc="left")
    for panel in axes[-1]:
        panel.set_xlabel("Weight $\\omega_L$ that chose the allocation")
    figure.align_ylabels([line[0] for line in axes])
    figure.supylabel("True less estimated welfare (weighted student SD)", fontsize=8)
    legend_below(figure, axes[0][0], columns=3)
    stamp(figure, note)
    return figure


def _panel(panel: Axes, rows: pd.DataFrame) -> None:
    panel.axhline(0, color="black", linewidth=0.6, zorder=0)
    panel.set_xlim(0, 1)
    panel.plot(rows["weight"], rows["bias"], solid_capstyle="butt", **BIAS)
    for order, (column, (name, look)) in enumerate(COMPONENTS.items()):
        panel.plot(
            rows["weight"],
            rows[column],
            label=name,
            marker=look.marker,
            markersize=4,
            markevery=(5 * order, 10),
            linewidth=1.2,
            **look.line_style(),
        )
