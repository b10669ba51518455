"""Small districts: three classes to work by hand, and random ones of any size."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from welfare_added.welfare.classrooms import build_classrooms

ETHNICITIES = ["white", "asian", "black", "hispanic", "other"]


def slots_from(students, teachers):
    """Slots of a table of teachers' effects, with the counts of the students' table."""
    key = ["year", "grade", "school_id", "class_id"]
    flags = students.assign(students=1)[[*key, "students", "lower_ela", "lower_math"]]
    counts = flags.astype({"lower_ela": int, "lower_math": int}).groupby(key).sum().reset_index()
    slots = teachers.merge(counts, on=key).sort_values(key, ignore_index=True)
    slots["slot"] = np.arange(len(slots))
    slots["cell"] = slots.groupby(["year", "grade"]).ngroup()
    for subject in ("ela", "math"):
        slots[f"higher_{subject}"] = slots["students"] - slots[f"lower_{subject}"]
    return slots


def three_classes():
    """Two classes of school A and one of school B in one year and grade; eight students."""
    pupils = [
        ("0", "black", True, True),
        ("0", "hispanic", True, True),
        ("0", "white", False, False),
        ("1", "white", True, False),
        ("1", "asian", False, False),
        ("2", "black", True, True),
        ("2", "asian", False, False),
        ("2", "other", False, False),
    ]
    students = pd.DataFrame(pupils, columns=["class_id", "ethnicity", "lower_ela", "lower_math"])
    students["year"], students["grade"] = 2010, 3
    students["school_id"] = np.where(students["class_id"] == "2", "B", "A")
    students["teacher_id"] = students["class_id"].map({"0": "a", "1": "b", "2": "c"})
    students["ela"] = [-1.0, -0.5, 0.5, -0.2, 1.0, -1.3, 0.7, 0.8]
    students["math"] = [-0.9, -0.7, 0.1, 0.3, 1.1, -1.4, 0.9, 0.6]
    teachers = pd.DataFrame(
        {
            "year": 2010,
            "grade": 3,
            "school_id": ["A", "A", "B"],
            "class_id": ["0", "1", "2"],
            "teacher_id": ["a", "b", "c"],
            "va_standard_ela": [0.05, 0.1, 0.0],
            "va_lower_ela": [0.1, 0.3, -0.2],
            "va_higher_ela": [0.0, -0.1, 0.2],
            "va_standard_math": [0.1, 0.1, -0.2],
            "va_lower_math": [0.0, 0.1, -0.1],
            "va_higher_math": [0.2, 0.1, -0.3],
        }
    )
    return students, slots_from(students, teachers)


def random_tables(seed, years=2, schools=3, classes=3, size=6):
    """Random students and slots: per year, two grades in each school."""
    rng = np.random.default_rng(seed)
    places = [
        (2003 + year, 3 + grade, f"s{school}", f"c{year}{grade}{school}{number}")
        for year in range(years)
        for grade in range(2)
        for school in range(schools)
        for number in range(classes)
    ]
    teachers = pd.DataFrame(places, columns=["year", "grade", "school_id", "class_id"])
    teachers["teacher_id"] = [f"t{i % (len(places) // years):03d}" for i in range(len(places))]
    for subject in ("ela", "math"):
        common = rng.normal(0, 0.1, len(teachers))
        for column in ("standard", "lower", "higher"):
            teachers[f"va_{column}_{subject}"] = (
                common + rng.normal(0, 0.05, len(teachers))
            ).round(8)
    at = np.repeat(np.arange(len(teachers)), rng.integers(2, size + 1, len(teachers)))
    n = len(at)
    students = teachers.loc[at, ["year", "grade", "school_id", "class_id", "teacher_id"]]
    students = students.reset_index(drop=True)
    ability = rng.normal(0, 1, n)
    for subject in ("ela", "math"):
        students[subject] = ability + rng.normal(0, 0.6, n)
        students[f"lag_{subject}"] = ability + rng.normal(0, 0.6, n)
        students[f"lower_{subject}"] = students[f"lag_{subject}"] < 0
    students["ethnicity"] = rng.choice(ETHNICITIES, n)
    return students, slots_from(students, teachers)


def random_plan(slots, scope, weights, seed):
    """Teachers shuffled within cell, or cell and school: (weights, slots)."""
    rng = np.random.default_rng(seed)
    within = ["cell", "school_id"] if scope == "school" else ["cell"]
    teachers = np.tile(np.arange(len(slots)), (weights, 1))
    for _, members in slots.groupby(within):
        for row in teachers:
            row[members.index] = rng.permutation(members.index)
    return teachers


def random_truth(slots, seed):
    """True effects near the estimates, one row a subject, teacher and year."""
    rng = np.random.default_rng(seed)
    parts = []
    for subject in ("ela", "math"):
        part = slots[["teacher_id", "year"]].assign(subject=subject)
        for group in ("lower", "higher"):
            noise = rng.normal(0, 0.05, len(slots))
            part[f"true_{group}"] = 1.1 * slots[f"va_{group}_{subject}"] + noise
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="session")
def make():
    """Makers of small districts, for tests that draw many."""
    return SimpleNamespace(
        tables=random_tables, plan=random_plan, truth=random_truth, three=three_classes
    )


@pytest.fixture
def three():
    """Three classes to work by hand."""
    students, slots = three_classes()
    return build_classrooms(slots, students, "slots.parquet")
