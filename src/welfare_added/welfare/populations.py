"""Count the students, teachers and schools behind published numbers."""

import pandas as pd

from welfare_added.disclosure.populations import fewest, persons, population_table
from welfare_added.district.vocabulary import (
    BLACK_HISPANIC,
    CLASS_YEAR,
    RACES,
    SUBJECTS,
    WHITE_ASIAN,
)
from welfare_added.value_added.outcomes import with_any_college

GROUPS = {"black_hispanic": BLACK_HISPANIC, "white_asian": WHITE_ASIAN}
NOBODY = {
    **dict.fromkeys(("students", "teachers", "schools"), 0),
    **dict.fromkeys(("students_sure", "teachers_sure"), 0.0),
    "largest_two": 1.0,
}


def populations(
    students: pd.DataFrame, slots: pd.DataFrame, outcomes: pd.DataFrame, deselected_share: float
) -> pd.DataFrame:
    """Count every population behind a published table.

    Parameters
    ----------
    students
        The analysis sample, a row a student-year: student_id, class_id, year, teacher_id,
        school_id, lower_ela, lower_math, ethnicity.
    slots
        The classes that can be reallocated: class_id, year, teacher_id, school_id, students.
    outcomes
        Later outcomes by student, 0 or 1; may have no rows.
    deselected_share
        Share of teachers dismissed in section 6.

    Returns
    -------
    DataFrame
        population; students, teachers, schools: how many there are; students_sure, teachers_sure:
        lower bounds, the number of student-years (class-years) over the most that any student
        (teacher) has; largest_two: share of student-years of its two largest teachers or schools.

    """
    reallocated = students.merge(slots[CLASS_YEAR], on=CLASS_YEAR, validate="many_to_one")
    parts = {}
    for name, rows in (("students", students), ("slots", reallocated)):
        parts[name] = rows
        for subject in SUBJECTS:
            lower = rows[f"lower_{subject}"].astype(bool)
            parts[f"{name}_lower_{subject}"] = rows[lower]
            parts[f"{name}_higher_{subject}"] = rows[~lower]
        race = rows["ethnicity"].map(RACES)
        parts |= {f"{name}_{group}": rows[race == number] for group, number in GROUPS.items()}
    counts = {name: _counted(rows) for name, rows in parts.items()}
    counts["deselected"] = _deselected(slots, deselected_share)
    counts |= _outcomes(students, outcomes)
    return population_table(counts)


def _counted(rows: pd.DataFrame) -> dict[str, float]:
    if rows.empty:
        return dict(NOBODY)
    students = persons(rows["student_id"])
    class_years = rows.drop_duplicates(["teacher_id", *CLASS_YEAR])["teacher_id"].value_counts()
    largest = [
        rows[unit].value_counts().head(2).sum() / len(rows) for unit in ("teacher_id", "school_id")
    ]
    return {
        "students": students["students"],
        "teachers": len(class_years),
        "schools": rows["school_id"].nunique(),
        "students_sure": students["students_sure"],
        "teachers_sure": class_years.sum() / class_years.max(),
        "largest_two": max(largest),
    }


def _deselected(slots: pd.DataFrame, share: float) -> dict[str, float]:
    """Lower bounds: dismissed class-years (student-years) over a teacher's most class-years."""
    class_years = slots["teacher_id"].value_counts().max()
    sure = share * len(slots) / class_years
    students = slots["students"] if "sample_students" not in slots else slots["sample_students"]
    return {
        "students": share * students.sum() / class_years,
        "teachers": sure,
        "schools": slots["school_id"].nunique(),
        "students_sure": share * students.sum() / class_years,
        "teachers_sure": sure,
        "largest_two": min(1.0, 2 / sure) if sure else 1.0,
    }


def _outcomes(students: pd.DataFrame, outcomes: pd.DataFrame) -> dict[str, dict[str, float]]:
    """For each outcome, the smaller counts of students with and without it."""
    if outcomes.empty:
        return {}
    by_student = with_any_college(outcomes).set_index("student_id")
    counts = {}
    for name in by_student:
        value = students["student_id"].map(by_student[name])
        with_and_without = [_counted(students[value == level]) for level in (0, 1)]
        counts[f"outcome_{name}"] = fewest(with_and_without)
    return counts
