"""Names and order of the parameters of the two-sided model (Biasi 2017, eqs. 14 and 15)."""

from collections.abc import Mapping

import numpy as np

from welfare_added.run.errors import UserError

# Teachers' utility: salary ($1,000), distance (miles), incumbent (0/1), poor pupils (percent),
# urban (0/1), and the outside option, which is subtracted.
TEACHER = ("salary", "distance", "incumbent", "poor", "urban", "outside")
# Districts' payoff, in SDs of its shock: value added (SD), seniority (years), Master's (0/1).
DISTRICT = ("value_added", "seniority", "master")
NAMES = (*TEACHER, *DISTRICT)
TEACHERS = len(TEACHER)
OUTSIDE, SALARY = NAMES.index("outside"), NAMES.index("salary")


def parameter_vector(values: Mapping[str, float]) -> np.ndarray:
    """Parameters (9,) in the order of `NAMES`.

    Raises
    ------
    UserError
        If a name is missing or unknown.

    """
    if set(values) != set(NAMES):
        wrong = sorted(set(values) ^ set(NAMES))
        raise UserError(f"parameters: {', '.join(wrong)} missing or unknown; want {NAMES}")
    return np.array([float(values[name]) for name in NAMES])


def centred(parameters: np.ndarray, centre: float) -> np.ndarray:
    """The same parameters with the salary measured from ``centre`` ($1,000)."""
    moved = np.array(parameters, dtype=float)
    moved[OUTSIDE] -= centre * moved[SALARY]
    return moved


def uncentred(parameters: np.ndarray, centre: float) -> np.ndarray:
    """Undo `centred`."""
    return centred(parameters, -centre)


def uncentring(centre: float) -> np.ndarray:
    """Matrix (9, 9) by which `uncentred` multiplies."""
    matrix = np.eye(len(NAMES))
    matrix[OUTSIDE, SALARY] = centre
    return matrix
