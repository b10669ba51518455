"""Places of positions and teachers in each other's preferences (figures 5, 9 and A13).

A percentile of 100 is the most preferred of all that take part in the run, 0 the least.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from welfare_added.assignment.preference_lists import Lists
from welfare_added.market.bins import LEAST, bin_means, equal_bins, line
from welfare_added.market.policies import STATUS_QUO, allocate
from welfare_added.market.setting import MarketArrays
from welfare_added.market.simulate import Choices, Run, each_run

DECIMALS = 6
NEAR = 2.5  # minutes: half the width of a window of commutes
OWN = (STATUS_QUO, "principals")


def percentiles(lists: Lists) -> np.ndarray:
    """Percentile of each partner on each list, (n, m)."""
    last = max(lists.order.shape[1] - 1, 1)
    return 100.0 * (last - lists.place) / last


class MeanRanks:
    """Mean percentiles over runs, of pairs and of matched positions."""

    def __init__(self, market: MarketArrays, choices: Choices, threads: int = 1):
        """Run the market and add up."""
        self.market, self.runs = market, choices.runs
        shape = market.utility.shape
        self.teachers, self.principals = np.zeros(shape), np.zeros(shape)
        self.kept, self.together = np.zeros(shape[1]), np.zeros(shape)
        self.own = {name: np.zeros(shape[0]) for name in OWN}
        self.matched = {name: np.zeros(shape[0]) for name in OWN}
        self.first_choice = np.zeros(shape[1])
        self.first_best = np.zeros((2, shape[0]))  # of teachers, and of principals by teacher
        self.present = np.zeros(shape[0])
        for found in each_run(market, choices, _of_run, threads):
            people, kept = found["people"], found["positions"]
            pairs = np.ix_(people, kept)
            self.kept[kept] += 1
            self.present[people] += 1
            self.together[pairs] += 1
            self.teachers[pairs] += found["by_teachers"]
            self.principals[pairs] += found["by_principals"]
            self.first_choice[kept] += found["first_choice"]
            self.first_best[:, people] += found["first_best"]
            for name in OWN:
                partner, own = found[name]
                self.matched[name][people] += partner >= 0
                self.own[name][people] += own

    def of_pairs(self, side: str) -> np.ndarray:
        """Mean percentile of each pair over the runs that keep the position; NaN if none does."""
        with np.errstate(invalid="ignore"):
            return getattr(self, side) / np.where(self.together > 0, self.together, np.nan)

    def in_first_best(self) -> np.ndarray:
        """Mean percentiles in the first best, (2, J): of teachers, and of their principals."""
        return self.first_best / np.where(self.present > 0, self.present, np.nan)

    def order(self) -> np.ndarray:
        """Place of each teacher by absolute advantage, (J,), from 0 to 100; ties share theirs."""
        place = pd.Series(self.market.absolute_advantage).rank(method="average").to_numpy()
        return 100 * (place - 1) / max(len(place) - 1, 1)


def _of_run(run: Run) -> Mapping[str, object]:
    rows = np.arange(len(run.positions))
    teachers = percentiles(run.lists("teachers", "estimated", "all"))
    principals = percentiles(run.lists("principals", "estimated", "all")).T
    best = allocate(run, "best").partner
    found: dict[str, object] = {"people": run.people, "positions": run.positions}
    found["by_teachers"] = teachers
    found["by_principals"] = principals
    first = run.lists("teachers", "estimated", "all").order[:, 0]
    found["first_choice"] = np.bincount(first, minlength=len(rows))
    found["first_best"] = np.stack([teachers[rows, best], principals[rows, best]])
    for name in OWN:
        partner = allocate(run, name).partner
        found[name] = partner, np.where(partner >= 0, teachers[rows, partner], 0.0)
    return found


def rank_table(ranks: MeanRanks, bins: int) -> pd.DataFrame:
    """Figure 5: mean percentiles by bins of what pairs are like.

    Columns: panel (commute, disadvantaged, value_added, comparative_advantage: in teachers'
    preferences; principal_value_added: in principals'; first_best_teacher, first_best_principal:
    of the partner in the first best, by the teacher's place in absolute advantage), bin, x,
    percentile, pairs. Panels of pairs are means over runs; without minutes there is no commute.
    """
    market = ranks.market
    teachers, principals = ranks.of_pairs("teachers"), ranks.of_pairs("principals")
    shape = market.utility.shape
    panels = {
        "commute": (market.minutes, teachers),
        "disadvantaged": (np.broadcast_to(market.share_1, shape), teachers),
        "value_added": (market.value_added, teachers),
        "comparative_advantage": (market.comparative_advantage, teachers),
        "principal_value_added": (market.value_added, principals),
        "first_best_teacher": (ranks.order(), ranks.in_first_best()[0]),
        "first_best_principal": (ranks.order(), ranks.in_first_best()[1]),
    }
    tables = []
    for panel, (x, percentile) in panels.items():
        if x is None:
            continue
        some = np.isfinite(x) & np.isfinite(percentile)
        least = 1 if x.ndim == 2 else LEAST
        values = {"percentile": percentile[some]}
        part = bin_means(np.round(x[some], 9), values, bins, least=least)
        tables.append(part.rename(columns={"count": "pairs"}).assign(panel=panel))
    columns = ["panel", "bin", "x", "percentile", "pairs"]
    return pd.concat(tables, ignore_index=True)[columns].round(DECIMALS)


def own_rank_table(ranks: MeanRanks, bins: int) -> pd.DataFrame:
    """Figure 9: percentile of the own position, by bins of teachers by absolute advantage.

    Columns: policy (status_quo | principals), bin, order (mean place, 0 to 100), percentile,
    teachers, slope (of the percentile on the place, over teachers).
    """
    tables = []
    for policy in OWN:
        matched = ranks.matched[policy]
        some = matched > 0
        x, y = ranks.order()[some], ranks.own[policy][some] / matched[some]
        part = bin_means(x, {"percentile": y}, bins, least=LEAST)
        part = part.rename(columns={"x": "order", "count": "teachers"})
        tables.append(part.assign(policy=policy, slope=line(x, y)[0]))
    columns = ["policy", "bin", "order", "percentile", "teachers", "slope"]
    return pd.concat(tables, ignore_index=True)[columns].round(DECIMALS)


def top_choice_table(ranks: MeanRanks, bins: int) -> pd.DataFrame:
    """Figure A13: how many teachers would go where if each had her first choice.

    Columns: bin (of positions by share disadvantaged), share_disadvantaged, positions, teachers
    (whose first choice is there), both means over runs, demand (teachers per position).
    """
    market, runs = ranks.market, ranks.runs
    table = bin_means(market.share_1, {}, bins)
    names = table["bin"].to_numpy()
    group = equal_bins(market.share_1, bins)
    table["positions"] = np.bincount(group, ranks.kept / runs, len(names))
    table["teachers"] = np.bincount(group, ranks.first_choice / runs, len(names))
    table["demand"] = table["teachers"] / table["positions"]
    table = table.rename(columns={"x": "share_disadvantaged"}).drop(columns="count")
    return table.round(DECIMALS)


def rank_numbers(ranks: MeanRanks, strong_from: float, minutes: Sequence[int]) -> dict[str, float]:
    """Mean percentiles in the first best and at commutes of some length.

    In the first best of teachers, of principals, and of strong teachers; strong_from: place by
    absolute advantage, from 0 to 1, above which one is strong. minutes: lengths; pairs within
    `NEAR` minutes count, and NaN stands where there are none.
    """
    teachers, principals = ranks.in_first_best()
    strong = ranks.order() >= 100 * strong_from
    return {
        "first_best_percentile_teachers": float(np.nanmean(teachers)),
        "first_best_percentile_principals": float(np.nanmean(principals)),
        "first_best_percentile_strong": float(np.nanmean(teachers[strong])),
        **{f"rank_at_{one}_minutes": _at_commute(ranks, one) for one in minutes},
    }


def _at_commute(ranks: MeanRanks, minutes: float) -> float:
    """Mean percentile of pairs whose commute is about so long."""
    if ranks.market.minutes is None:
        return float("nan")
    percentile = ranks.of_pairs("teachers")
    near = (np.abs(ranks.market.minutes - minutes) <= NEAR) & np.isfinite(percentile)
    return float(percentile[near].mean()) if near.any() else float("nan")
