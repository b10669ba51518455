"""Efficiency of every plan against benchmarks that have its own numbers of students (table A.6)."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from welfare_added.admissions.classes import STATISTICS, class_statistics
from welfare_added.admissions.efficiency import efficiency_table
from welfare_added.admissions.plans import Setting, matched_benchmarks
from welfare_added.admissions.pool import members

# Not compared with a benchmark: the plan from which distortion is measured.
NOT_COMPARED = ("score",)


@dataclass(frozen=True)
class EfficiencyTables:
    """Efficiencies and the benchmarks behind them.

    Attributes
    ----------
    efficiency
        plan, school, measure (sd, mean), target (overall, minority_only, income_only), value
        (share; missing where undefined).
    benchmarks
        plan, school, target, and what `class_statistics` reports of the matched benchmark's class.

    """

    efficiency: pd.DataFrame
    benchmarks: pd.DataFrame


def efficiency_tables(
    setting: Setting, schools: Sequence[str], at: int, placed: pd.DataFrame
) -> EfficiencyTables:
    """Compare every plan's class at a school with its matched benchmarks.

    schools: names, by place. at: place of the school. placed: a column a plan, a row an applicant:
    the place of her school, -1 without one; with the column ``score``.
    """
    pool = setting.pool
    score = class_statistics(pool, placed["score"].to_numpy() == at)
    values, benchmarks = [], []
    for plan in placed.columns.drop(list(NOT_COMPARED)):
        here = placed[plan].to_numpy() == at
        own = int(pool.minority[here].sum()), int(pool.frpl[here].sum())
        matched = {
            target: class_statistics(pool, members(one.placement, pool.lists, at))
            for target, one in matched_benchmarks(setting, at, own).items()
        }
        table = efficiency_table(score, class_statistics(pool, here), matched)
        values.append(table.assign(plan=plan, school=schools[at]))
        benchmarks += [
            {"plan": plan, "school": schools[at], "target": target, **statistics}
            for target, statistics in matched.items()
        ]
    efficiency = pd.concat(values, ignore_index=True)
    return EfficiencyTables(
        efficiency[["plan", "school", "measure", "target", "value"]],
        pd.DataFrame(benchmarks)[["plan", "school", "target", *STATISTICS]],
    )


def placed_by_plan(
    assignments: pd.DataFrame, applicants: pd.DataFrame, schools: Sequence[str], tuned_at: str
) -> pd.DataFrame:
    """Place of each applicant's school by plan, as `efficiency_tables` wants it.

    assignments: plan, tuned_at, applicant_id, school_id. Those tuned at ``tuned_at``, and those
    without a weight.
    """
    own = assignments[assignments["tuned_at"].isin([tuned_at, ""])]
    wide = own.assign(place=pd.Categorical(own["school_id"], categories=list(schools)).codes)
    wide = wide.set_index(["applicant_id", "plan"])["place"].unstack("plan")
    order = list(dict.fromkeys(own["plan"]))
    return wide.reindex(index=applicants["applicant_id"], columns=order).astype("int64")
