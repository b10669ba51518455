"""Tables of the market's figures, uncertainty of estimates, and rows of table 7."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from district_cases import drawn_district
from market_cases import drawn_market

from welfare_added.market.bins import bin_means, equal_bins, line
from welfare_added.market.fit import fit_tables, placements, sample_table, sorting_table
from welfare_added.market.market_match_effects import match_effect_table
from welfare_added.market.market_numbers import crossing
from welfare_added.market.policies import allocate
from welfare_added.market.policy_tables import policy_table, simulate_policies
from welfare_added.market.rank_tables import (
    MeanRanks,
    own_rank_table,
    percentiles,
    rank_numbers,
    rank_table,
    top_choice_table,
)
from welfare_added.market.reallocation import reallocation_table
from welfare_added.market.robustness import (
    COLUMNS,
    ROWS,
    empty_row,
    full_sample_row,
    robustness_row,
    robustness_table,
)
from welfare_added.market.simulate import Choices, runs_of
from welfare_added.market.uncertainty import gains_by_draw, uncertainty_table

CHOICES = Choices(runs=8, seed=5)


@pytest.fixture(scope="module")
def market():
    return drawn_market()


@pytest.fixture(scope="module")
def ranks(market):
    return MeanRanks(market, CHOICES)


def test_percentile_100_is_the_most_preferred(market):
    run = next(runs_of(market, CHOICES))
    found = percentiles(run.lists("teachers", "estimated", "all"))
    best, worst = run.teachers.argmax(axis=1), run.teachers.argmin(axis=1)
    rows = np.arange(30)
    assert (found[rows, best] == 100).all() and (found[rows, worst] == 0).all()
    np.testing.assert_allclose(found.mean(axis=1), 50)


def test_ranks_fall_with_commute_and_rise_with_value_added_for_principals(ranks):
    table = rank_table(ranks, 5).groupby("panel")
    commute = table.get_group("commute")["percentile"].to_numpy()
    assert (np.diff(commute) < 0).all() and commute[0] - commute[-1] > 20
    principal = table.get_group("principal_value_added")["percentile"].to_numpy()
    assert principal[-1] > principal[0]
    pairs = table["pairs"].sum()
    assert pairs["commute"] == 30 * (ranks.kept > 0).sum() and pairs["first_best_teacher"] == 30
    without = MeanRanks(replace(ranks.market, minutes=None), Choices(2, 1))
    assert "commute" not in set(rank_table(without, 5)["panel"])


def test_first_best_percentiles_are_means_over_runs(market, ranks):
    found = []
    for run in runs_of(market, CHOICES):
        own = percentiles(run.lists("teachers", "estimated", "all"))
        found.append(own[np.arange(30), allocate(run, "best").partner].mean())
    numbers = rank_numbers(ranks, 0.9, [10, 900])
    assert numbers["first_best_percentile_teachers"] == pytest.approx(np.mean(found))
    assert 0 < numbers["first_best_percentile_strong"] < 100
    near = np.abs(market.minutes - 10) <= 2.5
    wanted = np.nanmean(ranks.of_pairs("teachers")[near])
    assert numbers["rank_at_10_minutes"] == pytest.approx(wanted)
    assert np.isnan(numbers["rank_at_900_minutes"])


def test_ranks_and_placements_where_teachers_are_dropped():
    market, choices = drawn_market(30, 20), replace(CHOICES, surplus="drop")
    ranks = MeanRanks(market, choices)
    assert ranks.present.sum() == 8 * 20 and (ranks.matched["status_quo"] == ranks.present).all()
    assert 0 < rank_numbers(ranks, 0.9, [])["first_best_percentile_teachers"] < 100
    np.testing.assert_allclose(np.nansum(ranks.together) / 8, 400)
    counts = placements(market, choices, ["best"])["best"]
    assert np.array_equal(counts.sum(axis=1), ranks.present)


def test_own_ranks_are_steeper_where_principals_rank_by_value_added(market):
    steep = replace(market, absolute_advantage=market.mu.mean(axis=1))
    table = own_rank_table(MeanRanks(steep, CHOICES), 3)
    slopes = table.groupby("policy")["slope"].first()
    assert slopes["principals"] > slopes["status_quo"]
    assert (table.groupby("policy")["teachers"].sum() == 30).all()
    by_policy = table.set_index(["policy", "bin"])["percentile"]
    assert by_policy["principals", 3] > by_policy["principals", 1]


def test_first_choices_add_up_to_the_teachers(ranks):
    table = top_choice_table(ranks, 4)
    assert table["teachers"].sum() == pytest.approx(30)
    assert table["positions"].sum() == pytest.approx(30)
    np.testing.assert_allclose(table["demand"], table["teachers"] / table["positions"], rtol=1e-5)


def data_of_fit(count=200):
    random = np.random.default_rng(1)
    share = random.random(count)
    return pd.DataFrame(
        {
            "share_disadvantaged": share,
            "absolute_advantage": 0.1 - 0.2 * share,
            "comparative_advantage": random.normal(size=count),
            "experienced": np.where(random.random(count) < 0.5, np.nan, 1.0),
        }
    )


def test_fit_has_the_data_and_all_allocations(market):
    table, lines = fit_tables(market, CHOICES, data_of_fit(), 4)
    sources = {"data", "model", "serial_advantage", "serial_experience", "serial_schools"}
    assert set(table["source"]) == sources
    assert set(table["panel"]) == {"absolute_advantage", "comparative_advantage", "experienced"}
    slopes = lines.set_index(["panel", "source"])
    assert slopes.loc[("absolute_advantage", "data"), "slope"] == pytest.approx(-0.2)
    assert slopes.loc[("absolute_advantage", "data"), "intercept"] == pytest.approx(0.1)
    teachers = table.groupby(["panel", "source"])["teachers"].sum()
    assert teachers["absolute_advantage", "model"] == pytest.approx(30)
    assert teachers["experienced", "data"] == data_of_fit()["experienced"].notna().sum()


def test_slope_of_the_model_is_that_of_all_matched_pairs(market):
    _, lines = fit_tables(market, CHOICES, data_of_fit(), 4)
    share, value = [], []
    for run in runs_of(market, CHOICES):
        partner = allocate(run, "status_quo").partner
        share.append(run.market.share_1[partner])
        value.append(market.absolute_advantage)
    slope, intercept = np.polyfit(np.concatenate(share), np.concatenate(value), 1)
    found = lines.set_index(["panel", "source"]).loc[("absolute_advantage", "model")]
    assert found["slope"] == pytest.approx(slope, abs=1e-8)
    assert found["intercept"] == pytest.approx(intercept, abs=1e-8)


def test_placements_count_every_teacher_once_a_run(market):
    counts = placements(market, CHOICES, ["status_quo", "best"])
    for count in counts.values():
        assert (count.sum(axis=1) == 8).all() and (count.sum(axis=0) <= 8).all()


def test_sorting_and_sample_tables(market):
    table = sorting_table(market, CHOICES, 3)
    assert set(table["allocation"]) == {"status_quo", "best"}
    assert (table.groupby(["allocation", "panel"])["teachers"].sum() == 30).all()
    size = table[(table["panel"] == "class_size") & (table["allocation"] == "best")]["y"]
    assert size.iloc[-1] > size.iloc[0]
    sample = sample_table(market, 3).groupby("panel")
    assert sample["positions_or_teachers"].sum().to_dict() == {"advantage": 30, "class_size": 45}
    assert sample["slope"].first()["class_size"] == pytest.approx(
        np.polyfit(market.share_1, market.class_size, 1)[0], abs=1e-8
    )


def test_bins_hold_equal_values_together_and_do_not_depend_on_order():
    x = np.array([3.0, 1.0, 2.0, 2.0, 1.0, 3.0])
    assert equal_bins(x, 3).tolist() == [2, 0, 1, 1, 0, 2]
    assert equal_bins(np.zeros(5), 4).tolist() == [0] * 5
    table = bin_means(x, {"y": x**2}, 3, np.array([1.0, 1, 1, 3, 1, 1]))
    assert table["count"].tolist() == [2, 4, 2] and table["y"].tolist() == [1, 4, 9]
    assert np.isnan(line(np.ones(3), np.arange(3.0))).all()


def test_bins_of_persons_hold_ten_each_on_average():
    x = np.arange(38.0)
    assert bin_means(x, {}, 10, least=10)["count"].tolist() == [13, 12, 13]
    assert bin_means(x, {}, 2, least=10)["count"].tolist() == [19, 19]
    assert len(bin_means(x[:9], {}, 5, least=10)) == 1
    table = own_rank_table(MeanRanks(drawn_market(), Choices(2, 1)), 10)
    assert (table["teachers"] == 10).all() and len(table) == 6


def test_parameters_without_doubt_leave_only_errors(market):
    runs = simulate_policies(market, CHOICES)
    table = uncertainty_table(runs, gains_by_draw([market] * 3, CHOICES))
    rows = table.set_index(["policy", "source"])
    parameters = rows.xs("parameters", level="source")
    assert (parameters["standard_error"] == 0).all() and (parameters["draws"] == 3).all()
    assert (rows.xs("errors", level="source")["draws"] == 8).all()
    gain = policy_table(runs).set_index("policy")["gain"]
    for policy in parameters.index:
        assert parameters.loc[policy, "gain"] == pytest.approx(gain[policy], abs=1e-8)


def test_doubt_of_parameters_widens_the_interval(market):
    random = np.random.default_rng(2)
    draws = [
        replace(market, utility=market.utility + scale * market.value_added)
        for scale in random.normal(0, 0.3, 12)
    ]
    runs = simulate_policies(market, CHOICES)
    by_draw = gains_by_draw(draws, CHOICES, ["all_options", "best"])
    table = uncertainty_table(runs, by_draw).set_index(["policy", "source"])
    both, errors = table.loc[("all_options", "both")], table.loc[("all_options", "errors")]
    assert both["standard_error"] > errors["standard_error"] > 0
    assert table.loc[("all_options", "parameters"), "standard_error"] > 0
    assert table.loc[("all_options", "both"), "draws"] == 12 * 8
    means = by_draw[by_draw["policy"] == "best"].groupby("draw")["gain"].mean()
    assert table.loc[("best", "parameters"), "gain"] == pytest.approx(means.mean(), abs=1e-8)
    assert table.loc[("best", "parameters"), "share_negative"] == 0
    gains = by_draw[by_draw["policy"] == "all_options"].pivot(index="run", columns="draw")["gain"]
    rest = (
        gains.sub(gains.mean(axis=0), axis=1).sub(gains.mean(axis=1), axis=0)
        + gains.to_numpy().mean()
    )
    left = np.sqrt((rest.to_numpy() ** 2).sum() / (7 * 11) / 8)
    found = table.loc[("all_options", "parameters")]
    assert found["simulation_error"] == pytest.approx(left, abs=1e-8) and left > 0
    assert found["standard_error"] == pytest.approx(gains.mean().std(ddof=1), abs=1e-8)


def test_a_row_of_table_7_is_that_of_the_policies():
    market = drawn_market(seed=2)
    row = robustness_row("baseline", market, CHOICES)
    table = policy_table(simulate_policies(market, CHOICES)).set_index("policy")
    for column in COLUMNS:
        assert row[column] == table.loc[column, "gain"]
        assert row[f"{column}_se"] == table.loc[column, "gain_se"]
    runs = simulate_policies(market, CHOICES).pivot(
        index="run", columns="policy", values="achievement"
    )
    in_order = (runs["all_options"] < runs["teachers"]) & (runs["teachers"] < runs["both"])
    in_order &= runs["both"] < runs["best"]
    assert row["ordered"] == in_order.mean() == 0.375
    assert (row["market_teachers"], row["market_positions"]) == (30, 45) and 0 <= row[
        "ordered"
    ] <= 1


def test_constant_classes_leave_less_to_gain(market):
    row = robustness_row("constant_class_size", market.constant_class_size(), CHOICES)
    assert row["best"] < robustness_row("baseline", market, CHOICES)["best"]
    assert row["row"] == "constant_class_size"


def test_full_sample_row_is_the_reallocation_of_all():
    district = drawn_district()
    table = reallocation_table(district, 0.05)
    row = full_sample_row(table, 60)
    gain = table.set_index("allocation")["gain"]
    assert (row["best"], row["both"]) == (gain["best"], gain["both"])
    assert row["market_teachers"] == 60 and "teachers" not in row


def test_table_7_is_complete_and_in_order(market):
    years = ("year_2012", "year_2020")
    rows = [empty_row(name, "on request") for name in (*reversed(years), *ROWS[1:])]
    table = robustness_table([*rows, robustness_row("baseline", market, CHOICES)])
    assert table["row"].tolist() == [ROWS[0], *years, *ROWS[1:]] and len(ROWS) == 22
    assert table["best"].notna().sum() == 1 and (table["note"][1:] == "on request").all()
    with pytest.raises(ValueError, match=r"rows \['baseline'\] are missing"):
        robustness_table(rows)


def test_match_effects_raise_the_best_gain_and_none_change_nothing(market):
    table = match_effect_table(market, CHOICES, [0.0, 0.05], seed=3)
    rows = table.set_index(["policy", "sd"])
    wanted = policy_table(simulate_policies(market, CHOICES)).set_index("policy")
    assert rows.loc[("best", 0.0), "gain"] == wanted.loc["best", "gain"]
    assert rows.loc[("best", 0.05), "gain"] > rows.loc[("best", 0.0), "gain"]


def test_crossing_is_on_the_line_between_points():
    x, y = np.array([0.0, 10.0, 30.0]), np.array([0.0, 1.0, 2.0])
    assert crossing(x, y, 20) == 1.5 and np.isnan(crossing(x, y, 31)) and crossing(x, y, 0) == 0
