"""Reallocation plans, as written by the allocation stage, and the score changes they bring."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.welfare.classrooms import HIGHER, LOWER, Classrooms, by_group

UTILITARIAN = 0.5
Labels = tuple[str, str, str]  # subject, scope, information


@dataclass(frozen=True)
class Reallocation:
    """One plan: which teacher takes which class, at each of several weights.

    Attributes
    ----------
    subject : str
        ela, math or both; subjects (plan of eq. 9) or ces (plan of figure A.5).
    scope : str
        district or school, within which teachers are reallocated.
    information : str
        heterogeneous or standard: the estimates by which the plan was chosen.
    weights : (weights,) array
        Social weight on lower-scoring students; on ELA in a subjects plan; gamma in a ces plan.
    teachers : (weights, slots) int array
        Slot of the teacher who takes the class.

    """

    subject: str
    scope: str
    information: str
    weights: np.ndarray
    teachers: np.ndarray

    @property
    def labels(self) -> dict[str, str]:
        """Subject, scope and information, as columns of a table."""
        return {"subject": self.subject, "scope": self.scope, "information": self.information}


def utilitarian_position(weights: np.ndarray) -> int:
    """Position of weight 0.5 among ``weights``; raises UserError where there is none."""
    positions = np.flatnonzero(np.abs(np.asarray(weights) - UTILITARIAN) < 1e-9)
    if len(positions) != 1:
        raise UserError(
            f"weight {UTILITARIAN} is not among the {len(weights)} social weights; set "
            "allocation.weights to an odd number, or list 0.5 in it"
        )
    return int(positions[0])


def read_reallocations(
    paths: Iterable[Path | str],
    labels: Iterable[Labels],
    classrooms: Classrooms,
    weights: np.ndarray,
) -> list[Reallocation]:
    """Read several plans with their labels, in the order given."""
    pairs = zip(paths, labels, strict=True)
    return [read_reallocation(path, label, classrooms, weights) for path, label in pairs]


def read_reallocation(
    path: Path | str, labels: Labels, classrooms: Classrooms, weights: np.ndarray
) -> Reallocation:
    """Read a plan's parquet; see `reallocation_of`."""
    return reallocation_of(pd.read_parquet(path), labels, classrooms, weights, str(path))


def reallocation_of(
    plan: pd.DataFrame, labels: Labels, classrooms: Classrooms, weights: np.ndarray, name: str
) -> Reallocation:
    """A plan with its labels and weights, checked.

    Parameters
    ----------
    plan
        Slot, then one column per weight, numbered in the order of ``weights``.
    labels
        Subject, scope and information of the plan, as in `Reallocation`.
    classrooms : Classrooms
    weights : (weights,) array
    name
        Of the plan's file, in errors.

    Raises
    ------
    UserError
        If the plan's slots or weights are not the given ones, or a column does not permute the
        teachers within their cell (and school, where the scope is the school).

    """
    subject, scope, information = labels
    table = plan.sort_values("slot", kind="stable")
    if not np.array_equal(table["slot"], classrooms.slots["slot"]):
        raise UserError(
            f"{name}: column slot has {len(table)} rows which are not the "
            f"{len(classrooms.slots)} slots of the allocation; make the plan again"
        )
    columns = sorted(column for column in table if column != "slot")
    if len(columns) != len(weights):
        raise UserError(
            f"{name}: {len(columns)} columns ({', '.join(columns[:3])}, ...) where "
            f"{len(weights)} weights are asked for; make the plan again"
        )
    teachers = table[columns].to_numpy(dtype=np.intp).T
    within = ["cell", "school_id"] if scope == "school" else ["cell"]
    home = classrooms.slots.groupby(within, sort=True).ngroup().to_numpy()
    for column, assigned in zip(columns, teachers, strict=True):
        _check_permutation(assigned, home, f"{name}: column {column}", " and ".join(within))
    return Reallocation(
        subject=subject,
        scope=scope,
        information=information,
        weights=np.asarray(weights, dtype=float),
        teachers=teachers,
    )


def _check_permutation(assigned: np.ndarray, home: np.ndarray, what: str, within: str) -> None:
    n = len(home)
    inside = (assigned >= 0) & (assigned < n)
    taken = np.bincount(assigned[inside], minlength=n)
    wrong = ~inside
    wrong[inside] = (taken[assigned[inside]] != 1) | (home[assigned[inside]] != home[inside])
    if wrong.any():
        rows = np.flatnonzero(wrong)
        examples = ", ".join(f"slot {i} has teacher {assigned[i]}" for i in rows[:3])
        raise UserError(
            f"{what} must give each class one teacher of its own {within} and each teacher one "
            f"class; {len(rows)} rows do not: {examples}. Make the plan again"
        )


def changes(reallocation: Reallocation, classrooms: Classrooms, effects: np.ndarray) -> np.ndarray:
    """Sum of the changes in scores that a plan brings, by type of student.

    Parameters
    ----------
    reallocation : Reallocation
    classrooms : Classrooms
    effects : (slots, 2, 2) array
        Effect of each slot's own teacher by subject and group [student SD]: estimated
        (``classrooms.effects``, ``classrooms.standard_effects``) or true.

    Returns
    -------
    (weights, 2, 3, 2, 2) array
        Sum over students of new minus status-quo effect, by subject, race group,
        lower-scoring in ELA and lower-scoring in math [student SD times students].

    """
    # einsum, because the last digits of a matrix product may depend on the number of threads
    sums = np.empty((len(reallocation.weights), 2, 3, 2, 2))
    for group in (HIGHER, LOWER):
        for subject, students, at in (
            (0, classrooms.counts[:, :, group, :], np.s_[:, 0, :, group, :]),
            (1, classrooms.counts[:, :, :, group], np.s_[:, 1, :, :, group]),
        ):
            own = np.ascontiguousarray(effects[:, subject, group])
            by_type = np.ascontiguousarray(students.reshape(len(own), -1).T)
            total = np.einsum("wc,tc->wt", own[reallocation.teachers] - own, by_type)
            sums[at] = total.reshape(-1, 3, 2)
    return sums


def group_gains(changes: np.ndarray, classrooms: Classrooms) -> np.ndarray:
    """Mean change by subject and group, (..., 2, 2), from sums by type (..., 2, 3, 2, 2)."""
    return by_group(changes) / classrooms.group_sizes
