"""Draws of normals and Gauss-Hermite nodes."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from scipy.stats import kstest

from welfare_added.choice.draws import Integrator, gauss_hermite, pseudo_random, sobol
from welfare_added.run.errors import UserError

KINDS = {"pseudo_random": pseudo_random, "sobol": sobol}


@pytest.mark.parametrize("kind", KINDS)
def test_draws_are_independent_standard_normals(kind):
    nodes = KINDS[kind](300, 64, 3, seed=1)
    assert nodes.points.shape == (300, 64, 3)
    assert nodes.weights == pytest.approx(np.full(64, 1 / 64))
    flat = nodes.points.reshape(-1, 3)
    assert np.abs(np.corrcoef(flat.T) - np.eye(3)).max() < 0.03
    for column in flat.T:
        assert kstest(column, "norm").statistic < 0.012


@pytest.mark.parametrize("kind", KINDS)
def test_an_agents_draws_depend_on_the_seed_and_its_number_alone(kind):
    few, many = (KINDS[kind](agents, 16, 2, seed=5).points for agents in (3, 40))
    assert few.tobytes() == many[:3].tobytes()
    assert len(np.unique(many[:, 0, 0])) == 40
    assert few.tobytes() != KINDS[kind](3, 16, 2, seed=6).points.tobytes()


@pytest.mark.parametrize("kind", KINDS)
def test_another_process_draws_the_same_bytes(kind):
    code = (
        f"from welfare_added.choice.draws import {kind} as draw; import hashlib; "
        "print(hashlib.sha256(draw(7, 32, 4, seed=11).points.tobytes()).hexdigest())"
    )
    here = hashlib.sha256(KINDS[kind](7, 32, 4, seed=11).points.tobytes()).hexdigest()
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here


def test_an_integrator_draws_what_it_says():
    for kind, draw in {**KINDS, "adaptive": sobol}.items():
        points = Integrator(kind, 8, seed=3).nodes(5, 2).points
        assert points.tobytes() == draw(5, 8, 2, 3).points.tobytes()
    with pytest.raises(UserError, match="widening: 0, want a positive number"):
        Integrator("adaptive", 8, seed=3, widening=0)


def test_sobol_draws_average_a_smooth_function_better():
    def error(nodes):
        means = np.exp(0.5 * nodes.points.sum(axis=2)).mean(axis=1)
        return np.sqrt(np.mean((means - np.exp(0.25)) ** 2))

    assert error(sobol(200, 128, 2, seed=3)) < error(pseudo_random(200, 128, 2, seed=3)) / 2


def test_gauss_hermite_has_the_exact_moments_of_normals():
    nodes = gauss_hermite(5)
    double_factorial = {0: 1, 2: 1, 4: 3, 6: 15, 8: 105}
    for power in range(10):
        moment = nodes.weights @ nodes.points[0, :, 0] ** power
        assert moment == pytest.approx(double_factorial.get(power, 0), abs=1e-10)
    both = gauss_hermite(4, dimensions=2)
    x, y = both.points[0].T
    assert both.points.shape == (1, 16, 2)
    assert both.weights @ (x**4 * y**2) == pytest.approx(3)
    assert both.weights @ (x**3 * y) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sobol(2, 100, 1, seed=1), "100 Sobol draws: want a power of two, such as 128"),
        (lambda: pseudo_random(2, 0, 1, seed=1), "draws: 0, want at least 1"),
        (lambda: sobol(0, 4, 1, seed=1), "agents: 0, want at least 1"),
        (lambda: gauss_hermite(0), "nodes: 0, want at least 1"),
    ],
)
def test_counts_that_make_no_sense_are_refused(call, message):
    with pytest.raises(UserError, match=message):
        call()
