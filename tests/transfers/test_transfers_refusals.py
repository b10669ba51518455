"""Tables that contradict each other are refused, each by its text (section 8 of the build notes)."""

import numpy as np
import pandas as pd
import pytest
from transfers_world import INPUTS, LAYOUT, PARAMETERS, STUDY, as_raw, world

from welfare_added.district.problems import DistrictError
from welfare_added.district.reading import read_tables
from welfare_added.run.errors import UserError
from welfare_added.transfers.design import build_design
from welfare_added.transfers.planted import planted
from welfare_added.transfers.records import Study, transfer_records


def tables() -> dict[str, pd.DataFrame]:
    return as_raw(world().tables).tables


def refused(raw: dict, study: Study = STUDY) -> str:
    """Text of the refusal by the checks of the tables."""
    with pytest.raises(DistrictError) as raised:
        transfer_records(as_raw(raw), study)
    return str(raised.value)


def without(rows: pd.DataFrame, dropped) -> pd.DataFrame:
    return rows.drop(index=dropped).reset_index(drop=True)


def added(rows: pd.DataFrame, **values) -> pd.DataFrame:
    return pd.concat([rows, rows.iloc[[0]].assign(**values)], ignore_index=True)


def test_the_synthetic_system_passes():
    assert len(transfer_records(as_raw(tables()), STUDY).years) == 10


def test_a_rank_without_an_interview():
    raw = tables()
    one = raw["rankings"].iloc[0]
    held = raw["interviews"]
    own = (held["vacancy_id"] == one["vacancy_id"]) & (held["teacher_id"] == one["teacher_id"])
    raw["interviews"] = without(held, held.index[own])
    text = refused(raw)
    assert "rankings.csv, column vacancy_id and teacher_id: a rank without an interview" in text
    assert "(1 row)\n    row 1\n    Remedy: add the interview, or leave the row out" in text


def test_a_rank_of_an_interview_that_was_not_held():
    raw = tables()
    one = raw["rankings"].iloc[0]
    held = raw["interviews"]
    own = (held["vacancy_id"] == one["vacancy_id"]) & (held["teacher_id"] == one["teacher_id"])
    held.loc[own, "interviewed"] = 0
    assert "a rank without an interview (1 row)" in refused(raw)


def test_an_interview_without_an_application():
    raw = tables()
    one = raw["interviews"].iloc[3]
    made = raw["applications"]
    own = (made["vacancy_id"] == one["vacancy_id"]) & (made["teacher_id"] == one["teacher_id"])
    raw["applications"] = without(made, made.index[own])
    assert "interviews.csv, column vacancy_id and teacher_id: an interview without an app" in (
        refused(raw)
    )


def test_an_application_outside_the_licences():
    raw = tables()
    one = raw["applications"].merge(raw["vacancies"], on="vacancy_id").iloc[0]
    held = raw["licences"]
    own = (held["teacher_id"] == one["teacher_id"]) & (held["licence"] == one["licence"])
    raw["licences"] = without(held, held.index[own])
    text = refused(raw)
    assert (
        "applications.csv, column vacancy_id: applications outside the teacher's licences" in text
    )
    assert "set selection.unlicensed to widen: the vacancy is then on her menu" in text


def test_menus_can_be_widened_by_unlicensed_applications(caplog):
    raw = tables()
    one = raw["applications"].merge(raw["vacancies"], on="vacancy_id").iloc[0]
    held = raw["licences"]
    own = (held["teacher_id"] == one["teacher_id"]) & (held["licence"] == one["licence"])
    raw["licences"] = without(held, held.index[own])
    study = Study(**{**vars(STUDY), "unlicensed": "widen"})
    made = build_design(as_raw(raw), study)
    assert made.system.supply.applied.sum() == len(raw["applications"])
    assert "applications outside the licences: menus are widened" in caplog.text
    with pytest.raises(UserError, match=r"selection.unlicensed: 'drop'; want refuse or widen"):
        transfer_records(as_raw(raw), Study(**{**vars(STUDY), "unlicensed": "drop"}))


def offers_of(raw: dict, number: int) -> pd.DataFrame:
    """Offers of the first teachers who accepted one, with year and round."""
    held = raw["offers"].merge(raw["vacancies"], on="vacancy_id", how="left")
    return held[held["accepted"] == 1].iloc[:number]


def with_second_offer(raw: dict, step: int) -> dict:
    """Give somebody who accepted an offer another accepted one in the same round."""
    one = offers_of(raw, 1).iloc[0]
    same = (raw["vacancies"]["year"] == one["year"]) & (raw["vacancies"]["round"] == one["round"])
    other = raw["vacancies"][same & (raw["vacancies"]["vacancy_id"] != one["vacancy_id"])]
    taken = set(raw["offers"]["vacancy_id"]) | set(raw["interviews"]["vacancy_id"])
    other = other[~other["vacancy_id"].isin(taken)].iloc[0]
    pair = {"vacancy_id": other["vacancy_id"], "teacher_id": one["teacher_id"]}
    raw["licences"] = added(
        raw["licences"], teacher_id=one["teacher_id"], year=one["year"], licence=other["licence"]
    ).drop_duplicates(ignore_index=True)
    raw["applications"] = added(raw["applications"], **pair)
    raw["interviews"] = added(raw["interviews"], **pair, interviewed=1)
    raw["rankings"] = added(raw["rankings"], **pair, rank=1)
    raw["offers"] = added(raw["offers"], **pair, step=one["step"] + step, accepted=1)
    return raw


def test_two_acceptances_in_a_step():
    text = refused(with_second_offer(tables(), 0))
    assert (
        "offers.csv, column vacancy_id and teacher_id: a teacher who accepts two offers of a step"
    )
    assert "a teacher who accepts two offers of a step (2 rows)" in text
    assert "keep the acceptance that holds" in text


def test_two_acceptances_in_a_round():
    text = refused(with_second_offer(tables(), 1))
    assert "a teacher who accepts two offers of a round (2 rows)" in text
    assert "of a step" not in text


def test_a_vacancy_that_two_accept():
    raw = tables()
    lists = raw["rankings"].groupby("vacancy_id").size()
    held = raw["offers"][raw["offers"]["accepted"] == 1]
    one = held[held["vacancy_id"].isin(lists.index[lists > 1])].iloc[0]
    own = raw["rankings"][raw["rankings"]["vacancy_id"] == one["vacancy_id"]]
    offered = raw["offers"].loc[raw["offers"]["vacancy_id"] == one["vacancy_id"], "teacher_id"]
    moved = set(held["teacher_id"])
    other = own[~own["teacher_id"].isin({*offered, *moved})]
    if other.empty:
        raw["offers"].loc[raw["offers"]["vacancy_id"] == one["vacancy_id"], "accepted"] = 1
    else:
        raw["offers"] = added(
            raw["offers"], **other.iloc[0][["vacancy_id", "teacher_id"]], step=9, accepted=1
        )
    assert "a vacancy that two teachers accept (2 rows)" in refused(raw)


def test_an_offer_to_an_unranked_teacher():
    raw = tables()
    one = raw["offers"].iloc[0]
    held = raw["rankings"]
    own = (held["vacancy_id"] == one["vacancy_id"]) & (held["teacher_id"] == one["teacher_id"])
    raw["rankings"] = without(held, held.index[own])
    assert "an offer to a teacher without a rank (1 row)" in refused(raw)


def test_ranks_with_holes_and_twice():
    raw = tables()
    raw["rankings"].loc[0, "rank"] += 1
    text = refused(raw)
    assert "rankings.csv, column rank: lists whose ranks have holes, or a rank twice" in text
    assert "number the candidates of a vacancy 1, 2, 3 and so on" in text


def test_a_displaced_teacher_with_a_current_position():
    raw = tables()
    rows = raw["teacher_years"]
    outside = raw["outside_positions"].iloc[0]
    own = (rows["teacher_id"] == outside["teacher_id"]) & (rows["year"] == outside["year"])
    rows.loc[own, "displaced"] = 1
    assert "a displaced teacher with a current position, in the table of outside_pos" in refused(
        raw
    )
    raw = tables()
    rows = raw["teacher_years"]
    held = raw["positions"]
    again = held.merge(held.assign(year=held["year"] - 1), on=["position_id", "teacher_id", "year"])
    one = again.iloc[0]
    own = (rows["teacher_id"] == one["teacher_id"]) & (rows["year"] == one["year"])
    rows.loc[own, "displaced"] = 1
    text = refused(raw)
    assert (
        "a displaced teacher with a current position, who has the same one in the year af" in text
    )
    assert one["teacher_id"] not in text


def test_a_driving_time_missing_on_a_menu():
    raw = tables()
    one = raw["applications"].merge(raw["vacancies"], on="vacancy_id").iloc[0]
    times = raw["driving_times"]
    own = times[["teacher_id", "year", "school_id"]] == one[["teacher_id", "year", "school_id"]]
    raw["driving_times"] = without(times, times.index[own.all(axis=1)])
    with pytest.raises(DistrictError) as raised:
        build_design(as_raw(raw), STUDY)
    text = str(raised.value)
    assert "driving_times.csv, column minutes: no driving time of" in text
    assert f"schools of {one['year']} that are on a menu or a teacher's own (1 teachers)" in text
    assert "add the minutes from each teacher's home to every school" in text


def test_unknown_vacancies_and_applicants():
    raw = tables()
    raw["applications"].loc[[1, 4], "vacancy_id"] = "v0"
    text = refused(raw)
    assert (
        "applications.csv, column vacancy_id: vacancies that the table of vacancies lacks" in text
    )
    assert "(2 rows)\n    row 2: 'v0'\n    row 5: 'v0'" in text
    raw = tables()
    raw["applications"].loc[1, "teacher_id"] = "nobody"
    assert "applicants without a row of that year in the table of teacher_years" in refused(raw)


def test_an_applicant_without_anything_to_compare_with():
    raw = tables()
    one = raw["applications"].merge(raw["vacancies"], on="vacancy_id").iloc[0]
    own = (raw["positions"]["teacher_id"] == one["teacher_id"]) & (
        raw["positions"]["year"] == one["year"]
    )
    raw["positions"].loc[own, "teacher_id"] = None
    people = raw["teacher_years"]
    people.loc[people["teacher_id"] == one["teacher_id"], "displaced"] = 0
    assert "applicants who are not displaced and have no position in that year" in refused(raw)


def test_an_applicant_who_has_given_notice():
    raw = tables()
    raw["teacher_years"]["gave_notice"] = 1
    text = refused(raw)
    assert "applicants who have given notice" in text
    assert f"({len(raw['applications'])} rows)" in text


def test_an_application_after_an_acceptance():
    raw = tables()
    held = offers_of(raw, 10**6)
    one = held[held["round"] == 1].iloc[0]
    later = raw["vacancies"][(raw["vacancies"]["year"] == one["year"])]
    later = later[later["round"] == 2].iloc[0]
    raw["licences"] = added(
        raw["licences"], teacher_id=one["teacher_id"], year=one["year"], licence=later["licence"]
    ).drop_duplicates(ignore_index=True)
    pair = {"vacancy_id": later["vacancy_id"], "teacher_id": one["teacher_id"]}
    raw["applications"] = added(raw["applications"], **pair)
    assert "applicants who accepted an offer in an earlier round of the year (1 row)" in refused(
        raw
    )


def test_all_displaced():
    raw = tables()
    keep = [*("enrolments", "teacher_years", "licences", "driving_times", "tests", "vacancies")]
    raw["teacher_years"]["displaced"] = 1
    raw["positions"]["position_id"] = [f"p{one}" for one in range(len(raw["positions"]))]
    raw = {
        name: raw[name]
        for name in (*keep, "positions", "applications", "interviews", "rankings", "offers")
    }
    with pytest.raises(UserError, match="every teacher with a menu is displaced, so that inertia"):
        build_design(as_raw(raw), STUDY)


def test_positions_that_contradict_the_other_tables():
    raw = tables()
    raw["positions"].loc[0, "grades"] = "4-5"
    assert "positions.csv, column grades: not grades (1 row)\n    row 1: '4-5'" in refused(raw)
    raw = tables()
    raw["positions"].loc[0, "teacher_id"] = "t99999"
    assert "teachers without a row of that year in the table of teacher_years (1 row)" in (
        refused(raw)
    )
    raw = tables()
    raw["positions"].loc[1, "teacher_id"] = raw["positions"].loc[0, "teacher_id"]
    assert "a teacher with two positions of half time or more in a year (2 rows)" in refused(raw)
    raw = tables()
    raw["positions"].loc[0, "school_id"] = "elsewhere"
    assert "a school without students of the grades studied in that year (1 row)" in refused(raw)
    raw = tables()
    raw["positions"].loc[raw["positions"]["year"] == 2014, "fte"] = 0.4
    assert "no position of half time or more with a teacher in 2014" in refused(raw)


def test_a_school_that_posts_without_teachers():
    raw = tables()
    raw["vacancies"].loc[0, "school_id"] = "elsewhere"
    text = refused(raw)
    assert "vacancies.csv, column school_id: a school without a teacher of the sample" in text


def test_positions_outside_the_sample():
    raw = tables()
    raw["outside_positions"].loc[0, "school_id"] = "elsewhere"
    text = refused(raw)
    assert "outside_positions.csv, column school_id: a school without a teacher of the sam" in text
    raw = tables()
    one = raw["positions"].iloc[0]
    raw["outside_positions"] = added(
        raw["outside_positions"], **one[["teacher_id", "year", "school_id"]]
    )
    text = refused(raw)
    assert "a position outside the sample of a teacher who has one in the table of positio" in text
    raw = tables()
    raw["outside_positions"].loc[0, "teacher_id"] = "t99999"
    assert "outside_positions.csv, column teacher_id: teachers without a row" in refused(raw)


def test_scores_without_a_norm():
    raw = tables()
    rows = raw["tests"]
    gone = (rows["year"] == 2013) & (rows["grade"] == 5) & (rows["subject"] == "reading")
    raw["tests"] = rows[~gone].reset_index(drop=True)
    text = refused(raw)
    assert "enrolments.csv, column ela_score: scores of a test in reading that the table of" in text
    assert "leave the table of tests out: scores are then standardised" in text


def test_without_norms_scores_are_standardised_within_year_and_grade():
    raw = tables()
    del raw["tests"]
    made = build_design(as_raw(raw), STUDY)
    assert "redesigned" not in made.system.outcomes.names
    own = made.records.students
    mean = own.groupby(["year", "grade"])["score_math"].mean()
    assert mean.abs().max() < 0.1  # of all students, not only those of schools with positions


def test_optional_tables_may_be_missing():
    raw = tables()
    del raw["district_evaluations"]
    assert transfer_records(as_raw(raw), STUDY).years[0] == 2010


def test_a_list_longer_than_allowed():
    with pytest.raises(
        UserError, match=r"ranks beyond 1; correct them, or set selection.most_rank"
    ):
        build_design(as_raw(world("small").tables), STUDY, most_ranked=1)


def test_nobody_on_a_menu_and_nobody_ranked():
    raw = tables()
    for name in ("applications", "interviews", "rankings", "offers"):
        raw[name] = raw[name].iloc[:0]
    with pytest.raises(UserError, match="nobody is ranked in the years studied"):
        build_design(as_raw(raw), STUDY)
    raw["licences"]["licence"] = "none"
    with pytest.raises(UserError, match="no teacher may apply to any vacancy of 2010 to 2019"):
        build_design(as_raw(raw), STUDY)


def test_the_written_tables_are_read_back(tmp_path):
    files = {}
    for name, rows in world().tables.items():
        files[name] = tmp_path / f"{name}.csv"
        rows.to_csv(files[name], index=False)
    again, own = (
        build_design(read_tables(files, LAYOUT), STUDY),
        build_design(as_raw(tables()), STUDY),
    )
    np.testing.assert_array_equal(again.system.outcomes.cross, own.system.outcomes.cross)
    np.testing.assert_array_equal(again.system.supply.regressors, own.system.supply.regressors)
    np.testing.assert_array_equal(again.system.demand.regressors, own.system.demand.regressors)


SPOILED = {
    "a subject of no kind": (
        ("positions", "subject", "art"),
        r"positions\.csv, column subject: values that are not allowed \(1 row\)",
    ),
    "a rank of zero": (
        ("rankings", "rank", 0),
        r"rankings\.csv, column rank: values outside 1 to 100 \(1 row\)",
    ),
    "a negative driving time": (
        ("driving_times", "minutes", -2.0),
        r"driving_times\.csv, column minutes: values outside 0 to 1000 \(1 row\)",
    ),
    "an acceptance of no kind": (
        ("offers", "accepted", 2),
        r"offers\.csv, column accepted: values other than 0 and 1 \(1 row\)",
    ),
}


@pytest.mark.parametrize("case", SPOILED)
def test_values_that_are_not_allowed_are_refused(case, tmp_path):
    (name, column, value), text = SPOILED[case]
    rows = world().tables[name].copy()
    rows[column] = rows[column].astype(object)
    rows.loc[2, column] = value
    path = tmp_path / f"{name}.csv"
    rows.to_csv(path, index=False)
    with pytest.raises(DistrictError, match=text):
        read_tables({name: path}, LAYOUT)


def test_a_table_twice_the_same_row(tmp_path):
    rows = world().tables["applications"]
    path = tmp_path / "applications.csv"
    pd.concat([rows, rows[:1]]).to_csv(path, index=False)
    with pytest.raises(DistrictError, match="vacancy_id and teacher_id: a row repeats the key"):
        read_tables({"applications": path}, LAYOUT)


def test_inputs_that_cannot_be_planted():
    content = {**INPUTS, "planted": {**INPUTS["planted"], "supply": {"inertia": 1.0}}}
    with pytest.raises(UserError, match=r"planted\.supply\.sd_eta_u is missing"):
        planted(content, {})
    with pytest.raises(UserError, match="scenario: sd_eta_x unknown; choose of sd_theta"):
        planted(INPUTS, {"sd_eta_x": 1.0})
    supply = {**INPUTS["planted"]["supply"], "parking": 0.1}
    with pytest.raises(UserError, match=r"supply\.parking has no regressor"):
        planted({**INPUTS, "planted": {**INPUTS["planted"], "supply": supply}}, {})
    with pytest.raises(UserError, match="correlations that no distribution has"):
        planted(INPUTS, {"eta_y_eta_u": -0.9, "eta_y_eta_v": 0.9, "eta_u_eta_v": 0.9})
    assert planted(INPUTS, PARAMETERS["scenarios"]["learnable"]).spreads["sd_eta_y"] == 0.05
