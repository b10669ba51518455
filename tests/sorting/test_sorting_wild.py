"""Wild cluster bootstrap, against one that regresses again in every replication."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sorting_panels import teacher_years

from welfare_added.run.errors import UserError
from welfare_added.sorting.design import design
from welfare_added.sorting.panel import prepare
from welfare_added.sorting.regression import solve
from welfare_added.sorting.wild_bootstrap import WEIGHTS, wild_bootstrap

TERMS = ["moved", "moved_x_post", "individual_x_post"]


def made_design(effects, weights="weight"):
    panel = prepare(
        teacher_years(5, teachers=120, districts=9), first_post_year=2012, class_years=2
    )
    rng = np.random.default_rng(1)
    panel = panel.assign(
        moved_x_post=panel["moved"] * panel["post"], weight=0.5 + rng.random(len(panel))
    )
    return design(
        panel, "log_salary", TERMS, cluster="district_id", effects=effects, weights=weights
    )


def slow_p(made, term, value, weights, replications, seed):
    """Share of samples, each regressed anew with all effects, at least as far from the null."""
    at = made.names.index(term)
    fit = solve(made)
    sample = (fit.estimate[at] - value) / fit.standard_error[at]
    others = np.delete(made.regressors, at, axis=1)
    shifted = made.outcome - value * made.regressors[:, at]
    restricted = others @ np.linalg.lstsq(others, shifted, rcond=None)[0]
    left = shifted - restricted
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    law = WEIGHTS[weights]
    drawn = law[rng.integers(0, len(law), (replications, made.clusters))]
    far = 0
    for signs in drawn:
        outcome = value * made.regressors[:, at] + restricted + left * signs[made.cluster]
        root = made.root_weight
        if made.effects is not None:
            outcome = made.effects.residuals((outcome / root)[:, None])[:, 0] * root
        again = solve(replace(made, outcome=outcome))
        t = (again.estimate[at] - value) / again.standard_error[at]
        far += abs(t) >= abs(sample) * (1 - 1e-9)
    return far / replications


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize(
    "effects", [["year"], ["district_id", "year"], ["teacher_id", "year", "schedule_cell"], []]
)
def test_p_is_that_of_regressions_in_every_sample(effects, weights):
    made = made_design(effects)
    fast = wild_bootstrap(made, "moved_x_post", weights=weights, replications=60, seed=2)
    assert fast.p == slow_p(made, "moved_x_post", 0.0, weights, 60, 2)
    fit = solve(made)
    assert fast.estimate == pytest.approx(fit.estimate[1], rel=1e-9)
    assert fast.t == pytest.approx(fit.estimate[1] / fit.standard_error[1], rel=1e-9)


def test_ends_of_the_interval_are_where_p_passes_five_percent():
    made = made_design(["year"])
    fast = wild_bootstrap(made, "moved", weights="rademacher", replications=99, seed=4)
    for end, outwards in ((fast.low, -1), (fast.high, 1)):
        step = 1e-6 * (fast.high - fast.low)
        assert slow_p(made, "moved", end - outwards * step, "rademacher", 99, 4) >= 0.05
        assert slow_p(made, "moved", end + outwards * step, "rademacher", 99, 4) < 0.05


def test_an_interval_can_be_without_end():
    """One of four clusters treated: in four of 16 patterns of signs nothing is left of x."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"c": np.repeat(np.arange(4), 5), "x": np.repeat([1.0, 0, 0, 0], 5)})
    frame["y"] = rng.normal(size=20)
    made = design(frame, "y", ["x"], cluster="c")
    fit = wild_bootstrap(made, "x", weights="rademacher", replications=199, seed=1)
    assert fit.low == -np.inf and fit.high == np.inf
    assert fit.p > 0.05


def test_webb_weights_have_mean_zero_and_variance_one():
    for law in WEIGHTS.values():
        assert law.mean() == pytest.approx(0, abs=1e-15)
        assert (law**2).mean() == pytest.approx(1, abs=1e-15)


def test_clusters_that_say_nothing_are_counted():
    frame = pd.DataFrame({"c": np.repeat(np.arange(8), 4), "year": np.tile(np.arange(4), 8)})
    frame["x"] = ((frame["c"] < 3) & (frame["year"] > 1)) * 1.0
    frame["y"] = np.random.default_rng(0).normal(size=32)
    made = design(frame, "y", ["x"], cluster="c", effects=["c"])
    assert wild_bootstrap(made, "x", weights="webb", replications=9, seed=1).informative == 3


def test_refusals():
    made = made_design(["year"])
    with pytest.raises(UserError, match="want rademacher, webb"):
        wild_bootstrap(made, "moved", weights="normal", replications=9, seed=1)
    with pytest.raises(UserError, match="no regressor gone; want moved"):
        wild_bootstrap(made, "gone", weights="webb", replications=9, seed=1)


def coverage(clusters, treated, worlds, seed):
    """Share of worlds in which 95 percent intervals hold the truth: clustered, and wild."""
    held = np.zeros((worlds, 2))
    seeds = np.random.SeedSequence(seed).spawn(worlds)
    for world, one in enumerate(seeds):
        rng = np.random.default_rng(one)
        frame = pd.DataFrame(
            {"c": np.repeat(np.arange(clusters), 8), "year": np.tile(np.arange(8), clusters)}
        )
        frame["x"] = ((frame["c"] < treated) & (frame["year"] >= 5)) * 1.0
        shock = rng.normal(size=(clusters, 2))[frame["c"], (frame["year"] >= 5).astype(int)]
        frame["y"] = 0.3 * frame["x"] + 0.7 * shock + rng.normal(size=len(frame))
        made = design(frame, "y", ["x"], cluster="c", effects=["c", "year"])
        row = solve(made).tidy().iloc[0]
        wild = wild_bootstrap(made, "x", weights="rademacher", replications=199, seed=world)
        held[world] = row["low"] <= 0.3 <= row["high"], wild.low <= 0.3 <= wild.high
    return held.mean(axis=0)


@pytest.mark.slow
def test_coverage():
    """Both cover with many clusters on either side; with three of 40 treated only the wild one."""
    worlds = 400
    error = np.sqrt(0.95 * 0.05 / worlds)
    many = coverage(60, 27, worlds, 1)
    assert (np.abs(many - 0.95) < 3 * error).all(), many
    few = coverage(40, 3, worlds, 3)
    assert few[0] < 0.95 - 3 * error, few
    assert few[1] > 0.95 - 3 * error, few
