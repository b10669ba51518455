"""Elasticities of the chance to move to a district, and what is worth how much salary."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.offers.parameters import NAMES, SALARY

CONTINUOUS = ("salary", "distance", "poor")
DUMMIES = ("incumbent", "urban")


@dataclass(frozen=True)
class Point:
    """Where elasticities are taken: salary ($1,000), distance (miles), poor (percent).

    stays: one minus the chance p that a teacher moves to the district.
    """

    salary: float
    distance: float
    poor: float
    stays: float


def elasticities(
    parameters: np.ndarray, point: Point, covariance: np.ndarray | None = None
) -> pd.DataFrame:
    """Elasticities of table 13, and compensating salaries, of parameters (9,).

    Of a continuous z it is b (1 - p) z, of a dummy (1 - p) (1 - exp(-b)). What a unit of z is worth
    in salary is -b / b_salary ($1,000 a unit), the ratio of coefficients; the paper divides
    elasticities. covariance: (9, 9), for standard errors by the delta method; nan without.

    Returns columns parameter, coefficient, elasticity, elasticity_se, compensating_salary,
    compensating_se: salary that offsets one more unit.
    """
    rows = []
    error = np.full((len(NAMES), len(NAMES)), np.nan) if covariance is None else covariance
    for name in (*CONTINUOUS, *DUMMIES):
        k = NAMES.index(name)
        b, salary = parameters[k], parameters[SALARY]
        if name in CONTINUOUS:
            slope = point.stays * getattr(point, name)
            value = slope * b
        else:
            slope = point.stays * np.exp(-b)
            value = point.stays * (1 - np.exp(-b))
        ratio = -b / salary
        turn = np.array([-1 / salary, b / salary**2])
        block = error[np.ix_([k, SALARY], [k, SALARY])]
        spread = 0.0 if k == SALARY else float(np.sqrt(turn @ block @ turn))
        rows.append((name, b, value, abs(slope) * np.sqrt(error[k, k]), ratio, spread))
    columns = "parameter coefficient elasticity elasticity_se compensating_salary compensating_se"
    return pd.DataFrame(rows, columns=columns.split())
