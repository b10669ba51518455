"""Ranking teachers by the welfare they would add to a representative class (appendix C.2)."""

import numpy as np
import pandas as pd

from welfare_added.district.vocabulary import ESTIMATES
from welfare_added.welfare.classrooms import HIGHER, LOWER, SUBJECTS, subject_weights

TEACHER_YEAR = ["teacher_id", "year"]


def representative_class(students: pd.DataFrame) -> np.ndarray:
    """Shares of the groups in the average class of the district.

    Parameters
    ----------
    students : DataFrame
        The sample, with lower_ela and lower_math.

    Returns
    -------
    (2, 2) array
        By subject and group; the two shares of a subject add to one.

    """
    lower = students[["lower_ela", "lower_math"]].mean().to_numpy(dtype=float)
    shares = np.empty((len(SUBJECTS), 2))
    shares[:, LOWER], shares[:, HIGHER] = lower, 1.0 - lower
    return shares


def welfare_added(effects: np.ndarray, shares: np.ndarray, weight: float) -> np.ndarray:
    """Welfare that a teacher adds to a representative class (Eastmond et al., 2024, eq. 28).

    Welfare weights, ``weight`` on lower- and ``1 - weight`` on higher-scoring students, are scaled
    so that a gain of one SD for the whole class is worth one.

    Parameters
    ----------
    effects : (..., 2, 2) array
        Effect by subject and group [student SD].
    shares : (2, 2) array
        From `representative_class`.
    weight : float
        Social weight on lower-scoring students, 0 to 1.

    Returns
    -------
    (..., 2) array
        By subject [student SD].

    """
    planner = np.empty(2)
    planner[LOWER], planner[HIGHER] = weight, 1.0 - weight
    worth = planner * shares
    return (effects * (worth / worth.sum(axis=1, keepdims=True))).sum(axis=-1)


def ranking_table(
    value_added: pd.DataFrame, shares: np.ndarray, weight: float, weight_ela: float
) -> pd.DataFrame:
    """Rank the teachers of each subject and year; columns as in ``welfare/ranking.parquet``.

    Rank 1 is the highest; equal teachers share the better rank. Subject both scores ELA and math
    together and ranks the teachers who have estimates of both.
    """
    each = value_added.groupby(["subject", *TEACHER_YEAR], sort=True)[list(ESTIMATES)].mean()
    both = each.unstack("subject").dropna()
    tables = [
        _scored(each.loc[subject], shares[number], weight).assign(subject=subject)
        for number, subject in enumerate(SUBJECTS)
        if subject in each.index.get_level_values("subject")
    ]
    if len(tables) == len(SUBJECTS):
        parts = [table.loc[both.index, ["welfare_added", "standard"]] for table in tables]
        mixed = sum(
            part * share
            for part, share in zip(parts, subject_weights("both", weight_ela), strict=True)
        )
        tables.append(mixed.assign(subject="both"))
    table = pd.concat(tables).reset_index()
    return _with_ranks(table)


def _scored(estimates: pd.DataFrame, shares: np.ndarray, weight: float) -> pd.DataFrame:
    effects = estimates[["va_higher", "va_lower"]].to_numpy()[:, None, :]
    score = welfare_added(effects, shares[None, :], weight)[:, 0]
    return pd.DataFrame(
        {"welfare_added": score, "standard": estimates["va_standard"]}, index=estimates.index
    )


def _with_ranks(table: pd.DataFrame) -> pd.DataFrame:
    groups = table.groupby(["subject", "year"], sort=True)
    for column in ("welfare_added", "standard"):
        ranks = groups[column].rank(method="min", ascending=False)
        table[f"rank_{column}"] = ranks.astype("int64")
    columns = ["subject", *TEACHER_YEAR, "welfare_added", "rank_welfare_added", "rank_standard"]
    return table[columns].sort_values(columns[:3], kind="stable", ignore_index=True)
