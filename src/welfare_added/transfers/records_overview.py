"""What the overview of a user's tables reports of the sample and of the transfer system."""

import numpy as np
import pandas as pd

from welfare_added.district.overview import SampleCounts
from welfare_added.district.values import RawTables
from welfare_added.transfers.design import Design, remarks


def records_overview(raw: RawTables, design: Design) -> SampleCounts:
    """Counts of rows by restriction, of the transfer system by year, and what limits the study."""
    records, system, tables = design.records, design.system, raw.tables
    people = records.teacher_years
    taught = len(np.unique(design.pairs.position))
    positions = tables["positions"][tables["positions"]["year"].isin(records.years)]
    steps = pd.DataFrame(
        [
            ("positions of the years studied", len(positions)),
            ("of half time or more, with a teacher", len(records.positions)),
            (
                "with students who have scores of this year and last",
                taught,
            ),
            ("pairs of these students and teachers", len(design.pairs.score)),
        ],
        columns=["restriction", "rows"],
    )
    by_year = pd.DataFrame(
        {
            "teachers": people.groupby("year").size(),
            "vacancies": tables["vacancies"].groupby("year").size(),
            "menus": design.menus.groupby("year").size(),
        }
    )
    by_year = by_year.reindex(records.years).fillna(0).astype(int)
    by_year = by_year.rename_axis("year").reset_index()
    counts = {"The transfer system by year:": by_year}
    return SampleCounts(steps, counts, remarks(system, records))
