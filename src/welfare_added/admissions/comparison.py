"""Efficiency of every plan at a school, and why it is missing where it is."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from welfare_added.admissions.classes import STATISTICS, class_statistics
from welfare_added.admissions.efficiency import efficiency_table
from welfare_added.admissions.plans import (
    Outcome,
    Setting,
    matched_benchmarks,
    outcome,
    wanted_class,
)
from welfare_added.admissions.pool import members
from welfare_added.admissions.quota import Unreachable
from welfare_added.admissions.two_weights import composition

DECIMALS = 9  # of efficiencies that are kept
# Why an efficiency is missing: the plan's class is not more distorted than the score-based one; no
# weight or bonuses give the wanted numbers, of the plan or of its benchmark.
UNDEFINED, UNREACHABLE = "undefined", "unreachable"


@dataclass(frozen=True)
class Comparison:
    """Plans beside the benchmarks that have their own numbers of students.

    Attributes
    ----------
    efficiency
        plan, school, measure (sd, mean), target (`TARGETS`), value (fraction), missing: empty,
        ``undefined`` or ``unreachable``.
    benchmarks
        plan, school, target, and what `class_statistics` reports of the benchmark's class.

    """

    efficiency: pd.DataFrame
    benchmarks: pd.DataFrame


def efficiencies(setting: Setting, schools: Mapping[str, int]) -> pd.DataFrame:
    """Efficiencies of `compare`."""
    return compare(setting, schools).efficiency


def compare(setting: Setting, schools: Mapping[str, int]) -> Comparison:
    """Compare all plans but the score-based one, tuned to the wanted class of each school.

    schools: number of each by name.
    Source: Ellison and Pathak (2020), table A.6, columns 7 to 12.
    """
    values, benchmarks = [], []
    for name, number in schools.items():
        target = wanted_class(setting, number)
        for plan in [plan for plan in setting.names() if plan != "score"]:
            label = {"plan": plan, "school": name}
            table, matched = _of_plan(setting, number, plan, target)
            values.append(table.assign(**label))
            benchmarks += [{**label, "target": t, **one} for t, one in matched.items()]
    return Comparison(
        pd.concat(values, ignore_index=True)[
            ["plan", "school", "measure", "target", "value", "missing"]
        ],
        pd.DataFrame(benchmarks, columns=["plan", "school", "target", *STATISTICS]),
    )


def _of_plan(
    setting: Setting, school: int, plan: str, target: tuple[int, int]
) -> tuple[pd.DataFrame, dict[str, dict]]:
    """Columns measure, target, value, missing; and the benchmarks' statistics by target."""
    pool = setting.pool

    def statistics(one: Outcome) -> dict[str, float]:
        return class_statistics(pool, members(one.placement, pool.lists, school))

    score = statistics(outcome("score", setting, school, target))
    made = _reached(plan, setting, school, target)
    own = benchmarks = None
    if made:
        own = statistics(made)
        numbers = composition(pool, members(made.placement, pool.lists, school))
        matched = matched_benchmarks(setting, school, numbers)
        benchmarks = {name: statistics(one) for name, one in matched.items()}
    table = efficiency_table(score, own or score, benchmarks or {})
    unreachable = ~table["target"].isin(list(benchmarks or ()))
    undefined = table["value"].isna() & ~unreachable
    table["value"] = table["value"].round(DECIMALS)
    table["missing"] = unreachable.map({True: UNREACHABLE, False: ""}).mask(undefined, UNDEFINED)
    return table, benchmarks or {}


def _reached(plan: str, setting: Setting, school: int, target: tuple[int, int]) -> Outcome | None:
    """The plan's outcome; none where no weight or bonuses give the wanted numbers."""
    try:
        return outcome(plan, setting, school, target)
    except Unreachable:
        return None
