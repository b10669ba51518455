"""The synthetic state: what is planted is there, tables agree, and seeds decide everything."""

import numpy as np
import pandas as pd
import pytest
from small_world import PARAMETERS, YEARS, changed, records, state

from welfare_added.market.synthetic_schools import draw_schools
from welfare_added.market.synthetic_state import synthesise_state
from welfare_added.market.synthetic_teachers import draw_value_added, experience_effect
from welfare_added.run.errors import UserError


def of_seed(seed):
    return synthesise_state(PARAMETERS, size="tiny", seed=seed, years=YEARS)


def test_a_seed_decides_everything():
    again, other = of_seed(1), of_seed(2)
    for name, table in state().tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)
    pd.testing.assert_frame_equal(again.truth["teachers"], state().truth["teachers"])
    assert not other.tables["enrolments"]["math_score"].equals(
        state().tables["enrolments"]["math_score"]
    )


def test_an_unknown_size_is_named():
    with pytest.raises(
        UserError, match=r"district\.size is .huge.; choose one of full, small, tiny"
    ):
        synthesise_state(PARAMETERS, size="huge", seed=1, years=YEARS)


def test_tables_agree_with_each_other():
    enrolments, classes = state().tables["enrolments"], state().tables["classes"]
    keys = ["class_id", "year"]
    assert not classes.duplicated(keys).any()
    assert not enrolments.duplicated(["student_id", "year"]).any()
    linked = enrolments[enrolments["class_id"].notna()]
    merged = linked.merge(classes, on=keys, how="left", suffixes=("", "_class"))
    assert len(merged) == len(linked) and merged["teacher_id"].notna().all()
    for name in ("grade", "school_id"):
        assert (merged[name] == merged[f"{name}_class"]).all()
    assert classes["teacher_id"].isin(state().tables["teachers"]["teacher_id"]).all()
    assert not classes.duplicated(["teacher_id", "year"]).any()
    assert set(enrolments["year"]) == set(range(YEARS[0] - 1, YEARS[1] + 1))


def test_students_move_up_a_grade_in_their_school():
    rows = state().tables["enrolments"]
    later = rows.assign(year=rows["year"] - 1)
    both = rows.merge(later, on=["student_id", "year"], suffixes=("", "_later"))
    assert (both["grade_later"] == both["grade"] + 1).all()
    for name in ("school_id", "economically_disadvantaged", "ethnicity", "gender"):
        assert (both[name] == both[f"{name}_later"]).all()
    going_on = rows[(rows["grade"] < 5) & (rows["year"] < YEARS[1])]
    share = len(both) / len(going_on)
    assert share == pytest.approx(1 - PARAMETERS["students"]["newcomers"], abs=0.005)


def test_scores_have_the_scales_spread_and_some_are_missing():
    rows = state().tables["enrolments"]
    taught = rows[rows["class_id"].notna()]
    spread = taught.groupby(["year", "grade"])["math_score"].std()
    assert spread.between(47.5, 52.5).all()
    untested = PARAMETERS["students"]["untested"]
    assert rows["math_score"].isna().mean() == pytest.approx(untested, abs=0.002)


def test_value_added_has_its_moments():
    planted = PARAMETERS["value_added"]
    rng = np.random.default_rng(0)
    values = draw_value_added(rng.standard_normal(60_000), 4, planted, rng)
    for year in range(4):
        np.testing.assert_allclose(values[:, year].std(axis=0), planted["sd"], rtol=0.01)
        correlation = np.corrcoef(values[:, year].T)[0, 1]
        assert correlation == pytest.approx(planted["correlation"], abs=0.005)
    for kind in (0, 1):
        lags = np.corrcoef(values[:, :, kind].T)[0]
        np.testing.assert_allclose(lags, planted["drift"] ** np.arange(4), atol=0.01)
    across = np.corrcoef(values[:, 0, 0], values[:, 1, 1])[0, 1]
    assert across == pytest.approx(planted["correlation"] * planted["drift"], abs=0.01)


def test_experience_is_flat_after_the_last_value():
    profile = [0.0, 0.1, 0.15]
    assert experience_effect(np.array([0, 1, 2, 3, 40]), profile).tolist() == [
        0,
        0.1,
        0.15,
        0.15,
        0.15,
    ]


def test_classes_gain_what_their_teachers_add():
    """Gains of a class's students of one type move one for one with true value added."""
    truth = state().truth["teachers"]
    students = records().students.merge(truth, on=["teacher_id", "year"], validate="m:1")
    added = np.where(students["type"] == 1, students["mu_1"], students["mu_0"])
    added = added + students["experience_effect"]
    school = state().truth["schools"].set_index("school_id")["effect"]
    school = students["school_id"].map(school)
    fixed = pd.get_dummies(students[["type", "ethnicity", "gender"]].astype(str), dtype=float)
    columns = [added, school, students["lagged_score"], *fixed.to_numpy().T]
    found = np.linalg.lstsq(np.column_stack(columns), students["score"], rcond=None)[0]
    assert found[0] == pytest.approx(1, abs=0.04)
    assert found[1] == pytest.approx(1, abs=0.15)
    assert found[2] == pytest.approx(PARAMETERS["students"]["persistence"], abs=0.02)


@pytest.mark.parametrize("size", ["full", "small"])
def test_schools_have_the_published_shares(size):
    number, planted = PARAMETERS["sizes"][size], PARAMETERS["schools"]
    schools = draw_schools(number, planted, np.random.default_rng(3))
    own = schools.in_market
    assert own.sum() == number["market_schools"] and not own[number["market_schools"] :].any()
    assert len(np.unique(schools.district)) == number["districts"]
    for mask in (own, ~own):
        everyone = (schools.disadvantaged[mask] == 1).mean()
        assert everyone == pytest.approx(planted["all_disadvantaged"], abs=0.5 / mask.sum())
    students = schools.classes * schools.class_size
    share = np.average(schools.disadvantaged, weights=students)
    assert share == pytest.approx(0.524, abs=0.02)
    slope = np.polyfit(schools.disadvantaged, schools.class_size, 1)[0]
    assert slope == pytest.approx(planted["class_size"]["on_disadvantage"], abs=1.3)
    total = schools.black + schools.hispanic + schools.asian
    assert (total <= 0.97 + 1e-9).all() and (schools.black >= 0).all()


def test_poor_schools_lie_nearer_to_the_centre_if_so_planted():
    def radius(schools):
        own = schools.in_market
        north = schools.latitude[own] - PARAMETERS["schools"]["centre"]["latitude"]
        east = schools.longitude[own] - PARAMETERS["schools"]["centre"]["longitude"]
        return np.corrcoef(np.hypot(north, 0.82 * east), schools.disadvantaged[own])[0, 1]

    number = PARAMETERS["sizes"]["full"]
    near, far = (
        draw_schools(
            number, {**PARAMETERS["schools"], "central_disadvantage": one}, np.random.default_rng(0)
        )
        for one in (0.9, 0.0)
    )
    assert radius(near) < -0.6 < radius(far)


def test_more_teachers_leave_where_that_is_planted():
    settled = changed(teachers={"leave": {"level": 0.05, "on_disadvantage": 0.0}})
    calm = synthesise_state(settled, size="tiny", seed=1, years=YEARS).tables["classes"]
    usual = state().tables["classes"]
    assert calm["teacher_id"].nunique() < 0.6 * usual["teacher_id"].nunique()


def test_sorting_ties_entrants_to_poor_schools():
    planted = changed(value_added={"sorting": 0.9})
    made = synthesise_state(planted, size="tiny", seed=1, years=YEARS)
    first = made.tables["classes"].drop_duplicates("teacher_id")
    share = made.tables["enrolments"].groupby("school_id")["economically_disadvantaged"].mean()
    truth = made.truth["teachers"].drop_duplicates("teacher_id").set_index("teacher_id")
    poverty = first["school_id"].map(share).to_numpy()
    added = truth.loc[first["teacher_id"], ["mu_0", "mu_1"]].mean(axis=1).to_numpy()
    assert np.corrcoef(poverty, added)[0, 1] > 0.5
    plain = state().truth["teachers"].drop_duplicates("teacher_id").set_index("teacher_id")
    own = state().tables["classes"].drop_duplicates("teacher_id")
    added = plain.loc[own["teacher_id"], ["mu_0", "mu_1"]].mean(axis=1).to_numpy()
    share = state().tables["enrolments"].groupby("school_id")["economically_disadvantaged"].mean()
    assert abs(np.corrcoef(own["school_id"].map(share), added)[0, 1]) < 0.15


@pytest.mark.parametrize(("weight", "low", "high"), [(0.0, -0.1, 0.1), (0.9, -0.6, -0.15)])
def test_senior_teachers_move_to_less_poor_schools_if_so_planted(weight, low, high):
    planted = changed(
        teachers={"away": weight, "move": 0.4, "leave": {"level": 0.2, "on_disadvantage": 0.0}}
    )
    made = synthesise_state(planted, size="tiny", seed=1, years=YEARS).tables
    classes = made["classes"].merge(made["teachers"][["teacher_id", "first_year"]])
    share = made["enrolments"].groupby("school_id")["economically_disadvantaged"].mean()
    late = classes[classes["year"] == YEARS[1]]
    seniority = late["year"] - late["first_year"]
    assert low < np.corrcoef(seniority, late["school_id"].map(share))[0, 1] < high


def test_a_grades_classes_are_of_even_size_and_drawn_by_lot():
    rows = state().tables["enrolments"]
    rows = rows[rows["class_id"].notna()]
    sizes = rows.groupby(["school_id", "year", "grade", "class_id"]).size()
    of_grade = sizes.groupby(["school_id", "year", "grade"])
    assert (of_grade.max() - of_grade.min() <= 1).all() and (of_grade.size() >= 2).all()
    share = rows.groupby(["school_id", "year", "grade", "class_id"])["economically_disadvantaged"]
    means = share.mean()
    within = means - means.groupby(["school_id", "year", "grade"]).transform("mean")
    assert within[means.between(0.2, 0.8)].std() == pytest.approx(0.1, abs=0.03)
