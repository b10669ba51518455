"""Errors of school effects: how large they are, and what they do to SDs and forecasts."""

from dataclasses import replace

import numpy as np
import pytest
from planted_types import CHOICES, planted, table

from welfare_added.value_added.careers import careers_of
from welfare_added.value_added.production import ExperienceBins, Projection
from welfare_added.value_added.school_errors import school_spread
from welfare_added.value_added.two_types import estimate_two_types, taught_groups, typed_classes
from welfare_added.value_added.type_likelihood import Fit
from welfare_added.value_added.type_model import TypeChoices, type_model
from welfare_added.value_added.type_simulation import (
    Membership,
    _drift,
    _effects,
    _means,
    less_bias,
    simulate,
)
from welfare_added.value_added.type_sums import type_sums

WORLDS = 6
FIT = Fit(
    value=0.0,
    sd=np.array([0.2, 0.3]),
    correlation=0.7,
    shock=np.array([[0.01, 0.004], [0.004, 0.02]]),
    share=0.4,
    persistence=0.8,
    parameters=np.zeros(8),
)


def slope(x, y):
    x = x - x.mean()
    return x @ y / (x @ x)


@pytest.fixture(scope="module")
def many():
    """Worlds with many schools and few movers, so that school effects are not well known."""
    worlds = [
        planted(70 + w, teachers=1200, schools=100, moving=0.06, years=9) for w in range(WORLDS)
    ]
    choices = {**CHOICES, "simulations": 15, "draws": 10}
    return [
        (world, estimate_two_types(table(world), world.teachers, **choices)) for world in worlds
    ]


@pytest.fixture(scope="module")
def fitted():
    """A model, its projection and the groups' classes, of a small world."""
    world = planted(5, teachers=250, schools=20)
    sums = type_sums(table(world), trait="type", minimum_class_size=7)
    careers = careers_of(sums.classes, world.teachers)
    bins = ExperienceBins((0, 1, 2, 3, 4, 5), "0")
    groups = taught_groups(sums, careers, bins)
    projection = Projection(groups, bins)
    left = projection.parts(groups.mean).left
    classes = typed_classes(sums, careers, left)
    model = type_model(classes, sums.squares, len(sums.slopes), TypeChoices())
    return model, projection, Membership(sums.group_class, sums.kind)


def test_planted_sds_are_recovered_where_the_plain_ones_are_too_large(many):
    tables = [found.structure.set_index("parameter")["estimate"] for _, found in many]
    for name in ("sd_0", "sd_1"):
        plain = np.array([one[name] for one in tables])
        corrected = np.array([one[f"corrected_{name}"] for one in tables])
        error = corrected.std(ddof=1) / np.sqrt(WORLDS)
        assert plain.mean() > 0.24 + 3 * error
        assert abs(corrected.mean() - 0.24) < 3 * error + 0.002, (corrected.mean(), error)
    correlation = np.array([one["corrected_correlation"] for one in tables])
    assert abs(correlation.mean() - 0.86) < 3 * correlation.std(ddof=1) / np.sqrt(WORLDS) + 0.01


def test_errors_of_schools_are_those_that_the_truth_shows(many):
    predicted, actual, spread = [], [], []
    for world, found in many:
        schools = found.schools
        truth = world.schools[schools["school_id"].str[1:].astype(int)]
        error = schools["effect"] - truth
        error -= np.average(error, weights=schools["students"])
        actual.append(np.average(error**2, weights=schools["students"]))
        parameter = found.structure.set_index("parameter")["estimate"]
        predicted.append(parameter["school_error_sd"] ** 2)
        spread.append(parameter["corrected_school_sd"])
    assert np.mean(predicted) == pytest.approx(np.mean(actual), rel=0.2)
    assert np.nanmean(spread) == pytest.approx(0.08, abs=0.02)


def test_the_slope_of_effects_on_forecasts_is_that_which_the_truth_shows(many):
    predicted, actual = [], []
    for world, found in many:
        parameter = found.structure.set_index("parameter")["estimate"]
        rows = found.teacher_years.dropna(subset=["forecast"])
        rows = rows.merge(world.effects, on=["teacher_id", "year"])
        for kind in "01":
            predicted.append(parameter[f"forecast_slope_{kind}"])
            actual.append(slope(rows[f"mu_{kind}"], rows[f"effect_{kind}"]))
    assert np.mean(actual) < 0.95
    assert np.mean(predicted) == pytest.approx(np.mean(actual), abs=0.03)


def test_shrunken_school_effects_give_better_forecasts(many):
    """Than estimated ones, or none: of errors, and of slopes, which the simulation foresees."""
    errors, slopes, foreseen = {}, {}, []
    for world, fixed in many[:3]:
        choices = {**CHOICES, "simulations": 15, "draws": 10}
        for name in ("fixed", "shrunken", "none"):
            found = fixed
            if name != "fixed":
                more = {**choices, "school_effects": name}
                found = estimate_two_types(table(world), world.teachers, **more)
            rows = found.forecasts.merge(world.effects, on=["teacher_id", "year"])
            rows = rows.merge(world.students[["teacher_id", "year"]].drop_duplicates())
            errors.setdefault(name, []).append(((rows["mu_0"] - rows["effect_0"]) ** 2).mean())
            slopes.setdefault(name, []).append(slope(rows["mu_0"], rows["effect_0"]))
            if name == "shrunken":
                parameter = found.structure.set_index("parameter")["estimate"]
                foreseen.append(parameter["forecast_slope_0"])
                assert parameter["corrected_sd_0"] == pytest.approx(
                    fixed.structure.set_index("parameter")["estimate"]["corrected_sd_0"]
                )
    mean = {name: np.mean(values) for name, values in errors.items()}
    assert mean["shrunken"] < mean["fixed"] and mean["shrunken"] < mean["none"]
    assert np.mean(slopes["fixed"]) < np.mean(slopes["shrunken"]) < 1.02
    assert np.mean(foreseen) == pytest.approx(np.mean(slopes["shrunken"]), abs=0.04)


def test_simulated_effects_and_means_have_the_fits_covariances(fitted):
    model, _, of = fitted
    rng = np.random.default_rng(1)
    effects = np.array([_effects(model, FIT, rng) for _ in range(300)])
    flat = effects.reshape(-1, 2)
    np.testing.assert_allclose(flat.std(axis=0), FIT.sd, rtol=0.03)
    assert np.corrcoef(flat.T)[0, 1] == pytest.approx(0.7, abs=0.02)
    years = model.years
    pairs = np.flatnonzero((np.diff(years.teacher) == 0) & (np.diff(years.year) == 1))
    lagged = np.corrcoef(effects[:, pairs, 0].ravel(), effects[:, pairs + 1, 0].ravel())[0, 1]
    assert lagged == pytest.approx(0.4 + 0.6 * 0.8, abs=0.02)
    zero = np.zeros_like(effects[0])
    means = np.array([_means(model, FIT, zero, of, rng) for _ in range(300)])
    students = model.classes.students[of.group_class, of.kind]
    expected = np.diag(FIT.shock)[of.kind] + model.student[of.kind] / students
    assert (means.var(axis=0) / expected).mean() == pytest.approx(1, abs=0.02)
    both = np.flatnonzero(np.diff(of.group_class) == 0)
    crossed = (means[:, both] * means[:, both + 1]).mean()
    assert crossed == pytest.approx(0.004, abs=0.0005)


def test_draws_depend_on_the_seed_alone(fitted):
    one, two, other = (
        simulate(*fitted[:1], FIT, *fitted[1:], 3, np.random.SeedSequence(s)) for s in (1, 1, 2)
    )
    np.testing.assert_array_equal(one.school, two.school)
    np.testing.assert_array_equal(one.moments.lags, two.moments.lags)
    assert (one.school != other.school).any()
    np.testing.assert_allclose(one.own_year, [0.04, 0.042, 0.09])
    np.testing.assert_allclose(one.between, [0.05, 0.046, 0.11])
    np.testing.assert_allclose(one.lags[1], one.own_year * (0.4 + 0.6 * 0.64))


def test_without_bias_the_fit_has_the_estimated_covariances(fitted):
    model, *rest = fitted
    made = simulate(model, FIT, *rest, 4, np.random.SeedSequence(1))
    mean = made.moments
    unbiased = type(made)(
        mean,
        mean.lags.mean(axis=0),
        mean.own_year.mean(axis=0),
        mean.between.mean(axis=0),
        made.school,
        made.slopes,
    )
    found = less_bias(model, unbiased, FIT)
    own = model.moments.own_year[0]
    np.testing.assert_allclose(found.sd**2, own[[0, 2]])
    assert found.correlation == pytest.approx(own[1] / np.sqrt(own[0] * own[2]))


def test_shares_of_school_effects_by_hand(fitted, caplog):
    made = simulate(fitted[0], FIT, *fitted[1:], 2, np.random.SeedSequence(1))
    errors = np.array([[0.1, 0.2], [-0.1, 0.0]])  # variances 0.01 and 0.02
    made = replace(made, school=errors)
    school, students = np.array([0.3, -0.2]), np.array([1, 3])
    found = school_spread(made, school, students)
    variance = (1 * (0.09 - 0.01) + 3 * (0.04 - 0.02)) / 4
    assert found.sd == pytest.approx(np.sqrt(variance))
    np.testing.assert_allclose(found.share, [variance / (variance + e) for e in (0.01, 0.02)])
    found = school_spread(made, np.array([0.05, 0.05]), students)
    assert found.sd == 0 and not found.share.any()
    assert "none is subtracted" in caplog.text


def test_planted_drift_is_found_on_the_grid():
    at = np.arange(1, 9)[:, None]
    ratios = 0.3 + 0.7 * 0.85**at * np.ones((8, 3))
    ratios[5, 1] = np.nan
    share, persistence = _drift(ratios, np.full((8, 3), 100.0))
    assert (share, persistence) == (pytest.approx(0.3), pytest.approx(0.85))
