"""What a district would pay a teacher, from the salary equation (eq. 16)."""

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.sorting.logistic import of_value_added
from welfare_added.sorting.salary_equation import SalaryEquation


def predict_salaries(
    equation: SalaryEquation,
    period: str,
    district: np.ndarray,
    seniority_class: np.ndarray,
    degree: np.ndarray,
    value_added: np.ndarray,
) -> pd.DataFrame:
    """Salary of teachers in districts, one row a pair.

    Parameters
    ----------
    equation
        From `estimate_salary_equation`.
    period
        One of its periods.
    district, seniority_class, degree, value_added
        (n,) district_id, class, label of the degree, and value added [SD] of each pair.

    Returns
    -------
    DataFrame
        salary [dollars; missing where the district has no salary for the cell, or delta is not
        identified there], outside (no teacher-year of the district is in the cell). Classes beyond
        the last one of the state count as the last, and as outside.

    Raises
    ------
    UserError
        If a district, degree or period is not of the equation, or a class is missing.

    """
    if period not in equation.periods:
        raise UserError(f"salary equation: no period {period}; want {', '.join(equation.periods)}")
    p = equation.periods.index(period)
    j = _codes(equation.districts, district, "districts")
    d = _codes(equation.degrees, degree, "degrees")
    classes = np.asarray(seniority_class, dtype=float)
    if lacking := int((np.isnan(classes) | (classes < 0)).sum()):
        raise UserError(f"salary equation: {lacking:,} rows without a class of seniority")
    k = np.minimum(classes, len(equation.classes) - 1).astype(int)
    pay = of_value_added(value_added, equation.function) * equation.delta[p, j]
    return pd.DataFrame(
        {
            "salary": equation.level[p, j, k, d] + pay,
            "outside": ~equation.filled[p, j, k, d] | (classes > k),
        }
    )


def share_outside(equation: SalaryEquation, panel: pd.DataFrame, periods: dict) -> pd.DataFrame:
    """Share of the state's teacher-years for whom a district has nobody of her cell to go by.

    Parameters
    ----------
    equation
        From `estimate_salary_equation`.
    panel
        year, seniority_class, degree: those to whom salaries are predicted.
    periods
        First and last year by name.

    Returns
    -------
    DataFrame
        period, district_id, outside (share of teacher-years in cells that the district does not
        fill), missing (share without any prediction).

    """
    tables = []
    for p, name in enumerate(equation.periods):
        first, last = periods[name]
        rows = panel[panel["year"].between(first, last)].dropna(
            subset=["seniority_class", "degree"]
        )
        k = np.minimum(rows["seniority_class"], len(equation.classes) - 1).astype(int).to_numpy()
        d = _codes(equation.degrees, rows["degree"].to_numpy(), "degrees")
        shape = equation.level.shape[2:]
        counts = np.bincount(k * shape[1] + d, minlength=shape[0] * shape[1]).reshape(shape)
        weight = counts / max(counts.sum(), 1)
        none = np.isnan(equation.level[p]) | np.isnan(equation.delta[p])[:, None, None]
        tables.append(
            pd.DataFrame(
                {
                    "period": name,
                    "district_id": equation.districts,
                    "outside": (weight * ~equation.filled[p]).sum(axis=(1, 2)),
                    "missing": (weight * none).sum(axis=(1, 2)),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _codes(labels, values: np.ndarray, what: str) -> np.ndarray:
    codes = pd.Index(labels).get_indexer(np.asarray(values))
    if lacking := int((codes < 0).sum()):
        raise UserError(
            f"salary equation: {lacking:,} rows of {what} for which it is not estimated; leave "
            "them out"
        )
    return codes
