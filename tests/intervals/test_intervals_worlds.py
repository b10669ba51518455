"""Worlds of a tiny district: answers, headline numbers, changed choices, delivered gains."""

import numpy as np
import pandas as pd
import pytest
from intervals_cases import ROOT, tiny_setting

from welfare_added.claims.document import read as read_claims
from welfare_added.intervals import choice_effects, claimed_delivered, worlds
from welfare_added.intervals.one_world import sample_of, simulated, world_of
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
    taken, slots = plan["w001"].to_numpy(), world.slots
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
        & (table["weight"] == UTILITARIAN)
    ]
    assert row["gain_mean"].item() == pytest.approx(np.mean(gains), abs=1e-9)


def test_every_prediction_is_answered(setting, document, world):
    answers = worlds.answers_of(document, world.tables, setting.config)
    predictions = {claim.id for claim in document.claims if claim.kind == "prediction"}
    answered = set(answers.loc[answers["kind"] == "prediction", "name"])
    assert predictions - answered == set()
    values = answers.set_index(["name", "end"])["value"]
    row = world.tables["welfare/subjects.csv"].query("scope == 'district' and weight_ela == 0")
    assert values["math_only_ela_district", ""] == pytest.approx(row["gain_ela"].item())


def test_a_claim_of_a_table_that_worlds_do_not_make_has_no_row(setting, document, world):
    few = {name: table for name, table in world.tables.items() if name != "welfare/gaps.csv"}
    names = set(worlds.answers_of(document, few, setting.config)["name"])
    assert "gap_weight_ela" not in names and "earnings_best" in names


def test_the_second_reading_draws_and_searches(setting, document, monkeypatch):
    """The search starts from the drawn parameters, on the world's seed; its result is used."""
    seen = {}

    def searched(own, parameters, config):
        seen.update(parameters=parameters, config=config)
        return parameters

    monkeypatch.setattr(worlds, "searched", searched)
    table = worlds.world_answers(setting, document, "searched", 4)
    drawn = worlds.drawn_values(setting.declared, 4)
    assert seen["config"]["district"]["seed"] == worlds.seed_of(setting.declared, 4)
    path = "parameters.classes.size_on_achievement"
    assert seen["parameters"]["classes"]["size_on_achievement"] == drawn[path]
    assert seen["config"]["allocation"]["ends"] == drawn["config.allocation.ends"]
    kept = table[table["kind"] == "drawn"].set_index("name")["value"]
    assert kept.to_dict() == {name: str(value) for name, value in drawn.items()}


def test_choices_change_what_they_name(setting, monkeypatch):
    """Counts of tested students change dollars and not the sample; worlds are searched if asked."""
    searches = []
    monkeypatch.setattr(
        choice_effects, "searched", lambda own, start, config: searches.append(config) or start
    )
    table = choice_effects.headlines_by_choice(setting, 1)
    wide = table.pivot(index="choice", columns="headline", values="value")
    assert set(wide.index) == {"default", *(one.name for one in setting.declared.choices)}
    asked = sum(one.searched for one in setting.declared.choices)
    assert len(searches) == 1 + asked
    assert wide.loc["counts", "bonus"] > wide.loc["default", "bonus"]
    same = wide.loc["ends"] - wide.loc["default"]
    assert same.abs().max() == 0  # ends are weights 0 and 1, headline numbers at 0.5
    moved = (wide.loc[["lower", "joint", "within_all"]] - wide.loc["default"]).abs()
    assert (moved["math_district"] > 0).all()


def test_estimates_claim_more_than_they_deliver(setting, monkeypatch):
    monkeypatch.setattr(claimed_delivered, "searched", lambda own, start, config: start)
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
