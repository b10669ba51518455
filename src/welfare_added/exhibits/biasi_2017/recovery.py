"""Ours: Monte Carlo of both estimators of value added from grade means."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from welfare_added.exhibits.biasi_2017.cells import count, in_parentheses
from welfare_added.exhibits.biasi_2017.value_added import ESTIMATORS
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import REFERENCE, house_style, legend_below, panels, stamp

QUANTITIES = {
    "sd_printed": "SD, printed",
    "sd_expected": "the same in expectation",
    "sd_joint": "SD, joint",
    "slope_printed": "Slope of truth on printed",
    "slope_joint": "Slope of truth on joint",
    "correlation_printed": "Correlation with truth, printed",
    "correlation_joint": "Correlation with truth, joint",
    "covered": "Share covered by joint 95% intervals",
}


def table_recovery(recovery: pd.DataFrame, *, note: str) -> Drawn:
    """Monte Carlo of both estimators.

    Data: world, quantity, runs, mean, error (of the mean, Monte Carlo), planted, distance (mean
    less planted, in errors).
    """
    columns = ["world", "quantity", "runs", "mean", "error", "planted"]
    data = pick(choose(recovery, quantity=list(QUANTITIES)), columns).reset_index(drop=True)
    data["distance"] = (data["mean"] - data["planted"]) / data["error"].where(data["error"] > 0)
    parts = {}
    for world, own in data.groupby("world", sort=False):
        of = own.set_index("quantity")
        parts[str(world).replace("_", " ").capitalize()] = [
            [
                label,
                number(of.loc[name, "planted"], 3, undefined=""),
                number(of.loc[name, "mean"], 3),
                in_parentheses(of.loc[name, "error"], 4),
                number(of.loc[name, "distance"], 1, undefined=""),
                count(of.loc[name, "runs"]),
            ]
            for name, label in QUANTITIES.items()
            if name in of.index
        ]
    heads = ["", "Planted", "Mean", "Error", "Distance in errors", "Runs"]
    return data, tabular(heads, parts, note)


@house_style
def figure_recovery(recovery: pd.DataFrame, *, note: str) -> Drawn:
    """SD of effects and slope of truth by estimator and world.

    Data: panel (sd, slope), world, estimator, mean, low, high (two Monte Carlo errors), planted.
    """
    parts = []
    for panel in PANELS:
        for name in ESTIMATORS:
            quantity = f"{panel}_{name.removeprefix('va_')}"
            own = pick(choose(recovery, quantity=quantity), ["world", "mean", "error", "planted"])
            parts.append(own.assign(panel=panel, estimator=name))
    data = pd.concat(parts, ignore_index=True)
    data = data.assign(low=data["mean"] - 2 * data["error"], high=data["mean"] + 2 * data["error"])
    data = data[["panel", "world", "estimator", "mean", "low", "high", "planted"]]
    return data, draw_recovery(data, note)


PANELS = {"sd": "(a) SD of true effects", "slope": "(b) Slope of truth on estimates"}


def draw_recovery(data: pd.DataFrame, note: str) -> Figure:
    """A row a world, a mark an estimator with two Monte Carlo errors; lines at what is planted."""
    worlds = list(dict.fromkeys(data["world"]))
    figure, [row] = panels(height=0.55 * len(worlds) + 1.5, sharey=True)
    for axes, (panel, title) in zip(row, PANELS.items(), strict=True):
        own = data[data["panel"] == panel]
        for shift, (name, (label, look)) in zip((-0.13, 0.13), ESTIMATORS.items(), strict=True):
            rows = own[own["estimator"] == name].set_index("world").loc[worlds]
            at = [place + shift for place in range(len(worlds))]
            error = [rows["mean"] - rows["low"], rows["high"] - rows["mean"]]
            style = look.marker_style(5.0)
            axes.errorbar(rows["mean"], at, xerr=error, elinewidth=1.0, label=label, **style)
        planted = own.set_index("world")["planted"].groupby(level=0).first().loc[worlds]
        for place, value in enumerate(planted):
            axes.plot(
                [value, value], [place - 0.4, place + 0.4], color=REFERENCE, linewidth=1.0, zorder=0
            )
        axes.set_yticks(range(len(worlds)), [str(one).replace("_", " ") for one in worlds])
        axes.set_ylim(len(worlds) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.xaxis.set_major_locator(MaxNLocator(5, prune="both"))  # no mark at a panel's edge
        axes.set_title(title, loc="left")
    legend_below(figure, row[0], columns=2)
    stamp(figure, note)
    return figure
