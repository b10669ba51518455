"""Every class that a school has as the weight of an index or bonus grows, exact in the weight."""

import numpy as np
import pandas as pd

from welfare_added.admissions.keys import POINT, STEPS_A_POINT
from welfare_added.admissions.pool import Pool, slope
from welfare_added.assignment.growing_weight import ClassSteps, class_steps

DECIMALS = 10  # of means and standard deviations that are kept
PER_POINT = STEPS_A_POINT * POINT  # units of a weight in one point of the score


def steps(pool: Pool, index: np.ndarray, school: int, largest: int) -> ClassSteps:
    """Classes of a school at all whole weights of an index from 0 to ``largest``.

    index: (n,) 0 to 1, rounded to parts of `POINT`. largest: in units of keys (`PER_POINT` of them
    a point of the score). The order is that of `Pool.index_order`.
    """
    start = pool.keys * POINT
    return class_steps(start, slope(index), pool.lists, pool.seats, school, largest)


def counts(of: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Number in each class, (m,), of those whom ``of``, (n,) 0 or 1, counts."""
    return np.append(of, 0)[classes].sum(axis=1)


def frontier(pool: Pool, index: np.ndarray, school: int, largest: int) -> pd.DataFrame:
    """One row for every class that the school has as the weight grows from 0 to ``largest``.

    Parameters
    ----------
    pool
        The applicants.
    index
        (n,) 0 to 1; 0 or 1 for a bonus.
    school
        Number of the school.
    largest
        Last weight, in units of keys (`PER_POINT` of them a point of the score).

    Returns
    -------
    DataFrame
        first, last: whole weights between which, both included, the class stays; students,
        minority and frpl: numbers; mean and sd (divisor n) of the composite score, missing where
        there are no students. A class may recur after others.

    """
    found = steps(pool, index, school, largest)
    there = found.classes >= 0
    students = there.sum(axis=1)
    scores = np.append(pool.scores, 0.0)[found.classes]
    with np.errstate(invalid="ignore"):
        mean = scores.sum(axis=1) / students
        squares = (np.where(there, scores - mean[:, None], 0.0) ** 2).sum(axis=1)
        sd = np.sqrt(squares / students)
    return pd.DataFrame(
        {
            "first": found.weights,
            "last": found.last(),
            "students": students,
            "minority": counts(pool.minority, found.classes),
            "frpl": counts(pool.frpl, found.classes),
            "mean": np.round(mean, DECIMALS),
            "sd": np.round(sd, DECIMALS),
        }
    )
