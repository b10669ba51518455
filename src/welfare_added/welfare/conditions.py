"""When conditioning lowers the bias of estimated welfare: conditions (2)-(4) and (15)-(19).

Each condition compares a term by group x (theorem 2) with the same term of means (theorem 1). The
paper prints (4) and (15)-(19) without absolute values, so that a bias far below zero satisfies
them; each is therefore evaluated as printed and in absolute value.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.welfare.bias import (
    Decomposition,
    conditioning_groups,
    decompose,
    planner_weights,
    score_changes,
)
from welfare_added.welfare.classrooms import Classrooms, score_by_type, subject_weights
from welfare_added.welfare.reallocations import Reallocation

# Groups x of a plan's subject: those that its estimates distinguish, and less suitable ones.
GROUPS = {"ela": ("ela", "math"), "math": ("math", "ela"), "both": ("both", "ela")}
# Sides closer than this are equal: the rounding error of sums over students.
EQUAL = 1e-12
COLUMNS = [
    *("subject", "scope", "information", "by", "condition", "weight"),
    *("by_group", "by_mean", "holds", "holds_in_size", "teachers"),
]


def conditions_table(
    reallocations: Iterable[Reallocation],
    classrooms: Classrooms,
    true_effects: np.ndarray,
    weight_ela: float,
    weight: float,
    premium: float,
) -> pd.DataFrame:
    """Both sides of every condition for every plan; columns as in ``welfare/conditions.csv``.

    Parameters
    ----------
    reallocations, classrooms, true_effects, weight_ela, weight, premium
        As in `bias.bias_table`.

    Returns
    -------
    DataFrame
        subject, scope, information; by (groups x: ela, math or both); condition (2, 3, 4, 15 or
        16-19); weight (that chose the plan); by_group and by_mean, the sides that should be smaller
        and larger [student SD]; holds and holds_in_size, whether the condition holds as printed and
        with both sides in absolute value, for 16-19 as a share of teachers; teachers (those whom
        the plan moves and whose two classes can be compared; empty for the other conditions).

    """
    students = classrooms.types.ravel()
    tables = []
    for reallocation in reallocations:
        subjects = subject_weights(reallocation.subject, weight_ela)
        gamma = planner_weights(classrooms, reallocation.subject, weight_ela, weight, premium)
        changes = Changes(
            *(
                score_changes(reallocation, classrooms, effects, subjects)
                for effects in (true_effects, classrooms.standard_effects, classrooms.effects)
            )
        )
        score = score_by_type(true_effects, subjects)
        for by in GROUPS[reallocation.subject]:
            groups = conditioning_groups(by)
            sides = _of_plan(changes, students, gamma.ravel(), groups.ravel())
            parts = [_compared(condition, *two) for condition, two in sides.items()]
            parts.append(_of_teachers(reallocation.teachers, classrooms, score, groups[0]))
            for part in parts:
                part.insert(0, "weight", reallocation.weights)
                tables.append(part.assign(**reallocation.labels, by=by))
    return pd.concat(tables, ignore_index=True)[COLUMNS]


@dataclass(frozen=True)
class Changes:
    """Sums of a plan's changes in the score by type of student, (weights, types) [student SD].

    Attributes
    ----------
    true : by the true effects.
    standard, heterogeneous : as estimated, by standard value added and by value added by group.

    """

    true: np.ndarray
    standard: np.ndarray
    heterogeneous: np.ndarray


def _of_plan(
    changes: Changes, students: np.ndarray, gamma: np.ndarray, groups: np.ndarray
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Sides by group and by mean, (weights,) each, of conditions (2), (3), (4) and (15)."""
    everyone = np.zeros_like(groups)

    def terms(weights: np.ndarray) -> tuple[Decomposition, Decomposition]:
        return (
            decompose(weights, students, changes.true, changes.heterogeneous, groups),
            decompose(weights, students, changes.true, changes.standard, everyone),
        )

    group, mean = terms(gamma)
    unweighted = [one.external_validity for one in terms(np.ones_like(gamma))]
    within = np.abs(group.covariance)
    return {
        "2": (within, np.abs(mean.covariance)),
        "3": (2 * within, np.abs(mean.covariance - group.covariance)),
        "4": (group.external_validity, mean.external_validity),
        "15": (unweighted[0], unweighted[1]),
    }


def _compared(condition: str, by_group: np.ndarray, by_mean: np.ndarray) -> pd.DataFrame:
    """Rows, one a weight, of a condition on the whole plan."""
    return pd.DataFrame(
        {
            "condition": condition,
            "by_group": np.round(by_group, 12) + 0.0,
            "by_mean": np.round(by_mean, 12) + 0.0,
            "holds": _smaller(by_group, by_mean).astype(float),
            "holds_in_size": _smaller(np.abs(by_group), np.abs(by_mean)).astype(float),
            "teachers": np.nan,
        }
    )


def _smaller(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return one < other - EQUAL


def _of_teachers(
    plans: np.ndarray, classrooms: Classrooms, score: np.ndarray, groups: np.ndarray
) -> pd.DataFrame:
    """Rows, one a weight, of (16)-(19): means and shares over the teachers whom the plan moves."""
    students = classrooms.students.reshape(len(score), -1)
    rows = []
    for mean, group in _sides_by_teacher(
        plans, students, score.reshape(len(score), -1), groups.ravel()
    ):
        shares = [_smaller(group, mean), _smaller(np.abs(group), np.abs(mean))]
        values = [value.mean() if len(mean) else np.nan for value in (group, mean, *shares)]
        rows.append([*(np.round(values, 12) + 0.0), len(mean)])  # no negative zeros
    columns = ["by_group", "by_mean", "holds", "holds_in_size", "teachers"]
    return pd.DataFrame(rows, columns=columns).assign(condition="16-19")


def _sides_by_teacher(
    plans: np.ndarray, students: np.ndarray, score: np.ndarray, groups: np.ndarray
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Sides of (16)-(19) at each weight, for every teacher moved [student SD].

    By mean: the teacher's mean effect on the new class less that on the own one. By group: the same
    within each group x, weighted by the groups' shares of the new class. Teachers whose own class
    has no student of a group that is in the new class are left out.

    Parameters
    ----------
    plans : (weights, slots) int array
        Slot of the teacher who takes the class.
    students, score : (slots, types) arrays
        Students of the class, and the teacher's true effect on their score, by type.
    groups : (types,) int array

    """
    members = [groups == group for group in np.unique(groups)]
    own, own_by_group = _means(students, score, members)
    for teachers in plans:
        moved = np.flatnonzero(teachers != np.arange(len(teachers)))
        taken = teachers[moved]
        new, new_by_group = _means(students[moved], score[taken], members)
        shares = np.stack([students[moved][:, inside].sum(axis=1) for inside in members], axis=1)
        shares /= shares.sum(axis=1, keepdims=True)
        change = np.where(shares > 0, new_by_group - own_by_group[taken], 0.0)
        compared = ~np.isnan(change).any(axis=1)
        by_group = (shares * change).sum(axis=1)
        yield (new - own[taken])[compared], by_group[compared]


def _means(
    students: np.ndarray, score: np.ndarray, members: list[np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Mean effect on a class, (classes,), and on each group of it, missing where there is none."""
    total = students * score
    with np.errstate(invalid="ignore"):
        by_group = [total[:, x].sum(axis=1) / students[:, x].sum(axis=1) for x in members]
    return total.sum(axis=1) / students.sum(axis=1), np.stack(by_group, axis=1)
