"""The planner of figure A.5, whose utility of each student's earnings has constant elasticity."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from welfare_added.allocation.slots import PARTS as HUNDREDTHS
from welfare_added.allocation.slots import scale
from welfare_added.district.vocabulary import SUBJECTS
from welfare_added.run.errors import UserError

PARTS = 2**24  # weights are multiples of the mean student's weight over this


def gamma_grid(first: float, last: float, step: float) -> np.ndarray:
    """Inequality aversions from first to last by step, (G,).

    Raises UserError unless they increase from 0 or more.
    """
    if not (step > 0 and 0 <= first <= last):
        raise UserError(
            f"allocation.ces_gammas: [{first}, {last}, {step}] is no first, last and step upwards "
            "from 0 or more."
        )
    return np.round(first + step * np.arange(round((last - first) / step) + 1), 12)


def marginal_weights(
    lagged: np.ndarray,
    gammas: Sequence[float],
    dollars: np.ndarray,
    mean_earnings: float,
    floor: float,
) -> np.ndarray:
    """Marginal social weight of a dollar to each student, (G, students), with mean one.

    The planner maximises the sum of y_i^(1 - gamma) / (1 - gamma), where
        y_i = mean_earnings + sum_s dollars_s lagged_is   [$ a year]
    is what student i can expect to earn given the lagged scores (students, subjects) [student SD],
    but at least the share ``floor`` of mean earnings. dollars: (subjects,) earnings per student SD
    [$ a year]. Value added changes y_i little, so the marginal weight y_i^(-gamma) is taken at the
    status quo. gamma = 0 weighs all students alike.
    Weights are rounded to a multiple of 1 / PARTS and computed in extended precision, because
    powers of doubles differ in the last digit from one processor to another.
    """
    deviation = (lagged * dollars).sum(axis=1)  # a matrix product's last digits differ likewise
    expected = np.maximum(mean_earnings + deviation, floor * mean_earnings)
    level = np.log((expected / mean_earnings).astype(np.longdouble))
    weights = np.empty((len(gammas), len(level)))
    for row, gamma in zip(weights, gammas, strict=True):
        raw = np.exp(level * -np.longdouble(gamma))
        row[:] = np.rint(raw / raw.mean() * PARTS) / PARTS
    return weights


def ces_factors(
    students: pd.DataFrame,
    slots: pd.DataFrame,
    gammas: Sequence[float],
    earnings_per_sd: Mapping[str, float],
    mean_earnings: float,
    floor: float,
) -> np.ndarray:
    """Class factors (G, N, 4) of the CES planner; columns lower_ela, higher_ela, lower_math, ...

    For subject s and group g of a class: dollars_s times the sum of the marginal weights (see
    ``marginal_weights``) of its students in g. Times value added [student SD] this is in weighted
    dollars a year. students: class_id, year, lag_ela, lag_math, lower_ela, lower_math. Where slots
    count tested students, each student of the sample stands for as many of the class.
    The paper prints no formula; at gamma = 0 this is its utilitarian, earnings-maximising plan.
    Raises UserError where students and slots have different counts for a class.
    """
    key = ["class_id", "year"]
    rows = students.merge(slots[[*key, "slot"]], on=key, how="inner", validate="many_to_one")
    dollars = np.array([float(earnings_per_sd[subject]) for subject in SUBJECTS])
    lagged = rows[[f"lag_{subject}" for subject in SUBJECTS]].to_numpy(float)
    weights = marginal_weights(lagged, gammas, dollars, mean_earnings, floor)
    columns = []
    for subject, dollar in zip(SUBJECTS, dollars, strict=True):
        lower = rows[f"lower_{subject}"].to_numpy(bool)
        for group, members in (("lower", lower), ("higher", ~lower)):
            at = rows["slot"].to_numpy()[members]
            _same_counts(at, slots, f"{group}_{subject}")
            sums = [np.bincount(at, layer[members], len(slots)) for layer in weights]
            columns.append(dollar * np.stack(sums) * scale(slots))
    return np.stack(columns, axis=2)


def _same_counts(at: np.ndarray, slots: pd.DataFrame, column: str) -> None:
    """Raise UserError where the numbers of students differ from the slots' counts."""
    counted = np.bincount(at, minlength=len(slots)) * scale(slots)
    wrong = np.rint(counted * HUNDREDTHS) != np.rint(slots[column].to_numpy() * HUNDREDTHS)
    if wrong.any():
        raise UserError(
            f"students: {int(wrong.sum())} classes hold another number of students than {column} "
            f"in slots, for example class_id {slots.loc[wrong, 'class_id'].head(3).tolist()}. "
            "Make both tables from one sample."
        )
