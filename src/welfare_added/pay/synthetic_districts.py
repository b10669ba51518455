"""The synthetic state's districts: regimes, places, pupils, markets, pay for value added."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtri

from welfare_added.pay.distances import distance_miles
from welfare_added.pay.frames import LOCATIONS, REGIMES

GROUPS = {"IS": "individual_salary", "SS": "salary_schedule", "none": "handbook_unavailable"}
MILES_A_DEGREE = 69.0
DECIMALS = 6


@dataclass(frozen=True)
class Districts:
    """J districts of the state, as they are in the last year.

    Attributes
    ----------
    ids, name, regime, location, market
        (J,); name is empty but for districts of the paper's text.
    pupils
        (J,) mean over the years.
    latitude, longitude
        (J,) [degrees].
    property_value, disadvantaged, black
        (J,) [$ a pupil, shares].
    delta
        (J,) pay for value added after Act 10 [$], 0 before (eq. 16).
    miles
        (J, J) distances.

    """

    ids: np.ndarray
    name: np.ndarray
    regime: np.ndarray
    location: np.ndarray
    market: np.ndarray
    pupils: np.ndarray
    latitude: np.ndarray = field(repr=False)
    longitude: np.ndarray = field(repr=False)
    property_value: np.ndarray = field(repr=False)
    disadvantaged: np.ndarray = field(repr=False)
    black: np.ndarray = field(repr=False)
    delta: np.ndarray = field(repr=False)

    @property
    def miles(self) -> np.ndarray:
        """Distances between all districts, (J, J)."""
        return distance_miles(
            self.latitude[:, None], self.longitude[:, None], self.latitude, self.longitude
        )


def draw_districts(
    size: Mapping, world: Mapping, inputs: Mapping, parameters: Mapping, rng: np.random.Generator
) -> Districts:
    """Draw districts: the named ones first, the others by regime and location.

    size, world
        Of `parameters.yaml`.
    """
    regime, location, name = _kinds(size["share"], inputs, parameters["named"])
    market = _markets(location, name, size["markets"], parameters, rng)
    pupils = _pupils(regime, location, name, inputs, parameters["districts"], rng)
    pupils = np.minimum(pupils, size["largest"]).round()
    place = _places(market, size["markets"], inputs, parameters["districts"], rng)
    traits = _traits(regime, pupils, name, inputs, parameters["districts"], rng)
    delta = _deltas(regime, pupils, name, world["delta_sd"], inputs["salary_equation"], rng)
    ids = np.array([f"d{one + 1:03d}" for one in range(len(regime))])
    return Districts(ids, name, regime, location, market, pupils, *place, *traits, delta)


def _counts(share: float, inputs: Mapping, named: Mapping) -> dict[tuple[str, str], int]:
    """Districts by regime and location (table 2, footnote 9): at least one, and the named ones."""
    counts, total = inputs["counts"], inputs["enrolment"]
    own = {
        "IS": counts["districts_by_regime"]["individual_salary"],
        "SS": counts["districts_by_regime"]["salary_schedule"],
        "none": counts["districts_without_handbook"]["used"],
    }
    made: dict[tuple[str, str], int] = {}
    for place in ("urban", "suburban"):
        for regime in ("IS", "SS"):
            part = inputs["districts"][GROUPS[regime]][place]
            made[regime, place] = round(part * own[regime])
        rest = total[place]["districts"] - made["IS", place] - made["SS", place]
        made["none", place] = max(rest, 0)
    for regime in REGIMES:
        rest = own[regime] - made[regime, "urban"] - made[regime, "suburban"]
        made[regime, "rural"] = rest
    least = {kind: 1 for kind in made}
    for kind in made:
        held = sum((one["regime"], one["location"]) == kind for one in named.values())
        least[kind] = max(held, 1)
    return {kind: max(round(share * number), least[kind]) for kind, number in made.items()}


def _kinds(share: float, inputs: Mapping, named: Mapping):
    """Regime, location and name of each district."""
    kinds = [(one["regime"], one["location"], name) for name, one in named.items()]
    for (regime, location), number in _counts(share, inputs, named).items():
        held = sum(one[:2] == (regime, location) for one in kinds[: len(named)])
        kinds += [(regime, location, "")] * (number - held)
    return tuple(np.array(column) for column in zip(*kinds, strict=True))


def _markets(location, name, markets, parameters, rng) -> np.ndarray:
    """Market of each district: the named where they are, suburbs more often around cities."""
    chosen, named = parameters["districts"], parameters["named"]
    weights = np.array([chosen["by_market"][one - 1] for one in markets], float)
    others = np.flatnonzero(name == "")
    places = len(location) * weights / weights.sum()
    made = np.zeros(len(location), np.int64)
    for row in np.flatnonzero(name != ""):
        own = named[name[row]]["market"]
        made[row] = own if own in markets else markets[row % len(markets)]
        places[markets.index(made[row])] -= 1.0
    slots = np.repeat(markets, np.maximum(np.ceil(places), 1).astype(int))
    for kind in LOCATIONS:
        rows = others[location[others] == kind]
        extra = np.array([chosen["suburban_weight"].get(int(one), 1.0) for one in slots])
        weight = extra if kind == "suburban" else np.ones(len(slots))
        taken = rng.choice(len(slots), len(rows), replace=False, p=weight / weight.sum())
        made[rows] = slots[taken]
        slots = np.delete(slots, taken)
    return made


def _pupils(regime, location, name, inputs, parameters, rng) -> np.ndarray:
    """Pupils: means by regime as in table 2, and by location in the proportions of footnote 9."""
    own, places = inputs["districts"], inputs["enrolment"]
    printed = {
        "milwaukee": places["urban"]["milwaukee"],
        "madison": places["urban"]["madison"],
        "racine": places["racine_2012"],
        "green_bay": places["green_bay_2012"],
        "chippewa_falls": places["chippewa_falls_2012"]["enrolment"],
        "kenosha": places["urban"]["mean"],
    }
    fixed = np.array([float(printed.get(one, 0.0)) for one in name])
    draw = np.exp(parameters["size_sd"] * rng.standard_normal(len(name)))
    mean = {one: places[one]["mean"] for one in LOCATIONS}
    cities = location == "urban"  # the named ones are the largest: the others have what is left
    left = mean["urban"] * cities.sum() - fixed[cities].sum()
    if left > 0:
        mean["urban"] = left / (cities & (fixed == 0)).sum()
    weight = draw * np.array([mean[one] for one in location])
    made = np.where(fixed > 0, fixed, weight)
    counted = name != "kenosha"  # left out of the published means
    for one in REGIMES:
        mine = (regime == one) & counted
        free = mine & (fixed == 0)
        total = own[GROUPS[one]]["enrolment"][0] * mine.sum() - fixed[mine].sum()
        if total <= 0:  # small worlds: the named districts are more than the mean allows
            total = own[GROUPS[one]]["enrolment"][0] * free.sum()
        made[free] *= total / made[free].sum()
    return np.maximum(made, parameters["smallest"])


def _places(market, markets, inputs, parameters, rng):
    """Latitude and longitude: markets on a grid, districts normal around their centres.

    Distances between two places of a market are then Rayleigh, with a mean of sqrt(pi) SDs.
    """
    grid = {one: divmod(number, 4) for number, one in enumerate(markets)}
    row, column = np.array([grid[one] for one in market.tolist()]).T
    sd = inputs["structural"]["evaluated_at"]["distance"] / np.sqrt(np.pi)
    spread = sd * rng.standard_normal((2, len(market)))
    north = (row - 1.0) * parameters["spacing_miles"] + spread[0]
    east = (column - 1.5) * parameters["spacing_miles"] + spread[1]
    centre = parameters["centre"]
    latitude = centre["latitude"] + north / MILES_A_DEGREE
    a_degree = MILES_A_DEGREE * np.cos(np.radians(latitude))
    longitude = centre["longitude"] + east / a_degree
    return latitude.round(DECIMALS), longitude.round(DECIMALS)


def lognormal(moments: tuple[float, float], normal: np.ndarray) -> np.ndarray:
    """Values with a mean and SD, lognormal, of standard normal draws."""
    mean, sd = moments
    variance = np.log1p((sd / mean) ** 2)
    return np.exp(np.log(mean) - variance / 2 + np.sqrt(variance) * normal)


def _traits(regime, pupils, name, inputs, parameters, rng):
    """Property value a pupil, shares disadvantaged and black, by the moments of each regime."""
    draws = rng.standard_normal((3, len(regime)))
    correlation = parameters["black_with_size"]
    made = np.zeros((3, len(regime)))
    for one in REGIMES:
        mine, own = regime == one, inputs["districts"][GROUPS[one]]
        made[0, mine] = lognormal(own["property_value_per_pupil"], draws[0, mine])
        mean, sd = own["disadvantaged_percent"]
        made[1, mine] = (mean + sd * draws[1, mine]) / 100
        order = np.argsort(np.argsort(pupils[mine], kind="stable"), kind="stable")
        large = ndtri((order + 0.5) / len(order))
        with_size = correlation * large + np.sqrt(1 - correlation**2) * draws[2, mine]
        made[2, mine] = lognormal(own["black_percent"], with_size) / 100
    share = inputs["enrolment"]["chippewa_falls_2012"]["disadvantaged"]
    made[1, name == "chippewa_falls"] = share
    made[1:] = np.clip(made[1:], [[0.02], [0.0]], [[0.95], [0.85]])
    return made[0].round(), made[1].round(4), made[2].round(4)


def _deltas(regime, pupils, name, spread, equation, rng) -> np.ndarray:
    """Pay for value added [$]: published means, weighted by pupils; 0 without a handbook."""
    made = np.zeros(len(regime))
    draw = rng.standard_normal(len(regime))
    fixed = name == "chippewa_falls"
    for one in ("IS", "SS"):
        mine = regime == one
        mean = equation["delta_post"][GROUPS[one]]["mean"]
        values = np.where(fixed, equation["delta_chippewa_falls_post"], spread[one] * draw)
        free = mine & ~fixed
        lacking = mean * pupils[mine].sum() - (values * pupils)[mine].sum()
        made[mine] = values[mine] + np.where(free, lacking / pupils[free].sum(), 0.0)[mine]
    return made.round(2)
