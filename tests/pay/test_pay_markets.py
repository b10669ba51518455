"""What the two-sided model takes from the records."""

import numpy as np
import pandas as pd
import pytest
from pay_world import HAND, as_raw, assignment, hand_made, records, state

from welfare_added.pay.choices import PayChoices
from welfare_added.pay.markets import EXIT, market_records
from welfare_added.pay.preparation import prepare
from welfare_added.run.errors import UserError

YEARS = (2010, 2011, 2012)


def by_hand(**changed):
    """Teachers who stay, move, leave, go where no handbook is, or are new."""
    usual = [assignment(f"in{one}", year, one) for one in "ABK" for year in YEARS]
    usual += [
        assignment("moves", 2011, "A", degree="MA", seniority_months=70.0),
        assignment("moves", 2012, "B", degree="MA", seniority_months=80.0),
        assignment("leaves", 2011, "B"),
        assignment("away", 2011, "A"),
        assignment("away", 2012, "K"),
        assignment("new", 2012, "A"),
    ]
    tables = hand_made(usual)
    made = prepare(as_raw(tables), PayChoices(**{**vars(HAND), "left_out": ()}))
    return market_records(
        *(made, pd.Series({"moves": 1.5, "inA": -0.5}), 2012), first_post_year=2012, **changed
    )


def test_teachers_with_origin_and_destination():
    one = by_hand()[1]
    assert one.teacher_ids.tolist() == ["inA", "inB", "leaves", "moves"]
    assert one.origin.tolist() == [0, 1, 1, 0]
    assert one.destination.tolist() == [0, 1, EXIT, 1]
    assert one.master.tolist() == [0, 0, 0, 1] and one.seniority.tolist() == [3, 3, 3, 7]
    assert np.array_equal(one.value_added, [-0.5, np.nan, np.nan, 1.5], equal_nan=True)
    assert one.district_ids.tolist() == ["A", "B"] and one.regime.tolist() == ["IS", "SS"]
    assert one.poor_percent.tolist() == [30.0, 30.0] and one.urban.tolist() == [0.0, 0.0]


def test_all_districts_include_those_without_a_handbook():
    one = by_hand(handbooks_only=False)[1]
    assert "away" in one.teacher_ids and one.district_ids.tolist() == ["A", "B", "K"]
    assert one.miles.shape == (3, 3) and (np.diag(one.miles) == 0).all()
    assert one.miles[0, 2] == pytest.approx(2 * one.miles[0, 1], rel=1e-6)


def test_budgets_and_capacities():
    """Wage bills of A: 40,000, then 120,000; of the state: 120,000, then 240,000."""
    one = by_hand()[1]
    assert one.budget.tolist() == pytest.approx([120 * 2, 80 * 2])
    assert by_hand(growth="district")[1].budget.tolist() == pytest.approx([120 * 3, 80 * 2])
    assert one.capacity.tolist() == pytest.approx([(1 + 3) / 2, (1 + 2) / 2])  # a pupil x 600


def test_years_and_growth_that_do_not_exist():
    with pytest.raises(UserError, match=r"no rows of 2010 or of 2009"):
        of_year(2010)
    with pytest.raises(UserError, match=r"offers.growth is 'x'; choose one of state, district"):
        by_hand(growth="x")


def of_year(year: int):
    tables = hand_made([assignment(f"in{one}", y, one) for one in "ABK" for y in YEARS])
    made = prepare(as_raw(tables), PayChoices(**{**vars(HAND), "left_out": ()}))
    return market_records(made, pd.Series(dtype=float), year, first_post_year=2012)


@pytest.mark.parametrize("world", ["panel", "table_13"])
def test_every_market_of_the_synthetic_state(world):
    made, truth = records("tiny", world), state("tiny", world).truth
    value = truth["teachers"].set_index("teacher_id")["value_added"]
    markets = market_records(made, value, 2012, first_post_year=2012)
    assert set(markets) == set(made.districts["market"])
    for one in markets.values():
        number = len(one.district_ids)
        assert one.origin.min() == 0 and one.origin.max() == number - 1
        assert one.destination.min() == EXIT and one.destination.max() <= number - 1
        assert not np.isnan(one.value_added).any()
        staff = np.bincount(one.origin, minlength=number)
        assert (np.abs(staff / one.capacity - 1) < 0.5).all() and (one.budget > 0).all()
    share = np.concatenate([one.destination == EXIT for one in markets.values()]).mean()
    assert share == pytest.approx(0.06 if world == "table_13" else 0.038, abs=0.02)
