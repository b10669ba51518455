"""A district of its own with a transfer system: raw tables as an office might export them.

Made of a tiny synthetic system; own names of columns and own codes, school years such as 2015-16,
identifiers that can be recognised wherever they turn up, no norms of tests and no evaluations.
"""

from pathlib import Path

import pandas as pd
from own_names import write_named
from transfers_world import world

CANARY = "canary"
LEFT_OUT = ("tests", "district_evaluations")
IDENTIFIERS = ("student_id", "teacher_id", "school_id", "position_id", "vacancy_id")
COLUMNS = {
    "enrolments": {
        **{"student_id": "PupilNumber", "year": "SchoolYear", "grade": "GradeLevel"},
        **{"school_id": "SchoolCode", "math_score": "MathScale", "low_income": "LunchProgram"},
    },
    "positions": {"position_id": "PositionControlNo", "teacher_id": "StaffNumber", "fte": "FTE"},
    "teacher_years": {"teacher_id": "StaffNumber", "displaced": "ExcessedFlag"},
    "vacancies": {"vacancy_id": "PostingNumber", "round": "BidRound"},
    "applications": {"vacancy_id": "PostingNumber", "teacher_id": "StaffNumber"},
    "rankings": {"vacancy_id": "PostingNumber", "rank": "PrincipalRank"},
}
YES = {"Y": 1, "N": 0}
RECODE = {
    "enrolments": {"low_income": YES, "ethnicity": {"W": "white", "B": "black"}},
    "teacher_years": {"displaced": YES},
}
CHOICES = {
    "district": {"columns": COLUMNS, "recode": RECODE, "name": "Harbour City"},
    "transfers": {"standards": "sample"},
    "selection": {
        "schedule": {
            **{"plain": 30, "rounds": 1, "moves": 15, "burn": 5, "kept": 40, "thin": 1},
            "repeats": 1,
            "lists": 1,
        },
        "comparison": {"chains": 2, "plain": 20, "kept": 30, "lists": 1},
        "published_order": {"plain": 20, "kept": 30},
        "matches": 500,
    },
    "reassignment": {
        "draws": 4,
        "past": {"plain": 20, "kept": 20, "repeats": 1, "effects": 3},
        "feasible": True,
    },
}


def own_tables() -> dict[str, pd.DataFrame]:
    """Raw tables by name, with the columns and codes of the package."""
    tables = {}
    for name, rows in world().tables.items():
        if name in LEFT_OUT:
            continue
        rows = rows.copy()
        for column in set(IDENTIFIERS) & set(rows):
            known = rows[column].notna()
            rows[column] = rows[column].where(
                ~known, CANARY + column[:3] + rows[column].astype(str)
            )
        tables[name] = rows
    return tables


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write tables with the office's names and codes."""
    write_named(tables, folder, COLUMNS, RECODE)
