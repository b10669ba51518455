"""Characteristics of districts by year: their own, their teachers', their scores (tables 2, A1)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError

KEY = ["district_id", "year"]
OF_DISTRICT = ("enrolment", "property_value", "disadvantaged", "black")
LOCATIONS = ("urban", "suburban")  # rural is what is left
DEGREES = ("BA", "MA", "PhD")
JUNIOR, SENIOR = "salary_junior", "salary_senior"


def district_years(
    districts: pd.DataFrame,
    teacher_years: pd.DataFrame,
    *,
    junior: float,
    senior: float,
    cells: pd.DataFrame | None = None,
    subjects: Sequence[str] = ("math", "reading"),
    value_added: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One row a district and year, of the districts' table.

    Parameters
    ----------
    districts
        `KEY`, regime, location, `OF_DISTRICT`.
    teacher_years
        teacher_id, `KEY`, salary [dollars], seniority [years], degree.
    junior, senior
        salary_junior is of teachers of at most ``junior`` years, salary_senior of more than
        ``senior`` (5 and 20 in table 2).
    cells
        `KEY`, subject, n_pupils, mean_score; no scores without.
    subjects
        Those of the mean scores.
    value_added
        teacher_id, value_added, from `panel.one_value_added`; no mean without.

    Returns
    -------
    DataFrame
        `KEY`, regime, `OF_DISTRICT`, urban, suburban (0.0 or 1.0), salary, salary_junior,
        salary_senior, experience, BA, MA, PhD (shares), and if given score_<subject> (weighted by
        pupils) and value_added; means over teachers, missing where there are none.

    Raises
    ------
    UserError
        If a district and year recurs, or a column is not there.

    """
    columns = [*KEY, "regime", "location", *OF_DISTRICT]
    if lacking := [name for name in columns if name not in districts]:
        raise UserError(f"districts: no column {', '.join(lacking)}")
    if repeated := int(districts.duplicated(KEY).sum()):
        raise UserError(f"districts: {repeated:,} rows repeat a district's year; keep one each")
    table = districts[columns]
    for name in LOCATIONS:
        table = table.assign(**{name: (table["location"] == name) * 1.0})
    parts = [_of_teachers(teacher_years, junior, senior, value_added)]
    if cells is not None:
        parts.append(_of_scores(cells, subjects))
    for part in parts:
        table = table.merge(part, on=KEY, how="left", validate="one_to_one")
    return table.drop(columns="location").sort_values(KEY, ignore_index=True)


def _of_teachers(
    rows: pd.DataFrame, junior: float, senior: float, value_added: pd.DataFrame | None
) -> pd.DataFrame:
    values = {
        "salary": rows["salary"],
        JUNIOR: rows["salary"].where(rows["seniority"] <= junior),
        SENIOR: rows["salary"].where(rows["seniority"] > senior),
        "experience": rows["seniority"],
        **{name: (rows["degree"] == name).where(rows["degree"].notna()) for name in DEGREES},
    }
    if value_added is not None:
        by_teacher = value_added.set_index("teacher_id")["value_added"]
        values["value_added"] = rows["teacher_id"].map(by_teacher)
    made = rows[KEY].assign(**{name: one.astype(float) for name, one in values.items()})
    return made.groupby(KEY, sort=True).mean().reset_index()


def _of_scores(cells: pd.DataFrame, subjects: Sequence[str]) -> pd.DataFrame:
    rows = cells[cells["subject"].isin(list(subjects)) & cells["mean_score"].notna()]
    product = rows["mean_score"] * rows["n_pupils"]
    sums = rows.assign(product=product).groupby([*KEY, "subject"], sort=True)
    sums = sums[["product", "n_pupils"]].sum()
    mean = (sums["product"] / sums["n_pupils"].replace(0, np.nan)).unstack("subject")
    mean.columns = [f"score_{name}" for name in mean.columns]
    return mean.reset_index()
