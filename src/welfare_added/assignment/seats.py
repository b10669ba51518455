"""Applicants with lists of schools, schools with seats of several kinds, and who gets which."""

from dataclasses import dataclass

import numpy as np

CLOSED = -np.inf  # key of an applicant to whom a kind of seat is not open


@dataclass(frozen=True)
class Market:
    """Applicants' lists, schools' seats and the order in which seats are given.

    Attributes
    ----------
    lists
        (n, L) schools from the most to the least wanted; -1 past a list's end.
    seats
        (S, K) number of seats of each kind. At every school an applicant is considered for the
        kinds in this order (precedence).
    keys
        (n, L, K) priority of an applicant for the seats of each kind at each school of her list,
        larger first; CLOSED where they are not open to her. Keys that compete must differ.

    """

    lists: np.ndarray
    seats: np.ndarray
    keys: np.ndarray

    def __post_init__(self):
        """Refuse arrays that do not fit, lists with gaps or repetitions, and missing keys."""
        shape = (*self.lists.shape, self.seats.shape[1])
        if self.keys.shape != shape:
            raise ValueError(f"keys have shape {self.keys.shape}; lists and seats want {shape}")
        if (self.seats < 0).any():
            raise ValueError("a number of seats is negative")
        if ((self.lists < -1) | (self.lists >= len(self.seats))).any():
            raise ValueError(f"lists name schools outside 0 to {len(self.seats) - 1}")
        if ((self.lists[:, :-1] < 0) & (self.lists[:, 1:] >= 0)).any():
            raise ValueError("a list has a gap")
        ordered = np.sort(self.lists, axis=1)
        if ((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any():
            raise ValueError("a list names a school twice")
        if np.isnan(self.keys).any():
            raise ValueError("a key is missing")


@dataclass(frozen=True)
class Placement:
    """Where applicants are placed.

    Attributes
    ----------
    choice
        (n,) place on her list of the school that takes her; -1 if none does.
    kind
        (n,) kind of her seat; -1 without one.

    """

    choice: np.ndarray
    kind: np.ndarray

    def school(self, lists: np.ndarray) -> np.ndarray:
        """School of each applicant, (n,); -1 where not placed."""
        rows = np.arange(len(lists))
        return np.where(self.choice >= 0, lists[rows, self.choice], -1)


def common_keys(order: np.ndarray, lists: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Keys (n, L, K) of one order for all schools and kinds.

    order: (n,) larger first. kinds: (n, K) whether a kind is open to each applicant.
    """
    return same_keys(np.where(kinds, order[:, None], CLOSED), lists)


def same_keys(by_kind: np.ndarray, lists: np.ndarray) -> np.ndarray:
    """Keys (n, L, K) that are the same at all schools, a view of ``by_kind`` (n, K)."""
    return np.broadcast_to(by_kind[:, None, :], (*lists.shape, by_kind.shape[1]))
