"""The best so many applicants, given how many are in each of two groups that may overlap."""

from dataclasses import dataclass

import numpy as np


class NoSuchClass(ValueError):
    """No class has the wanted numbers.

    sizes: numbers of applicants in neither group, in the first only, the second only, both.
    """

    def __init__(self, sizes: list[int]):
        """Keep how many applicants there are of each kind."""
        super().__init__(f"no class has these numbers; there are {sizes} of the four kinds")
        self.sizes = sizes


@dataclass(frozen=True)
class BestClass:
    """An optimal class, and the bonuses that prove it.

    Attributes
    ----------
    admitted
        (n,) whether each applicant is in the class.
    value
        Sum of the keys of the class.
    bound
        Value of the dual: no class with these numbers has a larger sum. Equal to ``value``.
    cutoff, first, second
        Key that an applicant needs, and bonuses of the two groups added to hers; of all that prove
        the optimum, those farthest from admitting or refusing anybody else. Whole numbers.

    """

    admitted: np.ndarray
    value: int
    bound: int
    cutoff: int
    first: int
    second: int


def best_of_two_groups(
    keys: np.ndarray, first: np.ndarray, second: np.ndarray, seats: int, target: tuple[int, int]
) -> BestClass:
    """The class of ``seats`` applicants with the largest sum of keys, given its composition.

    keys: (n,) whole numbers, all different. first, second: (n,) 0 or 1, who is in the groups.
    target: numbers of the two. Of each of the four kinds of applicants the best are taken, so the
    only question is how many are in both groups: a transportation problem of two rows and two
    columns, solved by trying each number. The bonuses are a solution of its dual. Raises
    NoSuchClass where there are too few of some kind.
    """
    cell = first + 2 * second
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
    reached = keys + bonuses[0] * first + bonuses[1] * second
    bound = cutoff * seats - bonuses[0] * target[0] - bonuses[1] * target[1]
    bound += int(np.maximum(reached - cutoff, 0).sum())
    return BestClass(admitted, int(values.max()), bound, cutoff, *bonuses)


def _counts(both: np.ndarray, seats: int, target: tuple[int, int]) -> list[np.ndarray]:
    """Applicants of each kind, given how many are in both groups."""
    return [seats - target[0] - target[1] + both, target[0] - both, target[1] - both, both]


def _numbers_of_both(sizes: list[int], seats: int, target: tuple[int, int]) -> np.ndarray:
    both = np.arange(min(target) + 1)
    counts = _counts(both, seats, target)
    fits = [(count >= 0) & (count <= size) for count, size in zip(counts, sizes, strict=True)]
    feasible = both[np.all(fits, axis=0)]
    if len(feasible):
        return feasible
    raise NoSuchClass(sizes)


def _thresholds(keys: list[np.ndarray], counts: list[int]) -> list[int]:
    """Key needed of each kind, with t11 = t10 + t01 - t00 and as much slack as possible.

    keys: of each kind, largest first. counts: how many of each are admitted. The slack s is the
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
