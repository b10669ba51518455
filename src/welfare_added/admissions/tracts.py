"""Census tracts: the six indicators of the tier formula, tiers by year, residents' races."""

from pathlib import Path

import pandas as pd

# Our names of the indicators and the columns that hold them; 0 to 1, larger is better off, so that
# the shares of single parents and of other languages are turned round.
INDICATORS = {
    "income": "pct_income",
    "education": "pct_education",
    "two_parent": "pct_single_parent",
    "english": "pct_language",
    "owner": "pct_owner",
    "isat": "pct_isat",
}


def read_tracts(path: Path | str) -> pd.DataFrame:
    """Tracts of Chicago: geoid (text), the indicators, and all further columns of the file.

    Tracts without indicators have a tier all the same; their indicators are missing.
    """
    table = pd.read_csv(path, dtype={"geoid": str, "tract": str})
    return table.rename(columns={theirs: ours for ours, theirs in INDICATORS.items()})


def tracts_of_year(tracts: pd.DataFrame, year: int) -> pd.DataFrame:
    """Tracts of one year, as levers and maps of the displaced want them.

    tracts: raw table, one row a year and tract. Columns geoid, school_age_children, ses_score (mean
    of the six indicators, missing where one is), the indicators, and tier_<year> of every year.
    """
    own = tracts[tracts["year"] == year].set_index("tract")
    tiers = tracts.set_index(["tract", "year"])["tier"].unstack("year").add_prefix("tier_")
    table = own[["children", *INDICATORS]].rename(columns={"children": "school_age_children"})
    table = table.assign(ses_score=own[list(INDICATORS)].mean(axis=1, skipna=False))
    return table.join(tiers).rename_axis("geoid").reset_index()
