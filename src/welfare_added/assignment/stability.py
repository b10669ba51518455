"""Certificate that a placement is stable, from the market and the placement alone."""

from dataclasses import asdict, dataclass

import numpy as np

from welfare_added.assignment.seats import CLOSED, Market, Placement


@dataclass(frozen=True)
class Stability:
    """Numbers of violations; all are zero if a placement is stable.

    Attributes
    ----------
    blocking
        Applicant and kind of seat such that she wants it more than her own, and it is free or
        held by somebody of a lower key.
    closed
        Applicants on a seat that is not open to them, or past the end of their list.
    overfilled
        Kinds of seats, over all schools, with more applicants than seats.

    """

    blocking: int
    closed: int
    overfilled: int

    @property
    def stable(self) -> bool:
        """Whether there is no violation."""
        return not any(asdict(self).values())


def stability(market: Market, placement: Placement) -> Stability:
    """Count the violations of stability; see `Stability`."""
    kinds = market.seats.shape[1]
    n, length = market.lists.shape
    placed = np.flatnonzero(placement.choice >= 0)
    rank, kind = placement.choice[placed], placement.kind[placed]
    school, key = market.lists[placed, rank], market.keys[placed, rank, kind]
    listed = school >= 0
    taken = np.zeros(market.seats.shape, dtype=int)
    np.add.at(taken, (school[listed], kind[listed]), 1)
    cutoffs = lowest_keys_held(market, placement)
    reached = np.full(n, length * kinds)
    reached[placed] = rank * kinds + kind
    wanted = np.arange(length * kinds).reshape(length, kinds) < reached[:, None, None]
    better = market.keys > cutoffs[market.lists]
    blocking = wanted & better & (market.lists >= 0)[..., None]
    return Stability(
        blocking=int(blocking.sum()),
        closed=int(((key == CLOSED) | ~listed).sum()),
        overfilled=int((taken > market.seats).sum()),
    )


def lowest_keys_held(market: Market, placement: Placement) -> np.ndarray:
    """Key that an applicant must exceed to get a seat, (S, K).

    The lowest key among those who hold the seats; minus infinity where a seat is free, and
    infinity where there is none.
    """
    placed = np.flatnonzero(placement.choice >= 0)
    rank, kind = placement.choice[placed], placement.kind[placed]
    school, key = market.lists[placed, rank], market.keys[placed, rank, kind]
    listed = school >= 0
    slots = school[listed], kind[listed]
    taken = np.zeros(market.seats.shape, dtype=int)
    np.add.at(taken, slots, 1)
    cutoffs = np.full(taken.shape, np.inf)
    np.minimum.at(cutoffs, slots, key[listed])
    cutoffs[taken < market.seats] = -np.inf
    return cutoffs
