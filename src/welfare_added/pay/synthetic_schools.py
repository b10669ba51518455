"""The synthetic state's schools, and the teaching posts in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from welfare_added.pay.synthetic_districts import Districts

KINDS = ("elementary", "middle", "high")
GRADES = ((0, 5), (6, 8), (9, 12))  # of each kind
TAUGHT_IN = {  # shares of posts by kind of school
    "all": (1.0, 0.0, 0.0),
    "math": (0.0, 3 / 7, 4 / 7),
    "reading": (0.0, 3 / 7, 4 / 7),
}
ANYWHERE = (6 / 13, 3 / 13, 4 / 13)
TESTED = (3, 4, 5, 6, 7, 8, 10)  # 2006 to 2014 (appendix D)


@dataclass(frozen=True)
class Schools:
    """S schools, by district and kind.

    Attributes
    ----------
    district, kind
        (S,) numbers.
    first, number
        (J, 3) first school of a district's kind, and how many it has.
    label
        (S,) identifiers.

    """

    district: np.ndarray
    kind: np.ndarray
    first: np.ndarray = field(repr=False)
    number: np.ndarray = field(repr=False)
    label: np.ndarray = field(repr=False)

    def cohort(self, pupils: np.ndarray) -> np.ndarray:
        """Pupils a grade of each school, of pupils by district (J,)."""
        return pupils[self.district] / 13.0 / self.number[self.district, self.kind]


def draw_schools(districts: Districts, parameters: Mapping) -> Schools:
    """Schools of each district: at least one of each kind."""
    share = np.array([6, 3, 4]) / 13
    sizes = np.array([parameters[kind] for kind in KINDS], float)
    number = np.maximum(np.round(districts.pupils[:, None] * share / sizes), 1).astype(int)
    flat = number.ravel()
    first = (np.cumsum(flat) - flat).reshape(number.shape)
    district, kind = np.divmod(np.repeat(np.arange(flat.size), flat), len(KINDS))
    within = np.arange(len(district)) - first[district, kind] + 1
    label = np.array(
        [
            f"{districts.ids[j]}-{KINDS[k][0]}{n:02d}"
            for j, k, n in zip(district, kind, within, strict=True)
        ]
    )
    return Schools(district, kind, first, number, label)


@dataclass
class Posts:
    """P teaching posts, numbered; those that nobody holds any more are kept.

    Attributes
    ----------
    school, subject, low, high
        (P,) school, subject (number), lowest and highest grade.

    """

    school: np.ndarray
    subject: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def add(self, other: "Posts") -> np.ndarray:
        """Add posts; their numbers."""
        begin = len(self.school)
        for name in ("school", "subject", "low", "high"):
            setattr(self, name, np.concatenate([getattr(self, name), getattr(other, name)]))
        return np.arange(begin, len(self.school))


def make_posts(
    district: np.ndarray,
    subject: np.ndarray,
    subjects: tuple[str, ...],
    schools: Schools,
    cohort: np.ndarray,
    parameters: Mapping,
    rng: np.random.Generator,
    *,
    in_turn: bool = False,
) -> Posts:
    """Posts of districts and subjects, in schools of a kind that teaches the subject.

    Parameters
    ----------
    district, subject
        (n,) numbers.
    subjects
        Their names.
    schools, cohort
        Schools, and (S,) pupils a grade.
    parameters
        Section ``schools`` of parameters.yaml.
    in_turn
        Spread the posts of a district and subject evenly over schools and grades, else by chance.

    """
    shares = np.cumsum([TAUGHT_IN.get(name, ANYWHERE) for name in subjects], axis=1)
    kind = (rng.random(len(district))[:, None] > shares[subject]).sum(axis=1)
    kind = np.minimum(kind, len(KINDS) - 1)
    turn = rng.integers(0, 10_000, len(district))
    if in_turn:
        turn = _places((district * len(KINDS) + kind) * len(subjects) + subject)
    number = schools.number[district, kind]
    school = schools.first[district, kind] + turn % number
    low, high = _grades(kind, turn // number, cohort[school], parameters, rng)
    whole = np.isin(subject, [n for n, name in enumerate(subjects) if name not in TAUGHT_IN])
    ends = np.array(GRADES)[kind]
    low, high = np.where(whole, ends[:, 0], low), np.where(whole, ends[:, 1], high)
    return Posts(school, subject, low, high)


def _places(group: np.ndarray) -> np.ndarray:
    """Place of each member within its group, from 0."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    begin = np.flatnonzero(np.diff(ordered, prepend=-1))
    place = np.arange(len(group)) - np.repeat(begin, np.diff(np.append(begin, len(group))))
    made = np.empty(len(group), np.int64)
    made[order] = place
    return made


def _grades(kind, turn, cohort, parameters, rng) -> tuple[np.ndarray, np.ndarray]:
    """Grades of classroom and subject teachers."""
    ends = np.array(GRADES)[kind]
    single = ends[:, 0] + turn % (ends[:, 1] - ends[:, 0] + 1)
    small = (cohort < parameters["whole_school"]) & (kind > 0)
    choices = np.array(parameters["high_school_grades"])
    chosen = choices[
        np.searchsorted(np.cumsum(parameters["high_school_shares"]), rng.random(len(kind)))
    ]
    low = np.where(kind == 2, chosen[:, 0], single)
    high = np.where(kind == 2, chosen[:, 1], single)
    return np.where(small, ends[:, 0], low), np.where(small, ends[:, 1], high)
