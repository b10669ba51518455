"""The planner's objectives: teacher j in class c scores sum_k F_k(c; weight) V_k(j).

V is value added; F counts the class's weighted students. Scores are sums over a class's students
[student SD times students; CES: weighted dollars a year], without the paper's constant 1/N.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.assignment.problem import Problem
from welfare_added.district.vocabulary import INFORMATION, SCOPES
from welfare_added.run.errors import UserError

ENDS = ("efficient", "arbitrary")
GROUP_COUNTS = ("lower_ela", "higher_ela", "lower_math", "higher_math")
GROUP_ESTIMATES = ("va_lower_ela", "va_higher_ela", "va_lower_math", "va_higher_math")


@dataclass(frozen=True)
class Objective:
    """Factors of all slots.

    teachers: V (N, k). classes: F (W, N, k). weights: (W,).
    ties: weight index -> (N, k) class factors of the objective that breaks ties there.
    """

    teachers: np.ndarray
    classes: np.ndarray
    weights: np.ndarray
    ties: Mapping[int, np.ndarray]


def social_weights(weights: int | Sequence[float]) -> np.ndarray:
    """Social weights (W,): evenly spaced from 0 to 1 if a count is given, else as listed.

    Raises UserError unless there are two or more, all in [0, 1], in increasing order.
    """
    if isinstance(weights, int):
        if weights < 2:
            raise UserError(f"allocation.weights: {weights} is too few; want 2 or more.")
        return np.arange(weights) / (weights - 1)
    grid = np.asarray(weights, dtype=float)
    outside = [float(weight) for weight in grid if not 0 <= weight <= 1]
    if outside:
        raise UserError(
            f"allocation.weights: {len(outside)} outside [0, 1], for example {outside[:3]}. "
            "A weight is the share of one group in the planner's objective."
        )
    if len(grid) < 2 or (np.diff(grid) <= 0).any():
        raise UserError("allocation.weights: want two or more, each larger than the one before.")
    return grid


def group_objective(
    slots: pd.DataFrame,
    subjects: Mapping[str, float],
    information: str,
    weights: np.ndarray,
    ends: str = "efficient",
) -> Objective:
    """Weight w on lower-, 1 - w on higher-scoring students (eqs. 7 and 8, section 5.1.2).

    subjects: weight of each subject, {"ela": 1.0} or {"ela": 0.75, "math": 0.25}.
    information: heterogeneous (value added by group of students) or standard (one estimate for all
    students). ends: see config.yaml, allocation.ends. Raises UserError on other choices.
    """
    one_of("information", information, INFORMATION)

    def factors(weight: float) -> np.ndarray:
        columns = []
        for subject, share in subjects.items():
            lower = share * weight * slots[f"lower_{subject}"].to_numpy(float)
            higher = share * (1 - weight) * slots[f"higher_{subject}"].to_numpy(float)
            columns += [lower, higher] if information == "heterogeneous" else [lower + higher]
        return np.stack(columns, axis=1)

    kinds = ["lower", "higher"] if information == "heterogeneous" else ["standard"]
    teachers = [f"va_{kind}_{subject}" for subject in subjects for kind in kinds]
    return _objective(slots[teachers].to_numpy(float), factors, weights, ends)


def subject_objective(
    slots: pd.DataFrame, weights: np.ndarray, ends: str = "efficient"
) -> Objective:
    """Weight w on ELA, 1 - w on math, equal for all students; heterogeneous estimates (eq. 9)."""

    def factors(weight: float) -> np.ndarray:
        shares = [weight, weight, 1 - weight, 1 - weight]
        return slots[list(GROUP_COUNTS)].to_numpy(float) * shares

    return _objective(slots[list(GROUP_ESTIMATES)].to_numpy(float), factors, weights, ends)


def ces_objective(slots: pd.DataFrame, gammas: np.ndarray, factors: np.ndarray) -> Objective:
    """The CES planner of figure A.5; factors: (G, N, 4) from ``ces_factors``, one per gamma."""
    return Objective(slots[list(GROUP_ESTIMATES)].to_numpy(float), factors, gammas, {})


def cells_of(
    slots: pd.DataFrame, only: tuple[int, int] | None = None
) -> list[tuple[int, np.ndarray]]:
    """Number and slots of each cell (year x grade), or only of the year and grade ``only``.

    Raises UserError unless column slot counts the rows and rows are sorted by cell.
    """
    if not np.array_equal(slots["slot"], np.arange(len(slots))):
        raise UserError("slots: column slot must count 0, 1, 2, ... in row order.")
    if not slots["cell"].is_monotonic_increasing:
        raise UserError("slots: rows must be sorted by cell.")
    rows = slots.reset_index(drop=True)
    if only is not None:
        rows = rows[(rows["year"] == only[0]) & (rows["grade"] == only[1])]
    return sorted((int(cell), at.index.to_numpy()) for cell, at in rows.groupby("cell"))


def cell_problems(
    slots: pd.DataFrame,
    objective: Objective,
    scope: str,
    only: tuple[int, int] | None = None,
) -> Iterator[Problem]:
    """The problem of each of `cells_of`; with scope school, teachers stay within their school.

    Raises UserError on a scope that is neither district nor school.
    """
    one_of("scope", scope, SCOPES)
    for cell, at in cells_of(slots, only):
        rows = slots.iloc[at]
        schools = pd.factorize(rows["school_id"])[0]
        yield Problem(
            rows=objective.teachers[at],
            columns=objective.classes[:, at],
            blocks=schools if scope == "school" else np.zeros(len(at), dtype=int),
            ties={index: factors[at] for index, factors in objective.ties.items()},
            labels=objective.weights,
            name=f"cell {cell} (year {rows['year'].iloc[0]}, grade {rows['grade'].iloc[0]})",
        )


def _objective(
    teachers: np.ndarray, factors: Callable[[float], np.ndarray], weights: np.ndarray, ends: str
) -> Objective:
    """Stack the factors over the weights; the other group's objective breaks ties at 0 and 1."""
    one_of("allocation.ends", ends, ENDS)
    ties = {}
    if ends == "efficient":
        ties = {i: factors(1 - w) for i, w in enumerate(weights) if w in (0, 1)}
    return Objective(teachers, np.stack([factors(w) for w in weights]), weights, ties)


def one_of(name: str, value: str, choices: Sequence[str]) -> None:
    """Raise UserError, naming the choice ``name``, unless ``value`` is one of ``choices``."""
    if value not in choices:
        raise UserError(f"{name}: {value!r} is unknown; want one of {', '.join(choices)}.")
