"""Raw tables of a few applicants, for tests that spoil them."""

from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.admissions.keys import TIE_BREAKS
from welfare_added.admissions.tracts import INDICATORS
from welfare_added.district.layout import read_layout
from welfare_added.district.table_files import TableFiles
from welfare_added.district.values import RawTables

YEAR = 2013
ROOT = Path(__file__).parents[2]
LAYOUT = read_layout(
    ROOT / "workflow/papers/ellison_2020/raw_tables.yaml",
    ROOT / "workflow/schemas/raw_tables.schema.json",
)


def raw_tables(applicants=40, seed=0, year=YEAR):
    """Applicants a00, a01, ... of four tracts, who list up to three of three schools."""
    rng = np.random.default_rng(seed)
    ids = [f"a{number:02d}" for number in range(applicants)]
    tracts = pd.DataFrame(
        {
            "year": year,
            "tract": ["t1", "t2", "t3", "t4"],
            "tier": [1, 2, 3, 4],
            "children": [130, 260, 130, 520],
            "community_area": ["n", "n", "s", "s"],
            **{name: [0.1, 0.3, 0.6, 0.9] for name in INDICATORS},
        }
    )
    table = pd.DataFrame(
        {
            "application_year": year,
            "applicant_id": ids,
            "tract": rng.choice(tracts["tract"], applicants),
            "race": rng.choice(["black", "white", "asian", "hispanic"], applicants),
            "frpl": rng.integers(0, 2, applicants).astype(float),
            "composite_score": 100 - rng.integers(0, 90, applicants) / 9,
            "tier": np.nan,
            **{name: rng.integers(0, 5, applicants).astype(float) for name in TIE_BREAKS},
        }
    )
    listed = [rng.permutation(["x", "y", "z"])[: rng.integers(1, 4)] for _ in ids]
    choices = pd.DataFrame(
        [
            (year, one, rank, school)
            for one, schools in zip(ids, listed, strict=True)
            for rank, school in enumerate(schools, 1)
        ],
        columns=["application_year", "applicant_id", "rank", "school_id"],
    )
    schools = pd.DataFrame(
        {"application_year": year, "school_id": ["x", "y", "z"], "seats": [4, 6, 8]}
    )
    tables = {"applicants": table, "choices": choices, "schools": schools, "tracts": tracts}
    return RawTables(tables, LAYOUT, {name: TableFiles.of(f"{name}.csv") for name in tables})
