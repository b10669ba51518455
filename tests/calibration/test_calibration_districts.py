"""Moments of several districts, kept with what they rest on."""

import numpy as np
import pandas as pd
import pytest
import yaml

from welfare_added.calibration.districts import gather, kept_districts, provenance
from welfare_added.run.writing import write_csv, write_text

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
