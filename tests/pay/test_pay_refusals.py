"""Tables that contradict each other are refused, each by its text."""

import numpy as np
import pandas as pd
import pytest
from pay_world import CHOICES, HAND, LAYOUT, as_raw, assignment, hand_made, state

from welfare_added.district.problems import DistrictError
from welfare_added.district.reading import read_tables
from welfare_added.pay.choices import PayChoices
from welfare_added.pay.preparation import prepare
from welfare_added.run.errors import UserError

YEARS = (2010, 2011, 2012)


def tables(*extra: dict) -> dict[str, pd.DataFrame]:
    usual = [assignment(f"in{one}", year, one) for one in "ABK" for year in YEARS]
    return hand_made([*usual, *extra])


def refused(raw: dict, choices: PayChoices = HAND, error=DistrictError) -> str:
    with pytest.raises(error) as raised:
        prepare(as_raw(raw), choices)
    return str(raised.value)


def changed(name: str, row: int, **values) -> dict:
    raw = tables()
    for column, value in values.items():
        raw[name].loc[row, column] = value
    return raw


def added(raw: dict, name: str, **values) -> dict:
    rows = raw[name]
    return raw | {name: pd.concat([rows, rows.iloc[[0]].assign(**values)], ignore_index=True)}


def test_the_state_made_by_hand_passes():
    assert len(prepare(as_raw(tables()), HAND).teacher_years) == 6


TWO = {"school_id": "A-e", "assignment_no": 2}


@pytest.mark.parametrize(
    "column, value",
    [("salary", 41000.0), ("contract_days", 181.0), ("seniority_months", 31.0), ("degree", "MA")],
)
def test_assignments_of_a_contract_that_disagree(column, value):
    text = refused(tables(assignment("inA", 2010, "A", **TWO, **{column: value})))
    assert f"staff.csv, column {column}: assignments of a teacher, year and district that " in text
    assert f"disagree about {column} (2 rows)" in text
    assert "Remedy: write the contract's value in all its assignments" in text


def test_another_district_or_a_missing_salary_is_no_disagreement():
    raw = tables(
        assignment("inA", 2010, "B", assignment_no=2, salary=9.0, degree="MA"),
        assignment("x", 2010, "A", salary=np.nan),
        assignment("x", 2010, "A", salary=np.nan, **TWO),
    )
    prepare(as_raw(raw), HAND)


def test_a_contract_without_any_full_time_equivalent():
    text = refused(tables(assignment("x", 2010, "A", fte=0.0)))
    assert "staff.csv, column fte: contracts without any full-time equivalent (1 row)" in text
    assert "row 10: '0.0'" in text and "leave out who does not teach" in text


def test_grades_in_the_wrong_order():
    text = refused(tables(assignment("x", 2010, "A", grade_low=5)))
    assert "staff.csv, column grade_low: lowest grades above the highest of the assignment" in text


def test_a_teacher_of_an_unknown_district():
    text = refused(tables(assignment("x", 2010, "Z")))
    assert "staff.csv, column district_id: teachers of districts without a row of that year" in text
    assert "row 10: 'Z'" in text and "ids must be written alike" in text


def test_a_school_in_two_districts():
    text = refused(tables(assignment("x", 2010, "B", school_id="A-e")))
    assert "staff.csv, column school_id: schools with teachers of two districts in a year" in text
    assert "(2 rows)" in text


@pytest.mark.parametrize("born", [1996.0, 1900.0])
def test_a_year_of_birth_that_cannot_be(born):
    text = refused(tables(assignment("x", 2010, "A", birth_year=born)))
    assert "staff.csv, column birth_year: years of birth of teachers younger than 16 or" in text


def test_what_substitutes_and_others_have_is_not_looked_at():
    raw = tables(
        assignment("x", 2010, "Z", fte=0.0, grade_low=9, substitute=1.0),
        assignment("y", 2010, "Z", fte=0.0, birth_year=1990.0, position="other"),
    )
    prepare(as_raw(raw), HAND)


def test_no_salary_at_all():
    raw = tables()
    raw["staff"]["salary"] = np.nan
    assert "staff.csv, column salary: no salary of any teacher" in refused(raw)


def test_no_teacher_at_all():
    raw = tables()
    raw["staff"]["position"] = "other"
    raw["handbooks"] = raw["handbooks"]
    choices = PayChoices(**{**vars(HAND), "left_out": ("A", "B", "K")})
    assert "staff.csv, column position: no row of a teacher who is no substitute" in refused(
        raw, choices
    )


@pytest.mark.parametrize("name", ["staff", "cells", "districts"])
def test_a_year_without_rows(name):
    choices = PayChoices(**{**vars(HAND), "years": (2009, 2012)})
    raw = tables()
    others = {"staff", "cells", "districts"} - {name}
    for one in others:
        raw = added(raw, one, year=2009)
    text = refused(raw, choices)
    assert f"{name}.csv, column year: no row of 2009" in text
    assert "or choose other district.years in config.yaml" in text


def test_a_mean_score_that_is_missing_though_pupils_were_tested():
    text = refused(changed("cells", 2, mean_score=np.nan))
    assert "cells.csv, column mean_score: no mean score though pupils were tested (1 row)" in text
    assert "row 3: empty" in text and "leave the row out where it is not published" in text


def test_a_cell_without_pupils_is_left_out_and_counted():
    made = prepare(as_raw(changed("cells", 2, mean_score=np.nan, n_pupils=0)), HAND)
    assert made.steps.set_index("step").loc["cells_with_score", "left_out"] == 1


def test_a_mean_score_without_pupils():
    text = refused(changed("cells", 2, n_pupils=0))
    assert "cells.csv, column n_pupils: mean scores of cells without pupils (1 row)" in text


def test_a_cell_without_composition():
    raw = tables()
    raw["composition"] = raw["composition"].drop(index=1).reset_index(drop=True)
    text = refused(raw)
    assert "cells.csv, column school_id: cells without a row of that school, grade and" in text


def test_shares_of_races_above_one():
    text = refused(changed("composition", 0, share_black=0.8))
    assert (
        "shares of races (share_black, share_hispanic, share_asian, share_native) that sum" in text
    )
    prepare(
        as_raw(changed("composition", 0, share_black=0.715)), HAND
    )  # printed shares are rounded


def test_a_code_among_mean_scores():
    raw = {name: rows.copy() for name, rows in state().tables.items()}
    raw["cells"].loc[5, "mean_score"] = 9999.0
    text = refused(raw, CHOICES)
    assert "cells.csv, column mean_score: mean scores far from all others of the year" in text
    assert "row 6: '9999.0'" in text and "(1 row)" in text


def test_schools_that_are_written_differently():
    raw = tables()
    for name in ("cells", "composition"):
        raw[name]["school_id"] = raw[name]["school_id"] + "x"
    text = refused(raw)
    assert "no cell is of a school that has a teacher in the staff file that year" in text


def test_cells_of_schools_without_teachers_are_left_out_and_counted():
    raw = tables()
    for name in ("cells", "composition"):
        raw = added(raw, name, school_id="private")
    made = prepare(as_raw(raw), HAND)
    steps = made.steps.set_index("step")["left_out"]
    assert (steps["cells_of_schools"], steps["composition_of_schools"]) == (1, 1)


def test_a_cell_whose_teachers_do_not_teach_it_stays_without_links(caplog):
    raw = tables()
    raw["staff"].loc[0, "subject"] = "esl"
    with caplog.at_level("INFO"):
        made = prepare(as_raw(raw), HAND)
    assert "links: 1 of 6 cells have no teacher" in caplog.text
    assert len(made.links) == 5 and len(made.cells) == 6


def test_a_district_in_two_markets():
    text = refused(changed("districts", 0, cesa=2))
    assert "districts.csv, column cesa: districts that are in different markets in" in text
    assert "(3 rows)" in text


def test_a_handbook_of_an_unknown_district():
    text = refused(changed("handbooks", 0, district_id="Z"))
    assert "handbooks.csv, column district_id: handbooks of districts that the table of" in text


def test_a_regime_that_contradicts_its_parts():
    for row, regime in ((0, "SS"), (1, "IS")):
        text = refused(changed("handbooks", row, regime=regime))
        assert "handbooks.csv, column regime: regimes that contradict has_schedule and" in text
        assert f"row {row + 1}: '{regime}'" in text


def test_no_district_of_a_regime():
    text = refused(changed("handbooks", 0, has_schedule=1.0))
    assert "handbooks.csv, column regime: no district with regime IS" in text


def test_a_handbook_that_does_not_say_counts_as_none(caplog):
    raw = added(tables(), "handbooks", district_id="K", has_schedule=np.nan, regime=None)
    made = prepare(as_raw(raw), PayChoices(**{**vars(HAND), "left_out": ()}))
    assert "1 handbooks do not say the regime: these districts count as without" in caplog.text
    regime = made.districts.set_index("district_id")["regime"]
    assert set(regime["K"]) == {"none"}


@pytest.mark.parametrize("kept, period", [((2012,), "before"), ((2010, 2011), "from")])
def test_a_handbook_of_a_district_in_one_period_alone(kept, period):
    raw = tables()
    staff = raw["staff"]
    raw["staff"] = staff[(staff["district_id"] != "A") | staff["year"].isin(kept)].reset_index(
        drop=True
    )
    text = refused(raw)
    assert (
        f"handbooks.csv, column district_id: handbooks of districts without teachers {period} "
        in text
    )
    assert "name the district that it was part of in consolidations" in text


def with_consolidation(**values) -> dict:
    raw = tables(*[assignment("c", year, "C") for year in (2011, 2012)])
    raw = added(raw, "districts", district_id="O", year=2010)
    for year in (2011, 2012):
        raw = added(raw, "districts", district_id="C", year=year)
    row = {"old_district": ["O"], "new_district": ["C"], "year": [2011]} | values
    return raw | {"consolidations": pd.DataFrame(row)}


def test_consolidations():
    prepare(as_raw(with_consolidation()), HAND)
    text = refused(with_consolidation(year=[2010]))
    assert (
        "consolidations.csv, column year: districts that have rows in districts after they" in text
    )
    text = refused(with_consolidation(new_district=["Z"]))
    assert "consolidations.csv, column new_district: successors without rows in districts" in text
    text = refused(
        with_consolidation(old_district=["O", "C"], new_district=["C", "O"], year=[2011, 2013])
    )
    assert "consolidations.csv, column new_district: districts that follow each other in a" in text
    text = refused(with_consolidation(old_district=["C"], new_district=["C"]))
    assert "districts that follow each other in a circle" in text


def test_a_district_to_leave_out_that_no_table_has():
    choices = PayChoices(**{**vars(HAND), "left_out": ("kenosha",)})
    text = refused(tables(), choices, UserError)
    assert "config.yaml: pay.left_out names kenosha, which districts.csv does not have" in text


def write(tmp_path, raw) -> dict:
    for name, rows in raw.items():
        rows.to_csv(tmp_path / f"{name}.csv", index=False)
    return {name: tmp_path / f"{name}.csv" for name in raw}


@pytest.mark.parametrize(
    "name, column, value, text",
    [
        ("staff", "salary", -1, "values outside 1 to 1000000"),
        ("staff", "salary", 0, "values outside 1 to 1000000"),
        ("staff", "fte", 9, "values outside 0 to 2"),
        ("staff", "contract_days", 0, "values outside 1 to 366"),
        ("staff", "degree", "BSc", "values that are not allowed"),
        ("staff", "assignment_no", 2.5, "not a whole number"),
        ("cells", "n_pupils", -3, "values outside 0 to 100000"),
        ("composition", "share_female", 51, "values outside 0 to 1"),
        ("districts", "latitude", 4400, "values outside -90 to 90"),
        ("districts", "location", "city", "values that are not allowed"),
        ("handbooks", "regime", "merit", "values that are not allowed"),
    ],
)
def test_values_that_are_not_allowed(tmp_path, name, column, value, text):
    raw = tables()
    raw[name] = raw[name].astype({column: object})
    raw[name].loc[0, column] = value
    with pytest.raises(DistrictError) as raised:
        read_tables(write(tmp_path, raw), LAYOUT)
    assert f"{name}.csv, column {column}: {text}" in str(raised.value)


def test_keys_recur(tmp_path):
    raw = added(tables(), "staff")
    with pytest.raises(DistrictError) as raised:
        read_tables(write(tmp_path, raw), LAYOUT)
    text = str(raised.value)
    assert "staff.csv, column teacher_id and year and assignment_no: a row repeats the key" in text
    assert "Remedy: number the assignments of a person and year" in text
    assert "inA" not in text  # no person is named


def test_optional_columns_may_be_missing(tmp_path):
    raw = tables()
    raw["staff"] = raw["staff"].drop(columns="substitute")
    raw["cells"] = raw["cells"].drop(columns="sd_score")
    raw["districts"] = raw["districts"].drop(columns=["wage_bill", "share_black"])
    raw["handbooks"] = raw["handbooks"].drop(columns="regime")
    made = prepare(read_tables(write(tmp_path, raw), LAYOUT), HAND)
    assert made.districts["black"].isna().all() and made.districts["wage_bill"].notna().all()
    assert made.cells["sd_score"].isna().all() and len(made.teacher_years) == 6
    named = raw["handbooks"].assign(regime=["IS", "SS"])[["district_id", "regime"]]
    made = prepare(read_tables(write(tmp_path, raw | {"handbooks": named}), LAYOUT), HAND)
    assert set(made.districts["regime"]) == {"IS", "SS"}
