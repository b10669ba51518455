"""A tiny synthetic state and platform, made once for all tests that look at them."""

import copy
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.district.layout import read_layout
from welfare_added.district.values import RawTables
from welfare_added.market.platform import Base, Choices, base
from welfare_added.market.records import Records, study_records
from welfare_added.market.synthetic_platform import Inputs, SyntheticPlatform, synthesise_platform
from welfare_added.market.synthetic_state import SyntheticState, synthesise_state
from welfare_added.run.choices import read_yaml

ROOT = Path(__file__).parents[2]
PAPER = ROOT / "workflow/papers/bates_2022"
LAYOUT = read_layout(PAPER / "raw_tables.yaml", ROOT / "workflow/schemas/raw_tables.schema.json")
PARAMETERS = read_yaml(PAPER / "calibration/parameters.yaml")
YEARS, CYCLES, STUDIED = (2007, 2019), (2010, 2019), 2016
COMMUTE = {"minutes_a_km": 1.4, "at_least": 3.0}
CHOICES = Choices(window="observed", buffer_days=0, declined_positive=True, **COMMUTE)
DATES = {"vacancies": ("posted", "closed"), "applications": ("applied",)}


def changed(**sections) -> dict:
    """Parameters with some keys of some sections replaced."""
    parameters = copy.deepcopy(PARAMETERS)
    for name, content in sections.items():
        section = parameters[name]
        parameters[name] = {**section, **content} if isinstance(section, dict) else content
    return parameters


@cache
def state(seed: int = 1) -> SyntheticState:
    return synthesise_state(PARAMETERS, size="tiny", seed=seed, years=YEARS)


def as_raw(tables: dict[str, pd.DataFrame]) -> RawTables:
    """Tables as if they had been read from files <name>.csv."""
    read = {name: table.copy() for name, table in tables.items()}
    if "enrolments" in read:
        read["enrolments"]["math_score"] = read["enrolments"]["math_score"].astype("float64")
    for name, columns in DATES.items():
        for column in columns if name in read else ():
            read[name][column] = pd.to_datetime(read[name][column])
    return RawTables(read, LAYOUT, {name: Named(f"{name}.csv") for name in read})


class Named(str):
    """Name of a file whose rows have no known line."""

    def place(self, row: int) -> str:
        return f"row {row + 1}"


@cache
def records() -> Records:
    return study_records(
        as_raw(state().tables),
        years=YEARS,
        grades=(4, 5),
        split="economically_disadvantaged",
        market="d001",
    )


@cache
def forecasts() -> pd.DataFrame:
    """True value added of the year before, shrunken and blurred: stands for an estimate."""
    truth = state().truth["teachers"]
    taught = truth[truth["taught"] == 1]
    rng = np.random.default_rng(7)
    blurred = 0.7 * taught[["mu_0", "mu_1"]] + 0.05 * rng.standard_normal((len(taught), 2))
    return pd.DataFrame(
        {
            "teacher_id": taught["teacher_id"],
            "year": taught["year"] + 1,
            **{name: blurred[name] for name in ("mu_0", "mu_1")},
            "experience_effect": taught["experience_effect"],
        }
    ).reset_index(drop=True)


def inputs() -> Inputs:
    made = records()
    return Inputs(made.schools, made.teachers, made.traits, forecasts())


@cache
def platform_world(seed: int = 1, outside: str = "per_position") -> SyntheticPlatform:
    return synthesise_platform(
        inputs(),
        PARAMETERS,
        size="tiny",
        seed=seed,
        cycles=CYCLES,
        studied=STUDIED,
        outside=outside,
        commute=COMMUTE,
    )


@cache
def start() -> Base:
    made, raw = records(), as_raw(platform_world().tables)
    return base(raw.tables, made.schools, made.traits, forecasts(), CHOICES)
