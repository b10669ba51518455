"""Scores of the synthetic applicants, and the points of which they are made."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.admissions.keys import STEPS_A_POINT, TIE_BREAKS

PART = 300  # points for each of grades, standardized tests and the entrance exam
HALF = PART // 2  # points for each of mathematics and reading, in the standardized tests


def composite_scores(ability: np.ndarray, share_96: float, p: Mapping) -> np.ndarray:
    """Composite scores (n,), 0 to 100 on the grid, by rank of ability.

    How far a score is from 100 grows with the rank (from 0 at the top to 1): to 4 points at
    ``share_96`` by a power of the rank, and on to the lowest score by another.
    """
    rank = np.empty(len(ability))
    rank[np.argsort(-ability, kind="stable")] = (np.arange(len(ability)) + 0.5) / len(ability)
    top = 4 * (rank / share_96) ** p["top_power"]
    beyond = ((rank - share_96) / (1 - share_96)).clip(min=0)
    rest = 4 + (96 - p["lowest"]) * beyond ** p["lower_power"]
    deficit = np.where(rank <= share_96, top, rest)
    return np.rint((100 - deficit).clip(min=0) * STEPS_A_POINT) / STEPS_A_POINT


def score_points(scores: np.ndarray, uniform: np.ndarray) -> pd.DataFrame:
    """Points of which scores are made: columns `TIE_BREAKS`, whole numbers.

    The 900 points are 300 each for grades, standardized tests and the entrance exam (core total);
    the standardized ones 150 each for mathematics and reading. What is missing from the full number
    falls on the parts in shares between 1/5 and 3/5, drawn by ``uniform`` (n, 3).
    """
    missing = np.rint((100 - scores) * STEPS_A_POINT).astype(np.int64)
    weight = 0.5 + uniform[:, :2]
    share = weight / (weight.sum(axis=1, keepdims=True) + 1)
    core = _part(missing, share[:, 0], PART, 2 * PART)
    grades = _part(missing - core, share[:, 1] / (1 - share[:, 0]), PART, PART)
    tests = missing - core - grades
    mathematics = _part(tests, uniform[:, 2], HALF, HALF)
    lost = (core, grades, tests, mathematics, tests - mathematics)
    full = (PART, PART, PART, HALF, HALF)
    return pd.DataFrame(
        {name: all_ - gone for name, all_, gone in zip(TIE_BREAKS, full, lost, strict=True)}
    )


def _part(missing: np.ndarray, share: np.ndarray, full: int, others: int) -> np.ndarray:
    """What is missing from a part of ``full`` points where the others can lack ``others``."""
    part = np.rint(missing * share).astype(np.int64)
    return np.clip(part, np.maximum(missing - others, 0), np.minimum(full, missing))
