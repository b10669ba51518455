"""Effects of the same race and gender: planted ones, dummies written out, and what is left out."""

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import statsmodels.api as sm
from planted_types import planted

from welfare_added.market.same_trait import FEWEST, same_trait, teacher_groups
from welfare_added.run.errors import UserError
from welfare_added.value_added.type_residuals import student_residuals
from welfare_added.value_added.type_sums import type_sums

SCRIPT = Path(__file__).parents[2] / "scripts/bates_2022/same_trait.py"
CHOICES = {"trait": "type", "minimum_class_size": 7}
EFFECT = {"race": 0.08, "gender": -0.05}
ROWS = [
    *("same", "both_black", "both_hispanic", "both_white", "same_within_class"),
    "unknown_teachers",
]


def with_traits(world, seed):
    """The planted world's students and teachers with races and genders, drawn by school."""
    rng = np.random.default_rng(seed)
    students, teachers = world.students.copy(), world.teachers[["teacher_id", "year"]].copy()
    schools = students["school_id"].unique()
    shares = dict(zip(schools, rng.dirichlet([1.6, 1.2, 0.8, 0.4], len(schools)), strict=True))
    upper = np.cumsum([shares[name] for name in students["school_id"]], axis=1)
    place = (rng.random(len(students))[:, None] > upper[:, :-1]).sum(axis=1)
    students["ethnicity"] = np.array(["white", "black", "hispanic", "asian"])[place]
    ids = teachers["teacher_id"].unique()
    race = pd.Series(rng.choice(["white", "black", "hispanic"], len(ids), p=[0.5, 0.3, 0.2]), ids)
    female = pd.Series((rng.random(len(ids)) < 0.7).astype(float), ids)
    of = teachers["teacher_id"]
    return students, teachers.assign(
        black=(of.map(race) == "black").astype(float),
        hispanic=(of.map(race) == "hispanic").astype(float),
        female=of.map(female),
    )


def matches(students, teachers):
    """Whether student and teacher are of one race, and one gender; missing if not known."""
    one = teachers.drop_duplicates("teacher_id").set_index("teacher_id")
    traits = ("black", "hispanic", "female")
    black, hispanic, female = (students["teacher_id"].map(one[name]) for name in traits)
    race = pd.Series("white", students.index).mask(black == 1, "black")
    race = race.mask(hispanic == 1, "hispanic")
    race_known, gender_known = black.notna() & hispanic.notna(), female.notna()
    gender = female.map({1.0: "female", 0.0: "male"})
    return pd.DataFrame(
        {
            "race": (students["ethnicity"] == race).where(race_known).astype(float),
            "gender": (students["gender"] == gender).where(gender_known).astype(float),
            "teachers_race": race.where(race_known),
        }
    )


def found_in(students, teachers, **changes):
    table = pa.Table.from_pandas(students, preserve_index=False)
    rows = same_trait(table, teachers, **{**CHOICES, **changes})
    return rows.set_index(["trait", "row"])


@pytest.fixture(scope="module")
def world():
    return with_traits(planted(5, teachers=700, years=8, schools=25, moving=0.2), 1)


@pytest.fixture(scope="module")
def small():
    """Few students, some of teachers whose race, or gender, or both are unknown."""
    students, teachers = with_traits(planted(6, teachers=70, years=4, schools=4, size=9), 2)
    same = matches(students, teachers)
    students["score"] += 0.3 * same["race"] + 0.2 * same["gender"]
    ids = sorted(students["teacher_id"].unique())
    unknown = teachers["teacher_id"].isin(ids[:3])
    teachers.loc[unknown, ["black", "hispanic"]] = np.nan
    teachers.loc[teachers["teacher_id"].isin(ids[2:7]), "female"] = np.nan
    return students, teachers[teachers["teacher_id"] != ids[9]]


def test_no_effect_is_found_at_zero_with_its_error(world):
    rows = found_in(*world)
    given = rows.drop(index="unknown_teachers", level="row")
    assert (given["estimate"].abs() < 2.6 * given["standard_error"]).all()
    assert given["standard_error"].between(0.002, 0.03).all()


def test_planted_effects_are_found(world):
    students, teachers = world
    same = matches(students, teachers)
    score = students["score"] + sum(EFFECT[name] * same[name] for name in EFFECT)
    rows, before = found_in(students.assign(score=score), teachers), found_in(*world)
    for (trait, row), one in rows.drop(index="unknown_teachers", level="row").iterrows():
        assert abs(one["estimate"] - EFFECT[trait]) < 2.6 * one["standard_error"], (trait, row)
        # Slopes of controls take up next to nothing of it.
        gained = one["estimate"] - before.loc[(trait, row), "estimate"]
        assert gained == pytest.approx(EFFECT[trait], abs=0.001), (trait, row)
    assert rows.loc[("race", "same"), "estimate"] > 5 * rows.loc[("race", "same"), "standard_error"]


def test_an_effect_of_one_race_is_of_its_row(world):
    students, teachers = world
    black = (students["ethnicity"] == "black") & (
        matches(students, teachers)["teachers_race"] == "black"
    )
    rows = found_in(students.assign(score=students["score"] + 0.2 * black), teachers)
    gained = rows["estimate"] - found_in(*world)["estimate"]
    assert gained["race"]["both_black"] == pytest.approx(0.2, abs=0.002)
    assert gained["race"]["both_hispanic"] == pytest.approx(0, abs=0.002)
    assert gained["race"]["both_white"] == pytest.approx(0, abs=0.002)
    assert 0.03 < gained["race"]["same"] < 0.17


def test_effects_of_teachers_types_and_races_leave_no_trace(world):
    """What a teacher adds for a type, and a race or gender has of its own, is absorbed."""
    students, teachers = world
    rng = np.random.default_rng(3)
    ids = students["teacher_id"].unique()
    of_type = [pd.Series(rng.normal(0, 0.5, len(ids)), ids) for _ in range(2)]
    added = np.where(
        students["type"] == 1,
        students["teacher_id"].map(of_type[1]),
        students["teacher_id"].map(of_type[0]),
    )
    added += students["ethnicity"].map({"white": 0, "black": -0.4, "hispanic": 0.3, "asian": 1})
    added += 0.7 * (students["gender"] == "female") + 0.5 * students["type"]
    rows = found_in(students.assign(score=students["score"] + added), teachers)
    before = found_in(*world)
    np.testing.assert_allclose(rows["estimate"], before["estimate"], rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(rows["standard_error"], before["standard_error"], rtol=1e-6)


def test_effects_of_classes_are_absorbed_within_them_alone(world):
    students, teachers = world
    share = students.groupby(["class_id", "year"])["ethnicity"].transform(
        lambda names: (names == "black").mean()
    )
    rows = found_in(students.assign(score=students["score"] + share), teachers)
    before = found_in(*world)
    within, across = ("race", "same_within_class"), ("race", "same")
    assert rows.loc[within, "estimate"] == pytest.approx(before.loc[within, "estimate"], rel=1e-6)
    assert rows.loc[across, "estimate"] != pytest.approx(before.loc[across, "estimate"], rel=1e-3)


def residuals(students, minimum):
    """Residual scores of large enough classes, by dummies of class and type."""
    size = students.groupby(["class_id", "year"])["score"].transform("size")
    rows = students[size >= minimum].reset_index(drop=True)
    lag = rows["lagged_score"].to_numpy()
    x = [lag**power * (rows["grade"] == grade) for power in (1, 2, 3) for grade in (4, 5)]
    x += [rows["gender"] == "female"]
    x += [rows["ethnicity"] == name for name in ("black", "hispanic", "white")]
    x = np.column_stack([np.asarray(column, float) for column in x])
    cell = rows["class_id"] + "-" + rows["type"].astype(str)
    dummies = pd.get_dummies(cell, dtype=float).to_numpy()
    fit = np.linalg.lstsq(np.column_stack([x, dummies]), rows["score"].to_numpy(), rcond=1e-13)[0]
    return rows.assign(residual=rows["score"] - x @ fit[: x.shape[1]], cell=cell)


def dense(rows, own, effect, indicators):
    """Estimates, errors of the indicators, by statsmodels with a dummy for every effect."""
    dummies = pd.get_dummies(effect, dtype=float).to_numpy()
    others = pd.get_dummies(own, dtype=float).to_numpy()[:, 1:]
    x = np.column_stack([*indicators, others, dummies]).astype(float)
    groups = pd.factorize(rows["teacher_id"])[0]
    fit = sm.OLS(rows["residual"].to_numpy(), x).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
    )
    n, g, k = len(rows), groups.max() + 1, len(indicators) + others.shape[1]
    factor = np.sqrt(g / (g - 1) * (n - 1) / (n - k))
    q = len(indicators)
    return np.column_stack([fit.params[:q], fit.bse[:q] * factor])


def test_dummies_give_the_same(small):
    students, teachers = small
    rows = residuals(students, 7)
    assert len(rows) < len(students)
    found, same = found_in(*small), matches(rows, teachers)
    for trait, own in (("race", "ethnicity"), ("gender", "gender")):
        known = same[trait].notna()
        assert 0 < (~known).sum() == found.loc[(trait, "unknown_teachers"), "n"]
        one, match = rows[known], same.loc[known, trait]
        by_teacher = one["teacher_id"] + "-" + one["type"].astype(str)
        expected = {
            "same": dense(one, one[own], by_teacher, [match])[0],
            "same_within_class": dense(one, one[own], one["cell"], [match])[0],
        }
        if trait == "race":
            of = same.loc[known, "teachers_race"]
            names = ("black", "hispanic", "white")
            each = [(match == 1) & (of == name) for name in names]
            fits = dense(one, one[own], by_teacher, each)
            expected |= {f"both_{name}": fit for name, fit in zip(names, fits, strict=True)}
        for row, values in expected.items():
            assert found.loc[(trait, row), "n"] == known.sum()
            given = found.loc[(trait, row), ["estimate", "standard_error"]].to_numpy(float)
            np.testing.assert_allclose(given, values, rtol=1e-6, err_msg=f"{trait} {row}")


def test_residuals_of_students_have_the_means_of_groups(small):
    table = pa.Table.from_pandas(small[0], preserve_index=False)
    sums, scored = type_sums(table, **CHOICES), student_residuals(table, **CHOICES)
    code = np.unique(scored.number * 2 + scored.kind, return_inverse=True)[1]
    mean = np.bincount(code, scored.residual) / np.bincount(code)
    np.testing.assert_allclose(mean, sums.mean, atol=1e-12)
    inside = np.bincount(scored.kind, (scored.residual - mean[code]) ** 2)
    np.testing.assert_allclose(inside, sums.squares, rtol=1e-10)
    assert scored.students.column("score").to_pylist() != list(small[0]["score"])


def test_order_of_rows_changes_no_byte(small, tmp_path):
    main = runpy.run_path(str(SCRIPT))["main"]
    written = []
    for seed in (None, 1, 2):
        files = {name: tmp_path / f"{name}.parquet" for name in ("students", "teachers")}
        for path, table in zip(files.values(), small, strict=True):
            mixed = table if seed is None else table.sample(frac=1, random_state=seed)
            mixed.to_parquet(path, index=False)
        main(files, {"same_trait": tmp_path / "out.csv"}, **CHOICES)
        written.append((tmp_path / "out.csv").read_bytes())
    assert written[0] == written[1] == written[2]
    table = pd.read_csv(tmp_path / "out.csv")
    # Further digits depend on the machine's linear algebra.
    assert all(float(f"{value:.8g}") == value for value in table["estimate"].dropna())
    assert list(table) == ["trait", "row", "estimate", "standard_error", "n"]
    gender = [row for row in ROWS if not row.startswith("both")]
    assert table["row"].tolist() == [*ROWS, *gender]
    assert table["trait"].tolist() == ["race"] * 6 + ["gender"] * 3


def test_too_few_teachers_of_a_group_have_no_estimate(world):
    students, teachers = world
    hispanic = teachers.loc[teachers["hispanic"] == 1, "teacher_id"].unique()
    for kept, given in ((FEWEST, True), (FEWEST - 1, False)):
        some = students[~students["teacher_id"].isin(hispanic[kept:])]
        rows = found_in(some, teachers)
        assert np.isfinite(rows.loc[("race", "both_hispanic"), "estimate"]) == given
        assert np.isfinite(rows.loc[("race", "both_black"), "estimate"])
    men = teachers.loc[teachers["female"] == 0, "teacher_id"].unique()
    for kept, given in ((FEWEST, True), (FEWEST - 1, False)):
        rows = found_in(students[~students["teacher_id"].isin(men[kept:])], teachers)
        same = rows.loc["gender"].loc[["same", "same_within_class"], "estimate"]
        assert (np.isfinite(same) == given).all()


def test_what_types_absorb_is_missing(world):
    """White students are one type of two: what they have of white teachers is the teacher's."""
    rows = found_in(*world, trait="nonwhite")
    assert np.isnan(rows.loc[("race", "both_white"), "estimate"])
    assert np.isfinite(rows.loc[("race", "both_black"), "estimate"])
    assert np.isfinite(rows.loc[("race", "same"), "estimate"])


def test_two_races_alone_do_not_tell_their_effects_apart(world):
    students, teachers = world
    two = students[students["ethnicity"].isin(["white", "black"])]
    two = two[~two["teacher_id"].isin(teachers.loc[teachers["hispanic"] == 1, "teacher_id"])]
    rows = found_in(two, teachers, minimum_class_size=2)
    assert rows.loc["race"].loc[["both_black", "both_white"], "estimate"].isna().all()
    assert np.isfinite(rows.loc[("race", "same"), "estimate"])


def test_students_without_a_race_have_no_estimates(world):
    students, teachers = world
    rows = found_in(students.drop(columns="ethnicity"), teachers)
    assert rows.loc["race"]["estimate"].isna().all() and (rows.loc["race"]["n"] == 0).all()
    assert np.isfinite(rows.loc[("gender", "same"), "estimate"])
    unknown = teachers.assign(female=np.nan)
    rows = found_in(students, unknown)
    assert rows.loc["gender"]["estimate"].isna().all()
    assert rows.loc[("gender", "unknown_teachers"), "n"] == rows.loc[("race", "same"), "n"]


def test_groups_of_teachers_by_hand():
    teachers = pd.DataFrame(
        {
            "teacher_id": ["b", "a", "a", "c", "d", "e"],
            "black": [1, 0, np.nan, 0, np.nan, 0],
            "hispanic": [0, 0, np.nan, 1, 0, np.nan],
            "female": [1, 0, 0, np.nan, 1, 1],
        }
    )
    assert teacher_groups(teachers, "race").to_dict() == {"b": 0, "a": 2, "c": 1}
    assert teacher_groups(teachers, "gender").to_dict() == {"b": 0, "a": 1, "d": 0, "e": 0}


def test_what_is_wrong_with_teachers_is_named():
    one = {"teacher_id": ["a", "b"], "black": [1, 0], "hispanic": [0, 1], "female": [1, 0]}
    with pytest.raises(UserError, match="of 1 teachers, black and hispanic is neither 0 nor 1"):
        teacher_groups(pd.DataFrame({**one, "black": [1, 2]}), "race")
    with pytest.raises(UserError, match=r"of 2 teachers, black and hispanic .* 1 in two columns"):
        teacher_groups(pd.DataFrame({**one, "black": [1, 1], "hispanic": [1, 1]}), "race")
    with pytest.raises(UserError, match="1 teachers change their gender between years"):
        teacher_groups(pd.DataFrame({**one, "teacher_id": ["a", "a"]}), "gender")
