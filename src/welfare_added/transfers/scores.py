"""Standardised test scores of this year and last, and the design of the test."""

import numpy as np
import pandas as pd

from welfare_added.district.checks import locate
from welfare_added.district.sample import standardise

SCORE_OF = {"math": "math_score", "reading": "ela_score"}
SUBJECTS = tuple(SCORE_OF)


def standardised(enrolments: pd.DataFrame, tests: pd.DataFrame | None) -> pd.DataFrame:
    """Scores in SDs, one row an enrolment: math, reading and redesigned_math, redesigned_reading.

    tests: mean, sd and redesigned of each year, grade and subject; without them scores are
    standardised within year and grade, and no test counts as redesigned.
    """
    columns = {}
    for subject, name in SCORE_OF.items():
        if tests is None:
            columns[subject] = standardise(enrolments, name).to_numpy(float)
            columns[f"redesigned_{subject}"] = np.zeros(len(enrolments))
            continue
        of = tests[tests["subject"] == subject]
        at = pd.MultiIndex.from_frame(of[["year", "grade"]]).get_indexer(
            pd.MultiIndex.from_frame(enrolments[["year", "grade"]])
        )
        norm = {one: np.append(of[one].to_numpy(float), np.nan)[at] for one in ("mean", "sd")}
        raw = enrolments[name].to_numpy(float)
        columns[subject] = (raw - norm["mean"]) / norm["sd"]
        redesigned = np.append(np.nan_to_num(of["redesigned"].to_numpy(float)), 0.0)[at]
        columns[f"redesigned_{subject}"] = redesigned
    return pd.DataFrame(columns, index=enrolments.index)


def previous_scores(enrolments: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Last year's standardised scores, one row an enrolment: math, reading, and their mean.

    The mean is of those that there are, NaN if there is none.
    """
    last = locate(enrolments, enrolments, "student_id", back=1)
    before = {
        subject: np.where(last >= 0, scores[subject].to_numpy()[last], np.nan)
        for subject in SUBJECTS
    }
    return pd.DataFrame({**before, "mean": mean_score(*before.values())}, index=enrolments.index)


def mean_score(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Mean of two scores, or the one that is there; NaN if neither is."""
    both = 0.5 * (first + second)
    return np.where(np.isnan(first), second, np.where(np.isnan(second), first, both))
