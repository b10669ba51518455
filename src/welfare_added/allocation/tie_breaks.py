"""Which of several optimal allocations is taken, and which classes and teachers are tied."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from welfare_added.allocation.frontier import subject_shares
from welfare_added.allocation.objectives import (
    Objective,
    cell_problems,
    cells_of,
    group_objective,
    one_of,
    subject_objective,
)
from welfare_added.assignment.places import equal_rows, keep_places, shuffle_places
from welfare_added.assignment.sweep import Places
from welfare_added.assignment.whole import whole_problem
from welfare_added.district.vocabulary import INFORMATION, SCOPES, SUBJECTS

TIES = ("stay", "random")
PLANNED = (*SUBJECTS, "both", "subjects", "ces")
Plan = tuple[str, str, str]  # subject (one of PLANNED), scope, information


def generator(seed: int, plan: Plan, *part: int) -> np.random.Generator:
    """Random numbers of one part of a plan, such as a cell: apart from those of all others."""
    subject, scope, information = plan
    place = PLANNED.index(subject), SCOPES.index(scope), INFORMATION.index(information)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(*place, *part)))


def tie_break(ties: str, seed: int, plan: Plan, cell: int) -> Places:
    """How ties are broken in a cell of a plan.

    ties: ``stay`` (teachers keep their class where they can) or ``random`` (each arrangement of
    equal classes and of equal teachers is equally likely). Raises UserError on other choices.
    """
    one_of("allocation.ties", ties, TIES)
    if ties == "stay":
        return keep_places
    return partial(shuffle_places, random=generator(seed, plan, cell))


@dataclass(frozen=True)
class Tied:
    """Classes and teachers that can be exchanged at no cost to the planner.

    classes: (W, N) int label of each class at each weight; classes of one label have equal factors
    in the score, and stand in one cell (and school, where teachers stay in theirs). teachers:
    (N,) the same of teachers, at all weights. rows: (N, k), columns: (W, N, k) factors of the
    scores, whole numbers.
    """

    classes: np.ndarray
    teachers: np.ndarray
    rows: np.ndarray
    columns: np.ndarray


def tied(slots: pd.DataFrame, objective: Objective, scope: str) -> Tied:
    """Find tied classes and teachers among all slots, as the solver does cell by cell.

    Where the planner counts one estimate of each teacher, every optimal allocation is a
    permutation within these groups of any other; elsewhere nearly every one (docs/allocation.md).
    """
    n, layers = len(slots), len(objective.weights)
    classes, teachers = np.empty((layers, n), dtype=int), np.empty(n, dtype=int)
    rows, columns = np.empty_like(objective.teachers), np.empty_like(objective.classes)
    for (_, at), problem in zip(
        cells_of(slots), cell_problems(slots, objective, scope), strict=True
    ):
        whole = whole_problem(problem).problem
        blocks = whole.blocks[:, None]
        rows[at], columns[:, at] = whole.rows, whole.columns
        teachers[at] = at[0] + equal_rows(blocks, whole.rows)
        for index, layer in enumerate(whole.columns):
            classes[index, at] = at[0] + equal_rows(blocks, layer)
    return Tied(classes, teachers, rows, columns)


def plan_objective(
    slots: pd.DataFrame,
    subject: str,
    information: str,
    weights: np.ndarray,
    weight_ela: float,
    ends: str = "efficient",
) -> Objective:
    """Objective of a plan for ela, math, both or subjects (eq. 9), at its weights."""
    if subject == "subjects":
        return subject_objective(slots, weights, ends)
    shares: Mapping[str, float] = subject_shares(subject, weight_ela)
    return group_objective(slots, shares, information, weights, ends)
