"""One strict key per applicant: the composite score, ties broken once for all plans."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError

POINT = 1 << 20  # units of a key in one step of the paper's grid of composite scores
STEPS_A_POINT = 9  # such steps in one point of 100, whatever grid a user's scores have
# In the order in which they break ties of the composite score.
TIE_BREAKS = (
    *("core_total", "grades_points", "standardized_points"),
    *("math_points", "reading_points"),
)


@dataclass(frozen=True)
class ScoreScale:
    """Scale of the composite score in the raw table: from ``lowest`` to ``highest`` in ``steps``.

    Scores are studied on a scale from 0 to 100.
    """

    lowest: float
    highest: float
    steps: int

    def on_grid(self, scores: pd.Series) -> pd.Series:
        """Steps above the lowest score, (n,), not rounded."""
        return (scores - self.lowest) / (self.highest - self.lowest) * self.steps


def units_a_step(steps: int) -> int:
    """Units of a key in one of ``steps`` steps from 0 to 100, so that a point has the same units.

    A whole number: with 900 steps `POINT`; else a point is a millionth longer or shorter.
    """
    return round(100 * STEPS_A_POINT * POINT / steps)


def strict_keys(
    points: np.ndarray, tie_breaks: pd.DataFrame, random: np.ndarray, unit: int = POINT
) -> np.ndarray:
    """Keys (n,) whose order is that of the scores, all different, as whole numbers.

    points: (n,) composite score, a whole number of steps of its grid. tie_breaks: (n, ...) columns
    in the order in which they break ties, larger first (core total, grades, standardised test,
    math, reading); missing counts as lowest. random: (n,) numbers drawn once, all different, for
    what is still tied. unit: units of a key in a step.
    Ties lie evenly between a step and the next: ``unit`` times (points + place / (tied + 1)), so
    that a bonus moves applicants past each other one at a time. Adding bonuses to the scores
    themselves would move whole groups of tied applicants, and no bonus would meet a count exactly.
    Source: Ellison and Pathak (2020), Data Appendix, "Composite Score Tie Breaking".
    """
    if len(np.unique(random)) != len(random):
        raise ValueError("random tie-breaking numbers recur; draw one for each applicant")
    parts = [tie_breaks[column].fillna(-np.inf).to_numpy() for column in tie_breaks]
    order = np.lexsort((random, *reversed(parts), points))
    _, start, tied = np.unique(points[order], return_index=True, return_counts=True)
    if tied.max(initial=0) >= unit:
        raise UserError(
            f"applicants, column composite_score: {tied.max():,} have the same score, and with so "
            f"many steps at most {unit - 1:,} can. Lower score.steps in config.yaml to the steps "
            "that scores really have"
        )
    place = np.arange(len(points)) - np.repeat(start, tied) + 1
    keys = np.empty(len(points), dtype=np.int64)
    keys[order] = points[order] * unit + place * unit // (np.repeat(tied, tied) + 1)
    return keys
