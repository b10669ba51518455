"""What intervals.yaml may say, what is drawn from it, and changes of nested choices."""

import copy

import numpy as np
import pytest
import yaml
from intervals_cases import DECLARATION, PAPER, PARAMETERS, ROOT, SCHEMA

from welfare_added.claims.answers import parts
from welfare_added.claims.document import read as read_claims
from welfare_added.intervals.declaration import IntervalsError, all_changed, changed, read
from welfare_added.intervals.worlds import drawn_values, seed_of
from welfare_added.run.choices import read_config, read_yaml


@pytest.fixture
def declared_with(tmp_path):
    def build(**top):
        content = {**read_yaml(DECLARATION), **top}
        path = tmp_path / "intervals.yaml"
        path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        return read(path, SCHEMA)

    return build


def test_everything_declared_exists():
    """Every drawn parameter and changed choice names a key that there is."""
    declared, config = read(DECLARATION, SCHEMA), read_config(ROOT, "eastmond_2024")
    parameters = read_yaml(PARAMETERS)
    for choice in declared.choices:
        changed(config, choice.config, "config")
        changed(parameters, choice.parameters, "parameters")
    for name, value in drawn_values(declared, 0).items():
        section, _, path = name.partition(".")
        nested = {"config": config, "parameters": parameters}[section]
        assert all_changed(nested, {path: value}, section) is not None
    assert len(declared.headlines) == 12


def test_every_weight_that_claims_name_is_in_a_world():
    document = read_claims(PAPER / "claims.yaml", ROOT / "workflow/schemas/claims.schema.json")
    grid = np.linspace(0, 1, read(DECLARATION, SCHEMA).weights)
    named = {
        part["where"][key]
        for claim in document.claims
        for part in parts(claim.answer, document.shared)
        for key in ("weight", "weight_ela")
        if isinstance(part.get("where", {}).get(key), int | float)
    }
    assert {0, 0.5, 1} <= named
    assert all(np.isclose(grid, weight, atol=1e-9).any() for weight in named)


def test_draws_are_those_of_the_world_alone(declared_with):
    first, more = declared_with(worlds=5), declared_with(worlds=500)
    assert seed_of(first, 3) == seed_of(more, 3) != seed_of(first, 4)
    assert drawn_values(first, 3) == drawn_values(more, 3) != drawn_values(first, 4)
    assert seed_of(declared_with(seed=1), 3) != seed_of(first, 3)


def test_draws_are_uniform_over_their_range(declared_with):
    source = {"source": "a test"}
    drawn = {
        "parameters.real": {"range": [2.0, 4.0], **source},
        "parameters.whole": {"range": [1, 3], "whole": True, **source},
        "config.word": {"values": ["a", "b"], **source},
    }
    declared = declared_with(drawn=drawn)
    worlds = [drawn_values(declared, number) for number in range(300)]
    real = np.array([one["parameters.real"] for one in worlds])
    assert 2 <= real.min() < 2.1 and 3.9 < real.max() <= 4
    assert real.mean() == pytest.approx(3, abs=4 * 2 / np.sqrt(12 * 300))
    whole = [one["parameters.whole"] for one in worlds]
    assert all(whole.count(value) == pytest.approx(100, abs=35) for value in (1, 2, 3))
    words = [one["config.word"] for one in worlds]
    assert words.count("a") == pytest.approx(150, abs=38)
    assert abs(np.corrcoef(real, [word == "a" for word in words])[0, 1]) < 0.2


@pytest.mark.parametrize(
    ("top", "fault"),
    [
        ({"worlds": 1}, "worlds: 1 is not allowed; want worlds of each reading, 2 or more"),
        ({"weights": 4}, "weights: "),
        ({"more": 1}, "unknown key more"),
        (
            {"drawn": {"parameters.a": {"range": [2, 1], "source": "s"}}},
            "drawn.parameters.a: the first of the range must be below the second",
        ),
        ({"drawn": {"other.a": {"range": [1, 2], "source": "s"}}}, "other.a"),
        ({"drawn": {"parameters.a": {"range": [1, 2]}}}, "missing key source"),
        ({"choices": {"x": {"label": "X", "source": "s"}}}, "choices.x"),
        ({"correlations": [0.9, 0.8]}, "correlations"),
    ],
)
def test_faults_are_named(declared_with, top, fault):
    with pytest.raises(IntervalsError) as error:
        declared_with(**top)
    assert fault.split(": ")[0] in str(error.value)


def test_changes_leave_the_original_alone():
    nested = {"a": {"b": 1, "c": [2]}, "d": 3}
    before = copy.deepcopy(nested)
    assert all_changed(nested, {"a.b": 5, "d": None}, "config") == {
        "a": {"b": 5, "c": [2]},
        "d": None,
    }
    assert nested == before
    with pytest.raises(IntervalsError, match=r"config.a has no key 'x'; it has: b, c"):
        changed(nested, {"a": {"x": 1}}, "config")
