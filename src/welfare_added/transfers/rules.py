"""Rules of a transfer system as its records show them (Laverde et al. 2023, sections 2.1, 3.1)."""

import numpy as np
import pandas as pd

from welfare_added.district.values import RawTables
from welfare_added.transfers.design import Design


def rules_of_system(raw: RawTables, design: Design) -> dict[str, float]:
    """Facts of the rules, by name: what the text says of years, grades, rounds and lists.

    Of automatic interviews the largest number in a list, NaN where the column is not given.
    """
    records, tables = design.records, raw.tables
    grade, menus = records.students["grade"], design.menus
    interviews = tables["interviews"]
    automatic = interviews["automatic"].to_numpy(float) == 1
    seen = interviews["interviewed"].to_numpy() == 1
    known = interviews["automatic"].notna().any()
    return {
        "its_years": len(records.years),
        "its_first_year": records.years[0],
        "its_last_year": records.years[-1],
        "rounds_per_year": tables["vacancies"].groupby("year")["round"].nunique().max(),
        "lowest_grade": grade.min(),
        "highest_grade": grade.max(),
        "most_menus_per_teacher": menus.groupby("teacher").size().max(),
        "senior_automatic_interviews": _longest(interviews[automatic]) if known else np.nan,
        "most_other_interviews": _longest(interviews[seen & ~automatic]) if known else np.nan,
        "most_ranked": tables["rankings"]["rank"].max(),
        "popular_not_ranked": popular_not_ranked(interviews[seen], tables["rankings"]),
    }


def _longest(rows: pd.DataFrame) -> int:
    return int(rows.groupby("vacancy_id").size().max()) if len(rows) else 0


def popular_not_ranked(interviews: pd.DataFrame, rankings: pd.DataFrame) -> float:
    """Share not ranked by positions that do not rank them first: popular candidates less others.

    A candidate is popular if several positions rank her first. Of interviews that took place; NaN
    if nobody is popular, or nobody else was interviewed.

    """
    rows = interviews.merge(rankings, on=["vacancy_id", "teacher_id"], how="left")
    first = rows["rank"] == 1
    popular = first.groupby(rows["teacher_id"]).transform("sum") > 1
    unranked, elsewhere = rows["rank"].isna(), ~first
    own, others = unranked[popular & elsewhere], unranked[~popular & elsewhere]
    if own.empty or others.empty:
        return np.nan
    return float(own.mean() - others.mean())
