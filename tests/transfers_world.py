"""A tiny synthetic transfer system, made once for all tests that look at it."""

from functools import cache
from pathlib import Path

import pandas as pd

from welfare_added.district.layout import read_layout
from welfare_added.district.values import RawTables
from welfare_added.run.choices import read_yaml
from welfare_added.transfers.design import Design, build_design
from welfare_added.transfers.planted_truth import Truth, planted_truth
from welfare_added.transfers.records import Study
from welfare_added.transfers.synthetic_system import (
    SyntheticSystem,
    standards_of,
    synthesise_system,
)

ROOT = Path(__file__).parents[1]
PAPER = ROOT / "workflow/papers/laverde_2023"
LAYOUT = read_layout(PAPER / "raw_tables.yaml", ROOT / "workflow/schemas/raw_tables.schema.json")
INPUTS = read_yaml(PAPER / "calibration/inputs.yaml")
PARAMETERS = read_yaml(PAPER / "calibration/parameters.yaml")
STUDY = Study(years=(2010, 2019), grades=(4, 8), standards=standards_of(INPUTS))


class Named(str):
    """Name of a file whose rows have no known line."""

    def place(self, row: int) -> str:
        return f"row {row + 1}"


@cache
def world(size: str = "tiny", seed: int = 1, scenario: str = "published") -> SyntheticSystem:
    return synthesise_system(INPUTS, PARAMETERS, size=size, scenario=scenario, seed=seed)


def as_raw(tables: dict[str, pd.DataFrame]) -> RawTables:
    """Tables as if they had been read from files <name>.csv."""
    files = {name: Named(f"{name}.csv") for name in tables}
    return RawTables({name: rows.copy() for name, rows in tables.items()}, LAYOUT, files)


@cache
def design(size: str = "tiny", seed: int = 1, rankings: str = "full") -> Design:
    return build_design(as_raw(world(size, seed).tables), STUDY, rankings=rankings)


@cache
def truth(size: str = "tiny", seed: int = 1, rankings: str = "full") -> Truth:
    return planted_truth(world(size, seed).truth, design(size, seed, rankings))
