"""Effects of every teacher in every school, as reassignment needs them."""

import numpy as np

from welfare_added.selection.factors import with_all_matches
from welfare_added.selection.model import Model
from welfare_added.selection.state import State


def effects_of_all_pairs(
    model: Model, state: State, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw eta^y and eta^u (T, S) of all pairs given a state's.

    Pairs that the data know keep eta^u, and those with scores eta^y; what is missing is drawn given
    what is there, and from the prior where nothing is.

    """
    pairs, scales = model.pairs, state.scales
    shape = model.teachers, model.schools
    z_u, rest = rng.standard_normal((2, *shape))
    weight = scales.y_weights[0]
    eta_u = scales.sd_eta_u * z_u
    eta_y = scales.sd_eta_y * (weight * z_u + np.sqrt(1 - weight**2) * rest)
    eta_u[pairs.teacher, pairs.school] = state.eta_u
    eta_y[pairs.teacher, pairs.school] = with_all_matches(model, state, rng).eta_y
    return eta_y, eta_u
