"""The sampler leaves the model's joint distribution as it is; calibration and coverage."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from selection_cases import INFORMATIVE, STATED, world
from trust_runs import EQUATIONS, KINDS, covered, joint, ranks

from welfare_added.selection import sweep
from welfare_added.selection.priors import read_priors
from welfare_added.selection.trust import joint_test
from welfare_added.selection.trust_summaries import rank_moments, share_covered, uniformity


@pytest.mark.parametrize(("how", "rankings"), KINDS)
def test_joint_distribution_is_left_as_it_is(how, rankings):
    z = joint_test(world(), INFORMATIVE, rankings, 250, 2, 1, how).table["z"]
    assert z.abs().max() < 4
    assert np.sqrt((z**2).mean()) < 1.3


def test_an_error_in_a_step_is_seen(monkeypatch):
    """A level move that forgets the fallbacks of displaced teachers."""

    def wrong(menus, state, priors, rng):
        shift = rng.standard_normal()
        return replace(state, utility=state.utility + shift, fallback=state.fallback + shift)

    monkeypatch.setattr(sweep.supply, "move_level", wrong)
    z = joint_test(world(), INFORMATIVE, "full", 250, 2, 1, "plain").table["z"]
    assert z.abs().max() > 6


@pytest.mark.parametrize("right", [True, False])
def test_utilities_are_drawn_with_wide_tastes_integrated_out(monkeypatch, right):
    """And an error is seen: with the variance of eps alone."""
    if not right:
        draw = sweep.draw_values
        monkeypatch.setattr(
            sweep, "draw_values", lambda data, mean, sd, *rest: draw(data, mean, 0 * sd + 1, *rest)
        )
    wide = {"sd_eta_v": {"half_normal": 2.0}, "sd_phi": {"half_normal": 0.6}, "demand": 1.0}
    z = joint_test(world(), read_priors(STATED | wide), "full", 1000, 2, 1, "plain").table["z"]
    assert (z.abs().max() < 4) == right


def test_uniform_ranks_pass_and_others_do_not():
    rng = np.random.default_rng(1)
    ranks = pd.DataFrame(
        {
            "parameter": ["even"] * 400 + ["narrow"] * 400,
            "rank": np.concatenate([rng.integers(20, size=400), rng.integers(5, 15, size=400)]),
        }
    )
    p = uniformity(ranks)
    assert p["even"] > 0.01 and p["narrow"] < 1e-6


def test_moments_of_ranks_have_their_errors():
    rng = np.random.default_rng(2)
    even, narrow, low = (
        rng.integers(20, size=(500, 400)),
        rng.integers(5, 15, 400),
        rng.integers(15, size=400),
    )
    named = {f"even {k}": values for k, values in enumerate(even)} | {"narrow": narrow, "low": low}
    ranks = pd.concat([pd.DataFrame({"parameter": k, "rank": v}) for k, v in named.items()])
    moments = rank_moments(ranks)
    some = moments.drop(["narrow", "low"])
    assert np.abs(some["z_mean"].mean()) < 0.2 and np.abs(some["z_spread"].mean()) < 0.2
    assert some["z_mean"].std() == pytest.approx(1, abs=0.12)
    assert some["z_spread"].std() == pytest.approx(1, abs=0.12)
    assert moments.loc["narrow", "z_spread"] < -10 and abs(moments.loc["narrow", "z_mean"]) < 3
    assert moments.loc["low", "z_mean"] < -7


def test_shares_covered_count_worlds_not_intervals():
    table = pd.DataFrame(
        {
            "world": [0, 0, 1, 1, 2, 2],
            "parameter": ["supply: a", "supply: b"] * 3,
            "true": 0.0,
            "mean": [1.0, 1.0, 2.0, 2.0, 0.0, 0.0],
            "sd": [0.5, 1.0, 1.0, 2.0, 1.0, 1.0],
            "covered": [False, True, False, True, True, True],
        }
    )
    row = share_covered(table, {"eq. 2": "supply:"}).iloc[0]
    assert (row["worlds"], row["intervals"]) == (3, 6)
    assert row["covered"] == pytest.approx(2 / 3)
    assert row["error"] == pytest.approx(np.std([0.5, 0.5, 1], ddof=1) / np.sqrt(3))
    assert row["square"] == pytest.approx(5 / 3)
    assert row["square_error"] == pytest.approx(2.5 / 3)


@pytest.mark.slow
@pytest.mark.parametrize(("how", "rankings"), KINDS)
def test_joint_distribution_in_many_replications(how, rankings):
    z = joint(how, rankings)["z"]
    assert z.abs().max() < 4.2
    assert np.sqrt((z**2).mean()) < 1.25


@pytest.mark.slow
def test_ranks_of_true_values_are_uniform():
    found = ranks()
    assert (uniformity(found) > 0.001).all()
    moments = rank_moments(found)
    assert (moments[["z_mean", "z_spread"]].abs() < 3.5).all().all()


@pytest.mark.slow
def test_intervals_cover_planted_values():
    found = share_covered(covered(), EQUATIONS)
    assert ((found["covered"] - 0.9).abs() < 3.5 * found["error"]).all()
    assert ((found["square"] - 1).abs() < 3.5 * found["square_error"]).all()
