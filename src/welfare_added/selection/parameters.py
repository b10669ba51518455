"""Parameters that are reported: their names, and their values in a state."""

import numpy as np

from welfare_added.selection.model import Model
from welfare_added.selection.state import State
from welfare_added.selection.supply import row_means

SCALES = ("eps", "theta", "phi", "school", "eta_u", "eta_v", "eta_y")
CORRELATIONS = ("theta phi", "eta_y eta_u", "eta_y eta_v", "eta_u eta_v")


def parameter_names(model: Model) -> list[str]:
    """Names, in the order of `parameter_values`.

    `demand standardised:` are coefficients of eq. 3 over the SD of eta^v + eps, which is what lists
    tell of; `fallback less schools` and `fallback less vacancies` are a displaced teacher's utility
    less the mean effect of schools, and less the mean utility of a vacancy on a menu.
    """
    outcome, supply, demand = model.names
    return [
        *(f"outcomes: {name}" for name in outcome),
        *(f"supply: {name}" for name in supply),
        *(f"demand: {name}" for name in demand),
        *(f"demand standardised: {name}" for name in demand),
        *(f"sd {name}" for name in SCALES),
        *(f"correlation {pair}" for pair in CORRELATIONS),
        "fallback less schools",
        "fallback less vacancies",
        *(f"school effect {number}" for number in range(model.schools)),
    ]


def parameter_values(model: Model, state: State) -> np.ndarray:
    """Values of the parameters in a state."""
    scales = state.scales
    return np.concatenate(
        [
            state.outcome,
            state.supply,
            state.demand,
            state.demand / np.sqrt(1 + scales.sd_eta_v**2),
            [getattr(scales, f"sd_{name}") for name in SCALES],
            [
                scales.phi_weights[0],
                scales.y_weights[0],
                scales.correlation_y_v,
                scales.v_weights[0],
                -state.school_effect.mean(),
                -row_means(model.menus, state).mean(),
            ],
            state.school_effect,
        ]
    )
