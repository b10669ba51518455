"""Ours: uncertainty of policies, the set of stable matchings, the calibration."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from welfare_added.exhibits.bates_2022.bins import BLACK, BLUE, ORANGE
from welfare_added.exhibits.bates_2022.labels import POLICIES
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import LOOKS, Look, house_style, legend_below, page, stamp

SOURCES = {
    "errors": ("Errors of one run", ORANGE),
    "parameters": ("Estimates", BLUE),
    "both": ("Both", BLACK),
}


@house_style
def figure_uncertainty(uncertainty: pd.DataFrame, *, note: str) -> Drawn:
    """Gains of policies with 95% intervals: from errors, from the estimates, and from both.

    Data: policy, source, gain, low, high, standard_error, draws, share_negative.
    """
    columns = ["gain", "low", "high", "standard_error", "draws", "share_negative"]
    data = pick(choose(uncertainty, source=list(SOURCES)), ["policy", "source", *columns])
    return data, draw_uncertainty(data, note)


def draw_uncertainty(data: pd.DataFrame, note: str) -> Figure:
    """A row a policy, an interval a source; beside it how often the gain is negative."""
    policies = [name for name in POLICIES if name in set(data["policy"])]
    figure = page(height=0.5 * len(policies) + 1.3)
    axes = figure.subplots()
    axes.axvline(0, color="black", linewidth=0.7, zorder=0)
    for shift, (source, (label, look)) in zip((-0.22, 0, 0.22), SOURCES.items(), strict=True):
        own = data[data["source"] == source].set_index("policy").reindex(policies)
        at = np.arange(len(policies)) + shift
        error = [own["gain"] - own["low"], own["high"] - own["gain"]]
        axes.errorbar(
            own["gain"],
            at,
            xerr=np.clip(error, 0, None),
            ecolor=look.colour,
            elinewidth=1.2,
            capsize=2,
            label=label,
            **look.marker_style(4.5),
        )
    drawn = data[data["source"] == "both"].set_index("policy")["share_negative"]
    labels = [
        f"{POLICIES[name]} ({drawn[name]:.0%})" if name in drawn.index else POLICIES[name]
        for name in policies
    ]
    axes.set_yticks(range(len(policies)), labels)
    axes.set_ylim(len(policies) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("Gain over the status quo, student SD (share below zero of both)")
    legend_below(figure, axes, columns=len(SOURCES))
    stamp(figure, note)
    return figure


SETTINGS = {
    "status_quo": "Status quo",
    "all_options": "All options",
    "principals_windows": "Principals max VA, windows",
    "principals": "Principals max VA",
    "teachers": "Teachers max VA",
    "both": "Both max VA",
}
ENDS = {
    "teacher_optimal": ("Teacher-optimal", Look("#0072B2", "none", ">")),
    "median": ("Median stable", Look("#000000", "none", "|")),
    "school_optimal": ("School-optimal", Look("#E69F00", "none", "<")),
}
RANGE = ["lowest", *ENDS, "highest"]
STABLE = ["same_partner", "matchings", "unique", *RANGE, "runs"]


@house_style
def figure_stable_sets(stable_sets: pd.DataFrame, *, note: str) -> Drawn:
    """Range of achievement over all stable matchings, by who values what.

    Data: setting, same_partner, matching (lowest, teacher_optimal, median, school_optimal,
    highest), gain: a row a mark, as the disclosure scan wants it.
    """
    rows = choose(stable_sets, setting=list(SETTINGS))
    data = pick(rows, ["setting", "same_partner", *RANGE]).melt(
        ["setting", "same_partner"], var_name="matching", value_name="gain"
    )
    return data, draw_stable_sets(data, note)


def draw_stable_sets(data: pd.DataFrame, note: str) -> Figure:
    """A row a setting: a bar from the lowest to the highest, a mark an end, shares in the label."""
    wide = data.pivot(index=["setting", "same_partner"], columns="matching", values="gain")
    data = wide.reset_index("same_partner").reindex(SETTINGS).dropna(subset=["lowest"])
    data = data.reset_index()
    figure = page(height=0.45 * len(data) + 1.4)
    axes = figure.subplots()
    height = np.arange(len(data))
    middle = data[["lowest", "highest"]].mean(axis=1)
    width = 1000 * (data["highest"] - data["lowest"])
    axes.barh(
        height,
        width,
        left=1000 * (data["lowest"] - middle),
        color="#D9D9D9",
        height=0.55,
        label="All stable matchings",
    )
    for name, (label, look) in ENDS.items():
        axes.plot(1000 * (data[name] - middle), height, label=label, **look.marker_style(7))
    labels = [
        f"{SETTINGS[row.setting]}\n{row.same_partner:.1%} of teachers with one partner"
        for row in data.itertuples()
    ]
    axes.axvline(0, color="#8C8C8C", linewidth=0.7, zorder=0)
    axes.set_yticks(height, labels)
    axes.set_ylim(len(data) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.08)
    axes.set_xlabel("Achievement less the middle of the range, thousandths of a student SD")
    legend_below(figure, axes, columns=4)
    stamp(figure, note)
    return figure


def table_stable_sets(stable_sets: pd.DataFrame, *, note: str) -> Drawn:
    """How many stable matchings there are, and what they differ in; data as of the figure."""
    data = pick(choose(stable_sets, setting=list(SETTINGS)), ["setting", *STABLE])
    rows = [
        [
            SETTINGS[row["setting"]],
            *(number(row[name], 3) for name in ("same_partner", "unique")),
            number(row["matchings"], 1),
            *(number(row[name], 4) for name in ("lowest", *ENDS, "highest")),
        ]
        for row in data.to_dict("records")
    ]
    heads = ["", "Same partner", "Unique in runs", "Matchings", "Lowest"]
    heads += [*(label for label, _ in ENDS.values()), "Highest"]
    return data, tabular(heads, {"": rows}, note)


TOLERANCE = 0.03
WIDEST = 0.30


@house_style
def figure_calibration(calibration: pd.DataFrame, *, note: str) -> Drawn:
    """Deviation of every published input from its target, by group of inputs.

    Data: group, quantity, target, achieved, deviation, source.
    """
    compared = calibration[calibration["ratio"].notna()]
    data = compared.assign(group=compared["quantity"].map(_group), deviation=compared["ratio"] - 1)[
        ["group", "quantity", "target", "achieved", "deviation", "source"]
    ].reset_index(drop=True)
    return data, draw_calibration(data, note)


def _group(quantity: str) -> str:
    """Heading of a line: its first two names, with spaces."""
    first, _, rest = quantity.partition(".")
    second = rest.partition(".")[0] if "." in rest else ""
    return ", ".join(name.replace("_", " ") for name in (first, second) if name).capitalize()


def draw_calibration(data: pd.DataFrame, note: str) -> Figure:
    """One row a group, a mark a line; marks at the edge are farther off than it."""
    groups = list(dict.fromkeys(data["group"]))
    figure = page(height=0.26 * len(groups) + 1.2)
    axes = figure.subplots()
    axes.axvspan(-TOLERANCE, TOLERANCE, color="#E4E4E4", linewidth=0)
    axes.axvline(0, color="#8C8C8C", linewidth=0.7)
    labels = []
    for place, group in enumerate(groups):
        off = np.sort(data.loc[data["group"] == group, "deviation"].to_numpy())
        height = place + np.linspace(-0.3, 0.3, len(off)) if len(off) > 1 else [place]
        axes.plot(np.clip(off, -WIDEST, WIDEST), height, **LOOKS["district"].marker_style(2.5))
        labels.append(f"{group} ({(np.abs(off) <= TOLERANCE).sum()} of {len(off)})")
    axes.set_yticks(range(len(groups)), labels)
    axes.set_ylim(len(groups) - 0.4, -0.6)
    axes.set_xlim(-1.05 * WIDEST, 1.05 * WIDEST)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+.0%}" if value else "0")
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("Achieved over published, less one (grey: within 3%)")
    stamp(figure, note)
    return figure
