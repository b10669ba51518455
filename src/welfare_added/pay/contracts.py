"""Contracts of teachers: full-time equivalents, salaries of 180 days, trimming, main school."""

import numpy as np
import pandas as pd

from welfare_added.pay.choices import PayChoices
from welfare_added.pay.frames import LEVELS

CONTRACT = ("salary", "contract_days", "seniority_months", "degree")  # the same in all assignments
LAST_ELEMENTARY = 5  # appendix D


def level_of(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Level of assignments by the middle of their grades; half way counts as elementary."""
    return np.where((low + high) / 2 <= LAST_ELEMENTARY + 0.5, *LEVELS)


def contracts(staff: pd.DataFrame) -> pd.DataFrame:
    """One row a teacher, year and district.

    Parameters
    ----------
    staff
        Assignments of teachers, columns as in raw_tables.yaml.

    Returns
    -------
    DataFrame
        teacher_id, year, district_id; fte (sum); columns of `CONTRACT`, gender, race, birth_year
        (of the first assignment); school_id, subject, grade_low, grade_high of the largest
        assignment of the school with the highest FTE, ties by the order of school_id and of
        assignments.

    """
    key = ["teacher_id", "year", "district_id"]
    rows = staff.sort_values([*key, "assignment_no"], ignore_index=True)
    contract = rows.groupby(key, sort=False).ngroup().to_numpy()
    first = np.flatnonzero(np.diff(contract, prepend=-1))
    made = rows.loc[first, [*key, *CONTRACT, "gender", "race", "birth_year"]]
    made = made.reset_index(drop=True).assign(fte=_summed(contract, rows["fte"]))
    school = pd.factorize(rows["school_id"].fillna(""), sort=True)[0]
    of_pair = np.unique(contract * (school.max() + 1) + school, return_inverse=True)[1]
    total = _summed(of_pair, rows["fte"])[of_pair]
    order = np.lexsort((np.arange(len(rows)), -rows["fte"].to_numpy(), school, -total, contract))
    main = order[np.flatnonzero(np.diff(contract[order], prepend=-1))]
    taken = ["school_id", "subject", "grade_low", "grade_high"]
    return made.assign(**{name: rows[name].to_numpy()[main] for name in taken})


def _summed(group: np.ndarray, values: pd.Series) -> np.ndarray:
    """Sum by group, rounded so that it does not depend on the order of assignments."""
    return np.bincount(group, weights=values.to_numpy(float)).round(9)


def main_contracts(made: pd.DataFrame) -> pd.DataFrame:
    """The contract with the highest FTE of each teacher and year; ties: the first district_id."""
    order = np.lexsort((made["district_id"], -made["fte"], made["year"], made["teacher_id"]))
    rows = made.iloc[order]
    return rows[~rows.duplicated(["teacher_id", "year"])].reset_index(drop=True)


def yearly_salary(made: pd.DataFrame, days: float) -> np.ndarray:
    """Salary of full time and ``days`` of contract [$] (section 3.1), rounded to cents."""
    full_time = made["salary"] / made["fte"]
    return (full_time * days / made["contract_days"]).round(2).to_numpy()


def within_trim(salary: np.ndarray, year: np.ndarray, choices: PayChoices) -> np.ndarray:
    """Whether each salary is between the quantiles beyond which salaries are left out, (n,) bool.

    Salaries equal to a quantile are kept.
    """
    bottom, top = choices.trim
    group = year if choices.trim_within == "year" else np.zeros_like(year)
    kept = np.zeros(len(salary), bool)
    for one in np.unique(group):
        own = group == one
        low, high = np.quantile(salary[own], [bottom, 1 - top])
        kept[own] = (salary[own] >= low) & (salary[own] <= high)
    return kept
