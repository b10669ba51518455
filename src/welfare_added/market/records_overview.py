"""What the overview of a user's tables reports of the state's records and the hiring platform."""

from collections.abc import Mapping

import pandas as pd

from welfare_added.district.overview import SampleCounts
from welfare_added.market.records import Records


def records_overview(records: Records, tables: Mapping[str, pd.DataFrame]) -> SampleCounts:
    """Counts of the sample by restriction, of the platform by cycle, and what limits the study.

    tables: the platform's raw tables.
    """
    counted = {name: tables[name]["cycle"].value_counts() for name in ("vacancies", "applicants")}
    cycle_of = tables["vacancies"].set_index("position_id")["cycle"]
    counted["applications"] = tables["applications"]["position_id"].map(cycle_of).value_counts()
    by_cycle = pd.DataFrame(counted).sort_index()
    by_cycle = by_cycle.fillna(0).astype(int).rename_axis("cycle").reset_index()
    applicants = tables["applicants"]
    unlinked = int(applicants["teacher_id"].isna().sum())
    one = records.teachers.groupby("teacher_id")["year"].nunique()
    notes = [
        f"{unlinked:,} of {len(applicants):,} applicants of a cycle have no teacher_id: they have "
        "no value added",
        f"{int((one == 1).sum()):,} of {len(one):,} teachers are seen in one year: nothing tests "
        "their forecasts",
    ]
    return SampleCounts(records.steps, {"The hiring platform by cycle:": by_cycle}, notes)
