"""Effects on both groups predicted from both groups' other years, their errors, and the tests."""

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import va_joint_slow
import va_slow

from welfare_added.run.errors import UserError
from welfare_added.value_added import cross_covariances as cross
from welfare_added.value_added.accuracy import accuracy
from welfare_added.value_added.class_sums import collect
from welfare_added.value_added.difference_tests import (
    class_differences,
    false_discovery_rates,
    teacher_tests,
)
from welfare_added.value_added.estimate import estimate_value_added
from welfare_added.value_added.group_model import Choices
from welfare_added.value_added.group_predictions import (
    check_predictor,
    group_of_classes,
    predictions,
    system_of,
)
from welfare_added.value_added.predictors import by_predictor, compare_predictors
from welfare_added.value_added.residuals import ClassResiduals
from welfare_added.value_added.student_variables import as_batches
from welfare_added.value_added.variance_components import ClassMeans, TeacherYears

CHOICES = {**va_slow.CHOICES, "drift_limit": 3}
PLACE = ["teacher_id", "year", "grade", "school_id"]
LEAVE_OUT = Choices("leave_year_out", "all", "precision", 7, 0.75)


# --- against an independent implementation ---


@pytest.mark.parametrize("years_used", ["all", "past"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_dense_matrices_and_loops_give_the_same(seed, years_used):
    students = va_slow.panel(seed, teachers=30)
    choices = {**CHOICES, "years_used": years_used}
    found = estimate_value_added(as_batches(students), groups="joint", **choices)
    for subject in ("ela", "math"):
        tables = [
            table[table["subject"] == subject]
            for table in (found.class_means, found.variances, found.autocovariances)
        ]
        slow = va_joint_slow.joint_estimates(*tables, 3, past=years_used == "past")
        own = found.estimates[found.estimates["subject"] == subject]
        counts = tables[0].groupby(["group", *PLACE])["students"].sum()
        for group in ("lower", "higher"):
            wanted = np.array([slow[group, r.teacher_id, r.year] for r in own.itertuples()])
            weights = [counts[(group, *key)] for key in own[PLACE].itertuples(index=False)]
            wanted = wanted - np.average(wanted, weights=weights)
            np.testing.assert_allclose(own[f"va_{group}"], wanted, rtol=1e-9, atol=1e-12)
        assert len(own) > 60


def test_only_estimates_by_group_differ_from_the_separate_ones():
    students = va_slow.panel(4, teachers=30)
    separate = estimate_value_added(as_batches(students), groups="separate", **CHOICES)
    joint = estimate_value_added(as_batches(students), groups="joint", **CHOICES)
    for name in ("autocovariances", "variances", "class_means"):
        pd.testing.assert_frame_equal(getattr(separate, name), getattr(joint, name))
    both = separate.estimates.merge(joint.estimates, on=["subject", *PLACE], suffixes=("", "_j"))
    assert len(both) == len(separate.estimates) <= len(joint.estimates)
    assert np.ptp(both["va_standard"] - both["va_standard_j"]) < 0.02  # means over other places
    assert (both["va_lower"] - both["va_lower_j"]).abs().max() > 0.01


def test_joint_prediction_needs_other_years():
    check_predictor("joint", LEAVE_OUT)
    bayes = Choices("empirical_bayes", "all", "precision", 7, 0.75)
    check_predictor("separate", bayes)
    with pytest.raises(UserError, match=r"groups: joint predicts from both groups' other years"):
        check_predictor("joint", bayes)
    with pytest.raises(UserError, match=r"groups: 'both' is unknown; want separate, joint"):
        check_predictor("both", LEAVE_OUT)


# --- covariances between the groups, by hand ---


def test_covariances_between_groups_by_hand():
    """One teacher, two years, two classes in the first; the others are single years."""
    teacher, year = np.array([0, 0, 0, 1, 2]), np.array([1, 1, 2, 1, 1])
    number = np.array([10, 11, 12, 13, 14])
    low = ClassMeans(teacher, year, np.array([1.0, 3.0, 5.0, -2.0, 0.0]), np.full(5, 2))
    high = ClassMeans(teacher, year, np.array([2.0, 0.0, 4.0, 1.0, -1.0]), np.full(5, 4))
    weight = np.array([0.25, 0.75, 1.0, 1.0, 1.0])
    years = (np.array([0, 0, 1, 2]), np.array([1, 2, 1, 1]))
    count = np.ones(4)
    lower = cross.GroupMeans(
        number, low, weight, TeacherYears(*years, np.array([2.5, 5, -2, 0]), count, 2 * count)
    )
    higher = cross.GroupMeans(number, high, weight, TeacherYears(*years, np.array([0.5, 4, 1, -1]), count, 4 * count))  # fmt: skip
    table = cross.by_lag(lower, higher, equal=True)
    assert table["pairs"].tolist() == [4, 2]
    # lag 0: mean products less product of means, times 4/3; lag 1: pairs (2.5, 4) and (5, 0.5)
    lag_zero = ((2.5 * 0.5 + 5 * 4 - 2 * 1 + 0 * -1) / 4 - (5.5 / 4) * (4.5 / 4)) * 4 / 3
    lag_one = ((2.5 * 4 + 5 * 0.5) / 2 - 3.75 * 2.25) * 2
    np.testing.assert_allclose(table["covariance"], [lag_zero, lag_one], rtol=1e-14)
    together, apart = cross.of_classes(lower, higher)
    same = ((2 + 0 + 20 - 2 + 0) / 5 - (7 / 5) * (6 / 5)) * 5 / 4
    np.testing.assert_allclose([together, apart], [same, ((1 * 0 + 3 * 2) / 2 - 2 * 1) * 2])
    overlap = cross.shared_weight(lower, higher)
    assert overlap["overlap"].tolist() == [0.0625 + 0.5625, 1.0, 1.0, 1.0]


# --- planted effects ---

SPAN, DRIFT = 8, 0.85


def planted(seed, correlation, teachers=600, students=9, shock=(0.02, 0.002), spread=0.18):
    """Class residuals of both groups: drifting effects, common and group shocks, one class a year."""
    rng = np.random.default_rng(seed)
    root = np.linalg.cholesky(np.array([[1, correlation], [correlation, 1]]) + 1e-12 * np.eye(2))
    effect = np.empty((teachers, SPAN, 2))
    effect[:, 0] = rng.standard_normal((teachers, 2)) @ root.T
    for year in range(1, SPAN):
        news = rng.standard_normal((teachers, 2)) @ root.T
        effect[:, year] = DRIFT * effect[:, year - 1] + np.sqrt(1 - DRIFT**2) * news
    effect *= spread
    teacher, year = np.nonzero(rng.random((teachers, SPAN)) < 0.8)
    count = rng.integers(students - 3, students + 4, (len(teacher), 2))
    common = np.sqrt(shock[0]) * rng.standard_normal((len(teacher), 1))
    own = np.sqrt(shock[1]) * rng.standard_normal((len(teacher), 2))
    noise = np.sqrt(0.25 / count) * rng.standard_normal((len(teacher), 2))
    mean = effect[teacher, year] + common + own + noise
    squares = 0.25 * rng.chisquare((count - 1).sum(axis=0))
    classes = pd.DataFrame(
        {
            "class_id": [f"c{t}-{y}" for t, y in zip(teacher, year, strict=True)],
            "teacher_id": teacher.astype(str),
            "year": year,
            "grade": 3,
            "school_id": "h",
            "teacher": teacher,
        }
    )
    groups = {}
    for kind, name in enumerate(("lower", "higher")):
        centred = mean[:, kind] - np.average(mean[:, kind], weights=count[:, kind])
        rows = np.arange(len(teacher))
        residuals = ClassResiduals(rows, centred, count[:, kind], float(squares[kind]), 0)
        groups[name] = group_of_classes(residuals, classes, LEAVE_OUT, np.random.default_rng(0))
    return groups, effect[teacher, year]


def joined(groups, predictor):
    tables = predictions({**groups, "standard": groups["lower"]}, LEAVE_OUT, predictor)
    return np.column_stack([tables[name]["estimate"].to_numpy() for name in ("lower", "higher")])


def slope(estimate, truth):
    seen = ~np.isnan(estimate)
    return np.polyfit(estimate[seen], truth[seen], 1)[0]


def test_joint_estimates_of_comparative_advantage_are_right_where_separate_ones_overstate_it():
    found = {"separate": [], "joint": []}
    for seed in range(6):
        groups, truth = planted(seed, 0.8)
        for predictor, rows in found.items():
            estimate = joined(groups, predictor)
            difference = estimate[:, 0] - estimate[:, 1]
            true = truth[:, 0] - truth[:, 1]
            off = np.nanmean((difference - true) ** 2)
            rows.append((slope(difference, true), slope(estimate[:, 0], truth[:, 0]), off))
    separate, joint = (np.array(found[name]) for name in found)
    error = joint[:, 0].std(ddof=1) / np.sqrt(len(joint))
    assert abs(joint[:, 0].mean() - 1) < max(3 * error, 0.1)
    assert joint[:, 1].mean() == pytest.approx(1, abs=0.04)
    assert separate[:, 1].mean() == pytest.approx(1, abs=0.04)
    assert separate[:, 0].mean() < 0.6
    assert (joint[:, 2] < separate[:, 2]).all()


def coverage(groups, truth, own_year, together):
    """Share of true effects, and of true differences, within 1.96 standard errors."""
    years = groups["lower"].model.years
    estimate = joined(groups, "joint" if together else "separate")
    targets = years.teacher, years.year
    errors = system_of(groups, LEAVE_OUT).errors(targets, own_year, together=together)
    combine = np.array([[1, 0], [0, 1], [1, -1]])
    sd = np.sqrt(np.einsum("km,nml,kl->nk", combine, errors, combine))
    off = (estimate - truth) @ combine.T
    seen = ~np.isnan(off).any(axis=1)
    return (np.abs(off[seen]) < 1.96 * sd[seen]).mean(axis=0)


@pytest.mark.parametrize("together", [True, False])
def test_standard_errors_of_both_predictors_cover_the_truth(together):
    true = 0.18**2 * np.array([[1, 0.8], [0.8, 1]])
    by_true, by_estimated = [], []
    for seed in range(4):
        groups, truth = planted(100 + seed, 0.8)
        own_year = system_of(groups, LEAVE_OUT).own_year(3)
        by_true.append(coverage(groups, truth, true, together))
        by_estimated.append(coverage(groups, truth, own_year, together))
    np.testing.assert_allclose(np.mean(by_true, axis=0), 0.95, atol=0.012)
    # variances within a year that are estimated from 600 teachers cost a little
    np.testing.assert_allclose(np.mean(by_estimated, axis=0), 0.94, atol=0.03)


def test_covariances_in_one_year_continue_those_between_years():
    found = []
    for seed in range(8):
        own = system_of(planted(200 + seed, 0.8)[0], LEAVE_OUT).own_year(3)
        found.append([own[0, 0], own[1, 1], own[0, 1]])
    mean, error = np.mean(found, axis=0), np.std(found, axis=0, ddof=1) / np.sqrt(8)
    wanted = 0.18**2 * np.array([1, 1, 0.8])
    assert (np.abs(mean - wanted) < 3.5 * error).all()


def test_no_correlation_above_one_is_used():
    groups, _ = planted(7, 1.0, teachers=60)
    system = system_of(groups, LEAVE_OUT)
    own = np.sqrt(system.profile[1:, 0, 0].clip(0) * system.profile[1:, 1, 1].clip(0))
    assert (np.abs(system.profile[1:, 0, 1]) <= own * (1 + 1e-12)).all()
    measured = system.lags["covariance"].to_numpy()[1:]
    assert (measured > own).any()  # what is measured is


# --- tests of comparative advantage ---


def teachers_tested(groups):
    system = system_of(groups, LEAVE_OUT)
    low, high = (groups[name].means for name in ("lower", "higher"))
    table = pd.DataFrame(
        {
            "teacher": low.teacher,
            **{"mean_lower": low.mean, "mean_higher": high.mean},
            **{"students_lower": low.students, "students_higher": high.students},
        }
    )
    return teacher_tests(class_differences(system, table, system.own_year(3)))


def test_without_comparative_advantage_p_values_are_uniform():
    p_values = np.concatenate(
        [teachers_tested(planted(300 + s, 1.0)[0])["p_value"] for s in range(6)]
    )
    error = np.sqrt(0.05 * 0.95 / len(p_values))
    assert abs((p_values < 0.05).mean() - 0.05) < 3.5 * error
    assert abs((p_values < 0.5).mean() - 0.5) < 3.5 * np.sqrt(0.25 / len(p_values))


def test_large_comparative_advantage_is_discovered_and_false_discoveries_are_few():
    false, found = [], []
    for seed in range(4):
        groups, _ = planted(400 + seed, 0.0, spread=0.3)
        table = teachers_tested(groups)
        found.append((table["q_value"] < 0.05).mean())
        null = teachers_tested(planted(500 + seed, 1.0)[0])
        false.append((null["q_value"] < 0.05).any())
    assert np.mean(found) > 0.3
    assert np.mean(false) <= 0.25  # in at most 5% of such districts


def test_false_discovery_rates_by_hand():
    p_values = np.array([0.01, np.nan, 0.04, 0.03, 0.5])
    # ranks 1, 3, 2, 4 of four: 0.04, 0.04 * 4 / 3, 0.03 * 2 (not above the next), 0.5
    wanted = [0.04, np.nan, 0.16 / 3, 0.16 / 3, 0.5]
    np.testing.assert_allclose(false_discovery_rates(p_values), wanted, rtol=1e-12)
    assert np.isnan(false_discovery_rates(np.array([np.nan]))).all()


def test_a_teacher_is_tested_by_the_precision_weighted_mean_of_her_classes():
    differences = pd.DataFrame(
        {"teacher": [3, 3, 5], "difference": [0.3, 0.0, 0.2], "variance": [0.01, 0.02, 0.04]}
    )
    table = teacher_tests(differences).set_index("teacher")
    assert table["difference"].tolist() == pytest.approx([0.2, 0.2])
    assert table["standard_error"].tolist() == pytest.approx([150**-0.5, 0.2])
    assert table.loc[5, "p_value"] == pytest.approx(2 * scipy.stats.norm.sf(1.0))
    assert table["classes"].tolist() == [2, 1]


# --- both predictors of one district ---


def compared(students, **changes):
    choices = {name: value for name, value in CHOICES.items() if name != "minimum_class_size"}
    sums = collect(as_batches(students), CHOICES["minimum_class_size"], 1)
    rules = {**choices, "extrapolated_from": 3, "significance": 0.05, **changes}
    return compare_predictors(sums, **rules)


def test_both_predictors_are_those_of_the_estimator():
    students = va_slow.panel(5, teachers=30)
    found = compared(students)
    for predictor, table in by_predictor(found.estimates).items():
        own = estimate_value_added(as_batches(students), groups=predictor, **CHOICES)
        columns = own.estimates.columns
        pd.testing.assert_frame_equal(
            table[columns].reset_index(drop=True), own.estimates_to_keep(), rtol=0, atol=2e-8
        )
    bases = ["residuals", "separate_independent", "separate", "joint"]
    assert found.summary["basis"].tolist() == bases * 2
    assert found.summary["subject"].tolist() == ["ela"] * 4 + ["math"] * 4
    tests = found.teachers[found.teachers["subject"] == "ela"]
    first = found.summary.iloc[0]
    assert first["units"] == len(tests) == tests["teacher_id"].nunique()
    assert first["share_significant"] == pytest.approx((tests["p_value"] <= 0.05).mean())
    assert first["statistic"] == pytest.approx((tests["z"] ** 2).sum(), rel=1e-6)


def test_empirical_bayes_has_one_predictor(caplog):
    caplog.set_level("INFO")
    found = compared(va_slow.panel(5), estimator="empirical_bayes")
    assert found.estimates.empty and found.teachers.empty and found.summary.empty
    assert "se_difference" in found.estimates and "predictors are not compared" in caplog.text


def test_with_equal_weights_there_are_no_standard_errors():
    found = compared(va_slow.panel(6, teachers=30), weighting="equal")
    assert found.estimates["se_lower"].isna().all()
    assert found.estimates["va_lower"].notna().all()
    joint = found.summary[found.summary["basis"] == "joint"]
    assert joint["units"].tolist() == [0, 0]


def test_accuracy_of_four_teacher_years():
    keys = {"subject": "ela", "teacher_id": ["a", "a", "b", "b"], "year": [1, 2, 1, 2]}
    estimates = pd.DataFrame(
        {
            **keys,
            **{"predictor": "joint", "va_lower": [0.1, 0.2, -0.1, -0.2], "va_higher": 0.0},
            **{"se_lower": [0.01, 0.5, 0.01, np.nan], "se_higher": 1.0, "se_difference": 1.0},
        }
    )
    truth = pd.DataFrame({**keys, "true_lower": [0.2, 0.4, -0.2, -0.4], "true_higher": 0.0})
    estimates["va_higher"] = [0.0, 0.01, 0.0, -0.01]
    truth["true_higher"] = [0.0, 0.0, 0.01, -0.01]
    table = accuracy(estimates, truth).set_index("effect")
    assert table.loc["lower", "slope"] == pytest.approx(2)
    assert table.loc["lower", "correlation"] == pytest.approx(1)
    assert table.loc["lower", "mean_absolute"] == pytest.approx(0.15)
    assert table.loc["lower", "mean_squared_error"] == pytest.approx(0.025)
    assert table.loc["lower", "coverage"] == pytest.approx(1 / 3)
    assert table.loc["difference", "true_variance"] == pytest.approx(
        np.var([0.2, 0.4, -0.21, -0.39])
    )
    assert table["teacher_years"].tolist() == [4, 4, 4]
