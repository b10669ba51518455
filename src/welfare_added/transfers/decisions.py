"""What happened to each teacher in the transfer system: applications, offers, ranks."""

import numpy as np
import pandas as pd

from welfare_added.district.values import RawTables
from welfare_added.transfers.records import Records


def decisions_by_teacher(raw: RawTables, records: Records) -> pd.DataFrame:
    """One row a teacher by number: applications, offers, ranked, rank_sum (of her ranks)."""
    tables, teachers = raw.tables, records.teachers

    def count(table: str, weights: str | None = None) -> np.ndarray:
        rows = tables[table]
        place = teachers.get_indexer(rows["teacher_id"])
        known = place >= 0
        of = None if weights is None else rows[weights].to_numpy(float)[known]
        return np.bincount(place[known], of, len(teachers))

    return pd.DataFrame(
        {
            "applications": count("applications"),
            "offers": count("offers"),
            "ranked": count("rankings"),
            "rank_sum": count("rankings", "rank"),
        }
    )
