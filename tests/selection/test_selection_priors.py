"""Priors as the config states them."""

import numpy as np
import pytest
from scipy.integrate import quad
from selection_cases import STATED

from welfare_added.run.errors import UserError
from welfare_added.selection.priors import SdPrior, read_priors
from welfare_added.selection.slices import slice_draw

EACH = [
    SdPrior("half_cauchy", (0.3,)),
    SdPrior("half_normal", (0.7,)),
    SdPrior("inverse_gamma", (2.0, 0.5)),
]


@pytest.mark.parametrize("prior", EACH)
def test_draws_follow_the_density(prior):
    rng = np.random.default_rng(1)
    drawn = np.log([prior.draw(rng) for _ in range(20_000)])

    def density(x):
        return np.exp(prior.log_density(x))

    total = quad(density, -30, 30, points=[-3, 0, 3])[0]
    for at in (-1.5, -0.5, 0.0, 0.5):
        below = quad(density, -30, at, points=[-3])[0] / total
        assert (drawn < at).mean() == pytest.approx(below, abs=0.012)


@pytest.mark.parametrize("prior", EACH)
def test_slope_is_the_derivative(prior):
    for at in (-2.0, 0.0, 1.0):
        rise = prior.log_density(at + 1e-6) - prior.log_density(at - 1e-6)
        assert prior.slope(at) == pytest.approx(rise / 2e-6, rel=1e-6)


def test_slices_follow_the_density():
    rng, at, kept = np.random.default_rng(2), 0.0, []
    for _ in range(20_000):
        at = slice_draw(EACH[1].log_density, at, 0.1, rng)
        kept.append(at)
    free = np.log([EACH[1].draw(rng) for _ in range(20_000)])
    assert np.mean(kept) == pytest.approx(free.mean(), abs=0.05)
    assert np.std(kept) == pytest.approx(free.std(), abs=0.05)


def test_an_absurd_start_leads_to_no_standard_deviation_of_zero():
    """A likelihood that falls by 1,000 to where the chain stands, and is flat below 1."""
    rng, prior = np.random.default_rng(3), SdPrior("half_cauchy", (0.3,))

    def log_density(log_sd):
        return prior.log_density(log_sd) - 1000.0 * max(log_sd, 0.0)

    drawn = [slice_draw(log_density, 1.0, 0.5, rng) for _ in range(200)]
    assert np.exp(drawn).min() > 0 and min(drawn) < -20  # the slice does reach far down
    assert np.exp([slice_draw(log_density, one, 0.5, rng) for one in drawn]).min() > 0


def test_slices_refuse_what_has_no_density():
    rng = np.random.default_rng(2)
    with pytest.raises(ValueError, match="slice: log density -inf at 1"):
        slice_draw(lambda x: -np.inf, 1.0, 1.0, rng)
    with pytest.raises(ValueError, match="does not fall"):
        slice_draw(lambda x: 0.0, 1.0, 1.0, rng)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"supply": 0}, r"priors.supply: 0, want a positive number"),
        ({"sd_phi": 1.0}, r"priors.sd_phi: 1.0, want one of half_cauchy, half_normal"),
        ({"sd_phi": {"half_cauchy": [1, 2]}}, r"priors.sd_phi: 2 numbers, want 1 for half_cauchy"),
        ({"sd_tau": {"half_cauchy": 1}}, r"priors: missing none, unknown sd_tau"),
    ],
)
def test_wrong_priors_are_named(change, text):
    with pytest.raises(UserError, match=text):
        read_priors(STATED | change)
    assert read_priors(STATED | {"sd_phi": {"inverse_gamma": [0.001, 0.001]}}).sd_phi.numbers
