"""Modal schedules and adjusted seniority (appendix B), worked out by hand."""

import itertools

import numpy as np
import pandas as pd
import pytest
from pay_world import HAND, INPUTS

from welfare_added.pay.choices import PayChoices
from welfare_added.pay.schedules import (
    adjusted_seniority,
    modal_schedule,
    scheduled_salary,
    seniority_class,
    with_adjusted_seniority,
)

RACINE = INPUTS["salary_schedule"]["racine_2016"]


def rows(salaries, years, degree="BA", district="A", year=2010) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "teacher_id": [f"t{one}" for one in range(len(salaries))],
            "district_id": district,
            "year": year,
            "degree": degree,
            "salary": np.asarray(salaries, float),
            "seniority_recorded": np.asarray(years, float),
        }
    )


def racine() -> pd.DataFrame:
    """Racine's five printed steps of Bachelors and Masters (figure A1), two teachers a step."""
    lanes = [
        rows(np.repeat(RACINE[lane], 2), np.repeat(np.arange(1, 6), 2), degree)
        for lane, degree in (("ba", "BA"), ("ma", "MA"))
    ]
    return pd.concat(lanes, ignore_index=True)


def adjusted(salary, years, degree="BA", off="nearest", width=1) -> float:
    schedule = modal_schedule(racine(), width, 2)
    return adjusted_seniority(rows([salary], [years], degree), schedule, width, off)[0]


def test_classes_of_two_years_are_those_of_figure_1():
    years = np.array([0, 0.9, 1, 2, 2.9, 3, 4.9, 5, 6, 6.9, 7, 29, 30.9, 31])
    assert seniority_class(years, 2).tolist() == [1, 1, 1, 1, 1, 2, 2, 3, 3, 3, 4, 15, 15, 16]
    assert seniority_class(years, 1).tolist() == [1, 1, 1, 2, 2, 3, 4, 5, 6, 6, 7, 29, 30, 31]


def test_racines_schedule_comes_back():
    schedule = modal_schedule(racine(), 1, 2).set_index(["degree", "seniority_class"])["salary"]
    assert schedule["BA"].tolist() == RACINE["ba"]
    assert schedule["MA"].tolist() == RACINE["ma"]


@pytest.mark.parametrize("step", range(1, 6))
@pytest.mark.parametrize("lane, degree", [("ba", "BA"), ("ma", "MA")])
def test_a_salary_of_another_step_gives_the_years_of_that_step(step, lane, degree):
    for recorded in (1.0, 3.0, 5.0, 8.0):
        assert adjusted(RACINE[lane][step - 1], recorded, degree) == step


def test_on_her_own_step_the_years_stay_as_recorded():
    assert adjusted(42459, 3.7) == 3.7
    assert adjusted(42459.4, 3.7) == 3.7  # cents do not count


def test_off_every_step_the_nearest_salary_decides():
    assert adjusted(45000, 2.0) == 5  # 675 above step 5
    assert adjusted(41000, 4.0) == 1  # 407 above step 1, 526 below step 2
    assert adjusted(45000, 2.0, off="keep") == 2.0
    assert adjusted(99999, 1.0, "MA") == 5


def test_where_the_schedule_is_silent_in_her_own_class_the_years_stay():
    schedule = modal_schedule(racine(), 1, 2)
    for silent, years in (("keep", 9.0), ("nearest", 5.0)):
        own = rows([45000], [9.0])
        assert adjusted_seniority(own, schedule, 1, "nearest", silent) == years
    on_step = rows([RACINE["ba"][1]], [9.0])
    assert adjusted_seniority(on_step, schedule, 1, "nearest", "keep") == 2


def test_between_two_steps_the_one_nearer_to_the_recorded_years():
    middle = (RACINE["ma"][1] + RACINE["ma"][2]) / 2  # 49,190: 674 from steps 2 and 3
    assert adjusted(middle, 5.0, "MA") == 3
    assert adjusted(middle, 1.0, "MA") == 2
    assert adjusted(middle, 2.5, "MA") == 2.5  # her own step is one of the two


def test_equally_near_steps_on_both_sides_the_lower():
    schedule = pd.concat([rows([100, 100], [1, 1]), rows([300, 300], [5, 5])], ignore_index=True)
    schedule = modal_schedule(schedule, 1, 2)
    assert adjusted_seniority(rows([200], [3]), schedule, 1, "nearest", "nearest")[0] == 1


def test_equal_salaries_of_several_steps_give_the_nearest_step():
    schedule = modal_schedule(rows([100] * 2 + [200] * 6, [1, 1, 3, 3, 5, 5, 7, 7]), 2, 2)
    made = adjusted_seniority(rows([200] * 3, [1, 9.5, 5.5]), schedule, 2, "nearest")
    assert made.tolist() == [3, 8, 5.5]  # the year of the class nearest to those recorded


def test_the_year_nearest_to_the_recorded_within_a_class():
    schedule = modal_schedule(rows([100, 100, 200, 200], [1, 2, 5, 6]), 2, 2)
    made = adjusted_seniority(rows([200, 200, 100], [2, 9.4, 6]), schedule, 2, "nearest")
    assert made.tolist() == [5, 6, 2]


def test_the_lowest_of_equally_frequent_salaries_is_the_mode():
    schedule = modal_schedule(rows([120, 100, 120, 100, 90], [1] * 5), 2, 2)
    assert schedule[["salary", "on_mode", "teachers"]].to_numpy().tolist() == [[100, 2, 5]]


def test_a_schedule_is_silent_where_too_few_earn_the_mode():
    one = rows([100, 110, 120], [1, 1, 1])
    assert modal_schedule(one, 2, 2).empty
    assert np.isnan(scheduled_salary(one, modal_schedule(one, 2, 2), 2)).all()
    assert adjusted_seniority(one, modal_schedule(one, 2, 2), 2, "nearest").tolist() == [1, 1, 1]
    assert modal_schedule(one, 2, 1)["salary"].tolist() == [100]


def test_other_lanes_districts_and_years_do_not_count():
    schedule = modal_schedule(racine(), 1, 2)
    for changed in ({"degree": "PhD"}, {"district": "B"}, {"year": 2011}):
        own = rows([RACINE["ba"][4]], [1], **changed)
        assert adjusted_seniority(own, schedule, 1, "nearest").tolist() == [1]


def career(salaries, district="A") -> pd.DataFrame:
    """A teacher of three years who is one step behind in the first two, among others on the line."""
    others = []
    for year in (2010, 2011, 2012):
        one = rows([100, 100, 200, 200, 300, 300], [1, 1, 3, 3, 5, 5], year=year)
        others.append(one.assign(teacher_id=[f"{year}-{n}" for n in range(6)]))
    own = pd.DataFrame(
        {
            "teacher_id": "z",
            "district_id": ["A", "A", district],
            "year": [2010, 2011, 2012],
            "degree": "BA",
            "salary": np.asarray(salaries, float),
            "seniority_recorded": [3.0, 5.0, 5.5],
        }
    )
    made = pd.concat([*others, own], ignore_index=True)
    return made.sort_values(["teacher_id", "year"], ignore_index=True)


@pytest.mark.parametrize("after, last", [("carry", 4.5), ("recorded", 5.5), ("every_year", 5.5)])
def test_after_the_reform_seniority_follows_the_choice(after, last):
    choices = PayChoices(**{**vars(HAND), "adjust_after": after})
    made = with_adjusted_seniority(career([100, 200, 300]), choices)
    assert made.loc[made["teacher_id"] == "z", "seniority"].tolist() == [2, 4, last]
    schedule = made.loc[made["teacher_id"] == "z", "schedule"]
    assert schedule.tolist() == [200, 300, 300]


def test_an_adjustment_is_not_carried_to_another_district():
    made = with_adjusted_seniority(career([100, 200, 300], district="B"), HAND)
    assert made.loc[made["teacher_id"] == "z", "seniority"].tolist() == [2, 4, 5.5]


def test_a_slow_search_agrees_on_random_schedules():
    rng = np.random.default_rng(5)
    own = rows(rng.integers(30, 60, 400) * 1000, rng.integers(0, 24, 400)).assign(
        degree=rng.choice(["BA", "MA"], 400), district_id=rng.choice(["A", "B", "C"], 400)
    )
    schedule = modal_schedule(own, 2, 2)
    for off, silent in itertools.product(("nearest", "keep"), ("nearest", "keep")):
        made = adjusted_seniority(own, schedule, 2, off, silent)
        assert (made == [slow(one, schedule, off, silent) for one in own.itertuples()]).all()
        assert (made != own["seniority_recorded"]).sum() > 20


def slow(one, schedule: pd.DataFrame, off: str, silent: str) -> float:
    """The rule of appendix B, one teacher after the other."""
    lane = schedule[
        (schedule["district_id"] == one.district_id) & (schedule["degree"] == one.degree)
    ]
    own = max(1, int(np.ceil(np.floor(one.seniority_recorded) / 2)))
    steps = [
        (abs(salary - one.salary), abs(at - own), at)
        for at, salary in zip(lane["seniority_class"], lane["salary"], strict=True)
        if off == "nearest" or salary == one.salary
    ]
    at = min(steps)[2] if steps else own
    if (
        silent == "keep"
        and own not in set(lane["seniority_class"])
        and min(steps, default=[0])[0] > 0
    ):
        at = own
    if at == own:
        return one.seniority_recorded
    low = 0 if at == 1 else 2 * at - 1
    return min(max(np.floor(one.seniority_recorded), low), 2 * at)
