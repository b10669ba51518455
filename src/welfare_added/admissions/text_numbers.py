"""Numbers of the text of Ellison and Pathak (2020) that no other table holds."""

import pandas as pd

from welfare_added.admissions.tracts import INDICATORS


def text_numbers(
    applicants: pd.DataFrame,
    paths: pd.DataFrame,
    checks: pd.DataFrame,
    enrolments: pd.DataFrame | None,
) -> pd.DataFrame:
    """Table of quantity and value.

    applicants: table of `Applicants`. paths, checks: of `Predicted`. enrolments: with the column
    year; None without any. indicators.lowest and highest: over all applicants' tracts.
    lasso.standard_errors_above_least: error at the chosen penalty less the least, over the standard
    error at the least, without free lunch. lasso.added_candidates: besides the six indicators.
    """
    indicators = applicants[list(INDICATORS)]
    path = paths[paths["variant"] == "without_frpl"]
    least = path[path["minimum"] == 1].iloc[0]
    chosen = path[path["chosen"] == 1].iloc[0]
    candidates = checks.loc[checks["variant"] == "without_frpl", "candidates"].iloc[0]
    found = {
        "indicators.lowest": indicators.min().min(),
        "indicators.highest": indicators.max().max(),
        "tracts.community_areas": applicants["community_area"].nunique(),
        "lasso.standard_errors_above_least": (chosen["error"] - least["error"])
        / least["standard_error"],
        "lasso.added_candidates": candidates - len(INDICATORS),
    }
    if enrolments is not None:
        years = enrolments["year"]
        found |= {"enrolments.first_year": years.min(), "enrolments.last_year": years.max()}
    return pd.Series(found, name="value").rename_axis("quantity").reset_index()
