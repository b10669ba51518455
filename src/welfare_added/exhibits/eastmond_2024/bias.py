"""Our own exhibit: bias of estimated welfare against the truth (theorems 1 and 2)."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import (
    REFERENCE,
    SCOPES,
    SUBJECTS,
    house_style,
    legend_below,
    panels,
    stamp,
)

PARTS = {
    "bias": ("bias", "-"),
    "external_validity": ("external validity", "--"),
    "covariance": ("covariance", ":"),
}
THEOREMS = {
    1: ("#D55E00", "o"),
    2: ("#56B4E9", "^"),
}
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
    return pick(rows, [*KEYS, *PARTS]).sort_values(KEYS, ignore_index=True)


@house_style
def draw_bias(data: pd.DataFrame, note: str) -> Figure:
    """Draw the bias exhibit from :func:`bias_data`: scopes by row, subjects by column."""
    figure, axes = panels(columns=len(SUBJECTS), rows=len(SCOPES), height=5.4, sharex=True)
    for line, (scope, scope_label) in zip(axes, SCOPES.items(), strict=True):
        for panel, (subject, subject_label) in zip(line, SUBJECTS.items(), strict=True):
            rows = data[(data["scope"] == scope) & (data["subject"] == subject)]
            _panel(panel, rows)
            panel.set_title(f"{scope_label}, {subject_label}", loc="left")
        line[0].set_ylabel("True less estimated welfare\n(weighted student SD)")
    for panel in axes[-1]:
        panel.set_xlabel("Weight $\\omega_L$ that chose the allocation")
    legend_below(figure, axes[0][0], columns=2)
    stamp(figure, note)
    return figure


def _panel(panel: Axes, rows: pd.DataFrame) -> None:
    panel.axhline(0, color=REFERENCE, linewidth=0.7)
    panel.set_xlim(0, 1)
    for theorem, (colour, marker) in THEOREMS.items():
        part = rows[rows["theorem"] == theorem]
        for column, (name, line) in PARTS.items():
            panel.plot(
                part["weight"],
                part[column],
                color=colour,
                linestyle=line,
                marker=marker if column == "bias" else None,
                markersize=3.6,
                markevery=(0, 10),
                linewidth=1.6 if column == "bias" else 1.1,
                label=f"Theorem {theorem}: {name}",
            )
