"""The synthetic San Diego: raw tables as a district exports them, and true value added."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.district import synthetic_students as people
from welfare_added.district.parameters import (
    DIMENSIONS,
    SCHOOLS,
    TEACHERS,
    OutcomeParameters,
    Parameters,
)
from welfare_added.district.synthetic_effects import draw_effects
from welfare_added.district.synthetic_teachers import draw_careers, draw_classes, draw_schools
from welfare_added.district.vocabulary import ETHNICITIES, SUBJECTS
from welfare_added.run.errors import UserError

TRUTH_DECIMALS = 8  # of true value added [student SD]; further digits depend on the machine's BLAS


@dataclass(frozen=True)
class SyntheticDistrict:
    """Raw tables (see ``district.tables``) and the teachers' true value added.

    Attributes
    ----------
    tables
        enrolments, classes, teachers, outcomes.
    truth
        subject, teacher_id, year, true_lower, true_higher [student SD]; one row a
        teacher-year-subject.

    """

    tables: dict[str, pd.DataFrame]
    truth: pd.DataFrame


def synthesise(
    parameters: Parameters,
    *,
    size: str,
    seed: int,
    years: tuple[int, int],
    grades: tuple[int, ...],
) -> SyntheticDistrict:
    """Simulate a district.

    Parameters
    ----------
    parameters
        From the calibration.
    size
        full (1,816 teachers in 127 schools, as published), small or tiny.
    seed
        Seed of all random draws.
    years
        First and last spring with classes; tables start a year earlier, for lagged scores.
    grades
        Grades with classes; tables include the grade below the first, for lagged scores.

    Raises
    ------
    ValueError
        If ``size`` is not one of the three.

    """
    if size not in SCHOOLS:
        raise UserError(
            f"config.yaml: district.size is '{size}'; choose one of {', '.join(SCHOOLS)}"
        )
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(6)]
    span = years[1] - years[0] + 1
    schools = draw_schools(SCHOOLS[size], streams[0])
    observed = draw_careers(TEACHERS[size], span, parameters.teachers, streams[1])
    classes = draw_classes(
        observed, schools, grades, (parameters.teachers, parameters.classes), streams[2]
    )
    effects = draw_effects(classes, schools.achievement, span, parameters.effects, streams[3])
    enrolments, final_scores = _simulate_years(
        classes, schools, effects, parameters, years, grades, streams[4]
    )
    tables = {
        "enrolments": enrolments,
        "classes": _class_table(classes, years),
        "teachers": _teacher_table(observed, years),
        "outcomes": _outcomes(final_scores, parameters.outcomes, streams[5]),
    }
    return SyntheticDistrict(tables, _truth(observed, effects, years))


def _simulate_years(classes, schools, effects, parameters, years, grades, rng):
    """Simulate students year by year; returns enrolments and each student's final scores."""
    all_grades = (grades[0] - 1, *grades)
    capacity = _capacity(classes, schools, all_grades, years, parameters.students.unlinked)
    present = None
    next_id = 0
    exports = []
    final_scores: dict[str, list[np.ndarray]] = {"id": [], "score": []}
    for step in range(years[1] - years[0] + 2):
        if present is None:
            stayers = np.zeros((len(schools.share), len(all_grades)), dtype=int)
        else:
            present, leavers = _promote(present, all_grades, parameters.students.exit, rng)
            final_scores["id"].append(leavers.id)
            final_scores["score"].append(leavers.score)
            stayers = _count(present, schools, all_grades)
        vacancies = np.maximum(capacity[step] - stayers, 0)
        school, grade = _repeat_cells(vacancies, all_grades)
        entrants = people.newcomers(school, grade, next_id, schools, parameters.students, rng)
        next_id += len(school)
        present = entrants if present is None else present.join(entrants)
        classes_now = classes[classes["year"] == step - 1]
        class_row = people.seat(present, classes_now, parameters.students.tracking, rng)
        tested = rng.random(len(class_row)) >= parameters.students.untested
        value = _class_effects(classes_now, effects, step - 1, parameters.effects, rng)
        score = people.next_scores(present, class_row, tested, value, parameters.students, rng)
        absent = people.absence(len(class_row), rng)
        class_number = np.where(
            class_row >= 0, classes_now.index.to_numpy()[class_row] if len(classes_now) else -1, -1
        )
        exports.append(_export(present, years[0] - 1 + step, class_number, score, tested, absent))
        present.score, present.had_test, present.absent = score, tested, absent
    final_scores["id"].append(present.id)
    final_scores["score"].append(present.score)
    enrolments = pd.concat(exports, ignore_index=True)
    return enrolments, {name: np.concatenate(parts) for name, parts in final_scores.items()}


def _capacity(classes, schools, grades, years, unlinked) -> np.ndarray:
    """Number of students (years + 1, schools, grades).

    That of seats in classes, or the school's mean seats / (1 - ``unlinked``) if larger.
    """
    shape = (years[1] - years[0] + 2, len(schools.share), len(grades))
    seats = np.zeros(shape, dtype=int)
    column = classes["grade"].to_numpy() - grades[0]
    cells = (classes["year"].to_numpy() + 1, classes["school"].to_numpy(), column)
    np.add.at(seats, cells, classes["seats"].to_numpy())
    steady = seats[1:, :, 1:].mean(axis=(0, 2)) / (1 - unlinked)
    return np.maximum(seats, np.round(steady).astype(int)[None, :, None])


def _promote(present, grades, exit_chance, rng):
    """Move all students up a grade; returns stayers and leavers."""
    present.grade = present.grade + 1
    stays = (present.grade <= grades[-1]) & (rng.random(len(present.id)) >= exit_chance)
    return present.keep(stays), present.keep(~stays)


def _count(present, schools, grades) -> np.ndarray:
    counts = np.zeros((len(schools.share), len(grades)), dtype=int)
    np.add.at(counts, (present.school, present.grade - grades[0]), 1)
    return counts


def _repeat_cells(counts: np.ndarray, grades) -> tuple[np.ndarray, np.ndarray]:
    """School and grade of each new student, given their ``counts`` (schools, grades)."""
    school, column = np.divmod(np.repeat(np.arange(counts.size), counts.ravel()), counts.shape[1])
    return school, column + grades[0]


def _class_effects(classes_now, effects, year, parameters, rng) -> np.ndarray:
    if not len(classes_now):
        return np.zeros((0, 4))
    shocks = people.class_shocks(len(classes_now), parameters, rng)
    return effects[classes_now["teacher"].to_numpy(), year] + shocks


def _export(present, year, class_number, score, tested, absent) -> pd.DataFrame:
    scale = np.round(people.SCALE_MEAN + people.SCALE_SD * score)
    scale = np.where(tested[:, None], scale, np.nan)
    scale = pd.DataFrame(scale, columns=list(SUBJECTS)).astype("Int64")
    return pd.DataFrame(
        {
            "student_id": _ids("s", present.id, 6),
            "year": year,
            "grade": present.grade,
            "school_id": _ids("h", present.school, 3),
            "class_id": _ids("c", class_number, 5).where(class_number >= 0),
            "ela_score": scale["ela"],
            "math_score": scale["math"],
            "ethnicity": np.array(ETHNICITIES)[present.ethnicity],
            "gender": np.where(present.female, "female", "male"),
            "age": (present.grade + 5.3 + present.birthday).round(2),
            "share_absent": absent,
            "special_education": present.special.astype(int),
            "english_learner": present.learner.astype(int),
        }
    )


def _ids(letter: str, numbers: np.ndarray, width: int) -> pd.Series:
    return letter + pd.Series(numbers).astype(str).str.zfill(width)


def _class_table(classes: pd.DataFrame, years: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "class_id": _ids("c", classes.index.to_numpy(), 5),
            "year": classes["year"].to_numpy() + years[0],
            "grade": classes["grade"].to_numpy(),
            "school_id": _ids("h", classes["school"].to_numpy(), 3),
            "teacher_id": _ids("t", classes["teacher"].to_numpy(), 4),
        }
    )


def _teacher_table(observed: np.ndarray, years: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "teacher_id": _ids("t", np.arange(len(observed)), 4),
            "first_year": years[0] + observed.argmax(axis=1),
        }
    )


def _truth(observed: np.ndarray, effects: np.ndarray, years: tuple[int, int]) -> pd.DataFrame:
    teacher, year = np.nonzero(observed)
    parts = [
        pd.DataFrame(
            {
                "subject": subject,
                "teacher_id": _ids("t", teacher, 4),
                "year": year + years[0],
                "true_lower": effects[teacher, year, DIMENSIONS.index(f"{subject}_lower")],
                "true_higher": effects[teacher, year, DIMENSIONS.index(f"{subject}_higher")],
            }
        )
        for subject in SUBJECTS
    ]
    return pd.concat(parts, ignore_index=True).round(TRUTH_DECIMALS)


def _outcomes(final_scores: dict, parameters: OutcomeParameters, rng) -> pd.DataFrame:
    """Later outcomes from final scores; all rates but that of graduation are assumed."""
    order = np.argsort(final_scores["id"])
    final_score = final_scores["score"][order].mean(axis=1)
    final_score = (final_score - final_score.mean()) / final_score.std()
    n = len(final_score)
    graduated = _draw_event(0.45 * final_score, parameters.graduation, rng)
    four = _draw_event(0.9 * final_score, 0.38, rng) & graduated
    two = _draw_event(-0.1 * final_score, 0.45, rng) & graduated & ~four
    bachelors = _draw_event(0.5 * final_score, 0.55, rng) & four
    return pd.DataFrame(
        {
            "student_id": _ids("s", np.arange(n), 6),
            "graduated_high_school": graduated.astype(int),
            "two_year_college": two.astype(int),
            "four_year_college": four.astype(int),
            "bachelors_in_six_years": bachelors.astype(int),
        }
    )


def _draw_event(index: np.ndarray, rate: float, rng) -> np.ndarray:
    """Draw a binary outcome: true for the share ``rate`` with the highest index plus noise."""
    latent = index + rng.logistic(size=len(index))
    return latent > np.quantile(latent, 1 - rate)
