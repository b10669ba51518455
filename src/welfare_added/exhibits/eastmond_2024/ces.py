"""Figure A.5: allocations of a planner whose utility of earnings has constant elasticity."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from welfare_added.exhibits.eastmond_2024.frontiers import (
    GROUP_EARNINGS,
    earnings_data,
    finish_dollars,
)
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import LOOKS, SCOPES, house_style, single_panel

WELFARE = (
    "CES planner: welfare is $\\sum_i\\, y_i^{1-\\gamma}\\,/\\,(1-\\gamma)$ "
    "over students' earnings $y_i$,\n"
    "with elasticity of substitution $1/\\gamma$"
)


def figure_a5(earnings: pd.DataFrame, ces: pd.DataFrame, *, note: str) -> Drawn:
    """Lifetime earnings under the CES planner, with the frontiers of figure 9b."""
    data = ces_data(earnings, ces)
    return data, draw_ces(data, note)


def ces_data(earnings: pd.DataFrame, ces: pd.DataFrame) -> pd.DataFrame:
    """Select figure A.5: the frontiers of figure 9b and the CES planner's allocations.

    Returns
    -------
    DataFrame
        Columns planner (group weights|ces), scope, parameter (weight or gamma),
        earnings_higher, earnings_lower [dollars a student].

    """
    groups = earnings_data(earnings).rename(columns={"weight": "parameter"})
    smooth = choose(ces, scope=list(SCOPES)).rename(columns={"gamma": "parameter"})
    both = pd.concat([groups.assign(planner="group weights"), smooth.assign(planner="ces")])
    keys = ["planner", "scope", "parameter"]
    return pick(both, [*keys, *GROUP_EARNINGS]).sort_values(keys, ignore_index=True)


@house_style
def draw_ces(data: pd.DataFrame, note: str) -> Figure:
    """Draw figure A.5 from :func:`ces_data`."""
    figure, panel = single_panel(height=3.9)
    for scope, label in SCOPES.items():
        rows = data[data["scope"] == scope]
        groups = rows[rows["planner"] == "group weights"]
        ces = rows[rows["planner"] == "ces"]
        look = LOOKS[scope]
        panel.plot(
            groups["earnings_higher"],
            groups["earnings_lower"],
            label=f"{label}, group weights",
            **look.line_style(),
        )
        panel.plot(
            ces["earnings_higher"],
            ces["earnings_lower"],
            label=f"{label}, CES planner",
            **(look.marker_style(3.0) | {"markerfacecolor": "white"}),
        )
        _gammas(panel, ces.iloc[[0, -1]])
    panel.set_title(WELFARE, loc="left", fontsize=7.5, fontweight="normal")
    return finish_dollars(figure, panel, note)


def _gammas(panel: Axes, ends: pd.DataFrame) -> None:
    """Write the aversion to inequality beside the first and the last allocation."""
    for row, up in zip(ends.itertuples(), (1, 6), strict=True):
        panel.annotate(
            f"$\\gamma$ = {row.parameter:g}",
            (row.earnings_higher, row.earnings_lower),
            xytext=(6, up),
            textcoords="offset points",
            fontsize=7,
        )
