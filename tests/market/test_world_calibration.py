"""The calibration: parameters as printed, and every printed number compared or excused."""

import copy

import numpy as np
import pytest
from small_world import CHOICES, PAPER, PARAMETERS, STUDIED, platform_world, records, start, state

from welfare_added.market.calibration_files import made_of
from welfare_added.market.calibration_table import NOISE, calibration_table, lines_within
from welfare_added.market.platform import platform
from welfare_added.market.platform_tables import platform_tables
from welfare_added.run.choices import read_yaml

INPUTS = read_yaml(PAPER / "calibration/inputs.yaml")


def tables() -> dict:
    truth, made = platform_world().truth, platform(start(), CHOICES)
    return {
        **platform_tables(made, records().teachers, records().schools),
        "teachers": records().teachers,
        "schools": records().schools,
        "applicants": made.applicants,
        "positions": made.positions,
        "true_teachers": state().truth["teachers"],
        "true_preferences": truth["teachers_preferences"],
    }


@pytest.fixture(scope="module")
def made():
    return made_of(tables(), PARAMETERS, STUDIED)


@pytest.fixture(scope="module")
def table(made):
    return calibration_table(INPUTS, made).set_index("quantity")


def test_preferences_are_planted_as_printed():
    printed = INPUTS["teacher_preferences"]
    for name, value in PARAMETERS["teachers_preferences"].items():
        if name.startswith("mean_"):
            estimate, error = printed["means"][name.removeprefix("mean_")]
            assert value == estimate and abs(estimate) > 2 * error
        elif name not in ("race_missing", "gender_missing", "experience_missing"):
            assert value == printed[name][0], name
    strong = [f"mean_{n}" for n, (one, se) in printed["means"].items() if abs(one) > 2 * se]
    assert set(strong) <= set(PARAMETERS["teachers_preferences"])
    assert set(printed) - set(PARAMETERS["teachers_preferences"]) == {"constant", "means"}
    printed = INPUTS["principal_preferences"]
    for name, value in PARAMETERS["principals_preferences"].items():
        assert value == printed[name][0], name
    assert set(printed) - set(PARAMETERS["principals_preferences"]) == {"constant"}


def test_shares_are_those_of_the_inputs():
    counts, outcomes = INPUTS["counts"], INPUTS["outcomes"]
    share = INPUTS["applicants"]["share_of_applications_with_value_added"]
    assert PARAMETERS["applications_with_value_added"] == share
    for name, number in outcomes.items():
        if name != "none":
            assert PARAMETERS["outcomes"][name] == pytest.approx(
                number / counts["applications"], rel=2e-3
            )
    full = PARAMETERS["sizes"]["full"]
    assert (full["positions"], full["studied"]) == (counts["positions"], 296)
    assert full["market_schools"] == counts["schools_that_post"]
    timing = INPUTS["timing"]
    months = np.array(timing["vacancies"]) / sum(timing["vacancies"])
    np.testing.assert_allclose(PARAMETERS["vacancies"]["months"], months, atol=6e-4)
    assert PARAMETERS["vacancies"]["title1"] == timing["vacancy_share_title1"]
    planted = PARAMETERS["value_added"]
    assert np.mean(planted["sd"]) == pytest.approx(INPUTS["value_added"]["sd"])
    assert planted["correlation"] == INPUTS["value_added"]["correlation"]


def test_every_printed_number_is_compared_or_excused(table):
    excused = table[table["reason"] != ""]
    assert (
        excused["achieved"].isna().all() and table[table["reason"] == ""]["achieved"].notna().all()
    )
    assert (table["source"] != "").all() and len(table) > 180
    noise = [name for name in excused.index if excused.loc[name, "reason"] == NOISE]
    assert len(noise) == 11 and all(".means." in name for name in noise)
    assert set(excused.index) - set(noise) == {
        "counts.simulation_runs",
        "counts.draws_of_random_coefficients",
        "teacher_preferences.constant",
        "principal_preferences.constant",
    }


def test_lines_say_what_was_made(made, table):
    achieved = table["achieved"]
    assert achieved["counts.positions"] == 300
    assert achieved["counts.pairs_in_choice_sets"] == len(platform(start(), CHOICES).pairs)
    assert achieved["counts.market_2016.positions"] == 49
    assert table.loc["timing.vacancies.june", "ratio"] * 502 == pytest.approx(
        achieved["timing.vacancies.june"]
    )
    ever = records().teachers.groupby("teacher_id").size()
    assert achieved["counts.value_added_teacher_years"] == (ever - 1).sum()
    assert achieved["teacher_preferences.commute"] == -0.073
    assert achieved["teacher_preferences.means.commute"] == 0.032
    assert table.loc["principal_preferences.black", "ratio"] == 1
    assert np.isnan(table.loc["timing.median_wait_days.stock", "ratio"])
    stop = made.tables["stock_flow"].set_index(["panel", "statistic"])["value"]["stop"]
    for name, month in (("april_or_before", "april"), ("june", "june")):
        line = achieved[f"timing.last_application_share.{name}"]
        assert line == pytest.approx(stop[month], abs=1e-8)
    assert achieved["value_added.correlation"] == pytest.approx(0.86, abs=0.02)


def test_shares_of_the_tiny_world_are_near_the_printed_ones(table):
    for name, apart in {
        "schools.title1_share_of_vacancies": 0.2,
        "schools.share_students_not_disadvantaged": 0.1,
        "value_added.sd": 0.05,
        "applicants.share_of_applications_with_value_added": 0.15,
        "timing.application_share_title1.june": 0.25,
    }.items():
        assert table.loc[name, "ratio"] == pytest.approx(1, abs=apart), name


def test_lines_within_a_share(table):
    near, lines = lines_within(table, 1e-6)
    assert lines == table["ratio"].notna().sum() and near >= 60  # preferences alone are more
    assert lines_within(table, 1e9) == (lines, lines)


def test_a_number_without_an_answer_is_refused(made):
    inputs = copy.deepcopy(INPUTS)
    inputs["counts"]["principals"] = 121
    with pytest.raises(ValueError, match=r"nothing to compare with counts\.principals"):
        calibration_table(inputs, made)
