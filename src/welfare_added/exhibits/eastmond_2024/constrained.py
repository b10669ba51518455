"""Our own exhibit: gains of plans under constraints, and the cost of the constraints."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from welfare_added.exhibits.eastmond_2024.frontiers import GROUP_GAINS, mark_status_quo, round_ticks
from welfare_added.exhibits.output import Drawn, pick
from welfare_added.exhibits.style import (
    REFERENCE,
    SUBJECTS,
    WEIGHT_LABEL,
    Look,
    house_style,
    legend_below,
    panels,
    stamp,
)

TITLES = SUBJECTS | {"both": "Both subjects"}
PLANS = [
    Look("#0072B2", "-", "o"),
    Look("#E69F00", (0, (5, 1.5)), "^"),
    Look("#009E73", (0, (1, 1)), "s"),
    Look("#D55E00", (0, (3, 1, 1, 1)), "v"),
    Look("#CC79A7", (0, (6, 2, 1, 2)), "D", filled=False),
    Look("#56B4E9", (0, (2, 2)), "o", filled=False),
    Look("#000000", "-", "X"),
    Look("#8C8C8C", (0, (8, 2)), "P"),
]  # fmt: skip
KEYS = ["subject", "plan", "weight"]


def figure_constrained(constrained: pd.DataFrame, *, note: str) -> Drawn:
    """Frontiers of plans under constraints, and the cost of the constraints."""
    data = constrained_data(constrained)
    return data, draw_constrained(data, note)


def constrained_data(constrained: pd.DataFrame) -> pd.DataFrame:
    """Select the frontiers of all plans and their costs.

    Returns
    -------
    DataFrame
        Columns subject, plan, weight, gain_higher, gain_lower, cost [student SD].

    """
    return pick(constrained, [*KEYS, *GROUP_GAINS, "cost"])


@house_style
def draw_constrained(data: pd.DataFrame, note: str) -> Figure:
    """Draw frontiers above and costs below, one column per subject; plans in data order."""
    subjects = list(dict.fromkeys(data["subject"]))
    figure, (above, below) = panels(
        columns=len(subjects), rows=2, height=6.2, width=6.5 if len(subjects) < 3 else 8.5
    )
    for subject, frontier, cost in zip(subjects, above, below, strict=True):
        rows = data[data["subject"] == subject]
        frontier.set_title(TITLES[subject], loc="left")
        _lines(frontier, rows, *GROUP_GAINS)
        mark_status_quo(frontier)
        round_ticks(frontier)
        frontier.set_xlabel(GROUP_GAINS["gain_higher"])
        cost.axhline(0, color=REFERENCE, linewidth=0.6, zorder=0)
        _lines(cost, rows, "weight", "cost")
        cost.set_xlim(0, 1)
        cost.set_xlabel(WEIGHT_LABEL)
    above[0].set_ylabel(GROUP_GAINS["gain_lower"])
    below[0].set_ylabel("Cost of the constraints\n(equal gain forgone, student SD a year)")
    legend_below(figure, above[0], columns=3)
    stamp(figure, note)
    return figure


def _lines(panel: Axes, rows: pd.DataFrame, across: str, up: str) -> None:
    for number, (plan, line) in enumerate(rows.groupby("plan", sort=False)):
        look = PLANS[number % len(PLANS)]
        panel.plot(
            line[across],
            line[up],
            label=plan.replace("_", " "),
            linewidth=1.0,
            **(look.marker_style(3.2) | look.line_style()),
        )
