"""What it costs to support the planner's allocations by payments of each teacher's own."""

import numpy as np
import pandas as pd

from welfare_added.assignment.certificate import CertificateError
from welfare_added.assignment.core_prices import lowest_payoffs
from welfare_added.assignment.dense import optimal_matching
from welfare_added.market.achievement import measures
from welfare_added.market.bonuses import PRINCIPALS
from welfare_added.market.frontier import RunFrontier, scale_of
from welfare_added.market.policies import Policy, stable
from welfare_added.market.setting import MarketArrays
from welfare_added.market.simulate import Choices, Run, runs_of

COLUMNS = ["principals", "scheme", "rate", "spending", "gain", "gain_0", "gain_1", "runs"]
KINDS = ("teacher_specific", "teacher_specific_net", "core_prices")


def payments(
    utility: np.ndarray,
    value_added: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
    omega: float,
) -> tuple[float, float, float]:
    """Mean payments per teacher that hold everybody harmless, in the order of `KINDS`.

    utility: (J, J) in minutes. before, after: (J,) positions; omega: minutes that a unit of total
    value added counts as where ``after`` is the planner's optimum.

    The first pays each teacher what she loses, and takes nothing from those who gain; the second
    takes that too; both assign teachers. The third are the lowest wages at which nobody, teacher or
    position paid omega for its output, would rather have another partner (Shapley and Shubik 1971).
    """
    rows = np.arange(len(before))
    old, new = utility[rows, before], utility[rows, after]
    lost = old - new
    payoffs = _core(utility + omega * value_added, after, old)
    return float(np.maximum(lost, 0).mean()), float(lost.mean()), float((payoffs - new).mean())


def _core(scores: np.ndarray, partner: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """Lowest core payoffs; the frontier's vertex is solved anew where rounding made it another."""
    try:
        return lowest_payoffs(scores, partner, floor)
    except CertificateError:
        return lowest_payoffs(scores, optimal_matching(scores).partner, floor)


def payment_table(
    market: MarketArrays,
    choices: Choices,
    found: list[RunFrontier],
    weights: np.ndarray,
    principals: str = "estimated",
    options: str = "windows",
) -> pd.DataFrame:
    """Mean cost of the planner's allocation at each weight, and what it gains over no payments.

    Columns: principals, scheme (of `KINDS`), rate (omega in minutes per unit of total value added,
    from which the allocation is the optimum), spending [minutes per teacher], gain, gain_0, gain_1
    [student SD], runs. Runs where a teacher is unmatched without payments are left out; if all are,
    there are no rows.
    """
    rows = [
        _of_run(run, one, weights, scale_of(market), Policy(principals=principals, options=options))
        for run, one in zip(runs_of(market, choices), found, strict=True)
    ]
    used = np.array([row for row in rows if row is not None])
    if not len(used):
        return pd.DataFrame(columns=COLUMNS)
    mean = used.mean(axis=0)  # (weights, 6)
    tables = []
    for column, kind in enumerate(KINDS):
        gains = dict(zip(("gain", "gain_0", "gain_1"), mean[:, 3:].T, strict=True))
        rate = scale_of(market) * weights / (1 - weights)
        table = pd.DataFrame({"rate": rate, "spending": mean[:, column], **gains})
        table = table.round({"rate": 6, "spending": 6} | dict.fromkeys(gains, 9))
        table.insert(0, "scheme", kind)
        table.insert(0, "principals", principals)
        tables.append(table.assign(runs=len(used)))
    return pd.concat(tables, ignore_index=True)


def payment_tables(
    market: MarketArrays,
    choices: Choices,
    found: list[RunFrontier],
    weights: np.ndarray,
    options: str,
) -> pd.DataFrame:
    """The rows of `payment_table` for principals with estimated preferences and by value added."""
    tables = [
        payment_table(market, choices, found, weights, principals, options)
        for principals in PRINCIPALS
    ]
    return pd.concat(tables, ignore_index=True)


def _of_run(run: Run, found: RunFrontier, weights: np.ndarray, scale: float, policy: Policy):
    """Three payments and three gains at each weight, (weights, 6); None if one is unmatched."""
    before = stable(run, policy).partner
    if (before < 0).any():
        return None
    base = np.array([*measures(run, before).values()][:3])
    utility = run.teachers / run.market.gamma
    vertices = np.searchsorted(found.weight_from, weights, side="right") - 1
    rows = []
    for weight, vertex in zip(weights, vertices, strict=True):
        omega = scale * weight / (1 - weight)
        after = found.partners[vertex]
        costs = payments(utility, run.market.value_added, before, after, omega)
        rows.append([*costs, *(found.measures[vertex, :3] - base)])
    return rows
