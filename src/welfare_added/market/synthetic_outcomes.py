"""What becomes of applications on the synthetic platform: table 4 of Bates et al. (2022)."""

from collections.abc import Mapping

import numpy as np

from welfare_added.market.synthetic_ratings import POSITIVE


def draw_outcomes(
    applicant: np.ndarray,
    position: np.ndarray,
    margin: np.ndarray,
    rating: np.ndarray,
    outside: np.ndarray,
    shares: Mapping,
    rng: np.random.Generator,
) -> np.ndarray:
    """Outcome of every application.

    Applications with a positive rating are hired, decline, are interviewed or rated positive: each
    applicant takes the best position that wants her, by deferred acceptance in which positions that
    rate have few places and others take all whom they rate positive. Those who take another offer
    are recorded as hired elsewhere or as declining, as many as in table 4.

    Parameters
    ----------
    applicant, position
        Codes, (M,).
    margin, rating
        Applicants' and principals' net utilities, (M,).
    outside
        Whether the applicant is not in the district, (M,) bool.
    shares
        Section ``outcomes`` of parameters.yaml.

    Returns
    -------
    (M,) array of str

    """
    number, positions = len(applicant), int(position.max(initial=-1)) + 1
    outcome = np.full(number, "none", dtype="<U15")
    good = np.flatnonzero(rating > 0)
    raters = _raters(position[good], positions, shares["positions"]["positive"])
    places = np.full(positions, number)
    places[raters] = 1 + rng.poisson(shares["hires_at_rating_positions"] - 1, len(raters))
    hired = good[accepted(applicant[good], position[good], margin[good], rating[good], places)]
    outcome[good] = "positive"
    outcome[hired] = "hired"
    leaves = rng.permutation(hired[outside[hired]])
    outcome[leaves[: round(shares["hired_out"] * number)]] = "hired_out"
    rates = np.isin(position, raters)
    lost = rng.permutation(good[(outcome[good] == "positive") & ~rates[good]])
    # Who has one offer may decline it too: taken where several offers are too few.
    lost = np.concatenate([lost, rng.permutation(good[(outcome[good] == "hired") & ~rates[good]])])
    for name in ("hired_elsewhere", "declined", "interview"):
        taken = min(round(shares[name] * number), len(lost))
        outcome[lost[:taken]] = name
        lost = lost[taken:]
    poor = np.flatnonzero(rating <= 0)
    for name, best in (("middle", True), ("negative", False)):
        among = poor[(outcome[poor] == "none") & rates[poor]]
        some = raters[: round(shares["positions"][name] * positions)]
        among = among[np.isin(position[among], some)]
        order = among[np.argsort(-rating[among] if best else rating[among], kind="stable")]
        outcome[_even(order, position, round(shares[name] * number), len(some))] = name
    rest = rng.permutation(poor[outcome[poor] == "none"])
    outcome[rest[: round(shares["withdrew"] * number)]] = "withdrew"
    return outcome


def _raters(position: np.ndarray, positions: int, share: float) -> np.ndarray:
    """Positions that record ratings: those with the most positive ones, the most first."""
    counts = np.bincount(position, minlength=positions)
    return np.argsort(-counts, kind="stable")[: round(share * positions)]


def _even(order: np.ndarray, position: np.ndarray, wanted: int, places: int) -> np.ndarray:
    """The first of some applications in order, about as many at each position."""
    if not places:
        return order[:0]
    rank = np.empty(len(order), dtype=np.int64)
    by_position = np.argsort(position[order], kind="stable")
    at = position[order][by_position]
    start = np.flatnonzero(np.r_[True, at[1:] != at[:-1]]) if len(at) else np.zeros(0, np.int64)
    sizes = np.diff(np.r_[start, len(at)])
    rank[by_position] = np.arange(len(at)) - np.repeat(start, sizes)
    return order[np.argsort(rank, kind="stable")[:wanted]]


def accepted(
    applicant: np.ndarray,
    position: np.ndarray,
    margin: np.ndarray,
    rating: np.ndarray,
    places: np.ndarray,
) -> np.ndarray:
    """Pairs that applicant-proposing deferred acceptance matches, as positions in the arrays.

    applicant, position, margin (applicants' utility), rating (principals'): (M,). places: (P,).
    """
    order = np.lexsort([-margin, applicant])
    start = np.searchsorted(applicant[order], np.unique(applicant))
    end = np.append(start[1:], len(order))
    following = start.copy()
    held: dict[int, list[int]] = {}
    free = list(range(len(start)))
    row_of = np.unique(applicant, return_inverse=True)[1]
    while free:
        one = free.pop()
        if following[one] == end[one]:
            continue
        pair = int(order[following[one]])
        following[one] += 1
        mine = held.setdefault(int(position[pair]), [])
        mine.append(pair)
        if len(mine) > places[position[pair]]:
            worst = min(mine, key=lambda other: rating[other])
            mine.remove(worst)
            free.append(int(row_of[worst]))
    return np.sort(np.array([pair for mine in held.values() for pair in mine], dtype=np.int64))


def is_positive(outcome: np.ndarray, declined: bool = True) -> np.ndarray:
    """Whether outcomes count as positive; declined: whether a declined offer does."""
    counted = [name for name in POSITIVE if declined or name != "declined"]
    return np.isin(outcome, counted)
