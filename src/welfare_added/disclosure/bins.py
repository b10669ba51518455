"""Binned scatter plots whose bins hold enough teachers and schools each."""

import numpy as np
import pandas as pd

from welfare_added.disclosure.profiles import Profile
from welfare_added.value_added.group_pairs import PANELS, points

MOST_BINS = 20


def scatter_bins(value_added: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Bin means for figures 2 and A.1, so that no mark is a single teacher.

    Teacher-years are sorted by x and cut into the largest number of equal-sized bins, at most 20,
    that hold enough teachers and schools each; into one bin if no number suffices.

    Returns
    -------
    DataFrame
        panel, bin, x, y (means) [student SD], teacher_years, teachers, schools, correlation,
        slope (of all teacher-years).

    """
    schools = value_added.drop_duplicates(["teacher_id", "year"])
    schools = schools.set_index(["teacher_id", "year"])["school_id"]
    parts = []
    for panel in PANELS:
        cloud = points(value_added, panel).join(schools, on=["teacher_id", "year"])
        cloud = cloud.sort_values(["x", "y"], ignore_index=True)
        table = _most_bins(cloud, profile)
        slope = np.cov(cloud["x"], cloud["y"])[0, 1] / cloud["x"].var()
        parts.append(
            table.assign(panel=panel, correlation=cloud["x"].corr(cloud["y"]), slope=slope)
        )
    columns = ["panel", *table.columns, "correlation", "slope"]
    return pd.concat(parts, ignore_index=True)[columns]


def _most_bins(cloud: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    for number in range(MOST_BINS, 0, -1):
        cloud = cloud.assign(bin=np.arange(len(cloud)) * number // len(cloud) + 1)
        table = (
            cloud.groupby("bin")
            .agg(
                x=("x", "mean"),
                y=("y", "mean"),
                teacher_years=("x", "size"),
                teachers=("teacher_id", "nunique"),
                schools=("school_id", "nunique"),
            )
            .reset_index()
        )
        enough = (table["teachers"] >= profile.teachers) & (table["schools"] >= profile.schools)
        if enough.all():
            return table
    return table
