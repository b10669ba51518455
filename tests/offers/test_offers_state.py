"""Markets of a state's records with predicted salaries, and tables of the two-sided model."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from offers_cases import RULES, TRUTH, small_market
from pay_world import records as prepared_records

from welfare_added.offers.market import EXIT
from welfare_added.offers.published import planted_parameters, published_parameters
from welfare_added.offers.state_markets import (
    StateMarket,
    YearOfMarkets,
    _state_market,
    market_of,
    state_markets,
    years_of_markets,
)
from welfare_added.offers.study_tables import (
    beside_truth,
    likelihoods_beside,
    moments_of,
    prices_of,
)
from welfare_added.pay.markets import MarketRecords
from welfare_added.run.choices import read_yaml
from welfare_added.run.errors import UserError
from welfare_added.sorting.salary_equation import SalaryEquation

INPUTS = Path(__file__).parents[2] / "workflow/papers/biasi_2017/calibration/inputs.yaml"
YEAR = YearOfMarkets(2012, "after", True, (), 2012, 2)


def equation(delta):
    shape = 1, 3, 3, 2
    level = 30_000 + 1000 * np.arange(18.0).reshape(shape)
    counts = np.ones((1, 3), dtype=int)
    return SalaryEquation(
        *(("after",), np.array(["a", "b", "c"]), np.arange(3.0), ("BA", "MA"), "linear"),
        *(level, np.ones(shape, dtype=bool), np.array([delta])),
        *(np.ones((1, 3)), np.ones((1, 3)), counts, counts),
    )


def records():
    number = np.array([0, 1, 2, 0, 1])
    return MarketRecords(
        market=3,
        year=2012,
        teacher_ids=np.array(list("vwxyz")),
        value_added=np.array([1.0, np.nan, 0.0, -1.0, 2.0]),
        seniority=np.array([1.0, 3.0, 5.0, 2.5, 1.0]),
        master=np.array([0.0, 1.0, 0.0, 1.0, 0.0]),
        degree=np.array(["BA", "MA", "BA", "MA", "other"]),
        origin=number,
        destination=np.array([EXIT, 1, 2, 2, 1]),
        district_ids=np.array(["a", "b", "c"]),
        regime=np.array(["IS", "SS", "IS"]),
        miles=np.arange(9.0).reshape(3, 3),
        poor_percent=np.array([10.0, 20.0, 30.0]),
        urban=np.array([1.0, 0.0, 0.0]),
        budget=np.array([100.0, 200.0, 300.0]),
        capacity=np.array([2.0, 3.0, 4.0]),
    )


def test_salaries_are_those_of_the_equation_teacher_by_teacher():
    own = equation([500.0, 100.0, 0.0])
    made = _state_market(records(), own, YEAR)
    assert made.market.match.tolist() == [EXIT, 1, 2, 2]  # the fifth has a degree of her own
    classes, degree, quality = [0, 1, 2, 0], [0, 1, 0, 1], [1.0, 0.0, 0.0, -1.0]
    for i in range(4):
        for j in range(3):
            pay = own.level[0, j, classes[i], degree[i]] + own.delta[0, j] * quality[i]
            assert made.market.salary[i, j] == pytest.approx(pay / 1000)
    np.testing.assert_array_equal(made.market.distance, records().miles[[0, 1, 2, 0]])
    flat = YearOfMarkets(2009, "after", False, (), 2012, 2)
    none = _state_market(records(), own, flat)
    assert (none.delta == 0).all()
    assert none.market.salary[0, 0] == pytest.approx(own.level[0, 0, 0, 0] / 1000)


def test_a_district_without_delta_is_left_out_with_who_comes_or_goes_there():
    made = _state_market(records(), equation([500.0, 100.0, np.nan]), YEAR)
    assert made.district_ids.tolist() == ["a", "b"]
    assert made.market.origin.tolist() == [0, 1] and made.market.match.tolist() == [EXIT, 1]
    assert made.market.salary.shape == (2, 2)
    assert _state_market(records(), equation([500.0, np.nan, np.nan]), YEAR) is None


def test_a_market_of_one_district_is_left_out_and_named(caplog):
    with caplog.at_level("INFO"):
        assert _state_market(records(), equation([500.0, np.nan, np.nan]), YEAR) is None
    assert "market 3 of 2012: 1 districts and 1 teachers; left out 2 and 4" in caplog.text
    assert "market 3 of 2012: left out, too small" in caplog.text


def test_no_market_is_left():
    made = prepared_records("tiny", "table_13")
    markets = tuple(made.districts["market"].unique())
    which = YearOfMarkets(2012, "after", True, markets, 2012, 2)
    panel = made.teacher_years.assign(quality=0.0)
    with pytest.raises(UserError, match=r"2012: no market is left; see offers.left_out_markets"):
        state_markets(made, panel, equation([1.0, 1.0, 1.0]), which)


@pytest.mark.parametrize(("past", "year"), [(2012, 2012), (2009, 2011), (2013, 2012)])
def test_years_on_the_wrong_side_of_the_reform_are_refused(past, year):
    chosen = {"year": year, "past_year": past, "first_post_year": 2012}
    said = rf"offers.past_year is {past} and offers.year {year}; .* pay.first_post_year \(2012\)"
    with pytest.raises(UserError, match=said):
        years_of_markets(None, None, {}, {}, chosen)


def test_a_predicted_salary_below_zero_names_the_district():
    with pytest.raises(UserError, match=r"less in district a \(teachers: 1\); its salary equation"):
        _state_market(records(), equation([-1e6, 100.0, 0.0]), YEAR)


def test_districts_that_make_no_offers_are_named(caplog):
    market = small_market(budget=0.0)
    names = [np.array(["a", "b", "c"])]
    with caplog.at_level("WARNING"):
        table = prices_of([market], RULES, TRUTH, names)
    staffed = np.isin(np.arange(3), market.origin)
    assert table["closed"].tolist() == staffed.tolist()
    listed = ", ".join(names[0][staffed])
    assert f"market small: {staffed.sum()} of 3 districts make no offers" in caplog.text
    assert caplog.text.strip().endswith(listed)


def test_a_district_without_incumbents_only_hires():
    market = small_market(n=6, origin=np.array([0, 0, 1, 1, 0, 1]), budget=400.0, capacity=3.0)
    table = prices_of([market], RULES, TRUTH).set_index("district")
    assert table.loc[2, "left_budget"] == 400 and table.loc[2, "left_capacity"] == 3
    assert table.loc[2, "expected_hires"] > 0 and not table.loc[2, "closed"]


def test_a_district_is_found_in_its_market_or_refused():
    one = StateMarket(small_market(), np.array(["a", "b", "c"]), np.zeros(3))
    assert market_of([one], "c") == (one, 2)
    with pytest.raises(UserError, match=r"district x is in none of the markets"):
        market_of([one], "x")


def test_published_payoffs_are_in_standard_deviations_of_the_shock(tmp_path):
    structural = read_yaml(INPUTS)["structural"]
    made = published_parameters(structural)
    assert made[-3:] == pytest.approx([39.469, 0.9864, 8.3006], abs=5e-4)
    assert made[:2] == pytest.approx([0.0062, -0.0317])
    both = {**structural["teachers"], **structural["districts"]}
    numbers = {name: value for name, value in both.items() if value is not None}
    truth = pd.DataFrame({"part": "structural", "parameter": numbers, "value": numbers})
    truth["parameter"] = list(numbers)
    truth["value"] = list(numbers.values())
    truth.to_parquet(tmp_path / "parameters.parquet")
    np.testing.assert_array_equal(planted_parameters(tmp_path / "parameters.parquet"), made)
    assert planted_parameters(None) is None


def test_tables_of_a_small_market():
    market = small_market(match=np.array([0, 1, 2, EXIT, 0, 1]), budget=200.0, capacity=2.5)
    moments = moments_of({2012: [market], 2009: [market]}, RULES, TRUTH)
    assert moments.groupby("year").size().to_dict() == {2009: 8, 2012: 8}
    named = prices_of([market], RULES, TRUTH, [np.array(["a", "b", "c"])])
    assert named["district"].tolist() == ["a", "b", "c"]
    table = likelihoods_beside(market, RULES, TRUTH, 4, 1).set_index("likelihood")
    assert set(table.index) == {"literal", "simulated", "threshold"}
    assert table.loc["threshold", "number"] == 6 and table.loc["threshold", "value"] < 0


def test_planted_parameters_stand_beside_estimates_by_name():
    names = ["master", "salary", "sigma"]
    estimates = pd.DataFrame({"parameter": names, "estimate": [8.0, 0.006, 1.0]})
    assert beside_truth(estimates, TRUTH)["truth"].tolist() == [TRUTH[-1], TRUTH[0], 1.0]
    assert beside_truth(estimates, None)["truth"].isna().all()


def test_equilibria_that_are_not_reached_are_told(caplog, monkeypatch):
    monkeypatch.setattr("welfare_added.offers.thresholds.ROUNDS", 1)
    market = small_market(match=np.array([0, 1, 2, EXIT, 0, 1]), budget=200.0, capacity=2.5)
    with caplog.at_level("WARNING"):
        moments_of({2012: [market]}, RULES, TRUTH)
    assert "no equilibrium was reached in market small" in caplog.text
