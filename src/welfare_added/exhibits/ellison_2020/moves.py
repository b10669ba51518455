"""Tables A.3 and A.4: tiers of applications against tiers of addresses."""

import pandas as pd

from welfare_added.exhibits.ellison_2020.labels import SAMPLES
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn


def table_a3(shares: pd.DataFrame, *, note: str) -> Drawn:
    """Tier applied from (rows) against tier of the address in grade 7 (columns), by cohort."""
    return _table(shares[shares["grade"] == 7], "tier_application", "tier_enrolled", note)


def table_a4(shares: pd.DataFrame, *, note: str) -> Drawn:
    """Tier of the address in grade 9 (rows) against tier applied from (columns), by cohort."""
    return _table(shares[shares["grade"] == 9], "tier_enrolled", "tier_application", note)


def _table(shares: pd.DataFrame, rows: str, columns: str, note: str) -> Drawn:
    data = shares.drop(columns="grade").reset_index(drop=True)
    cells = data.set_index(["sample", rows, "cohort", columns])["share"]
    cohorts, tiers = sorted(data["cohort"].unique()), sorted(data[rows].unique())
    places = [(cohort, tier) for cohort in cohorts for tier in tiers]
    panels = {
        title: [
            [str(tier), *(number(cells[(sample, tier, *place)], 2) for place in places)]
            for tier in tiers
        ]
        for sample, title in SAMPLES.items()
        if sample in set(data["sample"])
    }
    heads = ["Tier", *(f"{cohort}: {tier}" for cohort, tier in places)]
    return data, tabular(heads, panels, note)
