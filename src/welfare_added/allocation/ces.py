"""The planner of figure A.5, with constant elasticity over each student's earnings level."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from welfare_added.district.vocabulary import SUBJECTS
from welfare_added.run.errors import UserError

PARTS = 2**24  # of the mean student's weight


def gamma_grid(first: float, last: float, step: float) -> np.ndarray:
    """Inequality aversions from first to last by step, (G,).

    Raises ValueError if they do not go up from 0 or more.
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
    """Marginal social weight of a dollar to each student, (G, students), of mean one.

    The planner maximises the sum of y_i^(1 - gamma) / (1 - gamma), where
        y_i = mean_earnings + sum_s dollars_s lagged_is   [$ a year],
    at least the share ``floor`` of mean earnings, is what student i can expect to earn from
    lagged scores (students, subjects) [student SD]. Value added moves y_i little, so its marginal
    weight y_i^(-gamma) is taken at the status quo. gamma = 0 weighs all students alike.
    Weights are kept to a multiple of 1 / PARTS. They are worked out in extended precision, because
    powers of doubles differ in the last digit from one processor to another.
    """
    brought = (lagged * dollars).sum(axis=1)  # no matrix product: its last digits differ likewise
    expected = np.maximum(mean_earnings + brought, floor * mean_earnings)
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
    ``marginal_weights``) of its students in g. Times value added [student SD] that is weighted
    dollars a year. students: class_id, year, lag_ela, lag_math, lower_ela, lower_math.
    The paper prints no formula; at gamma = 0 this is its utilitarian, earnings-maximising plan.
    Raises ValueError where students and slots count a class differently.
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
            columns.append(dollar * np.stack(sums))
    return np.stack(columns, axis=2)


def _same_counts(at: np.ndarray, slots: pd.DataFrame, column: str) -> None:
    """Refuse student rows that do not add up to the slots' counts."""
    wrong = np.bincount(at, minlength=len(slots)) != slots[column].to_numpy()
    if wrong.any():
        raise UserError(
            f"students: {int(wrong.sum())} classes hold another number of students than {column} "
            f"in slots, for example class_id {slots.loc[wrong, 'class_id'].head(3).tolist()}. "
            "Make both tables from one sample."
        )
