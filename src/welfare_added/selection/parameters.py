"""Parameters that are reported: their names, and their values in a state."""

import numpy as np

from welfare_added.selection.model import Model
from welfare_added.selection.state import State, prior_parameters
from welfare_added.selection.supply import row_means

SCALES = ("eps", "theta", "phi", "school", "eta_u", "eta_v", "eta_y")
CORRELATIONS = ("theta phi", "eta_y eta_u", "eta_y eta_v", "eta_u eta_v")
_PAIRS = [f"correlation {pair}" for pair in CORRELATIONS]


def parameter_names(model: Model) -> list[str]:
    """Names, in the order of `parameter_values`.

    `demand standardised:` are coefficients of eq. 3 over the SD of eta^v + eps, which is what lists
    tell of; `fallback less schools` and `fallback less vacancies` are a displaced teacher's utility
    less the mean effect of schools, and less the mean utility of a vacancy on a menu. Where no
    fallback fixes the level (see `fallbacks`), schools' effects are less their mean.
    """
    outcome, supply, demand = model.names
    return [
        *(f"outcomes: {name}" for name in outcome),
        *(f"supply: {name}" for name in supply),
        *(f"demand: {name}" for name in demand),
        *(f"demand standardised: {name}" for name in demand),
        *(f"sd {name}" for name in SCALES),
        *_PAIRS,
        "fallback less schools",
        "fallback less vacancies",
        *(f"school effect {number}" for number in range(model.schools)),
    ]


def parameter_values(model: Model, state: State) -> np.ndarray:
    """Values of the parameters in a state."""
    return _of_parameters(model, vars(state), -row_means(model.menus, state).mean())


def told_by_prior_alone(model: Model) -> list[str]:
    """Names of parameters of which no decision and no score tells anything."""
    data, names = model.menus.data, []
    if data.displaced.all():
        names.append("supply: inertia")
    if not model.menus.fallbacks.free.any():
        names += ["fallback less schools", "fallback less vacancies"]
    if len(model.demand.rank) == 0:
        names += [f"demand: {name}" for name in model.names[2]]
        names += ["sd phi", "sd eta_v", *(pair for pair in _PAIRS if "phi" in pair or "_v" in pair)]
    named = np.union1d(data.school, data.own_school[~data.displaced])
    absent = np.setdiff1d(np.arange(model.schools), named)
    return names + [f"school effect {number}" for number in absent]


def prior_widths(model: Model, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Half the width of the central 68% of each parameter's prior.

    NaN for the fallback less vacancies, whose prior depends on all menus.

    """
    outcome, supply, demand = (len(names) for names in model.names)
    values = []
    for _ in range(draws):
        drawn = prior_parameters(model.priors, (outcome, supply - 1, demand), model.schools, rng)
        values.append(_of_parameters(model, drawn, np.nan))
    low, high = np.quantile(values, [0.16, 0.84], axis=0)
    return (high - low) / 2


def _of_parameters(model, drawn, less_vacancies):
    """Values of coefficients, scales and schools' effects."""
    scales, demand, schools = drawn["scales"], drawn["demand"], drawn["school_effect"]
    level = 0.0 if model.menus.fallbacks.free.any() else schools.mean()
    return np.concatenate(
        [
            drawn["outcome"],
            drawn["supply"],
            demand,
            demand / np.sqrt(1 + scales.sd_eta_v**2),
            [getattr(scales, f"sd_{name}") for name in SCALES],
            [
                scales.phi_weights[0],
                scales.y_weights[0],
                scales.correlation_y_v,
                scales.v_weights[0],
                -schools.mean(),
                less_vacancies,
            ],
            schools - level,
        ]
    )
