"""Bonuses of two parts: b1 per unit of something, and a lump sum that keeps everybody unharmed.

Bates et al. (2022), section 8. Money is in minutes of one-way commute. Eq. 17 has the lump sum as
a change in utility, eq. 16 as minutes: here it is divided by gamma, unless ``lump_sum`` is
``printed``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from welfare_added.assignment.one_to_one import stable_matching
from welfare_added.assignment.preference_lists import ranked
from welfare_added.market.achievement import measures
from welfare_added.market.policies import Policy, stable
from welfare_added.market.setting import MarketArrays
from welfare_added.market.simulate import Choices, Run, each_run
from welfare_added.run.errors import UserError

# What a unit of the bonus is for: (J, P) of a market.
SCHEMES: Mapping[str, Callable[[MarketArrays], np.ndarray]] = {
    "output": lambda market: market.value_added,
    "disadvantaged": lambda market: np.broadcast_to(market.share_1, market.utility.shape),
    "advantage_x_disadvantaged": lambda market: np.outer(market.absolute_advantage, market.share_1),
}
PRINCIPALS = ("estimated", "value_added")
NEAR = 0.01  # of the largest rate: how close the search comes
SEARCHED = 20  # runs over which it averages
SPARE = 1.1  # of the wanted spending: what those runs are to spend, so that all runs do
DOUBLINGS = 60


@dataclass(frozen=True)
class BonusPlan:
    """The rates that are simulated.

    Attributes
    ----------
    points
        Number of rates of every scheme, from 0 on.
    spending
        Mean spending per teacher at the largest rate [minutes].
    options
        Pairs that can meet: windows (as in the status quo), or all.
    lump_sum
        ``minutes``, or ``printed`` (eq. 17 without division by gamma).

    """

    points: int
    spending: float
    options: str = "windows"
    lump_sum: str = "minutes"

    def __post_init__(self) -> None:
        """Refuse unknown words and too few points."""
        options = {"options": ("windows", "all"), "lump_sum": ("minutes", "printed")}
        for name, words in options.items():
            if getattr(self, name) not in words:
                raise UserError(
                    f"market.bonuses.{name}: {getattr(self, name)!r}; want {' or '.join(words)}"
                )
        if self.points < 2 or not self.spending > 0:
            raise UserError("market.bonuses: want at least 2 points, and spending above 0")


@dataclass(frozen=True)
class Paid:
    """The teacher-optimal stable allocation with a bonus, and what it costs.

    partner: (J,) position of each teacher. lump_sum: b0 [minutes]. spending: mean of
    b0 + b1 z over teachers [minutes].
    """

    partner: np.ndarray
    lump_sum: float
    spending: float


def without_bonus(run: Run, principals: str, plan: BonusPlan) -> np.ndarray:
    """The teacher-optimal stable allocation with no bonus, (J,); principals: what they rank by."""
    return stable(run, Policy(principals=principals, options=plan.options)).partner


def pay(
    run: Run, z: np.ndarray, rate: float, principals: str, plan: BonusPlan, before: np.ndarray
) -> Paid:
    """The allocation where teachers get ``rate`` minutes per unit of z (J, J): eqs. 16 and 17.

    principals: what they rank by, with and without the bonus; before: `without_bonus`. A teacher
    without a position, in markets where some stay unmatched, gets no bonus and does not count.
    """
    gamma = run.market.gamma
    lists = ranked(run.teachers + gamma * rate * z, run.lists("teachers", "estimated", "all"))
    if plan.options == "windows":
        lists = lists.restricted(run.market.meets, run.choices.infeasible)
    after = stable_matching(lists, run.lists("principals", principals, plan.options))
    both = np.flatnonzero((before >= 0) & (after >= 0))
    utility = run.teachers[both, after[both]] - run.teachers[both, before[both]]
    paid = rate * z[both, after[both]]
    lump_sum = -float((utility + gamma * paid).min())
    if plan.lump_sum == "minutes":
        lump_sum /= gamma
    lump_sum += 0.0  # no minus zero
    return Paid(after, lump_sum, lump_sum + float(paid.mean()))


def bonus_table(
    market: MarketArrays, choices: Choices, plan: BonusPlan, threads: int = 1
) -> pd.DataFrame:
    """Means over runs at every rate: principals, scheme, rate, spending, gain, lump_sum and more.

    Columns: principals (estimated | value_added), scheme; rate [minutes per unit]; spending and
    lump_sum [minutes per teacher]; gain, gain_0, gain_1 [student SD] and utility_minutes (without
    payments) less those of the allocation without bonus and with the same principals; gain_se and
    spending_se (standard deviations over runs over their root), runs. Rates are spaced by squares:
    the lump sum jumps with the first teacher who is displaced.
    """
    few = replace(choices, runs=min(choices.runs, SEARCHED))
    spaced = np.linspace(0, 1, plan.points) ** 2
    rates = {
        (principals, scheme): spaced * largest_rate(market, few, plan, scheme, principals, threads)
        for principals in PRINCIPALS
        for scheme in SCHEMES
    }
    rows = np.array(each_run(market, choices, lambda run: _of_run(run, rates, plan), threads))
    tables = []
    for number, ((principals, scheme), some) in enumerate(rates.items()):
        part = _means(rows[:, number], some)
        part.insert(0, "scheme", scheme)
        part.insert(0, "principals", principals)
        tables.append(part)
    return pd.concat(tables, ignore_index=True)


def _of_run(
    run: Run, rates: Mapping[tuple[str, str], np.ndarray], plan: BonusPlan
) -> list[list[list[float]]]:
    """What one run gives at every rate, (schemes, rates, 6): spending, lump sum, four measures."""
    before = {principals: without_bonus(run, principals, plan) for principals in PRINCIPALS}
    rows = []
    for (principals, scheme), some in rates.items():
        z, start = SCHEMES[scheme](run.market), before[principals]
        found = [pay(run, z, rate, principals, plan, start) for rate in some]
        rows.append(
            [[one.spending, one.lump_sum, *measures(run, one.partner).values()] for one in found]
        )
    return rows


def _means(rows: np.ndarray, rates: np.ndarray) -> pd.DataFrame:
    """Means over the runs of rows (runs, rates, 6), measures less those at rate 0."""
    runs = len(rows)
    changes = rows.copy()
    changes[:, :, 2:] -= rows[:, :1, 2:]
    mean, error = changes.mean(axis=0), changes.std(axis=0, ddof=1) / np.sqrt(runs)
    names = ("spending", "lump_sum", "gain", "gain_0", "gain_1", "utility_minutes")
    table = pd.DataFrame({"rate": rates, **dict(zip(names, mean.T, strict=True))})
    table["gain_se"], table["spending_se"] = error[:, 2], error[:, 0]
    digits = {name: 9 if name.startswith("gain") else 6 for name in table}
    return table.round(digits).assign(runs=runs)


def largest_rate(
    market: MarketArrays,
    choices: Choices,
    plan: BonusPlan,
    scheme: str,
    principals: str,
    threads: int = 1,
) -> float:
    """Rate at which mean spending surely reaches ``plan.spending``.

    The rate of a tenth more, to a hundredth of the rate, in the runs of ``choices``.

    By doubling from a rate at which a standard deviation of z is worth that spending, and by
    bisection. Raises UserError where no rate spends so much.
    """
    measure = SCHEMES[scheme]
    if not (spread := float(measure(market).std())) > 0:
        raise UserError(f"market: the bonus scheme {scheme} pays the same in all positions")

    def spending(rate: float) -> float:
        def one(run: Run) -> float:
            start = without_bonus(run, principals, plan)
            return pay(run, measure(run.market), rate, principals, plan, start).spending

        return float(np.mean(each_run(market, choices, one, threads)))

    wanted = SPARE * plan.spending
    low, high = 0.0, wanted / spread
    for _ in range(DOUBLINGS):
        if spending(high) >= wanted:
            break
        low, high = high, 2 * high
    else:
        raise UserError(
            f"market.bonuses.spending: no rate of the scheme {scheme} spends {plan.spending:g} "
            "minutes per teacher. Lower it"
        )
    while high - low > NEAR * high:
        middle = (low + high) / 2
        low, high = (middle, high) if spending(middle) < wanted else (low, middle)
    return high
