"""Estimated effectiveness beside district measures and students' traits (tables A1 and A2)."""

import numpy as np
import pandas as pd
import statsmodels.api as sm

from welfare_added.district.values import RawTables
from welfare_added.transfers.design import Design
from welfare_added.transfers.records import Records
from welfare_added.transfers.sorting import slope_by_group

MEASURES = ("math_value_added", "reading_value_added", "survey", "observation")
TRAITS = {"prev_score": None, "non_white": "minority", "low_income": "low_income"}
FEWEST = 3  # teachers with a measure of whom a slope and its error can be had


def measures_by_teacher(raw: RawTables, records: Records) -> pd.DataFrame:
    """Mean of each district measure over a teacher's studied years: teacher, `MEASURES`.

    Empty without the table district_evaluations.
    """
    if "district_evaluations" not in raw.tables:
        return pd.DataFrame(columns=["teacher", *MEASURES])
    rows = raw.tables["district_evaluations"]
    rows = rows[rows["year"].isin(records.years)]
    means = rows.groupby("teacher_id")[list(MEASURES)].mean().astype(float)
    place = records.teachers.get_indexer(means.index)
    means = means.assign(teacher=place)[place >= 0]
    return means[["teacher", *MEASURES]].sort_values("teacher", ignore_index=True)


def measures_held(raw: RawTables, measures: pd.DataFrame) -> pd.DataFrame:
    """Which district measures there are: measure, first_year, observations (teachers)."""
    if measures.empty:
        return pd.DataFrame(columns=["measure", "first_year", "observations"])
    rows = raw.tables["district_evaluations"]
    held = [
        (name, int(rows["year"][rows[name].notna()].min()), int(measures[name].notna().sum()))
        for name in MEASURES
        if measures[name].notna().any()
    ]
    return pd.DataFrame(held, columns=["measure", "first_year", "observations"])


def slopes_of_measures(measures: pd.DataFrame, theta: np.ndarray) -> pd.DataFrame:
    """Slopes of district measures on effectiveness, a teacher a row (table A1).

    The table's note has it the other way round; its slopes only make sense so.

    Parameters
    ----------
    measures
        Of `measures_by_teacher`.
    theta
        (T,) posterior mean of effectiveness.

    Returns
    -------
    DataFrame
        measure, slope, se, observations, correlation; measures of fewer than three teachers, or
        that never differ, are left out.

    """
    rows = []
    for name in MEASURES:
        own = measures[measures[name].notna()]
        if len(own) < FEWEST or own[name].nunique() < 2:
            continue
        effective = theta[own["teacher"].to_numpy(int)]
        slope, error = _slope(own[name].to_numpy(float), effective)
        correlation = float(np.corrcoef(own[name].to_numpy(float), effective)[0, 1])
        rows.append((name, slope, error, len(own), correlation))
    return pd.DataFrame(rows, columns=["measure", "slope", "se", "observations", "correlation"])


def slopes_of_students(design: Design, theta: np.ndarray) -> pd.DataFrame:
    """Slopes of students' traits on their teachers' effectiveness (table A2).

    One row a pair of student and teacher. Returns trait, slope, se (as published: pairs count as
    independent), se_by_teacher, pairs.
    """
    records, pairs = design.records, design.pairs
    of_position = records.positions["teacher_year"].to_numpy()[pairs.position]
    teacher = records.teacher_years["teacher"].to_numpy()[of_position]
    effective = theta[teacher]
    rows = []
    for name, column in TRAITS.items():
        values = (
            pairs.previous if column is None else records.students[column].to_numpy()[pairs.student]
        )
        slope, error = _slope(values, effective)
        of_groups = slope_by_group(*map(pd.Series, (values, effective, teacher)))[1]
        rows.append((name, slope, error, of_groups, len(values)))
    return pd.DataFrame(rows, columns=["trait", "slope", "se", "se_by_teacher", "pairs"])


def _slope(outcome: np.ndarray, regressor: np.ndarray) -> tuple[float, float]:
    """Slope on a regressor and a constant, and its standard error."""
    fit = sm.OLS(outcome, sm.add_constant(regressor, has_constant="add")).fit()
    return float(fit.params[1]), float(fit.bse[1])
