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
    "core_prices": ("Core prices", Look("#56B4E9", (0, (1, 1.2)), "v", filled=False)),
}
UNIFORM = ("output", "disadvantaged", "advantage_x_disadvantaged")
LINES = {
    "best": ("First best", "#000000", (0, (6, 2))),
    "both": ("Both max VA", "#009E73", (0, (4, 2))),
    "all_options": ("All options", "#D55E00", (0, (2, 1.5))),
}
WITHOUT_BONUS = {"estimated": "status_quo", "value_added": "principals_windows"}
BASELINES = {
    "estimated": "(a) Relative to the status quo",
    "value_added": "(b) With principal bonuses",
}


@house_style
def figure_10(bonuses: pd.DataFrame, policies: pd.DataFrame, *, note: str) -> Drawn:
    """Gain of three bonus schemes by realised spending, and of teacher-specific payments.

    Data: kind (bonus or policy), principals, scheme, rate, spending [minutes a teacher], gain
    [student SD over the allocation without bonuses and with the same principals], lump_sum
    [minutes].
    """
    columns = ["principals", "scheme", "rate", "spending", "gain", "lump_sum"]
    there = [name for name in SCHEMES if (bonuses["scheme"] == name).any()]
    rows = pick(choose(bonuses, scheme=there), columns).assign(kind="bonus")
    data = pd.concat([rows, _levels(policies).assign(kind="policy")], ignore_index=True)
    data = data[["kind", *columns]]
    return data, draw_bonuses(data, note)


def _levels(policies: pd.DataFrame) -> pd.DataFrame:
    """What policies without bonuses gain over each baseline: principals, scheme, gain."""
    wanted = [*LINES, *WITHOUT_BONUS.values()]
    gain = choose(policies, policy=wanted).set_index("policy")["gain"]
    return pd.DataFrame(
        {"principals": principals, "scheme": name, "gain": gain[name] - gain[without]}
        for principals, without in WITHOUT_BONUS.items()
        for name in LINES
    )


def draw_bonuses(data: pd.DataFrame, note: str) -> Figure:
    """One panel a baseline, as far as uniform bonuses spend; lines at what policies reach."""
    figure, [row] = panels(height=4.3, sharey=True)
    for axes, (baseline, title) in zip(row, BASELINES.items(), strict=True):
        own = data[data["principals"] == baseline]
        levels = own[own["kind"] == "policy"].set_index("scheme")["gain"]
        own = own[own["kind"] == "bonus"]
        zero(axes)
        for name, (label, colour, dash) in LINES.items():
            axes.axhline(levels[name], color=colour, linestyle=dash, linewidth=1.0, label=label)
        for scheme, (label, look) in SCHEMES.items():
            rows = own[own["scheme"] == scheme]
            if len(rows):
                line(axes, rows, "spending", "gain", look, label)
        most = own.loc[own["scheme"].isin(UNIFORM), "spending"].max()
        axes.set_xlim(-0.04 * most, 1.04 * most)
        axes.set_title(title, loc="left")
        axes.set_xlabel("Spending, minutes a teacher")
    row[0].set_ylabel("Gain over no bonus, student SD")
    legend_below(figure, row[0], columns=2)
    stamp(figure, note)
    return figure
