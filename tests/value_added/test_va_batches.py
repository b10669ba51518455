"""Students read in batches: whatever the batch, the order of rows and the file, the same estimates."""

import itertools

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import va_slow
from hypothesis import given, settings
from hypothesis import strategies as st

from welfare_added.value_added import class_sums as sums
from welfare_added.value_added import joint_prediction, residuals
from welfare_added.value_added.class_sums import collect
from welfare_added.value_added.compiled_loops import fold_rows, order_rows
from welfare_added.value_added.controls import control_vector, variables
from welfare_added.value_added.estimate import SUBJECTS, estimate_value_added, score_residuals
from welfare_added.value_added.residuals import class_groups, within_effects
from welfare_added.value_added.student_variables import CLASS, COLUMNS, StudentFile, as_batches

CHOICES = {**va_slow.CHOICES, "minimum_class_size": 8}
VALUES = ["va_standard", "va_lower", "va_higher"]


@pytest.fixture(scope="module")
def students():
    return va_slow.panel(3, teachers=40, years=6)


def cut(students, rows):
    """Batches of so many rows."""
    table = as_batches(students)[0]
    return [table.slice(start, rows) for start in range(0, len(table), rows)]


@pytest.fixture(scope="module")
def whole(students):
    return estimate_value_added(as_batches(students), **CHOICES)


@settings(max_examples=8, deadline=None)
@given(rows=st.integers(100, 3000), seed=st.integers(0, 10**6))
def test_batches_change_nothing(students, whole, rows, seed):
    shuffled = students.sample(frac=1, random_state=seed)
    found = estimate_value_added(cut(shuffled, rows), **CHOICES)
    for name in ("estimates", "autocovariances", "variances", "class_means"):
        ours, theirs = getattr(found, name), getattr(whole, name)
        pd.testing.assert_frame_equal(ours, theirs, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_estimates_are_kept_without_the_digits_that_the_order_of_rows_changes(
    students, whole, seed
):
    shuffled = students.sample(frac=1, random_state=seed)
    found = estimate_value_added(cut(shuffled, 700), **CHOICES)
    assert not found.estimates[VALUES].equals(whole.estimates[VALUES])
    pd.testing.assert_frame_equal(
        found.estimates_to_keep(), whole.estimates_to_keep(), check_exact=True
    )


def test_a_file_is_read_as_a_table_in_memory(students, whole, tmp_path):
    path = tmp_path / "students.parquet"
    students.to_parquet(path, row_group_size=333)
    found = estimate_value_added(StudentFile(path, 1000), **CHOICES)
    pd.testing.assert_frame_equal(found.estimates, whole.estimates, rtol=1e-9, atol=1e-9)
    again = estimate_value_added(StudentFile(path, 1000), **CHOICES)
    pd.testing.assert_frame_equal(again.estimates, found.estimates, check_exact=True)


def test_no_more_than_a_batch_is_read_at_a_time(students, tmp_path):
    path = tmp_path / "students.parquet"
    students.to_parquet(path, row_group_size=10**6)
    sizes = [batch.num_rows for batch in StudentFile(path, 700)]
    assert max(sizes) == 700
    assert sum(sizes) == len(students)


def test_sums_are_those_of_a_loop_over_students(students):
    found = collect(cut(students, 500), 8)
    sizes = students.groupby(CLASS).size()
    assert found.classes["students"].tolist() == sizes.tolist()
    assert found.classes["large"].tolist() == (sizes >= 8).tolist()
    assert not found.classes["large"].all()
    lag, ela = COLUMNS.index("lag_ela^3"), COLUMNS.index("ela")
    large = students.groupby(CLASS)["ela"].transform("size") >= 8
    for grade, part in itertools.product((3, 4), np.ndindex(2, 2)):
        key = [grade, *part]
        here = (students[["grade", "lower_ela", "lower_math"]] == key).all(axis=1)
        for rows, products in ((here, found.products), (here & large, found.large_products)):
            wanted = sum(a**3 * b for a, b in students.loc[rows, ["lag_ela", "ela"]].to_numpy())
            got = products[grade][part]
            assert got[lag, ela] == pytest.approx(wanted, rel=1e-9, abs=1e-9)
            assert got[ela, lag] == got[lag, ela]
    parts = students.groupby([*CLASS, "lower_ela", "lower_math"])["ela"].agg(["sum", "size"])
    counts, sums = found.count.ravel(), found.sums[..., ela].ravel()
    assert counts[counts > 0].tolist() == parts["size"].tolist()
    np.testing.assert_allclose(sums[counts > 0], parts["sum"], atol=1e-12)
    assert (sums[counts == 0] == 0).all()


@pytest.mark.parametrize("limit", [0, 10**6])
def test_small_classes_are_found_in_the_pass_or_in_a_second_one(students, monkeypatch, limit):
    monkeypatch.setattr(sums, "MOST_KEPT", limit)
    monkeypatch.setattr(sums, "MERGE_AFTER", 10)
    found, whole = (collect(cut(students, rows), 8) for rows in (50, 10**6))
    for grade, products in whole.large_products.items():
        np.testing.assert_allclose(found.large_products[grade], products, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("absorb", ["teacher", "teacher_group", "none"])
def test_threads_and_cuts_of_classes_change_no_byte(students, monkeypatch, absorb):
    monkeypatch.setattr(residuals, "CLASSES_AT_ONCE", 7)
    choices = {**CHOICES, "absorb": absorb}
    one, two = (
        estimate_value_added(cut(students, 100), threads=threads, **choices) for threads in (1, 3)
    )
    pd.testing.assert_frame_equal(one.estimates, two.estimates, check_exact=True)
    monkeypatch.undo()
    whole = estimate_value_added(as_batches(students), **choices)
    pd.testing.assert_frame_equal(one.class_means, whole.class_means, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("used", ["all", "past"])
def test_teachers_predicted_together_change_no_byte(students, monkeypatch, used):
    choices = {**CHOICES, "years_used": used}
    whole = estimate_value_added(as_batches(students), **choices)
    monkeypatch.setattr(joint_prediction, "SYSTEMS_AT_ONCE", 3)
    found = estimate_value_added(as_batches(students), **choices)
    pd.testing.assert_frame_equal(found.estimates, whole.estimates, check_exact=True)


@given(seed=st.integers(0, 10**6), rows=st.integers(1, 30), more=st.integers(0, 3))
def test_rows_are_put_in_order_and_added_in_place(seed, rows, more):
    random = np.random.default_rng(seed)
    table, order = random.normal(size=(rows + more, 3)), random.permutation(rows)
    wanted = np.vstack([table[order], table[rows:]])
    order_rows(table, order)
    np.testing.assert_array_equal(table, wanted)
    into, added = random.integers(0, rows, more), np.arange(rows, rows + more)
    np.add.at(wanted, into, wanted[rows:])
    fold_rows(table, added, into)
    np.testing.assert_array_equal(table, wanted)


@pytest.mark.parametrize("effects", ["none", "teacher", "teacher and group"])
def test_normal_equations_are_those_of_the_dense_matrix(students, effects):
    added = collect(cut(students, 500), 8)
    columns = variables(added)
    parts = class_groups(added, 1 if effects == "teacher and group" else None)
    teacher = added.classes["teacher"].to_numpy()[parts.classes]
    codes = {"none": None, "teacher": teacher, "teacher and group": teacher * 2 + parts.lower}
    found = within_effects(added, columns, parts, codes[effects])
    scores = students[["lower_ela", "lower_math", *SUBJECTS]].to_numpy(float)
    dense = pd.DataFrame(np.column_stack([control_vector(students).matrix, scores]))
    by = {"none": np.zeros(len(dense)), "teacher": students["teacher_id"]}
    by["teacher and group"] = students["teacher_id"] + students["lower_math"].astype(str)
    apart = (dense - dense.groupby(np.asarray(by[effects])).transform("mean")).to_numpy()
    scale = found.level + (found.level == 0)
    np.testing.assert_allclose(
        found.products / np.outer(scale, scale), apart.T @ apart / np.outer(scale, scale), atol=1e-9
    )
    np.testing.assert_allclose(found.spread, dense.std(ddof=0), atol=1e-7)


@pytest.mark.parametrize("classes", [[0, 0, 2], [3, 9, 5], [2, 1, 4], [4, 5, 6], []])
def test_rows_are_those_of_their_own_classes_in_any_order(students, classes):
    added = collect(as_batches(students), 0)
    columns = variables(added)
    values = np.random.default_rng(1).random((len(classes), len(COLUMNS)))
    found = columns.rows(values, np.array(classes, dtype=int))
    assert found.shape == (len(columns.names), len(classes))
    for student, one in enumerate(classes):
        alone = columns.rows(values[[student]], np.array([one]))
        np.testing.assert_array_equal(found[:, [student]], alone)


def test_constant_and_collinear_controls_are_dropped_after_the_first():
    rng = np.random.default_rng(1)
    made = va_slow.panel(1)
    made["lag_english_learner"] = 2 * made["age"] + 1
    made["lag_share_absent"] = 0.25
    made["lag_special_education"] = pd.factorize(made["teacher_id"])[0] % 3 + rng.normal(size=1)
    added = collect(as_batches(made), 0)
    columns = variables(added)
    teacher = added.classes["teacher"].to_numpy()
    equations = within_effects(added, columns, class_groups(added, None), teacher)
    wanted = ["age", "lag_share_absent", "lag_special_education", "lag_english_learner"]
    slopes = equations.regress(columns.names.index("ela"), [columns.names.index(n) for n in wanted])
    assert [columns.names[j] for j in slopes.dropped] == wanted[1:]
    assert slopes.count == 1


def test_residuals_are_accurate_where_controls_are_far_from_zero():
    made = va_slow.panel(1, teachers=30)
    made["age"] = 1000 + made["age"]
    far, near = (
        score_residuals(added, variables(added).only(["age", "lag_ela^1:grade_3"]), "teacher")
        for added in (
            collect(as_batches(table), 3) for table in (made, made.assign(age=made["age"] - 1000))
        )
    )
    for key, expected in near.items():
        np.testing.assert_allclose(far[key].mean, expected.mean, atol=1e-9)
        assert far[key].squares == pytest.approx(expected.squares, rel=1e-9)


def test_a_trait_known_of_some_students_only_is_refused(students):
    age = students["age"].where(np.arange(len(students)) > 4)
    said = rf"value added: age is recorded for {len(age) - 5} of {len(age)} student-years"
    with pytest.raises(ValueError, match=said):
        estimate_value_added(cut(students.assign(age=age), 300), **CHOICES)
    ethnicity = students["ethnicity"].where(np.arange(len(students)) > 4)
    with pytest.raises(ValueError, match="value added: ethnicity is recorded for"):
        estimate_value_added(cut(students.assign(ethnicity=ethnicity), 300), **CHOICES)


def test_a_column_that_is_not_there_is_one_that_is_unknown(students):
    gone = ["ethnicity", "gender", "age"]
    unknown = students.assign(**dict.fromkeys(gone, None))
    ours, theirs = (
        estimate_value_added(as_batches(table), **CHOICES).estimates
        for table in (students.drop(columns=gone), unknown)
    )
    pd.testing.assert_frame_equal(ours, theirs)


def test_no_students_at_all_is_said():
    with pytest.raises(ValueError, match="there are no students"):
        collect([], 3)
    empty = pa.Table.from_pandas(va_slow.panel(1).head(0), preserve_index=False)
    with pytest.raises(ValueError, match="there are no students"):
        collect([empty], 3)
