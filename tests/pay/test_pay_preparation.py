"""Staff records become teacher-years step by step, by examples made by hand."""

import itertools

import numpy as np
import pandas as pd
import pytest
from pay_world import CHOICES, HAND, LAYOUT, as_raw, assignment, hand_made, records, state

from welfare_added.district.reading import read_tables
from welfare_added.pay.choices import PayChoices, pay_choices
from welfare_added.pay.contracts import contracts, level_of, main_contracts, within_trim
from welfare_added.pay.frames import FRAMES, KEYS, framed
from welfare_added.pay.links import teacher_links
from welfare_added.pay.preparation import prepare
from welfare_added.run.errors import UserError
from welfare_added.run.writing import write_csv

YEARS = (2010, 2011, 2012)


def base() -> list[dict]:
    """A teacher in each of A, B and K in every year."""
    return [assignment(f"in{one}", year, one) for one in "ABK" for year in YEARS]


def prepared(extra=(), changed=None, **choices):
    tables = hand_made([*base(), *extra]) | (changed or {})
    return prepare(as_raw(tables), PayChoices(**{**vars(HAND), **choices}))


def own(made, teacher: str = "t") -> pd.DataFrame:
    rows = made.teacher_years
    return rows[rows["teacher_id"] == teacher].set_index("year")


def test_frames_have_the_declared_columns_types_and_order():
    for made in (records(), prepared()):
        for name, table in made.tables.items():
            assert table.dtypes.astype(str).to_dict() == FRAMES[name]
            assert not table.duplicated(list(KEYS[name])).any()
            if name != "steps":
                assert table.equals(table.sort_values(list(KEYS[name]), ignore_index=True))


def test_a_frame_without_a_column_or_with_a_recurring_key_is_refused():
    links = records().links
    with pytest.raises(ValueError, match="links: no column share"):
        framed(links.drop(columns="share"), "links")
    with pytest.raises(
        ValueError, match="links: teacher_id, school_id, grade, year, subject recur"
    ):
        framed(pd.concat([links, links.iloc[[0]]]), "links")


def test_salaries_are_of_full_time_and_180_days():
    half = {"fte": 0.5, "salary": 20000.0, "contract_days": 200.0}
    made = own(prepared([assignment("t", 2010, "A", **half)]))
    assert made["salary"].tolist() == [36000.0]  # 20,000 / 0.5 x 180 / 200
    assert made["fte"].tolist() == [0.5]


def test_full_time_equivalents_of_several_assignments_are_added_up():
    two = [
        assignment("t", 2010, "A", fte=0.3, salary=30000.0, school_id="A-e"),
        assignment("t", 2010, "A", fte=0.45, salary=30000.0, school_id="A-m", assignment_no=2),
    ]
    made = own(prepared(two))
    assert made["salary"].tolist() == [40000.0]
    assert made["school_id"].tolist() == ["A-m"]


def test_the_school_of_the_highest_fte_adds_up_its_assignments():
    parts = [("A-a", 0.4, "math"), ("A-b", 0.3, "reading"), ("A-b", 0.2, "other")]
    rows = [
        assignment(
            "t",
            2010,
            "A",
            school_id=s,
            fte=f,
            subject=x,
            assignment_no=n,
            grade_low=n + 6,
            grade_high=n + 6,
        )
        for n, (s, f, x) in enumerate(parts)
    ]
    made = contracts(pd.DataFrame(rows))
    assert made[["school_id", "subject", "grade_low"]].to_numpy().tolist() == [
        ["A-b", "reading", 7]
    ]
    assert made["fte"].tolist() == [0.9]


def test_equal_schools_and_equal_assignments_are_taken_in_order():
    rows = [
        assignment("t", 2010, "A", school_id=s, fte=0.5, subject=x, assignment_no=n)
        for n, (s, x) in enumerate([("A-b", "math"), ("A-a", "reading")])
    ]
    assert contracts(pd.DataFrame(rows))["school_id"].tolist() == ["A-a"]
    rows = [
        assignment("t", 2010, "A", fte=0.5, subject=x, assignment_no=n)
        for n, x in ((2, "math"), (1, "esl"))
    ]
    assert contracts(pd.DataFrame(rows))["subject"].tolist() == ["esl"]


def test_a_school_that_is_not_known_is_one_place():
    rows = [
        assignment("t", 2010, "A", school_id=s, fte=f, assignment_no=n)
        for n, (s, f) in enumerate([(None, 0.3), ("A-e", 0.4), (None, 0.3)])
    ]
    made = contracts(pd.DataFrame(rows))
    assert made["school_id"].isna().all() and made["fte"].tolist() == [1.0]


def test_the_contract_with_the_highest_fte_decides_the_district():
    rows = [
        assignment("t", 2010, "A", fte=0.4, salary=20000.0),
        assignment("t", 2010, "B", fte=0.6, salary=30000.0, assignment_no=2),
    ]
    made = prepared(rows)
    assert own(made)[["district_id", "salary"]].to_numpy().tolist() == [["B", 50000.0]]
    steps = made.steps.set_index("step")
    assert steps.loc["main_contract", "left_out"] == 1
    equal = pd.DataFrame([one | {"fte": 0.5} for one in rows])
    assert main_contracts(contracts(equal))["district_id"].tolist() == ["A"]


def test_substitutes_other_staff_and_kenosha_are_left_out_and_counted():
    made = prepared(
        [assignment("t", 2010, "A", substitute=1.0), assignment("u", 2010, "A", position="other")]
    )
    steps = made.steps.set_index("step")["left_out"]
    assert (steps["positions"], steps["substitutes"], steps["left_out"]) == (1, 1, 3)
    assert set(made.teacher_years["teacher_id"]) == {"inA", "inB"}
    for table in (made.cells, made.composition, made.districts, made.teacher_years):
        assert set(table["district_id"]) == {"A", "B"}
    assert not made.links["teacher_id"].eq("inK").any()


def test_unknown_salaries_are_left_out_and_counted():
    made = prepared([assignment("t", 2010, "A", salary=np.nan)])
    assert made.steps.set_index("step").loc["salary_known", "left_out"] == 1
    assert own(made).empty


def test_trimming_leaves_out_both_ends_of_each_year():
    salary = np.concatenate([np.arange(1, 201), np.arange(1001, 1201)]).astype(float)
    year = np.repeat([2010, 2011], 200)
    kept = within_trim(salary, year, CHOICES)
    assert salary[~kept].tolist() == [1, 2, 199, 200, 1001, 1002, 1199, 1200]
    pooled = within_trim(salary, year, PayChoices(**{**vars(CHOICES), "trim_within": "all"}))
    assert salary[~pooled].tolist() == [1, 2, 3, 4, 1197, 1198, 1199, 1200]
    flat = np.full(50, 9.0)
    assert within_trim(flat, np.full(50, 2010), CHOICES).all()  # equal to a quantile: kept


def test_moves_exits_and_first_years():
    extra = [
        *[assignment("t", year, place) for year, place in zip(YEARS, "ABB", strict=True)],
        *[assignment("back", year, "A") for year in (2010, 2012)],
        assignment("late", 2011, "B"),
    ]
    made = prepared(extra)
    rows = own(made)
    nan = pytest.approx(np.nan, nan_ok=True)
    assert rows["moved"].tolist() == [nan, 1.0, 0.0]
    assert rows["exits"].tolist() == [0.0, 0.0, nan]
    assert rows["new"].tolist() == [nan, 0.0, 0.0]
    back = own(made, "back")
    assert (back["exits"].iloc[0], back["moved"].iloc[1], back["new"].iloc[1]) == (1.0, 0.0, 0.0)
    late = own(made, "late")
    assert (late["new"].iloc[0], late["exits"].iloc[0]) == (1.0, 1.0)
    assert rows["regime"].tolist() == ["IS", "SS", "SS"]


def test_a_teacher_who_is_trimmed_or_moves_to_a_district_left_out_has_not_left():
    extra = [
        assignment("t", 2010, "A"),
        assignment("t", 2011, "A", salary=9e5),
        assignment("t", 2012, "A"),
        assignment("k", 2010, "A"),
        assignment("k", 2011, "K"),
    ]
    many = [assignment(f"x{n}", year, "A") for n in range(40) for year in YEARS]
    for presence, exits in (("teachers", [0.0, 0.0]), ("sample", [1.0, 1.0])):
        made = prepared([*extra, *many], trim=(0.0, 0.01), presence=presence)
        assert own(made).index.tolist() == [2010, 2012]
        assert [own(made).loc[2010, "exits"], own(made, "k").loc[2010, "exits"]] == exits


def test_teachers_whose_school_changes_district_have_moved_only_by_choice():
    extra = [
        assignment("t", 2010, "A", school_id="A-x"),
        *[assignment("t", year, "B", school_id="A-x") for year in (2011, 2012)],
    ]
    assert own(prepared(extra)).loc[2011, "moved"] == 0.0
    assert own(prepared(extra, moves_with_school="move")).loc[2011, "moved"] == 1.0


def consolidated(**choices):
    """District C began in 2011, of C1 and C2."""
    rows = [
        assignment("one", year, place, school_id="C-1")
        for year, place in zip(YEARS, ("C1", "C", "C"), strict=True)
    ]
    rows += [
        assignment("two", year, place, school_id=f"C-{n}")
        for n, (year, place) in enumerate(zip(YEARS, ("C2", "C", "C"), strict=True))
    ]
    tables = hand_made([*base(), *rows])
    of = tables["districts"].iloc[[0]]
    parts = [
        of.assign(district_id="C1", year=2010, enrolment=100, latitude=44.0, wage_bill=5.0),
        of.assign(
            district_id="C2",
            year=2010,
            enrolment=300,
            latitude=45.0,
            location="urban",
            wage_bill=7.0,
        ),
        *[
            of.assign(district_id="C", year=year, enrolment=410, latitude=44.6)
            for year in (2011, 2012)
        ],
    ]
    changed = {
        "districts": pd.concat([tables["districts"], *parts], ignore_index=True),
        "consolidations": pd.DataFrame(
            {"old_district": ["C1", "C2"], "new_district": "C", "year": 2011}
        ),
    }
    return prepared(rows, changed, **choices)


def test_consolidated_districts_are_one_in_all_years():
    made = consolidated()
    assert own(made, "two")["district_id"].tolist() == ["C"] * 3
    assert own(made, "two").loc[2011, "moved"] == 0.0
    first = made.districts[(made.districts["district_id"] == "C")].iloc[0]
    assert (first["enrolment"], first["wage_bill"], first["location"]) == (400, 12.0, "urban")
    assert first["latitude"] == pytest.approx(44.75, abs=1e-12)


def test_as_recorded_being_taken_over_is_a_move():
    made = consolidated(consolidations="as_recorded")
    assert own(made, "two")["district_id"].tolist() == ["C2", "C", "C"]
    assert own(made, "two").loc[2011, "moved"] == 1.0
    assert own(made, "one").loc[2011, "moved"] == 0.0  # her school stayed the same


def test_wage_bills_are_those_given_or_the_sum_of_salaries():
    made = prepared([assignment("t", 2010, "A", salary=1234.0, fte=0.5)])
    bill = made.districts.set_index(["district_id", "year"])["wage_bill"]
    assert (bill["A", 2010], bill["A", 2011]) == (41234.0, 40000.0)


def test_regimes_of_handbooks():
    tables = hand_made(base())
    for schedule, merit, regime in ((1, 0, "SS"), (1, 1, "IS"), (0, 0, "IS"), (0, 1, "IS")):
        books = tables["handbooks"].assign(has_schedule=[float(schedule), 1.0 - (regime == "SS")])
        books["mentions_merit"] = [float(merit), 0.0]
        made = prepared(changed={"handbooks": books})
        assert own(made, "inA")["regime"].unique().tolist() == [regime]
    assert set(prepared().districts["regime"]) == {"IS", "SS"}


def test_links_divide_full_time_among_grades():
    staff = pd.DataFrame(
        [
            assignment("one", 2010, "A", grade_low=3, grade_high=4, fte=0.8),
            assignment("two", 2010, "A", fte=0.6),
            assignment("math", 2010, "A", subject="math", fte=0.5),
            assignment("music", 2010, "A", subject="other"),
            assignment("two", 2010, "A", fte=0.4, subject="esl", assignment_no=2),
        ]
    )
    cells = pd.DataFrame(
        [("A-e", 4, 2010, one) for one in ("math", "reading", "ela")] + [("A-e", 3, 2010, "math")],
        columns=["school_id", "grade", "year", "subject"],
    )
    made = teacher_links(staff, cells).set_index(["subject", "grade", "teacher_id"])
    made = made["share"].sort_index()
    assert made["math", 4].to_dict() == {"math": 0.5 / 1.5, "one": 0.4 / 1.5, "two": 0.6 / 1.5}
    assert made["reading", 4].to_dict() == {"one": 0.4, "two": 0.6}
    assert made["ela", 4].to_dict() == {"one": 0.4, "two": 0.6}
    assert made["math", 3].to_dict() == {"one": 1.0}
    assert len(made) == 8


def test_shares_of_every_cell_sum_to_one():
    links = records().links
    total = links.groupby(["school_id", "grade", "year", "subject"])["share"].sum()
    assert np.allclose(total, 1, atol=1e-12, rtol=0)
    assert links["share"].gt(0).all()


def test_levels_by_the_middle_of_the_grades():
    low, high = np.array([0, 5, 5, 6, 4, 9]), np.array([5, 6, 7, 8, 6, 12])
    e, s = "elementary", "secondary"
    assert level_of(low, high).tolist() == [e, e, s, s, e, s]


def test_every_row_is_accounted_for():
    made = records()
    steps = made.steps.set_index("step")
    chain = ["main_contract", "left_out", "salary_known", "trimming"]
    for before, after in itertools.pairwise(chain):
        assert steps.loc[after, ["rows", "left_out"]].sum() == steps.loc[before, "rows"]
    assert steps.loc["trimming", "rows"] == len(made.teacher_years)
    assert steps.loc["staff", "rows"] == len(state().tables["staff"])


def test_the_order_of_rows_does_not_matter():
    tables = {name: rows.sample(frac=1, random_state=3) for name, rows in state().tables.items()}
    tables = {name: rows.reset_index(drop=True) for name, rows in tables.items()}
    made = prepare(as_raw(tables), CHOICES)
    for name, table in records().tables.items():
        pd.testing.assert_frame_equal(getattr(made, name), table, check_exact=True)


def test_tables_read_from_files_give_the_same(tmp_path):
    tables = state().tables
    for name, rows in tables.items():
        write_csv(rows, tmp_path / f"{name}.csv")
    raw = read_tables({name: tmp_path / f"{name}.csv" for name in tables}, LAYOUT)
    made = prepare(raw, CHOICES)
    for name, table in records().tables.items():
        pd.testing.assert_frame_equal(getattr(made, name), table, check_exact=True)


def test_choices_that_do_not_exist_are_refused():
    given = {"years": [2006, 2014], "first_post_year": 2012, "left_out": ["d005"]}
    assert pay_choices(given) == CHOICES
    with pytest.raises(UserError, match=r"pay.presence is 'all'; choose one of teachers, sample"):
        pay_choices(given | {"presence": "all"})
    with pytest.raises(UserError, match=r"pay.first_post_year is 2006; it must be after 2006"):
        pay_choices(given | {"first_post_year": 2006})
    with pytest.raises(UserError, match=r"pay.trim: write two shares from 0 on, together below 1"):
        pay_choices(given | {"trim": [0.5, 0.5]})
