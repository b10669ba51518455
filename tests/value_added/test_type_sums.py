"""Scores residualised within classes and types, against dummies; and what is refused."""

import numpy as np
import pandas as pd
import planted_types
import pyarrow as pa
import pytest

from welfare_added.run.errors import UserError
from welfare_added.value_added import type_sums as module
from welfare_added.value_added.type_students import read_students
from welfare_added.value_added.type_sums import type_sums


@pytest.fixture(scope="module")
def students():
    """A small panel with more traits, and an ethnicity that is not of every class."""
    table = planted_types.planted(3, teachers=25, years=4, schools=5, size=14).students
    rng = np.random.default_rng(1)
    table["ethnicity"] = rng.choice(["white", "asian", "hispanic"], len(table))
    table["age"] = 9 + rng.random(len(table))
    table["economically_disadvantaged"] = table["type"]
    return table


def sums_of(table, trait="type", minimum=1):
    return type_sums(
        pa.Table.from_pandas(table, preserve_index=False), trait=trait, minimum_class_size=minimum
    )


def dense(table, kind):
    """Mean residuals by class and type, squares by type, and slopes, by dummies."""
    lag = table["lagged_score"].to_numpy()
    controls = {
        f"lagged_score^{power}:grade_{grade}": lag**power * (table["grade"] == grade)
        for power in (1, 2, 3)
        for grade in (4, 5)
    }
    controls["female"] = (table["gender"] == "female").astype(float)
    for name in ("hispanic", "white"):
        controls[f"ethnicity_{name}"] = (table["ethnicity"] == name).astype(float)
    controls["age"] = table["age"]
    x = np.column_stack([values.to_numpy(float) for values in controls.values()])
    cell = table["class_id"] + "-" + table["year"].astype(str) + "-" + kind.astype(str)
    dummies = pd.get_dummies(cell, dtype=float).to_numpy()
    y = table["score"].to_numpy()
    slopes = np.linalg.lstsq(np.column_stack([x, dummies]), y, rcond=1e-13)[0][: x.shape[1]]
    rows = table[["teacher_id", "year", "class_id"]].assign(kind=kind, left=y - x @ slopes)
    groups = rows.groupby(["teacher_id", "year", "class_id", "kind"])["left"]
    deviations = (rows["left"] - groups.transform("mean")) ** 2
    squares = deviations.groupby(rows["kind"]).sum().to_numpy()
    return (
        groups.agg(["mean", "size"]).reset_index(),
        squares,
        dict(zip(controls, slopes, strict=True)),
    )


def test_dummies_of_class_and_type_give_the_same(students, monkeypatch):
    monkeypatch.setattr(module, "STUDENTS_AT_ONCE", 100)
    found = sums_of(students)
    groups, squares, slopes = dense(students, students["type"])
    np.testing.assert_allclose(found.mean, groups["mean"], atol=1e-10)
    np.testing.assert_array_equal(found.students, groups["size"])
    np.testing.assert_array_equal(found.kind, groups["kind"])
    classes = found.classes.iloc[found.group_class]
    assert (classes["class_id"].to_numpy() == groups["class_id"].to_numpy()).all()
    np.testing.assert_allclose(found.squares, squares, rtol=1e-10)
    # What is the type itself does not vary within a group, and has no slope.
    assert found.slopes["control"].tolist() == list(slopes)
    np.testing.assert_allclose(found.slopes["slope"], list(slopes.values()), rtol=1e-8, atol=1e-10)


def test_any_trait_can_be_the_type(students):
    found = sums_of(students, "nonwhite")
    kind = (students["ethnicity"] != "white").astype(int)
    cells = students.assign(kind=kind).groupby(["teacher_id", "year", "class_id", "kind"]).size()
    np.testing.assert_array_equal(found.students, cells)
    assert "ethnicity_hispanic" in set(found.slopes["control"])
    assert "ethnicity_white" not in set(found.slopes["control"])
    assert "economically_disadvantaged" in set(found.slopes["control"])


def test_order_of_rows_changes_no_bit(students):
    one = sums_of(students)
    other = sums_of(students.sample(frac=1, random_state=3))
    np.testing.assert_array_equal(one.mean, other.mean)
    np.testing.assert_array_equal(one.squares, other.squares)
    pd.testing.assert_frame_equal(one.classes, other.classes)
    pd.testing.assert_frame_equal(one.slopes, other.slopes, check_exact=True)


def test_a_file_gives_what_the_table_gives(students, tmp_path):
    students.to_parquet(tmp_path / "students.parquet", row_group_size=97)
    table = read_students(tmp_path / "students.parquet", "type")
    found = type_sums(table, trait="type", minimum_class_size=1)
    np.testing.assert_array_equal(found.mean, sums_of(students).mean)
    assert "ethnicity" in table.column_names and "student_id" in table.column_names


def test_small_classes_are_left_out(students):
    size = students.groupby(["class_id", "year"])["score"].transform("size")
    found = sums_of(students, minimum=14)
    assert 0 < len(found.classes) < students["class_id"].nunique()
    assert found.students.sum() == (size >= 14).sum()
    np.testing.assert_array_equal(found.mean, sums_of(students[size >= 14]).mean)


BAD = {
    "a type of neither": ({"type": 2}, "type is neither 0 nor 1 in 1 of"),
    "no last score": ({"lagged_score": np.nan}, "lagged_score is missing in 1 of"),
    "no teacher": ({"teacher_id": None}, "teacher_id is missing in 1 of"),
    "an age for some": ({"age": np.nan}, "age is recorded for"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_named(students, case):
    change, message = BAD[case]
    table = students.copy()
    for name, value in change.items():
        table[name] = table[name].astype(object if value is None else float)
        table.loc[table.index[5], name] = value
    with pytest.raises(UserError, match=message):
        sums_of(table)


def test_a_student_twice_in_a_class_is_refused(students):
    twice = pd.concat([students, students.iloc[[3]].assign(type=1 - students.iloc[3]["type"])])
    with pytest.raises(UserError, match="1 rows repeat a student_id"):
        sums_of(twice)


def test_a_missing_column_and_no_student_are_named(students):
    with pytest.raises(UserError, match="no column lagged_score"):
        sums_of(students.drop(columns="lagged_score"))
    with pytest.raises(UserError, match="no class has 99 students"):
        sums_of(students, minimum=99)
    with pytest.raises(UserError, match="no students"):
        sums_of(students.iloc[:0])
    with pytest.raises(UserError, match="too few for"):
        sums_of(students.iloc[:8])
