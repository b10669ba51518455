"""The synthetic district: equal seeds give equal tables, and the tables are what they claim."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from raw_layouts import LAYOUT

from welfare_added.calibration.evaluate import in_memory
from welfare_added.district import parameters
from welfare_added.district.sample import analysis_sample
from welfare_added.district.synthetic import synthesise
from welfare_added.district.synthetic_effects import draw_effects, innovation_covariance
from welfare_added.district.synthetic_schools import draw_schools
from welfare_added.district.synthetic_students import seat
from welfare_added.district.synthetic_teachers import draw_careers
from welfare_added.district.tables import read_district
from welfare_added.run.writing import write_csv

YEARS, GRADES = (2003, 2013), (3, 4, 5)
PARAMETERS = Path(__file__).parents[2] / "workflow/papers/eastmond_2024/calibration/parameters.yaml"


@pytest.fixture(scope="module")
def chosen():
    return parameters.load(PARAMETERS)


@pytest.fixture(scope="module")
def tiny(chosen):
    return synthesise(chosen, size="tiny", seed=7, years=YEARS, grades=GRADES)


def test_equal_seeds_give_equal_tables_and_others_do_not(chosen, tiny):
    again = synthesise(chosen, size="tiny", seed=7, years=YEARS, grades=GRADES)
    other = synthesise(chosen, size="tiny", seed=8, years=YEARS, grades=GRADES)
    for name, table in tiny.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name])
    pd.testing.assert_frame_equal(tiny.truth, again.truth)
    assert not tiny.truth["true_lower"].equals(other.truth["true_lower"])


def test_the_tables_pass_the_checks_of_a_users_own_and_read_the_same(tiny, tmp_path):
    for name, table in tiny.tables.items():
        write_csv(table, tmp_path / f"{name}.csv")
    from_files = analysis_sample(read_district(tmp_path, LAYOUT), YEARS, GRADES)
    directly = analysis_sample(in_memory(tiny), YEARS, GRADES)
    pd.testing.assert_frame_equal(from_files.students, directly.students, check_dtype=False)


def test_lags_are_derived_never_shipped(tiny):
    columns = {column for table in tiny.tables.values() for column in table.columns}
    assert not [column for column in columns if "lag" in column or "true" in column]
    assert tiny.tables["enrolments"]["grade"].min() == 2
    assert tiny.tables["enrolments"]["year"].min() == 2002


def test_no_class_holds_more_students_than_its_seats(tiny):
    linked = tiny.tables["enrolments"].dropna(subset="class_id")
    classes = tiny.tables["classes"].set_index("class_id")
    assert (linked["school_id"].to_numpy() == classes.loc[linked["class_id"], "school_id"]).all()
    assert (linked["grade"].to_numpy() == classes.loc[linked["class_id"], "grade"]).all()
    assert not linked.duplicated(["student_id", "year"]).any()
    assert set(linked["class_id"]) == set(classes.index)


def test_an_unknown_size_is_refused(chosen):
    with pytest.raises(
        ValueError, match=r"district.size is 'huge'; choose one of full, small, tiny"
    ):
        synthesise(chosen, size="huge", seed=1, years=YEARS, grades=GRADES)


def test_careers_have_the_lengths_asked_for_and_a_steady_load(chosen):
    seen = draw_careers(1816, 11, chosen.teachers, np.random.default_rng(3))
    counts = np.bincount(seen.sum(axis=1), minlength=12)[1:] / 1816
    wanted = np.array([chosen.teachers.years_observed[k] for k in range(1, 12)])
    assert np.abs(counts - wanted / wanted.sum()).max() < 1 / 1816
    load = seen.sum(axis=0)
    assert load.max() / load.min() < 1.02


@pytest.fixture(scope="module")
def effects(chosen):
    rng = np.random.default_rng(5)
    teachers = 3000
    classes = pd.DataFrame(
        {
            "teacher": np.arange(teachers),
            "school": rng.integers(0, 50, teachers),
            "expected_seats": rng.normal(24, 5, teachers),
            "fragment": False,
        }
    )
    standing = rng.standard_normal(50)
    return classes, standing, draw_effects(classes, standing, 11, chosen.effects, rng)


def test_sorting_is_exactly_what_the_parameters_say(chosen, effects):
    classes, standing, made = effects
    drawn = made.total(0.0)
    size = classes["expected_seats"].to_numpy() / 25
    x = np.column_stack([np.ones(len(size)), standing[classes["school"]], size])
    for year in (0, 10):
        slopes = np.linalg.lstsq(x, drawn[:, year], rcond=None)[0][1:]
        for k, name in enumerate(parameters.DIMENSIONS):
            assert slopes[0, k] == pytest.approx(chosen.effects.sorting_on_achievement[name])
            assert slopes[1, k] == pytest.approx(chosen.effects.sorting_on_size[name])


def test_effects_drift_as_the_parameters_say(chosen, effects):
    drawn = effects[2].total(0.0)
    for k, name in enumerate(parameters.DIMENSIONS):
        found = np.corrcoef(drawn[:, 4, k], drawn[:, 5, k])[0, 1]
        sorted_part = 0.03
        assert found == pytest.approx(chosen.effects.drift[name], abs=sorted_part)


def test_drifts_that_belong_to_no_process_are_refused(chosen):
    drift = dict(chosen.effects.drift, ela_lower=0.1)
    apart = parameters.EffectParameters(**{**vars(chosen.effects), "drift": drift})
    with pytest.raises(ValueError, match="too far apart for its correlations: bring them closer"):
        innovation_covariance(apart)


def test_tracking_parts_students_by_score_into_classes_in_order(chosen):
    rng = np.random.default_rng(0)
    score = rng.standard_normal((60, 2))
    students = SimpleNamespace(
        school=np.zeros(60, int), grade=np.full(60, 3), score=score, id=np.arange(60)
    )
    classes = pd.DataFrame({"school": [0, 0], "grade": [3, 3], "seats": [30, 20]})
    how = replace(chosen.students, tracking=1.0, tracking_range=0.0, tracking_on_ela=0.75)
    schools = draw_schools("tiny", 11, chosen.schools, rng)
    for order, lowest in (([1.0, 2.0], 0), ([2.0, 1.0], 1)):
        sorted_in = seat(students, classes, np.array(order), schools, how, rng)
        assert np.bincount(sorted_in + 1).tolist() == [10, 30, 20]
        past = score @ [0.75, 0.25]
        assert past[sorted_in == lowest].max() < past[sorted_in == 1 - lowest].min()


def test_schools_differ_in_tracking_as_their_range_says(chosen):
    rng = np.random.default_rng(4)
    schools = draw_schools("small", 11, chosen.schools, rng)
    pupils, number = 200, len(schools.share)
    students = SimpleNamespace(
        school=np.repeat(np.arange(number), pupils),
        grade=np.full(number * pupils, 3),
        score=np.repeat(rng.standard_normal((number * pupils, 1)), 2, axis=1),
    )
    classes = pd.DataFrame({"school": np.repeat(np.arange(number), 2), "grade": 3, "seats": 100})
    how = replace(chosen.students, tracking=0.4, tracking_range=1.0)
    row = seat(students, classes, np.tile([0.0, 1.0], number), schools, how, rng)
    means = pd.Series(students.score[:, 0]).groupby(row).mean().to_numpy().reshape(number, 2)
    parted = means[:, 1] - means[:, 0]
    assert np.corrcoef(parted, schools.tracking)[0, 1] > 0.9
    # The school at the lower end parts by chance alone: an error of 2 / sqrt(200)
    assert abs(parted[schools.tracking.argmin()]) < 0.5 and parted.max() > 1.2
