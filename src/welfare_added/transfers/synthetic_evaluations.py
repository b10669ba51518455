"""The district's own measures of teachers, planted with given correlations with effectiveness."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.transfers.planted import Planted

DECIMALS = 4


def evaluations(
    positions: pd.DataFrame,
    theta: np.ndarray,
    truth: Planted,
    parameters: Mapping,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The table of district evaluations: SD one, correlation with theta as planted.

    positions: teacher_id, year; theta: by number of the teacher.
    """
    rows = positions.loc[positions["year"] >= parameters["from"], ["teacher_id", "year"]]
    rows = rows.sort_values(["teacher_id", "year"], ignore_index=True)
    number = rows["teacher_id"].str[1:].astype(int).to_numpy()
    effective = theta[number] / truth.spreads["sd_theta"]
    for name, reliability in parameters["reliability"].items():
        noise = np.sqrt(1.0 - reliability**2) * rng.standard_normal(len(rows))
        measure = np.round(reliability * effective + noise, DECIMALS)
        seen = rng.random(len(rows)) < parameters["observed"][name]
        rows[name] = np.where(seen, measure, np.nan)
    measures = list(parameters["reliability"])
    return rows[rows[measures].notna().any(axis=1)].reset_index(drop=True)
