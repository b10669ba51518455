"""Value added on two types from students' scores: planted truth, past years alone, order of rows."""

from dataclasses import replace

import numpy as np
import pandas as pd
import planted_types
import pyarrow as pa
import pytest
from planted_types import CHOICES, Truth, planted, table

from welfare_added.run.errors import UserError
from welfare_added.value_added.two_types import estimate_two_types

WORLDS = 8


def estimate(world, **more):
    return estimate_two_types(table(world), world.teachers, **{**CHOICES, **more})


@pytest.fixture(scope="module")
def world():
    return planted(1, teachers=300, schools=15)


@pytest.fixture(scope="module")
def found(world):
    return estimate(world)


def slope(x, y):
    x = x - x.mean()
    return x @ y / (x @ x)


@pytest.fixture(scope="module")
def many():
    """Estimates of several worlds with few schools, whose effects are therefore well known."""
    worlds = [planted(50 + w, teachers=700, schools=12) for w in range(WORLDS)]
    return [(world, estimate(world, draws=40)) for world in worlds]


def test_planted_parameters_are_recovered(many):
    tables = [found.structure.set_index("parameter") for _, found in many]
    planted_values = {"sd_0": 0.24, "sd_1": 0.24, "correlation": 0.86, "student_sd_0": 0.5}
    planted_values |= {"likelihood_correlation": 0.86, "likelihood_sd_0": 0.24}
    for name, truth in planted_values.items():
        values = np.array([one.loc[name, "estimate"] for one in tables])
        error = values.std(ddof=1) / np.sqrt(WORLDS)
        assert abs(values.mean() - truth) < 4 * error + 0.003, (name, values.mean(), error)
        assert error < 0.02
    inside = np.mean(
        [
            one.loc[name, "low"] < truth < one.loc[name, "high"]
            for one in tables
            for name, truth in (("sd_0", 0.24), ("sd_1", 0.24), ("correlation", 0.86))
        ]
    )
    assert inside >= 0.75
    assert all(one.loc["likelihood_ratio_p", "estimate"] < 1e-4 for one in tables)


def test_planted_experience_and_schools_are_recovered(many):
    profile = np.array(Truth().profile)
    scores = []
    for world, found in many:
        bins = found.experience.iloc[1:6]
        scores.append((bins["estimate"] - profile[1:]) / bins["standard_error"])
        schools = found.schools
        planted_effects = world.schools[schools["school_id"].str[1:].astype(int)]
        planted_effects = planted_effects - np.average(planted_effects, weights=schools["students"])
        assert np.corrcoef(schools["effect"], planted_effects)[0, 1] > 0.9
        assert abs(np.average(schools["effect"], weights=schools["students"])) < 1e-7
    # errors of 8 worlds and 5 bins in units of their standard errors, which share teachers
    assert 0.5 < np.std(scores) < 1.6
    assert abs(np.mean(scores)) < 1.0


def test_forecasts_are_unbiased(many):
    realised, planted_slopes, difference = [], [], []
    for world, found in many:
        rows = found.teacher_years.dropna(subset=["forecast"])
        realised.append(slope(rows["forecast"], rows["mean_residual"]))
        both = rows.dropna(subset=["mean_0", "mean_1"])
        difference.append(slope(both["mu_1"] - both["mu_0"], both["mean_1"] - both["mean_0"]))
        effects = found.forecasts.merge(world.effects, on=["teacher_id", "year"])
        planted_slopes.append(slope(effects["mu_0"], effects["effect_0"]))
    for slopes, allowed in ((realised, 0.02), (difference, 0.1), (planted_slopes, 0.05)):
        error = np.std(slopes, ddof=1) / np.sqrt(WORLDS)
        assert error < 0.06
        assert abs(np.mean(slopes) - 1) < 3 * error + allowed, (np.mean(slopes), error)


def test_errors_of_school_effects_bias_forecasts_where_realised_means_do_not_show_it():
    """With many schools and few movers, a school's error is in both the forecast and the mean."""
    world = planted(9, teachers=1500, schools=150, moving=0.05)
    found = estimate(world)
    rows = found.teacher_years.dropna(subset=["forecast"])
    effects = found.forecasts.merge(world.effects, on=["teacher_id", "year"])
    assert slope(rows["forecast"], rows["mean_residual"]) > 0.97
    assert slope(effects["mu_0"], effects["effect_0"]) < 0.93


def test_forecasts_do_not_use_the_year_or_later_ones(world, found):
    """A score of the year or later changes parameters a little, and a forecast not otherwise."""
    span = world.students.groupby("teacher_id")["year"].agg(["min", "max"])
    one = span.index[(span["min"] <= 2010) & (span["max"] >= 2013)][0]
    students = world.students.copy()
    mine = (students["teacher_id"] == one) & (students["year"] >= 2012)
    students.loc[mine, "score"] += 1.0
    after = estimate(replace(world, students=students))
    keys = ["teacher_id", "year"]
    both = found.forecasts.merge(after.forecasts, on=keys, suffixes=("", "_after"))
    own = both["teacher_id"] == one
    change = (both["mu_0_after"] - both["mu_0"]).abs()
    # Few teachers are made, so that one of them moves the parameters.
    assert change[own & (both["year"] <= 2012)].max() < 0.15
    assert change[own & (both["year"] == 2016)].max() > 0.4


def test_with_parameters_held_nothing_moves_at_all(world):
    """The predictor itself reads no residual of the year or later: to the bit."""
    from welfare_added.value_added.careers import careers_of
    from welfare_added.value_added.production import ExperienceBins, Projection
    from welfare_added.value_added.two_types import taught_groups, typed_classes
    from welfare_added.value_added.type_model import TypeChoices, type_model
    from welfare_added.value_added.type_sums import type_sums

    sums = type_sums(table(world), trait="type", minimum_class_size=7)
    careers = careers_of(sums.classes, world.teachers)
    bins = ExperienceBins((0, 1, 2, 3, 4, 5), "0")
    groups = taught_groups(sums, careers, bins)
    left = Projection(groups, bins).parts(groups.mean).left
    model = type_model(
        typed_classes(sums, careers, left), sums.squares, len(sums.slopes), TypeChoices()
    )
    years = model.years
    targets = (years.teacher, np.full(len(years.teacher), 2012))
    before = model.predict(targets).estimate
    mean = years.mean + np.where(years.year >= 2012, 3.0, 0.0)[:, None]
    after = replace(model, years=replace(years, mean=mean)).predict(targets).estimate
    np.testing.assert_array_equal(before, after)
    assert (~np.isnan(before)).sum() > 500


def test_every_teacher_with_a_past_year_has_a_forecast_for_every_later_year(world, found):
    seen = world.students.groupby("teacher_id")["year"].agg(["min", "max"])
    last = world.students["year"].max() + 1
    expected = {(t, y) for t, first in seen["min"].items() for y in range(first + 1, last + 1)}
    assert set(zip(found.forecasts["teacher_id"], found.forecasts["year"], strict=True)) == expected
    assert found.forecasts["year"].max() == last
    assert found.forecasts.notna().all(axis=None)
    years = world.students.drop_duplicates(["teacher_id", "year"])
    for row in found.forecasts.iloc[::37].itertuples():
        past = years[(years["teacher_id"] == row.teacher_id) & (years["year"] < row.year)]
        assert row.years_used == len(past)
    assert list(found.forecasts) == [
        *("teacher_id", "year", "mu_0", "mu_1", "experience_effect", "years_used")
    ]


def test_the_effect_of_experience_is_that_of_the_year(world, found):
    profile = found.experience["estimate"].to_numpy()
    known = world.teachers.set_index(["teacher_id", "year"])["experience"]
    for row in found.forecasts.iloc[::41].itertuples():
        of_teacher = known.loc[row.teacher_id]
        year = max(y for y in of_teacher.index if y <= row.year)
        prior = of_teacher[year] + row.year - year
        assert row.experience_effect == pytest.approx(profile[min(prior, 5)], abs=1e-7)


def test_order_of_rows_changes_no_byte(world, found):
    mixed = replace(
        world,
        students=world.students.sample(frac=1, random_state=1),
        teachers=world.teachers.sample(frac=1, random_state=2),
    )
    other = estimate(mixed)
    for name, one in vars(found).items():
        pd.testing.assert_frame_equal(one, getattr(other, name), check_exact=True)


def test_types_named_the_other_way_round_give_the_same_value_added(world, found):
    swapped = replace(world, students=world.students.assign(type=1 - world.students["type"]))
    other = estimate(swapped)
    np.testing.assert_allclose(found.forecasts["mu_0"], other.forecasts["mu_1"], atol=1e-7)
    np.testing.assert_allclose(found.forecasts["mu_1"], other.forecasts["mu_0"], atol=1e-7)
    one, two = (t.structure.set_index("parameter")["estimate"] for t in (found, other))
    assert one["sd_0"] == pytest.approx(two["sd_1"], rel=1e-6)
    assert one["correlation"] == pytest.approx(two["correlation"], rel=1e-6)
    assert one["likelihood_ratio"] == pytest.approx(two["likelihood_ratio"], rel=1e-4)


def test_a_trait_that_has_nothing_to_do_with_teachers_has_a_correlation_near_one(world):
    """Any 0/1 column can be the type: of one drawn at random the planted types are the noise."""
    rng = np.random.default_rng(5)
    students = world.students.assign(left_handed=rng.integers(0, 2, len(world.students)))
    other = estimate(replace(world, students=students), trait="left_handed")
    parameter = other.structure.set_index("parameter")["estimate"]
    assert parameter["correlation"] > 0.93
    assert parameter["likelihood_ratio_p"] > 0.001
    assert other.teacher_years["share_1"].mean() == pytest.approx(0.5, abs=0.02)


def test_a_gap_between_the_types_changes_no_forecast(world, found):
    students = world.students.assign(score=world.students["score"] + 0.5 * world.students["type"])
    gaping = replace(world, students=students)
    kept = estimate(gaping)
    names = ["mu_0", "mu_1", "experience_effect"]
    np.testing.assert_allclose(kept.forecasts[names], found.forecasts[names], atol=1e-7)
    gap = (kept.teacher_years["mean_1"] - kept.teacher_years["mean_0"]).mean()
    assert gap == pytest.approx(0.55, abs=0.03)
    subtracted = estimate(gaping, type_effect="subtracted")
    np.testing.assert_allclose(subtracted.forecasts[names], found.forecasts[names], atol=1e-7)
    gap = (subtracted.teacher_years["mean_1"] - subtracted.teacher_years["mean_0"]).mean()
    assert abs(gap) < 0.03


def test_a_gap_that_is_not_estimated_is_taken_for_schools_effects(world, found):
    students = world.students.assign(score=world.students["score"] + 0.5 * world.students["type"])
    literal = estimate(replace(world, students=students), type_effect="none")
    share = found.school_years.groupby("school_id")["share_1"].mean().to_numpy()
    moved = literal.schools["effect"] - found.schools["effect"]
    assert np.corrcoef(moved, share)[0, 1] > 0.7


def test_two_classes_a_year_identify_shocks_without_lags():
    world = planted(3, teachers=700, schools=10, classes=2)
    parameter = estimate(world, own_year="two_classes").structure.set_index("parameter")
    assert parameter.loc["sd_0", "estimate"] == pytest.approx(0.24, abs=0.02)
    assert parameter.loc["shock_sd_0", "estimate"] == pytest.approx(0.08, abs=0.02)
    assert parameter.loc["correlation", "estimate"] == pytest.approx(0.86, abs=0.06)
    with pytest.raises(UserError, match="own_year is two_classes"):
        estimate(planted(3, teachers=60), own_year="two_classes")


def test_unconnected_schools_are_counted():
    one, other = planted(4, teachers=120, schools=4), planted(5, teachers=60, schools=3)
    for name in ("teacher_id", "school_id", "class_id", "student_id"):
        other.students[name] = "x" + other.students[name]
    other.teachers["teacher_id"] = "x" + other.teachers["teacher_id"]
    both = planted_types.World(
        pd.concat([one.students, other.students]),
        pd.concat([one.teachers, other.teachers]),
        one.effects,
        one.schools,
    )
    found = estimate(both)
    counts = found.structure.set_index("parameter")["estimate"]
    assert (counts["connected_sets"], counts["unconnected_schools"]) == (2, 3)
    for _, part in found.schools.groupby("connected_set"):
        assert abs(np.average(part["effect"], weights=part["students"])) < 1e-7
    assert set(found.schools.loc[found.schools["connected_set"] == 1, "school_id"].str[0]) == {"x"}


def test_experience_may_be_missing(world):
    teachers = world.teachers.copy()
    teachers["experience"] = teachers["experience"].astype("Int64")
    some = teachers["teacher_id"].isin(teachers["teacher_id"].unique()[:40])
    teachers.loc[some, "experience"] = pd.NA
    found = estimate(replace(world, teachers=teachers))
    missing = found.experience.set_index("experience").loc["missing"]
    assert missing["students"] > 1000
    assert missing["estimate"] == 0  # in all years of these teachers: part of their effects
    assert found.forecasts.notna().all(axis=None)


def test_wrong_experience_is_refused(world):
    negative = world.teachers.copy()
    negative.loc[3, "experience"] = -1
    with pytest.raises(UserError, match="negative in 1 rows"):
        estimate(replace(world, teachers=negative))
    row = world.teachers.iloc[[3]]
    twice = pd.concat([world.teachers, row.assign(experience=row["experience"] + 1)])
    with pytest.raises(UserError, match="1 rows give a teacher-year two values"):
        estimate(replace(world, teachers=twice))
    with pytest.raises(UserError, match="no column experience"):
        estimate(replace(world, teachers=world.teachers.drop(columns="experience")))


def test_realised_means_are_those_of_students(world, found):
    rows = found.teacher_years
    total = (1 - rows["share_1"]) * rows["mean_0"].fillna(0) + rows["share_1"] * rows[
        "mean_1"
    ].fillna(0)
    np.testing.assert_allclose(total, rows["mean_residual"], atol=1e-7)
    counted = world.students.groupby(["teacher_id", "year"])["type"].agg(["size", "mean"])
    np.testing.assert_array_equal(rows["students"], counted["size"])
    np.testing.assert_allclose(rows["share_1"], counted["mean"], atol=1e-8)
    known = rows.dropna(subset=["forecast"])
    expected = known["share_1"] * known["mu_1"] + (1 - known["share_1"]) * known["mu_0"]
    np.testing.assert_allclose(known["forecast"], expected, atol=1e-7)
    assert (known["years_used"] > 0).all() and (rows["years_used"] == 0).any()
    assert rows["class_size"].equals(rows["students"].astype(float))
    schools = found.school_years
    assert schools["students"].sum() == len(world.students)
    share = world.students.groupby(["school_id", "year"])["type"].mean()
    np.testing.assert_allclose(schools["share_1"], share, atol=1e-8)


def test_dictionary_columns_are_read_like_plain_ones(world, found):
    coded = pa.Table.from_pandas(
        world.students.astype({"teacher_id": "category", "school_id": "category"}),
        preserve_index=False,
    )
    other = estimate_two_types(coded, world.teachers, **CHOICES)
    pd.testing.assert_frame_equal(found.forecasts, other.forecasts, check_exact=True)
