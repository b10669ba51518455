"""Platforms whose tables contradict each other are refused, each by its text."""

import numpy as np
import pandas as pd
import pytest
from small_world import CHOICES, LAYOUT, as_raw, forecasts, platform_world, records

from welfare_added.district.problems import DistrictError
from welfare_added.district.reading import read_tables
from welfare_added.market.platform import base
from welfare_added.market.platform_checks import check_platform, remarks

HIRING = ("vacancies", "applicants", "applications", "commutes")


def tables() -> dict[str, pd.DataFrame]:
    """The tiny platform's raw tables, dates as days."""
    return {name: rows.copy() for name, rows in as_raw(platform_world().tables).tables.items()}


def schools() -> pd.DataFrame:
    return records().schools.copy()


def refused(raw: dict, of_schools: pd.DataFrame | None = None) -> str:
    """Text of the refusal."""
    with pytest.raises(DistrictError) as raised:
        check_platform(
            as_raw(raw), schools() if of_schools is None else of_schools, records().traits
        )
    return str(raised.value)


def test_the_synthetic_platform_passes():
    assert check_platform(as_raw(tables()), schools(), records().traits) is None


def test_an_application_to_no_position():
    raw = tables()
    raw["applications"].loc[[3, 8], "position_id"] = "p99999"
    text = refused(raw)
    assert (
        "applications.csv, column position_id: positions that the table of vacancies lacks" in text
    )
    assert "(2 rows)\n    row 4: 'p99999'\n    row 9: 'p99999'\n    Remedy: add them, or" in text


def test_an_application_of_nobody_in_the_cycle():
    raw = tables()
    cycle = raw["applicants"]["cycle"]
    one = raw["applications"].merge(raw["vacancies"][["position_id", "cycle"]], on="position_id")
    who, year = one.loc[0, "applicant_id"], one.loc[0, "cycle"]
    number = ((one["applicant_id"] == who) & (one["cycle"] == year)).sum()
    keep = (raw["applicants"]["applicant_id"] != who) | (cycle != year)
    raw["applicants"] = raw["applicants"][keep].reset_index(drop=True)
    text = refused(raw)
    assert "column applicant_id: not in the table of applicants in the cycle of the pos" in text
    assert f"({number} row" in text


def test_an_application_before_posting_and_after_closing():
    raw = tables()
    made, posted = raw["applications"], raw["vacancies"].set_index("position_id")
    made.loc[5, "applied"] = posted.loc[made.loc[5, "position_id"], "posted"] - pd.Timedelta(days=1)
    late = pd.Timedelta(days=1)
    for row in (6, 7):
        made.loc[row, "applied"] = posted.loc[made.loc[row, "position_id"], "closed"] + late
    text = refused(raw)
    assert "column applied: an application before its position is posted (1 row)" in text
    assert "column applied: an application after its position is closed (2 rows)" in text
    assert "a position posted twice has the first day" in text


def test_a_position_without_closing_takes_applications_until_the_season_ends():
    raw = tables()
    raw["vacancies"]["closed"] = pd.NaT
    raw["applications"].loc[2, "applied"] += pd.Timedelta(days=40)
    check_platform(as_raw(raw), schools(), records().traits)
    raw["applications"].loc[2, "applied"] += pd.Timedelta(days=400)
    assert "column applied: a day outside the season of its cycle (1 row)" in refused(raw)


def test_a_posting_school_without_title1():
    of_schools = schools()
    posting = tables()["vacancies"].loc[0, "school_id"]
    of_schools.loc[of_schools["school_id"] == posting, "title1"] = np.nan
    text = refused(tables(), of_schools)
    number = (tables()["vacancies"]["school_id"] == posting).sum()
    assert "vacancies.csv, column school_id: a school that posts and has no Title I status" in text
    assert f"({number} rows)" in text and "fill title1 of the school" in text


def test_a_posting_school_without_classes():
    of_schools = schools()
    posting = tables()["vacancies"].loc[0, "school_id"]
    of_schools.loc[of_schools["school_id"] == posting, "class_size"] = np.nan
    assert "a school that posts and has no class with scores in that year" in refused(
        tables(), of_schools
    )


def test_a_cycle_without_positions():
    raw = tables()
    raw["vacancies"] = raw["vacancies"][raw["vacancies"]["cycle"] != 2013].reset_index(drop=True)
    text = refused(raw)
    number = (raw["applicants"]["cycle"] == 2013).sum()
    assert f"applicants.csv, column cycle: a cycle without positions ({number} rows)" in text


def test_a_cycle_named_by_the_wrong_year():
    raw = tables()
    raw["vacancies"]["cycle"] -= 1
    raw["applicants"]["cycle"] -= 1
    text = refused(raw)
    assert "column posted: a day outside the season of its cycle" in text
    assert "cycle is the spring of the job: 2016 for postings of spring and summer 2015" in text


def test_a_position_that_closes_before_it_is_posted():
    raw = tables()
    raw["vacancies"].loc[4, "closed"] = raw["vacancies"].loc[4, "posted"] - pd.Timedelta(days=2)
    assert "column closed: closed before it is posted (1 row)" in refused(raw)


def test_a_teacher_whom_the_state_does_not_know():
    raw = tables()
    raw["applicants"].loc[0, "teacher_id"] = "t99999x"
    assert "column teacher_id: teachers that the table of teachers lacks (1 row)" in refused(raw)


def test_a_teacher_whom_two_applicants_match():
    raw = tables()
    known = raw["applicants"]["teacher_id"].notna() & (raw["applicants"]["cycle"] == 2015)
    first, second = raw["applicants"].index[known][:2]
    raw["applicants"].loc[second, "teacher_id"] = raw["applicants"].loc[first, "teacher_id"]
    text = refused(raw)
    assert "column teacher_id: a teacher whom two applicants of one cycle match (2 rows)" in text


def test_a_present_school_without_students():
    raw = tables()
    raw["applicants"].loc[0, "current_position"] = "h9999"
    text = refused(raw)
    assert "column current_position: a present school without students in enrolments" in text


def test_no_identifier_of_a_person_is_shown():
    raw = tables()
    raw["vacancies"] = raw["vacancies"][raw["vacancies"]["cycle"] != 2013].reset_index(drop=True)
    assert "a000" not in refused(raw)


def written(folder, **changed) -> dict:
    files = {}
    for name in HIRING:
        rows = changed.get(name, platform_world().tables[name])
        files[name] = folder / f"{name}.csv"
        rows.to_csv(files[name], index=False)
    return files


def test_the_written_tables_are_read_back(tmp_path):
    raw = read_tables(written(tmp_path), LAYOUT)
    check_platform(raw, schools(), records().traits)
    made = records()
    again = base(raw.tables, made.schools, made.traits, forecasts(), CHOICES)
    pd.testing.assert_frame_equal(
        again.applications,
        base(tables(), made.schools, made.traits, forecasts(), CHOICES).applications,
    )


def spoiled(column, row, value, table="applications"):
    rows = platform_world().tables[table].copy()
    rows.loc[row, column] = value
    return {table: rows}


READ = {
    "an outcome of no kind": (
        spoiled("outcome", 2, "Offer"),
        r"applications\.csv, column outcome: values that are not allowed \(1 row\)",
    ),
    "a day of no calendar": (
        spoiled("applied", 2, "2015-06-31"),
        r"column applied: not a day of the calendar written as 2015-04-30 \(1 row\)",
    ),
    "an application made twice": (
        {
            "applications": pd.concat(
                [
                    platform_world().tables["applications"],
                    platform_world().tables["applications"][:1],
                ]
            )
        },
        r"applicant_id and position_id: a row repeats the key of another \(2 rows\)",
    ),
    "an applicant twice in a cycle": (
        {
            "applicants": pd.concat(
                [platform_world().tables["applicants"], platform_world().tables["applicants"][:1]]
            )
        },
        r"applicants\.csv, column applicant_id and cycle: a row repeats the key of another",
    ),
    "a posting without a day": (
        spoiled("posted", 1, None, "vacancies"),
        r"vacancies\.csv, column posted: empty \(1 row\)",
    ),
    "an address off the globe": (
        spoiled("latitude", 3, 352.1, "applicants"),
        r"applicants\.csv, column latitude: values outside -90 to 90 \(1 row\)",
    ),
}


@pytest.mark.parametrize("case", READ)
def test_values_that_are_not_allowed_are_refused(case, tmp_path):
    changed, text = READ[case]
    with pytest.raises(DistrictError, match=text):
        read_tables(written(tmp_path, **changed), LAYOUT)


def test_what_is_allowed_and_worth_knowing_is_counted():
    applicants = pd.DataFrame(
        {"va_missing": [0, 1, 1], "latitude": [35.0, np.nan, 35.0], "longitude": -80.0}
    )
    made = pd.DataFrame({"applicant": [0, 1, 1], "position": [0, 0, 2]})
    positions = pd.DataFrame({"position_id": list("abcd")})
    assert remarks(applicants, positions, made) == [
        "2 of 3 applications are of applicants without value added",
        "1 of 3 applicants never apply: no window is known of them",
        "1 of 3 applicants apply once: their window is a day",
        "2 of 4 positions receive no application",
        "1 of 3 applicants have no coordinates",
    ]
