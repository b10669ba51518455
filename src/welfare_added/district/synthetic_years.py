"""The synthetic district year by year: students enter, are seated and tested, and leave."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.district import synthetic_students as people
from welfare_added.district.parameters import Parameters
from welfare_added.district.synthetic_effects import Effects
from welfare_added.district.synthetic_schools import Schools
from welfare_added.district.synthetic_sorting import UNSORTED, Sorting, composition, sorting
from welfare_added.district.vocabulary import ETHNICITIES, SUBJECTS

SCALE_MEAN, SCALE_SD = 350, 60  # of exported scores; a test's step is a whole number of points


@dataclass(frozen=True)
class World:
    """What a district is simulated from.

    Attributes
    ----------
    classes, schools, effects
        From `draw_classes`, `draw_schools` and `draw_effects`.
    years, grades
        See `synthesise`.
    lower
        See `analysis_sample`.

    """

    classes: pd.DataFrame
    schools: Schools
    effects: Effects
    parameters: Parameters
    years: tuple[int, int]
    grades: tuple[int, ...]
    lower: str

    @property
    def all_grades(self) -> tuple[int, ...]:
        """Grades in the tables."""
        return (self.grades[0] - 1, *self.grades)


@dataclass(frozen=True)
class Simulated:
    """Enrolments as a district exports them, and what is not in them.

    Attributes
    ----------
    enrolments
        One row a student-year.
    student, final_score : (n,), (n, 2) array
        Number and last score [student SD] of every student.
    effects : (teachers, years, 4) array
        True value added.

    """

    enrolments: pd.DataFrame
    student: np.ndarray
    final_score: np.ndarray
    effects: np.ndarray


def simulate(world: World, rng: np.random.Generator) -> Simulated:
    """Simulate students year by year, from the year before the first studied."""
    capacity, nobody = _capacity(world), np.zeros(0, dtype=int)
    arguments = (world.schools, world.parameters.students, rng)
    present = people.newcomers(nobody, nobody, 0, *arguments)
    left, exports, entered = [], [], 0
    sorted_by, effects = UNSORTED, world.effects.total(0.0)
    for step in range(world.years[1] - world.years[0] + 2):
        present, leavers = _promote(present, world, rng)
        left.append(leavers)
        school, grade = _vacancies(present, capacity[step], world.all_grades)
        present = present.join(people.newcomers(school, grade, entered, *arguments))
        entered += len(school)
        classes = world.classes[world.classes["year"] == step - 1]
        if sorted_by is UNSORTED and len(classes):
            sorted_by = _sorting(present, classes, world, rng)
            effects = world.effects.total(sorted_by.share)
        exports.append(_year(present, classes, sorted_by, effects, world, step, rng))
    left.append(present)
    return Simulated(
        enrolments=pd.concat(exports, ignore_index=True),
        student=np.concatenate([students.id for students in left]),
        final_score=np.concatenate([students.score for students in left]),
        effects=effects,
    )


def _capacity(world: World) -> np.ndarray:
    """Number of students (years + 1, schools, grades).

    That of seats in classes, or the school's mean seats / (1 - share unlinked) if larger.
    """
    classes, grades, schools = world.classes, world.all_grades, len(world.schools.share)
    seats = np.zeros((world.years[1] - world.years[0] + 2, schools, len(grades)), dtype=int)
    column = classes["grade"].to_numpy() - grades[0]
    cells = (classes["year"].to_numpy() + 1, classes["school"].to_numpy(), column)
    np.add.at(seats, cells, classes["seats"].to_numpy())
    unlinked = world.parameters.students.unlinked
    steady = seats[1:, :, 1:].mean(axis=(0, 2)) / (1 - unlinked)
    return np.maximum(seats, np.round(steady).astype(int)[None, :, None])


def _promote(present, world, rng):
    """Move all students up a grade; returns stayers and leavers."""
    present.grade = present.grade + 1
    stays = rng.random(len(present.id)) >= world.parameters.students.exit
    stays &= present.grade <= world.all_grades[-1]
    return present.keep(stays), present.keep(~stays)


def _vacancies(present, capacity, grades) -> tuple[np.ndarray, np.ndarray]:
    """School and grade of each new student: those whom ``capacity`` (schools, grades) lacks."""
    counts = np.zeros_like(capacity)
    np.add.at(counts, (present.school, present.grade - grades[0]), 1)
    vacancies = np.maximum(capacity - counts, 0)
    cells = np.repeat(np.arange(vacancies.size), vacancies.ravel())
    school, column = np.divmod(cells, vacancies.shape[1])
    return school, column + grades[0]


def _sorting(present, classes, world, rng) -> Sorting:
    """Sorting of teachers within schools, from the composition of classes filled at random."""
    place = rng.random(len(classes))
    students = world.parameters.students
    row = people.seat(present, classes, place, world.schools, students, rng)
    sample = (row >= 0) & present.had_test
    higher = people.higher_scoring(present, row, sample, world.lower).mean(axis=1)
    count = np.bincount(row[sample], minlength=len(classes))
    total = np.bincount(row[sample], weights=higher[sample], minlength=len(classes))
    share = np.divide(total, count, out=np.full(len(classes), np.nan), where=count > 0)
    found = composition(classes, share, place, world.schools.achievement)
    return sorting(found, world.parameters.effects)


def _year(present, classes, sorted_by, effects, world, step, rng) -> pd.DataFrame:
    """Seat and test the students; their scores become the latest. Returns their enrolments."""
    students, teachers = world.parameters.students, classes["teacher"].to_numpy()
    value = effects[teachers, step - 1]
    order = sorted_by.order(world.effects.own[teachers, step - 1], rng)
    row = people.seat(present, classes, order, world.schools, students, rng)
    tested = rng.random(len(row)) >= students.untested
    value = value + people.class_shocks(len(classes), world.parameters.effects, rng)
    score = people.next_scores(present, row, tested, value, students, world.lower, rng)
    absent = people.absence(len(row), rng)
    present.score, present.had_test, present.absent = score, tested, absent
    number = np.append(classes.index.to_numpy(), -1)[row]
    return _export(present, world, step, number)


def _export(present: people.Students, world: World, step: int, number: np.ndarray) -> pd.DataFrame:
    size = world.parameters.students.score_step
    points = max(round(SCALE_SD * size), 1)
    scale = SCALE_MEAN + points * np.round(present.score / size)
    scale = np.where(present.had_test[:, None], scale, np.nan)
    scale = pd.DataFrame(scale, columns=list(SUBJECTS)).astype("Int64")
    return pd.DataFrame(
        {
            "student_id": ids("s", present.id, 6),
            "year": world.years[0] - 1 + step,
            "grade": present.grade,
            "school_id": ids("h", world.schools.number[present.school, step], 3),
            "class_id": ids("c", number, 5).where(number >= 0),
            "ela_score": scale["ela"],
            "math_score": scale["math"],
            "ethnicity": np.array(ETHNICITIES)[present.ethnicity],
            "gender": np.where(present.female, "female", "male"),
            "age": (present.grade + 5.3 + present.birthday).round(2),
            "share_absent": present.absent,
            "special_education": present.special.astype(int),
            "english_learner": present.learner.astype(int),
        }
    )


def ids(letter: str, numbers: np.ndarray, width: int) -> pd.Series:
    """Identifiers such as s000123."""
    return letter + pd.Series(numbers).astype(str).str.zfill(width)
