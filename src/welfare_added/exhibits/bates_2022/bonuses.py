"""Figure 10: bonus schemes."""

import pandas as pd
from matplotlib.figure import Figure

from welfare_added.exhibits.bates_2022.bins import BLACK, BLUE, ORANGE, line, zero
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import Look, house_style, legend_below, panels, stamp

SCHEMES = {
    "output": ("Output", BLUE),
    "disadvantaged": ("Share disadvantaged", ORANGE),
    "advantage_x_disadvantaged": (
        "Absolute advantage x share disadvantaged",
        Look("#CC79A7", (0, (3, 1, 1, 1)), "D"),
    ),
    "teacher_specific": ("Teacher-specific payments", BLACK),
}
LINES = {
    "best": ("First best", "#000000", (0, (6, 2))),
    "both": ("Both max VA", "#009E73", (0, (4, 2))),
    "all_options": ("All options", "#D55E00", (0, (2, 1.5))),
}
BASELINES = {
    "estimated": "(a) Relative to the status quo",
    "value_added": "(b) With principal bonuses",
}


@house_style
def figure_10(bonuses: pd.DataFrame, policies: pd.DataFrame, *, note: str) -> Drawn:
    """Gain of three bonus schemes by realised spending, and of teacher-specific payments.

    Data: kind (bonus or policy), principals, scheme, rate, spending [minutes a teacher], gain
    [student SD over the status quo], lump_sum [minutes].
    """
    columns = ["principals", "scheme", "rate", "spending", "gain", "lump_sum"]
    rows = pick(choose(bonuses, scheme=list(SCHEMES)), columns).assign(kind="bonus")
    points = choose(policies, policy=list(LINES)).rename(columns={"policy": "scheme"})
    points = pick(points, ["scheme", "gain"]).assign(kind="policy")
    data = pd.concat([rows, points])[["kind", *columns]].reset_index(drop=True)
    return data, draw_bonuses(data, note)


def draw_bonuses(data: pd.DataFrame, note: str) -> Figure:
    """One panel a baseline; horizontal lines at what policies without bonuses reach."""
    figure, [row] = panels(height=4.3, sharey=True)
    levels = data[data["kind"] == "policy"].set_index("scheme")["gain"]
    for axes, (baseline, title) in zip(row, BASELINES.items(), strict=True):
        own = data[data["principals"] == baseline]
        zero(axes)
        for name, (label, colour, dash) in LINES.items():
            axes.axhline(levels[name], color=colour, linestyle=dash, linewidth=1.0, label=label)
        for scheme, (label, look) in SCHEMES.items():
            rows = own[own["scheme"] == scheme]
            if len(rows):
                line(axes, rows, "spending", "gain", look, label)
        axes.set_title(title, loc="left")
        axes.set_xlabel("Spending, minutes a teacher")
    row[0].set_ylabel("Gain over the status quo, student SD")
    legend_below(figure, row[0], columns=2)
    stamp(figure, note)
    return figure
