"""The sweep in the order of the paper's appendix B, to show how it mixes.

Factors (see `factors`) start with eta^y, drawn for every pair, most of which have no scores.
Nothing is integrated out: latent utilities; coefficients with the loadings b as coefficients of
factors; SD of eps; factors; their standard deviations, whose priors are those of eta^y, eta^u,
eta^v, phi and theta. Loadings have the prior of their equation's coefficients.
"""

from dataclasses import replace

import numpy as np

from welfare_added.run.errors import UserError
from welfare_added.selection import outcome_block as block
from welfare_added.selection import supply
from welfare_added.selection.demand import draw_values
from welfare_added.selection.factors import factors_of, with_factors
from welfare_added.selection.model import Model
from welfare_added.selection.slices import draw_sd
from welfare_added.selection.state import State
from welfare_added.selection.sweep import draw_errors


def published_sweep(model: Model, state: State, rng: np.random.Generator) -> State:
    """Draw everything once; the state's eta^y is of all pairs (see `factors.with_all_matches`).

    Raises
    ------
    UserError
        If fallbacks are those of vacancies left over, whose tastes this order does not draw.

    """
    if len(model.menus.fallbacks.scrambled):
        raise UserError(
            "schedule.order: appendix B's order has no fallbacks of left-over vacancies; want the "
            "order collapsed, or constant fallbacks"
        )
    state = supply.draw_utilities(model.menus, state, rng)
    data, pairs = model.demand, model.pairs
    mean = (
        data.regressors @ state.demand + state.phi[data.teacher] + state.eta_v[pairs.of_candidate]
    )
    value = draw_values(data, mean, np.ones(len(mean)), state.value, model.floor, rng)
    state = replace(state, value=value)
    factors = factors_of(state, pairs.listed)
    state, factors = _draw_outcome(model, state, factors, rng)
    state, factors = _draw_supply(model, state, factors, rng)
    state, factors = _draw_demand(model, state, factors, rng)
    state = _draw_error(model, state, factors, rng)
    for draw in (_first_factor, _second_factor, _third_factor, _teacher_factors):
        factors = draw(model, state, factors, rng)
    return with_factors(state, _draw_sds(model, factors, rng), pairs.listed)


def _draw_outcome(model, state, factors, rng):
    """Coefficients of eq. 1 and b4, a coefficient of f4."""
    cells, (f1, _, _, f4, f5) = model.scores_of(state), factors.f
    own = f4[cells.teacher]
    left = cells.total - cells.rows * (f1[model.pairs.of_cell] + f5[cells.teacher])
    effect = f1[model.pairs.of_cell] + f5[cells.teacher]
    crossed = cells.regressor_sum.T @ own
    cross = np.block(
        [[cells.cross, crossed[:, None]], [crossed[None, :], np.array([[cells.rows @ own**2]])]]
    )
    moment = np.append(cells.moment - cells.regressor_sum.T @ effect, own @ left)
    drawn = _regression(
        cross / state.scales.sd_eps**2, moment / state.scales.sd_eps**2, model.priors.outcome, rng
    )
    return replace(state, outcome=drawn[:-1]), replace(factors, b4=float(drawn[-1]))


def _draw_supply(model, state, factors, rng):
    """Coefficients of eq. 2, schools' effects and b1u, a coefficient of f1."""
    menus, (f1, f2, *_) = model.menus, factors.f
    q = menus.own_regressors.shape[1]
    of_row, of_own = menus.pairs.of_row, menus.pairs.of_own[menus.own]
    left, own = state.utility - f2[of_row], state.fallback[menus.own] - f2[of_own]
    crossed = supply.by_coefficient(menus, f1[of_row], f1[of_own])[:, None]
    corner = menus.rows_of_pair @ f1**2 + 1 / model.priors.supply
    precision = supply.coefficient_precision(menus, state.scales.sd_school, model.priors)
    precision = np.block([[precision, crossed], [crossed.T, np.array([[corner]])]])
    product = supply.by_coefficient(menus, left, own)
    product = np.append(product, f1 @ supply.by_pair(menus, left, own))
    drawn = block.draw_normal(precision, product, rng)
    state = replace(state, supply=drawn[:q], school_effect=drawn[q:-1])
    state = supply.draw_school_scales(state, model.priors, rng)
    return state, replace(factors, b1u=float(drawn[-1]))


def _draw_demand(model, state, factors, rng):
    """Coefficients of eq. 3, b1v and b2v."""
    data, place = model.demand, model.pairs.of_candidate
    f1, f2, f3, f4, _ = factors.f
    pair = model.pairs.listed[place]
    columns = np.column_stack([data.regressors, f1[pair], f2[pair]])
    left = state.value - f4[data.teacher] - f3[place]
    drawn = _regression(columns.T @ columns, columns.T @ left, model.priors.demand, rng)
    factors = replace(factors, b1v=float(drawn[-2]), b2v=float(drawn[-1]))
    return replace(state, demand=drawn[:-2]), factors


def _draw_error(model, state, factors, rng):
    f1, _, _, f4, f5 = factors.f
    effect = f1[model.pairs.of_cell] + (factors.b4 * f4 + f5)[model.scores.teacher]
    return draw_errors(model, state, effect, rng)


def _first_factor(model, state, factors, rng):
    cells, place = model.scores_of(state), model.pairs.of_cell
    _, f2, f3, f4, f5 = factors.f
    variance = state.scales.sd_eps**2
    residual = block.cell_residuals(cells, state.outcome)
    gap = residual - (factors.b4 * f4 + f5)[cells.teacher]
    precision, product = _of_decisions(
        model, state, factors, (f2, factors.b2v * f2[model.pairs.listed] + f3), "b1u", "b1v"
    )
    precision[place] += cells.rows / variance
    product[place] += cells.rows * gap / variance
    return _replace_factor(factors, 0, precision, product, rng)


def _second_factor(model, state, factors, rng):
    f1, _, f3, _, _ = factors.f
    others = factors.b1u * f1, factors.b1v * f1[model.pairs.listed] + f3
    precision, product = _of_decisions(model, state, factors, others, None, "b2v")
    return _replace_factor(factors, 1, precision, product, rng)


def _third_factor(model, state, factors, rng):
    f1, f2, *_ = factors.f
    count, sums = _list_residuals(model, state, factors)
    known = (factors.b1v * f1 + factors.b2v * f2)[model.pairs.listed]
    return _replace_factor(factors, 2, count, sums - count * known, rng)


def _teacher_factors(model, state, factors, rng):
    """f4 with scores and lists, then f5 with scores."""
    cells, variance = model.scores_of(state), state.scales.sd_eps**2
    f1, _, _, f4, f5 = factors.f
    teachers = model.teachers
    residual = block.cell_residuals(cells, state.outcome) - f1[model.pairs.of_cell]
    weight = np.bincount(cells.teacher, cells.rows, minlength=teachers) / variance
    total = np.bincount(cells.teacher, cells.rows * residual, minlength=teachers) / variance
    data, place = model.demand, model.pairs.of_candidate
    left = state.value - data.regressors @ state.demand - _taste_of_schools(model, factors)[place]
    precision = factors.b4**2 * weight + np.bincount(data.teacher, minlength=teachers)
    product = factors.b4 * (total - weight * f5) + np.bincount(
        data.teacher, left, minlength=teachers
    )
    factors = _replace_factor(factors, 3, precision, product, rng)
    f4 = factors.f[3]
    return _replace_factor(factors, 4, weight, total - weight * factors.b4 * f4, rng)


def _draw_sds(model, factors, rng):
    priors = model.priors
    each = (priors.sd_eta_y, priors.sd_eta_u, priors.sd_eta_v, priors.sd_phi, priors.sd_theta)
    sd = [
        draw_sd(at, f @ f, len(f), prior, rng)
        for at, f, prior in zip(factors.sd, factors.f, each, strict=True)
    ]
    return replace(factors, sd=np.array(sd))


def _regression(cross, moment, prior_variance, rng):
    return block.draw_normal(cross + np.eye(len(cross)) / prior_variance, moment, rng)


def _replace_factor(factors, number, precision, product, rng):
    """Draw a factor from what the data say of it and its prior."""
    total = precision + 1 / factors.sd[number] ** 2
    drawn = product / total + rng.standard_normal(len(total)) / np.sqrt(total)
    f = (*factors.f[:number], drawn, *factors.f[number + 1 :])
    return replace(factors, f=f)


def _of_decisions(model, state, factors, others, in_u, in_v):
    """What utilities tell of a factor with these loadings: precision and its product (P,).

    ``others`` are what is added to it in eta^u (P,) and eta^v (V,); a loading None is 1.
    """
    menus, listed = model.menus, model.pairs.listed
    slope_u = getattr(factors, in_u) if in_u else 1.0
    slope_v = getattr(factors, in_v)
    held = replace(state, eta_u=others[0])
    row = state.utility - supply.row_means(menus, held)
    own = (state.fallback - supply.fallback_means(menus, held))[menus.own]
    precision = slope_u**2 * menus.rows_of_pair
    product = slope_u * supply.by_pair(menus, row, own)
    count, sums = _list_residuals(model, state, factors)
    precision[listed] += slope_v**2 * count
    product[listed] += slope_v * (sums - count * others[1])
    return precision, product


def _list_residuals(model, state, factors):
    """Number of rows of each listed pair, and their sum of v less coefficients and f4 (V,)."""
    data, place = model.demand, model.pairs.of_candidate
    left = state.value - data.regressors @ state.demand - factors.f[3][data.teacher]
    count = len(model.pairs.listed)
    return np.bincount(place, minlength=count), np.bincount(place, left, minlength=count)


def _taste_of_schools(model, factors):
    f1, f2, f3, _, _ = factors.f
    return (factors.b1v * f1 + factors.b2v * f2)[model.pairs.listed] + f3
