import pandas as pd
import pytest

from welfare_added.allocation.slots import build_slots, number_tested, scale, whole_counts


@pytest.fixture
def classes():
    return pd.DataFrame(
        {
            "class_id": ["k2", "k1", "k3", "k4"],
            "year": [2003, 2003, 2003, 2004],
            "grade": [3, 3, 4, 3],
            "school_id": ["a", "a", "a", "b"],
            "teacher_id": ["t1", "t1", "t2", "t3"],
            "students": [10, 12, 9, 8],
            "lower_ela": [4, 6, 9, 0],
            "lower_math": [10, 0, 3, 2],
        }
    )


@pytest.fixture
def value_added():
    rows = [
        (subject, teacher, year, grade, school, 0.1 * i, 0.2 * i, 0.3 * i)
        for subject in ("ela", "math")
        for i, (teacher, year, grade, school) in enumerate(
            [("t1", 2003, 3, "a"), ("t2", 2003, 4, "a"), ("t3", 2004, 3, "b")], start=1
        )
    ]
    names = ["subject", "teacher_id", "year", "grade", "school_id"]
    return pd.DataFrame(rows, columns=[*names, "va_standard", "va_lower", "va_higher"])


def test_slots_are_classes_in_order(classes, value_added):
    slots = build_slots(classes, value_added)
    assert slots["slot"].tolist() == [0, 1, 2, 3]
    assert slots["class_id"].tolist() == ["k1", "k2", "k3", "k4"]
    assert slots["cell"].tolist() == [0, 0, 1, 2]
    assert slots["teacher_id"].tolist() == ["t1", "t1", "t2", "t3"]
    assert slots["higher_ela"].tolist() == [6, 6, 0, 8]
    assert slots["higher_math"].tolist() == [12, 0, 6, 6]
    assert slots["va_higher_math"].tolist() == pytest.approx([0.3, 0.3, 0.6, 0.9])
    assert not slots.isna().any().any()


def test_a_teacher_needs_both_subjects(classes, value_added):
    missing = value_added.drop(index=4)
    assert build_slots(classes, missing)["class_id"].tolist() == ["k1", "k2", "k4"]
    value_added.loc[0, "va_lower"] = float("nan")
    assert build_slots(classes, value_added)["class_id"].tolist() == ["k3", "k4"]


def test_a_teacher_without_an_estimate_here_is_left_out(classes, value_added):
    value_added.loc[value_added["teacher_id"] == "t3", "school_id"] = "z"
    assert build_slots(classes, value_added)["class_id"].tolist() == ["k1", "k2", "k3"]


def test_bad_tables_are_refused(classes, value_added):
    with pytest.raises(ValueError, match="classes: column lower_math is missing"):
        build_slots(classes.drop(columns="lower_math"), value_added)
    with pytest.raises(ValueError, match="value_added: 1 rows repeat a key of subject, teacher_id"):
        build_slots(classes, pd.concat([value_added, value_added.iloc[:1]]))
    with pytest.raises(ValueError, match="classes: 1 rows repeat a key of class_id, year"):
        build_slots(pd.concat([classes, classes.iloc[:1]]), value_added)
    with pytest.raises(ValueError, match="no class has a teacher with estimates in both"):
        build_slots(classes, value_added[value_added["subject"] == "ela"])
    with pytest.raises(ValueError, match=r"1 rows have lower_ela.*outside 0..students.*\['k3'\]"):
        build_slots(classes.assign(lower_math=[10, 0, 10, 2]), value_added)


@pytest.fixture
def tested(classes):
    return classes[["class_id", "year"]].assign(class_size=[15, 18, 9, 11])


def test_tested_students_are_in_groups_of_the_same_shares(classes, value_added, tested):
    slots = build_slots(classes, value_added, tested)
    assert slots["students"].tolist() == [18, 15, 9, 11]
    assert slots["sample_students"].tolist() == [12, 10, 9, 8]
    assert slots["lower_ela"].tolist() == [9, 6, 9, 0]
    assert slots["lower_math"].tolist() == [0, 15, 3, 2.75]
    assert (slots["lower_math"] + slots["higher_math"]).tolist() == slots["students"].tolist()
    assert scale(slots).tolist() == [1.5, 1.5, 1, 1.375]
    assert whole_counts(slots, "lower_math").tolist() == [0, 1500, 300, 275]
    assert list(slots)[:-1] == list(build_slots(classes, value_added))


def test_sample_counts_are_whole_students(classes, value_added):
    slots = build_slots(classes, value_added)
    assert scale(slots).tolist() == [1, 1, 1, 1]
    assert whole_counts(slots, "lower_math").tolist() == slots["lower_math"].tolist()


def test_class_sizes_of_other_classes_are_refused(classes, value_added, tested):
    with pytest.raises(ValueError, match=r"below the number in the sample in 1 classes.*\['k3'\]"):
        build_slots(classes, value_added, tested.assign(class_size=[15, 18, 8, 11]))
    with pytest.raises(ValueError, match=r"missing or below .* in 1 classes.*\['k2'\]"):
        build_slots(classes, value_added, tested.iloc[1:])
    with pytest.raises(ValueError, match="students: 1 rows repeat a key of class_id, year"):
        build_slots(classes, value_added, pd.concat([tested, tested.iloc[:1]]))


def test_tested_students_come_from_class_sizes(tested):
    students = pd.concat([tested, tested]).assign(ela=0.0)
    found = number_tested(students, "tested", "tested")
    assert found["class_size"].tolist() == [15, 18, 9, 11]
    assert number_tested(students, "sample", "sample") is None
    with pytest.raises(ValueError, match=r"set district\.class_size to tested"):
        number_tested(students, "tested", "sample")
    with pytest.raises(ValueError, match=r"allocation\.counts: 'all' is unknown"):
        number_tested(students, "all", "tested")
