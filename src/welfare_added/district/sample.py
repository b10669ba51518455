"""The analysis sample: standardised scores, lagged scores, lower- and higher-scoring students."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.district.checks import check_coverage, locate
from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.tables import District
from welfare_added.district.vocabulary import BLACK_HISPANIC, OUTCOMES, RACES, SUBJECTS, WHITE_ASIAN
from welfare_added.district.years import LAGS, lag_years
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

LOWER = ("at_or_below", "below")

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
        Counts after each sample restriction: step, student_years, students, classes, teachers,
        schools.
    outcomes
        Later outcomes of sample students, sorted by student_id; no rows when there are none.

    """

    students: pd.DataFrame
    classes: pd.DataFrame
    steps: pd.DataFrame
    outcomes: pd.DataFrame


def analysis_sample(
    district: District,
    years: Sequence[int],
    grades: tuple[int, ...],
    split: str = "year_grade",
    class_size: str = "tested",
    lag: str = "last_year",
    lower: str = "at_or_below",
) -> Sample:
    """Derive the analysis sample: students with both scores this year and last, linked to a class.

    Scores have mean zero and SD one within year, grade and subject over all tested students,
    linked to a class or not. The lagged score is the student's standardised score a year earlier,
    or in the last tested year, in whatever grade: a repeater's is from the same grade.
    Lower-scoring students are those whose lagged score is at or below the sample median, or below
    it, by subject (section 3.2: "below"; figure 3's bins average more than one half).

    Parameters
    ----------
    district
        Checked raw tables.
    years
        First and last spring studied, or three and more springs; lagged scores start a year before
        the first.
    grades
        Grades studied; lagged scores start in the grade below the first.
    split
        ``year_grade``: the median within year and grade; ``pooled``: over the whole sample.
    class_size
        Count a class's students ``tested`` in both subjects this year, or those in the ``sample``.
    lag
        Lagged scores and traits are of ``last_year``, or of the ``last_tested`` year of ``years``.
    lower
        Students at the median count as lower-scoring (``at_or_below``) or not (``below``).

    Raises
    ------
    DistrictError
        If a year has no students, or there are no rows for lagged scores.
    UserError
        If ``split``, ``class_size``, ``lag`` or ``lower`` is not one of the above.

    """
    _check_choice("split", split, ("year_grade", "pooled"))
    _check_choice("class_size", class_size, ("tested", "sample"))
    _check_choice("lag", lag, LAGS)
    _check_choice("lower", lower, LOWER)
    lags = lag_years(years, lag)
    file = district.files["enrolments"]
    check_coverage(district.enrolments, file, lags, grades)
    rows = _lagged_enrolments(district, lags)
    absent = district.absent.get("enrolments", [])
    controls = [name for name in CONTROLS if name.removeprefix("lag_") not in absent]
    steps = _steps(rows, lags, grades, controls)
    kept = steps[-1][1]
    table = pd.DataFrame([_sample_counts(rows[mask], name) for name, mask in steps])
    _require_years(rows.loc[kept, "year"], lags, table, file)
    counted = kept if class_size == "sample" else rows["tested"]
    size = rows[counted].groupby("class_row").size()
    students = _add_groups(rows[kept], size, split, lower)
    classes = _class_table(students)
    _log_limits(students, classes)
    return Sample(
        students=students,
        classes=classes,
        steps=table,
        outcomes=_outcomes(district, students["student_id"]),
    )


def _check_choice(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UserError(
            f"config.yaml: district.{name} is '{value}'; choose one of {', '.join(allowed)}"
        )


def _lagged_enrolments(district: District, lags: Mapping[int, int]) -> pd.DataFrame:
    """Enrolments of the studied and lagged years, with standardised and lagged scores, teachers.

    ``class_row`` is the row of the student's class in the table of classes, -1 if not linked.
    """
    rows = district.enrolments
    rows = rows[rows["year"].isin({*lags, *lags.values()})]
    # Floating-point sums depend on the order of rows, which must not be the file's.
    rows = rows.sort_values(["year", "student_id"], ignore_index=True)
    for subject in SUBJECTS:
        rows[subject] = standardise(rows, f"{subject}_score")
    rows["tested"] = rows[list(SUBJECTS)].notna().all(axis=1)
    back = rows["year"] - rows["year"].map(lags).fillna(rows["year"] - 1).astype("int64")
    lag = locate(rows, rows, "student_id", back=back.to_numpy())
    lagged = [*SUBJECTS, "share_absent", "special_education", "english_learner"]
    for name in lagged:
        rows[f"lag_{name}"] = np.where(lag >= 0, rows[name].to_numpy()[lag], np.nan)
    class_row = locate(rows, district.classes, "class_id")
    teacher = district.classes["teacher_id"].take(np.maximum(class_row, 0)).reset_index(drop=True)
    rows["teacher_id"] = teacher.where(class_row >= 0, None)
    rows["class_row"] = class_row
    return rows


def standardise(rows: pd.DataFrame, score: str) -> pd.Series:
    """Standardise scores to mean zero and SD one within year and grade, over all tested students.

    Where all scores of a year and grade are equal, standardised scores are missing.
    """
    groups = rows.groupby(["year", "grade"])[score]
    spread = groups.transform("std", ddof=0)
    flat = rows.loc[(spread == 0) & rows[score].notna(), ["year", "grade"]].drop_duplicates()
    for year, grade in flat.itertuples(index=False):
        log.warning("%s of grade %d in %d do not differ: not standardised", score, grade, year)
    return (rows[score] - groups.transform("mean")) / spread.where(spread > 0)


def _steps(
    rows: pd.DataFrame, lags: Mapping[int, int], grades, controls: list[str]
) -> list[tuple[str, pd.Series]]:
    """Sample restrictions in order, each with the rows that meet it and all before it."""
    apart = any(year - before > 1 for year, before in lags.items())
    before = "in the last tested year" if apart else "last year"
    conditions = {
        "enrolled in the years and grades studied": rows["year"].isin(list(lags))
        & rows["grade"].isin(grades),
        "linked to a class with a known teacher": rows["teacher_id"].notna(),
        "scored in both subjects this year": rows["tested"],
        f"scored in both subjects {before}": rows[["lag_ela", "lag_math"]].notna().all(axis=1),
        "every control known": rows[controls].notna().all(axis=1),
    }
    mask = pd.Series(True, index=rows.index)
    return [(name, mask := mask & condition) for name, condition in conditions.items()]


def _sample_counts(rows: pd.DataFrame, step: str) -> dict:
    return {
        "step": step,
        "student_years": len(rows),
        "students": rows["student_id"].nunique(),
        "classes": rows.loc[rows["class_row"] >= 0, "class_row"].nunique(),
        "teachers": rows["teacher_id"].nunique(),
        "schools": rows["school_id"].nunique(),
    }


def _require_years(present: pd.Series, lags: Mapping[int, int], steps: pd.DataFrame, file) -> None:
    empty = sorted(set(lags) - set(present))
    if not empty:
        return
    what = f"no student in {', '.join(map(str, empty))} meets all conditions of the sample"
    counts = tuple(
        f"{n} student-years: {s}"
        for s, n in zip(steps["step"], steps["student_years"], strict=True)
    )
    remedy = (
        "fill the scores and classes of these years, or choose other district.years; if the year "
        "before was not tested, leave it out of them and set district.lag to last_tested"
    )
    raise_any([Problem(str(file), what, remedy, "year", examples=counts)])


def _add_groups(students: pd.DataFrame, size: pd.Series, split: str, lower: str) -> pd.DataFrame:
    """Add the lower-scoring groups and class sizes; ``size`` is indexed by ``class_row``."""
    flags = [
        name
        for name in ("lag_special_education", "lag_english_learner")
        if students[name].notna().any()
    ]
    students = students.assign(
        **{f"lower_{name}": _is_lower(students, f"lag_{name}", split, lower) for name in SUBJECTS},
        **{flag: students[flag].astype("int64") for flag in flags},
        class_size=students["class_row"].map(size).astype("int64"),
    )
    keys = ["year", "grade", "school_id", "class_id", "student_id"]
    return students.sort_values(keys, ignore_index=True)[STUDENT_COLUMNS]


def _is_lower(students: pd.DataFrame, lag: str, split: str, lower: str) -> pd.Series:
    cells = [0] * len(students) if split == "pooled" else ["year", "grade"]
    median = students.groupby(cells)[lag].transform("median")
    return lower_scoring(students[lag], median, lower)


def lower_scoring(
    score: pd.Series | np.ndarray, median: pd.Series | np.ndarray | float, lower: str
) -> pd.Series | np.ndarray:
    """Whether last year's ``score`` is lower-scoring, given the ``median`` and the rule for ties.

    lower: ``at_or_below`` or ``below``.
    """
    return score <= median if lower == "at_or_below" else score < median


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


def regrouped(students: pd.DataFrame, split: str, lower: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Students with their groups by their own medians, and their classes, as in `Sample`.

    For another set of students than the whole sample, such as one drawn from it; split and lower
    as in `analysis_sample`.
    """
    students = students.assign(
        **{f"lower_{name}": _is_lower(students, f"lag_{name}", split, lower) for name in SUBJECTS}
    )
    return students, _class_table(students)


def _outcomes(district: District, student_ids: pd.Series) -> pd.DataFrame:
    """Later outcomes of the sample; raises DistrictError if the table has none of them."""
    outcomes = district.outcomes
    if outcomes is None:
        log.info("no outcomes table: exhibits of later outcomes are skipped")
        columns = {name: pd.Series(dtype="float64") for name in OUTCOMES}
        return pd.DataFrame({"student_id": pd.Series(dtype="str"), **columns})
    of_sample = outcomes.merge(student_ids.drop_duplicates(), on="student_id")
    recorded = [name for name in OUTCOMES if name not in district.absent.get("outcomes", ())]
    if recorded and of_sample[recorded].isna().all(axis=None):
        what = f"no outcome of the {student_ids.nunique()} students of the sample"
        remedy = (
            "write student_id as in enrolments, and add their outcomes; or move the file away: "
            "what needs it is then left out"
        )
        raise_any([Problem(str(district.files["outcomes"]), what, remedy, "student_id")])
    return of_sample.sort_values("student_id", ignore_index=True)


def _log_limits(students: pd.DataFrame, classes: pd.DataFrame) -> None:
    """Log features of the sample that limit what can be estimated or reallocated."""
    years = classes.groupby("teacher_id")["year"].nunique()
    log.info(
        "%d of %d teachers have one year: no leave-year-out estimate",
        (years == 1).sum(),
        len(years),
    )
    classes_per_cell = classes.groupby(["year", "grade", "school_id"]).size()
    log.info(
        "%d of %d school-grade-years have one class: nothing to reallocate within the school",
        (classes_per_cell == 1).sum(),
        len(classes_per_cell),
    )
    log.info("%d student-years in the sample", len(students))
