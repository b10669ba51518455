"""The Roy model of appendix C: worked example D, signs by simulation, the truncation."""

import numpy as np
import pytest
from scipy import integrate, stats

from welfare_added.run.errors import UserError
from welfare_added.sorting.roy import Roy

PLAIN = Roy(wage=1, alpha=0.9, beta=0.1, mean=0, sd=1)
FIRST = Roy(
    wage=1, alpha=0.85, beta=0.15, mean=0, sd=1, gamma=0.95, slope_outside=0.04, moving_cost=0.05
)
# A pays quality less than the outside market: leavers are the best (case 2).
SECOND = Roy(
    wage=1, alpha=0.85, beta=0.1, mean=0, sd=1, gamma=0.75, slope_outside=0.2, moving_cost=0.1
)


def test_worked_example_d():
    assert PLAIN.kappa == pytest.approx(1, abs=1e-12)
    made = PLAIN.movers()
    assert made["share_ab"] == pytest.approx(0.841345, abs=5e-7)
    assert made["share_ba"] == pytest.approx(0.158655, abs=5e-7)
    assert made["quality_ab"] == pytest.approx(-0.287600, abs=5e-7)
    assert made["quality_ba"] == pytest.approx(1.525135, abs=5e-7)
    cut = FIRST.cutoffs()
    assert cut["theta_1"] == pytest.approx(0, abs=1e-12)
    assert cut["theta_2"] == pytest.approx(0.909091, abs=5e-7)
    assert cut["theta_3"] == pytest.approx(0.666667, abs=5e-7)
    assert cut["theta_bar"] == pytest.approx(1.25, abs=1e-12)
    assert FIRST.case == 1
    printed = FIRST.leavers(truncated=False)["share_ao"]
    assert printed == pytest.approx(0.318349, abs=5e-7)
    assert FIRST.leavers(truncated=True)["share_ao"] == pytest.approx(
        printed / stats.norm.cdf(1.25), rel=1e-14
    )
    assert stats.norm.cdf(1.25) == pytest.approx(0.894350, abs=5e-7)


def test_the_example_is_the_integral_of_the_normal_law():
    share = integrate.quad(stats.norm.pdf, -40, 1)[0]
    mean = integrate.quad(lambda t: t * stats.norm.pdf(t), -40, 1)[0] / share
    made = PLAIN.movers()
    assert made["share_ab"] == pytest.approx(share, abs=1e-9)
    assert made["quality_ab"] == pytest.approx(mean, abs=1e-9)


def simulated(model, n=400_000):
    """Choices of A's incumbents and their qualities."""
    rng = np.random.default_rng(1)
    quality = model.mean + model.sd * rng.normal(size=n)
    if not np.isnan(model.gamma):
        quality = quality[quality < model.cutoffs()["theta_bar"]]
    return model.choices(quality), quality


@pytest.mark.parametrize("seed", range(20))
def test_propositions_one_and_two_in_any_model(seed):
    rng = np.random.default_rng(seed)
    alpha, beta = rng.uniform(0.6, 0.95), rng.uniform(0.2, 0.95)
    model = Roy(
        wage=rng.uniform(1, 3), alpha=alpha, beta=beta, mean=rng.normal(), sd=rng.uniform(0.5, 3)
    )
    made = model.movers()
    assert made["share_ab"] > 0 and made["share_ba"] > 0
    assert made["share_ab"] + made["share_ba"] == pytest.approx(1, abs=1e-12)
    assert made["quality_ab"] < model.mean < made["quality_ba"]
    quality = model.mean + model.sd * rng.normal(size=200_000)
    moves = model.alpha * model.wage + model.beta * quality < model.wage
    error = 4 * np.sqrt(0.25 / len(quality))
    assert moves.mean() == pytest.approx(made["share_ab"], abs=error)
    if moves.sum() > 1000:
        bound = 5 * model.sd / np.sqrt(moves.sum())
        assert quality[moves].mean() == pytest.approx(made["quality_ab"], abs=bound)


@pytest.mark.parametrize("model", [FIRST, SECOND], ids=["case 1", "case 2"])
def test_choices_of_the_simulation_are_the_intervals(model):
    choice, quality = simulated(model)
    table = model.intervals()
    for row in table.itertuples():
        inside = (quality > row.low) & (quality < row.high)
        assert set(choice[inside]) == {row.choice}
        assert inside.mean() == pytest.approx(row.share, abs=0.004)
    assert table["share"].sum() == pytest.approx(1, abs=1e-12)
    assert table["case"].iloc[0] == model.case == (1 if model is FIRST else 2)


@pytest.mark.parametrize("model", [FIRST, SECOND], ids=["case 1", "case 2"])
def test_only_truncated_shares_are_those_of_the_simulation(model):
    choice, quality = simulated(model)
    leaves = choice == "exit"
    made = model.leavers(truncated=True)
    error = 4 * np.sqrt(0.25 / len(quality))
    assert leaves.mean() == pytest.approx(made["share_ao"], abs=error)
    assert quality[leaves].mean() == pytest.approx(made["quality_ao"], abs=0.01)
    assert quality.mean() == pytest.approx(made["quality_incumbents"], abs=0.01)
    assert made["share_ao"] > 0  # proposition 3
    assert abs(model.leavers(truncated=False)["share_ao"] - leaves.mean()) > 4 * error


def test_leavers_are_not_negatively_selected_in_general():
    """Proposition 4 holds under its proof's condition, which the example itself does not meet."""
    assert FIRST.leavers(truncated=True)["negative"] == 0.0
    assert SECOND.leavers(truncated=True)["negative"] == 0.0
    low = Roy(
        wage=1, alpha=0.3, beta=0.3, mean=2.5, sd=1, gamma=0.6, slope_outside=0.1, moving_cost=0.3
    )
    assert low.case == 1 and low.leavers(truncated=True)["negative"] == 1.0
    choice, quality = simulated(low)
    assert quality[choice == "exit"].mean() < quality.mean()


def test_in_district_b_nobody_leaves():
    model = FIRST
    _, quality = simulated(model)
    outside = model.gamma * model.wage + model.slope_outside * quality
    assert (outside < model.wage).all()
    assert model.leavers(truncated=True)["share_bo"] == 0.0


REFUSED = [
    (dict(wage=1, alpha=1.2, beta=0.1, mean=0, sd=1), "want 0 < alpha < 1"),
    (
        dict(wage=1, alpha=0.5, beta=0.1, mean=0, sd=1, gamma=0.5, slope_outside=-1),
        "slope_outside > 0",
    ),
]


@pytest.mark.parametrize("parameters, message", REFUSED)
def test_parameters_outside_the_assumptions(parameters, message):
    with pytest.raises(UserError, match=message):
        Roy(**parameters)


def test_cutoffs_out_of_order_and_no_outside_market():
    with pytest.raises(UserError, match="want theta_1 and theta_3 below theta_2"):
        Roy(wage=1, alpha=0.9, beta=0.1, mean=0, sd=1, gamma=0.5, slope_outside=0.05).cutoffs()
    with pytest.raises(UserError, match="no outside market"):
        PLAIN.cutoffs()
    with pytest.raises(UserError, match="are equal: there is no theta_2"):
        Roy(wage=1, alpha=0.9, beta=0.1, mean=0, sd=1, gamma=0.5, slope_outside=0.1).cutoffs()
