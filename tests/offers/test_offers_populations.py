"""Teachers behind published numbers of the two-sided model, counted by hand."""

import numpy as np
from offers_cases import small_market

from welfare_added.offers.fit_moments import group_masks
from welfare_added.offers.market import ENTRANT, EXIT
from welfare_added.offers.populations import market_populations
from welfare_added.offers.state_markets import StateMarket

# Of ten incumbents: five of district 0, of whom one moves and one leaves; the last is new.
ORIGIN = np.array([0, 0, 0, 0, 0, 1, 1, 1, 2, 2, ENTRANT])
MATCH = np.array([1, EXIT, 0, 0, 0, 1, 1, EXIT, 2, 2, 0])
VALUE = np.array([1.0, 2.0, 3.0, -1.0, np.nan, -2.0, 4.0, -3.0, -4.0, 5.0, 6.0])


def counted(**changed) -> dict[str, float]:
    given = {"origin": ORIGIN, "match": MATCH, "value_added": VALUE, **changed}
    one = StateMarket(small_market(n=11, **given), np.array(["a", "b", "c"]), np.zeros(3))
    found = market_populations({2012: [one], 2009: [one, one]}, 2012, "a")
    return {name: count["students"] for name, count in found.items()}


def test_the_model_rests_on_the_fewest_who_stay_move_and_leave():
    assert counted()["choices"] == 1
    assert counted(match=np.where(MATCH == 2, 0, MATCH))["choices"] == 2
    assert counted(match=np.where(ORIGIN == ENTRANT, 0, ORIGIN))["choices"] == 0


def test_moments_of_a_group_are_shown_with_those_of_all_groups_alone():
    people = counted()
    # One of the five above 0 moves, nobody of the four below and of the one without.
    assert people["moments_2012_move_all"] == 1 and people["moments_2009_move_all"] == 2
    for group in ("VA > 0", "VA < 0", "without VA"):
        assert people[f"moments_2012_move_{group}"] == 0
    assert people["moments_2009_exit_all"] == 4
    both = counted(value_added=np.where(np.isnan(VALUE), 1.0, VALUE))
    assert both["moments_2012_exit_VA > 0"] == both["moments_2012_exit_VA < 0"] == 1


def test_chances_in_a_district_rest_on_its_teachers_by_quartile():
    people = counted()
    assert people["schemes_move in_0"] == 6 and people["schemes_move out_0"] == 5
    assert people["schemes_exit_0"] == 5 and people["schemes_exiters_0"] == 4
    assert people["schemes_wage bill_0"] == 5
    assert people["schemes_movers in_0"] == 6 and people["schemes_workforce_0"] == 4
    quartiles = [people[f"schemes_exit_{group}"] for group in range(1, 5)]
    assert sum(quartiles) == 4  # the fifth has no value added


def test_groups_by_value_added():
    masks = group_masks(np.array([1.0, -1.0, 0.0, np.nan]))
    assert {name: who.tolist() for name, who in masks.items()} == {
        "all": [True] * 4,
        "VA > 0": [True, False, False, False],
        "VA < 0": [False, True, False, False],
        "without VA": [False, False, False, True],
    }
