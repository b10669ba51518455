"""One-to-one matching: deferred acceptance, serial order, best pairs first, blocking pairs."""

import numpy as np

from welfare_added.assignment.one_to_one_loops import pick_in_turn, propose, take_best_pairs
from welfare_added.assignment.preference_lists import Lists


def stable_matching(proposers: Lists, receivers: Lists) -> np.ndarray:
    """Partner of each proposer (n,), -1 if none: the stable matching that is best for proposers.

    proposers: lists of n over m; receivers: lists of m over n. A pair can be matched only if each
    is acceptable to the other. Raises ValueError where the shapes do not fit.
    Source: Gale and Shapley (1962).
    """
    if proposers.order.shape != receivers.order.shape[::-1]:
        raise ValueError(
            f"proposers' lists are {proposers.order.shape}, receivers' {receivers.order.shape}"
        )
    return propose(proposers.order, proposers.length, receivers.place, receivers.length)


def other_side(partner: np.ndarray, m: int) -> np.ndarray:
    """Partner of each of the m on the other side, -1 if none, from those of one side (n,)."""
    matched = np.flatnonzero(partner >= 0)
    holds = np.full(m, -1)
    holds[partner[matched]] = matched
    return holds


def serial_dictatorship(lists: Lists, turn: np.ndarray) -> np.ndarray:
    """Partner of each agent (n,), -1 if none: in ``turn`` each takes her first that is left."""
    return pick_in_turn(lists.order, lists.length, turn, lists.order.shape[1])


def best_pairs_first(values: np.ndarray) -> np.ndarray:
    """Partner of each row (n,), -1 if none: the pair of highest value (n, m) is matched first.

    It is the only stable matching where both sides rank by the same values and none are equal;
    equal ones are taken in the order of rows, then of columns.
    """
    codes = np.argsort(-values, axis=None, kind="stable")
    return take_best_pairs(codes, *values.shape)


def blocking_pairs(
    rows: np.ndarray,
    columns: np.ndarray,
    partner: np.ndarray,
    allowed: np.ndarray | None = None,
    infeasible: str = "last",
) -> int:
    """Number of pairs of which each is worth more to the other than the partner it has.

    rows, columns: (n, m) value of each pair to the row and to the column. partner: (n,) column of
    each row, -1 if none. allowed: (n, m) pairs that can meet; the others are worth less than all
    of these ("last"), or less than no partner ("unmatched"). Uses values alone, no list; a matched
    pair that is worth less than no partner counts as one too.
    """
    level = np.ones(rows.shape, dtype=int) if allowed is None else np.where(allowed, 1, -1)
    if infeasible == "last":
        level = np.where(level < 0, 0.5, level)
    matched = np.flatnonzero(partner >= 0)
    better = np.ones(rows.shape, dtype=bool)
    for worth, side in ((rows, 0), (columns, 1)):
        index = (matched, partner[matched])[side]
        size = rows.shape[side]
        own_level, own = np.zeros(size), np.full(size, -np.inf)
        own_level[index] = level[matched, partner[matched]]
        own[index] = worth[matched, partner[matched]]
        shape = (-1, 1) if side == 0 else (1, -1)
        own_level, own = own_level.reshape(shape), own.reshape(shape)
        better &= (level > own_level) | ((level == own_level) & (worth > own))
    return int(better.sum() + (level[matched, partner[matched]] < 0).sum())
