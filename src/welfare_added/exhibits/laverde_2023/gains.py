"""Figures 2 to 4: gains over a random assignment, by scenario, aim and group of students."""

import pandas as pd
from matplotlib.figure import Figure

from welfare_added.exhibits.laverde_2023.dots import across, upright
from welfare_added.exhibits.laverde_2023.labels import (
    AIMS,
    CLAIRVOYANT,
    PLANS,
    QUARTILES,
    RACES,
    SCENARIO_LOOKS,
)
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import Look, house_style, legend_below, panels, stamp

SCORE = "Test-score gain, student SD"
PROFICIENT = "Gain in share proficient, points"
OUTCOMES = {
    "score": ("(a) Test scores", SCORE),
    "proficient": ("(b) Share proficient", PROFICIENT),
}
TWO_AIMS = {
    "mean_score": Look("#0072B2", "-", "o"),
    "share_proficient": Look("#E69F00", "-", "^"),
}


@house_style
def figure_02(gains: pd.DataFrame, *, note: str) -> Drawn:
    """Gains over random of both aims, by scenario.

    Data: outcome (score, proficient), aim, scenario, gain, sd.
    """
    rows = choose(gains, planner=CLAIRVOYANT, aim=list(TWO_AIMS), scenario=list(PLANS), group="all")
    data = pd.concat(
        [_over_random(rows, outcome, ["aim", "scenario"]) for outcome in OUTCOMES],
        ignore_index=True,
    )
    return data, draw_scenarios(data, ("aim", AIMS, TWO_AIMS), PLANS, note)


def _over_random(rows: pd.DataFrame, outcome: str, keys: list[str]) -> pd.DataFrame:
    """Gains over random in one outcome: outcome, keys, gain, sd."""
    name = f"gain_{outcome}_over_random"
    data = pick(rows, [*keys, name, f"{name}_sd"]).set_axis([*keys, "gain", "sd"], axis=1)
    data.insert(0, "outcome", outcome)
    return data


def draw_scenarios(
    data: pd.DataFrame,
    series: tuple[str, dict[str, str], dict[str, Look]],
    plans: dict[str, str],
    note: str,
) -> Figure:
    """A panel an outcome, a row a scenario; series: column, label and look by value."""
    column, labels, looks = series
    figure, [row] = panels(height=0.42 * len(plans) + 1.2, sharey=True)
    named = {name: (labels[name], look) for name, look in looks.items()}
    for axes, (outcome, (title, axis)) in zip(row, OUTCOMES.items(), strict=True):
        own = data[data["outcome"] == outcome]
        across(axes, own, ("scenario", plans), (column, named))
        axes.set_title(title, loc="left")
        axes.set_xlabel(axis)
    legend_below(figure, row[0], columns=len(looks))
    stamp(figure, note)
    return figure


@house_style
def figure_03(gains: pd.DataFrame, *, note: str) -> Drawn:
    """Gains in scores over random by achievement and race, at the best mean score.

    Data: panel (achievement, race), scenario, group, gain, sd.
    """
    return _differential(gains, ("mean_score", "score", SCORE), note)


@house_style
def figure_04(gains: pd.DataFrame, *, note: str) -> Drawn:
    """Gains in the share proficient by group, at the best share; data as of `figure_03`."""
    return _differential(gains, ("share_proficient", "proficient", PROFICIENT), note)


GROUPED = {
    "achievement": ("(a) By quartile of last year's score", QUARTILES, "Quartile"),
    "race": ("(b) By race and ethnicity", RACES, ""),
}


def _differential(gains: pd.DataFrame, shown: tuple[str, str, str], note: str) -> Drawn:
    aim, outcome, axis = shown
    groups = [*QUARTILES, *RACES]
    rows = choose(gains, planner=CLAIRVOYANT, aim=aim, scenario=list(PLANS), group=groups)
    data = _over_random(rows, outcome, ["scenario", "group"]).drop(columns="outcome")
    panel = data["group"].map({one: name for name, row in GROUPED.items() for one in row[1]})
    data.insert(0, "panel", panel)
    return data, draw_groups(data, axis, note)


def draw_groups(data: pd.DataFrame, axis: str, note: str) -> Figure:
    """A panel a grouping, a column of marks a group, a mark a scenario."""
    figure, [row] = panels(height=3.4, sharey=True, width_ratios=[2, 1])
    named = {name: (label, SCENARIO_LOOKS[name]) for name, label in PLANS.items()}
    for axes, (panel, (title, groups, below)) in zip(row, GROUPED.items(), strict=True):
        own = data[data["panel"] == panel]
        upright(axes, own, ("group", groups), ("scenario", named))
        axes.set_title(title, loc="left")
        axes.set_xlabel(below)
    row[0].set_ylabel(axis)
    legend_below(figure, row[0], columns=3)
    stamp(figure, note)
    return figure
