"""Each method of evaluating a simulated likelihood, or of estimating a mixed logit.

What a method needs is laid out before it is timed. Other packages are optional and imported where
they are used.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.choice.binary_panel import binary_logit
from welfare_added.choice.draws import Integrator, Nodes, pseudo_random
from welfare_added.choice.integrators import fit
from welfare_added.choice.multinomial import multinomial_logit
from welfare_added.run.usage import peak_mb

ROWS, FIXED, RANDOM, DRAWS = 90, 13, 6, 100  # choices an agent, covariates, random ones, draws
# Pairs that are alike to an agent, positions of one school and year: 61 distinct ones in a hundred,
# as in the choice sets of the synthetic hiring platform.
ALIKE = np.repeat([2, 1], [35, 20])
SHORT = 2 * ROWS  # rows on which a method runs first, so that loading and compiling are not timed
BLOCK = 64  # agents at a time in numpy
SUPPLIERS = ["pf", "cl", "loc", "wk", "tod", "seas"]


@dataclass(frozen=True)
class Panel:
    """Choices of yes or no of A agents, each ROWS times, as ALIKE says.

    Attributes
    ----------
    covariates
        (A, ROWS, FIXED), the first RANDOM of which have random coefficients too; those of choices
        that are alike are neighbours.
    taken
        (A, ROWS) 0 or 1.
    draws
        (A, DRAWS, RANDOM) standard normals.
    parameters
        (FIXED + RANDOM,) coefficients and standard deviations.

    """

    covariates: np.ndarray
    taken: np.ndarray
    draws: np.ndarray
    parameters: np.ndarray


def panel(rows: int, seed: int) -> Panel:
    """Make a panel of about so many rows, of which some 8 percent are taken."""
    agents = rows // ROWS
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    x = rng.standard_normal((agents, len(ALIKE), FIXED)).repeat(ALIKE, axis=1)
    x[..., 0] = 1
    coefficients = np.r_[-3.2, np.full(FIXED - 1, 0.2)]
    deviations = np.full(RANDOM, 0.5)
    own = deviations * rng.standard_normal((agents, 1, RANDOM))
    utility = x @ coefficients + (x[..., :RANDOM] * own).sum(axis=2)
    taken = (rng.random(utility.shape) < 1 / (1 + np.exp(-utility))).astype(float)
    draws = pseudo_random(agents, DRAWS, RANDOM, seed).points
    return Panel(x, taken, draws, np.r_[coefficients, deviations])


def ours(given: Panel, threads: int = 1) -> Callable[[], float]:
    """Value and scores of our compiled loops, every choice a row."""
    return _ours(given, given.covariates, given.taken, np.ones(ROWS), threads)


def ours_two_threads(given: Panel) -> Callable[[], float]:
    """As `ours`, with two threads."""
    return ours(given, threads=2)


def ours_alike(given: Panel) -> Callable[[], float]:
    """As `ours`, with choices that are alike as one row, as preferences are estimated."""
    first = np.cumsum(ALIKE) - ALIKE
    taken = np.add.reduceat(given.taken, first, axis=1)
    return _ours(given, given.covariates[:, first], taken, ALIKE, threads=1)


def _ours(
    given: Panel, covariates: np.ndarray, taken: np.ndarray, trials: np.ndarray, threads: int
) -> Callable[[], float]:
    agents = len(taken)
    x = covariates.reshape(-1, FIXED)
    model = binary_logit(
        x,
        taken.ravel(),
        np.repeat(np.arange(agents), len(trials)),
        random=x[:, :RANDOM],
        nodes=Nodes(given.draws, np.full(DRAWS, 1 / DRAWS)),
        trials=np.tile(trials, agents).astype(float),
        threads=threads,
    )
    return lambda: model.evaluate(given.parameters)[0].sum()


def numpy_value(given: Panel) -> Callable[[], float]:
    """Value without scores in numpy, some agents at a time so that arrays stay small."""
    coefficients, deviations = given.parameters[:FIXED], given.parameters[FIXED:]

    def evaluate():
        total = 0.0
        for start in range(0, len(given.taken), BLOCK):
            block = slice(start, start + BLOCK)
            x, y = given.covariates[block], given.taken[block][..., None]
            loadings = x[..., :RANDOM] * deviations
            utility = (x @ coefficients)[..., None] + loadings @ given.draws[block].swapaxes(1, 2)
            likelihood = (y * utility - np.logaddexp(0, utility)).sum(axis=1)
            top = likelihood.max(axis=1)
            total += (top + np.log(np.exp(likelihood - top[:, None]).mean(axis=1))).sum()
        return total

    return evaluate


def xlogit(given: Panel) -> Callable[[], float]:
    """Value and gradient of the package xlogit, with the alternative of utility zero."""
    from xlogit import MixedLogit

    agents = len(given.taken)
    model = MixedLogit()
    model._rvidx = np.arange(FIXED) < RANDOM
    model._rvdist = ["n"] * RANDOM
    sign = (1 - 2 * given.taken).reshape(-1, 1, 1)
    differences = sign * given.covariates.reshape(-1, 1, FIXED)
    panels = np.repeat(np.arange(agents), ROWS)
    draws = given.draws.swapaxes(1, 2)[panels]
    rest = (panels, draws, None, None, None, None, None)
    return lambda: -model._loglik_gradient(given.parameters, differences, *rest)[0]


def electricity_ours(data: pd.DataFrame, integrator: Integrator) -> Callable[[], float]:
    """Estimate the mixed logit of electricity suppliers, six independent normal coefficients."""
    x = data[SUPPLIERS].to_numpy(float)

    def estimate():
        model = multinomial_logit(
            x, data["choice"], data["chid"], agent=data["id"], random=x, nodes=integrator
        )
        return fit(model).maximum.log_likelihood

    return estimate


def electricity_xlogit(data: pd.DataFrame, draws: int) -> Callable[[], float]:
    """Estimate the same in xlogit, with Halton draws."""
    from xlogit import MixedLogit

    def estimate():
        model = MixedLogit()
        model.fit(
            X=data[SUPPLIERS].to_numpy(float),
            y=data["choice"].to_numpy().astype(int),
            varnames=SUPPLIERS,
            alts=data["alt"].to_numpy(),
            ids=data["chid"].to_numpy(),
            panels=data["id"].to_numpy(),
            randvars=dict.fromkeys(SUPPLIERS, "n"),
            n_draws=draws,
            verbose=0,
            skip_std_errs=True,
        )
        return model.loglikelihood

    return estimate


LIKELIHOODS = {
    "ours": ours,
    "ours_two_threads": ours_two_threads,
    "ours_alike": ours_alike,
    "numpy_value": numpy_value,
    "xlogit": xlogit,
}
ESTIMATES = {
    "ours": lambda data: electricity_ours(data, Integrator("adaptive", 128, seed=1)),
    "ours_sobol_512": lambda data: electricity_ours(data, Integrator("sobol", 512, seed=1)),
    "xlogit_512": lambda data: electricity_xlogit(data, 512),
}


def measure(task: str, method: str, n: int, runs: int, seed: int, data: str) -> dict:
    """Smallest seconds over runs, peak memory [MB], and the log-likelihood.

    Parameters
    ----------
    task, method
        ``likelihood``, one evaluation, and a name of LIKELIHOODS; or ``electricity``, an estimate,
        and a name of ESTIMATES.
    n
        Rows of the panel; households' choices times alternatives for ``electricity``.
    runs
        How often it is run.
    seed
        Of the panel and its draws.
    data
        File of the choices of electricity suppliers.

    """
    if task == "likelihood":
        LIKELIHOODS[method](panel(SHORT, seed))()
        work = LIKELIHOODS[method](panel(n, seed))
    else:
        work = ESTIMATES[method](pd.read_csv(Path(data)))
        if runs > 1:
            work()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        value = work()
        seconds.append(time.perf_counter() - start)
    return {"seconds": min(seconds), "peak_mb": peak_mb(), "values": [float(value)]}
