"""Schools by year: class size, who attends, and where they lie."""

import numpy as np
import pandas as pd

SCHOOL_YEAR = ["school_id", "year"]
DECIMALS = 8  # of means; further digits depend on the order of sums


def school_table(enrolled: pd.DataFrame) -> pd.DataFrame:
    """Features of every school and year (Bates et al. 2022, sections 3.1, 5.2).

    Parameters
    ----------
    enrolled
        Students of the grades and years studied, linked to a class or not: student_id, year,
        school_id, class_row (-1: not linked), score (missing: not tested), type, above_median,
        economically_disadvantaged, ethnicity, in_market, title1, latitude, longitude.

    Returns
    -------
    DataFrame
        school_id, year, in_market (bool), class_size (mean over classes of the students tested;
        missing where no class is), share_disadvantaged (of type 1),
        share_economically_disadvantaged, share_black, share_hispanic, share_above_median (of those
        with a score of last year), title1, latitude, longitude, students; sorted by school_id and
        year. Shares are of students for whom it is known.

    """
    race = enrolled["ethnicity"]
    counted = enrolled.assign(
        share_disadvantaged=enrolled["type"],
        share_economically_disadvantaged=enrolled["economically_disadvantaged"],
        share_black=(race == "black").astype(float).where(race.notna()),
        share_hispanic=(race == "hispanic").astype(float).where(race.notna()),
        share_above_median=enrolled["above_median"],
    )
    shares = [name for name in counted if name.startswith("share_")]
    groups = counted.groupby(SCHOOL_YEAR)
    table = groups[shares].mean().round(DECIMALS)
    table["students"] = groups.size()
    table["class_size"] = class_sizes(enrolled).round(DECIMALS)
    fixed = ["in_market", "title1", "latitude", "longitude"]
    table = table.join(groups[fixed].first())
    columns = [*SCHOOL_YEAR, "in_market", "class_size", *shares, *fixed[1:], "students"]
    return table.reset_index()[columns].astype({"in_market": bool})


def class_sizes(enrolled: pd.DataFrame) -> pd.Series:
    """Mean number of students tested a class, by school and year; empty classes do not count."""
    tested = enrolled[(enrolled["class_row"] >= 0) & enrolled["score"].notna()]
    sizes = tested.groupby([*SCHOOL_YEAR, "class_row"]).size()
    return sizes.groupby(SCHOOL_YEAR).mean().astype(np.float64)
