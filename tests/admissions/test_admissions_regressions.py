"""Linear probability models and table A.1: by hand, beside statsmodels, under tract effects."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from welfare_added.admissions.indices import USED
from welfare_added.admissions.regressions import (
    INDICATORS,
    linear_probability,
    table_a1,
)
from welfare_added.run.errors import UserError

X, Y = pd.DataFrame({"x": [0, 1, 2, 2, 2]}), np.array([0, 1, 1, 1, 0])


def test_by_hand():
    """Sxx 13 - 5 1.4^2 = 3.2, Sxy 5 - 5 1.4 0.6 = 0.8: fitted 1/4, 1/2, 3/4, 3/4, 3/4."""
    fit = linear_probability(Y, X)
    assert fit.names == ("x", "constant")
    np.testing.assert_allclose(fit.coefficients, [0.25, 0.25], atol=1e-14)
    np.testing.assert_allclose(fit.fitted, [0.25, 0.5, 0.75, 0.75, 0.75])
    squares = 0.25**2 + 0.5**2 + 0.25**2 + 0.25**2 + 0.75**2
    variance = squares / 3 * np.array([1 / 3.2, 1 / 5 + 1.4**2 / 3.2])
    np.testing.assert_allclose(fit.standard_errors, np.sqrt(variance))
    assert fit.r_squared == pytest.approx(1 - squares / 1.2)
    assert fit.n == 5
    # The last is misclassified, and the second: one half is not above one half.
    assert fit.misclassified == pytest.approx(2 / 5)


def test_clustered_errors_by_hand():
    """Two tracts, one regressor: (sum of tracts' squared scores) / Sxx^2 times 2/1 4/3."""
    fit = linear_probability(Y, X, tract=np.array(["a", "a", "b", "a", "b"]))
    scores = {
        "a": -1.4 * -0.25 + -0.4 * 0.5 + 0.6 * 0.25,
        "b": 0.6 * 0.25 + 0.6 * -0.75,
    }
    variance = sum(score**2 for score in scores.values()) / 3.2**2 * 2 / 1 * 4 / 3
    assert fit.standard_errors[0] == pytest.approx(np.sqrt(variance))


@pytest.fixture(scope="module")
def applicants():
    rng = np.random.default_rng(2)
    tracts = pd.DataFrame(rng.random((60, 6)), columns=list(INDICATORS))
    tract = rng.integers(0, 60, 900)
    rows = tracts.loc[tract].reset_index(drop=True)
    share = 0.9 - 0.5 * rows["education"] - 0.3 * rows["isat"] + 0.1 * rows["owner"]
    return rows.assign(
        tract=[f"17031{t:06}" for t in tract],
        minority=(rng.random(900) < share).astype(int),
        frpl=rng.integers(0, 2, 900),
        composite_score=rng.uniform(90, 100, 900),
    )


@pytest.mark.parametrize("clustered", [False, True], ids=["classical", "clustered"])
def test_table_a1_beside_statsmodels(applicants, clustered):
    table = table_a1(applicants, high_score=96, clustered=clustered)
    assert table.groupby("column").size().to_list() == [6, 6, 6, 3, 1, 4]
    applicants = applicants.assign(index=applicants[list(INDICATORS)].sum(axis=1) / 6)
    for (column, _), rows in table.groupby(
        ["column", np.where(table["column"] <= 2, table["variable"], "")]
    ):
        sample = applicants if column == 1 else applicants[applicants["composite_score"] >= 96]
        options = {}
        if clustered:
            groups = pd.factorize(sample["tract"])[0]
            options = {"cov_type": "cluster", "cov_kwds": {"groups": groups}}
        x = sm.add_constant(sample[list(rows["variable"])])
        theirs = sm.OLS(sample["minority"], x).fit(**options)
        np.testing.assert_allclose(rows["coefficient"], theirs.params.iloc[1:], rtol=1e-9)
        np.testing.assert_allclose(rows["standard_error"], theirs.bse.iloc[1:], rtol=1e-9)
        np.testing.assert_allclose(rows["r_squared"], theirs.rsquared, rtol=1e-9)
        assert (rows["n"] == len(sample)).all()
        wrong = (theirs.fittedvalues > 0.5) != (sample["minority"] == 1)
        np.testing.assert_allclose(rows["misclassified"], wrong.mean(), rtol=1e-9)


def test_table_a1_has_the_papers_columns(applicants):
    table = table_a1(applicants, high_score=96)
    variables = table.groupby("column")["variable"].agg(tuple)
    assert variables[1] == variables[2] == variables[3] == tuple(INDICATORS)
    assert variables[4] == USED == ("education", "two_parent", "isat")
    assert variables[5] == ("index",)
    assert variables[6] == (*USED, "frpl")
    assert (table.loc[table["column"] == 1, "n"] == len(applicants)).all()
    boundary = applicants.assign(composite_score=96.0)
    assert (table_a1(boundary, high_score=96)["n"] == len(applicants)).all()


def test_the_order_of_applicants_does_not_matter(applicants):
    shuffled = applicants.sample(frac=1, random_state=1)
    for clustered in (False, True):
        pd.testing.assert_frame_equal(
            table_a1(shuffled, high_score=96, clustered=clustered),
            table_a1(applicants, high_score=96, clustered=clustered),
            rtol=1e-9,
        )


def covers(rng, tract_effect):
    """Whether classical and clustered 95% intervals hold the slope of a tract indicator, -0.4."""
    tract = rng.integers(0, 100, 500)
    indicator = rng.random(100)
    share = 0.7 - 0.4 * indicator + tract_effect * rng.uniform(-1, 1, 100)
    outcome = rng.random(500) < share[tract]
    inputs = pd.DataFrame({"indicator": indicator[tract]})
    fits = [linear_probability(outcome, inputs, tract=by) for by in (None, tract)]
    return [abs(fit.coefficients[0] + 0.4) <= 1.96 * fit.standard_errors[0] for fit in fits]


def test_classical_errors_are_too_small_under_tract_effects():
    """1,000 pools: a coverage of 95% is measured to within 0.7 points."""
    rng = np.random.default_rng(11)
    classical, clustered = np.mean([covers(rng, 0.29) for _ in range(1_000)], axis=0)
    assert classical < 0.90
    assert 0.93 <= clustered <= 0.97


def test_both_kinds_of_errors_hold_without_tract_effects():
    rng = np.random.default_rng(12)
    classical, clustered = np.mean([covers(rng, 0.0) for _ in range(500)], axis=0)
    assert 0.93 <= classical <= 0.97
    assert 0.93 <= clustered <= 0.97


REFUSED = {
    "a linear combination": (
        {"two_parent": lambda t: 1 - (t["income"] + t["education"]) / 2},
        "column 3: income, education, two_parent: each is a linear combination of the others",
    ),
    "no variation": ({"owner": lambda t: 0.5}, "column 1: owner does not vary"),
    "zeros": ({"owner": lambda t: 0}, "column 1: owner does not vary"),
    "an outcome of one value": (
        {"minority": lambda t: 1},
        "column 1: minority: all 900 applicants",
    ),
    "an outcome that is a share": (
        {"minority": lambda t: np.where(t.index == 3, 0.4, t["minority"])},
        "minority: 1 of 900 applicants are neither 0 nor 1 (0.4)",
    ),
    "missing indicators": (
        {"isat": lambda t: t["isat"].mask(t.index < 4)},
        "inputs: 1 columns lack values of some of the 900 applicants: isat (4)",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_name_the_variables(applicants, case):
    changed, message = REFUSED[case]
    with pytest.raises(UserError) as error:
        table_a1(applicants.assign(**changed), high_score=96)
    assert message in str(error.value)


def test_tracts_and_numbers_that_give_no_errors_are_refused(applicants):
    outcome, inputs = applicants["minority"].to_numpy(), applicants[["income"]]
    with pytest.raises(UserError, match="need two tracts"):
        linear_probability(outcome, inputs, tract=np.zeros(900))
    with pytest.raises(UserError, match="tract: missing for 3 of 900"):
        tract = applicants["tract"].mask(applicants.index < 3).to_numpy()
        linear_probability(outcome, inputs, tract=tract)
    with pytest.raises(UserError, match="2 applicants are too few for 1 variables"):
        linear_probability([0, 1], inputs[:2])
    with pytest.raises(UserError, match="800 rows of inputs for 900 applicants"):
        linear_probability(outcome, inputs[:800])
