"""The synthetic transfer system: reproducible, by the rules of the system, as planted."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from transfers_world import INPUTS, PARAMETERS, as_raw, design, truth, world

from welfare_added.run.errors import UserError
from welfare_added.transfers.design import remarks
from welfare_added.transfers.facts import PUBLISHED, beside_published, system_facts
from welfare_added.transfers.positions import slots
from welfare_added.transfers.synthetic_positions import Positions
from welfare_added.transfers.synthetic_schools import draw_schools
from welfare_added.transfers.synthetic_system import synthesise_system


def merged(name: str, size: str = "small") -> pd.DataFrame:
    tables = world(size).tables
    return tables[name].merge(tables["vacancies"], on="vacancy_id", validate="many_to_one")


def test_the_same_seed_gives_the_same_system_and_another_one_another():
    again = synthesise_system(INPUTS, PARAMETERS, size="tiny", scenario="published", seed=1)
    for name, rows in world().tables.items():
        pd.testing.assert_frame_equal(again.tables[name], rows)
    for name, rows in world().truth.items():
        pd.testing.assert_frame_equal(again.truth[name], rows)
    assert not world(seed=2).tables["applications"].equals(world().tables["applications"])


def test_scenarios_differ_in_what_they_plant_alone():
    published, learnable = (
        world(scenario=name).truth["parameters"].set_index(["part", "parameter"])["value"]
        for name in ("published", "learnable")
    )
    differ = published[published != learnable].index.get_level_values("parameter")
    assert {"sd_eta_y", "eta_y_eta_u"} <= set(differ) <= {"sd_eta_y", "eta_y_eta_u", "constant"}
    with pytest.raises(UserError, match=r"selection\.scenario is 'none'; choose one of publ"):
        synthesise_system(INPUTS, PARAMETERS, size="tiny", scenario="none", seed=1)


def test_matches_have_the_planted_spread_and_correlation():
    table = world("small", scenario="learnable").truth["matches"]
    values = table[["eta_y", "eta_u", "eta_v"]].to_numpy()
    assert len(values) > 3000
    np.testing.assert_allclose(values.std(axis=0), [0.05, 0.495, 0.013], rtol=0.05)
    correlation = np.corrcoef(values.T)
    assert correlation[0, 1] == pytest.approx(-0.5, abs=0.05)
    assert correlation[0, 2] == pytest.approx(0.033, abs=0.06)
    people = world("small").truth["teachers"]
    assert np.corrcoef(people["theta"], people["phi"])[0, 1] == pytest.approx(0.868, abs=0.06)


def test_every_student_has_one_teacher_a_subject():
    for year, own in world("small").tables["positions"].groupby("year"):
        cells = slots(own.reset_index(drop=True))
        assert not cells.duplicated(["school_id", "grade", "subject"]).any()
        enrolments = world("small").tables["enrolments"]
        studied = enrolments[(enrolments["year"] == year) & (enrolments["grade"] >= 4)]
        taught = set(cells[["school_id", "grade"]].itertuples(index=False, name=None))
        there = set(studied[["school_id", "grade"]].itertuples(index=False, name=None))
        assert there == taught
        assert own["teacher_id"].is_unique


def test_the_less_senior_of_two_merged_positions_is_displaced():
    schools = draw_schools(
        PARAMETERS["sizes"]["small"], 10, INPUTS, PARAMETERS, np.random.default_rng(1)
    )
    positions = Positions(schools, 0.9, np.random.default_rng(2))
    number = len(positions.all)
    positions.assign(range(number))
    ended = positions.merge(3, lambda _: True, lambda first, second: first < second)
    assert len(ended) == 3 and len(positions.all) == number - 3
    left = {one.teacher for one in positions.all}
    assert left.isdisjoint(ended) and len(left) == number - 3
    halves = positions.split(3, lambda _: True)
    assert len(halves) == 3 and all(one.teacher == -1 for one in halves)
    cells = [
        (one.school, grade, subject)
        for one in positions.all
        for grade in one.grades
        for subject in (("math", "reading") if one.subject == "both" else (one.subject,))
    ]
    assert len(cells) == len(set(cells))


def test_the_four_most_senior_applicants_have_the_right_to_an_interview():
    seen = merged("interviews")
    people = world("small").tables["teacher_years"][["teacher_id", "year", "seniority_rank"]]
    made = merged("applications").merge(people, on=["teacher_id", "year"])
    place = made.groupby("vacancy_id")["seniority_rank"].rank()
    senior = set(made.loc[place <= 4, ["vacancy_id", "teacher_id"]].itertuples(index=False))
    automatic = set(
        seen.loc[seen["automatic"] == 1, ["vacancy_id", "teacher_id"]].itertuples(index=False)
    )
    assert {tuple(one) for one in senior} == {tuple(one) for one in automatic}
    held = seen[seen["interviewed"] == 1].groupby("vacancy_id")
    assert held.size().max() <= 8
    assert (held["automatic"].size() - held["automatic"].sum()).max() <= 4
    assert merged("rankings").groupby("vacancy_id").size().max() <= 4


def test_offers_go_down_the_lists_until_somebody_accepts():
    tables = world("small").tables
    offers = tables["offers"].merge(tables["rankings"], on=["vacancy_id", "teacher_id"])
    assert (offers["rank"] == offers["step"]).all() and len(offers) == len(tables["offers"])
    accepted = offers[offers["accepted"] == 1].set_index("vacancy_id")["step"]
    last = offers.groupby("vacancy_id")["step"].max()
    assert (last.reindex(accepted.index) == accepted).all()
    listed = tables["rankings"].merge(tables["vacancies"], on="vacancy_id")
    assert accepted.sum() > 0 and set(offers["vacancy_id"]) <= set(listed["vacancy_id"])


def test_who_accepts_teaches_there_in_the_year_after():
    tables = world("small").tables
    taken = merged("offers")
    taken = taken[(taken["accepted"] == 1) & (taken["year"] < 2019)]
    taken = taken.assign(year=taken["year"] + 1)
    later = taken.merge(tables["positions"], on=["teacher_id", "year"], how="left")
    assert (later["school_id_x"] == later["school_id_y"]).all()


def test_who_gives_notice_is_gone_and_the_displaced_have_lost_their_position():
    tables = world("small").tables
    people, positions = tables["teacher_years"], tables["positions"]
    gone = people[(people["gave_notice"] == 1) & (people["year"] < 2019)]
    again = gone.assign(year=gone["year"] + 1).merge(people, on=["teacher_id", "year"])
    assert len(again) == 0 and len(gone) > 50
    lost = people[people["displaced"] == 1].merge(positions, on=["teacher_id", "year"])
    kept = lost.assign(year=lost["year"] + 1).merge(
        positions, on=["teacher_id", "year", "position_id"]
    )
    assert len(lost) > 30 and len(kept) == 0


def test_two_rounds_a_year_with_the_number_of_vacancies_asked_for():
    vacancies = world("small").tables["vacancies"]
    assert set(vacancies["round"]) == {1, 2} and vacancies["year"].nunique() == 10
    assert len(vacancies) == PARAMETERS["sizes"]["small"]["vacancies"]


def test_evaluations_correlate_with_effectiveness_as_planted():
    rows = world("small").tables["district_evaluations"]
    theta = world("small").truth["teachers"].set_index("teacher_id")["theta"]
    own = theta.reindex(rows["teacher_id"]).to_numpy()
    assert rows["year"].min() == 2013
    for name, planted in PARAMETERS["evaluations"]["reliability"].items():
        there = rows[name].notna().to_numpy()
        found = np.corrcoef(rows[name][there], own[there])[0, 1]
        assert found == pytest.approx(planted, abs=0.15)


def test_the_truth_is_in_no_table():
    columns = {name for rows in world().tables.values() for name in rows.columns}
    hidden = {name for rows in world().truth.values() for name in rows.columns}
    assert columns & hidden <= {"teacher_id", "school_id", "year"}


def test_what_is_allowed_and_worth_knowing_is_said():
    system, records = design().system, design().records
    texts = " ".join(remarks(system, records))
    assert "menus are without an application" in texts and "lists are of one candidate" in texts
    assert "have no scores" not in texts and "on no menu" not in texts
    supply, outcomes = system.supply, system.outcomes
    elsewhere = {
        name: np.where(getattr(supply, name) == 2, 3, getattr(supply, name))
        for name in ("school", "own_school")
    }
    kept = outcomes.teacher != outcomes.teacher[0]
    fewer = {
        name: getattr(outcomes, name)[kept]
        for name in ("teacher", "school", "rows", "score_sum", "regressor_sum")
    }
    changed = replace(
        system, supply=replace(supply, **elsewhere), outcomes=replace(outcomes, **fewer)
    )
    texts = " ".join(remarks(changed, records))
    assert "on no menu, so that their effects are the prior's: schools s002" in texts
    assert (
        f"1 of {system.teachers} teachers have no scores: their effectiveness is the pri" in texts
    )


def test_facts_are_compared_with_every_published_one():
    facts = system_facts(as_raw(world().tables), design())
    table = beside_published(INPUTS, [facts, facts])
    assert set(table["fact"]) == set(PUBLISHED) and table.notna().all().all()
    made = table.set_index("fact")
    assert made.loc["positions", "mean"] == 100 and made.loc["schools", "published"] == 54
    assert made.loc["menu_rows", "mean"] == len(design().system.supply.school)
    applied = world().tables["applications"]
    assert made.loc["applications", "mean"] == len(applied)
    rounds = merged("applications", "tiny").groupby(["teacher_id", "year", "round"]).size()
    assert made.loc["applying_teacher_rounds", "mean"] == len(rounds)
    assert made.loc["applications_submitted", "mean"] == pytest.approx(rounds.mean())


@pytest.mark.slow
def test_the_full_system_has_the_published_size():
    facts = system_facts(as_raw(world("full").tables), design("full"))
    table = beside_published(INPUTS, [facts]).set_index("fact")["ratio"]
    within = {
        0.02: ("teacher_student_pairs", "students", "teacher_years", "positions", "schools"),
        0.05: ("teachers", "menu_rows", "eligible_per_position", "years_of_experience_all"),
        0.20: ("applications", "interviews_per_position", "offers_per_position", "menu_size"),
    }
    for most, names in within.items():
        for name in names:
            assert table[name] == pytest.approx(1.0, abs=most), name
    assert table["applying_teacher_rounds"] > 1.4  # the published inertia implies it: see the docs


def test_the_truth_is_in_the_order_of_the_design():
    own, made = truth(), design()
    assert len(own.outcomes) == len(made.system.outcomes.names)
    table = world().truth["parameters"].set_index(["part", "parameter"])["value"]
    at = made.system.outcomes.names.index("low_income")
    assert own.outcomes[at] == table["outcomes", "low_income"] == -0.142
    at = made.system.supply.names.index("share_low_income")
    assert own.supply[at] == -0.111 and own.spreads["inertia"] == 3.582
    at = made.system.demand.names.index("match_minority_teachers")
    assert own.demand[at] == 4.061 and made.system.demand.names[0] == "constant"
