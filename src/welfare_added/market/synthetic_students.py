"""The synthetic state's students: a cohort a year, from grade 3 to grade 5."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from welfare_added.market.synthetic_schools import Schools

ETHNICITIES = ("black", "hispanic", "asian", "other", "white")
OTHER = 0.1  # share of "other" among students who are neither black, hispanic nor asian
SMALLEST_VARIANCE = 0.05  # of what is left to students


@dataclass
class Cohort:
    """Students of one grade, who move up together; changed in place from year to year.

    Attributes
    ----------
    student : (n,) int array
        Numbers, unique in the state.
    school : (n,) int array
    disadvantaged, female : (n,) bool arrays
    ethnicity : (n,) int array
        Position in `ETHNICITIES`.
    score : (n,) array
        This year's [student SD].

    """

    student: np.ndarray
    school: np.ndarray
    disadvantaged: np.ndarray
    female: np.ndarray
    ethnicity: np.ndarray
    score: np.ndarray = field(default_factory=lambda: np.zeros(0))


def draw_cohort(
    schools: Schools, cohort_sd: float, parameters: Mapping, first: int, rng: np.random.Generator
) -> Cohort:
    """A new cohort in its first tested grade, numbered from ``first``."""
    shock = np.exp(cohort_sd * rng.standard_normal(len(schools.classes)) - cohort_sd**2 / 2)
    sizes = np.maximum(np.rint(schools.classes * schools.class_size * shock).astype(int), 1)
    school = np.repeat(np.arange(len(sizes)), sizes)
    return _new_students(school, schools, parameters, first, rng)


def _new_students(school: np.ndarray, schools: Schools, parameters: Mapping, first: int, rng):
    number = len(school)
    rest = 1 - schools.black - schools.hispanic - schools.asian
    shares = [schools.black, schools.hispanic, schools.asian, OTHER * rest]
    upper = np.cumsum(shares, axis=0)[:, school]
    ethnicity = (rng.random(number) >= upper).sum(axis=0)
    cohort = Cohort(
        student=first + np.arange(number),
        school=school,
        disadvantaged=rng.random(number) < schools.disadvantaged[school],
        female=rng.random(number) < 0.49,
        ethnicity=ethnicity,
    )
    cohort.score = _first_scores(cohort, schools, parameters["first"], rng)
    return cohort


def _first_scores(cohort: Cohort, schools: Schools, parameters: Mapping, rng) -> np.ndarray:
    """Scores of students never seen before."""
    of_group = np.array([parameters[name] for name in ETHNICITIES])
    mean = parameters["disadvantaged"] * cohort.disadvantaged + of_group[cohort.ethnicity]
    mean = mean + parameters["school_sd"] * schools.intake[cohort.school]
    return mean + parameters["student_sd"] * rng.standard_normal(len(mean))


def promote(
    cohort: Cohort, schools: Schools, parameters: Mapping, first: int, rng: np.random.Generator
) -> int:
    """Replace those who leave by newcomers, numbered from ``first``; how many there are.

    Newcomers take the places of leavers, so that schools keep their sizes.
    """
    new = np.flatnonzero(rng.random(len(cohort.school)) < parameters["newcomers"])
    drawn = _new_students(cohort.school[new], schools, parameters, first, rng)
    for name in ("student", "disadvantaged", "female", "ethnicity", "score"):
        getattr(cohort, name)[new] = getattr(drawn, name)
    return len(new)


def seats(cohort: Cohort, classes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Class of each student, counted from 0 within school and grade; at random, sizes even.

    classes: (S,) number of classes of the grade by school.
    """
    order = np.lexsort([rng.random(len(cohort.school)), cohort.school])
    school = cohort.school[order]
    start = np.searchsorted(school, np.arange(len(classes)))
    seat = np.empty(len(school), dtype=np.int64)
    seat[order] = (np.arange(len(school)) - start[school]) % classes[school]
    return seat


def next_scores(
    cohort: Cohort, taught: np.ndarray, parameters: Mapping, rng: np.random.Generator
) -> np.ndarray:
    """This year's scores (eqs. 4, 5), with SD one over the state.

    taught: (n,) what school, class, teacher and her experience add for a student of the type. What
    is left to the students themselves makes the SD one, so that all of this is in student SD.
    """
    of_group = np.array([parameters["ethnicity"][name] for name in ETHNICITIES])
    fixed = parameters["persistence"] * cohort.score + of_group[cohort.ethnicity]
    fixed += parameters["disadvantaged"] * cohort.disadvantaged
    fixed += parameters["female"] * cohort.female
    fixed += taught
    left = np.sqrt(max(1 - fixed.var(), SMALLEST_VARIANCE))
    return fixed - fixed.mean() + left * rng.standard_normal(len(fixed))
