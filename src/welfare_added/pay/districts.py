"""Districts: consolidations, regimes after Act 10, and one row a district and year."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

WEIGHTED = ("latitude", "longitude", "property_value", "disadvantaged", "black")
NAMES = {
    "cesa": "market",
    "property_value_per_pupil": "property_value",
    "share_disadvantaged": "disadvantaged",
    "share_black": "black",
}


def successors(consolidations: pd.DataFrame | None) -> dict[str, str]:
    """District that each ended one belongs to in the end; chains are followed.

    Raises
    ------
    ValueError
        If districts follow each other in a circle.

    """
    if consolidations is None:
        return {}
    pairs = zip(consolidations["old_district"], consolidations["new_district"], strict=True)
    after = dict(pairs)
    made = {}
    for old in after:
        new, seen = after[old], {old}
        while new in after:
            if new in seen:
                raise ValueError(f"consolidations: {new} follows itself")
            seen.add(new)
            new = after[new]
        made[old] = new
    return made


def renamed(table: pd.DataFrame, after: Mapping[str, str]) -> pd.DataFrame:
    """A table whose ended districts have the names of those that they became part of."""
    if not after:
        return table
    name = table["district_id"]
    return table.assign(district_id=name.map(after).fillna(name).astype(name.dtype))


def regimes(handbooks: pd.DataFrame) -> pd.Series:
    """IS or SS by district_id; districts whose handbook does not say are left out.

    Where column regime is empty, individual salaries are those of a handbook without a schedule
    or with a mention of merit (section 3.3).
    """
    schedule, merit = handbooks["has_schedule"], handbooks["mentions_merit"]
    parts = np.select(
        [(schedule == 0) | (merit == 1), (schedule == 1) & (merit == 0)], ["IS", "SS"], ""
    )
    named = handbooks["regime"].fillna("").to_numpy(str)
    regime = pd.Series(np.where(named == "", parts, named), index=handbooks["district_id"])
    return regime[regime != ""]


def district_years(
    districts: pd.DataFrame, salaries: pd.Series, regime: pd.Series, after: Mapping[str, str]
) -> pd.DataFrame:
    """One row a district and year, with the columns of `frames.DISTRICTS`.

    Districts that became one are added up: pupils and wages are sums, shares, property and places
    means weighted by pupils, market and location those of the largest.

    Parameters
    ----------
    districts
        The raw table.
    salaries
        Sum of teachers' salaries [$] by district_id (before consolidation) and year, for where
        the table has no wage bill.
    regime, after
        From `regimes` and `successors`.

    """
    own = districts.rename(columns=NAMES)
    keys = pd.MultiIndex.from_frame(own[["district_id", "year"]])
    staff = salaries.reindex(keys).to_numpy()
    own = renamed(own.assign(wage_bill=own["wage_bill"].fillna(pd.Series(staff))), after)
    own = own.sort_values(["district_id", "year", "enrolment"], kind="stable", ignore_index=True)
    key = ["district_id", "year"]
    pupils = own["enrolment"].to_numpy(float)
    sums = own[["enrolment", "wage_bill"]]
    means = own[list(WEIGHTED)].mul(pupils, axis=0)
    group = [own["district_id"], own["year"]]
    total = sums.groupby(group, sort=False).sum(min_count=1)
    mean = means.groupby(group, sort=False).sum(min_count=1).div(total["enrolment"], axis=0)
    largest = own.drop_duplicates(key, keep="last").set_index(key)[["market", "location"]]
    single = ~own.duplicated(key, keep=False)
    made = pd.concat([largest, total, mean], axis=1).reset_index()
    exact = own[single].set_index(key)[list(WEIGHTED)]  # as given, without rounding of a mean
    made = made.set_index(key)
    made.loc[exact.index, list(WEIGHTED)] = exact
    made = made.reset_index()
    named = made["district_id"].map(regime).fillna("none")
    return made.assign(regime=named)
