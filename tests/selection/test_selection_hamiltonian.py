"""The density of decisions and its move: derivatives, coordinates, worked example, invariance."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm
from selection_cases import INFORMATIVE, world

from welfare_added.selection import density_loops
from welfare_added.selection.decision_density import (
    CHANCE_HIGH,
    CHANCE_LOW,
    CHANCE_STEPS,
    Centring,
    chance_table,
    log_density,
    point_of,
)
from welfare_added.selection.hamiltonian import STEP, move, path
from welfare_added.selection.model import start, state_model
from welfare_added.selection.preconditioner import LEAST_LOG_SD_PRECISION, find_coordinates
from welfare_added.selection.simulate import draw_parameters, simulate
from welfare_added.selection.supply import first_utilities, school_precision
from welfare_added.selection.sweep import held


@pytest.fixture(scope="module")
def case():
    rng = np.random.default_rng(3)
    setting = world()
    system, state = simulate(setting, draw_parameters(setting, INFORMATIVE, rng), "full", rng)
    model = state_model(system, "full", INFORMATIVE)
    return model, state, held(model, state)


def density_of_menu(fallback, leads_to, applied):
    """Density of the fallback and of decisions on vacancies with these means."""
    value = norm.logpdf(fallback)
    for mean, yes in zip(leads_to, applied, strict=True):
        lead = mean - fallback
        value += density_loops.log_chance(lead if yes else -lead)[0]
    return np.exp(value)


def test_worked_example_menu():
    menu = [-1.0, 0.5], [False, True]
    chance = quad(density_of_menu, -12, 12, args=menu, epsabs=1e-13)[0]
    mean = quad(lambda x: x * density_of_menu(x, *menu), -12, 12, epsabs=1e-13)[0] / chance
    assert chance == pytest.approx(0.430165, abs=5e-7)
    assert mean == pytest.approx(-0.116404, abs=5e-7)
    inert = quad(density_of_menu, -12, 12, args=([-3.582], [True]), epsabs=1e-13, points=[-3])[0]
    assert inert == pytest.approx(0.005657, abs=5e-7)
    spread = np.sqrt(1 + 0.495**2)
    inert = quad(density_of_menu, -12, 12, args=([-3.582 / spread], [True]), points=[-3])[0]
    assert inert == pytest.approx(0.011604, abs=5e-7)


@pytest.mark.parametrize("x", [-60.0, -31.0, -29.9, -5.0, -1e-9, 0.0, 2.0, 40.0])
def test_log_chance_and_its_derivative(x):
    value, derivative = density_loops.log_chance(x)
    assert value == pytest.approx(norm.logcdf(x), rel=1e-9, abs=1e-300)
    assert derivative == pytest.approx(np.exp(norm.logpdf(x) - norm.logcdf(x)), rel=1e-8)


def test_chances_from_the_table_are_those_of_the_function():
    table, rng = chance_table(), np.random.default_rng(1)
    points = [*rng.uniform(CHANCE_LOW - 2, CHANCE_HIGH + 2, 20000), CHANCE_LOW, CHANCE_HIGH]
    points += [CHANCE_LOW + number / CHANCE_STEPS for number in range(0, 1600, 7)]
    for x in points:
        value, slope = density_loops.near_chance(x, table, CHANCE_LOW, CHANCE_STEPS)
        exact, derivative = density_loops.log_chance(x)
        assert value == pytest.approx(exact, rel=1e-11, abs=1e-13)
        assert slope == pytest.approx(derivative, rel=1e-9, abs=1e-11)


def test_rows_of_one_pair_and_year_are_one(case):
    model, _, target = case
    terms, menus = target.terms, model.menus
    assert len(terms.regressors) == len(terms.pair) < len(terms.side)
    assert terms.place.max() == len(terms.pair) - 1 and terms.place[0] == 0
    own = np.flatnonzero(~menus.data.displaced)
    tail = terms.place[-len(own) :]
    np.testing.assert_array_equal(terms.regressors[tail], menus.own_regressors[own])
    np.testing.assert_array_equal(terms.pair[tail], menus.pairs.of_own[own])
    np.testing.assert_array_equal(terms.school[tail], menus.data.own_school[own])


def test_merged_terms_are_all_vacancies(case):
    model, _, target = case
    assert np.abs(target.terms.side).sum() + len(target.terms.offered) == len(
        model.menus.data.school
    )
    assert len(target.terms.offered) > 0


def test_derivatives_are_those_of_the_density(case):
    _, state, target = case
    rng = np.random.default_rng(1)
    centring = Centring(rng.random(len(state.eta_u)), -0.7)
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


def numerical_hessian(target, centring, parameters, latents, step=1e-4):
    at, size = np.concatenate([parameters, latents]), len(parameters)
    rows = []
    for j in range(len(at)):
        ends = []
        for side in (-step, step):
            point = at.copy()
            point[j] += side
            ends.append(np.concatenate(log_density(target, centring, *np.split(point, [size]))[1:]))
        rows.append((ends[1] - ends[0]) / (2 * step))
    return np.array(rows)


def test_coordinates_have_the_curvature_of_the_density(case):
    """The Schur complement at the mode is the inverse of root root', log SD included."""
    # whose second derivative is averaged over tastes
    _, state, target = case
    parameters, latents = point_of(state, Centring(np.zeros(len(state.eta_u)), 0.0))
    found = find_coordinates(target, parameters, latents)
    hessian = -numerical_hessian(target, found.centring, parameters, found.mode)
    size = len(parameters)
    pp, pl, ll = hessian[:size, :size], hessian[:size, size:], hessian[size:, size:]
    answer = -np.linalg.solve(ll, pl.T)
    np.testing.assert_allclose(found.response, answer @ found.root, atol=1e-5)
    schur, expected = found.inverse_root.T @ found.inverse_root, pp + pl @ answer
    weight = found.centring.weight
    expected[-1, -1] += 2 * weight @ (1 - weight)
    left = np.linalg.inv(np.linalg.inv(expected)[-1:, -1:])[0, 0]
    expected[-1, -1] += max(LEAST_LOG_SD_PRECISION - left, 0)
    np.testing.assert_allclose(schur, expected, atol=2e-4)
    spread = (found.spread @ found.spread.T).toarray()
    np.testing.assert_allclose(spread, np.linalg.inv(ll), atol=1e-5)
    by_latent = log_density(target, found.centring, parameters, found.mode)[2]
    assert np.abs(by_latent).max() < 1e-5


def test_tastes_that_no_menu_tells_of_have_the_spread_that_lists_and_scores_leave():
    setting, rng = world(), np.random.default_rng(3)
    system, _ = simulate(setting, draw_parameters(setting, INFORMATIVE, rng), "full", rng)
    teacher = system.outcomes.teacher.copy()
    teacher[-1] = system.teachers  # one more, who has scores alone
    outcomes = replace(system.outcomes, teacher=teacher)
    system = replace(system, teachers=system.teachers + 1, outcomes=outcomes)
    model = state_model(system, "full", INFORMATIVE)
    state = start(model, INFORMATIVE, rng)
    target = held(model, state)
    place = point_of(state, Centring(np.zeros(len(state.eta_u)), 0.0))
    found = find_coordinates(target, *place)
    (alone,) = np.flatnonzero(model.pairs.teacher == system.teachers - 1)
    spread, inverse = found.spread.toarray(), found.inverse_spread.toarray()
    assert target.taste_precision[alone] > 0
    assert spread[alone, alone] ** -2 == pytest.approx(1 + target.taste_precision[alone])
    assert np.count_nonzero(spread[alone]) == np.count_nonzero(spread[:, alone]) == 1
    np.testing.assert_allclose(spread @ inverse, np.eye(len(spread)), atol=1e-12)


def test_coordinates_go_there_and_back(case):
    _, state, target = case
    start = point_of(state, Centring(np.zeros(len(state.eta_u)), 0.0))
    found = find_coordinates(target, *start)
    y = np.random.default_rng(2).standard_normal(sum(map(len, start)))
    np.testing.assert_allclose(found.from_point(*found.to_point(y)), y, atol=1e-10)


def test_a_motion_is_gone_back_and_its_error_falls_with_the_square_of_the_step(case):
    _, state, target = case
    start = point_of(state, Centring(np.zeros(len(state.eta_u)), 0.0))
    coordinates = find_coordinates(target, *start)
    y, speed = np.random.default_rng(3).standard_normal((2, sum(map(len, start))))
    there, fast, gain = path(target, coordinates, y, speed, STEP)
    back, slow, loss = path(target, coordinates, there, -fast, STEP)
    assert np.abs(there - y).max() > 1
    np.testing.assert_allclose(back, y, atol=1e-9)
    np.testing.assert_allclose(slow, -speed, atol=1e-9)
    assert gain == pytest.approx(-loss, abs=1e-9)
    errors = [abs(path(target, coordinates, y, speed, step)[2]) for step in (0.02, 0.01)]
    assert errors[0] / errors[1] > 3


def test_moves_keep_decisions_and_are_mostly_accepted(case):
    model, state, target = case
    coordinates = find_coordinates(
        target, *point_of(state, Centring(np.zeros(len(state.eta_u)), 0.0))
    )
    rng, accepted = np.random.default_rng(2), 0
    for _ in range(40):
        moved, yes = move(held(model, state), coordinates, state, rng)
        data = model.menus.data
        menu = np.repeat(np.arange(len(data.teacher)), np.diff(data.first))
        offered = data.offer > 0
        gaps = (moved.utility - moved.fallback[menu])[offered]
        np.testing.assert_allclose(gaps, (state.utility - state.fallback[menu])[offered])
        accepted += yes
    assert accepted > 25


def canonical_target(model, state):
    """A target that depends on the data alone, for coordinates that are frozen before a chain."""
    utility, fallback = first_utilities(model.menus)
    nothing = np.zeros((2, len(model.pairs.teacher)))
    target = held(model, replace(state, utility=utility, fallback=fallback))
    schools = school_precision(model.menus.schools, 0.3, model.priors)
    return replace(
        target, taste_precision=nothing[0], taste_product=nothing[1], school_precision=schools
    )
