"""Moments on tables small enough to check by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from welfare_added.calibration import moments as m
from welfare_added.calibration import search
from welfare_added.calibration.targets import bin_counts, compare, read_targets

PARAMETERS = Path(__file__).parents[2] / "workflow/papers/eastmond_2024/calibration/parameters.yaml"
INPUTS = Path(__file__).parents[2] / "workflow/papers/eastmond_2024/calibration/inputs.yaml"


@pytest.fixture(scope="module")
def targets():
    return read_targets(INPUTS)


def test_every_line_of_the_file_becomes_a_target(targets):
    named = targets.set_index("quantity")["target"]
    assert named["counts.student_years"] == 196452
    assert named["value_added.ela.sd_lower"] == 0.110
    assert named["class_size.bins.01"] == 10.41
    assert named["class_size.bins.classes"] == 9221
    assert named["share_of_class_lower_scoring.math.bins.20"] == 0.912
    years = named[named.index.str.contains("years_observed")]
    assert years.sum() == pytest.approx(1)
    assert named.index.is_unique


def test_bin_counts_are_the_published_ones(targets):
    counts = bin_counts(targets)
    assert [len(counts[name]) for name in ("class_size", "ela", "math")] == [17, 20, 20]
    assert counts["class_size"].sum() == 9221


def test_comparison_names_a_source_for_every_line(targets):
    found = pd.Series(2 * targets["target"].to_numpy(), index=targets["quantity"])
    table = compare(targets, found)
    assert (table["ratio"] == 2).all()
    assert table["source"].notna().all()


def test_bins_are_cut_at_the_published_shares():
    values = np.array([5.0, 1, 4, 2, 3, 6, 8, 7])
    assert m.bin_labels(values, np.array([1, 2, 1])).tolist() == [2, 1, 2, 1, 2, 2, 3, 3]
    assert m._bin_means(values, np.array([1, 2, 1])).tolist() == [1.5, 4.5, 7.5]


def test_bins_of_ones_own_hold_equally_many_classes():
    counts = m.equal_bins(4)
    assert set(counts) == {"class_size", "ela", "math"}
    labels = m.bin_labels(np.arange(12.0)[::-1], counts["ela"])
    assert np.bincount(labels)[1:].tolist() == [3, 3, 3, 3]
    assert labels[0] == 4 and labels[-1] == 1


def test_spread_within_cells():
    values = pd.Series([1.0, 3, 10, 14])
    cells = pd.DataFrame({"year": [1, 1, 2, 2]})
    assert m._sd_within(values, cells) == pytest.approx(np.sqrt((1 + 1 + 4 + 4) / 3))


def estimates(rows):
    table = pd.DataFrame(rows, columns=["teacher_id", "year", "va_lower", "va_higher"])
    table = table.assign(grade=3, school_id="h", va_standard=table["va_lower"])
    return pd.concat([table.assign(subject=subject) for subject in m.SUBJECTS])


def test_same_sign_counts_teachers_of_two_years_or_more():
    table = estimates(
        [("a", 1, 1, 0), ("a", 2, 2, 1), ("b", 1, 1, 0), ("b", 2, 0, 1), ("c", 1, 1, 0)]
    )
    found = m._persistence(m.wide_estimates(table))
    name = "value_added.share_of_teachers_with_same_sign_of_comparative_advantage_in_all_years"
    assert found[name] == 0.5


def test_advantages_are_in_standard_deviations_of_absolute_advantage():
    classes = pd.DataFrame(
        {
            "class_id": ["1", "2", "3"],
            "teacher_id": ["a", "b", "c"],
            "year": 1,
            "grade": 3,
            "school_id": "h",
            "class_size": [20, 20, 30],
            "students": [10, 10, 10],
            "lower_ela": [2, 5, 8],
            "lower_math": [5, 5, 5],
        }
    )
    table = estimates([("a", 1, 0, 2), ("b", 1, 2, 2), ("c", 1, 5, 1)])
    found = m.estimated_classes(classes, table)
    absolute = np.array([1.0, 2, 3])
    assert found["share_lower_ela"].tolist() == [0.2, 0.5, 0.8]
    assert found["absolute_ela"].to_numpy() == pytest.approx(absolute / absolute.std(ddof=1))
    assert found["comparative_ela"].tolist() == pytest.approx([-2, 0, 4])
    slopes = m._sorting(found)
    path = "status_quo_sorting.absolute_advantage_on_share_lower.ela"
    assert slopes[path] == pytest.approx(2 / 0.6)
    assert slopes["status_quo_sorting.sd_of_absolute_advantage.ela"] == pytest.approx(1)


def test_class_size_falls_with_lower_scoring_students_of_class_and_school():
    classes = pd.DataFrame(
        {
            "class_size": [30, 20, 10],
            "school_id": ["h", "h", "k"],
            "share_lower_ela": [0.1, 0.3, 0.5],
            "share_lower_math": [0.5, 0.3, 0.1],
        }
    )
    students = pd.DataFrame(
        {"school_id": ["h", "h", "k"], "lower_ela": [True, False, True], "lower_math": [True] * 3}
    )
    found = m._sizes_and_composition(classes, students)
    path = "class_size.correlation_with_share_lower_of_{}.{}"
    assert found[path.format("class", "ela")] == pytest.approx(-1)
    assert found[path.format("class", "math")] == pytest.approx(1)
    sizes, shares = np.array([30, 20, 10]), np.array([0.5, 0.5, 1])
    assert found[path.format("school", "ela")] == pytest.approx(np.corrcoef(sizes, shares)[0, 1])
    assert np.isnan(found[path.format("school", "math")])


def test_careers_of_settled_teachers():
    rows = []
    for teacher, years, students in (("a", (1, 2, 4), 30), ("b", (1, 2), 30), ("c", (1, 2, 3), 10)):
        rows += [(teacher, year, students, "h" if year < 4 else "k") for year in years]
    classes = pd.DataFrame(rows, columns=["teacher_id", "year", "students", "school_id"])
    found = m._panel(classes)
    assert found["teacher_panel.years_observed_per_teacher.02"] == 0.5
    assert found["teacher_panel.years_observed_per_teacher.03"] == 0.5
    assert found["teacher_panel.share_still_teaching_next_year"] == 0.5
    assert found["teacher_panel.share_in_same_school_if_still_teaching"] == 1


def test_misses_are_relative():
    wanted, found = pd.Series({"a": 0.5, "b": 2.0}), pd.Series({"b": 2.5, "a": 0.4})
    assert search.misses(wanted, found).tolist() == pytest.approx([-0.2, 0.25])


def test_the_search_finds_the_parameters_of_a_known_district(targets):
    """Moments that answer each parameter as the real ones do are matched within a few steps."""
    start = yaml.safe_load(PARAMETERS.read_text())
    wanted = targets.set_index("quantity")["target"]

    def evaluate(p):
        found = wanted.copy()
        for dimension, sd in p["effects"]["sd"].items():
            subject, group = dimension.split("_")
            found[f"value_added.{subject}.sd_{group}"] = 0.7 * sd
        for subject, b in p["students"]["persistence"].items():
            found[f"baseline_gaps.higher_minus_lower.{subject}"] = 1.1 * b + 0.4
        found["teacher_panel.share_still_teaching_next_year"] = 1 - p["teachers"]["gap_probability"]
        return found

    steps = search.search(
        start, targets, evaluate, people_steps=6, score_steps=8, report=lambda line: None
    )
    missed = search.misses(wanted, steps[-1].moments)
    assert missed.abs().max() < 0.01
    assert steps[-1].parameters["effects"]["sd"]["ela_lower"] == pytest.approx(
        0.110 / 0.7, rel=0.01
    )


def test_rounding_keeps_six_digits_and_the_structure():
    assert search.round_all({"a": {"b": 0.123456789}, 1: 2.0}) == {"a": {"b": 0.123457}, 1: 2.0}
