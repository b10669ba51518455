"""Tests of forecasts against statsmodels, planted transfers, and bins."""

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from planted_types import CHOICES, planted, table

from welfare_added.market.clustered import regress
from welfare_added.market.forecast_figures import (
    FEWEST,
    distribution,
    forecast_bins,
    market_forecasts,
)
from welfare_added.market.forecast_tests import forecast_tests, tails, test_sample
from welfare_added.market.forecast_text import text_numbers
from welfare_added.market.transfers import event_study, histories, mover_gain
from welfare_added.run.errors import UserError
from welfare_added.value_added.two_types import estimate_two_types

SCRIPTS = Path(__file__).parents[2] / "scripts/bates_2022"
ESTIMATED = {
    "forecasts": "parquet",
    "teacher_years": "parquet",
    "school_years": "parquet",
    **dict.fromkeys(("structure", "drift", "experience", "slopes"), "csv"),
}


@pytest.fixture(scope="module")
def world():
    return planted(11, teachers=1500, schools=25, moving=0.15)


@pytest.fixture(scope="module")
def found(world):
    return estimate_two_types(table(world), world.teachers, **CHOICES)


@pytest.fixture(scope="module")
def teachers(world):
    """Teacher-years with their school, as the records have them."""
    schools = world.students.drop_duplicates(["teacher_id", "year"])
    return world.teachers.merge(
        schools[["teacher_id", "year", "school_id"]], on=["teacher_id", "year"]
    )


@pytest.fixture(scope="module")
def sample(found, teachers):
    return test_sample(found.teacher_years, teachers)


def statsmodels(outcome, columns, cluster):
    fit = sm.OLS(outcome, np.column_stack(columns)).fit(
        cov_type="cluster", cov_kwds={"groups": pd.factorize(cluster)[0]}, use_t=True
    )
    return fit


def test_statsmodels_gives_the_same_regression():
    rng = np.random.default_rng(1)
    cluster = rng.choice(["a", "b", "c", "d", "e", "f"], 90)
    columns = {"x": rng.normal(size=90), "w": rng.normal(size=90), "constant": np.ones(90)}
    columns["x"] += 1000  # far from zero
    y = rng.normal(size=90) + 0.5 * columns["x"]
    found = regress(y, columns, cluster)
    fit = statsmodels(y, list(columns.values()), cluster)
    np.testing.assert_allclose(found.estimate, fit.params, rtol=1e-8)
    np.testing.assert_allclose(found.standard_error, fit.bse, rtol=1e-7)
    test = fit.f_test(np.array([[1.0, -1.0, 0.0]]))
    assert found.p_equal(["x", "w"]) == pytest.approx(float(test.pvalue), rel=1e-6)
    assert (found.n, found.clusters, found.mean) == (90, 6, pytest.approx(y.mean()))


def test_what_cannot_be_estimated_is_named():
    y, ones = np.arange(6.0), np.ones(6)
    with pytest.raises(UserError, match="post does not vary beside va, constant"):
        regress(y, {"va": y**2, "constant": ones, "post": 2 * ones}, np.arange(6))
    with pytest.raises(UserError, match="6 teacher-years of 1 teachers are too few"):
        regress(y, {"va": y**2, "constant": ones}, np.zeros(6))


def by_statsmodels(sample):
    """Columns of table 1, written out."""
    known = sample.dropna(subset=["forecast"])
    va, post, one = known["forecast"], known["post_transfer"], np.ones(len(known))
    y, who = known["mean_residual"].to_numpy(), known["teacher_id"]
    both, seen = known.dropna(subset=["difference"]), sample[sample["seen"]]
    fits = {
        1: (statsmodels(y, [va, one], who), ["va", "constant"]),
        2: (
            statsmodels(
                both["difference"].to_numpy(),
                [both["forecast_difference"], np.ones(len(both))],
                both["teacher_id"],
            ),
            ["va_diff", "constant"],
        ),
        3: (
            statsmodels(
                seen["mean_residual"].to_numpy(),
                [seen["post_transfer"], np.ones(len(seen))],
                seen["teacher_id"],
            ),
            ["post_transfer", "constant"],
        ),
        4: (
            statsmodels(y, [va, post, va * post, one], who),
            ["va", "post_transfer", "va_x_post_transfer", "constant"],
        ),
    }
    for column, (name, change) in enumerate(
        {"disadvantaged": "change_share", "size": "change_size"}.items(), start=5
    ):
        low, high = known[change].quantile([0.1, 0.9])
        masks = [known[change] < low, known[change].between(low, high), known[change] > high]
        labels = [f"va_{label}_{name}" for label in ("below_10", "10_90", "above_90")]
        fit = statsmodels(y, [*(va * mask for mask in masks), one], who)
        fits[column] = (fit, [*labels, "constant"])
    return fits


def test_table_1_is_that_of_statsmodels(sample):
    # Of some teachers seen before there is no forecast: they are in column 3 alone.
    sample = sample.assign(forecast=sample["forecast"].where(sample["year"] != 2014))
    rows = forecast_tests(sample).set_index(["column", "row"])
    for column, (fit, names) in by_statsmodels(sample).items():
        for number, name in enumerate(names):
            estimate, error = rows.loc[(column, name)]
            assert estimate == pytest.approx(fit.params[number], rel=1e-8)
            assert error == pytest.approx(fit.bse[number], rel=1e-7)
        assert rows.loc[(column, "n"), "estimate"] == fit.nobs
        assert rows.loc[(column, "mean_dependent"), "estimate"] == pytest.approx(
            fit.model.endog.mean()
        )
        if column > 4:
            equal = fit.f_test(np.array([[1.0, -1, 0, 0], [0, 1, -1, 0]]))
            assert rows.loc[(column, "p_equal"), "estimate"] == pytest.approx(
                float(equal.pvalue), rel=1e-5
            )
    assert rows.loc[(3, "n"), "estimate"] > rows.loc[(1, "n"), "estimate"]
    assert (
        rows.loc[(1, "clusters"), "estimate"]
        == sample.dropna(subset=["forecast"])["teacher_id"].nunique()
    )


def test_forecasts_are_unbiased_in_a_planted_world(sample):
    rows = forecast_tests(sample).set_index(["column", "row"])
    for name, allowed in (((1, "va"), 0.02), ((2, "va_diff"), 0.1)):
        estimate, error = rows.loc[name]
        assert abs(estimate - 1) < 3 * error + allowed
        assert 0 < error < 0.1
    gain, error = rows.loc[(3, "post_transfer")]
    assert abs(gain) < 4 * error


def test_histories_by_hand():
    teachers = pd.DataFrame(
        [("b", 2003, "y"), ("a", 2001, "x"), ("a", 2002, "x"), ("a", 2004, "y"), ("a", 2005, "x"),
         ("b", 2001, "y")],
        columns=["teacher_id", "year", "school_id"],
    )  # fmt: skip
    rows = histories(teachers)
    assert rows["seen"].tolist() == [False, True, True, True, False, True]
    assert rows["moved"].tolist() == [0, 0, 1, 1, 0, 0]
    assert rows["post_transfer"].tolist() == [0, 0, 1, 1, 0, 0]
    assert rows["first_move"].tolist()[:4] == [2004] * 4
    assert rows["first_move"].iloc[4:].isna().all()


def test_changes_since_the_years_before_by_hand():
    years = pd.DataFrame(
        {
            "teacher_id": ["a", "a", "a"],
            "year": [2001, 2002, 2004],
            "students": [20, 30, 10],
            "classes": [1, 2, 1],
            "class_size": [20.0, 15.0, 10.0],
            "share_1": [0.5, 0.2, 0.9],
            **{name: [0.0, 0.1, 0.2] for name in ("mean_0", "mean_1", "mu_0", "mu_1")},
        }
    )
    teachers = years[["teacher_id", "year"]].assign(school_id="x")
    rows = test_sample(years, teachers)
    np.testing.assert_allclose(rows["change_share"], [np.nan, 0.2 - 0.5, 0.9 - 16 / 50])
    np.testing.assert_allclose(rows["change_size"], [np.nan, 15 - 20, 10 - 50 / 3])


def test_teachers_gain_where_they_are_stronger(found, teachers, world):
    rows = mover_gain(found.teacher_years, teachers).set_index("sample")
    assert rows.loc["all", "transfers"] > 300
    assert abs(rows.loc["all", "estimate"] - 1) < 3 * rows.loc["all", "standard_error"]
    parts = rows.loc[["stronger", "weaker"], "transfers"].sum()
    assert parts == rows.loc["all", "transfers"]


def test_a_planted_gain_of_movers_is_found():
    """Exact, without noise: means follow the share and the advantage."""
    rng = np.random.default_rng(2)
    n, years = 60, [2001, 2002, 2003]
    table = pd.DataFrame(
        {"teacher_id": np.repeat([f"t{i:02d}" for i in range(n)], 3), "year": np.tile(years, n)}
    )
    advantage = np.repeat(rng.normal(0, 0.1, n), 3)
    share = rng.random(3 * n)
    teachers = table.assign(school_id=np.tile(["x", "x", "y"], n))
    table = table.assign(
        share_1=share, mu_0=0.0, mu_1=advantage, mean_residual=0.3 * share + 1.5 * share * advantage
    )
    rows = mover_gain(table, teachers)
    np.testing.assert_allclose(rows["estimate"], 1.5, rtol=1e-9)
    assert rows["transfers"].iloc[0] == n


def test_a_planted_event_is_found():
    """A step after the transfer, on top of teachers' and years' effects."""
    rng = np.random.default_rng(3)
    rows, schools = [], []
    step = {0: 0.2, 1: 0.3, 2: 0.1}
    for teacher in range(60):
        level, move = rng.normal(), 2004 + teacher % 3 if teacher % 2 else None
        for year in range(2001, 2009):
            event = year - move if move else None
            gain = step.get(min(event, 2), 0.0) if event is not None and event >= 0 else 0.0
            rows.append((f"t{teacher:02d}", year, level + 0.1 * np.sin(year) + gain))
            moved = event is not None and event >= 0
            schools.append((f"t{teacher:02d}", year, "y" if moved else "x"))
    years = pd.DataFrame(rows, columns=["teacher_id", "year", "mean_residual"])
    teachers = pd.DataFrame(schools, columns=["teacher_id", "year", "school_id"])
    found = event_study(years, teachers).set_index("event_year")
    expected = {-4: 0, -3: 0, -2: 0, -1: 0, 0: 0.2, 1: 0.3, 2: 0.1, 3: 0.1, 4: 0.1}
    np.testing.assert_allclose(found["estimate"], list(expected.values()), atol=1e-10)
    assert found["teacher_years"].sum() == 30 * 8


def test_bins_hold_all_teacher_years_and_enough_teachers(sample):
    bins = forecast_bins(sample)
    known = sample.dropna(subset=["forecast"])
    whole = bins[bins["figure"] == "figure_01"]
    assert whole["teacher_years"].sum() == len(known)
    assert len(whole) == 20
    assert (bins["teachers"] >= FEWEST).all()
    mean = np.average(whole["y"], weights=whole["teacher_years"])
    assert mean == pytest.approx(known["mean_residual"].mean())
    fit = forecast_tests(sample).set_index(["column", "row"]).loc[(1, "va"), "estimate"]
    assert whole["slope"].iloc[0] == pytest.approx(fit, rel=1e-8)
    assert set(bins["figure"]) == {
        *("figure_01", "figure_02b", "figure_a02", "figure_a04a", "figure_a04b")
    }
    falls = bins.loc[bins["figure"] == "figure_a04a", "teacher_years"].sum()
    assert falls == (known["change_size"] < known["change_size"].quantile(0.1)).sum()
    assert (np.diff(whole["x"]) > 0).all()


def test_too_few_teachers_for_a_bin_are_refused(sample):
    with pytest.raises(UserError, match="too few for a bin of 10 teachers"):
        forecast_bins(sample[sample["teacher_id"] < "t00004"])


def test_tails_are_strict():
    assert tails(np.arange(11.0)).tolist() == [0, *[1] * 9, 2]
    assert tails(np.zeros(5)).tolist() == [1] * 5


def test_the_districts_teachers_are_those_of_its_schools(found, teachers, world):
    year = 2013
    schools = found.school_years.rename(columns={"share_1": "share_disadvantaged"})
    schools["in_market"] = schools["school_id"] < "h0010"
    own = market_forecasts(found.forecasts, teachers, schools, year)
    here = teachers[(teachers["year"] == year) & (teachers["school_id"] < "h0010")]
    forecasts = found.forecasts[found.forecasts["year"] == year]
    assert set(own["teacher_id"]) == set(here["teacher_id"]) & set(forecasts["teacher_id"])
    students = world.students[
        (world.students["year"] == year) & (world.students["school_id"] < "h0010")
    ]
    one = own.iloc[0]
    row = forecasts.set_index("teacher_id").loc[one["teacher_id"]]
    share = students["type"].mean()
    expected = (1 - share) * row["mu_0"] + share * row["mu_1"] + row["experience_effect"]
    assert one["absolute_advantage"] == pytest.approx(expected, abs=1e-7)
    with pytest.raises(UserError, match="no school of the market district in 1990"):
        market_forecasts(found.forecasts, teachers, schools, 1990)


def test_the_distribution_holds_everybody_once():
    values = pd.Series(np.random.default_rng(1).normal(0, 0.14, 400))
    rows = distribution(values)
    assert rows["teachers"].sum() == 400 and rows["share"].sum() == pytest.approx(1)
    assert (rows["teachers"] >= FEWEST).all()
    for low, high, teachers, _ in rows.itertuples(index=False):
        assert teachers == ((values >= low) & (values < high)).sum()
    np.testing.assert_allclose(rows["low"].iloc[1:], rows["high"].iloc[:-1])
    with pytest.raises(UserError, match="fewer than 10"):
        distribution(values[:9])


def test_numbers_of_the_text(found, sample, teachers):
    bins, movers = forecast_bins(sample), mover_gain(found.teacher_years, teachers)
    own = pd.DataFrame(
        {"absolute_advantage": [0.0, 1.0, 2.0], "comparative_advantage": [0.0, 0.0, 3.0]}
    )
    numbers = text_numbers(found.experience, found.structure, bins, movers, own)
    value = numbers.set_index("name")["value"]
    assert value["forecast_sd"] == 1.0
    assert value["comparative_advantage_sd"] == pytest.approx(np.sqrt(3))
    assert value["first_year_return"] == found.experience["estimate"][1]
    assert value["mover_gain"] == movers["estimate"].iloc[0]
    assert value["likelihood_ratio_p"] < 0.01
    known = sample.dropna(subset=["forecast"])
    slope = np.polyfit((known["mu_0"] + known["mu_1"]) / 2, known["forecast_difference"], 1)[0]
    assert value["advantage_slope"] == pytest.approx(slope)


def test_scripts_write_what_the_market_reads(world, found, teachers, tmp_path):
    files = {
        name: str(tmp_path / f"{name}.parquet") for name in ("students", "teachers", "schools")
    }
    world.students.to_parquet(files["students"])
    teachers.to_parquet(files["teachers"])
    schools = found.school_years.rename(columns={"share_1": "share_disadvantaged"})
    schools.assign(in_market=schools["school_id"] < "h0010").to_parquet(files["schools"])
    made = {name: str(tmp_path / f"{name}_made.{end}") for name, end in ESTIMATED.items()}
    main = runpy.run_path(str(SCRIPTS / "value_added.py"))["main"]
    main(files, made, **CHOICES)
    forecasts = pd.read_parquet(made["forecasts"])
    pd.testing.assert_frame_equal(forecasts, found.forecasts, check_exact=True)
    structure = pd.read_csv(made["structure"])
    assert list(structure) == ["parameter", "estimate", "low", "high"]
    names = ("tests", "bins", "event_study", "movers", "distribution", "text_numbers")
    tables = {name: str(tmp_path / f"{name}.csv") for name in names}
    main = runpy.run_path(str(SCRIPTS / "forecast_tests.py"))["main"]
    main({**files, **made, "teachers": files["teachers"]}, tables, year=2013)
    written = {name: pd.read_csv(path) for name, path in tables.items()}
    assert written["tests"]["column"].unique().tolist() == [1, 2, 3, 4, 5, 6]
    numbers = written["text_numbers"].set_index("name")["value"]
    assert 0.05 < numbers["forecast_sd"] < 0.3
