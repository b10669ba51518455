"""A state of its own: raw tables of teachers and their districts as an office might export them.

Made of a tiny synthetic state; own names of columns and own codes, school years such as 2011-12,
identifiers that can be recognised wherever they turn up, and districts with numbers of their own.
"""

from pathlib import Path

import pandas as pd
from own_names import write_named
from pay_world import PAPER, state

from welfare_added.run.choices import overridden, read_yaml

CANARY = "canary"
YES = {"Y": 1, "N": 0}
COLUMNS = {
    "staff": {
        **{"teacher_id": "ResearchNumber", "year": "SchoolYear", "district_id": "EmployerCode"},
        **{"school_id": "WorksiteCode", "position": "PositionCode", "fte": "FullTimeShare"},
        **{"salary": "TotalSalary", "seniority_months": "ExperienceMonths", "gender": "GenderCode"},
    },
    "cells": {"year": "SchoolYear", "n_pupils": "PupilsTested", "mean_score": "MeanScaleScore"},
    "composition": {"year": "SchoolYear", "enrolment": "PupilsEnrolled"},
    "districts": {"district_id": "EmployerCode", "year": "SchoolYear", "cesa": "AgencyNo"},
    "handbooks": {"district_id": "EmployerCode", "has_schedule": "HasSchedule"},
    "consolidations": {"year": "SchoolYear"},
}
RECODE = {
    "staff": {
        "position": {"53": "teacher", "00": "other"},
        "gender": {"F": "female", "M": "male"},
    },
    "handbooks": {"has_schedule": YES},
}
NAMED = {"madison": "d002", "racine": "d003", "green_bay": "d004", "chippewa_falls": "d006"}


def employer(district: str) -> str:
    """The office's code of a district."""
    return "EMP" + district.removeprefix("d").upper()


CONFIG = read_yaml(PAPER / "config.yaml")
TRIAL = CONFIG["trial"]
# What a user changes in the paper's choices; the rest keeps a run short, as that of a trial.
CHOICES = {
    **overridden({name: CONFIG[name] for name in TRIAL}, TRIAL),
    "district": {
        **{"columns": COLUMNS, "recode": RECODE, "name": "Lakeland"},
        "named": {name: employer(one) for name, one in NAMED.items()},
    },
    "pay": {"left_out": [employer("d005")]},
}


def own_tables(size: str = "tiny") -> dict[str, pd.DataFrame]:
    """Raw tables by name, with the columns and codes of the package."""
    return {name: _named(rows) for name, rows in state(size).tables.items()}


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """The office's identifiers of districts, and of people such as can be recognised."""
    rows = rows.copy()
    for column in {"district_id", "old_district", "new_district"} & set(rows):
        rows[column] = rows[column].map(employer)
    if "teacher_id" in rows:
        rows["teacher_id"] = CANARY + "staff" + rows["teacher_id"].astype(str)
    return rows


def write_tables(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    """Write tables with the office's names and codes."""
    write_named(tables, folder, COLUMNS, RECODE)
