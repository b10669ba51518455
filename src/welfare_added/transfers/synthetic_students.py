"""The synthetic district's students: background, schools attended, first scores."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from scipy.special import expit, logit

from welfare_added.transfers.synthetic_schools import ETHNICITIES, Schools

FIRST_GRADE, LAST_GRADE = 3, 8
FLAGS = ("male", "low_income", "english_learner", "special_education")


@dataclass(frozen=True)
class Students:
    """Students of one year; all (n,).

    Attributes
    ----------
    number
        Of the student, for her identifier.
    grade, school, ethnicity
        Whole numbers; ethnicity is a place in `ETHNICITIES`.
    male, low_income, english_learner, special_education
        Bool.
    previous
        (n, 2) last year's scores in mathematics and reading.
    tested
        Whether last year's scores were taken in the district.

    """

    number: np.ndarray
    grade: np.ndarray
    school: np.ndarray
    ethnicity: np.ndarray
    male: np.ndarray
    low_income: np.ndarray
    english_learner: np.ndarray
    special_education: np.ndarray
    previous: np.ndarray
    tested: np.ndarray

    def at(self, rows: np.ndarray) -> "Students":
        """Some of them."""
        return Students(**{one.name: getattr(self, one.name)[rows] for one in fields(self)})

    def and_(self, others: "Students") -> "Students":
        """These and others after them."""
        return Students(
            **{
                one.name: np.concatenate([getattr(self, one.name), getattr(others, one.name)])
                for one in fields(self)
            }
        )


class Enrolment:
    """Draws students and promotes them from year to year."""

    def __init__(
        self,
        schools: Schools,
        inputs: Mapping,
        parameters: Mapping,
        background: np.ndarray,
        rng: np.random.Generator,
    ):
        """Set up for schools; background: effects of ethnicity (5,) and `FLAGS` on scores (4,)."""
        self.schools, self.inputs, self.parameters, self.rng = schools, inputs, parameters, rng
        self.background = background
        self.weights = schools.ethnicity.copy()
        self.next_number = 0
        self.centre, self.spread = None, None  # of first scores, set by the first cohort

    def first_year(self) -> Students:
        """Students of all grades, none with scores of the year before."""
        parts = []
        for grade in range(FIRST_GRADE, LAST_GRADE + 1):
            start = self._cohort_schools()
            school = self.schools.feeds[start] if grade > 5 else start
            parts.append(self._draw(start, np.full(len(start), grade), school))
        students = parts[0]
        for part in parts[1:]:
            students = students.and_(part)
        return students

    def promoted(self, students: Students, scores: np.ndarray) -> Students:
        """Students of the next year: a grade up, some replaced by newcomers, a new first grade."""
        drift = self.parameters["schools"]["drift"]
        self.weights += drift * self.rng.standard_normal(self.weights.shape)
        stay = students.grade < LAST_GRADE
        kept = students.at(stay)
        grade = kept.grade + 1
        school = np.where(grade == 6, self.schools.feeds[kept.school], kept.school)
        kept = Students(
            **{
                **vars(kept),
                "grade": grade,
                "school": school,
                "previous": scores[stay],
                "tested": np.ones(len(grade), dtype=bool),
            }
        )
        left = self.rng.random(len(grade)) < self.parameters["students"]["mobility"]
        new = self._draw(kept.school[left], kept.grade[left], kept.school[left])
        start = self._cohort_schools()
        first = self._draw(start, np.full(len(start), FIRST_GRADE), start)
        return kept.at(~left).and_(new).and_(first)

    def _cohort_schools(self) -> np.ndarray:
        """School of each student of a new cohort."""
        starts = self.schools.starts
        sd = self.parameters["schools"]["yearly_sd"]
        wanted = self.schools.size[starts] * np.exp(sd * self.rng.standard_normal(len(starts)))
        return np.repeat(starts, np.maximum(np.round(wanted).astype(int), 4))

    def _draw(self, like: np.ndarray, grade: np.ndarray, school: np.ndarray) -> Students:
        """New students with the background of the schools ``like``."""
        rng, n = self.rng, len(like)
        weights = np.exp(self.weights)
        feeds = self.schools.feeds
        for one in np.flatnonzero(self.schools.kind == "middle"):  # newcomers are as its feeders'
            feeders = (feeds == one) & (np.arange(len(feeds)) != one)
            weights[one] = weights[feeders].mean(axis=0)
        chances = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
        ethnicity = (rng.random(n)[:, None] > chances[like, :-1]).sum(axis=1)
        flags = self._flags(ethnicity, like)
        number = self.next_number + np.arange(n)
        self.next_number += n
        return Students(
            number=number,
            grade=grade,
            school=school,
            ethnicity=ethnicity,
            **flags,
            previous=self.first_scores(ethnicity, flags),
            tested=np.zeros(n, dtype=bool),
        )

    def _flags(self, ethnicity: np.ndarray, school: np.ndarray) -> dict[str, np.ndarray]:
        rng, n = self.rng, len(ethnicity)
        chosen = self.parameters["students"]
        low = chosen["low_income"]
        learner = chosen["english_learner"]
        white = ethnicity == ETHNICITIES.index("white")
        odds = logit(np.where(white, low["white"], low["others"]))
        learners = np.array([learner.get(name, learner["others"]) for name in ETHNICITIES])
        special = self.inputs["students"]["share_special_education"]
        return {
            "male": rng.random(n) < chosen["male"],
            "low_income": rng.random(n) < expit(odds + self.schools.low_income[school]),
            "english_learner": rng.random(n) < learners[ethnicity],
            "special_education": rng.random(n) < special,
        }

    def first_scores(self, ethnicity: np.ndarray, flags: Mapping) -> np.ndarray:
        """Scores before any score is known, (n, 2): where background has always worked, SD 1."""
        persistence = float(self.inputs["planted"]["outcomes"]["prev_score"])
        between = self.parameters["students"]["subjects_correlation"]
        effect = self.background[ethnicity].copy()
        for name, one in zip(FLAGS, self.background[len(ETHNICITIES) :], strict=True):
            effect += one * flags[name]
        effect /= 1.0 - persistence
        if self.centre is None:
            self.centre, self.spread = effect.mean(), np.sqrt(max(1.0 - effect.var(), 0.25))
        shape = (len(effect), 2)
        normal = np.sqrt(between) * self.rng.standard_normal((len(effect), 1))
        normal = normal + np.sqrt(1.0 - between) * self.rng.standard_normal(shape)
        return (effect - self.centre)[:, None] + self.spread * normal
