"""Diagnostics against ArviZ's, and their refusals."""

import numpy as np
import pytest

from welfare_added.run.errors import UserError
from welfare_added.selection.diagnostics import diagnose, diagnostics_table


def autoregressions():
    """Chains whose R-hat, bulk and tail ESS arviz-stats 0.8.0 gives as below."""
    rng = np.random.default_rng(0)
    for rho, shift in (
        (0.0, [0.0] * 4),
        (0.9, [0.0] * 4),
        (-0.6, [0.0] * 4),
        (0.5, [0, 0, 0, 2.0]),
    ):
        chains, errors = np.zeros((4, 203)), rng.standard_normal((4, 203))
        for t in range(1, 203):
            chains[:, t] = rho * chains[:, t - 1] + errors[:, t]
        yield chains + np.array(shift)[:, None]


ARVIZ = [
    (0.9976290881856065, 836.6171917521714, 827.7020002067752),
    (1.1801284831655108, 24.24707552439391, 48.308760793471805),
    (0.999448288402754, 2349.188379505865, 654.414371756561),
    (1.3332777382447372, 10.405077036454921, 36.825514194592785),
]


def test_diagnostics_equal_those_of_arviz():
    """Its R-hat ranks the two draws beside the median by rounding; ours takes them as equal."""
    found = [diagnose(chains) for chains in autoregressions()]
    r_hat, *draws = np.transpose(ARVIZ)
    np.testing.assert_allclose([d.r_hat for d in found], r_hat, rtol=5e-5)
    np.testing.assert_allclose([(d.bulk, d.tail) for d in found], np.transpose(draws), rtol=1e-9)


def test_a_frozen_parameter_has_no_r_hat():
    assert np.isnan(diagnose(np.ones((2, 10))).r_hat)


def test_too_few_draws_and_missing_ones_are_refused():
    with pytest.raises(UserError, match=r"draws: shape \(2, 3\), want chains and at least 4"):
        diagnose(np.zeros((2, 3)))
    with pytest.raises(UserError, match="draws: 1 missing or infinite"):
        diagnose(np.array([[0.0, np.nan, 1.0, 2.0]]))


def test_parameters_that_mixed_badly_or_kept_their_prior_are_marked():
    rng = np.random.default_rng(1)
    good, bad = rng.standard_normal((2, 600)), rng.standard_normal((2, 600)).cumsum(axis=1)
    table = diagnostics_table(
        np.stack([good, bad, 0.1 * good], axis=2), ["a", "b", "c"], np.array([1.0, 1000.0, 1.0])
    )
    assert list(table["few"]) == [False, True, False]
    assert list(table["prior"]) == [True, False, False]


def test_rounding_does_not_rank_the_two_draws_beside_the_median():
    """They are equally far from it: R-hat is the same with noise as other processors make it."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        draws = rng.standard_normal((2, 30)) + np.array([[0.0], [0.5]])
        noisy = draws * (1 + 1e-12 * rng.standard_normal(draws.shape))
        assert diagnose(noisy).r_hat == pytest.approx(diagnose(draws).r_hat, abs=1e-12)
