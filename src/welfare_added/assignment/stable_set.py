"""All stable matchings of a one-to-one market, as sets of rotations that are closed downwards.

Every stable matching is the row-optimal one after a set of rotations that contains, with each
rotation, all that come before it (Irving and Leather 1986). A linear objective over all stable
matchings is therefore a closure problem, which a minimum cut solves (Irving, Leather and Gusfield
1987), and the matchings can be counted without listing them.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from welfare_added.assignment.one_to_one import stable_matching
from welfare_added.assignment.one_to_one_loops import minimum_cut, precedence, rotations
from welfare_added.assignment.preference_lists import Lists

BITS = 40  # weights of rotations are whole multiples of the largest / 2^BITS


class UnboundedCount(RuntimeError):
    """More subproblems than allowed are needed to count the stable matchings."""


@dataclass(frozen=True)
class StableSet:
    """The stable matchings between n rows and m columns.

    Attributes
    ----------
    row_best, column_best
        (n,) column of each row in the matchings that are best for all rows, and for all columns;
        -1 for rows that are in no stable matching.
    rows, left, taken
        Rows that rotations move, the columns that they leave and those that they take, one
        rotation after the other.
    starts
        (R + 1,) where each rotation starts in these.
    before
        (E, 2) pairs of an earlier and a later rotation, whose transitive closure is their order.

    """

    row_best: np.ndarray
    column_best: np.ndarray
    rows: np.ndarray
    left: np.ndarray
    taken: np.ndarray
    starts: np.ndarray
    before: np.ndarray

    def __len__(self) -> int:
        """Number of rotations."""
        return len(self.starts) - 1

    def matching(self, chosen: np.ndarray) -> np.ndarray:
        """Column of each row (n,) after the rotations ``chosen`` (R,) bool, a closed set."""
        partner = self.row_best.copy()
        for rotation in np.flatnonzero(chosen):  # rotations are numbered in a possible order
            part = slice(self.starts[rotation], self.starts[rotation + 1])
            partner[self.rows[part]] = self.taken[part]
        return partner

    def weights(self, objective: np.ndarray) -> np.ndarray:
        """What each rotation adds to the sum of ``objective`` (n, m) over matched pairs, (R,)."""
        change = objective[self.rows, self.taken] - objective[self.rows, self.left]
        return np.add.reduceat(np.append(change, 0.0), self.starts[:-1])[: len(self)]

    def best(self, objective: np.ndarray) -> np.ndarray:
        """Column of each row (n,) in a stable matching of the largest sum of ``objective`` (n, m).

        Exact up to the rounding of a rotation's weight to 2^-40 of the largest one. Of several,
        the one with the fewest rotations from the row-optimal matching.
        """
        if not len(self):
            return self.row_best
        weights = self.weights(objective)
        unit = np.abs(weights).max() / 2.0**BITS or 1.0
        return self.matching(self._closure(np.rint(weights / unit).astype(np.int64)))

    def _closure(self, weights: np.ndarray) -> np.ndarray:
        """Closed set (R,) of the largest sum of whole ``weights``."""
        count = len(self)
        most = int(np.abs(weights).sum()) + 1
        source, sink = count, count + 1
        gain, loss = np.flatnonzero(weights > 0), np.flatnonzero(weights < 0)
        tails = np.concatenate([np.full(len(gain), source), loss, self.before[:, 1]])
        heads = np.concatenate([gain, np.full(len(loss), sink), self.before[:, 0]])
        room = np.concatenate([weights[gain], -weights[loss], np.full(len(self.before), most)])
        arcs = len(tails)
        order = np.argsort(np.concatenate([tails, heads]), kind="stable")
        position = np.empty(2 * arcs, dtype=np.int64)
        position[order] = np.arange(2 * arcs)
        first = np.searchsorted(np.concatenate([tails, heads])[order], np.arange(count + 3))
        inside, flow = minimum_cut(
            first,
            np.concatenate([heads, tails])[order],
            np.concatenate([room, np.zeros(arcs, dtype=np.int64)])[order],
            position[np.concatenate([np.arange(arcs, 2 * arcs), np.arange(arcs)])[order]],
            source,
            sink,
        )
        chosen = inside[:count]
        value = int(weights[chosen].sum())
        if value != int(weights[gain].sum()) - int(flow) or not self.closed(chosen):
            raise RuntimeError("the cut does not prove that the stable matching is the best one")
        return chosen

    def closed(self, chosen: np.ndarray) -> bool:
        """Whether a set of rotations (R,) contains all that come before its members."""
        return bool((chosen[self.before[:, 0]] | ~chosen[self.before[:, 1]]).all())

    @cached_property
    def _relatives(self) -> tuple[list[int], list[int]]:
        """Bit sets of the rotations before and after each rotation, itself included."""
        earlier = [1 << rotation for rotation in range(len(self))]
        for one, other in self.before[np.argsort(self.before[:, 1], kind="stable")]:
            earlier[other] |= earlier[one]
        later = [1 << rotation for rotation in range(len(self))]
        for one, other in self.before[np.argsort(-self.before[:, 0], kind="stable")]:
            later[one] |= later[other]
        return earlier, later

    def count(self, most: int = 100_000) -> int:
        """Number of stable matchings.

        Raises UnboundedCount where more than ``most`` subproblems would be needed.
        """
        earlier, later = self._relatives
        done: dict[int, int] = {0: 1}

        def closed_sets(members: int) -> int:
            if members not in done:
                if len(done) > most:
                    raise UnboundedCount(f"more than {most} subproblems for {len(self)} rotations")
                parts = _components(members, earlier, later)
                total = 1
                for part in parts:
                    if len(parts) == 1:
                        pivot = _pivot(part, earlier, later)
                        total *= closed_sets(part & ~earlier[pivot])
                        total += closed_sets(part & ~later[pivot])
                    else:
                        total *= closed_sets(part)
                done[members] = total
            return done[members]

        return closed_sets((1 << len(self)) - 1)

    def matchings(self) -> np.ndarray:
        """Every stable matching, (M, n) column of each row, the row-optimal one first.

        Their number can be exponential in the number of rotations: `count` them first.
        """
        chosen = np.zeros((1, len(self)), dtype=bool)
        for rotation in range(len(self)):  # rotations are numbered in a possible order
            needs = self.before[self.before[:, 1] == rotation, 0]
            more = chosen[chosen[:, needs].all(axis=1)].copy()
            more[:, rotation] = True
            chosen = np.concatenate([chosen, more])
        partners = np.tile(self.row_best, (len(chosen), 1))
        for rotation in range(len(self)):
            part = slice(self.starts[rotation], self.starts[rotation + 1])
            moved = np.flatnonzero(chosen[:, rotation])
            partners[moved[:, None], self.rows[part]] = self.taken[part]
        return partners


def stable_set(rows: Lists, columns: Lists) -> StableSet:
    """All stable matchings of rows with lists of n over m, and columns with lists of m over n."""
    row_best = stable_matching(rows, columns)
    found = rotations(
        rows.order, rows.length, columns.order, columns.place, columns.length, row_best
    )
    *moves, passed = found
    before = precedence(rows.order, rows.place, *moves, passed)
    column_best = row_best.copy()
    column_best[moves[0]] = moves[2]  # of a row's several moves the last one counts
    return StableSet(row_best, column_best, *moves, np.unique(before, axis=0))


def _components(members: int, earlier: list[int], later: list[int]) -> list[int]:
    """Bit sets of rotations among ``members`` that are related to no rotation of another set."""
    parts = []
    while members:
        part, fresh = 0, members & -members
        while fresh:
            one = (fresh & -fresh).bit_length() - 1
            part |= 1 << one
            fresh = (fresh | (earlier[one] | later[one]) & members) & ~part
        parts.append(part)
        members &= ~part
    return parts


def _pivot(members: int, earlier: list[int], later: list[int]) -> int:
    """The rotation that is related to most of ``members``."""
    best, most = -1, -1
    rest = members
    while rest:
        one = (rest & -rest).bit_length() - 1
        related = ((earlier[one] | later[one]) & members).bit_count()
        if related > most:
            best, most = one, related
        rest &= rest - 1
    return best
