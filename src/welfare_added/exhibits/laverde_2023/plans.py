"""Tables 6 and A4 to A6: gains of reassignment, by group and by what they are made of."""

from collections.abc import Mapping

import pandas as pd

from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.laverde_2023.labels import (
    GROUPS,
    PLANNERS,
    SCENARIOS,
    planners_in,
)
from welfare_added.exhibits.output import Drawn, choose, pick

PARTS = {"total": "Total effect", "effectiveness": "Effectiveness", "match": "Match effects"}
OF_CLASSES = "class_"


def table_06(parts: pd.DataFrame, *, note: str) -> Drawn:
    """What gains in the mean score are made of.

    Data: planner, scenario, total, effectiveness, match, and the same with ``_se``.
    """
    return _decomposition(choose(parts, aim="mean_score"), "", note)


def table_a6(parts: pd.DataFrame, *, note: str) -> Drawn:
    """What gains in the mean of classes are made of; data as of `table_06`."""
    return _decomposition(choose(parts, aim="class_mean"), OF_CLASSES, note)


def _decomposition(parts: pd.DataFrame, prefix: str, note: str) -> Drawn:
    names = [f"{prefix}{name}{end}" for end in ("", "_sd") for name in PARTS]
    rows = choose(parts, planner=planners_in(parts), scenario=list(SCENARIOS))
    data = pick(rows, ["planner", "scenario", *names])
    errors = [f"{name}_se" for name in PARTS]
    data = in_order(data.set_axis(["planner", "scenario", *PARTS, *errors], axis=1), "scenario")
    heads = ["", *PARTS.values()]
    return data, tabular(heads, by_planner(data, "scenario", SCENARIOS, list(PARTS), 3), note)


def table_a4(gains: pd.DataFrame, *, note: str) -> Drawn:
    """Gains in the mean score by group, a column a scenario.

    Data: planner, group, the four scenarios, and the same with ``_se``.
    """
    return _by_group(choose(gains, aim="mean_score"), "gain_score", 3, note)


def table_a5(gains: pd.DataFrame, *, note: str) -> Drawn:
    """Gains in the share proficient by group [percentage points]; data as of `table_a4`."""
    return _by_group(choose(gains, aim="share_proficient"), "gain_proficient", 2, note)


def _by_group(gains: pd.DataFrame, gain: str, decimals: int, note: str) -> Drawn:
    rows = choose(gains, planner=planners_in(gains), scenario=list(SCENARIOS), group=list(GROUPS))
    rows = pick(rows, ["planner", "group", "scenario", gain, f"{gain}_sd"])
    wide = rows.pivot(index=["planner", "group"], columns="scenario", values=[gain, f"{gain}_sd"])
    wide = wide[[(column, name) for column in (gain, f"{gain}_sd") for name in SCENARIOS]]
    wide.columns = [*SCENARIOS, *(f"{name}_se" for name in SCENARIOS)]
    data = in_order(wide.reset_index(), "group", GROUPS)
    heads = ["", *(f"({number_}) {name}" for number_, name in enumerate(SCENARIOS.values(), 1))]
    return data, tabular(heads, by_planner(data, "group", GROUPS, list(SCENARIOS), decimals), note)


def in_order(data: pd.DataFrame, column: str, order: Mapping[str, str] = SCENARIOS) -> pd.DataFrame:
    """Rows in the order of planners and of a column's values."""
    place = {"planner": list(PLANNERS), column: list(order)}
    return data.sort_values(
        list(place), key=lambda values: values.map(place[values.name].index), ignore_index=True
    )


def by_planner(
    data: pd.DataFrame, column: str, labels: Mapping[str, str], values: list[str], decimals: int
) -> dict[str, list[list[str]]]:
    """Panels of LaTeX rows, a planner each: numbers, and below them errors in parentheses."""
    parts = {}
    for planner in planners_in(data):
        rows = []
        for row in data[data["planner"] == planner].to_dict("records"):
            shown = [number(row[name], decimals) for name in values]
            errors = [_in_brackets(row[f"{name}_se"], decimals) for name in values]
            rows += [[labels[row[column]], *shown], ["", *errors]]
        parts[PLANNERS[planner]] = rows
    return parts


def _in_brackets(value: float, decimals: int) -> str:
    return "" if value != value else f"({number(value, decimals + 1)})"
