"""Teachers' menus (eq. 2): draws of utilities, coefficients, schools' effects and their moves.

The utility of a displaced teacher's fallback has mean 0, which fixes the level, or that of
vacancies left over (`fallbacks`); schools' effects are N(mu, sd^2), without one of reference.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse import csr_array

from welfare_added.selection.arrays import Supply, System
from welfare_added.selection.decision_loops import draw_fallbacks, draw_rows
from welfare_added.selection.fallbacks import Fallbacks, fallbacks_of
from welfare_added.selection.outcome_block import draw_normal
from welfare_added.selection.pairs import Pairs
from welfare_added.selection.priors import Priors
from welfare_added.selection.slices import draw_sd, slice_draw
from welfare_added.selection.state import State


@dataclass(frozen=True)
class Menus:
    """Menus with what does not change between sweeps.

    Attributes
    ----------
    data, pairs, schools
        The system's.
    regressors, own_regressors
        (R, q + 1) and (M, q + 1) with inertia last: 0 for vacancies, 1 for present positions.
    fallbacks
        What menus' fallbacks are worth; those (O,) that are not worth 0 are called own.
    cross
        (q + 1 + S, q + 1 + S) cross products of regressors and of schools' weights, over
        vacancies and own fallbacks.
    rows_of_pair
        (P,) number of vacancies and own fallbacks of each pair, by weight.

    """

    data: Supply = field(repr=False)
    pairs: Pairs = field(repr=False)
    schools: int
    regressors: np.ndarray = field(repr=False)
    own_regressors: np.ndarray = field(repr=False)
    fallbacks: Fallbacks = field(repr=False)
    cross: np.ndarray = field(repr=False)
    rows_of_pair: np.ndarray = field(repr=False)

    @property
    def own(self) -> np.ndarray:
        """Menus (O,) whose fallback is not worth 0."""
        return self.fallbacks.own


def menus_of(system: System, pairs: Pairs) -> Menus:
    """Menus of a system."""
    data, schools = system.supply, system.schools
    vacancies = np.column_stack([data.regressors, np.zeros(len(data.school))])
    fallbacks = fallbacks_of(data, pairs, schools)
    rows, q = len(data.school), vacancies.shape[1]
    of_row = csr_array((np.ones(rows), (np.arange(rows), data.school)), shape=(rows, schools))
    cross = np.zeros((q + schools, q + schools))
    own = fallbacks.regressors[fallbacks.own]
    for x, weights in ((vacancies, of_row), (own, fallbacks.schools)):
        cross[:q, :q] += x.T @ x
        cross[q:, :q] += weights.T @ x
        cross[q:, q:] += (weights.T @ weights).toarray()
    cross[:q, q:] = cross[q:, :q].T
    count = len(pairs.teacher)
    return Menus(
        data=data,
        pairs=pairs,
        schools=schools,
        regressors=np.ascontiguousarray(vacancies),
        own_regressors=fallbacks.regressors,
        fallbacks=fallbacks,
        cross=cross,
        rows_of_pair=np.bincount(pairs.of_row, minlength=count)
        + fallbacks.pairs.T @ np.ones(len(fallbacks.own)),
    )


def row_means(menus: Menus, state: State) -> np.ndarray:
    """Means (R,) of the utilities of vacancies."""
    return (
        menus.regressors @ state.supply
        + state.school_effect[menus.data.school]
        + state.eta_u[menus.pairs.of_row]
    )


def fallback_means(menus: Menus, state: State) -> np.ndarray:
    """Means (M,) of the utilities of fallbacks."""
    mean = np.zeros(len(menus.data.teacher))
    own, fallbacks = menus.own, menus.fallbacks
    mean[own] = (
        menus.own_regressors[own] @ state.supply
        + fallbacks.schools @ state.school_effect
        + fallbacks.pairs @ state.eta_u
    )
    return mean


def draw_utilities(menus: Menus, state: State, rng: np.random.Generator) -> State:
    """Draw utilities of vacancies given fallbacks, then fallbacks given vacancies."""
    data, utility, fallback = menus.data, state.utility.copy(), state.fallback.copy()
    mean = row_means(menus, state)
    uniform = rng.random(len(utility))
    draw_rows(data.first, mean, fallback, data.applied, data.offer, uniform, utility)
    uniform = rng.random(len(fallback))
    draw_fallbacks(
        data.first, fallback_means(menus, state), utility, data.applied, uniform, fallback
    )
    return replace(state, utility=utility, fallback=fallback)


def draw_coefficients(
    menus: Menus, state: State, priors: Priors, rng: np.random.Generator
) -> State:
    """Draw coefficients and schools' effects together, mu integrated out; then mu and the SD."""
    q, eta = menus.own_regressors.shape[1], state.eta_u
    left = state.utility - eta[menus.pairs.of_row]
    own = state.fallback[menus.own] - menus.fallbacks.pairs @ eta
    precision = coefficient_precision(menus, state.scales.sd_school, priors)
    drawn = draw_normal(precision, by_coefficient(menus, left, own), rng)
    state = replace(state, supply=drawn[:q], school_effect=drawn[q:])
    return draw_school_scales(state, priors, rng)


def coefficient_precision(menus: Menus, sd_school: float, priors: Priors) -> np.ndarray:
    """Precision of coefficients and schools' effects given utilities, mu integrated out."""
    q = menus.own_regressors.shape[1]
    precision = menus.cross.copy()
    precision[range(q), range(q)] += 1 / priors.supply
    precision[q:, q:] += school_precision(menus.schools, sd_school, priors)
    return precision


def school_precision(schools: int, sd_school: float, priors: Priors) -> np.ndarray:
    """Prior precision (S, S) of schools' effects, mu integrated out."""
    variance = sd_school**2
    shared = 1 / (variance * (variance / priors.school_mean + schools))
    return np.eye(schools) / variance - shared


def by_coefficient(menus: Menus, row: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Sums of values (R,) and (O,) times regressors, then by school, as coefficients need them."""
    sums = np.bincount(menus.data.school, row, minlength=menus.schools)
    sums += menus.fallbacks.schools.T @ own
    return np.concatenate(
        [menus.regressors.T @ row + menus.own_regressors[menus.own].T @ own, sums]
    )


def draw_school_scales(state: State, priors: Priors, rng: np.random.Generator) -> State:
    """Draw the mean of schools' effects given their SD, then the SD."""
    effects, scales = state.school_effect, state.scales
    precision = len(effects) / scales.sd_school**2 + 1 / priors.school_mean
    mean = effects.sum() / scales.sd_school**2 / precision
    level = float(mean + rng.standard_normal() / np.sqrt(precision))
    squares = float(((effects - level) ** 2).sum())
    sd = draw_sd(scales.sd_school, squares, len(effects), priors.sd_school, rng)
    return replace(state, school_mean=level, scales=replace(scales, sd_school=sd))


def draw_tastes(
    menus: Menus,
    state: State,
    precision: np.ndarray,
    product: np.ndarray,
    rng: np.random.Generator,
) -> State:
    """Draw eta^u given utilities and what schools' lists and scores tell of eta^u / sd_eta_u.

    The latter is normal with a precision (P,) beside the prior's 1, and its product with the mean.

    """
    count, sd = len(state.eta_u), state.scales.sd_eta_u
    row = state.utility - row_means(menus, state)
    own = (state.fallback - fallback_means(menus, state))[menus.own]
    sums = by_pair(menus, row, own)
    sums += menus.rows_of_pair * state.eta_u + menus.fallbacks.pair_noise(rng)
    total = 1 + precision + menus.rows_of_pair * sd**2
    z = (product + sd * sums) / total + rng.standard_normal(count) / np.sqrt(total)
    return replace(state, eta_u=sd * z)


def by_pair(menus: Menus, row: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Sums (P,) of values of vacancies (R,) and of own fallbacks (O,), by weight."""
    count = len(menus.pairs.teacher)
    sums = np.bincount(menus.pairs.of_row, row, minlength=count)
    return sums + menus.fallbacks.pairs.T @ own


def move_level(menus: Menus, state: State, priors: Priors, rng: np.random.Generator) -> State:
    """Shift all utilities, schools' effects and their mean: only fallbacks worth 0 notice."""
    free = menus.fallbacks.free
    precision = free.sum() + 1 / priors.school_mean
    gap = -(state.fallback[free].sum() + state.school_mean / priors.school_mean)
    shift = gap / precision + rng.standard_normal() / np.sqrt(precision)
    return replace(
        state,
        utility=state.utility + shift,
        fallback=state.fallback + shift,
        school_effect=state.school_effect + shift,
        school_mean=state.school_mean + shift,
    )


def move_scale(menus: Menus, state: State, priors: Priors, rng: np.random.Generator) -> State:
    """Multiply all that is in units of utility by one number (Liu and Wu 1999); orders stay."""
    scales = state.scales
    errors = state.utility - row_means(menus, state)
    own = state.fallback - fallback_means(menus, state)
    squares = errors @ errors + own @ own
    prior = state.supply @ state.supply / priors.supply + state.school_mean**2 / priors.school_mean
    volume = len(errors) + len(own) + len(state.supply) + 1

    def log_density(log_factor):
        return (
            volume * log_factor
            - 0.5 * np.exp(2 * log_factor) * (squares + prior)
            + priors.sd_school.log_density(np.log(scales.sd_school) + log_factor)
            + priors.sd_eta_u.log_density(np.log(scales.sd_eta_u) + log_factor)
        )

    k = np.exp(slice_draw(log_density, 0.0, 2 / np.sqrt(volume), rng))
    return replace(
        state,
        utility=k * state.utility,
        fallback=k * state.fallback,
        supply=k * state.supply,
        school_effect=k * state.school_effect,
        school_mean=k * state.school_mean,
        eta_u=k * state.eta_u,
        scales=replace(scales, sd_school=k * scales.sd_school, sd_eta_u=float(k * scales.sd_eta_u)),
    )


def first_utilities(menus: Menus) -> tuple[np.ndarray, np.ndarray]:
    """Utilities (R,) of vacancies and (M,) of fallbacks that respect all decisions."""
    data = menus.data
    utility = np.where(data.applied, 0.5, -0.5) + 0.5 * (data.offer == 2)
    return utility, np.zeros(len(data.teacher))
