"""The synthetic state: its raw tables of students, classes and teachers, and true value added."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.market.synthetic_schools import Schools, draw_schools
from welfare_added.market.synthetic_students import (
    ETHNICITIES,
    Cohort,
    draw_cohort,
    next_scores,
    promote,
    seats,
)
from welfare_added.market.synthetic_teachers import (
    GRADES,
    Careers,
    draw_careers,
    draw_value_added,
    experience_effect,
)
from welfare_added.run.options import option_of

SCALE_MEAN, SCALE_SD = 450.0, 50.0  # of raw scores
TRUTH_DECIMALS = 8  # of true value added; further digits depend on the machine


@dataclass(frozen=True)
class SyntheticState:
    """Raw tables of the state and the truth behind them.

    Attributes
    ----------
    tables
        enrolments, classes, teachers, schools, as raw_tables.yaml declares them.
    truth
        teachers: teacher_id, year, mu_0, mu_1, experience_effect [student SD]; schools: school_id,
        effect.

    """

    tables: dict[str, pd.DataFrame]
    truth: dict[str, pd.DataFrame]


def size_of(parameters: Mapping, size: str) -> Mapping:
    """The numbers of schools, teachers and applicants of a size; UserError if there is none."""
    return option_of("district.size", size, parameters["sizes"])


def synthesise_state(
    parameters: Mapping, *, size: str, seed: int, years: tuple[int, int]
) -> SyntheticState:
    """Simulate the state.

    Parameters
    ----------
    parameters
        Content of calibration/parameters.yaml.
    size
        full (as published), small or tiny.
    seed
        Of all random draws.
    years
        First and last spring with classes; scores start a year earlier, for lagged scores.

    Raises
    ------
    UserError
        If there is no such size.

    """
    number = size_of(parameters, size)
    streams = [np.random.default_rng(one) for one in np.random.SeedSequence(seed).spawn(6)]
    span = years[1] - years[0] + 1
    schools = draw_schools(number, parameters["schools"], streams[0])
    effects = parameters["value_added"]
    careers, common = draw_careers(
        schools, span, parameters["teachers"], effects["sorting"], streams[1]
    )
    value = draw_value_added(common, span, effects, streams[2])
    parts = list(_years(schools, careers, value, parameters, years, streams[3]))
    others = _other_teachers(number["other_teachers"], parameters["teachers"], years, streams[4])
    tables = {
        "enrolments": pd.concat(parts, ignore_index=True),
        "classes": _class_table(careers, years),
        "teachers": pd.concat([_teacher_table(careers, years), others], ignore_index=True),
        "schools": _school_table(schools, years),
    }
    return SyntheticState(tables, _truth(schools, careers, value, effects, years))


def _years(
    schools: Schools, careers: Careers, value: np.ndarray, parameters: Mapping, years, rng
) -> Iterator[pd.DataFrame]:
    """Enrolments year by year, from the year before the first with classes."""
    students, sd = parameters["students"], parameters["schools"]["cohort_sd"]
    cohorts: list[Cohort] = []
    number = 0
    for step in range(-1, years[1] - years[0] + 1):
        cohorts = cohorts[:2]
        if step >= 0:
            for cohort in cohorts:
                number += promote(cohort, schools, students, number, rng)
        while len(cohorts) < (2 if step < 0 else 3):
            new = draw_cohort(schools, sd, students, number, rng)
            number += len(new.student)
            cohorts.insert(0, new)
        for grade, cohort in zip((3, *GRADES), cohorts, strict=False):
            slot = np.full(len(cohort.school), -1)
            if step >= 0 and grade in GRADES:
                slot = _teach(cohort, grade, step, schools, careers, value, parameters, rng)
            tested = rng.random(len(slot)) >= students["untested"]
            yield _enrolments(cohort, grade, years[0] + step, slot, tested, careers)


def _teach(cohort, grade, step, schools, careers, value, parameters, rng) -> np.ndarray:
    """Give a cohort this year's scores, in place; the class of each student, (n,)."""
    effects = parameters["value_added"]
    first = np.searchsorted(
        careers.slot_school[careers.slot_grade == grade], np.arange(len(schools.classes))
    )
    first += 0 if grade == GRADES[0] else (careers.slot_grade == GRADES[0]).sum()
    slot = first[cohort.school] + seats(cohort, schools.classes, rng)
    number = len(careers.slot_school)
    shock = effects["class_shock"] * rng.standard_normal(number)[:, None]
    shock = shock + effects["type_shock"] * rng.standard_normal((number, 2))
    teacher = careers.teacher[step]
    experience = careers.experience(teacher, step)
    of_class = shock + value[teacher, step]
    of_class += experience_effect(experience, effects["experience"])[:, None]
    of_class += schools.effect[careers.slot_school][:, None]
    taught = of_class[slot, cohort.disadvantaged.astype(int)]
    cohort.score = next_scores(cohort, taught, parameters["students"], rng)
    return slot


def _enrolments(cohort, grade, year, slot, tested, careers) -> pd.DataFrame:
    score = np.rint(SCALE_MEAN + SCALE_SD * cohort.score)
    class_id = _ids("c", slot, 5).where(slot >= 0)
    return pd.DataFrame(
        {
            "student_id": _ids("s", cohort.student, 7),
            "year": year,
            "grade": grade,
            "school_id": _ids("h", cohort.school, 4),
            "class_id": class_id,
            "math_score": pd.Series(np.where(tested, score, np.nan)).astype("Int64"),
            "economically_disadvantaged": cohort.disadvantaged.astype(int),
            "ethnicity": pd.Categorical.from_codes(cohort.ethnicity, ETHNICITIES).astype("str"),
            "gender": np.where(cohort.female, "female", "male"),
        }
    )


def _ids(letter: str, numbers: np.ndarray, width: int) -> pd.Series:
    """Identifiers such as h0012, made once a number."""
    highest = int(numbers.max(initial=-1)) + 1
    names = pd.Series(np.arange(highest)).astype("str").str.zfill(width)
    names = pd.concat([letter + names, pd.Series([None], dtype="str")], ignore_index=True)
    return names.take(np.where(numbers < 0, highest, numbers)).reset_index(drop=True)


def _class_table(careers: Careers, years: tuple[int, int]) -> pd.DataFrame:
    span, slots = careers.teacher.shape
    slot = np.tile(np.arange(slots), span)
    return pd.DataFrame(
        {
            "class_id": _ids("c", slot, 5),
            "year": np.repeat(np.arange(years[0], years[1] + 1), slots),
            "grade": careers.slot_grade[slot],
            "school_id": _ids("h", careers.slot_school[slot], 4),
            "teacher_id": _ids("t", careers.teacher.ravel(), 5),
        }
    )


def _teacher_table(careers: Careers, years: tuple[int, int]) -> pd.DataFrame:
    groups = [careers.black, careers.hispanic]
    return pd.DataFrame(
        {
            "teacher_id": _ids("t", np.arange(len(careers.entry)), 5),
            "first_year": careers.entry + years[0],
            "experience": careers.earlier,
            "gender": np.where(careers.female, "female", "male"),
            "ethnicity": np.select(groups, ["black", "hispanic"], "white"),
            "masters": careers.masters.astype(int),
        }
    )


def _other_teachers(number: int, parameters: Mapping, years, rng) -> pd.DataFrame:
    """Teachers of grades without tests: in the state's records, without classes."""
    first = rng.integers(years[0] - 12, years[1] + 1, number)
    black, hispanic = parameters["black"]["level"] + 0.1, parameters["hispanic"]["level"] + 0.02
    ethnicity = rng.choice(
        ["black", "hispanic", "white"], number, p=[black, hispanic, 1 - black - hispanic]
    )
    return pd.DataFrame(
        {
            "teacher_id": _ids("o", np.arange(number), 5),
            "first_year": first,
            "experience": 0,
            "gender": np.where(rng.random(number) < parameters["female"], "female", "male"),
            "ethnicity": ethnicity,
            "masters": (rng.random(number) < parameters["masters"]["level"]).astype(int),
        }
    )


def _school_table(schools: Schools, years: tuple[int, int]) -> pd.DataFrame:
    span, number = years[1] - years[0] + 1, len(schools.district)
    school = np.tile(np.arange(number), span)
    place = {
        name: np.where(schools.placed, getattr(schools, name), np.nan)[school]
        for name in ("latitude", "longitude")
    }
    return pd.DataFrame(
        {
            "school_id": _ids("h", school, 4),
            "year": np.repeat(np.arange(years[0], years[1] + 1), number),
            "district_id": _ids("d", schools.district[school] + 1, 3),
            "title1": schools.title1[school].astype(int),
            **place,
        }
    )


def _truth(schools, careers, value, effects, years) -> dict[str, pd.DataFrame]:
    """True value added of every teacher and year, from entry, and true effects of schools."""
    span = years[1] - years[0] + 1
    taught = np.zeros((len(careers.entry), span), bool)
    taught[careers.teacher.ravel(), np.repeat(np.arange(span), careers.teacher.shape[1])] = True
    begun = np.maximum.accumulate(taught, axis=1)
    teacher, step = np.nonzero(begun)
    of_years = value[teacher, step].round(TRUTH_DECIMALS)
    effect = experience_effect(careers.experience(teacher, step), effects["experience"])
    teachers = pd.DataFrame(
        {
            "teacher_id": _ids("t", teacher, 5),
            "year": step + years[0],
            "mu_0": of_years[:, 0],
            "mu_1": of_years[:, 1],
            "experience_effect": effect,
            "taught": taught[teacher, step].astype(int),
        }
    )
    number = np.arange(len(schools.effect))
    of_schools = pd.DataFrame({"school_id": _ids("h", number, 4), "effect": schools.effect})
    return {"teachers": teachers, "schools": of_schools.round(TRUTH_DECIMALS)}
