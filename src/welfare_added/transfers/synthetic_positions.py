"""The synthetic district's positions: first as many as slots, then merged and split."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from welfare_added.transfers.synthetic_schools import LICENCES, LOWER, Schools
from welfare_added.transfers.synthetic_teachers import teacher_ids

NOBODY = -1


@dataclass(frozen=True)
class Position:
    """A position: number, school, grades and subject taught, and the number of its teacher."""

    number: int
    school: int
    grades: tuple[int, ...]
    subject: str
    teacher: int = NOBODY

    @property
    def licence(self) -> int:
        """Place in `LICENCES` of the licence that it wants."""
        if self.grades[0] in LOWER:
            return 0
        return 1 if self.subject == "math" else 2

    @property
    def parts(self) -> int:
        """How many positions it could be split into at most by one cut: 1 or 2."""
        return 2 if self.subject == "both" or len(self.grades) > 1 else 1


class Positions:
    """All positions of a year, and what becomes of them."""

    def __init__(self, schools: Schools, per_slot: float, rng: np.random.Generator):
        """One position a slot of school, grade and subject; then merged to ``per_slot``."""
        self.schools, self.rng, self.last = schools, rng, 0
        self.all = [
            self._new(school, (grade,), subject)
            for school in range(len(schools.ids))
            for grade in schools.grades(school)
            for subject in ("math", "reading")
        ]
        self.merge(len(self.all) - round(per_slot * len(self.all)), lambda _: True)

    def _new(self, school: int, grades: tuple[int, ...], subject: str) -> Position:
        self.last += 1
        return Position(self.last, school, grades, subject)

    def assign(self, teachers: Iterable[int]) -> None:
        """Give each position its teacher, in order."""
        pairs = zip(self.all, teachers, strict=True)
        self.all = [replace(one, teacher=int(teacher)) for one, teacher in pairs]

    def merge(self, number: int, allowed, senior=None) -> list[int]:
        """Merge pairs of a school, if there are as many; teachers of the positions that end.

        allowed: whether a position may be merged; senior: of two teachers, whether the first stays.
        """
        pairs = [
            (first, second)
            for first, one in enumerate(self.all)
            if allowed(one)
            for second in self._partners(first)
            if allowed(self.all[second])
        ]
        ended, used = [], set()
        for chosen in self.rng.permutation(len(pairs)):
            first, second = pairs[chosen]
            if len(ended) == number:
                break
            if used & {first, second}:
                continue
            used |= {first, second}
            one, other = self.all[first], self.all[second]
            stays, goes = one.teacher, other.teacher
            if senior is not None and not senior(stays, goes):
                stays, goes = goes, stays
            self.last += 1
            self.all[first] = replace(_merged(one, other, self.last), teacher=stays)
            self.all[second] = None
            ended.append(goes)
        self.all = [one for one in self.all if one is not None]
        return ended

    def _partners(self, first: int) -> list[int]:
        """Later positions of the same school with which one can be merged."""
        one, found = self.all[first], []
        for second in range(first + 1, len(self.all)):
            other = self.all[second]
            if other.school != one.school:
                break
            if _fit(one, other):
                found.append(second)
        return found

    def split(self, number: int, allowed) -> list[Position]:
        """Split positions in two, if there are as many; the new halves, without a teacher."""
        can = [place for place, one in enumerate(self.all) if one.parts > 1 and allowed(one)]
        chosen = np.sort(self.rng.permutation(len(can))[:number])
        halves = []
        for place in reversed([can[one] for one in chosen]):
            one = self.all[place]
            if one.subject == "both":
                kept, cut = replace(one, subject="math"), (one.grades, "reading")
            else:
                kept = replace(one, grades=one.grades[:1])
                cut = (one.grades[1:], one.subject)
            half = self._new(one.school, *cut)
            self.all[place] = kept
            self.all.insert(place + 1, half)
            halves.append(half)
        return halves[::-1]

    def table(self, year: int) -> pd.DataFrame:
        """The table of positions of a year."""
        names = np.array(LICENCES, dtype=object)
        return pd.DataFrame(
            {
                "position_id": [f"p{one.number:05d}" for one in self.all],
                "year": year,
                "school_id": self.schools.ids[[one.school for one in self.all]],
                "grades": [" ".join(map(str, one.grades)) for one in self.all],
                "subject": [one.subject for one in self.all],
                "licence": names[[one.licence for one in self.all]],
                "fte": 1.0,
                "teacher_id": teacher_ids(np.array([one.teacher for one in self.all])),
            }
        )


def _fit(one: Position, other: Position) -> bool:
    """Whether two positions of a school can be one: a grade more, or both subjects of a grade."""
    if one.licence != other.licence:
        return False
    if one.subject == other.subject != "both":
        return len(one.grades) + len(other.grades) <= 3
    lower = one.grades[0] in LOWER
    return lower and one.grades == other.grades and "both" not in (one.subject, other.subject)


def _merged(one: Position, other: Position, number: int) -> Position:
    subject = one.subject if one.subject == other.subject else "both"
    grades = tuple(sorted({*one.grades, *other.grades}))
    return Position(number, one.school, grades, subject)
