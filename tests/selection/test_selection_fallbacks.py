"""Fallbacks of displaced teachers as means of vacancies left over: against loops, and jointly."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm
from selection_cases import INFORMATIVE, SMALL, WorldSize, world

from welfare_added.run.errors import UserError
from welfare_added.selection import supply
from welfare_added.selection.chain import Schedule, advance, begin, generator
from welfare_added.selection.decision_density import Centring, log_density, point_of
from welfare_added.selection.fallbacks import fallbacks_of
from welfare_added.selection.model import state_model
from welfare_added.selection.parameters import (
    parameter_names,
    parameter_values,
    prior_widths,
    told_by_prior_alone,
)
from welfare_added.selection.preconditioner import find_coordinates
from welfare_added.selection.published_sweep import published_sweep
from welfare_added.selection.simulate import draw_parameters, simulate
from welfare_added.selection.sweep import held
from welfare_added.selection.trust import joint_test

LEFT = replace(SMALL, left_over=0.4, displaced=0.4)


@pytest.fixture(scope="module")
def case():
    rng, setting = np.random.default_rng(3), world(LEFT)
    system, state = simulate(setting, draw_parameters(setting, INFORMATIVE, rng), "full", rng)
    model = state_model(system, "full", INFORMATIVE)
    return model, state, held(model, state)


def members(model, menu):
    """Rows left over of a displaced teacher's menu."""
    data = model.menus.data
    rows = np.arange(data.first[menu], data.first[menu + 1])
    return rows[data.left_over[rows]]


def mean_by_rows(model, state, menu):
    """Mean utility of a fallback, position by position."""
    data, pairs = model.menus.data, model.pairs
    if not data.displaced[menu]:
        worth = data.own_regressors[menu] @ state.supply[:-1] + state.supply[-1]
        worth += state.school_effect[data.own_school[menu]]
        return worth + state.eta_u[pairs.of_own[menu]]
    worth = [
        data.regressors[row] @ state.supply[:-1]
        + state.school_effect[data.school[row]]
        + state.eta_u[pairs.of_row[row]]
        for row in members(model, menu)
    ]
    return np.mean(worth)


def test_fallbacks_are_means_of_what_is_left_over(case):
    model, state, _ = case
    found = supply.fallback_means(model.menus, state)
    displaced = model.menus.data.displaced
    assert 0 < displaced.sum() < len(displaced)
    assert max(len(members(model, menu)) for menu in np.flatnonzero(displaced)) > 2
    for menu in range(len(found)):
        assert found[menu] == pytest.approx(mean_by_rows(model, state, menu), abs=1e-12)
    assert not model.menus.fallbacks.free.any()


def test_two_vacancies_by_hand(case):
    """Left over: one of the school 0, two of the school 1; taken: one of the school 2."""
    model, _, _ = case
    data = replace(
        model.menus.data,
        first=np.array([0, 4]),
        teacher=np.zeros(1, dtype=int),
        displaced=np.ones(1, dtype=bool),
        own_school=np.array([-1]),
        own_regressors=np.zeros((1, 6)),
        school=np.array([0, 1, 1, 2]),
        regressors=np.outer([1.0, 2.0, 6.0, 50.0], np.ones(6)),
        applied=np.zeros(4, dtype=bool),
        offer=np.zeros(4),
        left_over=np.array([True, True, True, False]),
    )
    pairs = replace(
        model.pairs,
        teacher=np.zeros(3),
        of_row=np.array([0, 1, 1, 2]),
        of_own=np.array([-1]),
    )
    found = fallbacks_of(data, pairs, 4)
    np.testing.assert_allclose(found.regressors, [[3, 3, 3, 3, 3, 3, 0]])
    np.testing.assert_allclose(found.schools.toarray(), [[1 / 3, 2 / 3, 0, 0]])
    np.testing.assert_allclose(found.pairs.toarray(), [[1 / 3, 2 / 3, 0]])
    noise = np.array([found.pair_noise(np.random.default_rng(k)) for k in range(8000)])
    # Of three errors of variance 3 given their mean, weighted by 1/3: pair 0 has one, pair 1 two.
    apart = 3 * (np.eye(3) - 1 / 3)
    share = np.array([[1, 0, 0], [0, 1, 1], [0, 0, 0]]) / 3
    np.testing.assert_allclose(np.cov(noise.T), share @ apart @ share.T, atol=0.01)
    np.testing.assert_allclose(noise.sum(axis=1), 0, atol=1e-12)


def tastes_beside_their_regression(model, state):
    """Errors of mean (in SDs), SD and correlations of tastes drawn given utilities.

    Right are those by dense algebra with all rows and fallbacks; tastes of SD 2 are hardly shrunk.
    """
    state = replace(state, scales=replace(state.scales, sd_eta_u=2.0))
    menus, pairs, data = model.menus, len(model.pairs.teacher), model.menus.data
    rows = len(data.school)
    z = np.zeros((rows + len(data.teacher), pairs))
    z[np.arange(rows), model.pairs.of_row] = 1
    for menu in range(len(data.teacher)):
        if data.displaced[menu]:
            own = members(model, menu)
            np.add.at(z[rows + menu], model.pairs.of_row[own], 1 / len(own))
        else:
            z[rows + menu, model.pairs.of_own[menu]] = 1
    without = replace(state, eta_u=np.zeros(pairs))
    row = state.utility - supply.row_means(menus, without)
    y = np.concatenate([row, state.fallback - supply.fallback_means(menus, without)])
    covariance = np.linalg.inv(z.T @ z + np.eye(pairs) / 4)
    mean, rng = covariance @ (z.T @ y), np.random.default_rng(2)
    nothing, at, kept = np.zeros(pairs), state, []
    for _ in range(15_000):
        at = supply.draw_tastes(menus, at, nothing, nothing, rng)
        kept.append(at.eta_u)
    kept, spread = np.array(kept), np.sqrt(np.diag(covariance))
    correlation = np.corrcoef(kept.T) - covariance / np.outer(spread, spread)
    return (
        np.abs((kept.mean(axis=0) - mean) / spread).max(),
        np.abs(kept.std(axis=0) / spread - 1).max(),
        np.abs(correlation).max(),
    )


def test_tastes_are_drawn_from_their_regression(case):
    mean, sd, correlation = tastes_beside_their_regression(*case[:2])
    assert mean < 0.05 and sd < 0.035 and correlation < 0.05


def test_tastes_that_forget_the_noise_of_vacancies_are_seen(case, monkeypatch):
    nothing = np.zeros(len(case[1].eta_u))
    monkeypatch.setattr(
        "welfare_added.selection.fallbacks.Fallbacks.pair_noise", lambda self, rng: nothing
    )
    assert tastes_beside_their_regression(*case[:2])[1] > 0.06


def test_density_is_that_of_rows(case):
    """Differences of the log density between two states, position by position."""
    model, state, target = case
    data, centring = model.menus.data, Centring(np.zeros(len(state.eta_u)), 0.0)
    rng = np.random.default_rng(4)

    def slow(at):
        value = 0.0
        menu = np.repeat(np.arange(len(data.teacher)), np.diff(data.first))
        lead = supply.row_means(model.menus, at) - at.fallback[menu]
        plain = data.offer == 0
        value += norm.logcdf(np.where(data.applied, lead, -lead)[plain]).sum()
        gap = (state.utility - state.fallback[menu])[~plain]
        value += norm.logpdf(gap - lead[~plain]).sum()
        for m in range(len(data.teacher)):
            value += norm.logpdf(at.fallback[m] - mean_by_rows(model, at, m))
        log_sd, z = np.log(at.scales.sd_eta_u), at.eta_u / at.scales.sd_eta_u
        value -= 0.5 * at.supply @ at.supply / 0.25
        spread = at.scales.sd_school**2 * np.eye(len(at.school_effect)) + INFORMATIVE.school_mean
        value += multivariate_normal(cov=spread).logpdf(at.school_effect)
        value += target.taste_product @ z - 0.5 * (1 + target.taste_precision) @ z**2
        return value + INFORMATIVE.sd_eta_u.log_density(log_sd)

    other = replace(
        state,
        supply=state.supply + 0.1 * rng.standard_normal(7),
        school_effect=state.school_effect + 0.1 * rng.standard_normal(4),
        eta_u=1.2 * state.eta_u,
        fallback=state.fallback + 0.1 * rng.standard_normal(len(state.fallback)),
        scales=replace(state.scales, sd_eta_u=1.1 * state.scales.sd_eta_u),
    )
    fast = [log_density(target, centring, *point_of(one, centring))[0] for one in (state, other)]
    assert fast[1] - fast[0] == pytest.approx(slow(other) - slow(state), abs=1e-8)


def test_derivatives_are_those_of_the_density(case):
    _, state, target = case
    centring = Centring(np.random.default_rng(1).random(len(state.eta_u)), -0.7)
    parameters, latents = point_of(state, centring)
    _, *found = log_density(target, centring, parameters, latents)
    for which, (at, slope) in enumerate(zip((parameters, latents), found, strict=True)):
        for j in range(len(at)):
            ends = []
            for side in (-1e-5, 1e-5):
                point = [parameters.copy(), latents.copy()]
                point[which][j] += side
                ends.append(log_density(target, centring, *point)[0])
            assert slope[j] == pytest.approx((ends[1] - ends[0]) / 2e-5, rel=1e-5, abs=1e-5)


def test_the_mode_has_no_slope_and_moves_are_accepted(case):
    model, state, target = case
    parameters, latents = point_of(state, Centring(np.zeros(len(state.eta_u)), 0.0))
    coordinates = find_coordinates(target, parameters, latents)
    _, _, slope = log_density(target, coordinates.centring, parameters, coordinates.mode)
    assert np.abs(slope).max() < 1e-5
    setting = world(WorldSize(teachers=40, schools=8, years=3, vacancies=8, left_over=0.3))
    rng = np.random.default_rng(5)
    system, _ = simulate(setting, draw_parameters(setting, INFORMATIVE, rng), "full", rng)
    model = state_model(system, "full", INFORMATIVE)
    schedule = Schedule(plain=60, rounds=2, moves=30, burn=0, kept=100)
    chain = advance(model, begin(model, INFORMATIVE, generator(1, 0)), schedule, schedule.sweeps)
    assert chain.accepted > 60


def test_the_level_is_told_by_nothing(case):
    model, state, _ = case
    told = told_by_prior_alone(model)
    assert "fallback less schools" in told and "fallback less vacancies" in told
    shifted = replace(state, school_effect=state.school_effect + 3)
    effects = [name.startswith("school effect") for name in parameter_names(model)]
    before, after = (parameter_values(model, one)[effects] for one in (state, shifted))
    assert before == pytest.approx(after, abs=1e-12) and abs(before.sum()) < 1e-12
    assert np.isfinite(prior_widths(model, 50, np.random.default_rng(1))[effects]).all()


def test_menus_of_displaced_teachers_need_a_vacancy_left_over(case):
    model, _, _ = case
    system = world(LEFT).system
    nowhere = np.zeros(len(model.menus.data.school), dtype=bool)
    with pytest.raises(UserError, match=r"supply.left_over: [0-9]+ menus of displaced teachers wi"):
        replace(system, supply=replace(system.supply, left_over=nowhere))
    with pytest.raises(UserError, match=r"supply.left_over: shape \(3,\), want"):
        replace(system, supply=replace(system.supply, left_over=nowhere[:3]))


def test_the_published_order_is_refused(case):
    model, state, _ = case
    with pytest.raises(UserError, match="has no fallbacks of left-over vacancies"):
        published_sweep(model, state, np.random.default_rng(1))


@pytest.mark.parametrize("how", ["plain", "moves"])
def test_joint_distribution_is_left_as_it_is(how):
    z = joint_test(world(LEFT), INFORMATIVE, "full", 250, 2, 6, how).table["z"]
    assert z.abs().max() < 4
    assert np.sqrt((z**2).mean()) < 1.3
