"""Standard errors by hand; which kept ones are a run's own."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from welfare_added.resampling.declaration import batches, fits, source
from welfare_added.resampling.errors import standard_errors
from welfare_added.resampling.kept import check_estimates
from welfare_added.resampling.quantities import KEY
from welfare_added.run.choices import overridden, read_config
from welfare_added.run.errors import UserError

ROOT = Path(__file__).parents[2]
PAPER = ROOT / "workflow/papers/eastmond_2024"
LABELS = {"subject": "ela", "scope": "school", "information": "heterogeneous", "weight": 0.5}


def rows(values, **labels):
    table = pd.DataFrame({"quantity": list(values), **LABELS, "value": list(values.values())})
    return table.assign(**labels)[[*labels, *KEY, "value"]]


def replications(numbers):
    parts = [
        rows({"gain_mean": one, "index": 2 * one}, replication=i) for i, one in enumerate(numbers)
    ]
    return pd.concat(parts, ignore_index=True)


def test_a_worked_example():
    numbers = [0.1, 0.2, 0.3, 0.4, 0.6]
    estimates = rows({"gain_mean": 0.25, "index": 0.5})
    table = standard_errors(estimates, replications(numbers), 0.9).set_index("quantity")
    gain = table.loc["gain_mean"]
    assert gain["mean"] == pytest.approx(0.32) and gain["bias"] == pytest.approx(0.07)
    squares = sum((one - 0.32) ** 2 for one in numbers)
    assert gain["standard_error"] == pytest.approx((squares / 4) ** 0.5)
    # Quantiles .05 and .95 of five numbers are a fifth of a step from the ends: .12 and .56.
    assert gain["low"] == pytest.approx(0.12 - 0.07) and gain["high"] == pytest.approx(0.56 - 0.07)
    assert gain["replications"] == 5
    assert table.loc["index", "standard_error"] == pytest.approx(2 * gain["standard_error"])
    half = standard_errors(estimates, replications(numbers), 0.5).set_index("quantity")
    assert half.loc["gain_mean", "low"] == pytest.approx(0.2 - 0.07)


def test_weights_read_from_files_are_those_of_the_estimates():
    estimates = rows({"gain_mean": 0.25, "index": 0.5}).assign(weight=1 / 3)
    read = replications([0.1, 0.2]).assign(weight=0.333333333333)
    assert len(standard_errors(estimates, read, 0.9)) == 2


def test_intervals_of_a_normal_estimator_cover_as_they_should():
    """Means of 30 normal numbers, 400 samples told apart by weight: 90% intervals cover 88%."""
    rng = np.random.default_rng(8)
    samples = rng.normal(1, 1, (400, 30))
    drawn = np.array([one[rng.integers(0, 30, (199, 30))].mean(axis=1) for one in samples])
    keys = pd.DataFrame({"quantity": "gain_mean", **LABELS, "weight": np.arange(400) / 400})
    parts = keys.loc[np.repeat(keys.index, 199)].assign(
        replication=np.tile(np.arange(199), 400), value=drawn.ravel()
    )
    table = standard_errors(keys.assign(value=samples.mean(axis=1)), parts, 0.9)
    covered = (table["low"] <= 1) & (table["high"] >= 1)
    assert covered.mean() == pytest.approx(0.88, abs=0.045)


def test_replications_that_do_not_fit_are_refused():
    estimates = rows({"gain_mean": 0.25, "index": 0.5})
    whole = replications([0.1, 0.2, 0.3])
    with pytest.raises(UserError, match="1 replications have no standard error"):
        standard_errors(estimates, whole[whole["replication"] == 0], 0.9)
    with pytest.raises(UserError, match="1 of 2 quantities are not in all 3"):
        standard_errors(estimates, whole.iloc[1:], 0.9)
    with pytest.raises(UserError, match="1 of 2 quantities"):
        standard_errors(estimates.iloc[1:], whole, 0.9)
    with pytest.raises(UserError, match="there twice"):
        standard_errors(estimates, pd.concat([whole, whole.iloc[:2]]), 0.9)


def test_batches_cover_every_replication_once():
    assert batches(25, 10) == [(0, 9), (10, 19), (20, 24)]
    assert batches(20, 10) == [(0, 9), (10, 19)] and batches(2, 10) == [(0, 1)]


# --- kept in the paper's folder ---


@pytest.fixture
def config():
    return read_config(ROOT, "eastmond_2024")


def changed(config, section, key, value):
    return overridden(config, {section: {key: value}})


def test_kept_ones_fit_the_choices_that_they_depend_on(config, tmp_path):
    kept = tmp_path / "provenance.json"
    wanted = source(config, PAPER)
    assert not fits(kept, wanted)
    kept.write_text(json.dumps({"source": wanted, "code": "x"}))
    assert fits(kept, wanted)
    for section, key, value in (
        ("district", "seed", 1),
        ("district", "size", "tiny"),
        ("value_added", "drift_limit", None),
        ("allocation", "ends", "arbitrary"),
        ("welfare", "tax_rate", 0.3),
        ("bootstrap", "replications", 10),
        ("bootstrap", "level", 0.95),
    ):
        assert not fits(kept, source(changed(config, section, key, value), PAPER)), key
    for section, key, value in (
        ("district", "confirmed", {"gaps": True}),
        ("value_added", "batch", 5),
        ("allocation", "weights", 11),
        ("allocation", "scatter", "grade_year"),
        ("bootstrap", "batch", 3),
        ("welfare", "deselected_share", 0.1),
        ("exhibits", "mvpf_cap", 6),
    ):
        assert fits(kept, source(changed(config, section, key, value), PAPER)), key


def test_kept_ones_are_of_the_parameters_that_the_district_is_made_from(config, tmp_path):
    folder = tmp_path / "paper"
    shutil.copytree(PAPER / "calibration", folder / "calibration")
    assert source(config, folder) == source(config, PAPER)
    with (folder / "calibration/parameters.yaml").open("a") as file:
        file.write("# another\n")
    assert source(config, folder) != source(config, PAPER)


def errors_and_frontiers():
    gains = {"gain_lower": 0.01, "gain_higher": 0.03, "gain_mean": 0.02}
    errors = rows(gains | {"index": 0.5}).rename(columns={"value": "estimate"})
    frontiers = pd.DataFrame([LABELS | gains, LABELS | gains | {"weight": 0.6, "gain_mean": 9.0}])
    return errors, frontiers


def test_kept_ones_of_the_runs_own_gains_pass():
    errors, frontiers = errors_and_frontiers()
    frontiers["weight"] += 1e-12
    check_estimates(errors, frontiers)
    # Ties among plans by standard value added are not a difference.
    standard = errors.assign(information="standard", estimate=0.5)
    check_estimates(pd.concat([errors, standard]), frontiers)


def test_kept_ones_of_other_gains_are_refused():
    errors, frontiers = errors_and_frontiers()
    frontiers.loc[0, "gain_higher"] *= 1.000001
    with pytest.raises(UserError, match=r"1 of 3 gains.*make bootstrap"):
        check_estimates(errors, frontiers)
    with pytest.raises(UserError, match="3 of 3 gains"):
        check_estimates(errors, frontiers[frontiers["weight"] > 0.55])
    with pytest.raises(UserError, match="0 of 0 gains"):
        check_estimates(errors.iloc[3:], frontiers)
