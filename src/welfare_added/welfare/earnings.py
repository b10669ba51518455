"""Present value of the earnings that a plan brings (section 5.1)."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from welfare_added.welfare.classrooms import HIGHER, LOWER, Classrooms
from welfare_added.welfare.reallocations import Reallocation, changes, group_gains


def lifetime_value(
    gains: np.ndarray, earnings_per_sd: np.ndarray, lifetime_multiplier: float
) -> np.ndarray:
    """Present value of the earnings that gains in ELA and math bring.

    Parameters
    ----------
    gains : (..., 2) array
        Gain in ELA and in math [student SD].
    earnings_per_sd : (2,) array
        Annual earnings per student SD in ELA and in math [$].
    lifetime_multiplier : float
        Present value of one dollar a year over the working life.

    Returns
    -------
    (...) array
        [$ present value]

    """
    return lifetime_multiplier * (gains * earnings_per_sd).sum(axis=-1)


def earnings_of_plan(
    reallocation: Reallocation,
    classrooms: Classrooms,
    earnings_per_sd: np.ndarray,
    lifetime_multiplier: float,
) -> pd.DataFrame:
    """Earnings that a plan brings, at each of its weights.

    For a group, the value of its mean gain in each subject is summed over subjects (a student may
    be lower-scoring in one subject only). The mean is that of the two groups, as in
    ``frontiers.csv``. The total sums over all students and is divided by the number of years.

    Returns
    -------
    DataFrame
        earnings_lower, earnings_higher, earnings_mean [$ present value per student],
        total_per_year [$ present value a year].

    """
    sums = changes(reallocation, classrooms, classrooms.effects)
    return earnings_of_changes(sums, classrooms, earnings_per_sd, lifetime_multiplier)


def earnings_of_changes(
    sums: np.ndarray,
    classrooms: Classrooms,
    earnings_per_sd: np.ndarray,
    lifetime_multiplier: float,
) -> pd.DataFrame:
    """The same from the changes in scores by type, `reallocations.changes`."""
    gains = group_gains(sums, classrooms)
    lower, higher = (
        lifetime_value(gains[..., group], earnings_per_sd, lifetime_multiplier)
        for group in (LOWER, HIGHER)
    )
    everyone = sums.sum(axis=(-3, -2, -1))
    total = lifetime_value(everyone, earnings_per_sd, lifetime_multiplier)
    return pd.DataFrame(
        {
            "earnings_lower": lower,
            "earnings_higher": higher,
            "earnings_mean": (lower + higher) / 2.0,
            "total_per_year": total / classrooms.years,
        }
    )


def earnings_table(
    reallocations: Iterable[Reallocation],
    classrooms: Classrooms,
    earnings_per_sd: dict[str, float],
    lifetime_multiplier: float,
) -> pd.DataFrame:
    """Earnings of the plans for both subjects; columns as in ``welfare/earnings.csv``."""
    rates = earnings_array(earnings_per_sd)
    tables = [
        earnings_of_plan(reallocation, classrooms, rates, lifetime_multiplier).assign(
            scope=reallocation.scope,
            information=reallocation.information,
            weight=reallocation.weights,
        )
        for reallocation in reallocations
    ]
    columns = ["scope", "information", "weight"]
    values = ["earnings_lower", "earnings_higher", "earnings_mean", "total_per_year"]
    return pd.concat(tables, ignore_index=True)[columns + values]


def subjects_table(
    reallocations: Iterable[Reallocation],
    classrooms: Classrooms,
    earnings_per_sd: dict[str, float],
    lifetime_multiplier: float,
) -> pd.DataFrame:
    """Gains in ELA and math of the utilitarian plans of eq. 9, and their value (figure 9a).

    Gains are means over all students, as in eq. 9, so that earnings are largest where the slope of
    the frontier equals the ratio of the subjects' earnings per SD.

    Returns
    -------
    DataFrame
        scope, weight_ela, gain_ela, gain_math [student SD], earnings_mean [$ present value].

    """
    students = classrooms.counts.sum()
    tables = []
    for reallocation in reallocations:
        sums = changes(reallocation, classrooms, classrooms.effects)
        gains = sums.sum(axis=(-3, -2, -1)) / students
        tables.append(
            pd.DataFrame(
                {
                    "scope": reallocation.scope,
                    "weight_ela": reallocation.weights,
                    "gain_ela": gains[:, 0],
                    "gain_math": gains[:, 1],
                    "earnings_mean": lifetime_value(
                        gains, earnings_array(earnings_per_sd), lifetime_multiplier
                    ),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def best_subject_weight(subjects: pd.DataFrame) -> pd.DataFrame:
    """Row of each scope with the largest earnings; ties go to the lowest weight on ELA."""
    rounded = subjects["earnings_mean"].round(6)
    best = rounded.groupby(subjects["scope"], sort=True).idxmax()
    return subjects.loc[best].reset_index(drop=True)


def ces_table(
    reallocations: Iterable[Reallocation],
    classrooms: Classrooms,
    earnings_per_sd: dict[str, float],
    lifetime_multiplier: float,
) -> pd.DataFrame:
    """Earnings of the CES planner's plans, by inequality aversion gamma; as ``welfare/ces.csv``.

    Source: figure A.5.
    """
    tables = []
    for reallocation in reallocations:
        table = earnings_of_plan(
            reallocation, classrooms, earnings_array(earnings_per_sd), lifetime_multiplier
        )
        tables.append(table.assign(scope=reallocation.scope, gamma=reallocation.weights))
    columns = ["scope", "gamma", "earnings_lower", "earnings_higher", "earnings_mean"]
    return pd.concat(tables, ignore_index=True)[columns]


def earnings_array(earnings_per_sd: dict[str, float]) -> np.ndarray:
    """Earnings per SD of ELA and of math, (2,), from a dictionary by subject."""
    return np.array([earnings_per_sd["ela"], earnings_per_sd["math"]], dtype=float)
