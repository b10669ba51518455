"""Small systems whose decisions and scores come from the model, and priors that suit them."""

import numpy as np

from welfare_added.selection.priors import read_priors
from welfare_added.selection.state import Scales
from welfare_added.selection.worlds import WorldSize, make_world

STATED = {
    "outcome": 0.25,
    "supply": 0.25,
    "demand": 0.25,
    "school_mean": 0.25,
    "loading": 1.0,
    "sd_eps": {"half_normal": 1.0},
    "sd_theta": {"half_normal": 0.3},
    "sd_phi": {"half_normal": 0.3},
    "sd_school": {"half_normal": 0.3},
    "sd_eta_u": {"half_normal": 0.3},
    "sd_eta_v": {"half_normal": 0.3},
    "sd_eta_y": {"half_normal": 0.3},
}
INFORMATIVE = read_priors(STATED)


PUBLISHED = Scales(
    sd_eps=0.57,
    sd_theta=0.0817,
    sd_phi=0.153,
    sd_school=0.2,
    sd_eta_u=0.495,
    sd_eta_v=0.1,
    sd_eta_y=0.05,
    phi_theta=1.75,
    v_u=0.0,
    y_u=-0.577,
    y_v=0.0,
)
SMALL = WorldSize(teachers=12, schools=4, years=1, vacancies=7, students=12)


def world(size=SMALL, seed=0):
    """Regressors of a system with displaced teachers, concurrent offers and shared pairs."""
    return make_world(size, seed)


def planted(schools, seed=0):
    """Parameters of the size of the published ones, as keywords of a state."""
    effects = 0.2 * np.random.default_rng(seed).standard_normal(schools)
    return {
        "scales": PUBLISHED,
        "outcome": np.array([0.1, 0.77, -0.003, 0.003, 0.036]),
        "supply": np.array([-0.111, 0.026, 0.498, 0.125, -0.068, -0.1, 3.582]),
        "demand": np.array([-0.34, 0.374, 0.5, -0.463]),
        "school_mean": -0.2,
        "school_effect": effects - 0.2,
    }
