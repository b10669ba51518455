"""A planted world: students of two types, whose teachers move, drift and gain experience."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa


@dataclass(frozen=True)
class Truth:
    """What is planted, in student SD; persistence is that of a stationary AR(1) a year."""

    sd: tuple[float, float] = (0.24, 0.24)
    correlation: float = 0.86
    persistence: float = 0.95
    shock: float = 0.08
    shock_correlation: float = 0.5
    student: float = 0.5
    school: float = 0.08
    profile: tuple[float, ...] = (0.0, 0.06, 0.08, 0.09, 0.1, 0.1)
    gap: float = 0.05


@dataclass(frozen=True)
class World:
    """Tables of students and teachers, and effects by teacher, year and type."""

    students: pd.DataFrame
    teachers: pd.DataFrame
    effects: pd.DataFrame
    schools: np.ndarray


CHOICES = {
    "trait": "type",
    "minimum_class_size": 7,
    "experience_bins": [0, 1, 2, 3, 4, 5],
    "reference_bin": "0",
    "school_effects": "fixed",
    "year_effects": True,
    "type_effect": "kept",
    "own_year": "lags",
    "extrapolated_from": 3,
    "drift_limit": 7,
    "draws": 20,
    "simulations": 10,
    "seed": 1,
}


def table(world):
    """The students as the estimator takes them."""
    return pa.Table.from_pandas(world.students, preserve_index=False)


def planted(
    seed, truth=Truth(), *, teachers=400, years=8, schools=30, size=20, moving=0.1, classes=1
):
    """Make a world; a teacher teaches a contiguous spell of years and moves with some chance."""
    rng = np.random.default_rng(seed)
    cross = truth.correlation * np.prod(truth.sd)
    root = np.linalg.cholesky(
        [[truth.sd[0] ** 2 + 1e-12, cross], [cross, truth.sd[1] ** 2 + 1e-12]]
    )
    effect = np.empty((teachers, years, 2))
    effect[:, 0] = rng.standard_normal((teachers, 2)) @ root.T
    for year in range(1, years):
        news = rng.standard_normal((teachers, 2)) @ root.T
        effect[:, year] = truth.persistence * effect[:, year - 1]
        effect[:, year] += np.sqrt(1 - truth.persistence**2) * news
    first = rng.integers(0, max(years - 2, 1), teachers)
    last = np.minimum(first + rng.integers(1, years, teachers), years - 1)
    begun = rng.choice(np.arange(12), teachers)
    school_effect = truth.school * rng.standard_normal(schools)
    share = rng.beta(2, 2, schools)
    school = np.empty((teachers, years), dtype=int)
    school[:, 0] = rng.integers(schools, size=teachers)
    for year in range(1, years):
        moves = rng.random(teachers) < moving
        school[:, year] = np.where(moves, rng.integers(schools, size=teachers), school[:, year - 1])
    at = np.arange(years)
    taught = (at >= first[:, None]) & (at <= last[:, None])
    teacher, year = np.nonzero(taught)
    prior = year - first[teacher] + begun[teacher]
    teacher, year, prior = (np.repeat(values, classes) for values in (teacher, year, prior))
    pupils = rng.integers(size - 4, size + 5, len(teacher))
    c = np.repeat(np.arange(len(teacher)), pupils)
    where = school[teacher, year]
    kind = (rng.random(len(c)) < share[where][c]).astype(int)
    one = np.array([[1, truth.shock_correlation], [truth.shock_correlation, 1]])
    shocks = truth.shock * rng.standard_normal((len(teacher), 2)) @ np.linalg.cholesky(one).T
    lagged = rng.standard_normal(len(c)) - 0.5 * kind
    female = rng.random(len(c)) < 0.5
    gain = np.array(truth.profile)[np.minimum(prior, len(truth.profile) - 1)]
    score = (
        0.6 * lagged
        + 0.02 * lagged**2
        + 0.05 * female
        + truth.gap * kind
        + effect[teacher, year][c, kind]
        + shocks[c, kind]
        + (school_effect[where] + gain + 0.02 * np.sin(year))[c]
        + truth.student * rng.standard_normal(len(c))
    )
    students = pd.DataFrame(
        {
            "student_id": [f"s{i:07d}" for i in range(len(c))],
            "teacher_id": np.char.add("t", np.char.zfill(teacher.astype(str), 5))[c],
            "year": 2008 + year[c],
            "class_id": np.char.add("c", np.arange(len(teacher)).astype(str))[c],
            "grade": 4 + teacher[c] % 2,
            "school_id": np.char.add("h", np.char.zfill(where.astype(str), 4))[c],
            "score": score,
            "lagged_score": lagged,
            "type": kind,
            "gender": np.where(female, "female", "male"),
        }
    )
    careers = students[["teacher_id", "year"]].assign(experience=prior[c])
    effects = pd.DataFrame(
        {
            "teacher_id": np.char.add(
                "t", np.char.zfill(np.arange(teachers).astype(str), 5)
            ).repeat(years),
            "year": np.tile(2008 + at, teachers),
            "effect_0": effect[:, :, 0].ravel(),
            "effect_1": effect[:, :, 1].ravel(),
        }
    )
    return World(students, careers.drop_duplicates(ignore_index=True), effects, school_effect)
