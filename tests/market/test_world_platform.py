"""The synthetic platform: applications by the model's rule, ratings, outcomes, and what is planted."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from small_world import (
    COMMUTE,
    CYCLES,
    PARAMETERS,
    STUDIED,
    changed,
    inputs,
    platform_world,
    records,
    start,
)

from welfare_added.market import features, season
from welfare_added.market import synthetic_ratings as ratings
from welfare_added.market.platform import platform
from welfare_added.market.synthetic_choices import Utilities, constants, margins, utilities
from welfare_added.market.synthetic_outcomes import Rated, draw_outcomes
from welfare_added.market.synthetic_platform import synthesise_platform
from welfare_added.market.synthetic_positions import draw_positions
from welfare_added.market.windows import Pairs, true_windows
from welfare_added.run.errors import UserError

POOR = ("middle", "negative")
TINY = PARAMETERS["sizes"]["tiny"]


def true_platform():
    from small_world import CHOICES

    truth = platform_world().truth
    return platform(start(), CHOICES, true_windows(truth["applicants"], truth["positions"]))


def planted() -> dict[str, float]:
    return platform_world().truth["teachers_preferences"].set_index("parameter")["value"].to_dict()


def made_again(**more):
    return synthesise_platform(
        inputs(),
        more.pop("parameters", PARAMETERS),
        **{
            "size": "tiny",
            "seed": 1,
            "cycles": CYCLES,
            "studied": STUDIED,
            "outside": "per_position",
            "commute": COMMUTE,
            **more,
        },
    )


def test_a_seed_decides_everything():
    again = made_again()
    for name, table in platform_world().tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)
    other = made_again(seed=2).tables["applications"]
    assert len(other) != len(platform_world().tables["applications"])


def test_numbers_are_those_of_the_size():
    tables = platform_world().tables
    assert len(tables["vacancies"]) == TINY["positions"]
    assert (tables["vacancies"]["cycle"] == STUDIED).sum() == TINY["studied"]
    assert len(tables["applicants"]) == TINY["applicants"]
    assert (tables["applicants"].groupby("cycle").size() == TINY["applicants"] / 10).all()
    with_forecast = (
        start().applicants.groupby("year")["va_missing"].agg(lambda one: (one == 0).sum())
    )
    assert (with_forecast == TINY["with_value_added"]).all()
    assert tables["vacancies"]["school_id"].nunique() == TINY["market_schools"]


def test_incumbents_teach_where_the_records_say():
    applicants = platform_world().tables["applicants"]
    taught = records().teachers.set_index(["teacher_id", "year"])["school_id"]
    known = applicants[applicants["teacher_id"].str.startswith("t", na=False)]
    here = known[known["current_position"].notna()]
    keys = pd.MultiIndex.from_arrays([here["teacher_id"], here["cycle"] - 1])
    assert (taught.reindex(keys).to_numpy() == here["current_position"].to_numpy()).all()
    away = known[known["current_position"].isna()]
    keys = pd.MultiIndex.from_arrays([away["teacher_id"], away["cycle"] - 1])
    own = records().teachers.set_index(["teacher_id", "year"])["in_market"]
    assert not own.reindex(keys).any() and len(away) > 50


def slow_utility(applicant, place, minutes, missing, means, nu, truth, typical):
    """Eqs. 8 to 11 for one applicant and one place, without the constant."""
    va = (1 - place["share_disadvantaged"]) * applicant["mu_0"]
    va += place["share_disadvantaged"] * applicant["mu_1"] + applicant["experience_effect"]
    va *= place["class_size"]
    aa = (1 - typical["share_disadvantaged"]) * applicant["mu_0"]
    aa += typical["share_disadvantaged"] * applicant["mu_1"] + applicant["experience_effect"]
    aa *= not applicant["va_missing"]
    va *= not applicant["va_missing"]
    e, b, h, s = (
        place[f"share_{one}"] for one in ("disadvantaged", "black", "hispanic", "above_median")
    )
    x = {
        "commute": minutes,
        "commute_missing": missing,
        "value_added": va,
        "disadvantaged": e,
        "black_share": b,
        "hispanic_share": h,
        "above_median": s,
        "absolute_advantage_x_disadvantaged": aa * e,
        "absolute_advantage_x_black": aa * b,
        "absolute_advantage_x_hispanic": aa * h,
        "absolute_advantage_x_above_median": aa * s,
        "black_x_black": applicant["black"] * b,
        "hispanic_x_hispanic": applicant["hispanic"] * h,
    }
    utility = sum(truth[name] * value for name, value in x.items())
    for name, draw in nu.items():
        if name != "constant":
            utility += truth[f"{name}_sd"] * draw * x[name]
    utility += truth["random_effect_sd"] * nu["constant"]
    utility += truth["value_added_not_disadvantaged"] * applicant["mu_0"]
    utility += truth["value_added_disadvantaged"] * applicant["mu_1"]
    for name in ("in_district", "black", "hispanic", "female", "experience_2_3"):
        utility += truth[name] * applicant[name]
    utility += truth["experience_4_6"] * applicant["experience_4_6"]
    utility += truth["experience_7"] * applicant["experience_7"]
    if means is not None:
        utility += sum(truth.get(f"mean_{name}", 0) * value for name, value in means.items())
    return utility, x


def test_utilities_are_those_of_a_slow_second_way():
    made, truth = true_platform(), PARAMETERS["teachers_preferences"]
    schools, pairs = records().schools, made.pairs
    drawn = platform_world().truth["applicants"][list(features.RANDOM)]
    minutes = pairs["minutes"].where(pairs["commute_missing"] == 0).to_numpy(float)
    found = utilities(
        made.applicants,
        made.positions,
        schools,
        Pairs(pairs["applicant"].to_numpy(), pairs["position"].to_numpy()),
        minutes,
        truth,
        drawn.to_numpy(),
    )
    typical = features.representative_schools(schools)
    by_school = schools.set_index(["school_id", "year"])
    known = made.applicants[(made.applicants["va_missing"] == 0)]
    some = [*known.index[known["in_district"] == 1][:4], *known.index[:3], 0, 1, 2]
    assert len(some) == 10
    for number in some:
        applicant, rows = made.applicants.loc[number], pairs[pairs["applicant"] == number]
        if rows.empty:
            continue
        nu, of_year = drawn.loc[number].to_dict(), typical.loc[applicant["year"]]
        pieces = [
            slow_utility(
                *(applicant, made.positions.loc[row["position"]]),
                *(row["minutes"], row["commute_missing"], None, nu, truth, of_year),
            )
            for _, row in rows.iterrows()
        ]
        means = pd.DataFrame([x for _, x in pieces]).mean().to_dict()
        more = sum(truth.get(f"mean_{name}", 0) * value for name, value in means.items())
        np.testing.assert_allclose(found.pair[rows.index], [u + more for u, _ in pieces], atol=1e-9)
        if applicant["in_district"]:
            place = by_school.loc[(applicant["current_school"], applicant["year"])]
            commute = applicant["current_minutes"], applicant["current_commute_missing"]
            present, _ = slow_utility(applicant, place, *commute, means, nu, truth, of_year)
            assert found.present[number] == pytest.approx(present, abs=1e-9)
        else:
            assert found.present[number] == -np.inf


def test_constants_meet_both_shares():
    made, shares = true_platform(), PARAMETERS["applications_with_value_added"]
    rate = made.pairs["applied"].mean()
    error = np.sqrt(TINY["application_rate"] / len(made.pairs))
    assert rate == pytest.approx(TINY["application_rate"], abs=6 * error)
    without = made.applicants["va_missing"].to_numpy()[made.applications["applicant"]]
    spread = np.sqrt(shares * (1 - shares) / len(made.applications))
    assert 1 - without.mean() == pytest.approx(shares, abs=8 * spread)


def test_constants_are_found_exactly():
    rng = np.random.default_rng(0)
    who = np.repeat(np.arange(50), 20).astype(np.int32)
    present = np.where(np.arange(50) % 2, rng.standard_normal(50), -np.inf)
    utility, without = Utilities(rng.standard_normal(1000), present), np.arange(50) >= 10
    for weight in (1.0, 2.0):  # of applicants without a forecast
        one, other = constants(utility, who, without, 0.2, 0.3, weight)
        constant = np.where(without, other, one)[who]
        best = np.exp(present[who] + constant)
        chance = np.exp(utility.pair + constant)
        chance /= 1 + best + chance  # eq. 12
        of_pair = np.where(without, weight, 1.0)[who]
        assert np.average(chance, weights=of_pair) == pytest.approx(0.2, abs=1e-8)
        of_forecast = (chance * ~without[who]).sum() / (chance * of_pair).sum()
        assert of_forecast == pytest.approx(0.3, abs=1e-8)


def test_more_applications_than_pairs_are_refused():
    who, utility = np.array([0, 1, 1, 1], np.int32), Utilities(np.zeros(4), np.full(2, -np.inf))
    with pytest.raises(
        UserError, match="asks for more applications of one group than it has pairs"
    ):
        constants(utility, who, np.array([False, True]), 0.9, 0.5)


@pytest.mark.parametrize("outside", ["per_position", "common"])
def test_applications_have_the_probabilities_of_equation_12(outside):
    rng, many = np.random.default_rng(1), 200_000
    value, present = np.array([-1.0, 0.5]), np.array([-np.inf, 0.7])
    for who, chances in ((0, expit(value)), (1, np.exp(value) / (1 + np.exp(0.7) + np.exp(value)))):
        pairs = Pairs(np.repeat(np.arange(many), 2), np.tile([0, 1], many))
        utility = Utilities(np.tile(value, many), np.full(many, present[who]))
        applied = margins(utility, np.zeros(many), pairs, outside, rng).reshape(many, 2) > 0
        np.testing.assert_allclose(applied.mean(axis=0), chances, atol=0.005)


def test_common_errors_tie_applications_together():
    """Newcomer, two positions of utility 0: both with chance 1/3 under eq. 7, 1/4 under eq. 13."""
    many = 300_000
    pairs = Pairs(np.repeat(np.arange(many), 2), np.tile([0, 1], many))
    utility = Utilities(np.zeros(2 * many), np.full(many, -np.inf))
    for outside, chance in (("common", 1 / 3), ("per_position", 1 / 4)):
        rng = np.random.default_rng(2)
        applied = margins(utility, np.zeros(many), pairs, outside, rng).reshape(many, 2) > 0
        assert applied.all(axis=1).mean() == pytest.approx(chance, abs=0.004)


def test_another_kind_of_errors_is_named():
    utility = Utilities(np.zeros(1), np.zeros(1))
    with pytest.raises(UserError, match=r"platform\.outside_errors is 'none'; choose one of per_p"):
        margins(utility, np.zeros(1), Pairs(np.zeros(1, int), np.zeros(1, int)), "none", None)


def test_common_errors_make_another_world():
    common = platform_world(outside="common")
    assert not common.tables["applications"].equals(platform_world().tables["applications"])
    pd.testing.assert_frame_equal(
        common.tables["applicants"], platform_world().tables["applicants"]
    )


def test_commuting_and_disadvantage_deter_applications():
    pairs, positions = true_platform().pairs, start().positions
    known = pairs[pairs["commute_missing"] == 0]
    near, far = known["minutes"] < 15, known["minutes"] > 40
    assert known.loc[near, "applied"].mean() > 1.5 * known.loc[far, "applied"].mean()
    poor = positions["share_disadvantaged"].to_numpy()[pairs["position"]] > 0.9
    assert pairs.loc[poor, "applied"].mean() < pairs.loc[~poor, "applied"].mean()


def test_days_are_within_both_windows_and_most_do_not_wait():
    made, truth = start().applications, platform_world().truth
    first, last = truth["applicants"]["first_day"], truth["applicants"]["last_day"]
    opens, closes = truth["positions"]["first_day"], truth["positions"]["last_day"]
    who, where, day = (made[name].to_numpy() for name in ("applicant", "position", "day"))
    earliest = np.maximum(first.to_numpy()[who], opens.to_numpy()[where])
    latest = np.minimum(last.to_numpy()[who], closes.to_numpy()[where])
    assert (day >= earliest).all() and (day <= latest).all()
    chosen = PARAMETERS["applicants"]
    waits = chosen["wait"] + chosen["title1_wait"]
    assert (day == earliest).mean() > 1 - waits - 0.02 and (day > earliest).any()
    assert (latest <= season.LAST_DAY).all()


def test_positions_have_the_months_and_titles_of_the_parameters():
    full, vacancies = PARAMETERS["sizes"]["full"], PARAMETERS["vacancies"]
    schools = pd.DataFrame({"title1": np.arange(121) % 2})
    size = {**full, "positions": 18240, "studied": 2960}
    posts = draw_positions(
        schools, range(2010, 2020), 2016, size, vacancies, np.random.default_rng(0)
    )
    month = season.month_of(posts.posted)
    shares = np.bincount(month) / len(month)
    np.testing.assert_allclose(shares, vacancies["months"], atol=0.012)
    title1 = schools["title1"].to_numpy()[posts.school]
    found = [title1[month == one].mean() for one in range(5)]
    np.testing.assert_allclose(found, vacancies["title1"], atol=0.04)
    assert len(np.unique(posts.school)) == 121
    assert (posts.closed >= posts.posted).all() and (posts.cycle == 2016).sum() == 2960
    assert np.all(np.diff(posts.cycle) >= 0)


def test_ratings_are_those_of_a_slow_second_way():
    base, truth = start(), PARAMETERS["principals_preferences"]
    made = base.applications.iloc[::40]
    found = ratings.index(
        *(base.applicants, base.positions),
        *(made["applicant"].to_numpy(), made["position"].to_numpy(), truth),
    )
    for value, (_, row) in zip(found, made.iterrows(), strict=True):
        who, at = base.applicants.loc[row["applicant"]], base.positions.loc[row["position"]]
        va = (1 - at["share_disadvantaged"]) * who["mu_0"] + at["share_disadvantaged"] * who["mu_1"]
        w = {
            "value_added": at["class_size"] * (va + who["experience_effect"]),
            "black_black_share": who["black"] * at["share_black"],
            "hispanic_hispanic_share": who["hispanic"] * at["share_hispanic"],
            "value_added_missing": who["va_missing"],
        }
        w |= {name: who[name] for name in ratings.TRAITS if name not in w}
        total = sum((truth[name] + at["title1"] * truth[f"{name}_x"]) * w[name] for name in w)
        assert value == pytest.approx(total + at["title1"] * truth["title1"], abs=1e-9)


def test_the_rating_constant_gives_the_share():
    rng = np.random.default_rng(0)
    value = rng.normal(size=2000)
    constant = ratings.rating_constant(value, 1.5, 0.02)
    effects = constant + 1.5 * rng.standard_normal(4_000)
    position = rng.integers(0, 4_000, 2_000_000)
    rated = ratings.latent_ratings(rng.choice(value, 2_000_000), position, effects, rng) > 0
    assert rated.mean() == pytest.approx(0.02, abs=0.002)


def rated(seed: int = 4) -> Rated:
    rng = np.random.default_rng(seed)
    number, positions = 60_000, 320
    position = np.sort(rng.integers(0, positions, number))
    effect = 1.5 * rng.standard_normal(positions)
    return Rated(
        applicant=rng.integers(0, 9000, number),
        position=position,
        margin=rng.random(number),
        rating=effect[position] - 5.2 + rng.logistic(size=number),
        month=rng.integers(0, 5, number),
        outside=rng.random(number) < 0.9,
        days_open=rng.integers(7, 100, positions),
    )


def test_outcomes_follow_ratings_and_have_their_counts():
    made, shares = rated(), PARAMETERS["outcomes"]
    outcome = draw_outcomes(made, shares, np.random.default_rng(0))
    number, position = len(outcome), made.position
    assert np.array_equal(np.isin(outcome, ratings.POSITIVE), made.rating > 0)
    for name in ("hired_out", "hired_elsewhere", "declined", "middle", "negative", "withdrew"):
        assert (outcome == name).sum() == round(shares[name] * number), name
    hired = np.isin(outcome, ["hired", "hired_out"])
    assert hired.any() and len(np.unique(made.applicant[hired])) == hired.sum()
    assert made.outside[outcome == "hired_out"].all()
    places = {name: set(position[outcome == name]) for name in ("positive", *POOR, "withdrew")}
    for name in POOR:
        assert len(places[name]) == round(shares["positions"][name] * 320)
        for place in places[name]:
            here = (position == place) & (outcome == name)
            apart = made.rating[(position == place) & (outcome == "none")]
            of_name = made.rating[here]
            assert (
                (of_name.min() > apart.max()) if name == "middle" else (of_name.max() < apart.min())
            )
    any_ = set().union(*places.values())
    assert len(any_) == pytest.approx(shares["positions"]["any"] * 320, abs=40)


def test_few_positions_have_positive_ratings_and_those_with_poor_ones_are_open_for_long():
    made, shares = rated(), PARAMETERS["outcomes"]
    outcome = draw_outcomes(made, shares, np.random.default_rng(0))
    positive = len(np.unique(made.position[outcome == "positive"]))
    assert positive < 1.6 * shares["positions"]["positive"] * 320
    assert positive < 0.6 * len(np.unique(made.position[made.rating > 0]))
    for name in POOR:
        places = np.unique(made.position[outcome == name])
        assert made.days_open[places].mean() > 1.4 * made.days_open.mean()


def test_months_of_hires_can_be_moved():
    made, shares = rated(), PARAMETERS["outcomes"]
    found = []
    for april in (0.0, 5.0):
        by_month = {**dict.fromkeys(season.MONTHS, 0.0), "april": april}
        outcome = draw_outcomes(
            made, {**shares, "hire_by_month": by_month}, np.random.default_rng(0)
        )
        found.append((made.month[outcome == "hired"] == 0).mean())
    assert found[1] > found[0]


def test_the_share_of_positive_outcomes_is_that_of_table_4():
    outcomes = PARAMETERS["outcomes"]
    share = sum(outcomes[name] for name in ratings.POSITIVE)
    found = start().applications["positive"].mean()
    assert found == pytest.approx(share, abs=0.012)


def test_given_commutes_are_those_of_the_districts_own():
    given = platform_world().tables["commutes"]
    own = start().applicants.set_index(["applicant_id", "year"])
    rows = own.loc[pd.MultiIndex.from_frame(given[["applicant_id", "cycle"]])]
    assert (rows["current_school"].to_numpy() == given["school_id"].to_numpy()).all()
    np.testing.assert_allclose(rows["current_minutes"], given["minutes"])
    assert (rows["in_district"] == 1).all() and len(given) > 100


def test_more_black_teachers_apply_where_that_is_planted():
    planted_more = changed(teachers_preferences={"black": 6.0})
    raw = made_again(parameters=planted_more).tables["applications"]
    of_year = start().applicants.assign(cycle=lambda rows: rows["year"])
    black = set(of_year.loc[of_year["black"] == 1, "applicant_id"])
    usual = platform_world().tables["applications"]["applicant_id"].isin(black).mean()
    assert raw["applicant_id"].isin(black).mean() > 2 * usual


def test_truth_holds_every_parameter():
    truth = planted()
    assert set(truth) >= {*features.PAIR, *features.SPREADS, "constant", "va_missing"}
    principals = platform_world().truth["principals_preferences"].set_index("parameter")["value"]
    assert set(principals.index) == {"constant", *PARAMETERS["principals_preferences"]}
    drawn = platform_world().truth["applicants"][list(features.RANDOM)]
    assert drawn.std().between(0.9, 1.1).all() and drawn.corr().abs().sum().sum() < 6.6
