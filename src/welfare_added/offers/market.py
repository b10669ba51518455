"""Teachers and districts of one market, as arrays, and what they are worth to each other."""

from dataclasses import dataclass, field

import numpy as np

from welfare_added.offers.parameters import TEACHERS
from welfare_added.run.errors import UserError

ENTRANT = -1  # origin of a teacher who was in no district of the market
EXIT = -1  # match of a teacher who left
EARTH_MILES = 3958.8


@dataclass(frozen=True)
class Market:
    """Teachers (N) and districts (J) of a market in a year.

    Attributes
    ----------
    name
        Of the market, for messages.
    value_added
        (N,) in standard deviations, nan where not estimated.
    seniority
        (N,) years.
    master
        (N,) 1 with a Master's degree.
    origin
        (N,) district of the year before, `ENTRANT` if none.
    salary
        (N, J) $1,000 that each district would pay.
    distance
        (N, J) miles from the district of origin; see `miles`.
    poor, urban
        (J,) percent of disadvantaged pupils; 1 if urban.
    budget, capacity
        (J,) $1,000 of salaries, and number of teachers, incumbents included.
    match
        (N,) district of this year, `EXIT` if none; None if not observed.

    """

    name: str
    value_added: np.ndarray
    seniority: np.ndarray
    master: np.ndarray
    origin: np.ndarray
    salary: np.ndarray
    distance: np.ndarray
    poor: np.ndarray
    urban: np.ndarray
    budget: np.ndarray
    capacity: np.ndarray
    match: np.ndarray | None = None

    def check(self) -> None:
        """Raise `UserError` if shapes differ or numbers are missing or impossible."""
        n, j = self.salary.shape
        shapes = dict.fromkeys(("value_added", "seniority", "master", "origin"), (n,))
        shapes |= dict.fromkeys(("poor", "urban", "budget", "capacity"), (j,))
        shapes |= {"salary": (n, j), "distance": (n, j)}
        if self.match is not None:
            shapes["match"] = (n,)
        for name, shape in shapes.items():
            values = np.asarray(getattr(self, name), dtype=float)
            if values.shape != shape:
                raise UserError(f"{self._of(name)}: shape {values.shape}, want {shape}")
            bad = ~np.isfinite(values)
            if name == "value_added":
                bad = np.isinf(values)
            if bad.any():
                raise UserError(f"{self._of(name)}: {bad.sum()} values are missing or infinite")
        for name in ("budget", "capacity"):
            if bad := int((getattr(self, name) < 0).sum()):
                raise UserError(f"{self._of(name)}: negative in {bad} districts; want 0 or more")
        if (wrong := (self.salary <= 0).sum(axis=0)).any():
            which = np.flatnonzero(wrong)
            raise UserError(
                f"{self._of('salary')}: {wrong.sum()} predicted salaries of zero or less, in "
                f"{len(which)} districts (numbers {', '.join(map(str, which[:3]))}"
                f"{', ...' if len(which) > 3 else ''}); their salary equation needs more teachers"
            )
        for name in ("origin", "match"):
            values = getattr(self, name)
            if values is not None and ((values < -1) | (values >= j)).any():
                raise UserError(f"{self._of(name)}: values outside -1 to {j - 1}")

    def _of(self, name: str) -> str:
        return f"market {self.name}, {name}"


@dataclass(frozen=True)
class Rules:
    """What the paper leaves open.

    Attributes
    ----------
    incumbents
        "standing": teachers keep their posts if they like, and districts offer what budget and
        capacity the expected stayers leave. "reoffered": incumbents are candidates like others
        (as printed); who is not offered her own post must move or exit.
    without_value_added
        "no offers": teachers without value added keep standing offers, get no others, and are in
        the budget. "zero": their value added is 0.
    shock_mean
        Mean of the shock in districts' payoffs, in its SDs. It matters only where districts do
        not exhaust their budget or capacity; the paper does not report its own.
    salary_centre
        $1,000 at which salaries count as zero; removes a ridge of salary and outside option.

    """

    incumbents: str = "standing"
    without_value_added: str = "no offers"
    shock_mean: float = 0.0
    salary_centre: float = 0.0

    def check(self) -> None:
        """Raise `UserError` on an unknown word."""
        if self.incumbents not in ("standing", "reoffered"):
            raise UserError(f"incumbents {self.incumbents!r}: want standing or reoffered")
        if self.without_value_added not in ("no offers", "zero"):
            raise UserError(
                f"without_value_added {self.without_value_added!r}: want no offers or zero"
            )


@dataclass(frozen=True)
class Prepared:
    """A market in the form that the model's loops take.

    Attributes
    ----------
    market, rules
        As given.
    covariates
        (N, J, 6) of teachers' utility, in the order of `parameters.TEACHER`.
    traits
        (N, 3) of districts' payoff.
    standing
        (N,) district whose offer a teacher has in any case, -1 if none.
    candidate
        (N, J) whether the district decides about an offer to the teacher.

    """

    market: Market
    rules: Rules
    covariates: np.ndarray = field(repr=False)
    traits: np.ndarray = field(repr=False)
    standing: np.ndarray = field(repr=False)
    candidate: np.ndarray = field(repr=False)

    def teacher_values(self, parameters: np.ndarray) -> np.ndarray:
        """exp(V_ij) (N, J), relative to the outside option, at centred parameters (9,)."""
        return np.exp(self.covariates @ parameters[:TEACHERS])

    def payoffs(self, parameters: np.ndarray) -> np.ndarray:
        """Expected payoff (N,) of a teacher to any district: x'beta + mean of the shock."""
        return self.traits @ parameters[TEACHERS:] + self.rules.shock_mean


def prepare(market: Market, rules: Rules) -> Prepared:
    """Check a market, and lay it out. Raises `UserError` as `Market.check` and `Rules.check`."""
    market.check()
    rules.check()
    n, j = market.salary.shape
    covariates = np.empty((n, j, TEACHERS))
    covariates[..., 0] = market.salary - rules.salary_centre
    covariates[..., 1] = market.distance
    covariates[..., 2] = market.origin[:, None] == np.arange(j)
    covariates[..., 3] = market.poor
    covariates[..., 4] = market.urban
    covariates[..., 5] = -1.0
    valued = np.isfinite(market.value_added)
    traits = np.column_stack(
        [np.where(valued, market.value_added, 0.0), market.seniority, market.master]
    ).astype(float)
    decided = valued | (rules.without_value_added == "zero")
    keeps = ~decided | (rules.incumbents == "standing")
    standing = np.where(keeps, market.origin, -1).astype(np.int64)
    candidate = decided[:, None] & (standing[:, None] != np.arange(j))
    return Prepared(market, rules, covariates, traits, standing, candidate)


def left_by_stayers(prepared: Prepared, accepted: np.ndarray) -> np.ndarray:
    """Budget and capacity (2, J) that expected stayers with a standing offer leave."""
    market = prepared.market
    left = np.stack([market.budget, market.capacity]).astype(float)
    with_post = np.flatnonzero(prepared.standing >= 0)
    home = prepared.standing[with_post]
    stays = accepted[with_post, home]
    districts = len(market.budget)
    left[0] -= np.bincount(home, stays * market.salary[with_post, home], districts)
    left[1] -= np.bincount(home, stays, districts)
    return left


def miles(
    latitude: np.ndarray,
    longitude: np.ndarray,
    origin: np.ndarray,
    entrants: tuple[np.ndarray, np.ndarray] | None = None,
) -> np.ndarray:
    """Great-circle miles (N, J) from teachers' district of origin to all districts.

    latitude, longitude: (J,) degrees. origin: (N,) district, `ENTRANT` if none. entrants: latitude
    and longitude (N,), used of entrants, nan if unknown. An entrant without coordinates is as far
    from each district as the market's districts are on average.
    """
    between = _arc(latitude[:, None], longitude[:, None], latitude, longitude)
    away = between[origin]
    new = origin == ENTRANT
    away[new] = between.mean(axis=0)
    if entrants is not None:
        known = new & np.isfinite(entrants[0]) & np.isfinite(entrants[1])
        here = (entrants[0][known, None], entrants[1][known, None])
        away[known] = _arc(*here, latitude, longitude)
    return away


def _arc(latitude, longitude, to_latitude, to_longitude):
    a, b = np.radians(latitude), np.radians(to_latitude)
    turn = np.radians(np.subtract(to_longitude, longitude))
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(turn / 2) ** 2
    return 2 * EARTH_MILES * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
