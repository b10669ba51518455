"""The market from tables and estimates: utilities pair by pair, windows, files, draws."""

import numpy as np
import pandas as pd
import pytest
from market_cases import drawn_market

from welfare_added.market import features
from welfare_added.market.assembly import participants, random_coefficients
from welfare_added.market.estimates import Estimates, covariance_table, estimates_table
from welfare_added.market.market_files import (
    Assembly,
    market_tables,
    read_market,
    row_of_market,
)
from welfare_added.market.preference_tables import attempted
from welfare_added.market.ratings import PRINCIPAL, RATED
from welfare_added.market.simulate import Choices
from welfare_added.run.errors import UserError
from welfare_added.run.writing import write_csv, write_parquet

SIDE_OF_TEACHERS = ("teachers", "teachers_covariance")
CHOSEN = {
    "cycle": 2016,
    "least_applications": 1,
    "minutes_a_km": 1.5,
    "at_least": 3.0,
    "coefficients": "best",
    "absolute_advantage": "per_student",
    "experienced": 3,
}
TRAITS = ("experience_2_3", "experience_4_6", "experience_7", "experience_missing", "masters")
COUNT, PLACES = 6, 8


def applicants():
    random = np.random.default_rng(1)
    rows = pd.DataFrame(
        {
            "applicant": np.arange(COUNT + 2),
            "applicant_id": [f"a{i}" for i in range(COUNT + 2)],
            "year": [2016] * COUNT + [2016, 2015],
            "va_missing": [0] * COUNT + [1, 0],
            "first_day": random.integers(0, 60, COUNT + 2).astype(float),
            "applications": [1, 2, 3, 4, 5, 6, 7, 8],
            "experience": [np.nan, 1.0, 5.0, 9.0, 2.0, 3.0, 0.0, 0.0],
            "latitude": 35 + random.random(COUNT + 2) / 10,
            "longitude": -80 + random.random(COUNT + 2) / 10,
        }
    )
    rows.loc[1, ["latitude", "longitude"]] = np.nan
    rows["last_day"] = rows["first_day"] + 20
    for name in ("mu_0", "mu_1", "experience_effect"):
        rows[name] = random.normal(0, 0.1, len(rows))
    for name in (*TRAITS, "black", "hispanic", "female", "gender_missing", "race_missing"):
        rows[name] = random.integers(0, 2, len(rows))
    return rows.sample(frac=1, random_state=3).sort_values("applicant", ignore_index=True)


def positions():
    random = np.random.default_rng(2)
    rows = pd.DataFrame({"school_id": [f"s{i // 2}" for i in range(PLACES + 2)]})
    rows["year"] = [2016] * (PLACES + 1) + [2015]
    rows["first_day"] = random.integers(0, 80, PLACES + 2).astype(float)
    rows.loc[PLACES, "first_day"] = np.nan  # nobody applied
    rows["last_day"] = rows["first_day"] + 5
    rows["class_size"] = random.normal(22, 3, len(rows))
    for name in ("share_disadvantaged", "share_black", "share_hispanic", "share_above_median"):
        rows[name] = random.random(len(rows))
    rows["title1"] = random.integers(0, 2, len(rows))
    return rows


def schools():
    rows = pd.DataFrame({"school_id": [f"s{i}" for i in range(5)], "year": 2016, "in_market": True})
    rows["class_size"] = [20.0, 22.0, 18.0, 25.0, 21.0]
    rows["share_disadvantaged"] = [0.1, 0.5, 0.9, 0.3, 0.7]
    rows["students"] = [100, 50, 80, 120, 60]
    rows["latitude"], rows["longitude"] = 35.05, -80.0 + np.arange(5) / 50
    return rows


def estimates(names, seed, **fixed):
    values = np.random.default_rng(seed).normal(0, 0.5, len(names))
    values = np.array([fixed.get(name, one) for name, one in zip(names, values, strict=True)])
    return Estimates(tuple(names), values, np.eye(len(names)) * 1e-6, 0.0, 1, 1, 1, "drawn")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("market")
    tables = {"applicants": applicants(), "positions": positions(), "schools": schools()}
    random = np.random.default_rng(5)
    drawn = pd.DataFrame(random.normal(size=(COUNT + 2, 6)), columns=list(features.RANDOM))
    drawn["applicant"] = np.arange(COUNT + 2)
    tables["random_coefficients"] = pd.concat(
        [drawn.assign(kind="best"), drawn.assign(kind="draw", value_added=0.0)]
    )
    files = {}
    for name, table in tables.items():
        files[name] = folder / f"{name}.parquet"
        write_parquet(table, files[name])
    names = (*features.PAIR, *features.TEACHER, *features.MEANS, *features.SPREADS)
    sides = {
        "teachers": estimates(names, 1, commute=-0.073),
        "principals": estimates((*PRINCIPAL, "random_effect_sd"), 2),
    }
    for side, one in sides.items():
        files[side], files[f"{side}_covariance"] = (
            folder / f"{side}.csv", folder / f"{side}_covariance.csv",
        )  # fmt: skip
        write_csv(estimates_table(one), files[side])
        write_csv(covariance_table(one), files[f"{side}_covariance"])
    files["school_effects"] = folder / "school_effects.csv"
    write_csv(pd.DataFrame(columns=["school_id", "effect"]), files["school_effects"])
    return files


@pytest.fixture(scope="module")
def market(files):
    return Assembly(files, **CHOSEN).market()


def parameters(files, side):
    return pd.read_csv(files[side]).set_index("parameter")["estimate"]


def kilometres(one, other):
    a, b, c, d = np.radians(
        [one["latitude"], other["latitude"], one["longitude"], other["longitude"]]
    )
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin((d - c) / 2) ** 2
    return 2 * 6371 * np.arcsin(np.sqrt(half))


def test_utility_of_teachers_is_that_of_the_model_pair_by_pair(files, market):
    own, places = applicants(), positions()
    b = parameters(files, "teachers")
    drawn = pd.read_parquet(files["random_coefficients"])
    drawn = drawn[drawn["kind"] == "best"].set_index("applicant")
    pupils = schools()["students"] * 1.0
    share = (schools()["share_disadvantaged"] * pupils).sum() / pupils.sum()
    columns = ("share_disadvantaged", "share_black", "share_hispanic", "share_above_median")
    crossed = ("disadvantaged", "black", "hispanic", "above_median")
    for j in range(COUNT):
        teacher, extra = own.iloc[j], drawn.loc[j]
        advantage = (1 - share) * teacher["mu_0"] + share * teacher["mu_1"]
        advantage += teacher["experience_effect"]
        assert market.absolute_advantage[j] == pytest.approx(advantage)
        for p in range(PLACES):
            place = places.iloc[p]
            there = schools().set_index("school_id").loc[place["school_id"]]
            mixed = (1 - place["share_disadvantaged"]) * teacher["mu_0"]
            mixed += place["share_disadvantaged"] * teacher["mu_1"] + teacher["experience_effect"]
            total = place["class_size"] * mixed
            if np.isnan(teacher["latitude"]):
                utility = b["commute_missing"]
                assert np.isnan(market.minutes[j, p])
            else:
                minutes = max(1.5 * kilometres(teacher, there), 3.0)
                assert market.minutes[j, p] == pytest.approx(minutes, abs=1e-3)
                utility = b["commute"] * market.minutes[j, p]
            utility += (b["value_added"] + extra["value_added"]) * total
            for name, column, cross in zip(features.SHARES, columns, crossed, strict=True):
                weight = b[name] + extra[name] + b[f"absolute_advantage_x_{cross}"] * advantage
                utility += weight * place[column]
            utility += b["black_x_black"] * teacher["black"] * place["share_black"]
            utility += b["hispanic_x_hispanic"] * teacher["hispanic"] * place["share_hispanic"]
            assert market.utility[j, p] == pytest.approx(utility, abs=1e-9)
            assert market.value_added[j, p] == pytest.approx(total, abs=1e-9)
    assert market.gamma == pytest.approx(0.073)


def test_utility_of_principals_is_that_of_the_model_pair_by_pair(files, market):
    own, places, b = applicants(), positions(), parameters(files, "principals")
    for j in range(COUNT):
        teacher = own.iloc[j]
        for p in range(PLACES):
            place = places.iloc[p]
            made = {name: teacher.get(name, 0.0) for name in RATED}
            made["value_added"] = market.value_added[j, p]
            made["black_black_share"] = teacher["black"] * place["share_black"]
            made["hispanic_hispanic_share"] = teacher["hispanic"] * place["share_hispanic"]
            made["value_added_missing"] = 0
            utility = b["constant"] + b["title1"] * place["title1"]
            for name in RATED:
                utility += (b[name] + b[f"{name}_x"] * place["title1"]) * made[name]
            assert market.principal[j, p] == pytest.approx(utility, abs=1e-9)


def test_who_takes_part_and_who_meets(market):
    who = participants(applicants(), positions(), 2016)
    assert who.teachers["applicant"].tolist() == list(range(COUNT))
    assert len(who.positions) == PLACES
    for j, teacher in enumerate(who.teachers.itertuples()):
        for p, place in enumerate(who.positions.itertuples()):
            days = set(range(int(teacher.first_day), int(teacher.last_day) + 1))
            other = set(range(int(place.first_day), int(place.last_day) + 1))
            assert who.meets[j, p] == bool(days & other) == market.meets[j, p]
    assert 0 < who.meets.mean() < 1
    several = participants(applicants(), positions(), 2016, least_applications=3)
    assert several.teachers["applicant"].tolist() == [2, 3, 4, 5]


def test_a_cycle_without_positions_or_teachers_is_refused():
    with pytest.raises(
        UserError, match=r"in 2011 there are 0 teachers .* positions are 2015, 2016"
    ):
        participants(applicants(), positions(), 2011)


def test_traits_are_missing_where_unknown(market):
    own = applicants().iloc[:COUNT]
    traits = market.teacher_traits
    assert np.isnan(traits["experienced"][0]) and traits["experience"][0] == 0
    assert traits["experienced"][1:].tolist() == [0, 1, 1, 0, 1]
    unknown = (own["race_missing"] == 1).to_numpy()
    assert np.isnan(traits["black"][unknown]).all()
    assert (traits["black"][~unknown] == own["black"][~unknown]).all()


def test_random_coefficients_by_kind(files):
    table = pd.read_parquet(files["random_coefficients"])
    who = applicants().iloc[:COUNT]
    best, draw = (random_coefficients(table, who, kind) for kind in ("best", "draw"))
    assert (draw[:, 0] == 0).all() and np.array_equal(best[:, 1:], draw[:, 1:])
    with pytest.raises(UserError, match=r"market.random_coefficients: 'mode'; want best, mean, dr"):
        random_coefficients(table, who, "mode")
    with pytest.raises(UserError, match="1 of 6 teachers of the market have none"):
        random_coefficients(table[table["applicant"] != 3], who, "best")


def test_without_random_coefficients_nobody_deviates(files):
    none = pd.read_parquet(files["random_coefficients"]).iloc[:0]
    assert (random_coefficients(none, applicants().iloc[:COUNT]) == 0).all()


def test_effects_of_schools_enter_teachers_utilities_alone(files, market, tmp_path):
    there = sorted(positions()["school_id"].unique())[1:]  # one school has none: it has the mean
    effects = pd.DataFrame({"school_id": there, "effect": np.arange(len(there)) * 1.0})
    write_csv(effects, tmp_path / "effects.csv")
    other = Assembly({**files, "school_effects": tmp_path / "effects.csv"}, **CHOSEN).market()
    own, mean = effects.set_index("school_id")["effect"], effects["effect"].mean()
    wanted = [own.get(one, mean) for one in positions()["school_id"][:PLACES]]
    np.testing.assert_allclose(other.utility - market.utility, np.tile(wanted, (COUNT, 1)))
    np.testing.assert_array_equal(other.principal, market.principal)


def test_a_taste_for_commutes_is_refused(files, tmp_path):
    table = pd.read_csv(files["teachers"])
    table.loc[table["parameter"] == "commute", "estimate"] = 0.01
    write_csv(table, tmp_path / "teachers.csv")
    with pytest.raises(UserError, match=r"utility of a minute less of commute is -0.01"):
        Assembly({**files, "teachers": tmp_path / "teachers.csv"}, **CHOSEN).market()


def test_without_commutes_nothing_is_valued_in_minutes(files, tmp_path):
    table = pd.read_csv(files["teachers"])
    write_csv(table[table["parameter"] != "commute"], tmp_path / "teachers.csv")
    covariance = pd.read_csv(files["teachers_covariance"])
    kept = covariance[covariance["parameter"] != "commute"].drop(columns="commute")
    write_csv(kept, tmp_path / "covariance.csv")
    own = {
        "teachers": tmp_path / "teachers.csv",
        "teachers_covariance": tmp_path / "covariance.csv",
    }
    with pytest.raises(UserError, match=r"utility of a minute less of commute is -?0; minutes of"):
        Assembly({**files, **own}, **CHOSEN).market()


def test_absolute_advantage_as_a_total_multiplies_it_in_utility_alone(files, market):
    other = Assembly(files, **{**CHOSEN, "absolute_advantage": "total"}).market()
    np.testing.assert_allclose(other.absolute_advantage, market.absolute_advantage)
    assert np.abs(other.utility - market.utility).max() > 0.1


def test_classes_of_one_size_are_so_in_utility_too(files, market):
    other = Assembly(files, **CHOSEN, constant_class_size=True).market()
    np.testing.assert_allclose(other.class_size, market.class_size.mean())
    b = parameters(files, "teachers")
    drawn = pd.read_parquet(files["random_coefficients"])
    weight = b["value_added"] + drawn.loc[drawn["kind"] == "best", "value_added"].to_numpy()[:COUNT]
    change = weight[:, None] * (other.value_added - market.value_added)
    np.testing.assert_allclose(other.utility - market.utility, change, atol=1e-9)


def test_given_commutes_count_before_distances(files, tmp_path, market):
    given = pd.DataFrame(
        {"applicant_id": ["a0"], "cycle": [2016], "school_id": ["s0"], "minutes": [77.0]}
    )
    write_parquet(given, tmp_path / "commutes.parquet")
    other = Assembly({**files, "commutes": tmp_path / "commutes.parquet"}, **CHOSEN).market()
    assert other.minutes[0, :2].tolist() == [77.0, 77.0]
    np.testing.assert_array_equal(other.minutes[1:], market.minutes[1:])


def test_market_is_the_same_from_files(tmp_path):
    for market in (drawn_market(), drawn_market(minutes=None)):
        files = {}
        for name, table in market_tables(market).items():
            files[f"market_{name}"] = tmp_path / f"{name}.parquet"
            write_parquet(table, files[f"market_{name}"])
        found = read_market(files)
        for name in ("mu", "class_size", "share_1", "utility", "principal", "absolute_advantage"):
            np.testing.assert_allclose(getattr(found, name), getattr(market, name), atol=1e-9)
        assert np.array_equal(found.meets, market.meets) and found.meets.dtype == bool
        assert found.gamma == market.gamma and set(found.teacher_traits) == set(
            market.teacher_traits
        )
        if market.minutes is None:
            assert found.minutes is None
        else:
            np.testing.assert_allclose(found.minutes, market.minutes, atol=1e-9)


def test_draws_are_of_the_law_of_the_estimates(files):
    assembly = Assembly(files, **CHOSEN)
    draws = list(assembly.draws(40, seed=3))
    gammas = np.array([one.gamma for one in draws])
    assert gammas.std() == pytest.approx(1e-3, rel=0.4) and gammas.mean() == pytest.approx(
        0.073, abs=1e-3
    )
    again = next(iter(assembly.draws(40, seed=3)))
    np.testing.assert_array_equal(again.utility, draws[0].utility)
    assert np.abs(draws[0].principal - draws[1].principal).max() > 0
    mean = np.mean([one.utility for one in draws], axis=0)
    np.testing.assert_allclose(mean, assembly.market().utility, atol=0.02)


def test_a_row_of_a_market_that_cannot_be_says_why(files):
    row = row_of_market("year_2011", "", files, {**CHOSEN, "cycle": 2016}, Choices(2, 1))
    assert row["note"] == "" and np.isfinite(row["best"])
    row = row_of_market("year_2011", "", files, {**CHOSEN, "least_applications": 9}, Choices(2, 1))
    assert row["row"] == "year_2011" and "best" not in row
    assert row["note"].startswith("config.yaml, market.cycle: in 2016 there are 0 teachers")


def test_a_row_whose_preferences_were_not_estimated_says_why_and_names_no_file(files, tmp_path):
    def fails():
        raise UserError("27 agents' scores are collinear")

    made = attempted(fails, may_fail=True)
    written = {"principals": made.estimates, "principals_covariance": made.covariance}
    for name, table in written.items():
        write_csv(table, tmp_path / f"{name}.csv")
    mine = files | {name: tmp_path / f"{name}.csv" for name in written}
    row = row_of_market("principals_rank_all", "", mine, CHOSEN, Choices(2, 1))
    assert row == {
        "row": "principals_rank_all",
        "note": "not estimated: 27 agents' scores are collinear",
    }
    mine = files | {name: tmp_path / f"principals{name[8:]}.csv" for name in SIDE_OF_TEACHERS}
    assert "best" not in row_of_market("teachers_none", "", mine, CHOSEN, Choices(2, 1))
    with pytest.raises(UserError, match="collinear"):
        attempted(fails, may_fail=False)
    assert made.coefficients.empty and made.school_effects.empty and made.evaluations == 0
    assert attempted(lambda: "tables", may_fail=True) == "tables"
