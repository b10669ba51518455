"""Bias of welfare estimates that use mean effects only (theorems 1 and 2, appendix B)."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.district.vocabulary import BLACK_HISPANIC
from welfare_added.run.errors import UserError
from welfare_added.welfare.classrooms import (
    SUBJECTS,
    Classrooms,
    subject_weights,
)
from welfare_added.welfare.reallocations import Reallocation, changes

log = logging.getLogger(__name__)

VALUES = ["welfare", "estimate", "bias", "external_validity", "covariance", "identity_error"]
COLUMNS = ["subject", "scope", "information", "weight", "theorem", *VALUES]


@dataclass(frozen=True)
class Decomposition:
    """Terms of theorem 1 or 2 for a plan, each a (weights,) array [student SD].

    Attributes
    ----------
    welfare : mean over students of welfare weight times true change in score.
    estimate : the same from mean weights and predicted mean changes.
    external_validity : mean weight times true minus predicted mean change.
    covariance : of welfare weights and true changes.

    """

    welfare: np.ndarray
    estimate: np.ndarray
    external_validity: np.ndarray
    covariance: np.ndarray

    @property
    def bias(self) -> np.ndarray:
        """Welfare minus its estimate."""
        return self.welfare - self.estimate

    @property
    def identity_error(self) -> np.ndarray:
        """Bias minus the sum of its two sources, rounded to 1e-12; zero by the theorems."""
        error = self.bias - (self.external_validity + self.covariance)
        return np.round(error, 12) + 0.0  # no negative zeros


def planner_weights(
    classrooms: Classrooms, subject: str, weight_ela: float, weight: float, premium: float
) -> np.ndarray:
    """Planner's weight on a student of each type, (3, 2, 2), with mean one over students.

    A lower-scoring student counts ``weight`` and a higher-scoring one ``1 - weight``; where both
    subjects count, a student's weight is the mean of the two subjects', by ``weight_ela``. Black
    and Hispanic students count ``1 + premium`` times as much: if weights depended only on the
    groups that estimates distinguish, the covariance of theorem 2 would be zero (section 2.3).
    """
    by_lower = np.array([1.0 - weight, weight])
    ela, math = subject_weights(subject, weight_ela)
    gamma = np.empty_like(classrooms.types)
    gamma[:] = ela * by_lower[:, None] + math * by_lower[None, :]
    gamma[BLACK_HISPANIC] *= 1.0 + premium
    return gamma * (classrooms.types.sum() / (gamma * classrooms.types).sum())


def conditioning_groups(subject: str) -> np.ndarray:
    """Group x of theorem 2 that each type of student belongs to, (3, 2, 2) labels.

    Lower- or higher-scoring in the subject; all four combinations where both subjects count.
    """
    of_ela = np.arange(2)[None, :, None]
    of_math = np.arange(2)[None, None, :]
    labels = {"ela": of_ela, "math": of_math, "both": 2 * of_ela + of_math}
    return np.broadcast_to(labels[subject], (3, 2, 2))


def decompose(
    gamma: np.ndarray,
    students: np.ndarray,
    truth: np.ndarray,
    predicted: np.ndarray,
    groups: np.ndarray,
) -> Decomposition:
    """Split the bias of ``sum_x P_x E[gamma|x] CATE(x)`` into its two sources (theorem 2).

    With one group this is theorem 1.

    Parameters
    ----------
    gamma : (types,) array
        Planner's weight on each student of the type.
    students : (types,) array
        How many students are of the type.
    truth : (weights, types) array
        Sum of the true changes in the scores of the type's students [student SD].
    predicted : (weights, types) array
        The same as predicted by the estimates; only means by group are used.
    groups : (types,) int array
        Group x that the type belongs to.

    Returns
    -------
    Decomposition

    """
    total = students.sum()
    estimate = external = covariance = np.zeros(len(truth))
    for group in np.unique(groups[students > 0]):
        inside = (groups == group) & (students > 0)
        size = students[inside].sum()
        share = size / total
        mean_weight = (gamma[inside] * students[inside]).sum() / size
        mean_change = truth[:, inside].sum(axis=1) / size
        mean_predicted = predicted[:, inside].sum(axis=1) / size
        deviation = truth[:, inside] / students[inside] - mean_change[:, None]
        centred = (gamma[inside] - mean_weight) * students[inside]
        estimate = estimate + share * mean_weight * mean_predicted
        external = external + share * mean_weight * (mean_change - mean_predicted)
        covariance = covariance + share * (deviation * centred).sum(axis=1) / size
    return Decomposition(
        welfare=(truth * gamma).sum(axis=1) / total,
        estimate=estimate,
        external_validity=external,
        covariance=covariance,
    )


def read_true_effects(path: Path | str, classrooms: Classrooms) -> np.ndarray:
    """True effects of each slot's own teacher by subject and group, (slots, 2, 2) [student SD].

    Raises
    ------
    UserError
        If a slot's teacher has no true effect in that year.

    """
    truth = pd.read_parquet(path)
    effects = np.empty_like(classrooms.effects)
    keys = ["teacher_id", "year"]
    for number, subject in enumerate(SUBJECTS):
        rows = truth[truth["subject"] == subject]
        of_slots = classrooms.slots[keys].merge(rows, on=keys, how="left", validate="many_to_one")
        missing = of_slots[of_slots[["true_lower", "true_higher"]].isna().any(axis=1)]
        if len(missing):
            examples = ", ".join(
                f"teacher {row.teacher_id} in {row.year}" for row in missing.head(3).itertuples()
            )
            raise UserError(
                f"{path}: columns true_lower and true_higher have no {subject} effect for "
                f"{len(missing)} of {len(of_slots)} slots: {examples}. The truth must come from "
                "the same synthetic district as the slots"
            )
        effects[:, number] = of_slots[["true_higher", "true_lower"]].to_numpy()
    return effects


def empty_bias_table() -> pd.DataFrame:
    """Bias table without rows, for a real district, whose true effects are unknown."""
    log.warning(
        "No true effects exist for this district, only synthetic districts have them: "
        "the bias of welfare estimates cannot be computed and the table has no rows."
    )
    return pd.DataFrame(columns=COLUMNS)


def bias_table(
    reallocations: Iterable[Reallocation],
    classrooms: Classrooms,
    true_effects: np.ndarray,
    weight_ela: float,
    weight: float,
    premium: float,
) -> pd.DataFrame:
    """Bias by both theorems for every reallocation; columns as in ``welfare/bias.csv``.

    Theorem 1 uses the mean change predicted by standard value added, theorem 2 each group's mean
    change predicted by heterogeneous value added. Welfare weights are those of `planner_weights`.
    """
    students = classrooms.types.ravel()
    tables = []
    for reallocation in reallocations:
        subjects = subject_weights(reallocation.subject, weight_ela)
        gamma = planner_weights(classrooms, reallocation.subject, weight_ela, weight, premium)
        true, standard, heterogeneous = (
            score_changes(reallocation, classrooms, effects, subjects)
            for effects in (true_effects, classrooms.standard_effects, classrooms.effects)
        )
        groups = conditioning_groups(reallocation.subject).ravel()
        everyone = np.zeros_like(groups)
        for theorem, predicted, by in ((1, standard, everyone), (2, heterogeneous, groups)):
            terms = decompose(gamma.ravel(), students, true, predicted, by)
            tables.append(
                pd.DataFrame(
                    {
                        **reallocation.labels,
                        "weight": reallocation.weights,
                        "theorem": theorem,
                        **{name: getattr(terms, name) for name in VALUES},
                    }
                )
            )
    return pd.concat(tables, ignore_index=True)


def score_changes(
    reallocation: Reallocation, classrooms: Classrooms, effects: np.ndarray, subjects: np.ndarray
) -> np.ndarray:
    """Sums of changes in the score by type of student, (weights, 12), as in `changes`.

    ``subjects`` is (2,), the weight of each subject in the score.
    """
    sums = changes(reallocation, classrooms, effects)
    return np.einsum("s,wsrab->wrab", subjects, sums).reshape(len(sums), -1)
