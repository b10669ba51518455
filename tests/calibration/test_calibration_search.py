"""The search, its adjustments, and what it leaves alone."""

import copy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from welfare_added.calibration import search
from welfare_added.calibration.adjustments import adjust_people, adjust_scores, make_feasible
from welfare_added.calibration.evaluate import district_seeds, mean_moments
from welfare_added.calibration.targets import read_targets
from welfare_added.district.parameters import EffectParameters
from welfare_added.district.synthetic_effects import innovation_covariance

PAPER = Path(__file__).parents[2] / "workflow/papers/eastmond_2024"
UNPINNED = {
    "schools": ["open"],
    "classes": ["size_on_achievement", "small_share"],
    "students": ["score_step", "untested", "cross_persistence", "school_mean"],
    "effects": ["within_school_share", "group_shock"],
}
SHARES = "share_of_class_lower_scoring"


@pytest.fixture(scope="module")
def targets():
    return read_targets(PAPER / "calibration/inputs.yaml")


@pytest.fixture
def start():
    return yaml.safe_load((PAPER / "calibration/parameters.yaml").read_text())


def columns(targets):
    return targets.set_index("quantity")["target"], targets.set_index("quantity")["weight"]


def test_misses_are_relative():
    wanted, found = pd.Series({"a": 0.5, "b": 2.0}), pd.Series({"b": 2.5, "a": 0.4})
    assert search.misses(wanted, found).tolist() == pytest.approx([-0.2, 0.25])


def test_the_search_finds_the_parameters_of_a_known_district(targets, start):
    """Moments that answer each parameter as the real ones do are matched within a few steps."""
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
    content = {"a": {"b": 0.123456789, "c": "word"}, 1: 2.0, "whole": 127}
    found = search.round_all(content)
    assert found == {"a": {"b": 0.123457, "c": "word"}, 1: 2.0, "whole": 127}
    assert isinstance(found["whole"], int)


def test_what_no_input_pins_down_is_not_adjusted(targets, start):
    target, weight = columns(targets)
    changed = copy.deepcopy(start)
    off = target * np.random.default_rng(1).uniform(0.95, 1.05, len(target))
    adjust_people(changed, target, off, weight)
    adjust_scores(changed, target, off, weight)
    for section, names in UNPINNED.items():
        for name in names:
            assert changed[section][name] == start[section][name]
    for subject in ("ela", "math"):
        assert changed["effects"]["correlation"][subject] == 0.95
    assert changed["students"]["tracking_on_ela"] != start["students"]["tracking_on_ela"]


@pytest.mark.parametrize(("subject", "sign"), [("ela", 1), ("math", -1)])
def test_tracking_goes_to_the_subject_whose_classes_differ_too_little(
    targets, start, subject, sign
):
    target, weight = columns(targets)
    start["students"]["tracking_on_ela"] = 0.5
    found = target.copy()
    bins = [q for q in target.index if q.startswith(f"{SHARES}.{subject}.bins.0")]
    found[bins] += 0.01  # the lower bins are nearer to the mean than the published
    before = copy.deepcopy(start["students"])
    adjust_scores(start, target, found, weight)
    now = start["students"]
    assert np.sign(now["tracking_on_ela"] - 0.5) == sign
    assert now["tracking"] > before["tracking"]
    assert now["tracking_range"] > before["tracking_range"]


def test_drifts_too_far_apart_are_brought_together(start):
    effects = start["effects"]
    effects["correlation"] = {"ela": 0.99, "math": 0.99, "cross": 0.9}
    effects["drift"] = {"ela_lower": 0.95, "ela_higher": 0.6, "math_lower": 0.9, "math_higher": 0.5}
    with pytest.raises(ValueError, match="too far apart"):
        innovation_covariance(EffectParameters(**effects))
    make_feasible(effects)
    innovation_covariance(EffectParameters(**effects))
    assert effects["correlation"]["ela"] == 0.99
    assert effects["drift"]["ela_lower"] > effects["drift"]["ela_higher"]


def test_groups_cannot_be_correlated_perfectly(start):
    start["effects"]["correlation"]["math"] = 1.0
    with pytest.raises(ValueError, match=r"effects.correlation of 1 between the groups"):
        make_feasible(start["effects"])


def test_one_seed_is_searched_from_the_moments_of_that_seed(targets, start, monkeypatch):
    """Two steps on a district whose moments answer in proportion meet the targets."""
    wanted = targets.set_index("quantity")["target"]
    asked = []

    def planted(given, *, seed, **settings):
        assert given is targets and settings == {"lower": "below"}

        def evaluate(p):
            asked.append(p)
            found = wanted.copy()
            found["value_added.math.sd_higher"] = 0.6 * p["effects"]["sd"]["math_higher"] * seed
            return found

        return evaluate

    monkeypatch.setattr(search, "evaluator", planted)
    before = copy.deepcopy(start)
    made = search.searched_on(start, 2, targets, lower="below")
    assert len(asked) == 2 and start == before
    assert made["effects"]["sd"]["math_higher"] == pytest.approx(0.195 / 1.2, rel=1e-5)
    assert made["teachers"] == before["teachers"] and made["classes"] == before["classes"]
    assert made == search.round_all(made)


def test_moments_of_worlds_are_averaged_and_one_that_lacks_one_is_not_passed_over():
    worlds = [
        lambda p, k=k: pd.Series({"a": k * p["x"], "b": np.nan if k else 1.0}) for k in (0, 4)
    ]
    found = mean_moments(worlds)({"x": 3.0})
    assert found["a"] == 6
    assert np.isnan(found["b"])


def test_seeds_of_districts_are_spawned_and_more_of_them_begin_alike():
    seeds = district_seeds(20261129, 40)
    assert len(set(seeds)) == 40
    assert district_seeds(20261129, 7) == seeds[:7]
    config = yaml.safe_load((PAPER / "config.yaml").read_text())
    assert config["district"]["seed"] not in seeds
