"""Figures 9a and 10: gains valued by later earnings, and the value of public funds."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from welfare_added.exhibits.eastmond_2024.frontiers import STATUS_QUO
from welfare_added.exhibits.output import Drawn, choose, pick, quantity
from welfare_added.exhibits.style import (
    LOOKS,
    REFERENCE,
    SCOPES,
    dollars,
    house_style,
    legend_below,
    single_panel,
    stamp,
)


def figure_09a(subjects: pd.DataFrame, *, earnings_per_sd: dict[str, float], note: str) -> Drawn:
    """Gains in ELA and math of a planner who weighs subjects; lines of equal earnings."""
    data = subjects_data(subjects, earnings_per_sd)
    return data, draw_subjects(data, note)


def figure_10(mvpf: pd.DataFrame, numbers: pd.DataFrame, *, cap: int, note: str) -> Drawn:
    """Marginal value of public funds of teacher bonuses."""
    data = mvpf_data(mvpf, numbers, cap)
    return data, draw_mvpf(data, cap, note)


def subjects_data(subjects: pd.DataFrame, earnings_per_sd: dict[str, float]) -> pd.DataFrame:
    """Select figure 9a: gains by subject, and each scope's line of equal earnings.

    Parameters
    ----------
    subjects
        Gains along the weight on ELA.
    earnings_per_sd
        Annual earnings per student SD, by subject [dollars]: the relative price.

    Returns
    -------
    DataFrame
        Columns scope, layer (frontier|highest earnings|equal earnings), weight_ela,
        gain_ela, gain_math [student SD], earnings_mean [dollars a student].

    """
    rows = choose(subjects, scope=list(SCOPES)).sort_values(["scope", "weight_ela"])
    columns = ["scope", "layer", "weight_ela", "gain_ela", "gain_math", "earnings_mean"]
    slope = -earnings_per_sd["ela"] / earnings_per_sd["math"]
    parts = []
    for _, frontier in rows.groupby("scope", sort=True):
        best = frontier.loc[[frontier["earnings_mean"].idxmax()]]
        reach = 0.25 * (frontier["gain_ela"].max() - frontier["gain_ela"].min())
        run = np.array([-reach, reach])
        tangent = pd.concat([best, best]).assign(
            gain_ela=best["gain_ela"].iloc[0] + run,
            gain_math=best["gain_math"].iloc[0] + slope * run,
        )
        parts += [
            frontier.assign(layer="frontier"),
            best.assign(layer="highest earnings"),
            tangent.assign(layer="equal earnings"),
        ]
    return pd.concat(parts, ignore_index=True)[columns]


@house_style
def draw_subjects(data: pd.DataFrame, note: str) -> Figure:
    """Draw figure 9a from :func:`subjects_data`."""
    figure, panel = single_panel()
    panel.axhline(0, color=REFERENCE, linewidth=0.6, zorder=0)
    panel.axvline(0, color=REFERENCE, linewidth=0.6, zorder=0)
    for scope, label in SCOPES.items():
        rows = data[data["scope"] == scope].set_index("layer")
        _subject_frontier(panel, rows, scope, label)
    panel.plot([], [], color="black", linestyle="--", linewidth=0.8, label="Equal earnings")
    panel.plot(0, 0, linestyle="none", label="Status quo", **STATUS_QUO)
    panel.set_xlabel("Gain in ELA (student SD a year)")
    panel.set_ylabel("Gain in Math (student SD a year)")
    legend_below(figure, panel, columns=2)
    stamp(figure, note)
    return figure


def _subject_frontier(panel: Axes, rows: pd.DataFrame, scope: str, label: str) -> None:
    look = LOOKS[scope]
    frontier = rows.loc[["frontier"]]
    panel.plot(
        frontier["gain_ela"],
        frontier["gain_math"],
        marker=look.marker,
        markersize=2.6,
        linewidth=0.9,
        label=label,
        **look.line_style(),
    )
    tangent = rows.loc[["equal earnings"]]
    panel.plot(tangent["gain_ela"], tangent["gain_math"], "k--", linewidth=0.8)
    best = rows.loc["highest earnings"]
    panel.plot(best["gain_ela"], best["gain_math"], "o", color="black", markersize=4.5)
    panel.annotate(
        f"$\\omega_{{\\mathrm{{ELA}}}}$ = {best['weight_ela']:.2f}",
        (best["gain_ela"], best["gain_math"]),
        xytext=(5, 4),
        textcoords="offset points",
    )


def mvpf_data(mvpf: pd.DataFrame, numbers: pd.DataFrame, cap: int) -> pd.DataFrame:
    """Select figure 10: the MVPF of a bonus, as computed and as capped for the figure.

    Parameters
    ----------
    mvpf
        MVPF by scope and bonus.
    numbers
        Holds the bonus up to which each scope's MVPF is infinite.
    cap
        Highest value plotted; larger ones are plotted at this height.

    Returns
    -------
    DataFrame
        Columns scope, bonus [dollars a teacher], mvpf (inf where the net cost is not
        positive), shown (the smaller of mvpf and the cap), break_even_bonus [dollars].

    """
    rows = choose(mvpf, scope=list(SCOPES)).sort_values(["scope", "bonus"], ignore_index=True)
    even = {scope: quantity(numbers, f"break_even_bonus_{scope}") for scope in SCOPES}
    return pick(rows, ["scope", "bonus", "mvpf"]).assign(
        shown=rows["mvpf"].clip(upper=cap), break_even_bonus=rows["scope"].map(even)
    )


@house_style
def draw_mvpf(data: pd.DataFrame, cap: int, note: str) -> Figure:
    """Draw figure 10 from :func:`mvpf_data`."""
    figure, panel = single_panel()
    panel.axhline(1, color=REFERENCE, linewidth=0.7, linestyle=":")
    for order, (scope, label) in enumerate(SCOPES.items()):
        rows = data[data["scope"] == scope]
        panel.plot(rows["bonus"], rows["shown"], label=label, **LOOKS[scope].line_style())
        _infinite_range(panel, rows, scope, cap + 0.35 + 0.55 * order)
    panel.set_xscale("log")
    panel.set_xlim(data["bonus"].min(), data["bonus"].max())
    panel.set_ylim(0, cap + 1.5)
    panel.set_yticks(range(cap + 1), [*map(str, range(cap)), f"{cap} or more"])
    panel.xaxis.set_major_formatter(dollars)
    panel.set_xlabel("Bonus to every teacher (log scale)")
    panel.set_ylabel("Marginal value of public funds")
    legend_below(figure, panel, columns=2)
    stamp(figure, note)
    return figure


def _infinite_range(panel: Axes, rows: pd.DataFrame, scope: str, height: float) -> None:
    """Draw an arrow over the range of bonuses that pay for themselves, if there is one."""
    low, even = rows["bonus"].min(), rows["break_even_bonus"].iloc[0]
    if even <= low:
        return
    panel.annotate(
        "",
        xy=(low, height),
        xytext=(even, height),
        arrowprops={
            "arrowstyle": "<|-|>",
            "color": LOOKS[scope].colour,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )
    panel.text(
        low * 1.2,
        height + 0.08,
        f"{SCOPES[scope]}: infinite up to {dollars(even)}",
        fontsize=7,
        va="bottom",
    )
