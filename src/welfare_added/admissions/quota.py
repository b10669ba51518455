"""The class of highest scores with given numbers of minority and free-lunch students."""

from dataclasses import dataclass

import numpy as np

from welfare_added.assignment.two_groups import NoSuchClass, best_of_two_groups
from welfare_added.run.errors import UserError

CELLS = ((0, 0), (1, 0), (0, 1), (1, 1))  # minority, free lunch


class Unreachable(UserError):
    """Numbers of minority and free-lunch students that no class can have."""


@dataclass(frozen=True)
class Quota:
    """An optimal class, and the bonuses that prove it.

    Attributes
    ----------
    admitted
        (n,) whether each applicant of the pool is in the class.
    value
        Sum of the keys of the class.
    bound
        Value of the dual: no class with these numbers has a larger sum. Equal to ``value``.
    cutoff, minority, frpl
        Key that a student needs, and bonuses added to hers; of all that prove the optimum, those
        farthest from admitting or refusing anybody else. Whole numbers.

    """

    admitted: np.ndarray
    value: int
    bound: int
    cutoff: int
    minority: int
    frpl: int


def best_class(
    keys: np.ndarray, minority: np.ndarray, frpl: np.ndarray, seats: int, target: tuple[int, int]
) -> Quota:
    """The class of ``seats`` students with the largest sum of keys, given its composition.

    keys: (n,) whole numbers, all different. minority, frpl: (n,) 0 or 1. target: numbers of
    minority and of free-lunch students. Raises Unreachable naming the cells where no class has
    them.
    """
    try:
        best = best_of_two_groups(keys, minority, frpl, seats, target)
    except NoSuchClass as error:
        have = ", ".join(
            f"{size} {'minority' if m else 'other'} students "
            f"{'with' if f else 'without'} free lunch"
            for (m, f), size in zip(CELLS, error.sizes, strict=True)
        )
        raise Unreachable(
            f"no class of {seats} has {target[0]} minority and {target[1]} free-lunch students: "
            f"those who want a seat are {have}. Lower the target."
        ) from None
    return Quota(best.admitted, best.value, best.bound, best.cutoff, best.first, best.second)
