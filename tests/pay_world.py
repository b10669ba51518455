"""Synthetic states, made once for all tests that look at them, and a state made by hand."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.district.layout import read_layout
from welfare_added.district.values import RawTables
from welfare_added.pay.choices import PayChoices
from welfare_added.pay.frames import PayRecords
from welfare_added.pay.preparation import prepare
from welfare_added.pay.synthetic_state import SyntheticState, synthesise_state
from welfare_added.run.choices import read_yaml

ROOT = Path(__file__).parents[1]
PAPER = ROOT / "workflow/papers/biasi_2017"
LAYOUT = read_layout(PAPER / "raw_tables.yaml", ROOT / "workflow/schemas/raw_tables.schema.json")
INPUTS = read_yaml(PAPER / "calibration/inputs.yaml")
PARAMETERS = read_yaml(PAPER / "calibration/parameters.yaml")
CHOICES = PayChoices(years=(2006, 2014), first_post_year=2012, left_out=("d005",))


class Named(str):
    """Name of a file whose rows have no known line."""

    def place(self, row: int) -> str:
        return f"row {row + 1}"


@cache
def state(size: str = "tiny", world: str = "panel", seed: int = 1) -> SyntheticState:
    return synthesise_state(INPUTS, PARAMETERS, size=size, world=world, seed=seed)


@cache
def records(size: str = "tiny", world: str = "panel", seed: int = 1) -> PayRecords:
    return prepare(as_raw(state(size, world, seed).tables), CHOICES)


def as_raw(tables: dict[str, pd.DataFrame]) -> RawTables:
    """Tables as if they had been read from files <name>.csv."""
    files = {name: Named(f"{name}.csv") for name in tables}
    return RawTables({name: rows.copy() for name, rows in tables.items()}, LAYOUT, files)


def assignment(teacher: str, year: int, district: str, **changed) -> dict:
    """An assignment of a full-time classroom teacher of grade 4 with a Bachelor."""
    usual = {
        "teacher_id": teacher,
        "year": year,
        "assignment_no": 1,
        "district_id": district,
        "school_id": f"{district}-e",
        "position": "teacher",
        "substitute": 0.0,
        "subject": "all",
        "grade_low": 4,
        "grade_high": 4,
        "fte": 1.0,
        "salary": 40000.0,
        "contract_days": 180.0,
        "seniority_months": 30.0,
        "degree": "BA",
        "gender": "female",
        "race": "white",
        "birth_year": 1975.0,
    }
    return usual | changed


def hand_made(staff: list[dict], years=(2010, 2011, 2012)) -> dict[str, pd.DataFrame]:
    """A state of districts A (IS), B (SS) and K (none), each with a cell in its school."""
    ids = ("A", "B", "K")
    keys = [(one, year) for one in ids for year in years]
    shares = ("female", "black", "hispanic", "asian", "native")
    shares = (*shares, "limited_english", "low_income", "disabled", "migrant")
    cells = pd.DataFrame(
        {
            "school_id": [f"{one}-e" for one, _ in keys],
            "grade": 4,
            "year": [year for _, year in keys],
            "subject": "math",
            "n_pupils": 50,
            "mean_score": [470.0 + number for number in range(len(keys))],
            "sd_score": 40.0,
        }
    )
    composition = cells[["school_id", "grade", "year"]].assign(
        enrolment=52, **{f"share_{name}": 0.1 for name in shares}
    )
    districts = pd.DataFrame(
        {
            "district_id": [one for one, _ in keys],
            "year": [year for _, year in keys],
            "cesa": 1,
            "location": "rural",
            "latitude": 44.0,
            "longitude": [-89.0 - ids.index(one) / 10 for one, _ in keys],
            "enrolment": 600,
            "property_value_per_pupil": 500000.0,
            "share_disadvantaged": 0.3,
            "share_black": 0.02,
            "wage_bill": np.nan,
        }
    )
    handbooks = pd.DataFrame(
        {
            "district_id": ["A", "B"],
            "regime": [None, None],
            "has_schedule": [0.0, 1.0],
            "mentions_merit": [0.0, 0.0],
        }
    ).astype({"district_id": "str", "regime": "str"})
    return {
        "staff": pd.DataFrame(staff),
        "cells": cells,
        "composition": composition,
        "districts": districts,
        "handbooks": handbooks,
    }


HAND = PayChoices(years=(2010, 2012), first_post_year=2012, left_out=("K",), trim=(0.0, 0.0))
