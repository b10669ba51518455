"""value_added from a data frame, beside the workflow's estimates and beside plain loops."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import plain_va
import pytest

import welfare_added as wa
from welfare_added.calibration.evaluate import in_memory
from welfare_added.district import parameters
from welfare_added.district.sample import analysis_sample
from welfare_added.district.synthetic import synthesise
from welfare_added.value_added.controls import control_vector
from welfare_added.value_added.estimate import estimate_value_added
from welfare_added.value_added.student_variables import as_batches
from welfare_added.value_added.variance_components import ClassMeans, variances

PARAMETERS = Path(__file__).parents[2] / "workflow/papers/eastmond_2024/calibration/parameters.yaml"
DISTRICT = {
    "estimator": "leave_year_out",
    "absorb": "teacher",
    "years_used": "all",
    "weighting": "precision",
    "drift_limit": 7,
    "minimum_class_size": 7,
    "teacher_share": 0.75,
    "seed": 20130331,
}
PLACE = ["outcome", "teacher_id", "year", "grade", "school_id"]
NAMES = {"teacher": "t", "year": "y", "class_": "c"}
EXACT = {"rtol": 0, "atol": 1e-8}


@pytest.fixture(scope="module")
def district():
    """The tiny district's students, and the same with the workflow's controls as columns."""
    years, grades = (2003, 2008), (3, 4, 5)
    made = synthesise(parameters.load(PARAMETERS), size="tiny", seed=5, years=years, grades=grades)
    students = analysis_sample(in_memory(made), years, grades).students
    controls = control_vector(students)
    names = [f"control {name}" for name in controls.names]
    table = pd.DataFrame(controls.matrix, columns=names)
    named = [name for name in names if table[name].nunique() > 1]
    table = pd.concat([students.reset_index(drop=True), table[named]], axis=1)
    for subject in ("ela", "math"):
        group = np.where(students[f"lower_{subject}"], "lower", "higher")
        table[f"group_{subject}"] = pd.Categorical(group, categories=["lower", "higher"])
    return students, table, named


def of_district(table, named, **choices):
    chosen = {"drift_limit": 7, "same_year": "random_order", "seed": DISTRICT["seed"]}
    return wa.value_added(
        table,
        teacher="teacher_id",
        year="year",
        class_="class_id",
        grade="grade",
        school="school_id",
        outcome=["ela", "math"],
        controls=named,
        groups={"ela": "group_ela", "math": "group_math"},
        minimum_class_size=7,
        **{**chosen, **choices},
    )


CHOSEN = {
    "default": ({}, {}),
    "no effects": ({"absorb": "none"}, {"tfx_resid": False}),
    "past years, equal weights": (
        {"years_used": "past", "weighting": "equal", "drift_limit": None},
        {"years_used": "past", "weighting": "equal", "drift_limit": None},
    ),
    "empirical Bayes": ({"estimator": "empirical_bayes"}, {"estimator": "empirical_bayes"}),
}


@pytest.mark.parametrize("case", CHOSEN)
def test_estimates_are_those_of_the_workflow(district, case):
    students, table, named = district
    theirs, ours = CHOSEN[case]
    workflow = estimate_value_added(as_batches(students), **{**DISTRICT, **theirs})
    found = of_district(table, named, **ours)
    wide = found.wide().rename(columns={"va_all": "va_standard"})
    wanted = workflow.estimates.rename(columns={"subject": "outcome"})
    both = wanted.merge(wide, on=PLACE, suffixes=("", "_found"))
    assert len(both) == len(wanted) == len(wide) > 100
    for group in ("standard", "lower", "higher"):
        np.testing.assert_allclose(both[f"va_{group}_found"], both[f"va_{group}"], atol=1e-9)
        assert both[f"va_{group}"].std() > 0.05
    renamed = {"subject": "outcome"}
    for name, keys, value in (
        ("variances", [], ["v_total", "v_student", "v_class", "c0", "students", "slopes"]),
        ("autocovariances", ["lag"], ["covariance", "correlation", "pairs"]),
        ("class_means", ["class_id", *PLACE[1:]], ["mean_residual", "students"]),
    ):
        own = getattr(found, name).replace({"group": {"all": "standard"}})
        keys = ["outcome", "group", *keys]
        theirs = getattr(workflow, name).rename(columns=renamed)
        joined = theirs.merge(own, on=keys, suffixes=("", "_found"))
        assert len(joined) == len(theirs) == len(own)
        for column in value:
            np.testing.assert_allclose(
                joined[f"{column}_found"].astype(float), joined[column].astype(float), atol=1e-9
            )


@pytest.fixture(scope="module")
def students():
    return plain_va.panel(3)


def design(table):
    """Controls lag, age and the indicators of kind, as plain_va takes them."""
    kinds = pd.get_dummies(table["kind"], dtype=float)[["b", "c"]]
    return np.column_stack([table[["lag", "age"]], kinds])


def scored(table):
    return table[table["ela"].notna()].reset_index(drop=True)


def teacher_years(table):
    return sorted(set(zip(table["t"], table["y"], strict=True)))


def by_place(estimates, column="va", **labels):
    """Estimates that exist, by teacher and year."""
    for name, value in labels.items():
        estimates = estimates[estimates[name] == value]
    rows = estimates.dropna(subset=[column])
    return dict(zip(zip(rows["t"], rows["y"], strict=True), rows[column], strict=True))


def same(found, wanted):
    assert found.keys() == wanted.keys()
    assert len(found) > 20
    np.testing.assert_allclose([found[k] for k in wanted], list(wanted.values()), **EXACT)


OPTIONS = {
    "vam's default": ({"tfx_resid": False}, {"effects": ()}),
    "teacher effects kept": ({}, {}),
    "teacher-by-group effects kept": ({"tfx_resid": ["t", "group"]}, {"effects": ("t", "group")}),
    "school effects removed": ({"absorb": "school"}, {"effects": ("school",), "kept": False}),
    "school-years removed": (
        {"absorb": ["school", "y"]},
        {"effects": ("school", "y"), "kept": False},
    ),
    "drift limit": ({"drift_limit": 2}, {"limit": 2}),
    "past years": ({"years_used": "past"}, {"past": True}),
    "equal weights": ({"weighting": "equal"}, {"equal": True}),
    "larger classes": ({"minimum_class_size": 6}, {"smallest": 6}),
    "one class a teacher-year": ({"class_": None}, {"keys": ("t", "y")}),
    "schools and grades apart": (
        {"school": "school", "grade": "grade"},
        {"keys": ("t", "y", "c", "school", "grade")},
    ),
    "shared classes": ({"weight": "share"}, {"weights": "share"}),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_every_option_is_what_plain_loops_give(students, case):
    ours, theirs = OPTIONS[case]
    found = wa.value_added(
        students,
        outcome="ela",
        controls=["lag", "age"],
        categorical="kind",
        **{**NAMES, **ours},
    )
    table = scored(students)
    if "weights" in theirs:
        theirs = {**theirs, "weights": table["share"]}
    wanted = plain_va.estimate(
        table, "ela", x=design(table), years=teacher_years(students), **theirs
    )
    same(by_place(found.estimates), wanted["va"])
    same(by_place(found.estimates, "shrinkage"), wanted["shrinkage"])
    same(by_place(found.estimates, "mean_residual"), wanted["mean"])
    used = found.residuals["residual_ela"].dropna()
    np.testing.assert_allclose(used, wanted["residuals"], **EXACT)
    row = found.variances.iloc[0]
    for name in ("v_total", "v_student", "c0"):
        np.testing.assert_allclose(row[name], wanted[name], **EXACT)
    lags = found.autocovariances.ffill()
    np.testing.assert_allclose(lags["covariance"], list(wanted["lags"].values()), **EXACT)


def test_a_year_without_scores_has_an_estimate_and_no_mean(students):
    found = wa.value_added(students, outcome="ela", controls="lag", **NAMES).estimates
    row = found[(found["t"] == "t001") & (found["students"] == 0)]
    assert len(row) == 1
    assert row["va"].notna().all() and row["mean_residual"].isna().all()


def test_years_left_out_are_those_of_vam(students):
    found = wa.value_added(students, outcome="ela", controls="lag", quasi=True, **NAMES)
    table = scored(students)
    out = {"va_2yr_l": (-1, 0), "va_2yr_f": (0, 1), "va_ss": (-2, -1, 0, 1, 2)}
    for name, years in out.items():
        wanted = plain_va.estimate(
            table, "ela", x=table[["lag"]].to_numpy(), years=teacher_years(students), out=years
        )
        same(by_place(found.estimates, name), wanted["va"])


def test_groups_come_from_one_regression_with_their_indicators(students):
    found = wa.value_added(students, outcome="ela", controls="lag", groups="group", **NAMES)
    assert found.estimates["group"].unique().tolist() == ["all", "high", "low"]
    table = scored(students)
    x = np.column_stack([table["lag"], table["group"] == "low"]).astype(float)
    for group in ("high", "low"):
        wanted = plain_va.estimate(
            table,
            "ela",
            x=x,
            member=(table["group"] == group).to_numpy(),
            years=teacher_years(students),
        )
        same(by_place(found.estimates, group=group), wanted["va"])
    left = found.residuals["residual_ela_by_group"].dropna()
    np.testing.assert_allclose(left, wanted["residuals"], **EXACT)


def test_subsamples_are_estimated_as_if_alone(students):
    long = students.melt(
        [name for name in students if name not in ("ela", "math")],
        ["ela", "math"],
        var_name="subject",
        value_name="score",
    ).sample(frac=1, random_state=1)
    chosen = {"controls": ["lag", "age"], "quasi": True, **NAMES}
    together = wa.value_added(long, outcome="score", by="subject", **chosen)
    for subject in ("ela", "math"):
        alone = wa.value_added(students, outcome=subject, **chosen)
        part = together.estimates[together.estimates["subject"] == subject]
        pd.testing.assert_frame_equal(
            part.drop(columns=["subject", "outcome"]).reset_index(drop=True),
            alone.estimates.drop(columns="outcome"),
        )
    assert together.residuals.index.equals(long.index)
    rows = together.residuals[long["subject"] == "math"].sort_index()
    np.testing.assert_allclose(rows["residual_score"], alone.residuals["residual_math"], **EXACT)


def test_two_outcomes_are_two_calls(students):
    both = wa.value_added(students, outcome=["ela", "math"], controls="lag", **NAMES)
    alone = wa.value_added(students, outcome="math", controls="lag", **NAMES)
    part = both.estimates[both.estimates["outcome"] == "math"].reset_index(drop=True)
    pd.testing.assert_frame_equal(part, alone.estimates)
    assert both.counts["without_outcome"].tolist() == [students["ela"].isna().sum(), 0]


def test_empirical_bayes_of_teachers_seen_once(students):
    once = students[students["y"] == 2003]
    found = wa.value_added(
        once,
        outcome="math",
        controls="lag",
        estimator="empirical_bayes",
        tfx_resid=False,
        teacher_share=0.6,
        **NAMES,
    )
    table = once.reset_index(drop=True)
    plain = plain_va.estimate(table, "math", x=table[["lag"]].to_numpy(), effects=())
    wanted = plain_va.bayes(plain, 0.6)
    found = found.estimates.set_index("t")
    np.testing.assert_allclose(found.loc[list(wanted), "va"], list(wanted.values()), **EXACT)
    signal = 0.6 * (plain["v_total"] - plain["v_student"])
    np.testing.assert_allclose(found["sd"] ** 2, signal * (1 - found["shrinkage"]), **EXACT)


def test_the_sd_around_an_estimate_is_what_is_not_explained(students):
    found = wa.value_added(students, outcome="math", controls="lag", **NAMES)
    table = students.reset_index(drop=True)
    plain = plain_va.estimate(table, "math", x=table[["lag"]].to_numpy())
    lags, c0 = plain["lags"], plain["c0"]
    two = found.estimates[found.estimates["years_used"] == 1].iloc[0]
    other = [s for t, s in plain["mean"] if t == two["t"] and s != two["y"]]
    noise_free = lags[abs(two["y"] - other[0])]
    # one other year: explained = phi^2 / Sigma, and shrinkage = phi / Sigma
    assert two["sd"] ** 2 == pytest.approx(c0 - noise_free * two["shrinkage"], abs=1e-9)


def test_pairs_of_classes_weigh_as_their_orders_do():
    """Adjacent pairs, averaged over all orders, have the sums of all pairs."""
    teacher, year = np.array([0, 0, 0, 1, 1, 2]), np.ones(6, int)
    mean, students = np.array([0.5, -0.2, 0.9, -0.4, -0.8, 0.3]), np.array([10, 20, 15, 8, 12, 9])
    mean = mean - np.average(mean, weights=students)
    found = variances(ClassMeans(teacher, year, mean, students), 30.0, 1, None).same_year
    total = weight = first = 0.0
    orders = list(itertools.permutations(range(3)))
    for order in orders:
        pairs = [*itertools.pairwise(order), (3, 4), (4, 3)]
        sizes = [1, 1, 0.5, 0.5]
        for (one, other), share in zip(pairs, sizes, strict=True):
            w = share * (students[one] + students[other])
            total, weight = total + w * mean[one] * mean[other], weight + w
            first += w * (mean[one] + mean[other]) / 2
    middle = first / weight
    assert found == pytest.approx((total / weight - middle**2) * 3 / 2)
    assert np.isnan(
        variances(
            ClassMeans(teacher[3:], year[3:], mean[3:], students[3:]), 30.0, 1, None
        ).same_year
    )


def test_an_order_by_chance_is_near_all_pairs_and_needs_a_seed(students):
    chosen = {"outcome": "math", "controls": "lag", **NAMES}
    every = wa.value_added(students, **chosen)
    again = wa.value_added(students.sample(frac=1, random_state=2), **chosen)
    np.testing.assert_allclose(again.estimates["va"], every.estimates["va"], atol=1e-10)
    drawn = [
        wa.value_added(students, same_year="random_order", seed=seed, **chosen).variances["c0"][0]
        for seed in (1, 1, 2, 3)
    ]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) == 3
    assert np.ptp([*drawn, every.variances["c0"][0]]) < 0.02
