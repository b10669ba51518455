"""Bootstrap of agents, and weights of agents in the search."""

import numpy as np
import pytest
from choice_cases import binary_world

from welfare_added.choice.binary_panel import binary_logit
from welfare_added.choice.draws import Integrator, gauss_hermite
from welfare_added.choice.integrators import fit
from welfare_added.choice.maximum import maximise, standard_errors
from welfare_added.choice.resampling import bootstrap
from welfare_added.run.errors import UserError

X, TAKEN, AGENT = binary_world(300, 8, [-0.6, 0.9], [[0.8]], seed=8)
NODES = gauss_hermite(9)


def stated(rows=slice(None), agent=AGENT):
    return binary_logit(X[rows], TAKEN[rows], agent, random=X[rows, :1], nodes=NODES, at_modes=True)


def test_agents_with_weights_are_agents_that_come_again():
    weights = np.random.default_rng(1).integers(0, 4, 300)
    rows = np.concatenate(
        [np.flatnonzero(a == AGENT) for a in range(300) for _ in range(weights[a])]
    )
    copies = np.repeat(np.arange(weights.sum()), 8)
    again = maximise(stated(rows, copies), [0, 0, 0.5], tolerance=1e-10)
    weighted = maximise(stated(), [0, 0, 0.5], tolerance=1e-10, weights=weights)
    assert weighted.converged
    assert weighted.parameters == pytest.approx(again.parameters, abs=1e-6)
    assert weighted.log_likelihood == pytest.approx(again.log_likelihood, rel=1e-12)
    with pytest.raises(UserError, match="2 agents or clusters, and 3 parameters"):
        maximise(stated(), [0, 0, 0.5], weights=np.where(np.arange(300) < 2, 4, 0))


def test_the_spread_of_the_bootstrap_is_the_standard_error():
    model = stated()
    found = maximise(model, model.start())
    estimates = bootstrap(model, found, replications=300, seed=2)
    errors = standard_errors(model, found, "sandwich")
    # Standard deviations of 300 have a relative error of 0.04.
    assert estimates.std(axis=0) == pytest.approx(errors, rel=0.16)
    assert np.abs(estimates.mean(axis=0) - found.parameters).max() < 0.3 * errors.min()
    fewer = bootstrap(model, found, replications=3, seed=2)
    assert fewer.tobytes() == estimates[:3].tobytes()
    assert bootstrap(model, found, replications=1, seed=3).tobytes() != fewer[:1].tobytes()


def test_clusters_are_drawn_together():
    model = stated()
    found = maximise(model, model.start())
    people = np.arange(300) // 10  # agents of equal choices are ten of one person
    first = np.isin(AGENT, np.arange(0, 300, 10))
    rows = np.concatenate(
        [np.flatnonzero(first & (a == AGENT)) for a in np.arange(0, 300, 10)] * 10
    )
    agent = np.concatenate([np.repeat(np.arange(k, 300, 10), 8) for k in range(10)])
    copied = stated(rows, agent)
    found = maximise(copied, copied.start())
    alone, together = (
        bootstrap(copied, found, 60, seed=4, clusters=clusters).std(axis=0)
        for clusters in (None, people)
    )
    # Ten copies of each: clusters have the standard errors of the thirty, 10 ** 0.5 times as large.
    assert together / alone == pytest.approx(np.full(3, np.sqrt(10)), rel=0.35)


def test_proposals_stay_those_of_the_agents():
    model = binary_logit(
        X, TAKEN, AGENT, random=X[:, :1], nodes=Integrator("adaptive", 64, seed=1), threads=2
    )
    found = fit(model)
    estimates = bootstrap(found.model, found.maximum, replications=20, seed=2)
    quadrature = maximise(stated(), found.maximum.parameters)
    other = bootstrap(stated(), quadrature, replications=20, seed=2)
    errors = standard_errors(stated(), quadrature)
    assert np.abs((estimates - other) / errors).max() < 0.15


def test_what_makes_no_sense_is_refused(monkeypatch):
    model = stated()
    found = maximise(model, model.start())
    with pytest.raises(UserError, match="clusters: want one label for each of 300 agents"):
        bootstrap(model, found, 2, seed=1, clusters=AGENT)
    monkeypatch.setattr("welfare_added.choice.maximum.SCORING_STEPS", 0)
    monkeypatch.setattr("welfare_added.choice.maximum.ROUNDS", 0)
    with pytest.raises(UserError, match="replication 0 of the bootstrap: decrement "):
        bootstrap(model, found, 2, seed=1)
    unfinished = maximise(model, model.start())
    with pytest.raises(UserError, match="not a maximum: decrement "):
        bootstrap(model, unfinished, 2, seed=1)
