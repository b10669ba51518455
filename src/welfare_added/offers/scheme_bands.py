"""Bands of outcomes under quality pay, by the parametric bootstrap."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from welfare_added.offers.estimate import Fit
from welfare_added.run.errors import UserError


def drawn_parameters(fit: Fit, draws: int, seed: int) -> np.ndarray:
    """Parameters (draws, 9) from the normal distribution of the estimates.

    What is not identified stays as it is, so that bands hold nothing of it. Draw b depends on
    ``seed`` and b alone. Raises `UserError` if the fit has no standard errors.
    """
    known = np.array([not why for why in fit.reason])
    block = fit.covariance[np.ix_(known, known)]
    if not np.isfinite(block).all():
        raise UserError("bands: the fit has no standard errors; its search did not converge")
    value, vector = np.linalg.eigh(block)
    root = vector * np.sqrt(np.maximum(value, 0.0))
    root *= np.where(vector.sum(axis=0) < 0, -1.0, 1.0)  # an eigenvector's sign is arbitrary
    found = np.tile(fit.parameters, (draws, 1))
    for number, child in enumerate(np.random.SeedSequence(seed).spawn(draws)):
        normal = np.random.default_rng(child).standard_normal(int(known.sum()))
        found[number, known] += root @ normal
    return found


def outcome_bands(
    outcomes: Callable[[np.ndarray], pd.DataFrame],
    fit: Fit,
    draws: int,
    seed: int,
    level: float = 0.95,
) -> pd.DataFrame:
    """Outcomes at the estimates, with bands over draws of parameters.

    outcomes: `scheme_outcomes` of parameters (9,) alone. Returns its table with columns value_low,
    value_high, percent_low, percent_high and draws (those whose equilibria all were reached; the
    others are left out).
    """
    table = outcomes(fit.parameters)
    drawn = [outcomes(parameters) for parameters in drawn_parameters(fit, draws, seed)]
    good = [one for one in drawn if one["converged"].all()]
    if not good:
        raise UserError(f"bands: no equilibrium in any of {draws} draws of parameters")
    tail = (1 - level) / 2
    for column in ("value", "percent"):
        stacked = np.stack([one[column].to_numpy() for one in good])
        for end, share in (("low", tail), ("high", 1 - tail)):
            table[f"{column}_{end}"] = np.quantile(stacked, share, axis=0)
    table["draws"] = len(good)
    return table
