"""What the overview of a user's tables reports of the sample and of the state's districts."""

import pandas as pd

from welfare_added.district.overview import SampleCounts
from welfare_added.district.values import RawTables
from welfare_added.pay.choices import PayChoices
from welfare_added.pay.frames import PayRecords
from welfare_added.pay.preparation import prepare

FEW_DISTRICTS = 20  # of a regime: fewer clusters than that make its standard errors doubtful


def records_overview(raw: RawTables, choices: PayChoices) -> SampleCounts:
    """Rows left by each step of the preparation, teachers by year, and what limits the study."""
    records = prepare(raw, choices)
    steps = records.steps.rename(columns={"step": "restriction"})
    people = records.teacher_years
    by_year = pd.DataFrame(
        {
            "teachers": people.groupby("year").size(),
            "moved": people.groupby("year")["moved"].sum(),
            "leave": people.groupby("year")["exits"].sum(),
            "districts": records.districts.groupby("year")["district_id"].nunique(),
        }
    )
    by_year = by_year.fillna(0).astype(int).rename_axis("year").reset_index()
    return SampleCounts(steps, {"Teachers by year:": by_year}, remarks(records))


def remarks(records: PayRecords) -> list[str]:
    """Sentences on what limits the study."""
    districts = records.districts.drop_duplicates("district_id")["regime"].value_counts()
    found = [
        f"only {districts.get(regime, 0)} districts of regime {regime}: standard errors clustered "
        "by district are too small, see the wild bootstrap"
        for regime in ("IS", "SS")
        if districts.get(regime, 0) < FEW_DISTRICTS
    ]
    without = records.cells["sd_score"].isna().mean()
    if without:
        found.append(
            f"{without:.0%} of cells have no sd_score; without it scores cannot be put in SDs of "
            "pupils, see grade_means.spread"
        )
    return found
