"""A tiny synthetic district and the choices of the default run at three weights."""

from pathlib import Path

import pytest

from welfare_added.calibration.evaluate import in_memory
from welfare_added.district import parameters
from welfare_added.district.sample import analysis_sample
from welfare_added.district.synthetic import synthesise
from welfare_added.resampling.declaration import choices_from
from welfare_added.resampling.quantities import Choices, quantities
from welfare_added.run.choices import read_config, read_yaml

ROOT = Path(__file__).parents[2]
YEARS, GRADES = (2003, 2008), (3, 4)


@pytest.fixture(scope="session")
def choices():
    config = read_config(ROOT, "eastmond_2024")
    return Choices(**choices_from(config) | {"weights": [0.0, 0.5, 1.0]})


@pytest.fixture(scope="session")
def sample():
    path = ROOT / "workflow/papers/eastmond_2024/calibration/parameters.yaml"
    found = parameters.from_dict(read_yaml(path))
    district = synthesise(found, size="tiny", seed=7, years=YEARS, grades=GRADES)
    return analysis_sample(in_memory(district), YEARS, GRADES)


@pytest.fixture(scope="session")
def estimates(sample, choices):
    return quantities(sample.students, choices)
