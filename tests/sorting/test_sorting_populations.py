"""Persons behind published numbers, counted by hand."""

import pandas as pd
import pytest

from welfare_added.sorting.panel import prepare
from welfare_added.sorting.populations import (
    of_groups,
    panel_populations,
    score_populations,
)

CHOSEN = {
    "periods": {"before": (2010, 2011), "after": (2012, 2013)},
    **{"first_post_year": 2012, "width": 2, "most_years": 10},
    "subjects": {"math": ["math"]},
    "years": (2010, 2011),
}


def teacher(name: str, districts: str, **more) -> list[dict]:
    """Rows of one teacher, a year a letter of district: A and C (IS), B and D (SS), N (none)."""
    regime = {"A": "IS", "C": "IS", "B": "SS", "D": "SS", "N": "none"}
    rows = []
    for place, district in enumerate(districts):
        year = 2010 + place
        rows.append(
            {
                **{"teacher_id": name, "year": year, "district_id": district},
                **{"regime": regime[district], "salary": 40_000.0, "seniority": 3.0 + place},
                **{"degree": "BA", "female": 1.0, "subject": "all", "exits": 0.0},
                "moved": float(place > 0 and districts[place - 1] != district) if place else None,
                **more,
            }
        )
    if len(districts) < 4:
        rows[-1]["exits"] = 1.0
    else:
        rows[-1]["exits"] = None
    return rows


def panel(*teachers: list[dict]) -> pd.DataFrame:
    rows = pd.DataFrame([row for one in teachers for row in one])
    made = prepare(rows, first_post_year=2012, class_years=2, without_handbook=True)
    return made.assign(value_added=0.1, weight=1.0, quality=0.1)


def counted(*teachers: list[dict], matched="AB") -> pd.Series:
    samples = {"matched": dict.fromkeys(matched, 1.0), "propensity": dict.fromkeys("CD", 1.0)}
    made = panel_populations(panel(*teachers), samples, **CHOSEN)
    return pd.DataFrame(made).T["students"]


# Three stay in A, two in B; one moves from B to A in 2011, two in 2012; one from A to B in each.
STAY = [teacher(f"a{n}", "AAAA") for n in range(3)] + [teacher(f"b{n}", "BBBB") for n in range(2)]
MOVE = [teacher("early", "BAAA"), teacher("late1", "BBAA"), teacher("late2", "BBAA")]
BACK = [teacher("out1", "ABBB"), teacher("out2", "AABB")]


def test_a_person_of_several_rows_counts_once_and_an_empty_group_has_nobody():
    rows = pd.DataFrame({"teacher_id": list("aabbc"), "flag": [0, 0, 1, 1, 1]})
    assert of_groups(rows, ["flag"]) == {"students": 1, "students_sure": 1}
    assert of_groups(rows[rows["flag"] == 1], ["flag"])["students"] == 0


def test_movers_between_regimes_are_counted_by_direction_before_and_after():
    people = counted(*STAY, *MOVE, *BACK)
    assert (people["movers_1"], people["movers_3"]) == (1, 1)
    more = counted(*STAY, *MOVE, *BACK, teacher("early2", "BAAA"), teacher("early3", "DCCC"))
    # Into individual salaries 2 (3 in all districts) and 2; into schedules 1 and 1.
    assert (more["movers_1"], more["movers_4"]) == (1, 1)
    into, out, apart = "ss_to_is", "is_to_ss", "difference"
    assert [more[f"movers_periods_matched_{into}_{year}"] for year in (2010, 2012)] == [2, 2]
    assert more[f"movers_periods_matched_{out}_2012"] == 1
    assert more[f"movers_periods_matched_{apart}_2012"] == 1
    # All are three; the one outside the matched districts follows from both numbers.
    assert [more[f"movers_periods_full_{into}_{year}"] for year in (2010, 2012)] == [1, 2]
    assert more["other_propensity_1"] == 0  # nobody moves there before and after
    assert more["before_movers"] == 1


def test_movers_of_the_matched_sample_come_from_it_too():
    people = counted(*STAY, *MOVE[1:], *BACK, teacher("far", "DAAA"))
    assert (people["movers_1"], people["movers_3"]) == (0, 1)  # she alone moves into A before
    assert people["movers_periods_matched_ss_to_is_2010"] == 0
    assert people["movers_periods_full_ss_to_is_2010"] == 1


def test_columns_count_those_of_their_sample():
    people = counted(*STAY, *MOVE, *BACK, *[teacher(f"c{n}", "CCCC") for n in range(5)])
    # Teachers of A are 5, 4, 6 and 5 by year, of B 5 and 4: of all districts those of C too.
    assert people["workforce_3"] == 4 and people["workforce_1"] == 4
    assert people["movers_incumbents_1"] == 1  # moved into A before
    assert people["movers_salaries_2"] == 1 and people["handbooks"] == 15


def test_exiters_and_those_who_teach_one_year_alone():
    people = counted(*STAY, *MOVE, *BACK, teacher("once", "A"), teacher("twice", "AA"))
    assert people["exiters_1"] == 0  # nobody leaves B
    assert people["exiters_periods_matched_IS_2010"] == 2
    assert people["exiters_periods_full_IS_2010"] == 2  # nobody leaves other districts
    # Her effect takes the row of who is seen once.
    leaving = [teacher(f"x{n}", "AAA") for n in range(2)]
    both = counted(*STAY, *leaving, teacher("once", "A"))
    assert both["exiters_stayers_1"] == 1 and both["exiters_salaries_1"] == 0


def test_shares_rest_on_the_fewest_of_both_sides_in_either_period():
    men = [teacher(f"m{n}", "AAAA", female=0.0) for n in range(2)]
    doctor = teacher("doctor", "AAAA", degree="PhD")
    masters = [teacher(f"ma{n}", "BBBB", degree="MA") for n in range(3)]
    people = counted(*STAY, *men, doctor, *masters)
    assert people["teachers_female"] == 2 and people["teachers_PhD"] == 1
    # With Bachelors and Masters shown, the one who is neither is known: the rarer is not shown.
    assert people["teachers_MA"] == 1 and people["teachers_BA"] == 4
    assert people["teachers_salary"] == 11 and people["teachers_moved"] == 0
    assert people["districts_phd"] == 0 and people["districts_ba"] == 0  # no doctor in B
    assert people["districts_salary"] == 5  # of B


def test_another_degree_would_follow_from_the_three_that_are_shown():
    doctors = [teacher(f"d{n}", "AAAA", degree="PhD") for n in range(4)]
    masters = [teacher(f"ma{n}", "BBBB", degree="MA") for n in range(5)]
    none = teacher("other", "AAAA", degree="other")
    assert counted(*STAY, *masters, *doctors)["teachers_PhD"] == 4
    people = counted(*STAY, *masters, *doctors, none)
    assert people["teachers_PhD"] == 1


def test_a_quartile_has_a_quarter_beyond_it():
    many = [teacher(f"{one}{n}", one * 4) for one in "AB" for n in range(9)]
    people = counted(*many)
    assert people["ranges_all"] == 9 // 4 and people["ranges_10_and_more"] == 0
    assert people["pay_for_quality_2"] == 9 and people["line_after_SS"] == 9


def test_premia_count_those_who_teach_the_subject():
    taught = [teacher(f"math{n}", "AAAA", subject="math") for n in range(2)]
    taught += [teacher("math", "BBBB", subject="math")]
    people = counted(*STAY, *taught)
    assert people["premia_1_math_x_post"] == 2 and people["premia_2_math"] == 1
    assert people["premia_3_math_x_individual_x_post"] == 1
    assert people["premia_3_individual_x_post"] == 3


def test_pupils_of_several_years_and_subjects_count_once():
    keys = [
        (district, grade, year, subject)
        for district in "AB"
        for grade in (3, 4)
        for year in (2010, 2011, 2012)
        for subject in ("math", "reading")
    ]
    cells = pd.DataFrame(keys, columns=["district_id", "grade", "year", "subject"])
    cells = cells.assign(mean_score=400.0, n_pupils=10)
    cells.loc[(cells["district_id"] == "B") & (cells["subject"] == "math"), "n_pupils"] = 7
    districts = pd.DataFrame({"district_id": list("AAB"), "regime": ["IS", "IS", "SS"]})
    made = score_populations(cells, districts, {"A": 1.0, "B": 1.0}, 2012)
    counts = {"math": 14, "reading": 20, "all": 20}
    numbers = {name: one["students"] for name, one in made.items()}
    means = {name: numbers.pop(name) for name in made if name.startswith("mean_scores_")}
    assert numbers == {
        f"{table}_{subject}": count
        for table in ("scores", "scores_full")
        for subject, count in counts.items()
    }
    assert len(means) == 2 * 2 * 2 * 3
    assert means["mean_scores_matched_math_SS_2011"] == 14
    assert means["mean_scores_full_math_IS_2011"] == 20
    alone = score_populations(cells, districts, {"A": 1.0}, 2012)
    assert alone["scores_math"] == pytest.approx({"students": 0, "students_sure": 0})
    assert alone["scores_full_math"]["students"] == 14
    assert "mean_scores_matched_math_SS_2011" not in alone


def test_a_mean_of_all_districts_rests_on_those_that_are_not_matched_too():
    cells = pd.DataFrame({"district_id": list("ABC"), "n_pupils": [30.0, 20.0, 4.0]})
    cells = cells.assign(grade=3, year=2010, subject="math", mean_score=400.0)
    districts = pd.DataFrame({"district_id": list("ABC"), "regime": ["IS", "SS", "SS"]})
    made = score_populations(cells, districts, {"A": 1.0, "B": 1.0}, 2012)
    assert made["mean_scores_matched_math_SS_2010"] == {"students": 20, "students_sure": 20}
    assert made["mean_scores_full_math_SS_2010"] == {"students": 4, "students_sure": 4}
    assert made["mean_scores_full_math_IS_2010"] == {"students": 30, "students_sure": 30}
