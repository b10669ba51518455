"""Factors as whole numbers, so that scores, duals and their sums are exact and ties are true ties.

A sum of whole numbers below 2^53 is exact in double precision: neither the order of its terms nor
the processor's instructions can change it.
"""

from dataclasses import dataclass, replace

import numpy as np

from welfare_added.assignment.arcs import Factors
from welfare_added.assignment.problem import Problem

EXACT = 2.0**53  # up to which every whole number is a double
BITS = 50  # of a cell's largest score: three are left for duals and reduced costs
ESTIMATES = 10**8  # value added is kept to 1 / ESTIMATES [student SD]
TEACHER_BITS = 27  # of value added that is no multiple of that
SHARES = 2_520_000  # weights, shares and their products are ratios whose denominators divide this
NOISE = 1e-4  # of a unit: distance from a whole number that is rounding


@dataclass(frozen=True)
class Whole:
    """A cell's problem in whole numbers, and what one of them is worth.

    problem: the cell with whole teachers, classes and ties. units: (W,) a score of the problem as
    given is a score of this one times the weight's unit.
    """

    problem: Problem
    units: np.ndarray


def whole_problem(problem: Problem) -> Whole:
    """Put a cell's factors on grids, each weight's class factors on one of their own.

    Value added that consists of multiples of 1e-8 and class factors that are ratios of small whole
    numbers stay what they are. Others are rounded: value added to 27 bits of the largest, class
    factors to as many bits as leave the largest score of the weight below 2^50.
    """
    teachers, unit = teacher_grid(problem.teachers)
    layers = [class_grid(teachers, layer) for layer in problem.classes]
    ties = {index: class_grid(teachers, tie)[0] for index, tie in problem.ties.items()}
    classes = np.stack([layer for layer, _ in layers])
    units = unit * np.array([one for _, one in layers])
    return Whole(replace(problem, teachers=teachers, classes=classes, ties=ties), units)


def teacher_grid(values: np.ndarray) -> tuple[np.ndarray, float]:
    """Whole numbers (as doubles) and their unit, for value added of any shape."""
    found = multiples(values, ESTIMATES)
    return found or rounded(values, np.abs(values).max() / 2.0**TEACHER_BITS)


def class_grid(teachers: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, float]:
    """The same for class factors (..., k), given the whole teachers (n, k)."""
    flat = values.reshape(-1, values.shape[-1])
    found = multiples(values, SHARES)
    if found and Factors(teachers, found[0].reshape(flat.shape)).largest <= 2.0**BITS:
        return found
    return rounded(values, Factors(teachers, flat).largest / 2.0**BITS)


def multiples(values: np.ndarray, parts: int) -> tuple[np.ndarray, float] | None:
    """Values as multiples of the largest unit, itself one of 1/parts, that divides all of them.

    None where one of them is no multiple of 1/parts, but for rounding.
    """
    scaled = values * parts
    whole = np.rint(scaled)
    if np.abs(scaled - whole).max() > NOISE or np.abs(whole).max() >= EXACT:
        return None
    common = int(np.gcd.reduce(whole.astype(np.int64), axis=None)) or 1
    return whole / common, common / parts


def rounded(values: np.ndarray, finest: float) -> tuple[np.ndarray, float]:
    """Values rounded to multiples of the smallest power of two that is not below ``finest``."""
    unit = 2.0 ** (np.frexp(finest)[1])
    return np.rint(values / unit), float(unit)
