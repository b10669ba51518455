"""The sampler leaves the model's joint distribution as it is; calibration and coverage."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from selection_cases import INFORMATIVE, STATED, planted, world

from welfare_added.selection import sweep
from welfare_added.selection.chain import Schedule
from welfare_added.selection.priors import read_priors
from welfare_added.selection.trust import calibration, coverage, joint_test
from welfare_added.selection.trust_summaries import share_covered, uniformity
from welfare_added.selection.worlds import WorldSize

KINDS = [("moves", "full"), ("plain", "order"), ("published", "full")]
# Weak priors on coefficients, as for estimation.
WEAK = read_priors(
    STATED
    | {name: 100 for name in ("outcome", "supply", "demand", "school_mean")}
    | {name: {"half_cauchy": 0.3} for name in ("sd_theta", "sd_phi", "sd_eta_y")}
    | {"sd_eps": {"half_cauchy": 1}, "sd_school": {"half_cauchy": 1}}
    | {"sd_eta_u": {"half_cauchy": 1}, "sd_eta_v": {"half_cauchy": 0.1}}
)
SCALARS = [
    "supply: match",
    "supply: inertia",
    "demand: experience",
    "outcomes: prior score",
    "sd theta",
    "sd eta_u",
    "sd eta_y",
    "correlation eta_y eta_u",
]


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
    z = joint_test(world(), INFORMATIVE, rankings, 5000, 4, 2, how).table["z"]
    assert z.abs().max() < 4.2
    assert np.sqrt((z**2).mean()) < 1.25


@pytest.mark.slow
def test_ranks_of_true_values_are_uniform():
    schedule = Schedule(plain=100, rounds=2, moves=50, burn=50, kept=760)
    size = WorldSize(teachers=30, schools=6, years=2, vacancies=8)
    ranks = calibration(world(size), INFORMATIVE, "full", schedule, 200, 3, SCALARS)
    assert (uniformity(ranks) > 0.001).all()


@pytest.mark.slow
def test_intervals_cover_planted_values():
    size = WorldSize(teachers=120, schools=20, years=10, vacancies=15)
    schedule = Schedule(plain=100, rounds=3, moves=50, burn=50, kept=700)
    worlds = [world(size, seed) for seed in range(50)]
    truths = [planted(20, 500 + seed) for seed in range(50)]
    table = coverage(worlds, truths, WEAK, INFORMATIVE, "full", schedule, 1, 4)
    found = share_covered(table, {"eq. 1": "outcomes:", "eq. 2": "supply:", "eq. 3": "demand:"})
    assert ((found["covered"] - 0.9).abs() < 3.5 * found["error"]).all()
    assert ((found["square"] - 1).abs() < 3.5 * found["square_error"]).all()
