"""The analysis sample: standardised scores, lags, and who is lower-scoring."""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.district.checks import check_coverage, locate
from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.tables import District
from welfare_added.district.vocabulary import BLACK_HISPANIC, OUTCOMES, RACES, SUBJECTS, WHITE_ASIAN
from welfare_added.run.errors import UserError

STUDENT_COLUMNS = [
    *("student_id", "year", "grade", "school_id", "class_id", "teacher_id"),
    *("ela", "math", "lag_ela", "lag_math", "lower_ela", "lower_math"),
    *("ethnicity", "gender", "age"),
    *("lag_share_absent", "lag_special_education", "lag_english_learner", "class_size"),
]
CONTROLS = [
    *("ethnicity", "gender", "age"),
    *("lag_share_absent", "lag_special_education", "lag_english_learner"),
]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sample:
    """The students, classes and teachers studied (section 3.1).

    Attributes
    ----------
    students
        One row a student-year, columns `STUDENT_COLUMNS`, sorted by year, grade, school_id,
        class_id, student_id. Scores in student SD; lower_* is true for lower-scoring students.
    classes
        One row a class: class_id, year, grade, school_id, teacher_id, class_size, and numbers of
        sample students: students, lower_ela, lower_math, black_hispanic, white_asian.
    steps
        How the sample narrows: step, student_years, students, classes, teachers, schools.
    outcomes
        Later outcomes of sample students, sorted by student_id; no rows when there are none.

    """

    students: pd.DataFrame
    classes: pd.DataFrame
    steps: pd.DataFrame
    outcomes: pd.DataFrame


def analysis_sample(
    district: District,
    years: tuple[int, int],
    grades: tuple[int, ...],
    split: str = "year_grade",
    class_size: str = "tested",
) -> Sample:
    """Derive the analysis sample: students with both scores this year and last, linked to a class.

    Scores have mean zero and SD one within year, grade and subject over all tested students,
    linked or not. The lag is the same student's standardised score a year earlier, whatever the
    grade then: a repeater's is from the same grade. Lower-scoring students are those whose lag is
    strictly below the median of the sample's lags, by subject.

    Parameters
    ----------
    district
        Checked raw tables.
    years
        First and last spring studied; lags come from a year earlier.
    grades
        Grades studied; lags come from the grade below the first.
    split
        The median is taken within ``year_grade``, or ``pooled``.
    class_size
        Counts a class's students who are ``tested`` in both subjects this year, or only those in
        the ``sample``.

    Raises
    ------
    DistrictError
        If a year has no student, or there is nothing to take lags from.
    ValueError
        If ``split`` or ``class_size`` is not one of the above.

    """
    _choose("split", split, ("year_grade", "pooled"))
    _choose("class_size", class_size, ("tested", "sample"))
    file = district.files["enrolments"]
    check_coverage(district.enrolments, file, years, grades)
    rows = _prepare(district, years)
    absent = district.absent.get("enrolments", [])
    controls = [name for name in CONTROLS if name.removeprefix("lag_") not in absent]
    steps = _narrow(rows, years, grades, controls)
    kept = steps[-1][1]
    table = pd.DataFrame([_count(rows[mask], name) for name, mask in steps])
    _require_years(rows.loc[kept, "year"], years, table, file)
    counted = kept if class_size == "sample" else rows["tested"]
    size = rows[counted].groupby("class_row").size()
    students = _finish(rows[kept], size, split)
    classes = _class_table(students)
    _log_notes(students, classes)
    return Sample(
        students=students,
        classes=classes,
        steps=table,
        outcomes=_outcomes(district.outcomes, students["student_id"]),
    )


def _choose(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UserError(
            f"config.yaml: district.{name} is '{value}'; choose one of {', '.join(allowed)}"
        )


def _prepare(district: District, years: tuple[int, int]) -> pd.DataFrame:
    """Enrolments from the year before the first, with standardised scores, lags and teachers."""
    rows = district.enrolments
    rows = rows[rows["year"].between(years[0] - 1, years[1])]
    # floating-point sums depend on the order of rows, so it must not be the file's
    rows = rows.sort_values(["year", "student_id"], ignore_index=True)
    for subject in SUBJECTS:
        rows[subject] = standardise(rows, f"{subject}_score")
    rows["tested"] = rows[list(SUBJECTS)].notna().all(axis=1)
    lag = locate(rows, rows, "student_id", back=1)
    lagged = [*SUBJECTS, "share_absent", "special_education", "english_learner"]
    for name in lagged:
        rows[f"lag_{name}"] = np.where(lag >= 0, rows[name].to_numpy()[lag], np.nan)
    at = locate(rows, district.classes, "class_id")
    teacher = district.classes["teacher_id"].take(np.maximum(at, 0)).reset_index(drop=True)
    rows["teacher_id"] = teacher.where(at >= 0, None)
    rows["class_row"] = at
    return rows


def standardise(rows: pd.DataFrame, score: str) -> pd.Series:
    """Scores with mean zero and SD one within year and grade over all who have one.

    A year-grade whose scores are all equal has no standardised scores.
    """
    groups = rows.groupby(["year", "grade"])[score]
    spread = groups.transform("std", ddof=0)
    flat = rows.loc[(spread == 0) & rows[score].notna(), ["year", "grade"]].drop_duplicates()
    for year, grade in flat.itertuples(index=False):
        log.warning("%s of grade %d in %d do not differ: not standardised", score, grade, year)
    return (rows[score] - groups.transform("mean")) / spread.where(spread > 0)


def _narrow(rows: pd.DataFrame, years, grades, controls: list[str]) -> list[tuple[str, pd.Series]]:
    """Name each condition of the sample, with the rows that meet it and all before it."""
    conditions = {
        "enrolled in the years and grades studied": rows["year"].between(*years)
        & rows["grade"].isin(grades),
        "linked to a class with a known teacher": rows["teacher_id"].notna(),
        "scored in both subjects this year": rows["tested"],
        "scored in both subjects last year": rows[["lag_ela", "lag_math"]].notna().all(axis=1),
        "every control known": rows[controls].notna().all(axis=1),
    }
    mask = pd.Series(True, index=rows.index)
    return [(name, mask := mask & met) for name, met in conditions.items()]


def _count(rows: pd.DataFrame, step: str) -> dict:
    return {
        "step": step,
        "student_years": len(rows),
        "students": rows["student_id"].nunique(),
        "classes": rows.loc[rows["class_row"] >= 0, "class_row"].nunique(),
        "teachers": rows["teacher_id"].nunique(),
        "schools": rows["school_id"].nunique(),
    }


def _require_years(found: pd.Series, years, steps: pd.DataFrame, file) -> None:
    empty = sorted(set(range(years[0], years[1] + 1)) - set(found))
    if not empty:
        return
    what = f"no student in {', '.join(map(str, empty))} has all that the sample needs"
    left = tuple(
        f"{n} student-years: {s}"
        for s, n in zip(steps["step"], steps["student_years"], strict=True)
    )
    remedy = "fill the scores and classes of these years, or choose other district.years"
    raise_any([Problem(str(file), what, remedy, "year", examples=left)])


def _finish(students: pd.DataFrame, size: pd.Series, split: str) -> pd.DataFrame:
    """Add groups and class sizes; ``size`` is by class row."""
    flags = [
        name
        for name in ("lag_special_education", "lag_english_learner")
        if students[name].notna().any()
    ]
    students = students.assign(
        **{f"lower_{name}": _below_median(students, f"lag_{name}", split) for name in SUBJECTS},
        **{flag: students[flag].astype("int64") for flag in flags},
        class_size=students["class_row"].map(size).astype("int64"),
    )
    keys = ["year", "grade", "school_id", "class_id", "student_id"]
    return students.sort_values(keys, ignore_index=True)[STUDENT_COLUMNS]


def _below_median(students: pd.DataFrame, lag: str, split: str) -> pd.Series:
    if split == "pooled":
        return students[lag] < students[lag].median()
    return students[lag] < students.groupby(["year", "grade"])[lag].transform("median")


def _class_table(students: pd.DataFrame) -> pd.DataFrame:
    race = students["ethnicity"].map(RACES)
    keys = ["year", "grade", "school_id", "class_id", "teacher_id", "class_size"]
    counted = students.assign(
        students=1,
        black_hispanic=race == BLACK_HISPANIC,
        white_asian=race == WHITE_ASIAN,
    )
    names = ["students", "lower_ela", "lower_math", "black_hispanic", "white_asian"]
    classes = counted.groupby(keys)[names].sum().reset_index()
    return classes[["class_id", *keys[:3], *keys[4:], *names]]


def _outcomes(outcomes: pd.DataFrame | None, student_ids: pd.Series) -> pd.DataFrame:
    if outcomes is None:
        log.info("no outcomes table: exhibits of later outcomes are skipped")
        columns = {name: pd.Series(dtype="float64") for name in OUTCOMES}
        return pd.DataFrame({"student_id": pd.Series(dtype="str"), **columns})
    theirs = outcomes.merge(student_ids.drop_duplicates(), on="student_id")
    return theirs.sort_values("student_id", ignore_index=True)


def _log_notes(students: pd.DataFrame, classes: pd.DataFrame) -> None:
    """Say what is legitimate but limits what can be estimated or reallocated."""
    years = classes.groupby("teacher_id")["year"].nunique()
    log.info(
        "%d of %d teachers have one year: no leave-year-out estimate",
        (years == 1).sum(),
        len(years),
    )
    alone = classes.groupby(["year", "grade", "school_id"]).size()
    log.info(
        "%d of %d school-grade-years have one class: nothing to reallocate within the school",
        (alone == 1).sum(),
        len(alone),
    )
    log.info("%d student-years in the sample", len(students))
