"""The LASSO against R's glmnet, given the same folds."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from lasso_cases import draw_pool

from welfare_added.admissions.lasso import draw_folds, lasso

HERE = Path(__file__).parent


def read(folder):
    applicants = pd.read_csv(folder / "applicants.csv")
    tracts = pd.read_csv(folder / "tracts.csv").set_index("tract")
    return applicants, tracts.loc[applicants["tract"]].reset_index(drop=True)


def write(folder, pool, folds):
    pd.DataFrame({"outcome": pool.outcome, "fold": folds, "tract": pool.tract}).to_csv(
        folder / "applicants.csv", index=False
    )
    tracts = pool.inputs.assign(tract=pool.tract).drop_duplicates("tract").set_index("tract")
    tracts.sort_index().to_csv(folder / "tracts.csv")


def assert_agrees(folder):
    """Same penalties, choices and variables; errors and weights equal to what glmnet solves to."""
    applicants, inputs = read(folder)
    path, weights = pd.read_csv(folder / "path.csv"), pd.read_csv(folder / "weights.csv")
    for rule in ("one_se", "minimum"):
        ours = lasso(applicants["outcome"], inputs, folds=applicants["fold"], rule=rule)
        chosen = path["chosen"].eq(rule).idxmax()
        assert getattr(ours.validation, rule) == chosen
        np.testing.assert_allclose(ours.validation.penalties, path["penalty"], rtol=1e-9)
        # At smaller penalties than are chosen, glmnet itself stops before these digits.
        for column in ("mean", "standard_error"):
            theirs = path[column][: ours.validation.minimum + 1]
            mine = getattr(ours.validation, column)[: ours.validation.minimum + 1]
            np.testing.assert_allclose(mine, theirs, rtol=1e-5)
        theirs = weights.set_index("variable")[rule]
        assert ours.intercept == pytest.approx(theirs["intercept"], abs=1e-6)
        np.testing.assert_allclose(ours.coefficients, theirs[list(ours.names)], atol=1e-6)
        assert ours.picked == np.count_nonzero(theirs[list(ours.names)]) > 0
        assert ((ours.coefficients != 0) == (theirs[list(ours.names)] != 0)).all()


def test_what_glmnet_made_of_a_small_pool():
    assert_agrees(HERE / "glmnet")


def has_glmnet():
    if shutil.which("Rscript") is None:
        return False
    return not subprocess.run(["Rscript", "-e", "library(glmnet)"], capture_output=True).returncode


@pytest.mark.parametrize(
    ("applicants", "by_tract"), [(600, False), (300, True), (50, False)], ids=str
)
def test_glmnet_itself(tmp_path, applicants, by_tract):
    """Also with fewer applicants than columns, where the path ends earlier."""
    if not has_glmnet():
        pytest.skip("R's glmnet is not installed (Debian: r-cran-glmnet)")
    pool = draw_pool(3, applicants, columns=60, true=10)
    generator = np.random.default_rng(7)
    folds = draw_folds(applicants, 5, generator, tract=pool.tract if by_tract else None)
    write(tmp_path, pool, folds)
    script = HERE / "glmnet_reference.R"
    subprocess.run(["Rscript", script, tmp_path], check=True, capture_output=True, timeout=120)
    assert_agrees(tmp_path)
