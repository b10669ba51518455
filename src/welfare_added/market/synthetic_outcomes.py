"""What becomes of applications on the synthetic platform: table 4 of Bates et al. (2022)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from welfare_added.market.season import MONTHS
from welfare_added.market.synthetic_ratings import POSITIVE

INTERVIEWS = 4  # at most at one position
SOME = 0.1  # weight of applicants without a better offer, in which positions record ratings


@dataclass(frozen=True)
class Rated:
    """Applications whose principals have made up their minds.

    Attributes
    ----------
    applicant, position : (M,) int arrays
        Codes.
    margin, rating : (M,) arrays
        Applicants' and principals' net utilities; principals' is positive where the outcome is.
    month : (M,) int array
        Of the application, in `MONTHS`.
    outside : (M,) bool array
        Whether the applicant is not in the district.
    days_open : (P,) array
        Days from posting to closing of each position.

    """

    applicant: np.ndarray
    position: np.ndarray
    margin: np.ndarray
    rating: np.ndarray
    month: np.ndarray
    outside: np.ndarray
    days_open: np.ndarray


def draw_outcomes(rated: Rated, shares: Mapping, rng: np.random.Generator) -> np.ndarray:
    """Outcome of every application, (M,) array of str.

    Some positions record ratings, the others only hires. At the others, applicants with a positive
    rating take the best position that wants them; those who take another are recorded as hired
    elsewhere or as declining, as many as in table 4. Positions that rate hire among the rest, until
    hires are as many as in table 4, and rate all whom they do not hire.

    shares: section ``outcomes`` of parameters.yaml.
    """
    number, positions = len(rated.applicant), len(rated.days_open)
    count = {name: round(shares[name] * number) for name in shares if not _nested(shares[name])}
    outcome = np.full(number, "none", dtype="<U15")
    good = np.flatnonzero(rated.rating > 0)
    order = _by_records(rated, good)
    share = shares["positions"]
    raters = order[: round(share["positive"] * positions)]
    outcome[good] = "positive"
    rates = np.isin(rated.position[good], raters)
    others = good[~rates]
    taken = others[_best(rated.applicant[others], rated.margin[others])]
    wanted = max(count["hired"] + count["hired_out"] - len(taken), 0)
    hired = np.concatenate([taken, _hires(rated, good[rates], taken, wanted, shares)])
    outcome[hired] = "hired"
    leaves = rng.permutation(hired[rated.outside[hired]])
    outcome[leaves[: count["hired_out"]]] = "hired_out"
    # Where several offers are too few, some of those who have a single one decline it.
    lost = rng.permutation(others[outcome[others] == "positive"])
    lost = np.concatenate([lost, rng.permutation(others[outcome[others] == "hired"])])
    for name in ("hired_elsewhere", "declined"):
        outcome[lost[: count[name]]] = name
        lost = lost[count[name] :]
    left = good[(outcome[good] == "positive") & rates]
    outcome[_few_places(left, rated.position, INTERVIEWS, count["interview"])] = "interview"
    _poor(outcome, rated, order, len(raters), share, count, rng)
    return outcome


def _nested(value) -> bool:
    return isinstance(value, Mapping)


def _by_records(rated: Rated, good: np.ndarray) -> np.ndarray:
    """Positions, those that record ratings first: with many positive ones who have better offers.

    So few positions as in table 4b have positive ratings without a hire.
    """
    best = good[_best(rated.applicant[good], rated.margin[good])]
    number = len(rated.days_open)
    positive, first = (np.bincount(rated.position[rows], minlength=number) for rows in (good, best))
    return np.argsort(-(positive - first + SOME * positive), kind="stable")


def _best(applicant: np.ndarray, margin: np.ndarray) -> np.ndarray:
    """Rows of each applicant's highest margin."""
    order = np.lexsort([-margin, applicant])
    return order[np.unique(applicant[order], return_index=True)[1]]


def _hires(rated: Rated, among: np.ndarray, taken: np.ndarray, wanted: int, shares) -> np.ndarray:
    """Whom positions that rate hire: the best rated of each, then the next, each person once.

    ``hire_by_month`` is added to ratings by the month of the application.
    """
    free = among[~np.isin(rated.applicant[among], rated.applicant[taken])]
    free = free[_best(rated.applicant[free], rated.margin[free])]
    by_month = np.array([shares["hire_by_month"][name] for name in MONTHS])
    value = rated.rating[free] + by_month[rated.month[free]]
    first = np.zeros(len(free), bool)
    first[_best(rated.position[free], value)] = True
    return free[np.lexsort([-value, ~first])[:wanted]]


def _few_places(rows: np.ndarray, position: np.ndarray, each: int, wanted: int) -> np.ndarray:
    """Some rows, from as few positions as there can be at ``each`` of these."""
    _, place, size = np.unique(position[rows], return_inverse=True, return_counts=True)
    order = np.lexsort([place, -size[place]])
    rank = _rank(place[order])
    return rows[order[rank < each][:wanted]]


def _rank(groups: np.ndarray) -> np.ndarray:
    """Number of each row within its group, in the order of rows."""
    by_group = np.argsort(groups, kind="stable")
    of_group = groups[by_group]
    start = np.flatnonzero(np.r_[True, of_group[1:] != of_group[:-1]])[: len(groups)]
    rank = np.empty(len(groups), dtype=np.int64)
    rank[by_group] = np.arange(len(groups)) - np.repeat(start, np.diff(np.r_[start, len(groups)]))
    return rank


def _poor(outcome, rated: Rated, order, raters: int, share: Mapping, count: Mapping, rng) -> None:
    """Set, in place, middle and negative ratings and withdrawals, among other applications.

    Middle and negative ratings are at positions that are open for long, so that rated applications
    are far from the hired one (table 4c). Negative ones are also at positions without a positive
    one, so that as many positions as in table 4 have a rating or a withdrawal.
    """
    places = {name: round(value * len(rated.days_open)) for name, value in share.items()}
    more = max(places["any"] - places["positive"] - places["withdrew"], 0)
    more = min(more, places["negative"])
    own = places["negative"] - more
    hires = np.bincount(rated.position[outcome == "hired"], minlength=len(rated.days_open)) > 0
    rating, others = order[:raters], order[raters:]
    rating = rating[np.argsort(-rated.days_open[rating], kind="stable")]
    others = others[np.lexsort([-rated.days_open[others], ~hires[others]])]
    for name, among, best in (
        ("middle", rating[: places["middle"]], True),
        ("negative", np.r_[rating[:own], others[:more]], False),
    ):
        some = np.isin(rated.position, among) & (outcome == "none") & (rated.rating <= 0)
        rows = np.flatnonzero(some)
        value = rated.rating[rows]
        rows = rows[np.argsort(-value if best else value, kind="stable")]
        even = np.argsort(_rank(rated.position[rows]), kind="stable")
        outcome[rows[even[: count[name]]]] = name
    silent = others[more:]
    rows = np.flatnonzero(np.isin(rated.position, rng.permutation(silent)[: places["withdrew"]]))
    rows = rng.permutation(rows[outcome[rows] == "none"])
    even = np.argsort(_rank(rated.position[rows]), kind="stable")
    outcome[rows[even[: count["withdrew"]]]] = "withdrew"


def is_positive(outcome: np.ndarray, declined: bool = True) -> np.ndarray:
    """Whether outcomes count as positive; declined: whether a declined offer does."""
    counted = [name for name in POSITIVE if declined or name != "declined"]
    return np.isin(outcome, counted)
