"""Districts made of a district's schools, drawn with replacement."""

import numpy as np
import pandas as pd

IDS = ("school_id", "class_id", "teacher_id")


def times_drawn(schools: int, seed: int, replication: int) -> np.ndarray:
    """How often each of S schools is drawn in S draws with replacement, (S,).

    It depends on the seed and the replication's number alone, not on how many others are made.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(replication,)))
    return np.bincount(rng.integers(0, schools, schools), minlength=schools)


def resampled(students: pd.DataFrame, times: np.ndarray) -> pd.DataFrame:
    """Students of a district in which each school is there as often as it was drawn.

    Copies of a school are schools of their own: copy k has its own classes and teachers. A teacher
    who taught in several schools is one teacher in all their k-th copies, so that her years stay
    together as far as these schools were drawn.

    Parameters
    ----------
    students
        The analysis sample, a row a student-year, with columns `IDS`.
    times : (S,) int array
        How often each school is drawn, in the order of their ids.

    Returns
    -------
    DataFrame
        The same columns; `IDS` are numbers, different for every copy. Rows stay in their order,
        copies one after the other.

    """
    school = pd.factorize(students["school_id"], sort=True)[0]
    repeats = times[school]
    rows = np.repeat(np.arange(len(students)), repeats)
    copy = np.arange(len(rows)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    drawn = students.iloc[rows].reset_index(drop=True)
    for name in IDS:
        codes = pd.factorize(students[name], sort=True)[0]
        drawn[name] = codes[rows] * times.max() + copy
    return drawn
