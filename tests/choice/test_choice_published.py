"""Real choices: published estimates of R's mlogit to their digits, and the package xlogit."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri

from welfare_added.choice.draws import Integrator, Nodes
from welfare_added.choice.integrators import fit, simulation_error
from welfare_added.choice.maximum import maximise, standard_errors
from welfare_added.choice.multinomial import multinomial_logit

DATA = Path(__file__).parents[2] / "workflow/papers/bates_2022/benchmark"
ELECTRICITY = pd.read_csv(DATA / "electricity.csv.gz")
COLUMNS = ["pf", "cl", "loc", "wk", "tod", "seas"]
X = ELECTRICITY[COLUMNS].to_numpy(float)
# Train and Croissant, "Exercise 3: Mixed logit model" (mlogit 1.1 to 2.0): estimates with 100
# Halton draws, to seven digits in the vignette's code, and standard errors.
MLOGIT = [-0.9733844, -0.2055565, 2.0757333, 1.4756497, -9.0525423, -9.1037717]
MLOGIT += [0.2199450, 0.3783044, 1.4829803, 1.0000609, 2.2894889, 1.1808827]
MLOGIT_ERRORS = [0.03432, 0.01332, 0.08043, 0.06517, 0.28722, 0.28904]
MLOGIT_ERRORS += [0.01084, 0.01849, 0.08130, 0.07418, 0.11073, 0.10901]


def electricity(nodes, **options):
    return multinomial_logit(
        X,
        ELECTRICITY["choice"],
        ELECTRICITY["chid"],
        agent=ELECTRICITY["id"],
        names=COLUMNS,
        random=X,
        random_names=COLUMNS,
        nodes=nodes,
        **options,
    )


def halton(number, base):
    """The sequence of Halton in a base, from its first, which is zero."""
    digits = np.zeros(number)
    left, power = np.arange(number), 1 / base
    while left.any():
        digits += power * (left % base)
        left, power = left // base, power / base
    return digits


def test_the_estimates_of_mlogit_are_the_maximum_with_its_own_draws():
    # The first hundred of each sequence are dropped; households follow one another.
    uniform = [halton(100 + 361 * 100, base)[100:] for base in (2, 3, 5, 7, 11, 13)]
    points = ndtri(np.stack(uniform, axis=-1)).reshape(361, 100, 6)
    model = electricity(Nodes(points, np.full(100, 0.01)))
    value, score = model.evaluate(MLOGIT)
    assert value.sum() == pytest.approx(-3952.5, abs=0.05)  # as its summary prints it
    found = maximise(model, model.start(), tolerance=1e-9)
    assert found.converged
    assert found.log_likelihood - value.sum() == pytest.approx(0, abs=1e-5)
    assert found.parameters == pytest.approx(MLOGIT, abs=1e-4)
    assert np.abs(score.sum(axis=0)).max() < 0.2
    # Its standard errors take products of the scores of choices, not of households.
    scores = scores_of_choices(model, points)
    assert scores.sum(axis=0) == pytest.approx(score.sum(axis=0), abs=1e-9)
    errors = np.sqrt(np.diag(np.linalg.inv(scores.T @ scores)))
    assert errors == pytest.approx(MLOGIT_ERRORS, rel=3e-4)
    own = standard_errors(model, found, "hessian")
    assert (own / errors).max() > 1.6


def scores_of_choices(model, points):
    """Scores (4308, 12) of single choices at mlogit's estimates, under households' weights."""
    household = np.unique(ELECTRICITY["id"][::4], return_inverse=True)[1]
    weights, points = model.by_draw(MLOGIT)[1][household], points[household]
    x = X.reshape(-1, 4, 6)
    utility = np.einsum("tjk,tqk->tqj", x, MLOGIT[:6] + np.array(MLOGIT[6:]) * points)
    odds = np.exp(utility - utility.max(axis=2, keepdims=True))
    taken = ELECTRICITY["choice"].to_numpy(float).reshape(-1, 1, 4)
    slope = np.einsum("tqj,tjk->tqk", taken - odds / odds.sum(axis=2, keepdims=True), x)
    of_means = np.einsum("tq,tqk->tk", weights, slope)
    return np.hstack([of_means, np.einsum("tq,tqk,tqk->tk", weights, slope, points)])


@pytest.mark.slow
def test_hundred_draws_of_the_normals_are_far_from_the_maximum():
    adaptive = fit(electricity(Integrator("adaptive", 128, seed=1)))
    many = fit(electricity(Integrator("sobol", 4096, seed=1)))
    errors = standard_errors(many.model, many.maximum)
    assert adaptive.converged and many.converged
    assert adaptive.maximum.log_likelihood == pytest.approx(many.maximum.log_likelihood, abs=3)
    size = np.abs(adaptive.maximum.parameters) - np.abs(many.maximum.parameters)
    assert np.abs(size / errors).max() < 0.7
    # The published ones: a log-likelihood 75 lower, and a standard deviation 2 errors too small.
    assert many.maximum.log_likelihood > -3952.5 + 70
    assert (np.abs(many.maximum.parameters[11]) - MLOGIT[11]) / errors[11] > 2
    report = simulation_error(adaptive.model, adaptive.maximum.parameters)
    assert report.effective_median > 85 and abs(report.change) < 1


# Croissant, "Random utility model and the multinomial logit model" (mlogit), ml.MC1.
MODES = ["train", "air", "bus", "car"]
CANADA = {
    "air": (-3.2741952, 0.6244152),
    "bus": (-2.5758571, 1.0845227),
    "car": (-1.4300823, 0.3013764),
    "cost": (-0.0333389, 0.0070955),
    "freq": (0.0925297, 0.0050976),
    "ovt": (-0.0430036, 0.0032247),
    "income air": (0.0381466, 0.0040831),
    "income bus": (-0.0509401, 0.0181702),
    "income car": (0.0101536, 0.0031648),
    "ivt train": (-0.0014504, 0.0011875),
    "ivt air": (0.0595097, 0.0100727),
    "ivt bus": (-0.0067835, 0.0044334),
    "ivt car": (-0.0064603, 0.0018985),
}


def test_the_conditional_logit_of_mlogit_is_met_to_its_digits():
    rows = pd.read_csv(DATA / "mode_canada.csv.gz").query("noalt == 4")
    is_mode = {mode: (rows["alt"] == mode).astype(float) for mode in MODES}
    columns = {mode: is_mode[mode] for mode in MODES[1:]}
    columns |= {name: rows[name] for name in ("cost", "freq", "ovt")}
    columns |= {f"income {mode}": rows["income"] * is_mode[mode] for mode in MODES[1:]}
    columns |= {f"ivt {mode}": rows["ivt"] * is_mode[mode] for mode in MODES}
    x = pd.DataFrame(columns)
    model = multinomial_logit(x, rows["choice"], rows["case"], names=list(x))
    found = maximise(model, model.start(), tolerance=1e-10)
    estimates, errors = np.array([CANADA[name] for name in model.names]).T
    assert found.log_likelihood == pytest.approx(-1874.3, abs=0.05)
    assert found.parameters == pytest.approx(estimates, rel=1e-4)
    assert standard_errors(model, found, "hessian") == pytest.approx(errors, rel=1e-3)


def test_xlogit_has_the_same_likelihood_and_scores_with_its_own_draws():
    xlogit = pytest.importorskip("xlogit")
    from xlogit.mixed_logit import diff_nonchosen_chosen

    theirs = xlogit.MixedLogit()
    theirs._pre_fit(ELECTRICITY["alt"].to_numpy(), COLUMNS, None, None, False, 100)
    columns = [ELECTRICITY[name].to_numpy() for name in ("choice", "alt", "chid", "id")]
    choice, alternative, situation, household = columns
    _, x, y, panels, draws, *_ = theirs._setup_input_data(
        X,
        choice.astype(int),
        COLUMNS,
        alternative,
        situation,
        dict.fromkeys(COLUMNS, "n"),
        panels=household,
        n_draws=50,
    )
    differences = diff_nonchosen_chosen(x, y, None, None, None)[0]
    at = np.array(MLOGIT)
    value, gradient, _ = theirs._loglik_gradient(
        at, differences, panels, draws, None, None, None, None, None
    )
    first = np.flatnonzero(np.diff(panels, prepend=-1))
    nodes = Nodes(draws[first].transpose(0, 2, 1), np.full(50, 0.02))
    ours = electricity(nodes).evaluate(at)
    assert ours[0].sum() == pytest.approx(-value, rel=1e-12)
    assert ours[1].sum(axis=0) == pytest.approx(-gradient, rel=1e-8, abs=1e-8)
