"""Rules of the data that the paper states and the study's choices hold."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.sorting.panel import one_value_added


def rules_stated(chosen: Mapping) -> dict[str, float]:
    """Rules by name, in the paper's units.

    chosen: pay, grade_means, salaries, matching and offers, parts of the configuration, and
    last_year of the panel.
    """
    pay, means, salaries = (chosen[name] for name in ("pay", "grade_means", "salaries"))
    matching, offers = chosen["matching"], chosen["offers"]
    markets = dict(zip(("first", "second"), offers["left_out_markets"], strict=False))
    return {
        "contract_days": pay["contract_days"],
        "trimmed_percent": 100 * max(pay["trim"]),
        "months_a_year": pay["months_a_year"],
        "seniority_class_years": pay["class_years"],
        "extreme_value_added_sd": means["extreme_sd"],
        **{
            f"{level}_{side}_grade": grade
            for level, grades in means["levels"].items()
            for side, grade in zip(("lowest", "highest"), grades, strict=True)
        },
        "post_years": chosen["last_year"] - pay["first_post_year"] + 1,
        "panel_last_year": chosen["last_year"],
        "value_added_first_year": means["years"][0],
        "value_added_last_year": means["years"][1],
        "salary_first_year": salaries["before"][0],
        "salary_last_year_before": salaries["before"][1],
        "salary_first_year_after": salaries["after"][0],
        "salary_last_year": salaries["after"][1],
        "table_3_most_years": salaries["most_years"]["table_3"],
        "figure_1_most_years": salaries["most_years"]["figure_1"],
        "matching_short_years": matching["short_years"],
        "matching_long_years": matching["long_years"],
        "estimation_year": offers["year"],
        **{f"{place}_market_left_out": number for place, number in markets.items()},
        "deltas": len(offers["deltas"]),
        "largest_delta": max(offers["deltas"]),
    }


def extreme_percent(value_added: pd.DataFrame, column: str, limit: float) -> float:
    """Percent of teachers whose value added is beyond so many SDs; nothing is left out before."""
    size = np.abs(one_value_added(value_added, column)["value_added"])
    return float(100 * (size > limit).mean())


def mean_quality(panel: pd.DataFrame, district: str, year: int) -> float:
    """Mean value added [SD] of a district's teachers in a year, of those who have it."""
    own = panel[(panel["district_id"] == district) & (panel["year"] == year)]
    return float(own["quality"].mean())
