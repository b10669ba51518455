"""Regressions with absorbed effects, against dummies in statsmodels and against pyfixest."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from sorting_panels import teacher_years

from welfare_added.run.errors import UserError
from welfare_added.sorting.design import design
from welfare_added.sorting.effects import Effects, singletons
from welfare_added.sorting.panel import prepare
from welfare_added.sorting.regression import least_squares, solve

# Dummies of several sets are dependent; the peer takes the pseudo-inverse.
pytestmark = pytest.mark.filterwarnings("ignore:The design matrix is rank-deficient")

TERMS = ["moved", "moved_x_post", "individual_x_post"]
PEER = json.loads((Path(__file__).parent / "pyfixest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def panel():
    made = prepare(
        teacher_years(3, teachers=160, districts=10), first_post_year=2012, class_years=2
    )
    rng = np.random.default_rng(1)
    return made.assign(
        moved_x_post=made["moved"] * made["post"],
        weight=0.5 + rng.random(len(made)),
        outcome=made["log_salary"]
        + 0.05 * made["moved"].fillna(0)
        + 0.1 * rng.normal(size=len(made)),
    )


def dummies(panel, effects):
    rows = panel.dropna(subset=TERMS)
    parts = [pd.get_dummies(rows[name], dtype=float) for name in effects]
    return rows, pd.concat([rows[TERMS], *parts], axis=1).to_numpy(float)


@pytest.mark.parametrize(
    "effects",
    [
        ["teacher_id", "district_id", "year", "schedule_cell"],
        ["district_id", "year"],
        ["year"],
        ["teacher_id"],
    ],
)
@pytest.mark.parametrize("weights", [None, "weight"])
def test_coefficients_and_errors_are_those_of_dummies(panel, effects, weights):
    rows, x = dummies(panel, effects)
    fit = least_squares(
        panel,
        "outcome",
        TERMS,
        cluster="district_id",
        effects=effects,
        weights=weights,
        keep_singletons=True,
    )
    weight = rows[weights] if weights else np.ones(len(rows))
    peer = sm.WLS(rows["outcome"].to_numpy(), x, weights=np.asarray(weight)).fit()
    np.testing.assert_allclose(fit.estimate, peer.params[: len(TERMS)], rtol=1e-9, atol=1e-12)
    codes = pd.factorize(rows["district_id"])[0]
    raw = peer.get_robustcov_results("cluster", groups=codes, use_correction=False)
    groups, n = codes.max() + 1, len(rows)
    rank = np.linalg.matrix_rank(x)
    if "district_id" in effects:  # nested in the clusters: counts as one
        rank += 1 - groups
    factor = np.sqrt(groups / (groups - 1) * (n - 1) / (n - rank))
    np.testing.assert_allclose(fit.standard_error, raw.bse[: len(TERMS)] * factor, rtol=1e-7)
    assert fit.n == n and fit.clusters == groups
    assert fit.missing == len(panel) - n


def test_a_constant_is_estimated_where_there_are_no_effects(panel):
    fit = least_squares(panel, "outcome", TERMS, cluster="district_id")
    rows = panel.dropna(subset=TERMS)
    peer = sm.OLS(rows["outcome"], sm.add_constant(rows[TERMS])).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(rows["district_id"])[0]}
    )
    np.testing.assert_allclose(fit.estimate[[3, 0, 1, 2]], peer.params, rtol=1e-10)
    np.testing.assert_allclose(fit.standard_error[[3, 0, 1, 2]], peer.bse, rtol=1e-9)


@pytest.mark.parametrize("case", PEER["cases"])
def test_pyfixest_has_the_same_numbers(case):
    made = prepare(
        teacher_years(3, teachers=160, districts=10), first_post_year=2012, class_years=2
    )
    made = made.assign(moved_x_post=made["moved"] * made["post"])
    own = PEER["cases"][case]
    fit = least_squares(made, "log_salary", TERMS, cluster=own["cluster"], effects=own["effects"])
    np.testing.assert_allclose(fit.estimate, own["estimate"], rtol=1e-9, atol=1e-12)
    assert fit.n == own["n"]
    np.testing.assert_allclose(fit.standard_error, own["error_default"], rtol=1e-8)


def test_residuals_are_orthogonal_to_every_effect_and_the_rank_is_exact():
    rng = np.random.default_rng(0)
    codes = [rng.integers(0, k, 500) for k in (60, 30, 7)]
    codes = [np.unique(one, return_inverse=True)[1] for one in codes]
    weights = rng.random(500) + 0.1
    effects = Effects(codes, weights)
    left = effects.residuals(rng.normal(size=(500, 2)) * 1e4)
    for code in codes:
        for column in left.T:
            assert np.abs(np.bincount(code, weights * column)).max() < 1e-8
    dense = np.column_stack([code[:, None] == np.arange(code.max() + 1) for code in codes])
    assert effects.rank == np.linalg.matrix_rank(dense.astype(float)) == 60 + 30 + 7 - 2


def test_the_rank_counts_sets_that_no_teacher_links():
    teacher = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    district = np.array([0, 1, 0, 1, 2, 3, 2, 3])  # two groups of districts
    assert Effects([teacher, district]).rank == 4 + 4 - 2


def test_singletons_are_found_in_turn():
    # Row 3 is alone in teacher 2; without it district 1 has one row, of teacher 1, who then has one.
    teacher, district = np.array([0, 0, 1, 2, 1]), np.array([0, 0, 1, 1, 0])
    assert singletons([teacher, district]).tolist() == [False, False, True, True, True]


def test_singletons_change_no_coefficient(panel):
    arguments = {"cluster": "district_id", "effects": ["teacher_id", "year"]}
    kept = least_squares(panel, "outcome", TERMS, keep_singletons=True, **arguments)
    dropped = least_squares(panel, "outcome", TERMS, **arguments)
    assert dropped.singletons > 0 and kept.n == dropped.n + dropped.singletons
    np.testing.assert_allclose(kept.estimate, dropped.estimate, rtol=1e-10)


def test_weights_of_two_are_rows_twice(panel):
    twice = pd.concat([panel, panel[panel["year"] == 2010]])
    double = panel.assign(w=1.0 + (panel["year"] == 2010))
    arguments = {"cluster": "district_id", "effects": ["year"], "keep_singletons": True}
    one = least_squares(twice, "outcome", TERMS, **arguments)
    two = least_squares(double, "outcome", TERMS, weights="w", **arguments)
    np.testing.assert_allclose(one.estimate, two.estimate, rtol=1e-10)


REFUSED = {
    "a column that is not there": (
        {"regressors": ["gone"]},
        "regression of outcome: no column gone",
    ),
    "what effects explain": (
        {"regressors": ["individual"], "effects": ["district_id"]},
        "individual does not vary within district_id; leave it out",
    ),
    "what does not vary": (
        {"regressors": ["one"], "effects": ["year"]},
        "one does not vary within year",
    ),
    "weights of zero": (
        {"regressors": ["moved"], "weights": "zero"},
        "column zero: ",
    ),
    "one cluster": (
        {"regressors": ["moved"], "cluster": "one"},
        "rows of 1 clusters (one) are too few for moved, constant",
    ),
    "dependent": (
        {"regressors": ["moved", "again"]},
        "again is a linear combination of moved",
    ),
    "nothing left": (
        {"regressors": ["moved"], "outcome": "empty"},
        "regression of empty: 0 rows of 0 clusters",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(panel, case):
    changed, message = REFUSED[case]
    frame = panel.assign(one=1.0, zero=0.0, again=2 * panel["moved"], empty=np.nan)
    arguments = {"outcome": "outcome", "cluster": "district_id"} | changed
    with pytest.raises(UserError) as error:
        least_squares(frame, **arguments)
    assert message in str(error.value)


def test_wald_is_the_square_of_t(panel):
    fit = solve(design(panel, "outcome", TERMS, cluster="district_id", effects=["year"]))
    statistic, p = fit.wald(np.array([[0.0, 1.0, 0.0]]))
    row = fit.tidy().iloc[1]
    assert statistic == pytest.approx((row["estimate"] / row["standard_error"]) ** 2, rel=1e-12)
    assert p == pytest.approx(row["p"], rel=1e-9)
    assert row["low"] < row["estimate"] < row["high"]
