"""Efficiency of every plan at a school, and why it is missing where it is."""

from collections.abc import Mapping

import pandas as pd

from welfare_added.admissions.classes import class_statistics
from welfare_added.admissions.efficiency import TARGETS, efficiency_table
from welfare_added.admissions.plans import (
    MATCHED,
    Outcome,
    Setting,
    current_class,
    outcome,
)
from welfare_added.admissions.pool import members
from welfare_added.admissions.quota import Unreachable
from welfare_added.admissions.two_weights import composition

DECIMALS = 9  # of efficiencies that are kept
# Why an efficiency is missing: the plan's class is not more distorted than the score-based one; no
# weight or bonuses give the wanted numbers, of the plan or of its benchmark.
UNDEFINED, UNREACHABLE = "undefined", "unreachable"


def efficiencies(setting: Setting, schools: Mapping[str, int]) -> pd.DataFrame:
    """Efficiencies of all plans but the score-based one, tuned at each school.

    schools: number of each by name. Columns: plan, school, measure (sd, mean), target (`TARGETS`),
    value (fraction), missing: empty, ``undefined`` or ``unreachable``.
    Source: Ellison and Pathak (2020), table A.6, columns 7 to 12.
    """
    parts = [
        _of_plan(setting, number, plan, current_class(setting, number)).assign(
            plan=plan, school=name
        )
        for name, number in schools.items()
        for plan in setting.names()
        if plan != "score"
    ]
    return pd.concat(parts, ignore_index=True)[
        ["plan", "school", "measure", "target", "value", "missing"]
    ]


def _of_plan(setting: Setting, school: int, plan: str, target: tuple[int, int]) -> pd.DataFrame:
    """Columns measure, target, value, missing."""
    pool = setting.pool

    def statistics(one: Outcome) -> dict[str, float]:
        return class_statistics(pool, members(one.placement, pool.lists, school))

    score = statistics(outcome("score", setting, school, target))
    made = _reached(plan, setting, school, target)
    own = benchmarks = None
    if made:
        own = statistics(made)
        numbers = composition(pool, members(made.placement, pool.lists, school))
        tried = {name: _reached(MATCHED[name], setting, school, numbers) for name in TARGETS}
        benchmarks = {name: statistics(one) for name, one in tried.items() if one}
    table = efficiency_table(score, own or score, benchmarks or {})
    unreachable = ~table["target"].isin(list(benchmarks or ()))
    undefined = table["value"].isna() & ~unreachable
    table["value"] = table["value"].round(DECIMALS)
    table["missing"] = unreachable.map({True: UNREACHABLE, False: ""}).mask(undefined, UNDEFINED)
    return table


def _reached(plan: str, setting: Setting, school: int, target: tuple[int, int]) -> Outcome | None:
    """The plan's outcome; none where no weight or bonuses give the wanted numbers."""
    try:
        return outcome(plan, setting, school, target)
    except Unreachable:
        return None
