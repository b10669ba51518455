"""The synthetic district's students: entry, assignment to classes, and test scores."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.district.parameters import EffectParameters, StudentParameters
from welfare_added.district.sample import lower_scoring
from welfare_added.district.synthetic_schools import Schools
from welfare_added.district.vocabulary import SUBJECTS

# Log share of each ethnicity in a school of average achievement; slope of log-odds on achievement.
ETHNIC_MIX = np.log([0.26, 0.16, 0.12, 0.40, 0.06])
ETHNIC_SLOPE = np.array([1.1, 0.55, -0.35, -0.9, 0.5])
ETHNIC_SCORE = np.array([0.5, 0.5, -0.5, -0.5, 0.0])
ENGLISH_LEARNER_SHARE = np.array([0.03, 0.3, 0.05, 0.5, 0.1])
ENGLISH_LEARNER_SCORE = np.array([-0.08, -0.04])
SPECIAL_EDUCATION_SHARE = 0.1
SPECIAL_EDUCATION_SCORE = np.array([-0.1, -0.08])
FEMALE_SCORE = np.array([0.03, -0.02])
ABSENCE_SCORE = np.array([-0.4, -0.6])
CROSS_SUBJECT_NOISE = 0.45
CROSS_SUBJECT_ENTRY = 0.75


@dataclass
class Students:
    """Students now in the district, one entry a student in each array.

    ``score`` (n, 2) is the latest achievement [student SD]; ``had_test`` is whether the student
    took last year's tests in the district.
    """

    id: np.ndarray
    school: np.ndarray
    grade: np.ndarray
    ethnicity: np.ndarray
    female: np.ndarray
    birthday: np.ndarray
    special: np.ndarray
    learner: np.ndarray
    absent: np.ndarray
    score: np.ndarray
    had_test: np.ndarray

    def keep(self, mask: np.ndarray) -> "Students":
        """The students for whom ``mask`` holds."""
        return Students(**{name: values[mask] for name, values in vars(self).items()})

    def join(self, other: "Students") -> "Students":
        """Both sets of students, one after the other."""
        mine, theirs = vars(self), vars(other)
        return Students(**{name: np.concatenate([mine[name], theirs[name]]) for name in mine})


def newcomers(
    school: np.ndarray,
    grade: np.ndarray,
    first_id: int,
    schools: Schools,
    parameters: StudentParameters,
    rng: np.random.Generator,
) -> Students:
    """Draw students who enter the district, with past scores from elsewhere."""
    n = len(school)
    achievement = schools.achievement[school]
    odds = np.exp(ETHNIC_MIX + achievement[:, None] * ETHNIC_SLOPE)
    cumulated = (odds / odds.sum(axis=1, keepdims=True)).cumsum(axis=1)
    ethnicity = (rng.random((n, 1)) > cumulated[:, :-1]).sum(axis=1)
    special = rng.random(n) < SPECIAL_EDUCATION_SHARE
    learner = rng.random(n) < ENGLISH_LEARNER_SHARE[ethnicity]
    female = rng.random(n) < 0.49
    gaps = np.array([parameters.ethnic_gap[subject] for subject in SUBJECTS])
    spread = np.array([parameters.school_sd[subject] for subject in SUBJECTS])
    score = ETHNIC_SCORE[ethnicity][:, None] * gaps + achievement[:, None] * spread
    own = np.sqrt(np.clip(1 - spread**2 - 0.25 * gaps**2, 0.1, None))
    draws = _correlated(n, CROSS_SUBJECT_ENTRY, rng)
    score = score + own * draws + 2.5 * _traits_score(special, learner, female)
    return Students(
        id=np.arange(first_id, first_id + n),
        school=school,
        grade=grade,
        ethnicity=ethnicity,
        female=female,
        birthday=rng.random(n),
        special=special,
        learner=learner,
        absent=absence(n, rng),
        score=score,
        had_test=np.zeros(n, dtype=bool),
    )


def absence(n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw shares of days absent."""
    return rng.beta(1.5, 35, n).round(3)


def _correlated(n: int, correlation: float, rng: np.random.Generator) -> np.ndarray:
    """Standard normal pairs (n, 2), one entry a subject."""
    first, second = rng.standard_normal((2, n))
    return np.column_stack([first, correlation * first + np.sqrt(1 - correlation**2) * second])


def _traits_score(special: np.ndarray, learner: np.ndarray, female: np.ndarray) -> np.ndarray:
    return (
        (special - SPECIAL_EDUCATION_SHARE)[:, None] * SPECIAL_EDUCATION_SCORE
        + (learner - 0.28)[:, None] * ENGLISH_LEARNER_SCORE
        + (female - 0.49)[:, None] * FEMALE_SCORE
    )


def seat(
    students: Students,
    classes: pd.DataFrame,
    order: np.ndarray,
    schools: Schools,
    parameters: StudentParameters,
    rng: np.random.Generator,
) -> np.ndarray:
    """Assign a year's students of each school and grade to the seats of its classes.

    Students with a seat are drawn at random, and sorted into classes by last year's scores and
    noise, weighted as ``parameters`` say; classes are filled in ascending ``order`` (C,). Returns
    the row of each student's class, -1 for none.
    """
    cell = students.school * 10 + students.grade
    drawn_order = np.lexsort((rng.random(len(cell)), cell))
    rank = _rank_in_runs(cell[drawn_order])
    class_cell = (classes["school"] * 10 + classes["grade"]).to_numpy()
    seats = classes["seats"].to_numpy()
    cells, inverse = np.unique(class_cell, return_inverse=True)
    capacity = np.zeros(cell.max() + 1, dtype=int)
    capacity[cells] = np.bincount(inverse, weights=seats).astype(int)
    chosen = drawn_order[rank < capacity[cell[drawn_order]]]
    chance = rng.standard_normal(len(chosen))
    on_ela = parameters.tracking_on_ela
    own = 1 + parameters.tracking_range * schools.tracking[students.school[chosen]]
    tracking = np.minimum(parameters.tracking * own, 1)
    past = on_ela * students.score[chosen, 0] + (1 - on_ela) * students.score[chosen, 1]
    chosen = chosen[np.lexsort((tracking * past + (1 - tracking) * chance, cell[chosen]))]
    by_cell = np.lexsort((order, class_cell))
    result = np.full(len(cell), -1)
    result[chosen] = np.repeat(by_cell, seats[by_cell])
    return result


def _rank_in_runs(values: np.ndarray) -> np.ndarray:
    """Position of each entry within its run of equal values."""
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
    return np.arange(len(values)) - np.repeat(starts, np.diff(np.r_[starts, len(values)]))


def class_shocks(number: int, parameters: EffectParameters, rng: np.random.Generator) -> np.ndarray:
    """Class shocks (number, 4): one common to both groups plus one to each [student SD]."""
    shared = [parameters.class_shock[subject] for subject in SUBJECTS]
    own = [parameters.group_shock[subject] for subject in SUBJECTS]
    common = rng.standard_normal((number, 2)) * shared
    return np.repeat(common, 2, axis=1) + rng.standard_normal((number, 4)) * np.repeat(own, 2)


def next_scores(
    students: Students,
    class_row: np.ndarray,
    tested: np.ndarray,
    effects: np.ndarray,
    parameters: StudentParameters,
    lower: str,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw this year's scores.

    A score is linear in last year's scores, their school-grade mean, the student's traits, the
    value added of the teacher on the student's group and a shock. The controls of section 3.2
    include all but the last two, so the paper's identifying assumption holds.

    Parameters
    ----------
    students
        The students assigned.
    class_row : (n,) int array
        From `seat`.
    tested : (n,) bool array
        Who takes this year's tests.
    effects : (C, 4) array
        Effect of each class by subject and group [student SD].
    lower
        See `analysis_sample`.

    Returns
    -------
    (n, 2) array
        Scores, rounded to the test's step, in student SD.
    """
    sample = (class_row >= 0) & tested & students.had_test
    lag = students.score
    systematic = _traits_score(students.special, students.learner, students.female)
    systematic += students.absent[:, None] * ABSENCE_SCORE
    systematic += _school_means(students, sample) * parameters.school_mean
    for k, subject in enumerate(SUBJECTS):
        own = parameters.persistence[subject]
        rest = 1 - own - parameters.cross_persistence - parameters.school_mean
        systematic[:, k] += own * lag[:, k] + parameters.cross_persistence * lag[:, 1 - k]
        gap = parameters.ethnic_gap[subject]
        systematic[:, k] += max(rest, 0) * gap * ETHNIC_SCORE[students.ethnicity]
    group = 2 * np.arange(2) + higher_scoring(students, class_row, sample, lower)
    in_class = class_row >= 0
    systematic[in_class] += np.take_along_axis(effects[class_row[in_class]], group[in_class], 1)
    noise = _correlated(len(lag), CROSS_SUBJECT_NOISE, rng)
    score = np.empty_like(lag)
    for grade in np.unique(students.grade):
        in_grade = students.grade == grade
        explained = systematic[in_grade]
        spread = np.sqrt(np.clip(1 - explained.var(axis=0), 0.05, None))
        score[in_grade] = explained - explained.mean(axis=0) + spread * noise[in_grade]
    return (score / parameters.score_step).round() * parameters.score_step


def _school_means(students: Students, sample: np.ndarray) -> np.ndarray:
    """School-grade means (n, 2) of last year's scores over the students studied."""
    cell = students.school * 10 + students.grade
    count = np.bincount(cell[sample], minlength=cell.max() + 1)
    means = [
        np.bincount(cell[sample], weights=students.score[sample, k], minlength=len(count))
        / np.maximum(count, 1)
        for k in range(2)
    ]
    return np.column_stack(means)[cell]


def higher_scoring(
    students: Students, class_row: np.ndarray, sample: np.ndarray, lower: str
) -> np.ndarray:
    """Whether students in classes are higher-scoring, (n, 2) bool; false outside the classes.

    The median is that of the ``sample`` in the grade, or of all in classes if there is none.
    """
    higher = np.zeros((len(class_row), 2), dtype=bool)
    for grade in np.unique(students.grade[class_row >= 0]):
        in_grade = (class_row >= 0) & (students.grade == grade)
        reference = sample & in_grade if (sample & in_grade).any() else in_grade
        median = np.median(students.score[reference], axis=0)
        higher[in_grade] = ~lower_scoring(students.score[in_grade], median, lower)
    return higher
