"""Tables A.3 and A.4: tiers of applications against tiers of addresses."""

import pandas as pd

from welfare_added.admissions.moves import printed_table
from welfare_added.exhibits.ellison_2020.labels import SAMPLES
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn


def table_a3(shares: pd.DataFrame, *, note: str) -> Drawn:
    """Tier applied from (rows) against tier of the address in grade 7 (columns), by cohort."""
    return _table(shares[shares["grade"] == 7], "tier_application", note)


def table_a4(shares: pd.DataFrame, *, note: str) -> Drawn:
    """Tier of the address in grade 9 (rows) against tier applied from (columns), by cohort."""
    return _table(shares[shares["grade"] == 9], "tier_enrolled", note)


def _table(shares: pd.DataFrame, rows: str, note: str) -> Drawn:
    data = shares.drop(columns="grade").reset_index(drop=True)
    wide = printed_table(data, rows)
    panels = {
        SAMPLES[sample]: [
            [str(tier), *(number(share, 2) for share in shares)]
            for (_, tier), shares in zip(part.index, part.to_numpy(), strict=True)
        ]
        for sample, part in wide.groupby(level="sample", sort=False)
    }
    heads = ["Tier", *(f"{cohort}: {tier}" for cohort, tier in wide.columns)]
    return data, tabular(heads, panels, note)
