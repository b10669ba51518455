"""Tables of preferences, utilities of a market, and recovery over planted worlds."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from preference_cases import RATED, TRUTH, choices_of, rated_world, world

from welfare_added.market import features
from welfare_added.market.assembly import Participants, market_arrays, random_coefficients
from welfare_added.market.estimates import Estimates
from welfare_added.market.planted import planted_principals, planted_teachers
from welfare_added.market.preference_tables import (
    choice_set_tables,
    principal_tables,
    recovery_table,
    teacher_tables,
)
from welfare_added.market.principals import estimate_principals, principal_model
from welfare_added.market.ratings import PRINCIPAL, SPREAD, ratings
from welfare_added.market.recovery import (
    by_integrator,
    by_parameter,
    principal_worlds,
    teacher_worlds,
)
from welfare_added.market.recovery_world import utilities
from welfare_added.run.choices import read_yaml
from welfare_added.run.errors import UserError

PAPER = Path(__file__).parents[2] / "workflow/papers/bates_2022"
SMALL = {"draws": 16, "separated": "drop"}


@pytest.fixture(scope="module")
def made():
    return world(applicants=200, positions=400)


@pytest.fixture(scope="module")
def tables(made):
    return teacher_tables(made.applicants, made.positions, made.pairs, made.schools, **SMALL)


def estimates_at_truth():
    names = (*features.PAIR, *features.TEACHER, *features.MEANS)
    values = np.array([TRUTH[name] for name in names])
    return Estimates(names, values, np.eye(len(names)), 0.0, 1, 1, 1, "planted")


def test_utilities_of_the_market_are_those_of_the_choices(made):
    """At planted parameters and normals, but for what is the same for all of a teacher's places."""
    choices = choices_of(made)
    rows, _ = utilities(TRUTH, choices, made.normals)
    number = int(np.flatnonzero(choices.incumbent)[0])
    who = made.applicants.iloc[[choices.applicants[number]]].assign(experience=3.0)
    own = made.pairs[made.pairs["applicant"] == choices.applicants[number]]
    where = made.positions.iloc[own["position"]]
    minutes = np.where(own["commute_missing"] == 1, np.nan, own["minutes"])[None]
    found = market_arrays(
        Participants(who, where, np.ones(minutes.shape, dtype=bool)),
        minutes,
        features.representative_schools(made.schools).loc[who["year"].iloc[0]],
        estimates_at_truth(),
        Estimates(("title1",), np.ones(1), np.eye(1), 0.0, 1, 1, 1, ""),
        made.normals[[number]] * [TRUTH[name] for name in features.SPREADS],
    )
    wanted = np.unique(rows[choices.first[number] : choices.first[number + 1]].round(9))
    utility = np.unique(found.utility[0].round(9))
    np.testing.assert_allclose(utility - utility[0], wanted - wanted[0], atol=1e-8)
    assert found.gamma == 0.07


def test_ratio_is_twice_the_gain_over_the_truth(worlds):
    """About chi-squared with as many degrees as parameters: its mean is far from half of them."""
    own = worlds[worlds["integrator"] == "adaptive"].groupby("world")["ratio"]
    assert 0.7 < own.first().mean() / own.size().mean() < 1.5


def test_random_coefficients_are_found_by_person_and_year(made, tables):
    people = pd.DataFrame({"applicant": tables.coefficients["applicant"].unique()[[5, 2]]})
    found = random_coefficients(tables.coefficients, people, "mean")
    own = tables.coefficients.query("kind == 'mean'").iloc[[5, 2]]
    np.testing.assert_allclose(found, own[list(features.RANDOM)])


def test_cycles_leave_out_the_applicants_of_others(made):
    years = np.where(np.arange(len(made.applicants)) % 2, 2016, 2017)
    applicants, positions = made.applicants.assign(year=years), made.positions.assign(year=2016)
    own = np.isin(made.pairs["applicant"], np.flatnonzero(years == 2016))
    schools = pd.concat([made.schools.assign(year=year) for year in (2016, 2017)])
    args = applicants, positions
    some = teacher_tables(*args, made.pairs, schools, cycles=(2016, 2016), **SMALL)
    alone = teacher_tables(*args, made.pairs[own].reset_index(drop=True), schools, **SMALL)
    pd.testing.assert_frame_equal(some.estimates, alone.estimates)
    assert some.numbers.set_index("name").loc["pairs", "value"] == own.sum() < len(own)


def test_tables_of_teachers_name_what_they_are_of(made, tables):
    numbers = tables.numbers.set_index("name")["value"]
    assert numbers["pairs"] == len(made.pairs)
    assert numbers["teacher_years"] == made.pairs["applicant"].nunique()
    assert numbers["application_rate"] == pytest.approx(made.pairs["applied"].mean(), abs=1e-6)
    assert tables.covariance.columns[1:].tolist() == tables.estimates["parameter"].tolist()
    assert tables.school_effects.empty and len(tables.coefficients) == 3 * numbers["teacher_years"]


def test_choices_of_applicants_and_class_sizes_change_the_sample(made, tables):
    inputs = made.applicants, made.positions, made.pairs, made.schools
    single = teacher_tables(*inputs, model="no_effects", single="drop", separated="drop")
    with_value = teacher_tables(
        *inputs, model="no_effects", without_value_added="drop", separated="drop"
    )
    everyone = tables.numbers.set_index("name")["value"]["teacher_years"]
    once = made.pairs.groupby("applicant")["applied"].sum()
    kept = single.numbers.set_index("name")["value"]["teacher_years"]
    assert kept == everyone - (once == 1).sum()
    has = made.applicants.iloc[made.pairs["applicant"].unique()]["va_missing"] == 0
    assert with_value.numbers.set_index("name")["value"]["teacher_years"] == has.sum()
    constant = teacher_tables(*inputs, model="no_effects", class_size="constant", separated="drop")
    assert "mean_students" not in constant.estimates["parameter"].tolist()


def test_variant_with_schools_writes_their_effects(made):
    found = teacher_tables(
        made.applicants,
        made.positions,
        made.pairs,
        made.schools,
        model="school_fe",
        separated="drop",
    )
    assert len(found.school_effects) == made.positions["school_id"].nunique()
    assert found.coefficients.empty


def platform_of_ratings():
    """Applications to positions as tables of the platform."""
    made = world(applicants=300, positions=80)
    rng = np.random.default_rng(0)
    applications = pd.DataFrame({"applicant": rng.integers(0, 300, 4000)})
    applications["position"] = rng.integers(0, 80, 4000)
    applications["day"] = rng.integers(0, 100, 4000)
    draws = rng.choice(
        ["none", "positive", "hired", "declined", "negative"], 4000, p=[0.8, 0.06, 0.06, 0.04, 0.04]
    )
    windows = applications.groupby("position")["day"].agg(first_day="min", last_day="max")
    positions = made.positions.join(windows)
    return made.applicants, positions, applications.assign(outcome=draws)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"declined_positive": True},
        {"hired_only": True},
        {"sample": "near_hire", "days": 20},
        {"sample": "first_half"},
        {
            "model": "ranked",
            "order": {"hired": 0, "declined": 1, "positive": 2, "none": 3, "negative": 4},
        },
        {"class_size": "constant"},
    ],
)
def test_rows_of_table_7_have_estimates_of_principals(options):
    found = principal_tables(*platform_of_ratings(), separated="drop", at_least=5, **options)
    table = found.estimates.set_index("parameter")
    assert table["standard_error"].drop("random_effect_sd", errors="ignore").gt(0).all()
    assert (
        abs(table.loc["value_added", "estimate"]) < 5 * table.loc["value_added", "standard_error"]
    )
    assert found.numbers["name"].tolist() == [
        "principals_log_likelihood",
        "positions",
        "applications",
    ]


def test_spread_of_zero_has_no_standard_error_and_stays():
    """Outcomes drawn alike in all positions."""
    applicants, positions, applications = platform_of_ratings()
    rated = ratings(applicants, positions, applications)
    stated = principal_model(rated, rated.positive(), separated="drop", at_least=5)
    found = estimate_principals(stated)
    assert found.names[-1] == "random_effect_sd" and found.parameters[-1] == 0
    assert np.isnan(found.standard_errors[-1]) and (found.standard_errors[:-1] > 0).all()
    draws = found.draws(5, np.random.SeedSequence(1))
    assert (draws[:, -1] == 0).all() and (draws[:, :-1].std(axis=0) > 0).all()


def test_tables_of_recovery_have_the_truth_beside():
    estimates = pd.DataFrame(
        {"parameter": ["commute", "race_missing"], "estimate": [1.0, 2.0], "standard_error": 0.1}
    )
    truth = pd.Series({"commute": -0.07})
    found = recovery_table(truth, estimates, "teachers")
    assert found.columns.tolist() == ["side", "parameter", "truth", "estimate", "standard_error"]
    assert found["truth"].tolist() == [-0.07, 0.0]
    pairs = pd.DataFrame({"applicant": [0, 0, 1], "applied": [1, 0, 0]})
    by_set = {"observed": (estimates, pd.DataFrame(index=range(2)), pairs)}
    tables, sizes = choice_set_tables(truth, by_set)
    assert tables["choice_set"].unique().tolist() == ["observed"]
    assert sizes.iloc[0].tolist() == ["observed", 2, 3, 0.333333, 0.5]


def test_planted_preferences_are_the_published_ones():
    published = {
        name: [1.5, 0.1] for name in (*features.PAIR, *features.TEACHER[:10], *features.SPREADS)
    }
    means = {name.removeprefix("mean_"): [1.0, 0.4] for name in features.MEANS} | {
        "commute": [1.0, 0.9]
    }
    truth = planted_teachers({**published, "means": means}, smallest_t=2)
    assert truth["commute"] == 1.5 and truth["va_missing"] == 0.0
    assert truth["mean_commute"] == 0.0 and truth["mean_students"] == 1.0
    with pytest.raises(UserError, match="commute is missing"):
        planted_teachers({"means": means})
    with pytest.raises(UserError, match="constant, "):
        planted_principals({})
    assert planted_principals({name: [2.0, 1.0] for name in (*PRINCIPAL, SPREAD)})[SPREAD] == 2.0


@pytest.fixture(scope="module")
def worlds():
    return teacher_worlds(
        TRUTH,
        {"adaptive": 32, "prior": 20},
        worlds=2,
        seed=4,
        applicants=250,
        positions=800,
        application_rate=0.2,
    )


def test_worlds_recover_with_the_adaptive_integrator_and_less_with_prior_draws(worlds):
    draws = {"adaptive": 32, "prior": 20}
    table = by_integrator(worlds, draws).set_index("integrator")
    assert table.loc["adaptive", "coverage"] > 0.85
    assert table.loc["prior", "coverage"] < table.loc["adaptive", "coverage"]
    assert table.loc["adaptive", "likelihood_ratio"] < 2 * table.loc["adaptive", "degrees"]
    assert table.loc["prior", "likelihood_ratio"] > table.loc["adaptive", "likelihood_ratio"]
    assert table["worlds"].tolist() == [2, 2] and table["failed"].tolist() == [0, 0]
    by_name = by_parameter(worlds).set_index(["integrator", "parameter"])
    commute = by_name.loc[("adaptive", "commute")]
    assert commute["mean"] == pytest.approx(TRUTH["commute"], abs=0.02)
    assert commute["bias"] == pytest.approx(
        (commute["mean"] - commute["truth"]) / commute["standard_error"], rel=1e-3
    )


def test_worlds_follow_from_their_seed(worlds):
    again = teacher_worlds(
        TRUTH,
        {"adaptive": 32},
        worlds=1,
        seed=4,
        applicants=250,
        positions=800,
        application_rate=0.2,
    )
    first = worlds.query("world == 0 and integrator == 'adaptive'").reset_index(drop=True)
    pd.testing.assert_frame_equal(again, first)


@pytest.mark.slow
def test_intervals_cover_the_published_preferences_in_worlds_of_the_default_choices():
    chosen = read_yaml(PAPER / "config.yaml")["preferences"]["worlds"]
    printed = read_yaml(PAPER / "calibration/inputs.yaml")["teacher_preferences"]
    options = {**chosen["teachers"], "worlds": 12, "integrators": {"adaptive": 128}}
    truth = planted_teachers(printed, chosen["smallest_t"])
    rows = teacher_worlds(truth, seed=chosen["seed"], **options)
    [found] = by_integrator(rows, {"adaptive": 128}).to_dict("records")
    # 564 intervals: Monte Carlo error 0.01 if independent.
    assert found["failed"] == 0 and 0.90 < found["coverage"] < 0.98
    degrees = found["degrees"]  # chi-squared: mean of the degrees, variance of twice as many
    error = np.sqrt(2 * degrees / 12)
    assert abs(found["likelihood_ratio"] - degrees) < 3 * error


@pytest.mark.slow
def test_intervals_cover_principals_in_worlds_of_the_default_choices():
    chosen = read_yaml(PAPER / "config.yaml")["preferences"]
    printed = read_yaml(PAPER / "calibration/inputs.yaml")["principal_preferences"]
    options = {**chosen["worlds"]["principals"], "worlds": 20, "integrators": {"adaptive": 15}}
    options["inference"] = chosen["principals"]["inference"]
    rows = principal_worlds(planted_principals(printed), seed=chosen["worlds"]["seed"], **options)
    [found] = by_integrator(rows, {"adaptive": 15}).to_dict("records")
    # 620 intervals: Monte Carlo error 0.01.
    assert found["failed"] == 0 and 0.90 < found["coverage"] < 0.98
    error = np.sqrt(2 * found["degrees"] / 20)
    assert abs(found["likelihood_ratio"] - found["degrees"]) < 3 * error


def test_constant_is_moved_to_the_application_rate(worlds):
    made = world(application_rate=0.15)
    assert made.pairs["applied"].mean() == pytest.approx(0.15, abs=0.02)
    assert made.truth["constant"] != TRUTH["constant"]


def test_worlds_of_principals_recover():
    truth, *_ = rated_world()
    rows = principal_worlds(
        truth, {"adaptive": 15}, worlds=3, seed=1, positions=120, applications=60
    )
    found = by_integrator(rows, {"adaptive": 15})
    assert found["coverage"].iloc[0] > 0.85
    degrees = found["degrees"].iloc[0]
    assert 0 < found["likelihood_ratio"].iloc[0] < 2 * degrees
    assert truth["masters"] == RATED["masters"]
