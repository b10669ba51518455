"""Teachers of the state: their traits, and where they teach each year."""

import numpy as np
import pandas as pd

FLAGS = {"female": ("gender", "female"), "black": ("ethnicity", "black")}
FLAGS |= {"hispanic": ("ethnicity", "hispanic")}


def teacher_traits(teachers: pd.DataFrame) -> pd.DataFrame:
    """One row a teacher: teacher_id, first_year, earlier (years before it), traits.

    Traits female, black, hispanic and masters are 0 or 1, missing where unknown. teachers: the raw
    table.
    """
    traits = teachers[["teacher_id", "first_year"]].copy()
    traits["earlier"] = teachers["experience"].fillna(0)
    for name, (column, value) in FLAGS.items():
        known = teachers[column]
        traits[name] = (known == value).astype(float).where(known.notna())
    traits["masters"] = teachers["masters"]
    return traits.sort_values("teacher_id", ignore_index=True)


def experience_in(traits: pd.DataFrame, year: pd.Series | np.ndarray) -> pd.Series:
    """Prior years of experience in a year (spring); missing where the first year is unknown.

    traits: rows of `teacher_traits`, as many as years.
    """
    years = traits["earlier"] + np.asarray(year) - traits["first_year"]
    return years.clip(lower=0)


def teacher_years(enrolled: pd.DataFrame, traits: pd.DataFrame) -> pd.DataFrame:
    """One row a teacher-year with a class.

    A teacher with classes in several schools is in the one where she has most students; of equal
    ones the first.

    Returns
    -------
    DataFrame
        teacher_id, year, school_id, district_id, in_market, experience (prior years), female,
        black, hispanic, masters; sorted by teacher_id and year.

    """
    linked = enrolled[enrolled["teacher_id"].notna()]
    keys = ["teacher_id", "year", "school_id"]
    number = linked.groupby(keys).agg(
        students=("student_id", "size"),
        district_id=("district_id", "first"),
        in_market=("in_market", "first"),
    )
    ordered = number.reset_index().sort_values(
        ["teacher_id", "year", "students", "school_id"], ascending=[True, True, False, True]
    )
    rows = ordered.drop_duplicates(["teacher_id", "year"]).drop(columns="students")
    rows = rows.merge(traits, on="teacher_id", how="left")
    rows["experience"] = experience_in(rows, rows["year"])
    columns = [*keys, "district_id", "in_market", "experience"]
    columns += ["female", "black", "hispanic", "masters"]
    return rows[columns].reset_index(drop=True)
