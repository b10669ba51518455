"""The synthetic San Diego: raw tables as a district exports them, and true value added."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.district.parameters import (
    DIMENSIONS,
    SCHOOLS,
    TEACHERS,
    OutcomeParameters,
    Parameters,
)
from welfare_added.district.synthetic_effects import draw_effects
from welfare_added.district.synthetic_schools import Schools, draw_schools
from welfare_added.district.synthetic_teachers import draw_careers, draw_classes
from welfare_added.district.synthetic_years import Simulated, World, ids, simulate
from welfare_added.district.vocabulary import SUBJECTS
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
    lower: str = "at_or_below",
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
    lower
        Who is lower-scoring, see `analysis_sample`: each teacher has an effect on either group.

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
    schools = draw_schools(size, span, parameters.schools, streams[0])
    observed = draw_careers(TEACHERS[size], span, parameters.teachers, streams[1])
    classes = draw_classes(
        observed, schools, grades, (parameters.teachers, parameters.classes), streams[2]
    )
    effects = draw_effects(classes, schools.achievement, span, parameters.effects, streams[3])
    world = World(classes, schools, effects, parameters, years, grades, lower)
    simulated = simulate(world, streams[4])
    tables = {
        "enrolments": simulated.enrolments,
        "classes": _class_table(classes, schools, years),
        "teachers": _teacher_table(observed, years),
        "outcomes": _outcomes(simulated, parameters.outcomes, streams[5]),
    }
    return SyntheticDistrict(tables, _truth(observed, simulated.effects, years))


def _class_table(classes: pd.DataFrame, schools: Schools, years: tuple[int, int]) -> pd.DataFrame:
    school = schools.number[classes["school"], classes["year"] + 1]
    return pd.DataFrame(
        {
            "class_id": ids("c", classes.index.to_numpy(), 5),
            "year": classes["year"].to_numpy() + years[0],
            "grade": classes["grade"].to_numpy(),
            "school_id": ids("h", school, 3),
            "teacher_id": ids("t", classes["teacher"].to_numpy(), 4),
        }
    )


def _teacher_table(observed: np.ndarray, years: tuple[int, int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "teacher_id": ids("t", np.arange(len(observed)), 4),
            "first_year": years[0] + observed.argmax(axis=1),
        }
    )


def _truth(observed: np.ndarray, effects: np.ndarray, years: tuple[int, int]) -> pd.DataFrame:
    teacher, year = np.nonzero(observed)
    parts = [
        pd.DataFrame(
            {
                "subject": subject,
                "teacher_id": ids("t", teacher, 4),
                "year": year + years[0],
                "true_lower": effects[teacher, year, DIMENSIONS.index(f"{subject}_lower")],
                "true_higher": effects[teacher, year, DIMENSIONS.index(f"{subject}_higher")],
            }
        )
        for subject in SUBJECTS
    ]
    return pd.concat(parts, ignore_index=True).round(TRUTH_DECIMALS)


def _outcomes(simulated: Simulated, parameters: OutcomeParameters, rng) -> pd.DataFrame:
    """Later outcomes from final scores; all rates but that of graduation are assumed."""
    final_score = simulated.final_score[np.argsort(simulated.student)].mean(axis=1)
    final_score = (final_score - final_score.mean()) / final_score.std()
    n = len(final_score)
    graduated = _draw_event(0.45 * final_score, parameters.graduation, rng)
    four = _draw_event(0.9 * final_score, 0.38, rng) & graduated
    two = _draw_event(-0.1 * final_score, 0.45, rng) & graduated & ~four
    bachelors = _draw_event(0.5 * final_score, 0.55, rng) & four
    return pd.DataFrame(
        {
            "student_id": ids("s", np.arange(n), 6),
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
