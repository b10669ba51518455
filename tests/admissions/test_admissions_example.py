"""The example of appendix A.2: its numbers, a simulation, and what its plans have in common."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from example_cases import (
    MODEL,
    example_table,
    frontier_table,
    high_income_bonus,
    income_tiers,
    low_income_bonus,
    optimal_outcome,
    plans_of_the_text,
    population_bonus,
    solve,
    theta_plan,
    two_tiers,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from welfare_added.admissions.example import Index, Plan, Tier, admit
from welfare_added.admissions.example_tables import exact
from welfare_added.admissions.welfare import welfare

PLANS = {
    "theta": (theta_plan(), [0.9], 1 / 4, 1.025, -0.0481771),
    "four tiers": (income_tiers(4), [0.3, 0.55, 0.8, 1.1], 0, 0.7375, -0.0886068),
    "alpha 1/2": (low_income_bonus("1/2"), [0.975], 1 / 8, 1.01875, None),
    "alpha 2/3": (low_income_bonus("2/3"), [1.0], 0, 1.0, -0.0533333),
    "alpha 0.8": (low_income_bonus(0.8), [1.04], 0, 1.0, -0.0533333),
    "alpha 0.99": (low_income_bonus(0.99), [1.097], 0, 1.0, -0.0533333),
    "b 0.05": (population_bonus(0.05), [0.925], 5 / 16, None, None),
    "b 0.1": (population_bonus(0.1), [0.95], 3 / 8, 1.01875, None),
    "b 0.2": (population_bonus(0.2), [1.0], 1 / 2, 1.0, None),
    "footnote 3": (two_tiers(0.1), [0.08, 0.91], 0.275, 0.98425, None),
}


@pytest.mark.parametrize("name", PLANS)
def test_numbers_of_the_text(name):
    plan, cutoffs, share_u, mean_theta, of_welfare = PLANS[name]
    outcome = solve(plan)
    assert not outcome.undetermined
    assert [float(one) for one in outcome.cutoffs] == pytest.approx(cutoffs, abs=1e-12)
    assert float(outcome.share_u.value) == pytest.approx(share_u, abs=1e-12)
    if mean_theta is not None:
        assert float(outcome.mean_theta.value) == pytest.approx(mean_theta, abs=1e-12)
    if of_welfare is not None:
        assert float(outcome.welfare.value) == pytest.approx(of_welfare, abs=5e-8)


def test_moments_and_quantiles_of_all_students():
    assert (MODEL.mean_theta, MODEL.variance_theta) == (Fraction(3, 5), Fraction(7, 75))
    cuts = [tier.highest for tier in income_tiers(4).tiers]
    assert cuts == [Fraction(3, 10), Fraction(11, 20), Fraction(4, 5), None]


def test_shares_of_each_population_above_the_cutoff_by_theta():
    """Thirty percent of population o and ten of population u, as the text has it."""
    admitted = admit(MODEL.segments, Index(), MODEL.seats).admitted
    assert {one.population.name: one.mass * 2 for one in admitted} == {
        "u": Fraction(1, 10),
        "o": Fraction(3, 10),
    }


def test_at_alpha_1_a_tie_of_population_o_decides():
    outcome = solve(low_income_bonus(1))
    assert outcome.undetermined
    assert outcome.cutoffs == (Fraction(11, 10),)
    assert outcome.share_u.value == 0
    assert (outcome.mean_theta.lowest, outcome.mean_theta.highest) == (Fraction(2, 5), 1)
    assert outcome.mean_theta.value is None
    # The worst tie-break admits a school of average students.
    assert outcome.welfare.lowest == -MODEL.variance_theta
    assert float(outcome.welfare.highest) == pytest.approx(-0.0533333, abs=1e-7)


def test_a_tie_of_both_populations_leaves_the_share_open():
    everybody = Plan("none", (Tier(None, MODEL.seats, Index(theta=Fraction(0))),))
    outcome = solve(everybody)
    assert (outcome.share_u.lowest, outcome.share_u.highest) == (0, 1)
    assert outcome.mean_theta.highest == solve(theta_plan()).mean_theta.value
    assert outcome.mean_theta.lowest == Fraction(7, 40)  # θ below 0.3: 0.15 of u, 0.05 of o


def test_a_tie_with_more_seats_than_one_population_fills():
    model = replace(MODEL, seats=Fraction(3, 5))
    plan = Plan("none", (Tier(None, model.seats, Index(theta=Fraction(0))),))
    # Either population fills 1/2 at most, so at least 1/10 is left to the other.
    index = Index(theta=Fraction(1), income=Fraction(-1), bonus_u=Fraction(1, 10))
    for one in (plan, Plan("level", (Tier(None, model.seats, index),))):
        outcome = solve(one, model=model)
        assert (outcome.share_u.lowest, outcome.share_u.highest) == (
            Fraction(1, 6),
            Fraction(5, 6),
        )


def test_a_tie_below_others_who_are_admitted():
    """A bonus that puts all of u above all of o; u fills half of the school of 0.6."""
    model = replace(MODEL, seats=Fraction(3, 5))
    index = Index(theta=Fraction(0), bonus_u=Fraction(1))
    outcome = solve(Plan("u first", (Tier(None, model.seats, index),)), model=model)
    assert outcome.share_u.value == Fraction(5, 6)
    assert (outcome.mean_theta.highest - outcome.mean_theta.lowest) == Fraction(1, 6) * Fraction(
        4, 5
    )


def test_seats_of_tiers_must_add_up():
    with pytest.raises(ValueError, match="the tiers admit 1/10 of all students, not 1/5"):
        solve(Plan("half", (Tier(None, Fraction(1, 10)),)))
    with pytest.raises(ValueError, match="cannot admit"):
        admit(MODEL.segments, Index(), Fraction(2))


GRID = 100_000


def simulated(plan, model=MODEL):
    """Share of u, mean θ and welfare with students at the middles of a fine grid of incomes."""
    middles = (np.arange(GRID) + 0.5) / GRID
    income = np.concatenate([middles, middles + 0.1])
    is_u = np.arange(2 * GRID) < GRID
    theta = income + 0.1 * ~is_u
    admitted = np.zeros(2 * GRID, dtype=bool)
    low = -np.inf
    for tier in plan.tiers:
        high = np.inf if tier.highest is None else float(tier.highest)
        here = np.flatnonzero((income >= low) & (income < high))
        rule = tier.index
        index = (
            float(rule.constant)
            + float(rule.theta) * theta[here]
            + float(rule.income) * income[here]
            + float(rule.bonus_u) * is_u[here]
        )
        admitted[here[np.argsort(-index)[: round(float(tier.share) * len(here))]]] = True
        low = high
    total = welfare(
        theta,
        is_u[:, None].astype(float),
        admitted.astype(int),
        curriculum_weight=1.0,
        diversity_weight=0.0,
        target=np.array([0.5]),
    ).total
    return is_u[admitted].mean(), theta[admitted].mean(), total


OTHERS = [
    income_tiers(3),
    high_income_bonus(4),
    low_income_bonus(0.3),
    Plan(
        "for the low",
        (Tier(None, MODEL.seats, Index(income=Fraction(-3), bonus_u=Fraction(1, 7))),),
    ),
    Plan(
        "a tier of its own index and share",
        (
            Tier(Fraction(1, 2), Fraction(1, 9), Index(income=Fraction(1))),
            Tier(None, Fraction(3, 11), Index(income=Fraction(-2))),
        ),
    ),
]


@pytest.mark.parametrize(
    "plan",
    [one for one in plans_of_the_text() if not solve(one).undetermined] + OTHERS,
    ids=lambda plan: f"{plan.name} {plan.parameter}",
)
def test_a_simulation_agrees(plan):
    outcome = solve(plan)
    exact_values = [
        float(one.value) for one in (outcome.share_u, outcome.mean_theta, outcome.welfare)
    ]
    np.testing.assert_allclose(simulated(plan), exact_values, atol=2e-5)


fractions = st.fractions(min_value=-2, max_value=2, max_denominator=20)


@settings(max_examples=60)
@given(fractions, fractions, fractions)
def test_any_linear_index_admits_the_seats_and_those_above_the_cutoff(theta, income, bonus):
    index = Index(theta, income, bonus)
    admission = admit(MODEL.segments, index, MODEL.seats)
    mass = sum(one.mass for one in admission.admitted) + admission.seats_for_tied
    assert mass == MODEL.seats
    for one in admission.admitted:
        assert min(index.at(one.population, end) for end in (one.low, one.high)) >= admission.cutoff
    for one in admission.tied:
        assert {index.at(one.population, end) for end in (one.low, one.high)} == {admission.cutoff}


@settings(max_examples=60)
@given(fractions, fractions, fractions)
def test_no_linear_plan_has_a_higher_mean_than_the_optimum_at_its_share(theta, income, bonus):
    outcome = solve(Plan("any", (Tier(None, MODEL.seats, Index(theta, income, bonus)),)))
    if not outcome.undetermined:
        best = optimal_outcome(outcome.share_u.value)
        assert outcome.mean_theta.value <= best.mean_theta.value
        if outcome.share_u.value <= Fraction(1, 2):
            assert outcome.welfare.value <= best.welfare.value


@given(st.fractions(min_value=0, max_value=Fraction(3, 5), max_denominator=100))
def test_a_bonus_for_population_u_is_optimal_for_its_share(bonus):
    outcome = solve(population_bonus(bonus))
    assert outcome.share_u.value == Fraction(1, 4) + bonus * Fraction(5, 4)
    assert outcome.welfare == optimal_outcome(outcome.share_u.value).welfare


@given(st.fractions(min_value=0, max_value=50, max_denominator=20))
def test_a_bonus_for_high_income_is_a_bonus_for_population_u(beta):
    """Footnote 4."""
    equal = solve(population_bonus(beta / (1 + beta) / 10))
    outcome = solve(high_income_bonus(beta))
    assert outcome.share_u == equal.share_u
    assert outcome.mean_theta == equal.mean_theta


def test_a_small_bonus_costs_nothing_to_first_order():
    """Footnote 2: diversity rises by 5/4 a point of bonus, welfare falls with its square."""
    start = solve(theta_plan())
    losses = [
        start.welfare.value - solve(population_bonus(bonus)).welfare.value
        for bonus in ("0.001", "0.002")
    ]
    assert 3.99 < losses[1] / losses[0] < 4.01


def test_one_tier_and_no_bonus_are_the_plan_by_theta():
    start = solve(theta_plan())
    for plan in (income_tiers(1), low_income_bonus(0), high_income_bonus(0), population_bonus(0)):
        outcome = solve(plan)
        assert (outcome.cutoffs, outcome.welfare) == (start.cutoffs, start.welfare)


def test_beyond_half_a_school_of_the_lowest_has_higher_welfare():
    index = Index(theta=Fraction(-1), bonus_u=Fraction(1, 5))
    lowest = solve(Plan("lowest", (Tier(None, MODEL.seats, index),)))
    share = lowest.share_u.value
    assert share > Fraction(1, 2)
    assert lowest.welfare.value > optimal_outcome(share).welfare.value


def test_tables():
    table = example_table()
    assert len(table) == len(plans_of_the_text())
    assert table["undetermined"].sum() == 1
    tied = table[table["undetermined"]].iloc[0]
    assert (tied["plan"], tied["parameter"], tied["share_u"]) == ("low_income_bonus", 1.0, 0.0)
    assert np.isnan(tied["mean_theta"])
    tiers = table[table["plan"] == "income_tiers"].iloc[0]
    np.testing.assert_allclose(
        tiers[[f"cutoff_{one}" for one in range(1, 5)]].to_numpy(float), [0.3, 0.55, 0.8, 1.1]
    )
    assert table["cutoff_2"].notna().sum() == 2

    frontier = frontier_table(bonuses=[0, "0.1"], alphas=["1/2"], shares=[0, "3/8", 1])
    assert frontier["plan"].value_counts().to_dict() == {
        "population_bonus": 2,
        "low_income_bonus": 1,
        "high_income_bonus": 1,
        "income_tiers": 10,
        "optimal": 3,
    }
    optimal = frontier[frontier["plan"] == "optimal"]
    np.testing.assert_allclose(optimal["mean_theta"], [1.0, 1.01875, 0.8])
    assert exact(0.1) == Fraction(1, 10)
