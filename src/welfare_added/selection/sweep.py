"""One sweep of the Gibbs sampler (eqs. 1 to 6), every step exact.

From one draw of eta^y to the next it is integrated out of all steps: none of them may use the old
one. Within the blocks of lists and of scores, teachers' and pairs' effects are integrated out of
the draws of coefficients, standard deviations and loadings.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from welfare_added.selection import matches, supply
from welfare_added.selection import outcome_block as block
from welfare_added.selection.decision_density import Target, target_of
from welfare_added.selection.demand import draw_values, with_values
from welfare_added.selection.model import Model
from welfare_added.selection.priors import Priors
from welfare_added.selection.slices import draw_sd, slice_draw
from welfare_added.selection.state import Scales, State
from welfare_added.selection.teams import draw_differences

LOG_SD_WIDTH, LOADING_WIDTH = 0.5, 1.0


def sweep(
    model: Model, state: State, rng: np.random.Generator, repeats: int = 1, lists: int = 1
) -> State:
    """Draw everything once, from the decisions of teachers to scores.

    Parameters
    ----------
    model
        Prepared system.
    state
        Present state, which is left as it is.
    rng
        The chain's generator.
    repeats, lists
        How often lists and scores are drawn, and lists each time before scores.

    """
    state = supply.draw_utilities(model.menus, state, rng)
    state = supply.draw_coefficients(model.menus, state, model.priors, rng)
    state = supply.move_level(model.menus, state, model.priors, rng)
    state = supply.move_scale(model.menus, state, model.priors, rng)
    for _ in range(repeats):
        for _ in range(lists):
            state = draw_lists(model, state, rng)
        state = draw_scores(model, state, rng)
    return state


def held(model: Model, state: State) -> Target:
    """What `hamiltonian.move` holds when it starts from a state."""
    terms = matches.taste_terms(state.scales, model.pairs, state.eta_v, *cell_gaps(model, state))
    return target_of(model.terms, model.menus, model.priors, state, terms)


def draw_lists(model: Model, state: State, rng: np.random.Generator) -> State:
    """Draw v, then coefficients and scales with phi and eta^v integrated out, then these.

    v is drawn with eta^v of pairs on one list integrated out: given it, v could move by eps alone.
    """
    data, pairs = model.demand, model.pairs
    state = _scale_lists(model, state, rng)
    scales, gap, noise = state.scales, *cell_gaps(model, state)
    mean, variance = matches.listed_prior(scales, pairs, state.eta_u, gap, noise)
    once = model.lists.rows == 1
    mean, variance = np.where(once, mean, state.eta_v), np.where(once, variance, 0.0)
    mean = data.regressors @ state.demand + state.phi[data.teacher] + mean[pairs.of_candidate]
    sd = np.sqrt(1 + variance)[pairs.of_candidate]
    state = replace(state, value=draw_values(data, mean, sd, state.value, model.floor, rng))
    cells = with_values(model.lists, data, pairs, state.value)

    def effects(scales: Scales) -> block.Effects:
        weights = scales.phi_weights
        cell_mean, cell_variance = matches.listed_prior(scales, pairs, state.eta_u, gap, noise)
        return block.Effects(
            teacher_mean=scales.sd_phi * weights[0] * state.theta / scales.sd_theta,
            teacher_variance=np.full(model.teachers, (scales.sd_phi * weights[1]) ** 2),
            cell_mean=cell_mean,
            cell_variance=cell_variance,
            error_variance=1.0,
        )

    drawn = _coefficients(cells, effects(scales), model.priors.demand, rng)
    residual = block.cell_residuals(cells, drawn)
    factor, scales = _move_ridge(cells, effects, drawn, residual, scales, model.priors, rng)
    drawn, residual = factor * drawn, factor * residual
    state = replace(state, value=factor * state.value)

    def log_likelihood(scales: Scales) -> float:
        scores = matches.log_scores(scales, pairs, state.eta_u, gap, noise)
        return scores + block.log_marginal(cells, effects(scales), residual)

    names = ("sd_phi", "phi_theta", "sd_eta_v", "v_u", "y_v")
    scales = _draw_scales(scales, names, log_likelihood, model.priors, rng)
    phi = _normal(*block.teacher_posterior(cells, effects(scales), residual), rng)
    eta_v = _normal(*block.cell_posterior(cells, effects(scales), residual, phi), rng)
    return replace(state, demand=drawn, scales=scales, phi=phi, eta_v=eta_v)


def draw_scores(model: Model, state: State, rng: np.random.Generator) -> State:
    """Draw coefficients, scales, theta and eta^u with eta^y integrated out; eta^y; SD of eps."""
    cells, pairs = model.scores_of(state), model.pairs

    def effects(scales: Scales) -> block.Effects:
        cell_mean, cell_variance = matches.cell_prior(scales, pairs, state)
        weight = np.where(pairs.ranked_teacher, scales.phi_weights[0], 0.0)
        return block.Effects(
            teacher_mean=scales.sd_theta * weight * state.phi / scales.sd_phi,
            teacher_variance=scales.sd_theta**2 * (1 - weight**2),
            cell_mean=cell_mean,
            cell_variance=cell_variance,
            error_variance=scales.sd_eps**2,
        )

    drawn = _coefficients(cells, effects(state.scales), model.priors.outcome, rng)
    residual = block.cell_residuals(cells, drawn)
    scales = _draw_scales(
        state.scales,
        ("sd_theta", "sd_eta_y", "y_u", "y_v"),
        lambda scales: block.log_marginal(cells, effects(scales), residual),
        model.priors,
        rng,
    )
    theta = _normal(*block.teacher_posterior(cells, effects(scales), residual), rng)
    state = replace(state, outcome=drawn, scales=scales, theta=theta)
    state = _draw_tastes(model, state, rng)
    eta_y = _normal(*block.cell_posterior(cells, effects(state.scales), residual, theta), rng)
    return draw_errors(model, replace(state, eta_y=eta_y), theta[cells.teacher] + eta_y, rng)


def cell_gaps(model: Model, state: State) -> tuple[np.ndarray, np.ndarray]:
    """Cells' mean residuals (J,) around theta, and the variances (J,) of eps in them."""
    cells = model.scores_of(state)
    residual = block.cell_residuals(cells, state.outcome)
    return residual - state.theta[cells.teacher], state.scales.sd_eps**2 / cells.rows


def _draw_tastes(model, state, rng):
    """eta^u, then its standard deviation."""
    terms = matches.taste_terms(state.scales, model.pairs, state.eta_v, *cell_gaps(model, state))
    state = supply.draw_tastes(model.menus, state, *terms, rng)
    squares, count = state.eta_u @ state.eta_u, len(state.eta_u)

    def log_density(log_sd):
        sd = np.exp(log_sd)
        return (
            -count * log_sd
            - 0.5 * squares / sd**2
            + matches.log_density_of_z(*terms, state.eta_u / sd)
            + model.priors.sd_eta_u.log_density(log_sd)
        )

    log_sd = slice_draw(log_density, np.log(state.scales.sd_eta_u), LOG_SD_WIDTH, rng)
    return replace(state, scales=replace(state.scales, sd_eta_u=float(np.exp(log_sd))))


def draw_errors(model: Model, state: State, effect: np.ndarray, rng: np.random.Generator) -> State:
    """Draw the SD of eps, then teammates' differences, given effects (J,) of cells and teachers."""
    cells = model.scores_of(state)
    squares = block.squared_errors(cells, state.outcome, effect)
    rows = round(float(cells.rows.sum())) + len(state.difference)
    sd = draw_sd(state.scales.sd_eps, squares, rows, model.priors.sd_eps, rng)
    difference = draw_differences(model.outcomes, effect, sd, rng)
    return replace(state, scales=replace(state.scales, sd_eps=sd), difference=difference)


def _scale_lists(model, state, rng):
    """Multiply all in units of v by one number; orders and zero stay (Liu and Wu 1999)."""
    scales, priors, data = state.scales, model.priors, model.demand
    volume = len(state.value) + len(state.demand)
    if volume == 0:
        return state
    errors = state.value - data.regressors @ state.demand - state.phi[data.teacher]
    errors -= state.eta_v[model.pairs.of_candidate]
    squares = errors @ errors + state.demand @ state.demand / priors.demand

    def log_density(log_factor):
        return (
            volume * log_factor
            - 0.5 * np.exp(2 * log_factor) * squares
            + priors.sd_phi.log_density(np.log(scales.sd_phi) + log_factor)
            + priors.sd_eta_v.log_density(np.log(scales.sd_eta_v) + log_factor)
        )

    k = float(np.exp(slice_draw(log_density, 0.0, 2 / np.sqrt(volume), rng)))
    return replace(
        state,
        value=k * state.value,
        demand=k * state.demand,
        phi=k * state.phi,
        eta_v=k * state.eta_v,
        scales=replace(scales, sd_phi=k * scales.sd_phi, sd_eta_v=k * scales.sd_eta_v),
    )


def _move_ridge(cells, effects, coefficients, residual, scales, priors, rng):
    """Change the SD of eta^v and multiply v, coefficients and the SD of phi as eta^v + eps does.

    Most pairs are on one list, which tells of eta^v + eps only; v itself would hold their sum. The
    shift of the log SD is drawn by its density along this orbit, phi and eta^v integrated out.
    """
    sd, volume = scales.sd_eta_v, int(cells.rows.sum()) + len(coefficients)
    squares = block.squared_errors(cells, coefficients, residual)
    squares += coefficients @ coefficients / priors.demand

    def moved(shift):
        wider = sd * np.exp(shift)
        factor = float(np.sqrt((1 + wider**2) / (1 + sd**2)))
        changed = replace(scales, sd_eta_v=float(wider), sd_phi=factor * scales.sd_phi)
        return factor, changed

    def log_density(shift):
        factor, changed = moved(shift)
        return (
            volume * np.log(factor)
            - 0.5 * factor**2 * squares
            + block.log_marginal(cells, effects(changed), factor * residual)
            + priors.sd_phi.log_density(np.log(changed.sd_phi))
            + priors.sd_eta_v.log_density(np.log(changed.sd_eta_v))
        )

    if len(cells.rows) == 0:
        return 1.0, scales
    return moved(slice_draw(log_density, 0.0, LOG_SD_WIDTH, rng))


def _coefficients(cells, effects, prior_variance, rng):
    if cells.cross.shape[0] == 0:
        return np.empty(0)
    return block.draw_normal(*block.coefficient_posterior(cells, effects, prior_variance), rng)


def _draw_scales(
    scales: Scales,
    names: Sequence[str],
    log_likelihood: Callable[[Scales], float],
    priors: Priors,
    rng: np.random.Generator,
) -> Scales:
    """Standard deviations and loadings one after the other, effects integrated out."""
    for name in names:
        is_sd = name.startswith("sd_")

        def changed(x, name=name, scales=scales, is_sd=is_sd):
            return replace(scales, **{name: float(np.exp(x)) if is_sd else float(x)})

        def log_density(x, name=name, changed=changed, is_sd=is_sd):
            prior = getattr(priors, name).log_density(x) if is_sd else -(x**2) / priors.loading / 2
            return prior + log_likelihood(changed(x))

        at = getattr(scales, name)
        start = np.log(at) if is_sd else at
        width = LOG_SD_WIDTH if is_sd else LOADING_WIDTH
        scales = changed(slice_draw(log_density, start, width, rng))
    return scales


def _normal(mean, variance, rng):
    return mean + np.sqrt(variance) * rng.standard_normal(len(mean))
