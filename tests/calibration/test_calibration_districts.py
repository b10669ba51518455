"""Moments of several districts, kept with what they rest on."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from welfare_added.calibration.districts import (
    gather,
    kept_districts,
    provenance,
)
from welfare_added.calibration.evaluate import district_seeds, evaluator
from welfare_added.calibration.targets import read_targets
from welfare_added.run.choices import read_yaml
from welfare_added.run.writing import write_csv, write_text

CALIBRATION = Path(__file__).parents[2] / "workflow/papers/eastmond_2024/calibration"
CHOICES = {"calibration": {"shown": 2}, "lower": "below"}


@pytest.fixture
def kept(tmp_path):
    parameters = tmp_path / "parameters.yaml"
    parameters.write_text("classes: {cap: 0.5}")
    parts = []
    for number, values in enumerate(([1.23456789, 4.0], [2.23456789, 4.0])):
        parts.append(tmp_path / f"{number}.csv")
        write_csv(pd.DataFrame({"quantity": ["a", "b"], "value": values}), parts[-1])
    write_csv(gather(parts), tmp_path / "seeds.csv")
    origin = yaml.safe_dump(provenance(parameters, CHOICES), sort_keys=False)
    write_text(origin, tmp_path / "seeds.yaml")
    return tmp_path


def test_districts_are_columns_of_six_digits(kept):
    table = pd.read_csv(kept / "seeds.csv")
    assert table.columns.tolist() == ["quantity", "district_01", "district_02"]
    assert table["district_01"].tolist() == [1.23457, 4]


def test_mean_and_spread_over_districts(kept):
    now = provenance(kept / "parameters.yaml", CHOICES)
    found = kept_districts(kept / "seeds.csv", kept / "seeds.yaml", now)
    assert found.loc["a", "mean"] == pytest.approx(1.73457)
    assert found["sd"].to_numpy() == pytest.approx([np.sqrt(0.5), 0])
    assert found["districts"].tolist() == [2, 2]


@pytest.mark.parametrize("what", ["parameters", "lower"])
def test_districts_of_another_law_are_not_shown(kept, caplog, what):
    choices = dict(CHOICES)
    if what == "parameters":
        (kept / "parameters.yaml").write_text("classes: {cap: 0.6}")
    else:
        choices["lower"] = "at_or_below"
    now = provenance(kept / "parameters.yaml", choices)
    assert kept_districts(kept / "seeds.csv", kept / "seeds.yaml", now) is None
    assert f"seeds.csv was made with other {what}" in caplog.text


def test_the_kept_districts_are_of_the_parameters_beside_them():
    origin = yaml.safe_load((CALIBRATION / "seeds.yaml").read_text())
    config = yaml.safe_load((CALIBRATION.parent / "config.yaml").read_text())
    now = provenance(CALIBRATION / "parameters.yaml", {"calibration": config["calibration"]})
    assert {name: origin[name] for name in now} == now
    kept = pd.read_csv(CALIBRATION / "seeds.csv", index_col="quantity")
    assert kept.shape[1] == config["calibration"]["shown"]
    targets = read_targets(CALIBRATION / "inputs.yaml")
    assert set(targets["quantity"]) <= set(kept.index)


@pytest.mark.slow
def test_a_kept_district_is_made_again():
    origin = yaml.safe_load((CALIBRATION / "seeds.yaml").read_text())
    chosen = origin["calibration"]
    settings = {name: origin[name] for name in origin if name not in ("parameters", "calibration")}
    targets = read_targets(CALIBRATION / "inputs.yaml")
    seed = district_seeds(chosen["seed"], chosen["searched"] + 1)[-1]
    evaluate = evaluator(targets, seed=seed, **settings)
    found = evaluate(read_yaml(CALIBRATION / "parameters.yaml"))
    kept = pd.read_csv(CALIBRATION / "seeds.csv", index_col="quantity")["district_01"]
    np.testing.assert_allclose(found[kept.index], kept, rtol=1e-5, atol=1e-9)
