"""Planted worlds with present positions: adaptive draws cover the truth, prior draws do not."""

import numpy as np
import pytest

from welfare_added.choice.binary_panel import AgentCovariates, PresentPositions, binary_logit
from welfare_added.choice.draws import Integrator
from welfare_added.choice.integrators import fit
from welfare_added.choice.maximum import standard_errors

AGENTS, ROWS, RANDOM = 600, 60, 4
TRUTH = np.array([-1.5, 0.5, -0.4, 0.3, 0.2, 0.3, -0.2, 1.4, 0.9, 1.1, 0.7])
NAMES = ["constant", "near", "large", "costly", "black"]


def planted(seed, integrator):
    """A world of the model itself, stated; a fifth of the agents have a position."""
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    agent = np.repeat(np.arange(AGENTS), ROWS)
    x = rng.standard_normal((len(agent), 5))
    x[:, 0] = 1
    holders = rng.permutation(AGENTS)[: AGENTS // 5]
    held = rng.standard_normal((len(holders), 5))
    held[:, 0] = 1
    own = rng.standard_normal((AGENTS, 2))
    coefficients = np.tile(TRUTH[:5], (AGENTS, 1))
    coefficients[:, :RANDOM] += TRUTH[7:] * rng.standard_normal((AGENTS, RANDOM))
    utility = (x * coefficients[agent]).sum(axis=1) + (own @ TRUTH[5:7])[agent]
    present = np.full(AGENTS, -np.inf)
    present[holders] = (held * coefficients[holders]).sum(axis=1) + own[holders] @ TRUTH[5:7]
    utility -= np.logaddexp(0, present)[agent]
    taken = rng.random(len(agent)) < 1 / (1 + np.exp(-utility))
    return binary_logit(
        x,
        taken,
        agent,
        names=NAMES,
        random=x[:, :RANDOM],
        random_names=NAMES[:RANDOM],
        agent_covariates=AgentCovariates(np.arange(AGENTS), own),
        present=PresentPositions(holders, held, held[:, :RANDOM]),
        nodes=integrator,
    )


def distances(kind, worlds):
    """Standardised errors (worlds, D) of estimates, and twice the log-likelihood ratios."""
    standardised, ratios = [], []
    for seed in range(worlds):
        fitted = fit(planted(seed, Integrator(kind, 128, seed=seed)))
        assert fitted.converged
        estimate = fitted.maximum.parameters.copy()
        estimate[7:] = np.abs(estimate[7:])
        errors = standard_errors(fitted.model, fitted.maximum)
        standardised.append((estimate - TRUTH) / errors)
        at_truth = fitted.model.renewed(TRUTH).evaluate(TRUTH)[0].sum()
        ratios.append(2 * (fitted.maximum.log_likelihood - at_truth))
    return np.array(standardised), np.array(ratios)


def test_an_agent_with_two_modes_keeps_to_one():
    # In this world one agent's modes are alike, and a search from zero goes to either in turn.
    fitted = fit(planted(2, Integrator("adaptive", 128, seed=2)))
    assert fitted.converged
    found = fitted.maximum
    again = fitted.model.renewed(found.parameters).evaluate(found.parameters)[0].sum()
    assert again == pytest.approx(found.log_likelihood, abs=1e-6)


@pytest.mark.slow
def test_adaptive_draws_cover_the_truth():
    standardised, ratios = distances("adaptive", 30)
    coverage = (np.abs(standardised) < 1.96).mean()
    # 330 intervals: Monte Carlo error 0.012 if independent.
    assert 0.91 < coverage < 0.985
    # Means of 30 have an error of 0.18.
    assert np.abs(standardised.mean(axis=0)).max() < 0.65
    # Chi-squared with 11 degrees of freedom: mean 11, error 0.86.
    assert abs(ratios.mean() - 11) < 3 * np.sqrt(2 * 11 / 30)


@pytest.mark.slow
def test_as_many_draws_of_the_normals_do_not():
    for kind in ("pseudo_random", "sobol"):
        standardised, ratios = distances(kind, 4)
        assert (np.abs(standardised) < 1.96).mean() < 0.8
        assert np.median(ratios) > 40
