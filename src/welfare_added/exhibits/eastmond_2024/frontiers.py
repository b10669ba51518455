"""Figures 4, 6 and 9b: production possibility frontiers between two groups of students."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from welfare_added.exhibits.output import Drawn, at_weight, choose, pick
from welfare_added.exhibits.style import (
    INFORMATION,
    LOOKS,
    REFERENCE,
    SCOPES,
    SUBJECTS,
    Look,
    dollars,
    house_style,
    legend_below,
    single_panel,
    stamp,
    subject_panels,
)

VERTICES_DRAWN = 300  # of an exact frontier: more would not be distinguishable
STATUS_QUO = {"color": "black", "marker": "s", "markersize": 6.5, "markerfacecolor": "white"}
BEST_MEAN = {"color": "black", "marker": "D", "markersize": 5.5, "linestyle": "none"}
GROUP_GAINS = {
    "gain_higher": "Gain of higher-scoring students\n(student SD a year)",
    "gain_lower": "Gain of lower-scoring students\n(student SD a year)",
}
GROUP_EARNINGS = {
    "earnings_higher": "Gain of higher-scoring students\n(dollars of lifetime earnings each)",
    "earnings_lower": "Gain of lower-scoring students\n(dollars of lifetime earnings each)",
}


def figure_04(frontiers: pd.DataFrame, exact: pd.DataFrame | None = None, *, note: str) -> Drawn:
    """Frontiers of both scopes, with the exact frontiers if they were computed."""
    data = scope_data(frontiers, exact)
    return data, draw_frontiers(data, "scope", note)


def figure_06a(frontiers: pd.DataFrame, *, note: str) -> Drawn:
    """District-wide frontiers by the planner's information."""
    return _by_information(frontiers, "district", note)


def figure_06b(frontiers: pd.DataFrame, *, note: str) -> Drawn:
    """Within-school frontiers by the planner's information."""
    return _by_information(frontiers, "school", note)


def _by_information(frontiers: pd.DataFrame, scope: str, note: str) -> Drawn:
    data = information_data(frontiers, scope)
    return data, draw_frontiers(data, "information", note)


def figure_09b(earnings: pd.DataFrame, *, note: str) -> Drawn:
    """Lifetime earnings of both groups."""
    data = earnings_data(earnings)
    return data, draw_earnings(data, note)


def scope_data(frontiers: pd.DataFrame, exact: pd.DataFrame | None = None) -> pd.DataFrame:
    """Select figure 4: heterogeneous frontiers of both scopes.

    Parameters
    ----------
    frontiers
        The allocations of the grid of weights.
    exact
        Every supported allocation, of which at most VERTICES_DRAWN a frontier are kept; optional.

    Returns
    -------
    DataFrame
        Columns line (grid|exact), subject, scope, weight (at which it is optimal; the lowest
        if exact), gain_higher, gain_lower [student SD].

    """
    chosen = {"subject": list(SUBJECTS), "information": "heterogeneous", "scope": list(SCOPES)}
    keys = ["line", "subject", "scope", "weight"]
    rows = choose(frontiers, **chosen).assign(line="grid")
    if exact is not None:
        every = choose(exact, **chosen).rename(columns={"weight_from": "weight"})
        curves = [_thin(curve) for _, curve in every.groupby(["subject", "scope"])]
        rows = pd.concat([rows, *[curve.assign(line="exact") for curve in curves]])
    return pick(rows, [*keys, *GROUP_GAINS]).sort_values(keys, ignore_index=True)


def _thin(curve: pd.DataFrame) -> pd.DataFrame:
    """Vertices at about even distances along a frontier, its ends included."""
    points = curve.sort_values("weight")
    gains = points[[*GROUP_GAINS]].diff().abs().fillna(0.0)
    reached = (gains / gains.sum().replace(0.0, 1.0)).sum(axis=1).cumsum().to_numpy()
    wanted = np.linspace(0, reached[-1], VERTICES_DRAWN)
    at = np.minimum(np.searchsorted(reached, wanted), len(points) - 1)
    return points.iloc[np.unique(np.append(0, at))]


def information_data(frontiers: pd.DataFrame, scope: str) -> pd.DataFrame:
    """Select figure 6: the frontiers of one scope by the planner's information.

    Returns
    -------
    DataFrame
        Columns subject, information, weight, gain_higher, gain_lower [student SD].

    """
    rows = choose(frontiers, subject=list(SUBJECTS), scope=scope, information=list(INFORMATION))
    keys = ["subject", "information", "weight"]
    return pick(rows, [*keys, *GROUP_GAINS]).sort_values(keys, ignore_index=True)


def earnings_data(earnings: pd.DataFrame) -> pd.DataFrame:
    """Select figure 9b: lifetime earnings along the heterogeneous frontiers.

    Returns
    -------
    DataFrame
        Columns scope, weight, earnings_higher, earnings_lower [dollars a student].

    """
    rows = choose(earnings, information="heterogeneous", scope=list(SCOPES))
    keys = ["scope", "weight"]
    return pick(rows, [*keys, *GROUP_EARNINGS]).sort_values(keys, ignore_index=True)


@house_style
def draw_frontiers(data: pd.DataFrame, series: str, note: str) -> Figure:
    """Draw figure 4 (``series="scope"``) or 6 (``series="information"``).

    Parameters
    ----------
    data
        From :func:`scope_data` or :func:`information_data`.
    series
        The column that distinguishes the frontiers of one panel.
    note
        Small print under the figure; may be empty.

    """
    names = {"scope": SCOPES, "information": INFORMATION}[series]
    figure, axes = subject_panels(height=3.4, sharex=True, sharey=True)
    for subject, panel in axes.items():
        rows = data[data["subject"] == subject]
        for name, label in names.items():
            curve = rows[rows[series] == name]
            exact = curve[curve["line"] == "exact"] if "line" in curve else curve[:0]
            curve = curve.drop(exact.index)
            style = LOOKS[name].line_style()
            panel.plot(exact["gain_higher"], exact["gain_lower"], linewidth=0.9, **style)
            _frontier(panel, curve, LOOKS[name], label, GROUP_GAINS, joined=exact.empty)
            _name(panel, label.removesuffix(" value added"), curve[[*GROUP_GAINS]], name)
        best = at_weight(rows)
        panel.plot(best["gain_higher"], best["gain_lower"], label="Highest mean score", **BEST_MEAN)
        mark_status_quo(panel)
        round_ticks(panel)
        panel.set_xlabel(GROUP_GAINS["gain_higher"])
    axes["ela"].set_ylabel(GROUP_GAINS["gain_lower"])
    legend_below(figure, axes["ela"], columns=4 if series == "scope" else 2)
    stamp(figure, note)
    return figure


@house_style
def draw_earnings(data: pd.DataFrame, note: str) -> Figure:
    """Draw figure 9b from :func:`earnings_data`."""
    figure, panel = single_panel()
    for scope, label in SCOPES.items():
        curve = data[data["scope"] == scope]
        _frontier(panel, curve, LOOKS[scope], label, GROUP_EARNINGS)
        _name(panel, label, curve[[*GROUP_EARNINGS]], scope)
    best = at_weight(data)
    panel.plot(best["earnings_higher"], best["earnings_lower"], label="Highest mean", **BEST_MEAN)
    return finish_dollars(figure, panel, note)


def _frontier(
    panel: Axes,
    rows: pd.DataFrame,
    look: Look,
    label: str,
    columns: dict[str, str],
    joined: bool = True,
) -> None:
    across, up = columns
    panel.plot(
        rows[across],
        rows[up],
        label=label,
        marker=look.marker,
        markersize=2.6,
        markerfacecolor=look.colour if look.filled else "white",
        markeredgewidth=0.6,
        linewidth=0.9,
        **(look.line_style() | ({} if joined else {"linestyle": "none"})),
    )


def _name(panel: Axes, text: str, curve: pd.DataFrame, series: str) -> None:
    """Label a frontier at one end: below if standard value added (figure 6), else above."""
    below = series == "standard"
    panel.annotate(
        text,
        tuple(curve.iloc[0 if below else -1]),
        xytext=(-6, 0) if below else (-2, 4),
        textcoords="offset points",
        ha="right" if below else "left",
        va="center" if below else "bottom",
        fontsize=7,
    )


def mark_status_quo(panel: Axes) -> None:
    """Draw the axes through no gain, and the status quo where they cross."""
    panel.axhline(0, color=REFERENCE, linewidth=0.6, zorder=0)
    panel.axvline(0, color=REFERENCE, linewidth=0.6, zorder=0)
    panel.plot(0, 0, linestyle="none", label="Status quo", **STATUS_QUO)


def round_ticks(panel: Axes) -> None:
    """Set few ticks, at round numbers."""
    panel.margins(0.1)
    for axis, most in ((panel.xaxis, 5), (panel.yaxis, 8)):
        axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))


def finish_dollars(figure: Figure, panel: Axes, note: str) -> Figure:
    """Complete a panel of both groups' earnings: status quo, labels, legend and small print."""
    mark_status_quo(panel)
    round_ticks(panel)
    for axis in (panel.xaxis, panel.yaxis):
        axis.set_major_formatter(dollars)
    panel.set_xlabel(GROUP_EARNINGS["earnings_higher"])
    panel.set_ylabel(GROUP_EARNINGS["earnings_lower"])
    legend_below(figure, panel, columns=2)
    stamp(figure, note)
    return figure
