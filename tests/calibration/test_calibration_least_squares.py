"""The general search: penalised least squares on moments that are step functions."""

import numpy as np
import pandas as pd
import pytest

from welfare_added.calibration.least_squares import (
    Problem,
    flat,
    gauss_newton,
    jacobian,
    nested,
    pattern_search,
    priors,
)

TRUTH = {"a": 0.7, "b": -1.2, "c": 2.0}
SMALL, LARGE = 4_000, 40_000
NORMAL = np.random.default_rng(1).standard_normal((LARGE, 2))


def people(parameters, number):
    """Moments of a probit with two regressors and of a threshold: shares move one at a time."""
    x, chance = NORMAL[:number].T
    ones = chance < parameters["a"] + parameters["b"] * x
    return pd.Series(
        {
            "share": ones.mean(),
            "share_high": ones[x > 0].mean(),
            "far": (np.abs(x) < parameters["c"]).mean(),
            "not_a_target": 1.0,
        }
    )


def problem(sd=1.0, centre=0.0, **changed):
    target = people(TRUTH, SMALL).drop("not_a_target")
    prior = {
        name: value if isinstance(value, dict) else dict.fromkeys("abc", value)
        for name, value in {"centre": centre, "sd": sd}.items()
    }
    made = {
        "moments": lambda p: people(p, SMALL),
        "larger": lambda p: people(p, LARGE),
        "target": target,
        "tolerance": 0.01,
        **prior,
    }
    return Problem(**{**made, **changed})


START = {"a": 0.0, "b": 0.0, "c": 1.0, "fixed": 5.0}


def newton(one, start=START):
    return gauss_newton(one, start, rounds=4, steps=8, width=0.05, gain=1e-3, report=list)


def test_the_planted_parameters_are_found():
    wide = problem(sd=10.0)
    found = newton(wide)
    for name, value in TRUTH.items():
        assert found[name] == pytest.approx(value, abs=0.08)
    assert found["fixed"] == 5.0 and set(found) == set(START)
    assert np.abs(wide.units(wide.moments(found))).max() < 1


def test_the_pattern_search_finds_one_parameter_and_lowers_the_loss_of_several():
    one = problem(centre={"c": 0.0}, sd={"c": 10.0})
    found = pattern_search(one, {**TRUTH, "c": 1.0}, sweeps=40, width=0.1, gain=1e-3, report=list)
    assert found["c"] == pytest.approx(TRUTH["c"], abs=0.05)
    assert (found["a"], found["b"]) == (TRUTH["a"], TRUTH["b"])
    wide = problem(sd=10.0)
    patterned = pattern_search(wide, START, sweeps=5, width=0.1, gain=1e-3, report=list)
    assert wide.loss(patterned) < wide.loss(START) / 2


def test_a_search_from_its_own_end_stays_there():
    one = problem(sd=10.0)
    end = pattern_search(one, newton(one), sweeps=40, width=0.1, gain=1e-3, report=list)
    assert pattern_search(one, end, sweeps=40, width=0.1, gain=1e-3, report=list) == end


def test_what_the_moments_do_not_tell_comes_from_the_prior():
    blind = problem(target=people(TRUTH, SMALL)[["share", "share_high"]], centre=0.5)
    found = newton(blind)
    assert found["c"] == pytest.approx(0.5, abs=0.01)
    strict = newton(problem(sd=0.001), dict.fromkeys("abc", 0.0))
    assert all(abs(strict[name]) < 0.02 for name in TRUTH)


def test_derivatives_are_those_of_the_larger_world():
    one = problem(sd=0.5)
    at = {**START, "a": 0.3}
    derivatives = jacobian(one, at, 0.1)
    high, low = (people({**at, "a": 0.3 + by}, LARGE) for by in (0.05, -0.05))
    wanted = (high - low)["share"] / 0.2 / (0.01 * one.target["share"])
    assert derivatives[0, 0] == pytest.approx(wanted)
    assert derivatives[2, 0] == 0 and derivatives[0, 2] == 0 and derivatives[2, 2] > 0


@pytest.mark.parametrize("inside", [0.3, 1.0])
def test_the_loss_grows_and_is_continuous(inside):
    target = pd.Series({"m": 100.0})
    one = Problem(lambda p: pd.Series({"m": 100 + p["u"]}), None, target, 0.01, {}, {}, inside)
    at = [one.loss({"u": u}) for u in (0, 0.999, 1, 1.001, 3.999, 4, 4.001, -4, 10)]
    assert at[2] == pytest.approx(inside)
    assert at[0] == 0 and at[:7] == sorted(set(at[:7]))
    assert at[2] - at[1] < 0.01 and at[3] - at[2] < 0.01
    assert at[5] - at[4] < 0.02 and at[6] - at[5] < 0.02
    assert at[7] == pytest.approx(at[5])
    assert at[8] - at[6] == pytest.approx(8 * 5.999)
    missing = Problem(lambda p: pd.Series(dtype=float), None, target, 0.01, {}, {})
    assert missing.loss({}) > at[8]


def test_paths_and_priors():
    tree = {"a": {"x": 1.0, 2: {"y": "word"}}, "b": 3}
    values = flat(tree)
    assert values == {"a.x": 1.0, "a.2.y": "word", "b": 3}
    assert nested({**values, "b": 4}, tree) == {**tree, "b": 4}
    declared = {"a.x": {"centre": 0, "sd": None}, "a.*": {"centre": 1, "sd": 2}}
    assert priors(values, declared) == ({"a.2.y": 1}, {"a.2.y": 2})


def test_the_weight_of_the_prior_is_that_of_its_squared_distance():
    plain, lighter = problem(), problem(prior=0.25)
    distance = (plain.prior_units(START) ** 2).sum()
    assert distance > 0
    assert plain.loss(START) - lighter.loss(START) == pytest.approx(0.75 * distance)
    narrow = {"sd": 0.05}
    held, freed = newton(problem(**narrow)), newton(problem(**narrow, prior=0.01))
    assert all(abs(freed[n] - TRUTH[n]) < abs(held[n] - TRUTH[n]) for n in TRUTH)
