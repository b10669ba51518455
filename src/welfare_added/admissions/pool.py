"""The applicants of one year as arrays, and placement of all of them by a bonus added to scores."""

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import pandas as pd

from welfare_added.admissions.keys import POINT
from welfare_added.assignment.seats import Market, Placement, same_keys
from welfare_added.assignment.serial_order import serial_order


@dataclass(frozen=True)
class Pool:
    """Applicants, their lists, and seats.

    Attributes
    ----------
    keys
        (n,) strict keys, see `strict_keys`.
    scores
        (n,) composite scores, 0 to 100.
    minority, frpl, asian
        (n,) 0 or 1: under-represented minority; eligible for free or reduced-price lunch; Asian.
    tier
        (n,) tier of the census tract, 1 to 4.
    lists
        (n, L) schools in order of preference; -1 past a list's end.
    seats
        (S,) seats by school.

    """

    keys: np.ndarray
    scores: np.ndarray
    minority: np.ndarray
    frpl: np.ndarray
    asian: np.ndarray
    tier: np.ndarray
    lists: np.ndarray
    seats: np.ndarray

    def __len__(self) -> int:
        """Count the applicants."""
        return len(self.keys)

    def rows(self, rows: np.ndarray) -> "Pool":
        """The pool of some applicants, in the order of ``rows``; all seats stay."""
        names = [one.name for one in fields(self) if one.name != "seats"]
        return replace(self, **{name: getattr(self, name)[rows] for name in names})

    @cached_property
    def _by_key(self) -> np.ndarray:
        """Rows in ascending order of the keys, (n,)."""
        return np.argsort(self.keys, kind="stable")

    @cached_property
    def place(self) -> np.ndarray:
        """Place of each applicant in the order of the keys, (n,)."""
        return _places(self._by_key)

    def order(self, bonus: np.ndarray | int) -> np.ndarray:
        """Keys plus bonuses, (n,), made all different by the order of the keys."""
        return (self.keys + bonus) * len(self) + self.place

    def index_order(self, weight: int, index: np.ndarray) -> np.ndarray:
        """Place of each applicant, (n,), in the order of keys plus ``weight`` times an index.

        weight: in units of keys. index: (n,) 0 to 1, larger for the disadvantaged, rounded to
        parts of `POINT`; the sums are exact, and equal ones are ordered by the keys.
        """
        sums = self.keys * POINT + weight * slope(index)
        return _places(self._by_key[np.argsort(sums[self._by_key], kind="stable")])


def pool_from(
    applicants: pd.DataFrame, keys: np.ndarray, lists: np.ndarray, schools: pd.DataFrame
) -> Pool:
    """Applicants of one year as arrays.

    applicants: composite_score, minority, frpl, asian, tier. keys: (n,) strict. lists: (n, L).
    schools: seats, in the order of their places.
    """
    columns = ("composite_score", "minority", "frpl", "asian", "tier")
    return Pool(
        keys,
        *(applicants[name].to_numpy() for name in columns),
        lists=lists,
        seats=schools["seats"].to_numpy(dtype=np.int64),
    )


def _places(rows: np.ndarray) -> np.ndarray:
    place = np.empty(len(rows), dtype=np.int64)
    place[rows] = np.arange(len(rows))
    return place


def slope(index: np.ndarray) -> np.ndarray:
    """An index, (n,), 0 to 1, in whole parts of `POINT`."""
    return np.rint(index * POINT).astype(np.int64)


def in_order(pool: Pool, order: np.ndarray) -> Placement:
    """Place everybody in an order, (n,), larger first, all seats being open."""
    everyone = np.ones((len(pool), 1), dtype=bool)
    return serial_order(order, pool.lists, pool.seats[:, None], everyone)


def with_bonus(pool: Pool, bonus: np.ndarray | int) -> Placement:
    """Place everybody in the order of keys plus bonuses, all seats being open.

    bonus: (n,) whole numbers, `POINT` of them one step of the score. Applicants whose sums are
    equal are ordered by their keys.
    """
    return in_order(pool, pool.order(bonus))


def class_in_order(pool: Pool, order: np.ndarray, school: int) -> np.ndarray:
    """Whether each applicant is placed at a school by `in_order`, (n,).

    Nobody is displaced by those who come later in the order, so only the first are placed, until
    the school is full: some tenth of the time where it is full early.
    """
    seats = int(pool.seats[school])
    here, size = np.zeros(len(pool), dtype=bool), 8 * seats
    while True:
        first = np.argpartition(-order, size)[:size] if size < len(pool) else np.arange(len(pool))
        lists, everyone = pool.lists[first], np.ones((len(first), 1), dtype=bool)
        placed = serial_order(order[first], lists, pool.seats[:, None], everyone)
        at = members(placed, lists, school)
        if at.sum() == seats or len(first) == len(pool):
            here[first[at]] = True
            return here
        size *= 2


def order_market(pool: Pool, order: np.ndarray) -> Market:
    """The market in which `in_order` places everybody, for its certificate."""
    by_kind = order[:, None].astype(float)
    return Market(pool.lists, pool.seats[:, None], same_keys(by_kind, pool.lists))


def members(placement: Placement, lists: np.ndarray, school: int) -> np.ndarray:
    """Whether each applicant is placed at a school, (n,)."""
    return placement.school(lists) == school
