"""Principals' ratings on the synthetic platform, and what becomes of applications (section 6)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import expit, logit

from welfare_added.market.features import total_value_added, value_added_per_student

TRAITS = [
    *("value_added", "experience_2_3", "experience_4_6", "experience_7", "experience_missing"),
    *("masters", "black", "black_black_share", "hispanic", "hispanic_hispanic_share", "female"),
    *("gender_missing", "race_missing", "value_added_missing"),
]
NODES = 41  # of the normal law over which the constant is set
POSITIVE = ("hired", "hired_elsewhere", "hired_out", "declined", "interview", "positive")


def index(
    applicants: pd.DataFrame,
    positions: pd.DataFrame,
    applicant: np.ndarray,
    position: np.ndarray,
    truth: Mapping[str, float],
) -> np.ndarray:
    """Representative utility of principals of applications, without constant and random effect.

    Bates et al. (2022), eq. 15 and table 6; every coefficient and its interaction with Title I
    (``_x``). applicant, position: codes of each application.
    """
    who = applicants.iloc[applicant].reset_index(drop=True)
    at = positions.iloc[position].reset_index(drop=True)
    per_student = value_added_per_student(
        who["mu_0"], who["mu_1"], who["experience_effect"], at["share_disadvantaged"]
    )
    columns = who.assign(
        value_added=total_value_added(per_student, at["class_size"]),
        black_black_share=who["black"] * at["share_black"],
        hispanic_hispanic_share=who["hispanic"] * at["share_hispanic"],
        value_added_missing=who["va_missing"],
    )[TRAITS].to_numpy(float)
    plain, with_title1 = (
        np.array([truth[f"{name}{end}"] for name in TRAITS]) for end in ("", "_x")
    )
    title1 = at["title1"].to_numpy(float)
    return columns @ plain + title1 * (truth["title1"] + columns @ with_title1)


def rating_constant(value: np.ndarray, spread: float, share: float) -> float:
    """Constant at which a share of applications is positive in expectation over random effects."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()
    of_value, number = np.unique(value.round(3), return_counts=True)
    grid = of_value[:, None] + spread * nodes

    def excess(constant: float) -> float:
        return number @ (expit(grid + constant) @ weights) / number.sum() - share

    return brentq(excess, -30, 30, xtol=1e-9)


def latent_ratings(
    value: np.ndarray, position: np.ndarray, effects: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Principals' net utility of applications; positive where the outcome is.

    effects: (P,) constant and random effect of each position.
    """
    return value + effects[position] - logit(rng.random(len(value)))
