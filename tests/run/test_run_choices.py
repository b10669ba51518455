"""Choices that cannot be followed are refused before anything runs, in plain words."""

import copy
from pathlib import Path

import pytest
import yaml

from welfare_added.run.choices import ConfigError, audit_folder, check, one_district, overridden

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "workflow/schemas/config.schema.json"


@pytest.fixture
def config():
    return yaml.safe_load((ROOT / "config.yaml").read_text())


def test_the_default_is_allowed(config):
    check(config, SCHEMA)
    check(overridden(config, config["star"]), SCHEMA)


BAD = [
    ("district.siez", "tiny", r"district: unknown key siez; known keys are source, name"),
    ("district.size", "huge", r"district.size: 'huge' is not one of full, small, tiny"),
    ("district.years", [2013, 2003], r"district.years: 2013 comes after 2003"),
    ("district.grades", [5, 4], r"district.grades: \[5, 4\] is not in ascending order"),
    (
        "allocation.weights",
        100,
        r"allocation.weights: 100 is not allowed; wanted: number of social",
    ),
    ("allocation.ces_gammas", [0, 1, 0], r"allocation.ces_gammas: wanted first, last and a step"),
    ("welfare.subject_weight_ela", 1.5, r"welfare.subject_weight_ela: 1.5 is greater than the max"),
    (
        "welfare.bias_weight",
        -0.1,
        r"bias_weight: -0.1 is less than the minimum of 0; wanted: social",
    ),
    ("welfare.tax_rate", "0.28", r"welfare.tax_rate: '0.28' is not of type 'number'"),
    ("benchmark.sizes", [500], r"benchmark.sizes.0: 500 is not one of 100, 317, 1000, 3000, 10000"),
    ("value_added.estimator", "ols", r"'ols' is not one of leave_year_out, empirical_bayes"),
]


@pytest.mark.parametrize(("path", "value", "message"), BAD, ids=[bad[0] for bad in BAD])
def test_a_bad_choice_is_explained(config, path, value, message):
    section, key = path.split(".")
    config[section][key] = value
    with pytest.raises(ConfigError, match=message):
        check(config, SCHEMA)


WRONG = [None, True, -1, 0.5, 10**9, "nonsense", [], [7], ["nonsense"], {}, {"nonsense": 7}]


def places(config: dict, above: tuple = ()) -> list[tuple]:
    """Every key of the choices, with those above it."""
    found = []
    for key, value in config.items():
        found.append((*above, key))
        found += places(value, (*above, key)) if isinstance(value, dict) else []
    return found


def test_nonsense_anywhere_is_explained_by_its_place(config):
    refused = 0
    for place in places(config):
        for value in WRONG:
            changed = copy.deepcopy(config)
            section = changed
            for key in place[:-1]:
                section = section[key]
            section[place[-1]] = value
            try:
                check(changed, SCHEMA)
            except ConfigError as error:
                assert place[0] in str(error)
                refused += 1
    assert refused > 8 * len(places(config))


def test_a_missing_key_is_named(config):
    del config["welfare"]["tax_rate"]
    with pytest.raises(ConfigError, match="welfare: missing key tax_rate"):
        check(config, SCHEMA)


def test_overriding_leaves_the_original_alone(config):
    merged = overridden(config, {"district": {"size": "tiny"}})
    assert merged["district"]["size"] == "tiny"
    assert merged["district"]["seed"] == config["district"]["seed"]
    assert config["district"]["size"] == "full"


def test_every_choice_has_a_comment():
    lines = (ROOT / "config.yaml").read_text().split("\nstar:")[0].splitlines()
    bare = [line for line in lines if ":" in line and "#" not in line and not line.endswith(":")]
    nested = {"    math: 650", "    ela: 1524"}
    plans = {line for line in bare if line.endswith("}")}  # explained above them, line by line
    assert set(bare) - plans <= nested


def test_one_of_several_districts_is_a_study_of_its_own(config):
    config |= {"study": "state", "districts": ["north", "south"]}
    north, south = (one_district(config, name, "synthetic") for name in ("north", "south"))
    assert north["study"] == "state_north" and north["districts"] == ["north"]
    assert north["district"]["source"] == "synthetic"
    assert north["district"]["seed"] != south["district"]["seed"] > config["district"]["seed"]
    alone = one_district({**config, "districts": ["south"]}, "south", "synthetic")
    assert alone == south
    config["district"] = {**config["district"], "source": "tables"}
    config["partition"] = "county"
    cut = one_district(config, "north", "results/private/state/partition")
    assert cut["district"]["source"] == "results/private/state/partition/north"
    assert cut["partition"] == "results/private/state/partition.csv"
    assert audit_folder(cut) == "results/private/state_north/audit"


def test_a_partition_of_the_synthetic_district_is_refused(config):
    with pytest.raises(ConfigError, match="partition: the synthetic district is made whole"):
        check(config | {"partition": "county"}, SCHEMA)
