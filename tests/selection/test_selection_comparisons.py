"""Tables that put chains side by side, from draws whose moments are known."""

import numpy as np
import pytest

from welfare_added.run.errors import UserError
from welfare_added.selection.comparisons import SavedDraws, likelihood_table, mixing_table

NAMES = ["outcomes: a", "demand: same race", "demand standardised: same race", "sd phi"]


def saved(mean, names=NAMES, seed=1, correlation=0.0, draws=4000, **others):
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((2, draws, len(names)))
    for t in range(1, draws):
        noise[:, t] = correlation * noise[:, t - 1] + np.sqrt(1 - correlation**2) * noise[:, t]
    return SavedDraws(names, mean + noise, **others)


def test_likelihoods_stand_beside_the_truth():
    with_constant = ["demand: constant", *NAMES[1:]]
    runs = {"positive": saved(3.0), "full": saved(0.0, with_constant, seed=2)}
    table = likelihood_table(runs, {"demand: same race": 0.0, "demand: constant": 9.0})
    assert list(table["parameter"]) == [
        *("demand: same race",) * 2,
        *("demand standardised: same race",) * 2,
        *("sd phi",) * 2,
        "demand: constant",
    ]
    race = table.iloc[:2].set_index("rankings")
    assert race["mean"].to_numpy() == pytest.approx([3, 0], abs=0.06)
    assert race["sd"].to_numpy() == pytest.approx([1, 1], abs=0.05)
    assert race["q05"].to_numpy() == pytest.approx([3 - 1.645, -1.645], abs=0.1)
    assert race["q95"].to_numpy() == pytest.approx([3 + 1.645, 1.645], abs=0.1)
    assert list(race["truth"]) == [0, 0] and list(race["covered"]) == [False, True]
    assert race["z"].to_numpy() == pytest.approx([3, 0], abs=0.2)
    assert table["truth"].iloc[2:6].isna().all() and table["covered"].iloc[2:6].isna().all()


def test_effective_draws_are_of_a_thousand_sweeps():
    """A chain of correlation r has (1 - r) / (1 + r) effective draws a draw."""
    runs = {
        "collapsed": saved(0.0, correlation=0.5, seconds=0.01, thin=2),
        "published": saved(0.0, correlation=0.9, seconds=0.005),
    }
    table = mixing_table(runs)
    assert list(table["order"]) == ["collapsed", "published"] * len(NAMES)
    for order, right, second in (
        ("collapsed", 1000 / 3 / 2, 0.01),
        ("published", 1000 / 19, 0.005),
    ):
        own = table[table["order"] == order]
        assert own["bulk_1000"].mean() == pytest.approx(right, rel=0.15)
        np.testing.assert_allclose(own["bulk_a_second"], own["bulk_1000"] / (1000 * second))


def test_draws_of_other_parameters_are_refused():
    with pytest.raises(UserError, match=r"draws: shape \(2, 9, 3\), want chains, draws and 4"):
        SavedDraws(NAMES, np.zeros((2, 9, 3)))
