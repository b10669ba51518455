"""The synthetic state's schools: who attends them, how large their classes are, where they lie."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import beta, norm

MARKET = 0  # number of the district that has the hiring platform
KM_A_DEGREE = 111.195  # of latitude, on a sphere of radius 6371 km


@dataclass(frozen=True)
class Schools:
    """Schools of the state; those of the market's district come first.

    Attributes
    ----------
    district : (S,) int array
        `MARKET` for the district with the platform.
    disadvantaged, black, hispanic, asian : (S,) arrays
        Expected shares of students.
    class_size : (S,) array
        Expected students a class.
    classes : (S,) int array
        Classes a grade, the same in every year.
    effect : (S,) array
        On scores of a year [student SD].
    intake : (S,) array
        Standard normal draws for the mean score of those who enter.
    title1 : (S,) bool array
    latitude, longitude : (S,) arrays
        Degrees.
    placed : (S,) bool array
        Whether its coordinates are known.

    """

    district: np.ndarray
    disadvantaged: np.ndarray
    black: np.ndarray
    hispanic: np.ndarray
    asian: np.ndarray
    class_size: np.ndarray
    classes: np.ndarray
    effect: np.ndarray
    intake: np.ndarray
    title1: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray
    placed: np.ndarray

    @property
    def in_market(self) -> np.ndarray:
        """Whether the district has the platform, (S,) bool."""
        return self.district == MARKET


def draw_schools(size: Mapping, parameters: Mapping, rng: np.random.Generator) -> Schools:
    """Draw the state's schools.

    size: of `sizes` in parameters.yaml. parameters: its section ``schools``. The market's district
    and the rest of the state have the same shares of disadvantaged students.
    """
    market, rest = size["market_schools"], size["schools"] - size["market_schools"]
    district = np.concatenate([np.full(market, MARKET), _districts(rest, size["districts"], rng)])
    shares = np.concatenate([_disadvantaged(n, parameters, rng) for n in (market, rest)])
    black, hispanic = (
        _share(shares, parameters[name], rng.standard_normal(len(shares)))
        for name in ("black", "hispanic")
    )
    total = black + hispanic + parameters["asian"]
    shrink = np.where(total > 0.97, 0.97 / total, 1.0)
    latitude, longitude = _places(shares, market, parameters, rng)
    number = parameters["classes_a_grade"]
    return Schools(
        district=district,
        disadvantaged=shares,
        black=black * shrink,
        hispanic=hispanic * shrink,
        asian=parameters["asian"] * shrink,
        class_size=_class_sizes(shares, parameters["class_size"], rng),
        classes=rng.permutation(_by_share(number, len(shares))),
        effect=parameters["effect_sd"] * rng.standard_normal(len(shares)),
        intake=rng.standard_normal(len(shares)),
        title1=shares >= parameters["title1_from"],
        latitude=latitude,
        longitude=longitude,
        placed=rng.random(len(shares)) >= parameters["without_place"],
    )


def _by_share(chances: Mapping, total: int) -> np.ndarray:
    """Values in the given shares of a total, as exactly as whole numbers allow."""
    values = np.array(list(chances))
    upper = np.cumsum(list(chances.values())) / sum(chances.values())
    return values[np.searchsorted(upper, (np.arange(total) + 0.5) / total)]


def _districts(schools: int, districts: int, rng: np.random.Generator) -> np.ndarray:
    """Districts of the schools outside the market, of unequal sizes, each with one at least."""
    others = districts - 1
    chances = 1 / np.arange(3, others + 3)
    more = rng.choice(others, schools - others, p=chances / chances.sum())
    return 1 + np.sort(np.concatenate([np.arange(others), more]))


def _disadvantaged(number: int, parameters: Mapping, rng: np.random.Generator) -> np.ndarray:
    """Shares disadvantaged: all in some schools, else evenly spaced quantiles of a beta."""
    everyone = round(parameters["all_disadvantaged"] * number)
    mean, sd = parameters["other_share"]["mean"], parameters["other_share"]["sd"]
    strength = mean * (1 - mean) / sd**2 - 1
    quantiles = (np.arange(number - everyone) + 0.5) / (number - everyone)
    others = beta.ppf(quantiles, mean * strength, (1 - mean) * strength)
    return rng.permutation(np.concatenate([np.ones(everyone), others]))


def _share(disadvantaged: np.ndarray, parameters: Mapping, draw: np.ndarray) -> np.ndarray:
    mean = parameters["level"] + parameters["on_disadvantage"] * disadvantaged
    return np.clip(mean + parameters["sd"] * draw, 0.01, 0.95)


def _class_sizes(disadvantaged: np.ndarray, parameters: Mapping, rng) -> np.ndarray:
    mean = parameters["mean"] + parameters["on_disadvantage"] * disadvantaged
    drawn = mean + parameters["sd"] * rng.standard_normal(len(disadvantaged))
    return np.clip(drawn, parameters["lowest"], parameters["highest"])


def _places(
    disadvantaged: np.ndarray, market: int, parameters: Mapping, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates: the market's schools lie in a disc, poorer ones nearer to its centre."""
    schools = len(disadvantaged)
    weight = parameters["central_disadvantage"]
    rank = norm.ppf((disadvantaged[:market].argsort(kind="stable").argsort() + 0.5) / market)
    near = weight * rank + np.sqrt(1 - weight**2) * rng.standard_normal(market)
    inner = norm.cdf(-near)  # uniform, so that schools spread evenly over the disc
    radius = parameters["radius_km"] * np.sqrt(inner)
    radius = np.concatenate([radius, 40 + 200 * rng.random(schools - market)])
    angle = 2 * np.pi * rng.random(schools)
    return coordinates(radius * np.sin(angle), radius * np.cos(angle), parameters["centre"])


def coordinates(
    north_km: np.ndarray, east_km: np.ndarray, centre: Mapping
) -> tuple[np.ndarray, np.ndarray]:
    """Latitude and longitude [degrees] of points so many km north and east of a centre."""
    latitude = centre["latitude"] + north_km / KM_A_DEGREE
    across = KM_A_DEGREE * np.cos(np.radians(centre["latitude"]))
    return np.round(latitude, 4), np.round(centre["longitude"] + east_km / across, 4)
