from pathlib import Path

import pandas as pd
import pytest

from welfare_added.run.writing import write_csv

# Eight students whose scores have mean 5 and standard deviation 2.
LAST_YEAR = {"ela": [2, 4, 4, 4, 5, 5, 7, 9], "math": [9, 7, 5, 5, 4, 4, 4, 2]}
THIS_YEAR = {"ela": [4, 2, 4, 5, 4, 7, 5, 9], "math": [5, 9, 7, 4, 5, 4, 2, 4]}


def _enrolments(year: int, grade: int, classes: list, scores: dict) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "student_id": [f"0{i}" for i in range(1, 9)],
            "year": year,
            "grade": grade,
            "school_id": "h1",
            "class_id": classes,
            "ela_score": scores["ela"],
            "math_score": scores["math"],
            "ethnicity": [
                "white",
                "asian",
                "black",
                "hispanic",
                "other",
                "white",
                "black",
                "white",
            ],
            "gender": ["female", "male"] * 4,
            "age": 9.5,
            "share_absent": [0.01 * i for i in range(8)],
            "special_education": [1, 0] * 4,
            "english_learner": [0, 0, 1, 0] * 2,
        }
    )


@pytest.fixture
def raw() -> dict[str, pd.DataFrame]:
    """Raw tables: one school, grade 2 in 2002, grade 3 in 2003; student 08 is in no class."""
    classes = ["k1", "k1", "k1", "k2", "k2", "k2", "k2", None]
    return {
        "enrolments": pd.concat(
            [
                _enrolments(2002, 2, [None] * 8, LAST_YEAR),
                _enrolments(2003, 3, classes, THIS_YEAR),
            ],
            ignore_index=True,
        ),
        "classes": pd.DataFrame(
            {
                "class_id": ["k1", "k2"],
                "year": 2003,
                "grade": 3,
                "school_id": "h1",
                "teacher_id": ["007", "7"],
            }
        ),
        "teachers": pd.DataFrame({"teacher_id": ["007", "7"], "first_year": [1999, None]}),
        "outcomes": pd.DataFrame(
            {
                "student_id": ["08", "02", "01"],
                "graduated_high_school": [1, 0, 1],
                "two_year_college": [0, 1, None],
                "four_year_college": [1, 0, 0],
                "bachelors_in_six_years": [1, 0, None],
            }
        ),
    }


@pytest.fixture
def export(tmp_path):
    """Write tables into a folder as a district would."""

    def write(tables: dict[str, pd.DataFrame], kind: str = "csv") -> Path:
        for name, table in tables.items():
            if kind == "csv":
                write_csv(table, tmp_path / f"{name}.csv")
            else:
                table.to_parquet(tmp_path / f"{name}.parquet", index=False)
        return tmp_path

    return write
