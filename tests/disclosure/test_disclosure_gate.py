"""What the gate withholds, and that what is left tells nothing of it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from welfare_added.disclosure.bins import scatter_bins
from welfare_added.disclosure.declarations import Declared, Kind, Parts
from welfare_added.disclosure.errors import DisclosureError
from welfare_added.disclosure.gate import publishable, significant
from welfare_added.disclosure.profiles import PROFILES, profile_of
from welfare_added.release.published_tables import problems
from welfare_added.welfare.populations import populations

N10 = PROFILES["n10"]


def people(students=1000, teachers=100, schools=10, two=0.2, name="all"):
    return pd.DataFrame(
        {
            "population": [name],
            "students": [students],
            "teachers": [teachers],
            "schools": [schools],
            "students_sure": [students],
            "teachers_sure": [teachers],
            "largest_two": [two],
        }
    )


def declared(cells, **more):
    kinds = {name: kind if isinstance(kind, Kind) else Kind(kind) for name, kind in cells.items()}
    return Declared(path="t", of=("all",), cells=kinds, **{"keys": {}, **more})


ROWS = declared(
    {
        "bin": "number",
        "y": "estimate",
        "slope": "estimate of the whole",
        "teachers": Kind("count", "teachers"),
    }
)


def table():
    return pd.DataFrame(
        {
            "bin": [1, 2, 3],
            "y": [0.123456, 0.2, -0.00098765],
            "slope": 1.23456,
            "teachers": [9, 10, 123],
        }
    )


def test_a_row_of_too_few_is_withheld_and_the_rest_rounded():
    shown, withheld = publishable(table(), ROWS, people(), N10)
    assert shown["teachers"].tolist()[1:] == [10, 125]
    assert np.isnan(shown.loc[0, "y"]) and np.isnan(shown.loc[0, "teachers"])
    assert shown["slope"].tolist() == [1.235, 1.235, 1.235]
    assert shown["y"].tolist()[1:] == [0.2, -0.0009876]  # 0.00098765 lies below the half
    assert shown["bin"].tolist() == [1, 2, 3]
    assert withheld[["column", "reason"]].to_numpy().tolist() == [
        ["y", "fewer than 10 teachers"],
        ["teachers", "fewer than 10 teachers"],
    ]


@pytest.mark.parametrize(
    ("population", "reason"),
    [
        (people(students=9), "all: fewer than 10 students"),
        (people(teachers=9), "all: fewer than 10 teachers"),
        (people(schools=2), "all: fewer than 3 schools"),
        (people(two=0.9), "all: two teachers or schools hold more than 85%"),
    ],
)
def test_nothing_rests_on_a_population_that_is_too_small(population, reason):
    shown, withheld = publishable(table(), ROWS, population, N10)
    assert shown[["y", "slope", "teachers"]].isna().all(axis=None)
    assert set(withheld["reason"]) == {reason}


@pytest.mark.parametrize(
    ("share", "there"),
    [
        (0.0, False),
        (0.0099, False),
        (0.01, True),
        (0.5, True),
        (0.99, True),
        (0.991, False),
        (1, False),
    ],
)
def test_shares_of_too_few_and_of_all_but_too_few_are_withheld(share, there):
    spec = declared(
        {"share": Kind("share", "students"), "loss": "estimate"}, together=(("share", "loss"),)
    )
    shown, _ = publishable(pd.DataFrame({"share": [share], "loss": [0.1]}), spec, people(), N10)
    assert shown.notna().to_numpy().tolist() == [[there, there]]


PARTS = declared(
    {"value": "estimate", "teachers": Kind("count", "teachers")},
    keys={"quantity": frozenset({"part"}), "kind": frozenset("abcde")},
    parts=(Parts(("quantity", "part"), ("quantity",), share="value", whole="teachers"),),
)


@given(st.lists(st.integers(0, 60), min_size=2, max_size=5).filter(lambda c: sum(c) >= 20))
def test_withheld_parts_do_not_follow_from_the_others(counts):
    whole = sum(counts)
    parts = pd.DataFrame(
        {
            "quantity": "part",
            "kind": list("abcde")[: len(counts)],
            "value": np.array(counts) / whole,
            "teachers": whole,
        }
    )
    shown, _ = publishable(parts, PARTS, people(), N10)
    hidden = shown["value"].isna().to_numpy()
    counts = np.array(counts)
    assert hidden[counts < 10].all()
    if hidden.any():
        # Whoever knows the others knows their sum only: each could be anything from none to all of it.
        assert hidden.sum() >= 2
        assert counts[hidden].sum() >= 10 or hidden.all()
    else:
        assert (counts >= 10).all()


def test_what_is_never_published_is_empty_in_a_long_table():
    spec = declared(
        {"a.*": "withheld", "b": "estimate of the whole"},
        long=True,
    )
    long = pd.DataFrame({"quantity": ["a.1", "b", "a.2"], "value": [1.0, 2.34567, 3.0]})
    shown, withheld = publishable(long, spec, people(), N10)
    assert shown["quantity"].tolist() == ["a.1", "b", "a.2"]
    assert shown["value"].isna().tolist() == [True, False, True]
    assert shown["value"].iloc[1] == 2.346
    assert withheld["column"].tolist() == ["a.1", "a.2"]


def test_what_is_not_declared_does_not_pass():
    with pytest.raises(
        DisclosureError, match=r"t\.csv: column z is not declared.*disclosure\.yaml"
    ):
        publishable(table().assign(z=1), ROWS, people(), N10)
    spec = declared({"y": "estimate"}, keys={"kind": frozenset({"a"})})
    odd = pd.DataFrame({"kind": ["a", "T0042"], "y": [1.0, 2.0]})
    with pytest.raises(DisclosureError, match="column kind: 1 values are not declared") as raised:
        publishable(odd, spec, people(), N10)
    assert "T0042" not in str(raised.value)


def test_significant_digits():
    values = np.array([0.0, 123456.0, -0.000123456, np.inf, np.nan, 9.9996])
    np.testing.assert_allclose(
        significant(values, 4), [0.0, 123500.0, -0.0001235, np.inf, np.nan, 10.0]
    )


def test_a_minimum_of_ones_own():
    assert profile_of("n10", 20).students == profile_of("n10", 20).teachers == 20
    assert profile_of("strict15").minimum("classes") == 15


def spoiled(tmp_path, shown, **cells):
    for name, value in cells.items():
        shown = shown.astype({name: object}) if isinstance(value, str) else shown
        shown.loc[1, name] = value
    path = tmp_path / "t.csv"
    shown.to_csv(path, index=False)
    return path


def test_what_passed_the_gate_is_found_to_be_in_order(tmp_path):
    shown, _ = publishable(table(), ROWS, people(), N10)
    assert problems(spoiled(tmp_path, shown), ROWS, people(), N10) == []


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"teachers": 5}, "column teachers, line 3: fewer than 10 teachers"),
        ({"teachers": 12}, "column teachers, line 3: a count that is not rounded to 5"),
        ({"y": 0.123456}, "column y, line 3: more than 4 significant digits"),
        ({"y": "T0042"}, "column y, line 3: text instead of a number"),
        ({"pupil": 1}, "column pupil: not declared"),
    ],
)
def test_a_spoiled_table_is_found_out(tmp_path, cells, found):
    shown, _ = publishable(table(), ROWS, people(), N10)
    assert problems(spoiled(tmp_path, shown, **cells), ROWS, people(), N10) == [found]


def test_a_table_of_too_few_is_found_out_whoever_wrote_it(tmp_path):
    shown, _ = publishable(table(), ROWS, people(), N10)
    found = problems(spoiled(tmp_path, shown), ROWS, people(teachers=9), N10)
    assert "column y, line 3: rests on all: fewer than 10 teachers" in found


def test_a_part_that_follows_from_the_others_is_found_out(tmp_path):
    parts = pd.DataFrame(
        {"quantity": "part", "kind": list("abc"), "value": [np.nan, 0.5, 0.45], "teachers": 100}
    )
    parts.to_csv(tmp_path / "t.csv", index=False)
    found = problems(tmp_path / "t.csv", PARTS, people(), N10)
    assert found == ["part, part: the withheld part follows from the others"]


def test_one_withheld_of_those_that_tell_each_other_is_found_out(tmp_path):
    spec = declared(
        {"share": Kind("share", "students"), "loss": "estimate"}, together=(("share", "loss"),)
    )
    pd.DataFrame({"share": [0.5, np.nan], "loss": [0.1, 0.1]}).to_csv(
        tmp_path / "t.csv", index=False
    )
    found = problems(tmp_path / "t.csv", spec, people(), N10)
    assert found == ["line 3: loss would reveal what is withheld beside it"]


def test_a_share_of_too_few_is_found_out(tmp_path):
    spec = declared({"share": Kind("share", "students")})
    pd.DataFrame({"share": [0.5, 0.005]}).to_csv(tmp_path / "t.csv", index=False)
    found = problems(tmp_path / "t.csv", spec, people(), N10)
    assert found == ["column share, line 3: a share of fewer than 10 students"]


def test_populations_count_persons_and_what_a_share_surely_stands_for():
    students = pd.DataFrame(
        {
            "student_id": ["a", "a", "b", "c"],
            "year": [2003, 2004, 2003, 2003],
            "class_id": ["k1", "k2", "k1", "k3"],
            "teacher_id": ["t1", "t2", "t1", "t3"],
            "school_id": ["s1", "s1", "s1", "s2"],
            "lower_ela": [True, False, True, False],
            "lower_math": [True, True, True, True],
            "ethnicity": ["black", "black", "white", "other"],
        }
    )
    slots = pd.DataFrame(
        {
            "class_id": ["k1", "k2"],
            "year": [2003, 2004],
            "teacher_id": ["t1", "t2"],
            "school_id": ["s1", "s1"],
            "students": [2, 1],
        }
    )
    outcomes = pd.DataFrame(
        {
            "student_id": ["a", "b", "c"],
            "two_year_college": [1, 0, 1],
            "four_year_college": [0, 0, np.nan],
        }
    )
    found = populations(students, slots, outcomes, 0.5).set_index("population")
    everyone = found.loc["students"]
    assert (everyone["students"], everyone["teachers"], everyone["schools"]) == (3, 3, 2)
    assert everyone["students_sure"] == 2  # four student-years, of which one student has two
    assert everyone["largest_two"] == 1.0  # both schools hold all
    assert found.loc["slots", "students"] == 2
    assert found.loc["students_lower_ela", "students"] == 2
    assert found.loc["slots_black_hispanic", "students"] == 1
    assert found.loc["outcome_two_year_college", "students"] == 1
    assert found.loc["outcome_any_college", "students"] == 1  # b has none; a has one; c unknown
    assert found.loc["outcome_four_year_college", "students"] == 0  # nobody goes
    assert found.loc["deselected", "teachers"] == 1


def recurring_classes():
    """Six teachers of eight students each; three with class ids of 2003, which recur in 2004."""
    rows = [
        (f"p{year}{room}{seat}", year, f"room{room}", f"t{year}{room}", f"s{room}")
        for year in (2003, 2004)
        for room in range(3)
        for seat in range(8)
    ]
    names = ["student_id", "year", "class_id", "teacher_id", "school_id"]
    students = pd.DataFrame(rows, columns=names)
    students = students.assign(lower_ela=True, lower_math=True, ethnicity="other")
    slots = students[students["year"] == 2003].drop_duplicates("class_id")[names[1:]]
    return students, slots.assign(students=8)


def test_class_ids_that_recur_in_another_year_are_other_classes():
    students, slots = recurring_classes()
    found = populations(students, slots, pd.DataFrame(), 0.5).set_index("population")
    assert found.loc["slots", ["students", "teachers"]].tolist() == [24, 3]  # not 48 and 6
    assert found.loc["students", ["students", "teachers"]].tolist() == [48, 6]


def test_recurring_class_ids_do_not_open_the_gate():
    """Slots of 24 students and 3 teachers stay shut to a limit that 48 and 6 would pass."""
    students, slots = recurring_classes()
    spec = Declared(path="t", of=("slots",), cells={"y": Kind("estimate")}, keys={})
    found = populations(students, slots, pd.DataFrame(), 0.5)
    for minimum, there in ((3, True), (4, False)):
        profile = profile_of("n10", minimum)
        shown, _ = publishable(pd.DataFrame({"y": [0.5]}), spec, found, profile)
        assert shown["y"].notna().tolist() == [there]


def test_a_teachers_classes_of_the_same_id_count_once_a_year():
    students, slots = recurring_classes()
    students["teacher_id"] = students["class_id"].where(students["class_id"] == "room0", "other")
    found = populations(students, slots.assign(teacher_id="other"), pd.DataFrame(), 0.5)
    everyone = found.set_index("population").loc["students"]
    assert everyone["teachers_sure"] == 6 / 4  # six class-years, of which one teacher has four


def test_bins_are_of_enough_teachers_and_keep_the_mean():
    rng = np.random.default_rng(3)
    years = pd.DataFrame(
        [(f"t{teacher}", year) for teacher in range(18) for year in range(9)],
        columns=["teacher_id", "year"],
    )
    parts = []
    for subject in ("ela", "math"):
        effects = rng.normal(size=(len(years), 2))
        parts.append(
            years.assign(
                subject=subject,
                grade=4,
                school_id="s" + (years.index % 7).astype(str),
                va_lower=effects[:, 0],
                va_higher=effects[:, 1],
            )
        )
    estimates = pd.concat(parts, ignore_index=True)
    bins = scatter_bins(estimates, N10)
    assert (bins["teachers"] >= 10).all() and (bins["schools"] >= 3).all()
    assert 2 <= bins.groupby("panel")["bin"].max().min() < 20
    ela = bins[bins["panel"] == "ela"]
    mean = np.average(ela["y"], weights=ela["teacher_years"])
    np.testing.assert_allclose(mean, estimates.query("subject == 'ela'")["va_higher"].mean())
    assert not set(bins["x"].round(9)) & set(estimates["va_lower"].round(9))


def test_a_share_rests_on_the_smallest_of_its_populations():
    both = pd.concat([people(students=1000), people(students=50, name="few")])
    spec = declared({"share": Kind("share", "students", ("few",))})
    shown, _ = publishable(pd.DataFrame({"share": [0.1, 0.3]}), spec, both, N10)
    assert shown["share"].isna().tolist() == [True, False]  # of 50, five are too few


def test_a_key_that_is_not_declared_is_found_out(tmp_path):
    spec = declared({"y": "estimate"}, keys={"kind": frozenset({"a"})})
    pd.DataFrame({"kind": ["a", "T0042"], "y": [1.0, 2.0]}).to_csv(tmp_path / "t.csv", index=False)
    found = problems(tmp_path / "t.csv", spec, people(), N10)
    assert found == ["column kind, line 3: a value that is not declared"]


def test_dismissed_teachers_have_students_of_the_sample():
    students, slots = recurring_classes()
    tested = slots.assign(students=80, sample_students=8)
    once, more = (populations(students, table, pd.DataFrame(), 0.5) for table in (slots, tested))
    pd.testing.assert_frame_equal(once, more)
