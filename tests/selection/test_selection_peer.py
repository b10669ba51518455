"""What a general sampler is given is the posterior, and effective draws are counted alike."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm
from selection_cases import INFORMATIVE, SMALL, STATED, world

from welfare_added.run.errors import UserError
from welfare_added.selection import supply
from welfare_added.selection.chain import Schedule
from welfare_added.selection.model import state_model
from welfare_added.selection.peer import Run, our_run, peer_arrays, peer_table
from welfare_added.selection.priors import read_priors
from welfare_added.selection.simulate import draw_parameters, simulate

SDS = [name for name in STATED if name.startswith("sd_")]
PRIORS = read_priors(STATED | {name: {"half_cauchy": 0.3} for name in SDS})
ALONE = world(replace(SMALL, together=0.0, candidates=9))


@pytest.fixture(scope="module")
def case():
    rng = np.random.default_rng(4)
    system, state = simulate(ALONE, draw_parameters(ALONE, INFORMATIVE, rng), "full", rng)
    return system, state, peer_arrays(system, PRIORS)


def test_applications_are_those_of_all_rows(case):
    system, state, d = case
    model = state_model(system, "full", PRIORS)
    lead = d["term_regressors"] @ state.supply + state.school_effect[d["term_school"]]
    lead += state.eta_u[d["term_pair"]] - state.fallback[d["term_menu"]]
    merged = np.abs(d["side"]) @ norm.logcdf(np.sign(d["side"]) * lead)
    data = system.supply
    menu = np.repeat(np.arange(len(data.teacher)), np.diff(data.first))
    rows = supply.row_means(model.menus, state) - state.fallback[menu]
    assert merged == pytest.approx(norm.logcdf(np.where(data.applied, rows, -rows)).sum())
    own = d["own_regressors"] @ state.supply + state.school_effect[d["own_school"]]
    own = np.where(d["displaced"], 0, own + state.eta_u[d["own_pair"]])
    np.testing.assert_allclose(own, supply.fallback_means(model.menus, state))


def test_steps_of_lists_give_their_utilities(case):
    """From positive steps, in order and above zero; who is not ranked is below what bounds her."""
    system, state, d = case
    data, value = system.demand, state.value
    number = np.repeat(np.arange(len(data.first) - 1), np.diff(data.first))
    ranked = d["ranked"]
    steps = np.empty(len(ranked))
    for k, row in enumerate(ranked):
        last = k + 1 == len(ranked) or number[ranked[k + 1]] != number[row]
        steps[k] = value[row] - (0 if last else value[ranked[k + 1]])
    assert (steps > 0).all()
    above = np.append(np.cumsum(steps[::-1])[::-1], 0.0)
    np.testing.assert_allclose(above[:-1] - above[d["next_list"]], value[ranked], atol=1e-12)
    found = np.where(d["below"] >= 0, value[ranked][d["below"]], 0.0)
    for row, top in zip(d["unranked"], found, strict=True):
        own = number == number[row]
        full = (data.rank[own] > 0).sum() == data.most_ranked
        assert top == (value[own & (data.rank > 0)].min() if full else 0)
        assert value[row] < top
    assert (d["below"] >= 0).any() and (d["below"] < 0).any()


def test_coefficients_are_in_units_of_their_regressors(case):
    """Standard normals times the root have the covariance of least squares."""
    d = case[2]
    for part, cross in (("outcome", d["cross"]), ("demand", None)):
        root = d[f"{part}_root"]
        if cross is None:
            x = d["candidate_regressors"]
            np.testing.assert_allclose(root @ root.T, np.linalg.inv(x.T @ x), rtol=1e-9)
        else:
            rows = d["rows"].sum()
            left = d["square"] - d["outcome_centre"] @ d["moment"]
            np.testing.assert_allclose(root @ root.T, np.linalg.inv(cross) * left / rows, rtol=1e-8)


def test_what_the_other_sampler_does_not_know_is_refused(case):
    with pytest.raises(UserError, match="want no concurrent offers"):
        peer_arrays(case[0], INFORMATIVE)
    rng = np.random.default_rng(1)
    together = simulate(world(), draw_parameters(world(), INFORMATIVE, rng), "full", rng)[0]
    assert together.supply.offer.any()
    with pytest.raises(UserError, match="want no concurrent offers"):
        peer_arrays(together, PRIORS)


def test_effective_draws_are_of_a_processor_second():
    rng = np.random.default_rng(1)
    ours = Run({"a": rng.standard_normal((2, 2000)), "b": rng.standard_normal((2, 2000))}, 1.0, 4.0)
    theirs = Run({"a": 5 + rng.standard_normal((2, 2000))}, 30.0, 10.0)
    table = peer_table({"ours": ours, "nuts": theirs}).set_index("sampler")
    assert list(table["parameter"]) == ["a", "a"]
    assert table["a_second"].to_numpy() == pytest.approx([1000, 400], rel=0.1)
    assert table["a_second_in_all"].to_numpy() == pytest.approx([800, 100], rel=0.1)
    assert table.loc["nuts", "times"] == pytest.approx(2.5, rel=0.15)
    assert table.loc["nuts", "times_in_all"] == pytest.approx(8, rel=0.15)
    assert table.loc["ours", "times"] == 1


def test_our_run_counts_pilot_and_sampling_apart(case):
    schedule = Schedule(plain=10, rounds=1, moves=5, burn=5, kept=40)
    run = our_run(case[0], PRIORS, INFORMATIVE, schedule, 2, 1)
    assert run.draws["sd theta"].shape == (2, 40)
    assert run.before > 0 and run.sampling > 0
