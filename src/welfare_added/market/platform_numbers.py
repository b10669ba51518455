"""Numbers of the text on the platform (sections 2, 4 and 5.3): name, value."""

import numpy as np
import pandas as pd

from welfare_added.market.platform import Platform
from welfare_added.market.samples import EVERYONE

DECIMALS = 8


def text_numbers(
    platform: Platform, tables: dict[str, pd.DataFrame], schools: pd.DataFrame
) -> pd.DataFrame:
    """Numbers that the text states of applications, positions and timing.

    Parameters
    ----------
    tables
        timing, stock_flow, outcome_days and class_size_bins, by name.
    schools
        Of records.

    """
    sizes = platform.pairs.groupby("applicant")["applied"].agg(["size", "sum"])
    of_panel = tables["stock_flow"].set_index(["panel", "statistic"])["value"]
    day = tables["outcome_days"].set_index("group")["mean"]
    month = tables["timing"].set_index(["group", "month"])["share"]
    last = tables["class_size_bins"].iloc[-1]
    everyone = last["share"] if last["share_disadvantaged"] >= EVERYONE else 0.0
    made, positions = platform.applications, platform.positions
    found = {
        "applications": len(made),
        "positions": len(positions),
        "pairs": len(platform.pairs),
        "applicant_years": len(platform.applicants),
        "application_rate": platform.pairs["applied"].mean(),
        "schools_posting": positions["school_id"].nunique(),
        "first_year": positions["year"].min(),
        "last_year": positions["year"].max(),
        "wait_median_stock": of_panel["stock", "wait_median"],
        "wait_median_flow": of_panel["flow", "wait_median"],
        "stock_age_mean": of_panel["stock", "age_mean"],
        **{f"stop_{name}": of_panel["stop", name] for name in ("april", "may", "june")},
        "share_schools_all_disadvantaged": everyone,
        "choice_set_mean": sizes["size"].mean(),
        "application_set_mean": sizes["sum"].mean(),
        "notes_earlier_days": day["no_notes"] - day["with_notes"],
        "median_above_share_early": month["above_median"][["april", "may"]].sum(),
        "class_size_slope": class_size_slope(schools),
    }
    table = pd.DataFrame({"name": list(found), "value": [float(one) for one in found.values()]})
    return table.round({"value": DECIMALS})


def class_size_slope(schools: pd.DataFrame) -> float:
    """Slope of class size on share disadvantaged over the market's school-years, by students."""
    own = schools[schools["in_market"].to_numpy(bool)]
    own = own[own["class_size"].notna() & own["share_disadvantaged"].notna()]
    share, size, weight = (
        own[name].to_numpy(float) for name in ("share_disadvantaged", "class_size", "students")
    )
    centred = share - np.average(share, weights=weight)
    return float((weight * centred * size).sum() / (weight * centred**2).sum())
