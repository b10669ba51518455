"""The class of highest scores with given numbers of minority and free-lunch students."""

from dataclasses import dataclass

import numpy as np

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
    minority and of free-lunch students. Within each of the four cells minority by free lunch the
    best are taken, so the only question is how many are both: a transportation problem of two
    rows and two columns, solved by trying each number. The bonuses are a solution of its dual.
    Raises Unreachable naming the cell that is too small.
    """
    cell = minority + 2 * frpl
    ranked = [np.flatnonzero(cell == number) for number in range(4)]
    ranked = [members[np.argsort(-keys[members], kind="stable")] for members in ranked]
    sums = [np.concatenate([[0], np.cumsum(keys[members])]) for members in ranked]
    both = _numbers_of_both([len(members) for members in ranked], seats, target)
    counts = _counts(both, seats, target)
    values = sum(total[count] for total, count in zip(sums, counts, strict=True))
    best = [int(count[np.argmax(values)]) for count in counts]
    admitted = np.zeros(len(keys), dtype=bool)
    for members, count in zip(ranked, best, strict=True):
        admitted[members[:count]] = True
    thresholds = _thresholds([keys[members] for members in ranked], best)
    cutoff, bonuses = thresholds[0], (thresholds[0] - thresholds[1], thresholds[0] - thresholds[2])
    reached = keys + bonuses[0] * minority + bonuses[1] * frpl
    bound = cutoff * seats - bonuses[0] * target[0] - bonuses[1] * target[1]
    bound += int(np.maximum(reached - cutoff, 0).sum())
    return Quota(admitted, int(values.max()), bound, cutoff, *bonuses)


def _counts(both: np.ndarray, seats: int, target: tuple[int, int]) -> list[np.ndarray]:
    """Students of each cell, given how many are both minority and free lunch."""
    return [seats - target[0] - target[1] + both, target[0] - both, target[1] - both, both]


def _numbers_of_both(sizes: list[int], seats: int, target: tuple[int, int]) -> np.ndarray:
    both = np.arange(min(target) + 1)
    counts = _counts(both, seats, target)
    fits = [(count >= 0) & (count <= size) for count, size in zip(counts, sizes, strict=True)]
    feasible = both[np.all(fits, axis=0)]
    if len(feasible):
        return feasible
    have = ", ".join(
        f"{size} {'minority' if m else 'other'} students {'with' if f else 'without'} free lunch"
        for (m, f), size in zip(CELLS, sizes, strict=True)
    )
    raise Unreachable(
        f"no class of {seats} has {target[0]} minority and {target[1]} free-lunch students: those "
        f"who want a seat are {have}. Lower the target."
    )


def _thresholds(keys: list[np.ndarray], counts: list[int]) -> list[int]:
    """Key needed in each cell, with t11 = t10 + t01 - t00 and as much slack as possible.

    keys: of each cell, largest first. counts: how many of each are admitted. The slack s is the
    largest for which all four thresholds lie at least s above the best refused and s below the
    last admitted key.
    """
    highest, lowest = max(map(_first, keys)), min(map(_last, keys))
    far = 4 * (highest - lowest) + 4
    low = [int(k[c]) if c < len(k) else lowest - far for k, c in zip(keys, counts, strict=True)]
    high = [int(k[c - 1]) if c else highest + far for k, c in zip(keys, counts, strict=True)]
    slack = min(
        min((b - a) // 2 for a, b in zip(low, high, strict=True)),
        (high[3] + high[0] - low[1] - low[2]) // 4,
        (high[1] + high[2] - low[0] - low[3]) // 4,
    )
    low, high = [a + slack for a in low], [b - slack for b in high]
    rest = min(max((low[3] + high[3]) // 2, low[1] + low[2] - high[0]), high[1] + high[2] - low[0])
    rest -= low[1] + low[2] - high[0]  # how far above its smallest value t10 + t01 - t00 must lie
    steps = []
    for room in (high[1] - low[1], high[2] - low[2], high[0] - low[0]):
        steps.append(min(rest, room))
        rest -= steps[-1]
    t10, t01, t00 = low[1] + steps[0], low[2] + steps[1], high[0] - steps[2]
    return [t00, t10, t01, t10 + t01 - t00]


def _first(keys: np.ndarray) -> int:
    return int(keys[0]) if len(keys) else 0


def _last(keys: np.ndarray) -> int:
    return int(keys[-1]) if len(keys) else 0
