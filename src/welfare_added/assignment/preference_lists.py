"""Lists of one side of a one-to-one market: partners from the most to the least wanted."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from welfare_added.assignment.one_to_one_loops import allowed_first, places


@dataclass(frozen=True)
class Lists:
    """Complete orders of n agents over m partners, of which the first ones are acceptable.

    Attributes
    ----------
    order
        (n, m) partners from the most to the least wanted.
    length
        (n,) how many of them, from the first, are acceptable.
    ties
        Number of neighbours on a list to whom the agent gives the same value: which comes first
        was decided by the second value, or by the lower number.

    """

    order: np.ndarray
    length: np.ndarray
    ties: int = 0

    @cached_property
    def place(self) -> np.ndarray:
        """Place of each partner on each list, (n, m), from 0."""
        return places(self.order)

    def restricted(self, allowed: np.ndarray, infeasible: str) -> "Lists":
        """The same lists where only the pairs ``allowed`` (n, m) can meet.

        infeasible: "last" (the other pairs come after all allowed ones, in the same order), or
        "unmatched" (they are not acceptable). Raises ValueError on any other word. Acceptable
        partners of the lists given remain so only where all are acceptable.
        """
        if infeasible not in ("last", "unmatched"):
            raise ValueError(f"infeasible is {infeasible!r}; want last or unmatched")
        order, count = allowed_first(self.order, np.ascontiguousarray(allowed))
        return replace(self, order=order, length=self.length if infeasible == "last" else count)


def ranked(values: np.ndarray, second: Lists | None = None) -> Lists:
    """Lists by values (n, m), the highest first.

    Equal values are in the order of the lists ``second``, and without these in the order of the
    partners' numbers. Raises ValueError where a value is missing or infinite.
    """
    if not np.isfinite(values).all():
        raise ValueError(f"{int((~np.isfinite(values)).sum())} values are missing or infinite")
    if second is None:
        order, ties = _descending(values)
    else:
        before = np.take_along_axis(values, second.order.astype(np.int64), axis=1)
        at, ties = _descending(before)
        order = np.take_along_axis(second.order, at, axis=1)
    n, m = values.shape
    return Lists(order.astype(np.int32), np.full(n, m, dtype=np.int32), ties)


def _descending(values: np.ndarray) -> tuple[np.ndarray, int]:
    """Order of each row (n, m), highest first and equal ones as they come, and number of ties."""
    order = np.argsort(-values, axis=1)  # fast, but in any order where values are equal
    ordered = np.take_along_axis(values, order, axis=1)
    ties = int((ordered[:, 1:] == ordered[:, :-1]).sum())
    return (np.argsort(-values, axis=1, kind="stable") if ties else order), ties
