"""What is reported of an admitted class: its scores and whom it holds."""

import numpy as np
import pandas as pd

from welfare_added.admissions.pool import Pool

STATISTICS = ("students", "mean", "sd", "gap", "minority", "frpl", "asian", "lowest")


def class_statistics(pool: Pool, here: np.ndarray) -> dict[str, float]:
    """Statistics of the applicants ``here``, (n,) true or false.

    students; mean and SD (divisor n) of the composite score; gap, mean score of others minus that
    of minority students; shares minority, frpl, asian; lowest score. Missing where undefined.
    Source: Ellison and Pathak (2020), table A.6, columns 1 to 6.
    """
    scores, minority = pool.scores[here], pool.minority[here] == 1
    if not len(scores):
        return dict.fromkeys(STATISTICS, np.nan) | {"students": 0}
    both = minority.any() and not minority.all()
    gap = scores[~minority].mean() - scores[minority].mean() if both else np.nan
    return {
        "students": len(scores),
        "mean": scores.mean(),
        "sd": scores.std(),
        "gap": gap,
        "minority": minority.mean(),
        "frpl": pool.frpl[here].mean(),
        "asian": pool.asian[here].mean(),
        "lowest": scores.min(),
    }


def all_classes(pool: Pool, school: np.ndarray, names: list[str]) -> pd.DataFrame:
    """Statistics of every school's class. school: (n,) of each applicant, -1 where none."""
    rows = [class_statistics(pool, school == number) for number in range(len(names))]
    return pd.DataFrame(rows).assign(school=names)[["school", *STATISTICS]]
