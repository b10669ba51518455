"""Spoiled exports are refused or shown as a warning; nothing that moves an estimate is silent."""

import re
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from honest_district import GRADES, YEARS, honest_district
from raw_layouts import LAYOUT
from spoiled_exports import HARMLESS, REFUSED, SPOILED

from welfare_added.district import parameters
from welfare_added.district.checks import check_coverage
from welfare_added.district.improbable import (
    CHECKS,
    ImprobableError,
    read_warnings,
    refuse_unconfirmed,
)
from welfare_added.district.plausibility import (
    BY_KEY,
    checked_sample,
    improbable,
    studied_rows,
)
from welfare_added.district.problems import DistrictError
from welfare_added.district.sample import analysis_sample
from welfare_added.district.synthetic import synthesise
from welfare_added.district.table_files import TableFiles
from welfare_added.district.tables import district_of
from welfare_added.district.values import RawTables, check_values
from welfare_added.district.years import lag_years
from welfare_added.run.choices import read_config, read_yaml
from welfare_added.run.writing import as_json
from welfare_added.value_added.choices import estimation
from welfare_added.value_added.estimate import estimate_value_added
from welfare_added.value_added.student_variables import as_batches

ROOT = Path(__file__).parents[2]
PARAMETERS = ROOT / "workflow/papers/eastmond_2024/calibration/parameters.yaml"
NOTHING = dict.fromkeys(CHECKS, False)


@pytest.fixture(scope="module")
def honest():
    return honest_district()


@pytest.fixture(scope="module")
def estimates(honest):
    return estimated(sample_of(honest))


def raw_of(tables) -> RawTables:
    files = {name: TableFiles.of(f"{name}.csv") for name in tables}
    lacking = {
        name: [column for column in LAYOUT.tables[name].optional_columns if column not in table]
        for name, table in tables.items()
    }
    raw = RawTables(tables, LAYOUT, files, lacking)
    check_values(raw)
    return raw


def warnings_of(tables, keys=CHECKS):
    """Warnings of the tables by the checks of some keys; raises DistrictError if refused."""
    raw = raw_of(tables)
    enrolments = district_of(raw).enrolments
    check_coverage(enrolments, raw.files["enrolments"], lag_years(YEARS, "last_year"), GRADES)
    studied = studied_rows(raw, YEARS, GRADES)
    return [one for key in keys for check in BY_KEY[key] for one in check(studied)]


def sample_of(tables) -> pd.DataFrame:
    return analysis_sample(district_of(raw_of(tables)), YEARS, GRADES).students


def estimated(students) -> pd.DataFrame:
    choices = estimation(read_config(ROOT)["value_added"]) | {"drift_limit": 7}
    return estimate_value_added(as_batches(students), **choices).estimates


def test_an_honest_district_has_no_warning(honest):
    assert warnings_of(honest) == []


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_export_is_refused_or_shown(name, honest):
    spoil, check, said = SPOILED[name]
    tables = spoil(dict(honest))
    try:
        warnings = warnings_of(tables, [one for one in check.split("|") if one != REFUSED])
        found, text = {one.check for one in warnings}, "\n".join(map(str, warnings))
    except DistrictError as error:
        assert REFUSED in check, error
        assert said in str(error), error
        return
    assert found & set(check.split("|")), (found, text)
    assert said in text, text
    for one in warnings:
        assert one.remedy and f"district.confirmed.{one.check}: true in config.yaml" in str(one)
    persons = {*honest["enrolments"]["student_id"], *honest["teachers"]["teacher_id"]}
    assert not persons & set(re.findall(r"[\w.-]+", text)), text


def test_there_are_eighty_spoiled_exports_and_every_check_finds_one():
    assert len(SPOILED) >= 80
    assert set(CHECKS) <= {one for _, check, _ in SPOILED.values() for one in check.split("|")}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_passes_in_silence_moves_no_estimate_by_a_hundredth_of_its_sd(name, honest, estimates):
    tables = HARMLESS[name](dict(honest))
    assert warnings_of(tables) == []
    students = sample_of(tables)
    if not students.equals(sample_of(honest)):  # else the estimates are the same
        assert moved(estimates, estimated(students)) < 0.01


def moved(before: pd.DataFrame, after: pd.DataFrame, *, same_rows: bool = True) -> float:
    """Largest change of an estimate, in standard deviations of that estimate by subject."""
    place = ["subject", "teacher_id", "year", "grade", "school_id"]
    if set(after["teacher_id"].str[0]) == {"T"}:
        after = after.assign(teacher_id=after["teacher_id"].str[1:])
    both = before.merge(after, on=place, suffixes=("", "_after"), how="outer", indicator=True)
    if same_rows:
        assert (both["_merge"] == "both").all()
    largest = 0.0
    for _, subject in both.groupby("subject"):
        for name in ("va_standard", "va_lower", "va_higher"):
            change = (subject[f"{name}_after"] - subject[name]).abs().max()
            largest = max(largest, change / subject[name].std())
    return largest


@pytest.mark.parametrize(
    "name", ["0 in one year alone", "half the schools on another scale in a year"]
)
def test_what_is_shown_does_move_estimates(name, honest, estimates):
    spoiled = estimated(sample_of(SPOILED[name][0](dict(honest))))
    assert moved(estimates, spoiled, same_rows=False) > 0.1


def test_all_checks_together_are_those_of_the_keys(honest):
    tables = SPOILED["sign reversed in a year"][0](dict(honest))
    found = improbable(studied_rows(raw_of(tables), YEARS, GRADES))
    assert found == warnings_of(tables)
    assert {one.check for one in found} == {"score_resemblance", "score_scale"}
    assert list(BY_KEY) == list(CHECKS)


def test_a_ceiling_is_confirmed_away_and_nothing_else_with_it(honest):
    tables = SPOILED["ceiling: 70% have the top score"][0](dict(honest))
    warnings = warnings_of(tables)
    assert {one.check for one in warnings} == {"score_ceiling"}
    with pytest.raises(ImprobableError, match="score_ceiling: true in config"):
        refuse_unconfirmed(warnings, NOTHING)
    refuse_unconfirmed(warnings, NOTHING | {"score_ceiling": True})
    tables = SPOILED["TBA for an unknown teacher"][0](tables)
    with pytest.raises(ImprobableError) as caught:
        refuse_unconfirmed(warnings_of(tables), NOTHING | {"score_ceiling": True})
    assert {one.check for one in caught.value.problems} == {"placeholder_teachers"}


def test_what_is_confirmed_is_logged(honest, caplog):
    warnings = warnings_of(SPOILED["TBA for an unknown teacher"][0](dict(honest)))
    refuse_unconfirmed(warnings, NOTHING | {"placeholder_teachers": True})
    assert "confirmed by district.confirmed.placeholder_teachers: classes.csv" in caplog.text


def test_warnings_are_read_back_as_they_were_written(honest, tmp_path):
    warnings = warnings_of(SPOILED["sign reversed in a year"][0](dict(honest)))
    (tmp_path / "w.json").write_text(as_json([asdict(one) for one in warnings]))
    assert read_warnings(tmp_path / "w.json") == warnings and warnings


def test_where_there_is_no_sample_the_warnings_explain_it(honest):
    tables = SPOILED["ids of each year alone"][0](dict(honest))
    with pytest.raises(DistrictError) as caught:
        checked_sample(raw_of(tables), years=YEARS, grades=GRADES)
    assert "meets all conditions of the sample" in str(caught.value)
    assert "too few students of a year are found again in the next" in str(caught.value)


def test_the_keys_of_the_config_are_the_checks():
    folder = ROOT / "workflow/papers/eastmond_2024"
    schema = read_yaml(folder / "config.schema.json")["properties"]["district"]["properties"]
    assert read_yaml(folder / "config.yaml")["district"]["confirmed"] == NOTHING
    assert list(schema["confirmed"]["properties"]) == list(CHECKS)
    assert schema["confirmed"]["required"] == list(CHECKS)
    assert not schema["confirmed"]["additionalProperties"]


SYNTHETIC = [("tiny", 20240115), ("tiny", 3), ("small", 20240115)]


@pytest.mark.parametrize(
    ("size", "seed"), [*SYNTHETIC, pytest.param("full", 20240115, marks=pytest.mark.slow)]
)
def test_the_synthetic_district_has_no_warning(size, seed):
    made = synthesise(
        parameters.load(PARAMETERS), size=size, seed=seed, years=(2003, 2013), grades=(3, 4, 5)
    )
    tables = {name: typed(table, name) for name, table in made.tables.items()}
    assert improbable(studied_rows(raw_of(tables), (2003, 2013), (3, 4, 5))) == []


def typed(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Numbers as they are read from a file."""
    columns = LAYOUT.tables[name].columns.items()
    numbers = [n for n, c in columns if c.type in ("number", "flag") and n in table]
    return table.astype(dict.fromkeys(numbers, float))


def test_a_district_of_a_few_students_is_checked_without_error(raw):
    tables = {name: typed(table, name) for name, table in raw.items()}
    sample, _, warnings = checked_sample(raw_of(tables), years=(2003, 2003), grades=(3,))
    assert warnings == [] and len(sample.students) == 7


@pytest.mark.parametrize("share", [0.0005, 0.005, 0.03])
def test_a_few_rows_of_a_district_are_checked_without_error(share, honest):
    rng = np.random.default_rng(3)
    rows = honest["enrolments"]
    tables = honest | {"enrolments": rows[rng.random(len(rows)) < share].reset_index(drop=True)}
    improbable(studied_rows(raw_of(tables), YEARS, GRADES))
