"""Who leaves and who moves in the synthetic state, by one of two stated rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import brentq

from welfare_added.pay.synthetic_districts import Districts

STAYS, EXITS = -1, -2  # in place of the number of a district
CHANCES = ("exits", "moves", "exits_without", "moves_without")


@dataclass(frozen=True)
class Situation:
    """n teachers at the end of a year, and what the next one would pay.

    Attributes
    ----------
    district, seniority, master, value
        (n,) number of the district, years, whether she has a Master, standardised value added.
    pay, pay_without
        Functions of rows and districts [arrays that broadcast]: next year's salary, and what it
        would be if nobody paid for value added [$1,000].
    gain
        (n,) what value added adds to next year's pay in her own district [$1,000].

    """

    district: np.ndarray
    seniority: np.ndarray
    master: np.ndarray
    value: np.ndarray
    pay: Callable = field(repr=False)
    pay_without: Callable = field(repr=False)
    gain: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Decisions:
    """What teachers do at the end of a year.

    Attributes
    ----------
    where
        (n,) a district, `STAYS` or `EXITS`.
    exits, moves, exits_without, moves_without
        (n,) their probabilities, given the offers, and what these would be if nobody paid for value
        added.

    """

    where: np.ndarray
    exits: np.ndarray = field(repr=False)
    moves: np.ndarray = field(repr=False)
    exits_without: np.ndarray = field(repr=False)
    moves_without: np.ndarray = field(repr=False)


class PanelRule:
    """Published rates, but for what value added adds to pay after Act 10 (world ``panel``)."""

    def __init__(self, districts: Districts, inputs: Mapping, parameters: Mapping):
        """Take parameters."""
        own = parameters["panel"]
        self.own, self.rates = own, inputs["teachers"]["pre_2011"]
        distance = inputs["structural"]["teachers"]["distance_mile"]
        self.nearness = np.exp(distance * districts.miles)
        np.fill_diagonal(self.nearness, 0.0)

    def decide(self, now: Situation, rng: np.random.Generator) -> Decisions:
        """Exits first; who stays in the profession compares a few offers with her own pay."""
        rows, offers = np.arange(len(now.district)), self._offers(now, rng)
        exits_without, exits = self._exits(now)
        values = []
        for pay in (now.pay_without, now.pay):
            difference = pay(rows[:, None], offers) - pay(rows, now.district)[:, None]
            by_year = self.own["move_by_year"] * now.seniority[:, None]
            values.append(np.exp(by_year + self.own["pay_per_1000"] * difference))
        without, value = values

        def rate(constant: float) -> float:
            # moved is counted among the teachers of the next year, about as many as now
            total = np.exp(constant) * without.sum(axis=1)
            return float(((1 - exits_without) * total / (1 + total)).mean())

        constant = np.exp(_solved(rate, self.rates["mover"]))
        total = constant * without.sum(axis=1)
        each = constant * value / (1 + constant * value.sum(axis=1, keepdims=True))
        leaves = rng.random(len(rows)) < exits
        chosen = (rng.random(len(rows))[:, None] > np.cumsum(each, axis=1)).sum(axis=1)
        taken = np.minimum(chosen, offers.shape[1] - 1)
        where = np.where(chosen < offers.shape[1], offers[rows, taken], STAYS)
        return Decisions(
            np.where(leaves, EXITS, where),
            exits,
            (1 - exits) * each.sum(axis=1),
            exits_without,
            (1 - exits_without) * total / (1 + total),
        )

    def _exits(self, now: Situation) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities of leaving, without and with pay for value added."""
        utility = self._leaving(now.seniority)

        def chance(log_odds: np.ndarray) -> np.ndarray:
            return 1 / (1 + np.exp(-log_odds))

        constant = _solved(lambda one: float(chance(one + utility).mean()), self.rates["exiter"])
        with_pay = constant + utility - self.own["pay_per_1000"] * now.gain
        return chance(constant + utility), chance(with_pay)

    def _leaving(self, seniority: np.ndarray) -> np.ndarray:
        own = self.own["leave"]
        old = own["old"] + own["older_by_year"] * (seniority - own["old_years"])
        young = np.where(seniority <= own["young_years"], own["young"], 0.0)
        return np.where(seniority >= own["old_years"], old, young)

    def _offers(self, now: Situation, rng: np.random.Generator) -> np.ndarray:
        """Districts that make offers, (n, offers), by size and distance."""
        number = len(self.nearness)
        weight = self.nearness * np.bincount(now.district, minlength=number)
        cumulated = np.cumsum(weight, axis=1)
        cumulated /= cumulated[:, -1:]
        flat = (cumulated + np.arange(number)[:, None]).ravel()
        drawn = rng.random((len(now.district), self.own["offers"])) * (1 - 1e-12)
        found = np.searchsorted(flat, drawn + now.district[:, None], side="right")
        return np.minimum(found - now.district[:, None] * number, number - 1)


def _solved(rate: Callable[[float], float], target: float) -> float:
    """Constant at which a rate that rises in it has a target."""
    return float(brentq(lambda one: rate(one) - target, -25.0, 25.0))


class StructuralRule:
    """The published two-sided model, its constraints slack (world ``table_13``, eqs. 14 and 15).

    Every district of a market makes an offer to whom it values above zero, and each teacher has a
    standing offer of her own. Constraints are slack at the published values: expected hires, kept
    in ``hires``, are far below what leaves.
    """

    def __init__(self, districts: Districts, inputs: Mapping, parameters: Mapping):
        """Take the published parameters."""
        own = inputs["structural"]
        self.teachers, self.payoff = own["teachers"], own["districts"]
        self.shock = parameters["structural"]["mean_of_shock"]
        self.market, self.miles = districts.market, districts.miles
        self.fixed = self.teachers["poor_percent"] * 100 * districts.disadvantaged + self.teachers[
            "urban"
        ] * (districts.location == "urban")
        self.hires: list[np.ndarray] = []

    def decide(self, now: Situation, rng: np.random.Generator) -> Decisions:
        """Market by market, in the order of their numbers."""
        number = len(now.district)
        where = np.full(number, STAYS)
        chances = np.zeros((len(CHANCES), number))
        hires = np.zeros(len(self.market))
        market = self.market[now.district]
        for one in np.unique(self.market):
            rows, places = np.flatnonzero(market == one), np.flatnonzero(self.market == one)
            decided = self._market(now, rows, places, hires, rng)
            where[rows], chances[:, rows] = decided
        self.hires.append(hires)
        return Decisions(where, *chances)

    def _market(self, now, rows, places, hires, rng):
        """Decisions of the teachers of a market, and its districts' expected hires."""
        home = now.district[rows]
        own = home[:, None] == places
        utility = (
            self.teachers["distance_mile"] * self.miles[home[:, None], places]
            + self.fixed[places]
            - self.teachers["outside"]
        )
        utility[own] += self.teachers["incumbent"]
        valued = (
            self.payoff["value_added_sd"] * now.value[rows]
            + self.payoff["seniority_year"] * now.seniority[rows]
            + self.payoff["master"] * now.master[rows]
            + self.shock
        )
        worth = valued[:, None] + self.payoff["sigma"] * rng.standard_normal(utility.shape)
        salary = self.teachers["salary_per_1000"]
        chances = []
        for pay in (now.pay_without, now.pay):
            value = np.exp(utility + salary * pay(rows[:, None], places))
            odds = np.where(own | (worth > 0), value, 0.0)
            total = 1 + odds.sum(axis=1)
            exits, stays = 1 / total, odds[own] / total
            chances.append((exits, 1 - exits - stays))
        hires[places] = (odds / total[:, None]).sum(axis=0) - np.bincount(
            np.searchsorted(places, home), stays, len(places)
        )
        draw = rng.random(len(rows))
        where = np.where(draw < exits, EXITS, STAYS)
        movers = np.flatnonzero(draw >= exits + stays)
        outside = np.where(own[movers], 0.0, odds[movers])
        at = (draw[movers] - exits[movers] - stays[movers]) * total[movers]
        chosen = (at[:, None] > np.cumsum(outside, axis=1)).sum(axis=1)
        where[movers] = places[np.minimum(chosen, len(places) - 1)]
        return where, [*chances[1], *chances[0]]


RULES = {"panel": PanelRule, "structural": StructuralRule}
