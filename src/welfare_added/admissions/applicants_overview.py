"""What the overview of a user's tables reports of the applicants who can be used."""

from collections.abc import Sequence

import pandas as pd

from welfare_added.admissions.applicants import Applicants
from welfare_added.admissions.setting import lists_of
from welfare_added.district.overview import SampleCounts


def applicants_overview(
    applicants: Applicants, schools: pd.DataFrame, *, studied: int, high: float
) -> SampleCounts:
    """Counts of applicants by year and restriction, and of those who list each school.

    schools: application_year, school_id, seats. studied: year whose admission is simulated. high:
    score of high-scoring applicants.
    """
    steps = applicants.steps.pivot_table(
        index="step", columns="application_year", values="applicants", sort=False
    )
    steps = steps.sort_index(axis=1).rename(columns=str).reset_index()
    of_year = applicants.table[applicants.table["application_year"] == studied]
    there = schools[schools["application_year"] == studied].sort_values("school_id")
    caption = f"Applicants of {studied} who can be used, by school:"
    notes = [*_ties(of_year), *_high_scores(applicants.table, high)]
    return SampleCounts(steps, {caption: _by_school(of_year, there)}, notes)


def _by_school(applicants: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """school, seats, listed (applicants who list it), first (who want it most)."""
    lists = lists_of(applicants, schools["school_id"])
    rows = [
        (school, seats, int((lists == place).any(axis=1).sum()), int((lists[:, 0] == place).sum()))
        for place, (school, seats) in enumerate(
            zip(schools["school_id"], schools["seats"], strict=True)
        )
    ]
    return pd.DataFrame(rows, columns=["school", "seats", "listed by", "wanted most by"])


def _ties(applicants: pd.DataFrame) -> list[str]:
    tied = int(applicants["composite_score"].duplicated(keep=False).sum())
    return [
        f"{tied:,} of {len(applicants):,} applicants have the score of another: further points, "
        "and at last a random number, put them in order"
    ]


def _high_scores(applicants: pd.DataFrame, high: float) -> list[str]:
    """A sentence on the sample of most regressions and of the LASSO."""
    rows = applicants[applicants["composite_score"] >= high]
    years: Sequence[int] = sorted(applicants["application_year"].unique())
    counts = rows.groupby("application_year").size().reindex(years, fill_value=0)
    texts = ", ".join(f"{count:,} in {year}" for year, count in counts.items())
    return [f"scores of {high:g} or more, on the scale from 0 to 100: {texts}"]
