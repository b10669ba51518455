"""The best race-neutral rule that sets a score cutoff in every census tract.

Of those who want a seat at a school, the rule admits the highest scores of each cell (a tract, or a
tract by free lunch); only how many is chosen. Best is the largest sum of scores with a number of
seats and of minority students. The rule does not see race, but whoever sets its cutoffs here knows
how many minority students each of them brings in: no rule by tract can do better with these
applicants, and one that is set before the applicants are seen does worse (`expected_rule`).
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from welfare_added.admissions.keys import POINT, STEPS_A_POINT
from welfare_added.admissions.pool import Pool
from welfare_added.admissions.quota import Unreachable
from welfare_added.admissions.tract_bound import Bound, rule_bound
from welfare_added.admissions.two_weights import wants_seat
from welfare_added.assignment.seats import Placement

NONE = -(1 << 63)  # value of a class that does not exist


@dataclass(frozen=True)
class TractRule:
    """The best rule for C cells, and what proves it.

    Attributes
    ----------
    admitted
        (n,) whether each applicant is admitted.
    cells, counts, cutoffs
        (C,) cells in ascending order of their labels; students admitted; lowest key admitted, the
        highest key plus one where there is none.
    value
        Sum of the keys of the class; no rule has a larger one, all having been compared.
    brought
        Minority students in the class.
    bound
        Bound of the linear programme, in which a cell may mix cutoffs, and its dual values.
    values
        (seats + 1,) largest sum of keys by number of minority students; `NONE` where no rule
        admits that many. ``value`` is one of them.

    """

    admitted: np.ndarray
    cells: np.ndarray
    counts: np.ndarray
    cutoffs: np.ndarray
    value: int
    brought: int
    bound: Bound
    values: np.ndarray

    @property
    def bonus(self) -> int:
        """Dual value of a minority student, in units of keys."""
        return self.bound.bonus


def tract_rule(
    keys: np.ndarray,
    minority: np.ndarray,
    cell: np.ndarray,
    seats: int,
    target: int,
    *,
    exactly: bool = False,
) -> TractRule:
    """Choose how many to admit in each cell, from the highest key down.

    keys: (n,) whole numbers, all different. minority: (n,) 0 or 1. cell: (n,) labels. seats: of
    the school. target: minority students, at least or ``exactly``. All rules are compared by
    dynamic programming over the cells, in whole numbers; of rules with equal sums, the one with
    fewer minority students, then with fewer students in the last cells. Cells may be any groups: by
    race, they give the benchmark with a bonus for minority students alone. Memory is C times
    (seats + 1)^2 bytes, if no cell has more than 255 applicants.
    Raises Unreachable where no rule fills the seats with that many.
    """
    cells, order, start = _sorted_by_cell(keys, cell)
    ranked = keys[order].astype(np.int64), minority[order].astype(np.int64)
    longest = min(int(np.diff(start).max(initial=0)), seats)
    chosen = np.zeros((len(cells), seats + 1, seats + 1), dtype=np.min_scalar_type(longest))
    values = _best_values(*ranked, start, chosen)
    possible = np.flatnonzero(values != NONE)
    allowed = possible[possible == target] if exactly else possible[possible >= target]
    if not len(allowed):
        raise Unreachable(_why_none(possible, seats, target, exactly))
    brought = int(allowed[np.argmax(values[allowed])])
    counts = _read_off(chosen, ranked[1], start, brought)
    place = np.arange(len(keys)) - np.repeat(start[:-1], np.diff(start))
    within = place < np.repeat(counts, np.diff(start))
    admitted = np.zeros(len(keys), dtype=bool)
    admitted[order[within]] = True
    cutoffs = np.full(len(cells), int(keys.max()) + 1)
    cutoffs[counts > 0] = ranked[0][(start[:-1] + counts - 1)[counts > 0]]
    bound = rule_bound(*ranked, start, seats, target, exactly=exactly)
    return TractRule(admitted, cells, counts, cutoffs, int(values[brought]), brought, bound, values)


def _sorted_by_cell(
    keys: np.ndarray, cell: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels (C,), applicants by label and falling key (n,), where each cell starts (C + 1,)."""
    labels, codes = np.unique(cell, return_inverse=True)
    start = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=len(labels)))])
    return labels, np.lexsort((-keys, codes)), start.astype(np.int64)


@njit(cache=True)
def _best_values(keys, minority, start, chosen):
    """Largest sum of keys of all seats, by minority students; fills ``chosen``.

    chosen: (C, seats + 1, seats + 1) students of each cell, given how many students and minority
    students that cell and those before it have.
    """
    seats = chosen.shape[1] - 1
    best = np.full((seats + 1, seats + 1), NONE)
    best[0, 0] = 0
    for c in range(len(start) - 1):
        before = best.copy()
        value, brought = 0, 0
        for k in range(1, min(start[c + 1] - start[c], seats) + 1):
            value += keys[start[c] + k - 1]
            brought += minority[start[c] + k - 1]
            for n in range(k, seats + 1):
                for m in range(brought, n + 1):
                    prior = before[n - k, m - brought]
                    if prior != NONE and prior + value > best[n, m]:
                        best[n, m] = prior + value
                        chosen[c, n, m] = k
    return best[seats]


def _read_off(
    chosen: np.ndarray, minority: np.ndarray, start: np.ndarray, brought: int
) -> np.ndarray:
    """Students admitted of each cell, (C,), by the rule that brings ``brought`` minorities in."""
    counts, left, wanted = np.zeros(len(chosen), dtype=np.int64), chosen.shape[1] - 1, brought
    for c in reversed(range(len(chosen))):
        counts[c] = chosen[c, left, wanted]
        left -= counts[c]
        wanted -= minority[start[c] : start[c] + counts[c]].sum()
    return counts


def _why_none(possible: np.ndarray, seats: int, target: int, exactly: bool) -> str:
    wanted = f"{'exactly' if exactly else 'at least'} {target}"
    if not len(possible):
        return f"fewer than {seats} applicants want one of {seats} seats: no rule fills them"
    return (
        f"no rule by cells fills {seats} seats with {wanted} minority students; it can have "
        f"{possible[0]} to {possible[-1]} of them. Choose another number, or smaller cells."
    )


def prices(rule: TractRule) -> dict[str, float]:
    """What one minority student more costs and one fewer saves: points of the sum of scores.

    Missing where no rule has that number. The dual value ``rule.bound.bonus`` lies between them
    where the linear programme has whole cutoffs.
    """
    around = {"one_more": rule.brought, "one_fewer": rule.brought - 1}
    found = dict.fromkeys(around, np.nan)
    for name, fewer in around.items():
        if 0 <= fewer < len(rule.values) - 1 and NONE not in rule.values[fewer : fewer + 2]:
            lost = int(rule.values[fewer] - rule.values[fewer + 1])
            found[name] = lost / (POINT * STEPS_A_POINT)
    return found


def rule_at(
    pool: Pool,
    placement: Placement,
    cell: np.ndarray,
    school: int,
    target: int,
    *,
    exactly: bool = False,
) -> tuple[TractRule, np.ndarray]:
    """The best rule for those who want a seat at a school, and its class (n,).

    placement: by which it is decided who wants one. Under the race-only benchmark it makes the rule
    comparable with this: both choose among the same students, so the benchmark's mean is not lower.
    cell: (n,) labels of the applicants of the pool. Raises Unreachable as `tract_rule`.
    """
    wanted = np.flatnonzero(wants_seat(pool, placement, school))
    seats = int(pool.seats[school])
    given = pool.keys[wanted], pool.minority[wanted], cell[wanted]
    rule = tract_rule(*given, seats, target, exactly=exactly)
    here = np.zeros(len(pool), dtype=bool)
    here[wanted[rule.admitted]] = True
    return rule, here
