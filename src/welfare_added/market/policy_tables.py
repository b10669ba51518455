"""All policies in all runs, and their means with standard errors of paired differences."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from welfare_added.market.achievement import MEASURES, measures, random_measures
from welfare_added.market.policies import POLICIES, SERIAL, STATUS_QUO, allocate
from welfare_added.market.setting import MarketArrays
from welfare_added.market.simulate import Choices, Run, each_run

DECIMALS = {"achievement": 9, "achievement_0": 9, "achievement_1": 9, "utility_minutes": 6}
ALL = (*POLICIES, "best", "teacher_best", "random", "worst", *SERIAL)


def available(market: MarketArrays, names: Sequence[str] = ALL) -> list[str]:
    """Policies whose traits the market has: without experience, nobody picks by it."""
    lacks = {
        name
        for name, (_, trait) in SERIAL.items()
        if not hasattr(market, trait) and trait not in market.teacher_traits
    }
    return [name for name in names if name not in lacks]


def run_rows(run: Run, names: Sequence[str]) -> list[dict[str, object]]:
    """One row a policy: run, policy, measures, matched teachers, blocking, ties, relative_gap."""
    rows = []
    for name in names:
        row: dict[str, object] = {"run": run.number, "policy": name}
        if name == "random":
            row |= random_measures(run)
        else:
            found = allocate(run, name)
            row |= measures(run, found.partner)
            row |= {"matched": int((found.partner >= 0).sum()), "blocking": found.blocking}
            row |= {"ties": found.ties, "relative_gap": found.relative_gap}
        rows.append(row)
    return rows


def simulate_policies(
    market: MarketArrays, choices: Choices, names: Sequence[str] = ALL, threads: int = 1
) -> pd.DataFrame:
    """Every policy in every run, with the same errors and positions for all policies of a run.

    Columns: run, policy, achievement, achievement_0, achievement_1 [student SD], utility_minutes,
    matched (teachers with a position), blocking (pairs; 0 of a stable allocation), ties,
    relative_gap (of optima). The measures are rounded to 1e-9 and 1e-6, gaps to 1e-12.
    """
    names = available(market, names)
    parts = each_run(market, choices, lambda run: run_rows(run, names), threads)
    table = pd.DataFrame([row for part in parts for row in part])
    digits = DECIMALS | {"relative_gap": 12}
    return table.round({name: count for name, count in digits.items() if name in table})


def paired(runs: pd.DataFrame, base: str = STATUS_QUO) -> pd.DataFrame:
    """The rows of `simulate_policies` with each measure less that of ``base`` in the same run."""
    changes = runs.copy()
    of_base = runs[runs["policy"] == base].set_index("run")[list(MEASURES)]
    changes[list(MEASURES)] -= of_base.loc[runs["run"]].to_numpy()
    return changes


def policy_table(runs: pd.DataFrame, base: str = STATUS_QUO) -> pd.DataFrame:
    """Means over runs, by policy in the order of the runs.

    Columns: policy; achievement, achievement_0, achievement_1 (levels [student SD]); gain, gain_0,
    gain_1 (less those of ``base``); gain_se, gain_0_se, gain_1_se (standard deviation of paired
    differences over the root of the number of runs); share (of the gain of the best allocation);
    utility_minutes, utility_se (mean utility of teachers, less that of ``base``); matched (mean
    number of teachers); blocking (largest number in any run); ties (mean); runs.
    """
    order = list(dict.fromkeys(runs["policy"]))
    levels = runs.groupby("policy")[list(MEASURES)].mean().loc[order]
    changes = paired(runs, base).groupby("policy")[list(MEASURES)]
    gains, errors = changes.mean().loc[order], changes.sem(ddof=1).loc[order]
    others = runs.groupby("policy")
    table = levels[list(MEASURES[:3])].copy()
    for measure, name in zip(MEASURES[:3], ("gain", "gain_0", "gain_1"), strict=True):
        table[name], table[f"{name}_se"] = gains[measure], errors[measure]
    best = table["gain"].get("best", np.nan)
    table["share"] = table["gain"] / best
    table["utility_minutes"] = gains["utility_minutes"]
    table["utility_se"] = errors["utility_minutes"]
    for name, how in (("matched", "mean"), ("blocking", "max"), ("ties", "mean")):
        table[name] = others[name].agg(how).loc[order]
    table["runs"] = others.size().loc[order]
    digits = {name: 6 if name.startswith(("utility", "share", "matched", "ties")) else 9
              for name in table if name != "runs"}  # fmt: skip
    return table.round(digits).reset_index()
