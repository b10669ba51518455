"""An honest district of the tests' own: 16 schools, eight years, drawn with numpy alone.

Unlike the package's synthetic district it has ids with leading zeros, ELA on a scale from 433 to 896
and math from 0 to 100, schools of different size and pupils who move between schools.
"""

import numpy as np
import pandas as pd

YEARS, GRADES = (2010, 2016), (3, 4, 5)
SCHOOLS, CLASS = 16, 22
ETHNICITIES = ["white", "asian", "black", "hispanic", "other"]


def honest_district(seed: int = 11, schools: int = SCHOOLS) -> dict[str, pd.DataFrame]:
    """Tables of enrolments, classes, teachers and outcomes, as `read_district` takes them."""
    rng = np.random.default_rng(seed)
    sections = rng.integers(2, 5, schools)  # classes of a grade, by school
    pupils = _pupils(rng, sections)
    classes, effects = _classes(rng, sections)
    rows = _enrolments(rng, pupils, classes, effects)
    graduated = rng.random(len(pupils)) < 0.6 + 0.1 * np.clip(pupils["ability"], -2, 2)
    college = rng.random((2, len(pupils))) < 0.3
    outcomes = pd.DataFrame(
        {
            "student_id": pupils["student_id"],
            "graduated_high_school": graduated.astype(float),
            "two_year_college": college[0].astype(float),
            "four_year_college": college[1].astype(float),
            "bachelors_in_six_years": (college[1] & graduated).astype(float),
        }
    )
    first = classes.groupby("teacher_id")["year"].min() - rng.integers(
        0, 9, classes["teacher_id"].nunique()
    )
    return {
        "enrolments": rows,
        "classes": classes,
        "teachers": first.rename("first_year").astype(float).reset_index(),
        "outcomes": outcomes.iloc[rng.permutation(len(outcomes))].reset_index(drop=True),
    }


def _pupils(rng, sections) -> pd.DataFrame:
    """Everybody who is ever in grade 2 to 5, by the spring in which grade 2 is due."""
    cohorts = np.arange(YEARS[0] - 1 - 3, YEARS[1] + 1)
    school = np.repeat(np.arange(len(sections)), sections * CLASS)
    table = pd.DataFrame({"cohort": np.repeat(cohorts, len(school))})
    table["school"] = np.tile(school, len(cohorts))
    size = len(table)
    level = rng.normal(0, 0.35, len(sections))
    table["ability"] = level[table["school"]] + rng.normal(0, 0.85, size)
    table["math_talent"] = 0.8 * table["ability"] + 0.5 * rng.normal(0, 1, size)
    numbers = rng.permutation(90_000)[:size] + 2_500
    table["student_id"] = [f"{number:07d}" for number in numbers]
    table["ethnicity"] = rng.choice(ETHNICITIES, size, p=[0.35, 0.15, 0.1, 0.35, 0.05])
    table["gender"] = np.where(rng.random(size) < 0.5, "female", "male")
    table["born"] = rng.uniform(-0.5, 0.5, size)
    table["learner"] = (rng.random(size) < 0.2).astype(float)
    table["special"] = (rng.random(size) < 0.1).astype(float)
    table["leaves"] = table["cohort"] + rng.geometric(0.08, size)
    return table


def _classes(rng, sections) -> tuple[pd.DataFrame, np.ndarray]:
    """A row a class, and its teacher's effect on ELA and math in student SD."""
    years, rows, effects = range(YEARS[0], YEARS[1] + 1), [], []
    hired = 0
    for school in range(len(sections)):
        for grade in GRADES:
            for section in range(sections[school]):
                teacher = None
                for year in years:
                    if teacher is None or rng.random() < 0.12:
                        teacher = 100_000 + 37 * hired
                        effect = rng.multivariate_normal([0, 0], [[0.03, 0.015], [0.015, 0.05]])
                        hired += 1
                    rows.append((f"{school:02d}-{grade}{'ABCD'[section]}-{year}", year, grade))
                    rows[-1] += (f"E{school:03d}", f"{teacher}")
                    effects.append(effect + rng.normal(0, 0.1, 2))
    columns = ["class_id", "year", "grade", "school_id", "teacher_id"]
    return pd.DataFrame(rows, columns=columns), np.array(effects)


def _enrolments(rng, pupils, classes, effects) -> pd.DataFrame:
    by_place = classes.groupby(["year", "grade", "school_id"]).indices
    parts, moved = [], pupils["school"].to_numpy().copy()
    for year in range(YEARS[0] - 1, YEARS[1] + 1):
        grade = year - pupils["cohort"].to_numpy() + 2
        present = (grade >= 2) & (grade <= 5) & (pupils["leaves"].to_numpy() > year - 1)
        movers = rng.random(len(pupils)) < 0.04
        moved[movers] = rng.integers(0, pupils["school"].max() + 1, movers.sum())
        one = pupils[present].assign(year=year, grade=grade[present], school=moved[present])
        one["school_id"] = [f"E{school:03d}" for school in one["school"]]
        class_row = _seats(rng, one, by_place)
        effect = np.where(class_row[:, None] >= 0, effects[class_row], 0)
        ela = 0.9 * one["ability"] + 0.42 * rng.normal(size=len(one)) + effect[:, 0]
        math = 0.85 * one["math_talent"] + 0.45 * rng.normal(size=len(one)) + effect[:, 1]
        tested = rng.random((2, len(one))) < 0.97
        ids = np.append(classes["class_id"].to_numpy(object), None)
        one["class_id"] = ids[class_row]
        one["ela_score"] = np.where(tested[0], np.round(np.clip(660 + 58 * ela, 433, 896)), np.nan)
        one["math_score"] = np.where(tested[1], np.round(np.clip(62 + 15 * math, 0, 100)), np.nan)
        one["age"] = (one["grade"] + 5.4 + one["born"]).round(2)
        one["share_absent"] = rng.beta(1.2, 24, len(one)).round(3)
        one["special_education"], one["english_learner"] = one["special"], one["learner"]
        parts.append(one)
    columns = ["student_id", "year", "grade", "school_id", "class_id", "ela_score", "math_score"]
    columns += ["ethnicity", "gender", "age", "share_absent"]
    columns += ["special_education", "english_learner"]
    return pd.concat(parts, ignore_index=True)[columns].sort_values(
        ["year", "student_id"], ignore_index=True
    )


def _seats(rng, pupils, by_place) -> np.ndarray:
    """Row of each pupil's class, -1 in grade 2 and before the first year."""
    seats = np.full(len(pupils), -1)
    for place, rows in pupils.groupby(["year", "grade", "school_id"]).indices.items():
        if place in by_place:
            there = by_place[place]
            seats[rows] = there[rng.permutation(len(rows)) % len(there)]
    return seats
