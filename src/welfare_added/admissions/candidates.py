"""Tract variables that the LASSO may pick: the six indicators, and all further columns."""

import pandas as pd

from welfare_added.admissions.tract_percentiles import child_percentile
from welfare_added.admissions.tracts import INDICATORS
from welfare_added.run.errors import UserError

# Columns of the table of tracts that describe the plan, not the neighbourhood.
NOT_CANDIDATES = ("year", "tract", "tier", "children", "community_area")


def candidates_of(tracts: pd.DataFrame) -> list[str]:
    """Names of all candidates, the six indicators first."""
    further = tracts.columns.drop([*NOT_CANDIDATES, *INDICATORS])
    return [*INDICATORS, *further]


def with_candidates(applicants: pd.DataFrame, tracts: pd.DataFrame) -> pd.DataFrame:
    """Applicants with the candidates of their tract in the year of their application.

    Indicators are as they are; further variables become child-weighted percentiles of the year's
    tracts, 0 to 1, as the indicators are. The appendix says "standardized" and prints weights that
    fit variables between 0 and 1. Raises UserError where a tract lacks a further variable.
    """
    further = [name for name in candidates_of(tracts) if name not in INDICATORS]
    scaled = tracts[["year", "tract"]].copy()
    for name in further:
        parts = [
            child_percentile(one[name], one["children"])
            for _, one in tracts.groupby("year", sort=False)
        ]
        scaled[name] = pd.concat(parts).reindex(tracts.index) if parts else []
    keys = {"left_on": ["application_year", "tract"], "right_on": ["year", "tract"]}
    joined = applicants.merge(scaled, how="left", validate="many_to_one", **keys)
    lacking = [name for name in further if joined[name].isna().any()]
    if lacking:
        rows = int(joined[lacking].isna().any(axis=1).sum())
        raise UserError(
            f"tracts, column {', '.join(lacking)}: empty for the tracts of {rows:,} applicants. "
            "Fill it, or leave the column out of the table"
        )
    return joined.drop(columns="year")
