"""Achievement gaps and what a plan does to them (section 4.3.1)."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.district.vocabulary import BLACK_HISPANIC, RACES, WHITE_ASIAN
from welfare_added.welfare.classrooms import (
    CLASS_KEY,
    HIGHER,
    LOWER,
    SUBJECTS,
    Classrooms,
    students_in_slots,
    subject_weights,
)
from welfare_added.welfare.reallocations import Reallocation, changes, group_gains


def gap_changes(sums: np.ndarray, classrooms: Classrooms, weights: np.ndarray) -> np.ndarray:
    """Change in both gaps that a plan brings.

    Parameters
    ----------
    sums : (weights, 2, 3, 2, 2) array
        Changes in scores by type, from `reallocations.changes`.
    classrooms : Classrooms
    weights : (2,) array
        Weight of ELA and math in the score. With both subjects the gap is the weighted sum of the
        subjects' gaps: a student may be lower-scoring in one subject and not in the other.

    Returns
    -------
    (weights, 2) array
        Change in mean score of higher- minus lower-scoring students, and of white and Asian minus
        Black and Hispanic students; missing where one side has no students [student SD].

    """
    gains = group_gains(sums, classrooms)
    by_race = sums.sum(axis=(-2, -1)) / _or_missing(classrooms.types.sum(axis=(-2, -1)))
    achievement = gains[..., HIGHER] - gains[..., LOWER]
    racial = by_race[..., WHITE_ASIAN] - by_race[..., BLACK_HISPANIC]
    return np.stack([(gap * weights).sum(axis=-1) for gap in (achievement, racial)], axis=-1)


def _or_missing(sizes: np.ndarray) -> np.ndarray:
    return np.where(sizes > 0, sizes, np.nan)


def baseline_gaps(students: pd.DataFrame) -> np.ndarray:
    """Gaps in the status quo, by subject and kind of gap, (2, 2).

    Parameters
    ----------
    students : DataFrame
        One row a student-year with ela, math, lower_ela, lower_math and ethnicity.

    Returns
    -------
    (2, 2) array
        Rows ELA and math; columns higher minus lower, and white and Asian minus Black and
        Hispanic [student SD].

    """
    race = students["ethnicity"].map(RACES)
    rows = []
    for subject in SUBJECTS:
        score, lower = students[subject], students[f"lower_{subject}"].astype(bool)
        rows.append(
            (
                score[~lower].mean() - score[lower].mean(),
                score[race == WHITE_ASIAN].mean() - score[race == BLACK_HISPANIC].mean(),
            )
        )
    return np.array(rows)


def read_baseline_gaps(students_path: Path | str, classrooms: Classrooms) -> np.ndarray:
    """Gaps in this year's scores among the students of the classes that can be reallocated."""
    columns = [*CLASS_KEY, *SUBJECTS, "lower_ela", "lower_math", "ethnicity"]
    students = pd.read_parquet(students_path, columns=columns)
    return baseline_gaps(students_in_slots(students, classrooms.slots))


def gaps_table(
    reallocations: Iterable[Reallocation],
    classrooms: Classrooms,
    baselines: np.ndarray,
    weight_ela: float,
) -> pd.DataFrame:
    """Gaps of every reallocation at every weight; columns as in ``welfare/gaps.csv``."""
    tables = []
    for reallocation in reallocations:
        weights = subject_weights(reallocation.subject, weight_ela)
        sums = changes(reallocation, classrooms, classrooms.effects)
        achievement, racial = gap_changes(sums, classrooms, weights).T
        baseline = (baselines.T * weights).sum(axis=-1)
        tables.append(
            pd.DataFrame(
                {
                    **reallocation.labels,
                    "weight": reallocation.weights,
                    "change_higher_lower": achievement,
                    "change_racial": racial,
                    "baseline_higher_lower": baseline[0],
                    "baseline_racial": baseline[1],
                }
            )
        )
    return pd.concat(tables, ignore_index=True)
