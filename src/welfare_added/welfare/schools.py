"""Gains of lower-scoring students by their school's achievement (section 4.3.2, paragraph 4)."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from welfare_added.welfare.classrooms import HIGHER, LOWER, SUBJECTS, Classrooms
from welfare_added.welfare.reallocations import Reallocation


def school_gains_table(
    reallocations: Iterable[Reallocation], classrooms: Classrooms
) -> pd.DataFrame:
    """Mean gain of lower-scoring students in schools with more higher-scoring students, and others.

    A school has more of them if their share of its students, over all years, is above the median
    school's. Plans for both subjects together are left out, since who is lower-scoring differs
    between them.

    Returns
    -------
    DataFrame
        subject, scope, information, weight, gain_above and gain_below (in schools above the median,
        and in the others; missing where these have no lower-scoring student) [student SD].

    """
    rows = []
    for one in reallocations:
        if one.subject not in SUBJECTS:
            continue
        subject = SUBJECTS.index(one.subject)
        students = classrooms.students.sum(axis=2 - subject)  # by slot and group in the subject
        above = _above_the_median(students, classrooms.slots["school_id"])
        own, lower = classrooms.effects[:, subject, LOWER], students[:, LOWER]
        for weight, teachers in zip(one.weights, one.teachers, strict=True):
            gain = (own[teachers] - own) * lower
            rows.append(
                {
                    **one.labels,
                    "weight": weight,
                    "gain_above": _mean(gain[above], lower[above]),
                    "gain_below": _mean(gain[~above], lower[~above]),
                }
            )
    return pd.DataFrame(rows)


def _above_the_median(students: np.ndarray, school: pd.Series) -> np.ndarray:
    """Whether each slot's school has a larger share of higher-scoring students than the median."""
    by_school = pd.DataFrame(students).groupby(school.to_numpy()).sum()
    share = by_school[HIGHER] / by_school.sum(axis=1)
    return school.map(share > share.median()).to_numpy(dtype=bool)


def _mean(gain: np.ndarray, lower: np.ndarray) -> float:
    return float(gain.sum() / lower.sum()) if lower.sum() else float("nan")
