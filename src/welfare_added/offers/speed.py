"""Processor seconds of the paper's methods on problems of the published state's size."""

import time
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from welfare_added.assignment.knapsack import Knapsack, solve_knapsack
from welfare_added.grade_means.cells import teacher_shares
from welfare_added.grade_means.joint import joint_estimates
from welfare_added.grade_means.printed import PrintedChoices, printed_estimates
from welfare_added.grade_means.worlds import WorldOfCells, draw_cells
from welfare_added.offers.discrete import solve_discrete
from welfare_added.offers.estimate import fit_thresholds
from welfare_added.offers.laboratory import Laboratory, laboratory_markets
from welfare_added.offers.market import Rules, prepare
from welfare_added.offers.parameters import centred
from welfare_added.run.errors import UserError

AGREE = 1e-9  # relative difference of the values of two methods
COLUMNS = ["task", "method", "n", "seconds", "value"]


def knapsack_of(items: int, rng: np.random.Generator) -> Knapsack:
    """A district's offers to so many teachers; both constraints at 5 to 110% of what is wanted."""
    amount, cost = rng.random(items), rng.uniform(30, 80, items)
    value = rng.normal(0.5, 1, items) + rng.normal()
    wanted = value > 0
    budget = (amount * cost)[wanted].sum() * rng.uniform(0.05, 1.1)
    capacity = amount[wanted].sum() * rng.uniform(0.05, 1.1)
    return Knapsack(amount, value, cost, float(budget), float(capacity))


def by_highs(problem: Knapsack) -> float:
    """Value of the linear optimum by HiGHS."""
    rows = np.array([problem.amount * problem.cost, problem.amount])
    limits = [problem.budget, problem.capacity]
    worth = -problem.amount * problem.value
    return -linprog(worth, A_ub=rows, b_ub=limits, bounds=(0, 1), method="highs").fun


def time_knapsacks(items: int, problems: int, seed: np.random.SeedSequence) -> pd.DataFrame:
    """Ours and HiGHS on the same problems, one row each.

    Raises UserError if their values differ.
    """
    rng = np.random.default_rng(seed)
    solve_knapsack(knapsack_of(10, rng))  # loads what is compiled
    rows = []
    for _ in range(problems):
        problem = knapsack_of(items, rng)
        own = _timed(lambda problem=problem: solve_knapsack(problem).value)
        highs = _timed(lambda problem=problem: by_highs(problem))
        if not abs(own[1] - highs[1]) <= AGREE * max(abs(highs[1]), 1.0):
            raise UserError(f"knapsack of {items:,} items: ours {own[1]!r}, HiGHS {highs[1]!r}")
        rows += [("knapsack", "ours", items, *own), ("knapsack", "highs", items, *highs)]
    return pd.DataFrame(rows, columns=COLUMNS)


def time_equilibrium(
    design: Mapping, parameters: np.ndarray, rules: Rules, seed: int
) -> pd.DataFrame:
    """Equilibrium of offers in all markets of a state in which constraints bind, for one shock.

    design: of `Laboratory`. value: hires that districts expect.
    """
    markets = laboratory_markets(Laboratory(**design), parameters, rules, seed)
    prepared, at = (
        [prepare(one, rules) for one in markets],
        centred(parameters, rules.salary_centre),
    )
    shape = markets[0].salary.shape
    shocks = np.random.default_rng(np.random.SeedSequence(seed)).standard_normal(shape)

    def solve() -> float:
        found = [solve_discrete(one, at, shocks) for one in prepared]
        if not all(one.converged for one in found):
            raise UserError("equilibrium: offers of a market did not settle; choose another seed")
        return float(sum(one.hires(own).sum() for one, own in zip(found, prepared, strict=True)))

    n = len(markets) * len(markets[0].salary)
    return pd.DataFrame([("equilibrium", "ours", n, *_timed(solve))], columns=COLUMNS)


def time_fit(
    task: str, design: Mapping, parameters: np.ndarray, start: np.ndarray, rules: Rules, seed: int
) -> pd.DataFrame:
    """Fit of the two-sided model to a laboratory's matches; value: the log-likelihood."""
    markets = laboratory_markets(Laboratory(**design), parameters, rules, seed)

    def solve() -> float:
        found = fit_thresholds(markets, rules, start)
        if not found.maximum.converged:
            raise UserError(f"fit: not converged, {found.maximum.message}; choose another seed")
        return found.log_likelihood

    n = len(markets) * len(markets[0].salary)
    return pd.DataFrame([(task, "ours", n, *_timed(solve))], columns=COLUMNS)


def time_value_added(schools: int, most_teachers: int, seed: int) -> pd.DataFrame:
    """The printed and the joint estimator together on one subject; n: cells, value: joint SD."""
    world = WorldOfCells(schools, most_teachers=most_teachers)
    cells, _ = draw_cells(world, np.random.SeedSequence(seed))

    def solve() -> float:
        printed_estimates(cells, PrintedChoices())
        return float(np.sqrt(joint_estimates(cells, teacher_shares(cells)).variances.teacher))

    n = len(cells.mean_score)
    return pd.DataFrame([("value_added", "ours", n, *_timed(solve))], columns=COLUMNS)


def beside_limits(rounds: pd.DataFrame, limits: Mapping[str, float]) -> pd.DataFrame:
    """Medians by task and method, and whether they keep their limits.

    limits: seconds by task; of the knapsack the least ratio of HiGHS's time to ours. Returns task,
    method, n, seconds, ratio_to_ours, limit, kept (both missing of tasks without a limit).
    """
    table = rounds.groupby(["task", "method", "n"], as_index=False)["seconds"].median()
    own = table[table["method"] == "ours"].set_index("task")["seconds"]
    table["ratio_to_ours"] = table["seconds"] / table["task"].map(own)
    table["limit"] = table["task"].map(limits).astype(float)
    highs = table["method"] == "highs"
    ratio = table.loc[highs].set_index("task")["ratio_to_ours"]
    rows = table["task"].isin(ratio.index)  # a ratio is held from below
    kept = table["seconds"] <= table["limit"]
    kept = kept.where(~rows, table["task"].map(ratio) >= table["limit"])
    table["kept"] = kept.astype(object).where(table["limit"].notna())
    return table


def _timed(solve: Callable[[], float]) -> tuple[float, float]:
    """Processor seconds, and the value."""
    start = time.process_time()
    value = solve()
    return time.process_time() - start, value
