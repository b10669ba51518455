from functools import partial

import numpy as np
import pandas as pd
import pytest
from allocation_cases import make_slots

from welfare_added.allocation.objectives import group_objective, social_weights
from welfare_added.allocation.plans import solve_plan
from welfare_added.allocation.tie_breaks import generator, plan_objective, tie_break, tied

ELA = {"ela": 1.0}
PLAN = ("ela", "district", "standard")
RANDOM = partial(tie_break, "random", 5, PLAN)


def standard_plan(slots, **how):
    objective = group_objective(slots, ELA, "standard", social_weights(5))
    return solve_plan(slots, objective, "district", **how)


@pytest.fixture
def many():
    return make_slots(seed=8, cells=3, size=40)


def test_random_plans_are_as_good_and_differ(many):
    stays, certificates = standard_plan(many)
    mixed, again = standard_plan(many, tie_break=RANDOM)
    pd.testing.assert_frame_equal(certificates, again)
    assert (stays["w002"] != mixed["w002"]).any()
    same = standard_plan(many, tie_break=partial(tie_break, "stay", 5, PLAN))[0]
    pd.testing.assert_frame_equal(stays, same)


def test_random_plans_depend_on_the_seed_alone(many):
    first, second = (standard_plan(many, tie_break=RANDOM)[0] for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
    other = standard_plan(many, tie_break=partial(tie_break, "random", 6, PLAN))[0]
    assert (other["w002"] != first["w002"]).any()
    plan = ("math", "district", "standard")
    other = standard_plan(many, tie_break=partial(tie_break, "random", 5, plan))[0]
    assert (other["w002"] != first["w002"]).any()


def test_a_cell_alone_is_drawn_as_among_all(many):
    whole = standard_plan(many, tie_break=RANDOM)[0]
    alone = standard_plan(many, tie_break=RANDOM, only=(2004, 3))[0]
    here = whole[many["cell"] == 1].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, here)


def test_parts_of_plans_have_numbers_of_their_own():
    plans = [PLAN, ("ela", "school", "standard"), ("ela", "district", "heterogeneous")]
    drawn = {generator(5, plan, cell).random() for plan in plans for cell in (0, 1)}
    assert len(drawn) == 6
    assert generator(5, PLAN).random() not in drawn


@pytest.mark.parametrize("scope", ["district", "school"])
def test_tied_classes_have_equal_weighted_size_in_one_place(many, scope):
    weights = np.array([0.0, 0.3, 0.5])
    objective = plan_objective(many, "ela", "standard", weights, 0.75)
    ties = tied(many, objective, scope)
    lower, higher = many["lower_ela"].to_numpy(), many["higher_ela"].to_numpy()
    place = many["cell"].astype(str) + (many["school_id"] if scope == "school" else "")
    for index, weight in enumerate(weights):
        size = np.rint(100 * weight) * lower + np.rint(100 * (1 - weight)) * higher
        key = place + "/" + size.astype(str)
        assert np.array_equal(
            np.equal.outer(ties.classes[index], ties.classes[index]),
            np.equal.outer(key.to_numpy(), key.to_numpy()),
        )
    assert len(np.unique(ties.teachers)) == len(many)
    assert len(np.unique(ties.classes[2])) < len(many)


def test_equal_teachers_are_tied(many):
    many.loc[3, "va_standard_ela"] = many.loc[7, "va_standard_ela"]
    objective = plan_objective(many, "ela", "standard", np.array([0.5, 1.0]), 0.75)
    ties = tied(many, objective, "district")
    assert ties.teachers[3] == ties.teachers[7]
    assert len(np.unique(ties.teachers)) == len(many) - 1


def test_subjects_plans_have_an_objective_of_their_own(many):
    objective = plan_objective(many, "subjects", "heterogeneous", np.array([0.0, 1.0]), 0.75)
    assert objective.classes[0, :, :2].max() == 0
    assert objective.classes[1, :, 2:].max() == 0


def test_unknown_tie_breaks_are_refused():
    with pytest.raises(
        ValueError, match=r"allocation\.ties: 'best' is unknown; want one of stay, r"
    ):
        tie_break("best", 5, PLAN, 0)
