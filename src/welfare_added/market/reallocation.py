"""What students could gain if all teachers of a district were assigned anew (table 2).

All classes of a school have its mean class size and shares, so that a school's classes are one
column with as many seats as it has teachers: a transportation problem, each optimum with a
certificate (Bates et al. 2022, section 3.4).
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.stats import norm

from welfare_added.assignment.problem import Optimum, Problem
from welfare_added.assignment.sweep import network
from welfare_added.run.errors import UserError

DECIMALS = 9


@dataclass(frozen=True)
class District:
    """All J teachers with forecasts of one year, in S schools.

    Attributes
    ----------
    mu
        (J, 2) forecast value added per student of type 0 and 1, experience included [student SD].
    school
        (J,) place of each teacher's school among the S.
    class_size, share_1
        (S,) mean class size, and share of students of type 1.
    own_classes
        (J, 2) students of type 0 and 1 of the class that each teacher has; None if unknown.

    """

    mu: np.ndarray
    school: np.ndarray
    class_size: np.ndarray
    share_1: np.ndarray
    own_classes: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit, missing values and classes without students."""
        count, schools = len(self.mu), len(self.class_size)
        if self.school.shape != (count,) or self.share_1.shape != (schools,) or count == 0:
            raise ValueError(f"{count} teachers, {self.school.shape} schools of theirs, {schools}")
        for name in ("mu", "class_size", "share_1"):
            if missing := int((~np.isfinite(getattr(self, name))).sum()):
                raise UserError(f"reallocation: {name} is missing in {missing} places")
        if not (self.class_size > 0).all() or (np.abs(self.share_1 - 0.5) > 0.5).any():
            raise UserError("reallocation: class sizes must be positive, shares between 0 and 1")
        if self.own_classes is not None and not (self.own_classes.sum(axis=1) > 0).all():
            raise UserError("reallocation: a teacher's own class has no student")

    @cached_property
    def shares(self) -> np.ndarray:
        """Shares of type 0 and 1 of each school's students, (S, 2)."""
        return np.stack([1 - self.share_1, self.share_1], axis=1)

    @cached_property
    def students(self) -> np.ndarray:
        """Students of type 0 and 1 of each school's mean class, (S, 2)."""
        return self.class_size[:, None] * self.shares

    @cached_property
    def slots(self) -> np.ndarray:
        """Students of type 0 and 1 of the class that each teacher has, at school means, (J, 2)."""
        return self.students[self.school]

    @cached_property
    def seats(self) -> np.ndarray:
        """Number of teachers of each school, (S,)."""
        return np.bincount(self.school, minlength=len(self.class_size))

    @cached_property
    def absolute_advantage(self) -> np.ndarray:
        """Value added per student at the school with the district's mean shares, (J,)."""
        total = self.slots.sum(axis=0)
        return self.mu @ (total / total.sum())

    def constant_class_size(self) -> "District":
        """The district where all classes have the mean number of students."""
        mean = self.class_size[self.school].mean()
        own = self.own_classes
        if own is not None:
            own = mean * own / own.sum(axis=1, keepdims=True)
        return replace(self, class_size=np.full_like(self.class_size, mean), own_classes=own)


def gains(mu: np.ndarray, before: np.ndarray, students: np.ndarray) -> dict[str, float]:
    """Gain per student, of all and by type, where teachers ``mu`` replace ``before``.

    mu, before: (J, 2) value added by type of who has each class, afterwards and before.
    students: (J, 2) of each class. NaN by type where there is no student of it.
    """
    added = ((mu - before) * students).sum(axis=0)
    total = students.sum(axis=0)
    by_type = added / np.where(total > 0, total, np.nan)
    return {"gain": added.sum() / total.sum(), "gain_0": by_type[0], "gain_1": by_type[1]}


def optimum(
    mu: np.ndarray,
    columns: np.ndarray,
    name: str,
    blocks: np.ndarray | None = None,
    second: np.ndarray | None = None,
) -> Optimum:
    """Certified assignment of teachers to classes with the largest sum of mu times columns.

    mu: (J, 2). columns: (J, 2) what value added of each type is worth in each class. blocks: (J,)
    teachers take classes of their own block only. second: (J, 2) as columns, to choose among
    optima; teachers then stay where they are if that costs nothing.
    """
    blocks = np.zeros(len(mu), dtype=int) if blocks is None else blocks
    ties = {} if second is None else {0: second}
    return next(network(Problem(mu, columns[None], blocks, ties, name=name)))


def reallocation_table(district: District, lowest: float) -> pd.DataFrame:
    """Gains from other allocations of the same teachers: Bates et al. (2022), table 2.

    Columns: allocation (best, random, worst, best_within_school, replace_bottom, max_0, max_1,
    best_constant_size, both); gain, fraction (of the best allocation's gain), gain_0, gain_1
    [student SD per student, less the actual allocation's], relative_gap (certified; missing where
    nothing is optimised), and own_fraction (of the best gain with the same classes: teachers' own
    ones within schools, constant ones). ``both`` is the stable allocation where teachers and
    principals rank by value added (table 7, last row). Without ``own_classes`` no
    best_within_school. lowest: share of teachers that replace_bottom replaces.
    """
    mu, slots = district.mu, district.slots
    best = optimum(mu, slots, "best")
    rows = [_row("best", mu[best.matching], mu, slots, best.relative_gap)]
    rows.append(_row("random", np.broadcast_to(mu.mean(axis=0), mu.shape), mu, slots))
    worst = optimum(mu, -slots, "worst")
    rows.append(_row("worst", mu[worst.matching], mu, slots, worst.relative_gap))
    if district.own_classes is not None:
        rows.append(_within_schools(district))
    rows.append(_row("replace_bottom", with_medians(district, lowest), mu, slots))
    for kind in (0, 1):
        only = slots * (np.arange(2) == kind)
        aimed = optimum(mu, only, f"type {kind}", second=slots - only)
        rows.append(_row(f"max_{kind}", mu[aimed.matching], mu, slots, aimed.relative_gap))
    constant = district.constant_class_size().slots
    same = optimum(mu, constant, "constant class size")
    rows.append(
        _row("best_constant_size", mu[same.matching], mu, constant, same.relative_gap)
        | {"own_fraction": 1.0}
    )
    rows.append(_row("both", mu[by_output(district)], mu, slots))
    table = pd.DataFrame(rows)
    table.insert(2, "fraction", table["gain"] / table["gain"].iloc[0])
    table["own_fraction"] = table["own_fraction"].fillna(table["fraction"])
    columns = ["gain", "fraction", "gain_0", "gain_1", "own_fraction"]
    return table.round(dict.fromkeys(columns, DECIMALS) | {"relative_gap": 12})


def _row(allocation, after, before, students, relative_gap=np.nan) -> dict[str, object]:
    found = gains(after, before, students)
    return {"allocation": allocation, **found, "relative_gap": relative_gap, "own_fraction": np.nan}


def _within_schools(district: District) -> dict[str, object]:
    """The best exchange of teachers' own classes within schools, and its share of any exchange."""
    mu, classes = district.mu, district.own_classes
    found = optimum(mu, classes, "within schools", blocks=district.school)
    row = _row("best_within_school", mu[found.matching], mu, classes, found.relative_gap)
    anywhere = mu[optimum(mu, classes, "own classes").matching]
    return row | {"own_fraction": row["gain"] / gains(anywhere, mu, classes)["gain"]}


def with_medians(district: District, share: float) -> np.ndarray:
    """Value added by type (J, 2) after the lowest ``share`` of teachers have the median of each.

    The lowest by value added per student in their own school; of equal ones, those first in order.
    The number of teachers is rounded to the nearest.
    """
    per_student = (district.mu * district.shares[district.school]).sum(axis=1)
    count = int(np.floor(share * len(per_student) + 0.5))
    after = district.mu.copy()
    after[np.argsort(per_student, kind="stable")[:count]] = np.median(district.mu, axis=0)
    return after


def by_output(district: District) -> np.ndarray:
    """Teacher of each slot, (J,), where both sides rank by total value added: best pairs first.

    Slots of a school are alike, so pairs of teacher and school are taken until it is full.
    """
    total = district.mu @ district.students.T
    schools = total.shape[1]
    left, school_of = district.seats.copy(), np.full(len(total), -1)
    for code in np.argsort(-total, axis=None, kind="stable"):
        teacher, school = divmod(int(code), schools)
        if school_of[teacher] < 0 and left[school]:
            school_of[teacher] = school
            left[school] -= 1
    holders = np.empty(len(total), dtype=int)
    holders[np.argsort(district.school, kind="stable")] = np.argsort(school_of, kind="stable")
    return holders


def in_percentiles(mu: np.ndarray, means: np.ndarray, sds: np.ndarray) -> np.ndarray:
    """Value added in percentiles of the score's distribution (table A4), (J, 2) [percentiles].

    means, sds: (2,) of the scores of students of each type, whose distribution is taken as normal,
    as that of all scores, with mean 0 and variance 1.
    """
    width = np.sqrt(1 + np.asarray(sds) ** 2)
    return 100 * (norm.cdf((means + mu) / width) - norm.cdf(np.asarray(means) / width))
