"""Gains of plans over the observed assignment, and what they are made of; students' quartiles."""

from dataclasses import dataclass

import numpy as np

from welfare_added.reassignment.scores import Sums, Teachers
from welfare_added.reassignment.year import Year


@dataclass(frozen=True)
class Decomposition:
    """Gain in the mean score, total = effectiveness + match (table 6)."""

    total: float
    effectiveness: float
    match: float


def decomposition(
    year: Year, teachers: Teachers, sums: Sums, match: np.ndarray, holder: np.ndarray
) -> Decomposition:
    """Gain of a plan over the observed assignment, per student.

    effectiveness: change of theta and the main effects of traits, weighted by students; match: of
    all that depends on the pair.

    Parameters
    ----------
    year, teachers, sums
        Of the plan.
    match
        (m, n) of `match_scores`.
    holder
        (n,) candidate in each position.

    """
    positions, observed = np.arange(len(holder)), year.observed
    students = float(sums.students.sum())
    change = teachers.effectiveness[holder] - teachers.effectiveness[observed]
    effective = float(change @ sums.students) / students
    matched = float((match[holder, positions] - match[observed, positions]).sum()) / students
    return Decomposition(effective + matched, effective, matched)


def class_decomposition(
    year: Year, teachers: Teachers, sums: Sums, match: np.ndarray, holder: np.ndarray
) -> Decomposition:
    """The same for the mean over positions of the position's mean (table A6)."""
    size = np.maximum(sums.students, 1.0)
    positions, observed = np.arange(len(holder)), year.observed
    change = teachers.effectiveness[holder] - teachers.effectiveness[observed]
    matched = (match[holder, positions] - match[observed, positions]) / size
    parts = float(change.mean()), float(matched.mean())
    return Decomposition(sum(parts), *parts)


def quartiles(previous: np.ndarray, cell: np.ndarray) -> np.ndarray:
    """Quartile (0 to 3) of each student's previous score among those of her cell, (N,).

    cell: whole number, as of year and grade. Equal scores are in the order of the rows.
    """
    order = np.lexsort((previous, cell))
    size = np.bincount(cell)
    first = np.cumsum(size) - size
    place = np.empty(len(cell), dtype=int)
    place[order] = np.arange(len(cell)) - first[cell[order]]
    return place * 4 // size[cell]
