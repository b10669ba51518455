"""Who leaves and who moves in the synthetic state, by one of two stated rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import brentq

from welfare_added.pay.synthetic_districts import Districts

STAYS, EXITS = -1, -2  # in place of the number of a district


@dataclass(frozen=True)
class Situation:
    """n teachers at the end of a year, and what the next one would pay.

    Attributes
    ----------
    district, seniority, master, value
        (n,) number of the district, years, whether she has a Master, standardised value added.
    pay
        Function of rows and districts [arrays that broadcast]: next year's salary [$1,000].
    gain
        (n,) what value added adds to next year's pay in her own district [$1,000].
    reformed
        Whether next year is after Act 10.

    """

    district: np.ndarray
    seniority: np.ndarray
    master: np.ndarray
    value: np.ndarray
    pay: object = field(repr=False)
    gain: np.ndarray = field(repr=False)
    reformed: bool = False


@dataclass(frozen=True)
class Decisions:
    """What teachers do at the end of a year.

    Attributes
    ----------
    where
        (n,) a district, `STAYS` or `EXITS`.
    exits, moves
        (n,) their probabilities, given the offers.

    """

    where: np.ndarray
    exits: np.ndarray = field(repr=False)
    moves: np.ndarray = field(repr=False)


class PanelRule:
    """Published rates before Act 10, and pay differences ever since (world ``panel``)."""

    def __init__(self, districts: Districts, inputs: Mapping, parameters: Mapping):
        """Take parameters; constants are set in the years before the reform."""
        own = parameters["panel"]
        self.own, self.rates = own, inputs["teachers"]["pre_2011"]
        distance = inputs["structural"]["teachers"]["distance_mile"]
        self.nearness = np.exp(distance * districts.miles)
        np.fill_diagonal(self.nearness, 0.0)
        self.constants: dict[str, list[float]] = {"leave": [], "move": []}

    def decide(self, now: Situation, rng: np.random.Generator) -> Decisions:
        """Exits first; who stays in the profession compares a few offers with her own pay."""
        pay = self.own["pay_per_1000"]
        utility = self._leaving(now.seniority) - pay * now.gain
        constant = self._constant(
            "leave",
            now,
            lambda c: float((1 / (1 + np.exp(-c - utility))).mean()),
            self.rates["exiter"],
        )
        exits = 1 / (1 + np.exp(-constant - utility))
        offers = self._offers(now, rng)
        rows = np.arange(len(now.district))
        difference = now.pay(rows[:, None], offers) - now.pay(rows, now.district)[:, None]
        value = np.exp(self.own["move_by_year"] * now.seniority[:, None] + pay * difference)

        def share(c: float) -> float:
            total = np.exp(c) * value.sum(axis=1)
            return float(((1 - exits) * total / (1 + total)).mean())

        # moved is counted among the teachers of the next year, as many as now
        constant = self._constant("move", now, share, self.rates["mover"])
        value = np.exp(constant) * value
        each = value / (1 + value.sum(axis=1, keepdims=True))
        leaves = rng.random(len(rows)) < exits
        chosen = (rng.random(len(rows))[:, None] > np.cumsum(each, axis=1)).sum(axis=1)
        taken = np.minimum(chosen, offers.shape[1] - 1)
        where = np.where(chosen < offers.shape[1], offers[rows, taken], STAYS)
        return Decisions(np.where(leaves, EXITS, where), exits, (1 - exits) * each.sum(axis=1))

    def _leaving(self, seniority: np.ndarray) -> np.ndarray:
        own = self.own["leave"]
        old = own["old"] + own["older_by_year"] * (seniority - own["old_years"])
        young = np.where(seniority <= own["young_years"], own["young"], 0.0)
        return np.where(seniority >= own["old_years"], old, young)

    def _constant(self, name: str, now: Situation, share, target: float) -> float:
        if not now.reformed:
            self.constants[name].append(float(brentq(lambda c: share(c) - target, -25.0, 25.0)))
            return self.constants[name][-1]
        return float(np.mean(self.constants[name]))

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
        exits, moves = np.zeros(number), np.zeros(number)
        hires = np.zeros(len(self.market))
        market = self.market[now.district]
        for one in np.unique(self.market):
            rows, places = np.flatnonzero(market == one), np.flatnonzero(self.market == one)
            decided = self._market(now, rows, places, hires, rng)
            where[rows], exits[rows], moves[rows] = decided
        self.hires.append(hires)
        return Decisions(where, exits, moves)

    def _market(self, now, rows, places, hires, rng):
        """Decisions of the teachers of a market, and its districts' expected hires."""
        home = now.district[rows]
        own = home[:, None] == places
        utility = (
            self.teachers["salary_per_1000"] * now.pay(rows[:, None], places)
            + self.teachers["distance_mile"] * self.miles[home[:, None], places]
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
        odds = np.where(own | (worth > 0), np.exp(utility), 0.0)
        total = 1 + odds.sum(axis=1)
        exits, stays = 1 / total, odds[own] / total
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
        return where, exits, 1 - exits - stays


RULES = {"panel": PanelRule, "structural": StructuralRule}
