"""All tables of the reallocation of a district's teachers: table 2 and its variants."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from welfare_added.market.district_tables import DistrictTables, district_arrays
from welfare_added.market.reallocation import in_percentiles, reallocation_table
from welfare_added.market.reallocation_curves import (
    moved_curve,
    replacement_curve,
    sorting_table,
    source_table,
    support_table,
)


def reallocation_tables(
    tables: DistrictTables,
    *,
    lowest: float,
    replaced: Sequence[float],
    moved: Sequence[float],
    bins: int,
) -> dict[str, pd.DataFrame]:
    """Tables by name.

    reallocation (table 2), percentiles (A4, in percentiles of the score), constant_size (A5, also
    the actual allocation with classes of one size), replacement (figure A6), moved (A7), sorting
    (A8), sources (A8's two parts of the gain), support (A9), district (numbers of teachers and
    schools). lowest: share of teachers that table 2 replaces; replaced, moved: shares of the
    curves; bins: of figures.
    """
    district = district_arrays(tables)
    scores = tables.scores
    percentiles = in_percentiles(
        district.mu, scores["mean"].to_numpy(float), scores["std"].to_numpy(float)
    )
    size = {"teachers": [len(district.mu)], "schools": [int((district.seats > 0).sum())]}
    return {
        "reallocation": reallocation_table(district, lowest),
        "percentiles": reallocation_table(replace(district, mu=percentiles), lowest),
        "constant_size": reallocation_table(district.constant_class_size(), lowest),
        "replacement": replacement_curve(district, replaced),
        "moved": moved_curve(district, moved),
        "sorting": sorting_table(district, bins),
        "sources": source_table(district),
        "support": support_table(tables.past, tables.observed, district, bins),
        "district": pd.DataFrame(size),
    }
