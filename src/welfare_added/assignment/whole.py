"""Factors as whole numbers, so that scores, duals and their sums are exact and equal scores tie.

A sum of whole numbers below 2^53 is exact in double precision: neither the order of its terms nor
the processor's instructions can change it.
"""

from dataclasses import dataclass, replace

import numpy as np

from welfare_added.assignment.arcs import Factors
from welfare_added.assignment.problem import Problem

EXACT = 2.0**53  # doubles represent every whole number up to here
BITS = 50  # of a problem's largest score: three are left for duals and reduced costs
ESTIMATES = 10**8  # row factors that are multiples of 1 / ESTIMATES are kept exactly
ROW_BITS = 27  # precision of other row factors
SHARES = 2_520_000  # column factors whose denominators divide this are kept exactly
NOISE = 1e-4  # of a unit: distance from a whole number that counts as rounding error


@dataclass(frozen=True)
class Whole:
    """A problem in whole numbers, and the units that turn its scores back into the original ones.

    problem: with whole rows, columns and ties. units: (W,) original score = whole score x unit.
    """

    problem: Problem
    units: np.ndarray


def whole_problem(problem: Problem) -> Whole:
    """Express a problem's factors as whole multiples of units, one unit for columns per weight.

    Row factors that are multiples of 1e-8 and column factors that are ratios of small whole
    numbers are kept exactly. Others are rounded: rows to 27 bits of the largest, columns to as many
    bits as leave the largest score of the weight below 2^50.
    """
    rows, unit = row_grid(problem.rows)
    layers = [column_grid(rows, layer) for layer in problem.columns]
    ties = {index: column_grid(rows, tie)[0] for index, tie in problem.ties.items()}
    columns = np.stack([layer for layer, _ in layers])
    units = unit * np.array([one for _, one in layers])
    return Whole(replace(problem, rows=rows, columns=columns, ties=ties), units)


def row_grid(values: np.ndarray) -> tuple[np.ndarray, float]:
    """Row factors of any shape as whole numbers (in doubles), and their unit."""
    exact = multiples(values, ESTIMATES)
    return exact or rounded(values, np.abs(values).max() / 2.0**ROW_BITS)


def column_grid(rows: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, float]:
    """The same for column factors (..., k), given the whole row factors (n, k)."""
    flat = values.reshape(-1, values.shape[-1])
    exact = multiples(values, SHARES)
    if exact and Factors(rows, exact[0].reshape(flat.shape)).largest <= 2.0**BITS:
        return exact
    return rounded(values, Factors(rows, flat).largest / 2.0**BITS)


def multiples(values: np.ndarray, parts: int) -> tuple[np.ndarray, float] | None:
    """Values as multiples of the largest multiple of 1/parts that divides all of them.

    None where some value is not a multiple of 1/parts, up to rounding error.
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
