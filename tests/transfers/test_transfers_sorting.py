"""Who teaches where, moves, rules, table A3 and what happened to each teacher, by hand."""

import numpy as np
import pandas as pd
import pytest
from transfers_world import as_raw, design, world

from welfare_added.run.errors import UserError
from welfare_added.transfers.decisions import decisions_by_teacher
from welfare_added.transfers.regressors import DEMAND, OUTCOMES, SUPPLY
from welfare_added.transfers.rules import popular_not_ranked, rules_of_system
from welfare_added.transfers.sorting import (
    TRAITS,
    by_experience,
    changes_with_moves,
    experience_slopes,
    move_tables,
    proficiency_cut,
    school_shares,
    slope_by_group,
    teacher_schools,
)
from welfare_added.transfers.variables import variables_table


def teachers(years, schools, traits, experience=None):
    """Teacher-years as `teacher_schools` gives them; traits by year and school."""
    rows = pd.DataFrame(
        {
            "teacher": [0] * len(years),
            "year": years,
            "school": schools,
            "years": experience or list(range(len(years))),
        }
    )
    for trait in TRAITS:
        rows[trait] = [traits[year][trait][at] for year, at in zip(years, schools, strict=True)]
    return rows


SHARES = {
    year: {
        "white": np.array([0.2, 0.5 + 0.1 * (year - 2011)]),
        "proficient": np.array([0.4, np.nan]),
        "low_income": np.array([0.9, 0.3]),
    }
    for year in (2010, 2011, 2012)
}


def test_the_cut_leaves_the_share_above():
    records = design().records
    scores = records.students[["score_math", "score_reading"]].to_numpy()
    above = scores[~np.isnan(scores)] >= proficiency_cut(records, 0.3)
    assert above.mean() == pytest.approx(0.3, abs=0.001)
    with pytest.raises(UserError, match=r"reassignment\.proficient: 0, want a share"):
        proficiency_cut(records, 0)


def test_shares_of_schools_are_those_of_their_students():
    records = design().records
    shares, cut = school_shares(records, 0.0), 0.0
    own = records.students[(records.students["year"] == 2014) & (records.students["school"] == 2)]
    found = {trait: shares[2014][trait][2] for trait in TRAITS}
    assert found["white"] == pytest.approx(1 - own["minority"].mean())
    assert found["low_income"] == pytest.approx(own["low_income"].mean())
    tested = own["score_math"].dropna()
    assert found["proficient"] == pytest.approx((tested >= cut).mean())
    table = teacher_schools(records, shares)
    assert len(table) == (records.teacher_years["position"] >= 0).sum()
    assert set(table["school"]) <= set(range(len(records.schools)))


def test_means_and_intervals_by_experience():
    table = pd.concat(
        [
            teachers([2010, 2011], [0, 0], SHARES, [1, 2]),
            teachers([2010, 2011], [1, 1], SHARES, [1, 6]).assign(teacher=1),
        ]
    )
    found = by_experience(table, [0, 5]).set_index(["trait", "experience"])
    first = found.loc["white"].iloc[0]
    assert found.loc["white"].index[0] == pytest.approx(4 / 3)
    values = np.array([0.2, 0.2, 0.4])
    assert first["mean"] == pytest.approx(values.mean()) and first["teacher_years"] == 3
    # Sums of deviations by teacher, and two groups: a factor of two.
    sums = np.array([2 * (0.2 - values.mean()), 0.4 - values.mean()])
    error = np.sqrt(2 * (sums**2).sum()) / 3
    assert first["high"] - first["mean"] == pytest.approx(1.959964 * error, rel=1e-6)
    alone = found.loc[("white", 6.0)]
    assert alone["mean"] == pytest.approx(0.5) and np.isnan(alone["low"])
    assert ("proficient", 6.0) not in found.index


def test_slopes_with_errors_by_teacher():
    rng = np.random.default_rng(5)
    x = rng.normal(size=400)
    group = np.repeat(np.arange(50), 8)
    y = 0.5 * x + rng.normal(size=50)[group] + rng.normal(size=400)
    slope, error = slope_by_group(pd.Series(y), pd.Series(x), pd.Series(group))
    design_ = np.column_stack([np.ones(400), x])
    inverse = np.linalg.inv(design_.T @ design_)
    left = y - design_ @ (inverse @ design_.T @ y)
    sums = np.array([design_[group == g].T @ left[group == g] for g in range(50)])
    correction = 50 / 49 * 399 / 398
    by_hand = np.sqrt((inverse @ sums.T @ sums @ inverse)[1, 1] * correction)
    assert slope == pytest.approx((inverse @ design_.T @ y)[1])
    assert error == pytest.approx(by_hand)
    table = teacher_schools(design().records, school_shares(design().records, 0.0))
    assert list(experience_slopes(table)["trait"]) == list(TRAITS)


def test_changes_with_moves_compare_both_schools_in_the_year_before():
    table = teachers([2010, 2011, 2012], [0, 1, 1], SHARES)
    moves = changes_with_moves(table)
    assert list(moves["year"]) == [2011]
    means, bars = move_tables(moves, SHARES, 0.1)
    means = means.set_index("trait")
    assert means.loc["white", "mean"] == pytest.approx(0.4 - 0.2)
    assert means.loc["low_income", "mean"] == pytest.approx(-0.6)
    assert means.loc["proficient", "moves"] == 0 and np.isnan(means.loc["proficient", "mean"])
    own = bars[bars["trait"] == "white"].iloc[0]
    assert own["low"] <= 0.2 < own["high"] and own["share"] == 1
    gap = changes_with_moves(teachers([2010, 2012], [0, 1], SHARES))
    assert gap.empty


def test_rules_are_those_of_the_records():
    found = rules_of_system(as_raw(world().tables), design())
    assert found["its_years"] == 10 and found["its_first_year"] == 2010
    assert (found["lowest_grade"], found["highest_grade"]) == (4, 8)
    assert found["rounds_per_year"] == 2 and found["most_menus_per_teacher"] <= 20
    assert found["most_ranked"] <= 4 and found["senior_automatic_interviews"] <= 4
    raw = as_raw(world().tables)
    raw.tables["interviews"]["automatic"] = np.nan
    assert np.isnan(rules_of_system(raw, design())["senior_automatic_interviews"])


def test_popular_candidates_are_those_ranked_first_by_several():
    interviews = pd.DataFrame(
        [("a", "v1"), ("a", "v2"), ("a", "v3"), ("a", "v4"), ("b", "v1"), ("b", "v3")],
        columns=["teacher_id", "vacancy_id"],
    )
    rankings = pd.DataFrame(
        [("a", "v1", 1), ("a", "v2", 1), ("a", "v3", 2), ("b", "v1", 2), ("b", "v3", 1)],
        columns=["teacher_id", "vacancy_id", "rank"],
    )
    # a is unranked by v4 of v3 and v4; b by none of v1.
    assert popular_not_ranked(interviews, rankings) == pytest.approx(0.5)
    assert np.isnan(popular_not_ranked(interviews, rankings[rankings["vacancy_id"] == "v1"]))


def test_variables_are_the_regressors_in_use():
    table = variables_table(design().system.outcomes.names, design().system.demand.names)
    by_equation = table.groupby("equation")["variable"].apply(list)
    assert by_equation["outcomes"] == [*OUTCOMES, "year_effects", "school_effects"]
    assert by_equation["supply"] == [*SUPPLY, "inertia", "school_effects"]
    assert by_equation["demand"] == ["constant", *DEMAND]
    panel = table.set_index(["equation", "variable"])["panel"]
    assert (
        panel["outcomes", "male"] == "students" and panel["outcomes", "teacher_male"] == "teachers"
    )
    assert panel["outcomes", "class_size"] == "schools"
    assert panel["outcomes", "prev_score_x_education"] == "interactions"
    assert panel["supply", "teachers_black"] == "schools"
    assert panel["supply", "driving_minutes"] == "interactions"
    assert panel["demand", "experience"] == "teachers" and panel["demand", "constant"] == "other"
    shorter = variables_table(("constant", "male"), ("male",))
    assert list(shorter[shorter["equation"] == "demand"]["variable"]) == ["male"]


def test_decisions_are_counted_by_teacher():
    raw, records = as_raw(world().tables), design().records
    found = decisions_by_teacher(raw, records)
    ranks = raw.tables["rankings"]
    own = ranks.groupby("teacher_id")["rank"].agg(["size", "sum"])
    place = records.teachers.get_indexer(own.index)
    np.testing.assert_array_equal(found["ranked"].to_numpy()[place], own["size"])
    np.testing.assert_array_equal(found["rank_sum"].to_numpy()[place], own["sum"])
    assert found["applications"].sum() == len(raw.tables["applications"])
    assert found["offers"].sum() == len(raw.tables["offers"])
