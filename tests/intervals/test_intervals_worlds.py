"""Worlds of a tiny district: answers, headline numbers, changed choices, delivered gains."""

import copy
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from intervals_cases import PAPER, ROOT, tiny_setting

from welfare_added.calibration.adjustments import make_feasible
from welfare_added.claims.document import read as read_claims
from welfare_added.claims.intervals import answer_digest, differences, read_intervals
from welfare_added.intervals import choice_effects, claimed_delivered, worlds
from welfare_added.intervals.declaration import changed
from welfare_added.intervals.kept import summaries
from welfare_added.intervals.one_world import sample_of, simulated, world_of
from welfare_added.intervals.summaries import SHARES
from welfare_added.run.writing import as_json
from welfare_added.welfare.delivered import KEYS
from welfare_added.welfare.reallocations import UTILITARIAN

CLAIMS = ROOT / "workflow/papers/eastmond_2024/claims.yaml"


@pytest.fixture(scope="module")
def document():
    return read_claims(CLAIMS, ROOT / "workflow/schemas/claims.schema.json")


@pytest.fixture(scope="module")
def setting():
    return tiny_setting()


@pytest.fixture(scope="module")
def world(setting):
    return worlds.made(setting, setting.parameters, setting.config)


def test_gains_are_those_of_the_plans(world):
    """Gain of a plan at weight 0.5, added up class by class."""
    plan = world.plans["math", "district", "heterogeneous"].allocation
    taken, slots = plan["w005"].to_numpy(), world.slots
    gains = []
    for group in ("lower", "higher"):
        count = slots[f"{group}_math"].to_numpy(float)
        value = slots[f"va_{group}_math"].to_numpy()
        gains.append((count * (value[taken] - value)).sum() / count.sum())
    table = world.tables["frontiers.csv"]
    row = table[
        (table["subject"] == "math")
        & (table["scope"] == "district")
        & (table["information"] == "heterogeneous")
        & (table["weight"].round(9) == UTILITARIAN)
    ]
    assert row["gain_mean"].item() == pytest.approx(np.mean(gains), abs=1e-9)


def test_every_prediction_is_answered(setting, document, world):
    answers = worlds.answers_of(document, world.tables, setting.config)
    predictions = {claim.id for claim in document.claims if claim.tolerance == "interval"}
    answered = set(answers.loc[answers["kind"] == "prediction", "name"])
    assert predictions - answered == set()
    values = answers.set_index(["name", "end"])["value"]
    row = world.tables["welfare/subjects.csv"].query("scope == 'district' and weight_ela == 0")
    assert values["math_only_ela_district", ""] == pytest.approx(row["gain_ela"].item())


def test_a_claim_of_a_table_that_worlds_do_not_make_has_no_row(setting, document, world):
    few = {name: table for name, table in world.tables.items() if name != "welfare/gaps.csv"}
    names = set(worlds.answers_of(document, few, setting.config)["name"])
    assert "gap_weight_ela" not in names and "earnings_best" in names


@pytest.fixture(scope="module")
def searched_world(setting, document):
    """Answers of a world of the second reading."""
    return worlds.world_answers(setting, document, "searched", 4)


def test_the_second_reading_takes_what_is_drawn(setting, document, searched_world):
    """Its answers are those of a world that is made by hand from the drawn values."""
    drawn = worlds.drawn_values(setting.declared, 4)
    kept = searched_world[searched_world["kind"] == "drawn"].set_index("name")["value"]
    assert kept.to_dict() == {name: str(value) for name, value in drawn.items()}
    own = {name.partition(".")[2]: value for name, value in drawn.items()}
    config = worlds.seeded(setting, 4)
    for name in ("counts", "ties", "ends"):
        config = changed(config, {"allocation": {name: own[f"allocation.{name}"]}}, "config")
    parameters = copy.deepcopy(dict(setting.parameters))
    parameters["classes"]["size_on_achievement"] = own["classes.size_on_achievement"]
    parameters["effects"]["within_school_share"] = own["effects.within_school_share"]
    parameters["schools"]["open"] = own["schools.open"]
    for subject in ("ela", "math"):
        own_correlation = own[f"effects.correlation.{subject}"]
        parameters["effects"]["correlation"][subject] = own_correlation
    make_feasible(parameters["effects"])
    made = worlds.made(setting, parameters, config, ["frontiers.csv"])
    answers = worlds.answers_of(document, made.tables, config)
    shown = searched_world.set_index(["name", "end"])["value"].astype(str)
    for row in answers.itertuples():
        assert float(shown[row.name, row.end]) == pytest.approx(row.value, rel=1e-8)


def test_a_district_of_the_published_size_is_searched_on_its_seed(setting, monkeypatch):
    """With the choices that the district and its estimates depend on."""
    asked = {}
    monkeypatch.setattr(
        worlds, "searched_on", lambda start, seed, targets, **how: asked.update(how, seed=seed) or 7
    )
    config = changed(worlds.seeded(setting, 3), {"district": {"size": "full"}}, "config")
    assert worlds.searched(setting, setting.parameters, config) == 7
    assert asked["seed"] == worlds.seed_of(setting.declared, 3)
    assert asked["steps"] == setting.declared.score_steps
    assert asked["estimation"]["groups"] == "separate" and asked["lower"] == "at_or_below"


COMPARED = ("lower", "ends", "counts", "within_all", "joint")


@pytest.fixture(scope="module")
def compared(setting):
    """The setting with a few of its choices."""
    choices = tuple(setting.declared.choice(name) for name in COMPARED)
    return replace(setting, declared=replace(setting.declared, choices=choices))


@pytest.fixture(scope="module")
def by_choice(compared):
    return choice_effects.headlines_by_choice(compared, 1)


def test_choices_change_what_they_name(by_choice):
    wide = by_choice.pivot(index="choice", columns="headline", values="value")
    assert set(wide.index) == {"default", *COMPARED}
    assert wide.loc["counts", "bonus"] > wide.loc["default", "bonus"]
    same = wide.loc["ends"] - wide.loc["default"]
    assert same.abs().max() == 0  # ends are weights 0 and 1, headline numbers at 0.5
    moved = (wide.loc[["lower", "joint", "within_all"]] - wide.loc["default"]).abs()
    assert (moved["math_district"] > 0).all()


def test_kept_files_are_of_the_run_that_made_them(
    compared, document, searched_world, by_choice, tmp_path
):
    gains = pd.DataFrame(
        [{"correlation": 0.9, **dict.fromkeys(KEYS, "x"), "gain_mean": step} for step in (1.0, 2.0)]
    )
    made = {"fixed": [searched_world] * 2, "searched": [searched_world] * 2}
    made |= {"choices": [by_choice] * 2, "delivered": [gains]}
    tables, provenance = summaries(compared, document, made, PAPER)
    folder = shutil.copytree(PAPER, tmp_path / "paper")
    (folder / "intervals").mkdir(exist_ok=True)
    tables["claims"].to_csv(folder / "intervals/claims.csv", index=False)
    (folder / "intervals/provenance.json").write_text(as_json({**provenance, "code": "c"}))
    assert provenance["worlds"] == {"fixed": 2, "searched": 2, "choices": 2, "delivered": 1}
    assert differences(folder, compared.config) == []
    other = changed(compared.config, {"district": {"size": "full"}}, "config")
    assert differences(folder, other) == ["district.size is full, theirs tiny"]
    kept = read_intervals(folder / "intervals/claims.csv")
    claim = document.claim("more_ela_district")
    assert kept.by_id[claim.id].answer == answer_digest(claim, document)
    assert kept.unusable(claim, document) == "its interval is of 2 worlds, and 20 are needed"
    assert tables["shares"].empty and list(tables["shares"]) == SHARES


def test_estimates_claim_more_than_they_deliver(setting):
    table = claimed_delivered.delivered_in(setting, 0.97, 1)
    gains = table.groupby(["plan", "scored_by"])["gain_mean"].mean()
    assert (table["correlation"] == 0.97).all()
    assert gains["separate", "separate"] > gains["separate", "truth"]
    assert gains["truth", "truth"] >= gains.drop(("truth", "truth")).xs("truth", level=1).max()


def test_a_world_is_the_same_twice(setting, world):
    again = world_of(
        sample_of(simulated(setting.parameters, setting.config), setting.config),
        setting.config,
        setting.bins,
    )
    for name, table in world.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table, check_exact=True)
