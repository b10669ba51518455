"""The benchmark's tasks on small problems, and its limits. Nothing is timed here."""

import numpy as np
import pandas as pd
import pytest
from offers_cases import RULES, START, TRUTH

from welfare_added.offers import speed
from welfare_added.offers.estimate import fit_thresholds
from welfare_added.offers.laboratory import Laboratory, laboratory_markets
from welfare_added.run.errors import UserError

SMALL = {"markets": 2, "teachers": 200, "districts": 4}


def test_knapsacks_are_solved_by_both_and_agree():
    table = speed.time_knapsacks(60, 4, np.random.SeedSequence(1))
    assert table["method"].tolist() == ["ours", "highs"] * 4
    wide = table["value"].to_numpy().reshape(4, 2)
    np.testing.assert_allclose(wide[:, 0], wide[:, 1], rtol=1e-9)
    assert (table["seconds"] > 0).all() and (wide > 0).any()


def test_methods_that_disagree_are_refused(monkeypatch):
    monkeypatch.setattr(speed, "by_highs", lambda problem: 1e9)
    with pytest.raises(UserError, match=r"knapsack of 60 items: ours .*, HiGHS 1000000000"):
        speed.time_knapsacks(60, 1, np.random.SeedSequence(1))


def test_tasks_do_what_they_say():
    hires = speed.time_equilibrium(SMALL, TRUTH, RULES, 3)
    assert hires["n"].item() == 400 and 0 < hires["value"].item() < 100
    fitted = speed.time_fit("fit", SMALL, TRUTH, START, RULES, 3)
    own = fit_thresholds(laboratory_markets(Laboratory(**SMALL), TRUTH, RULES, 3), RULES, START)
    assert fitted["value"].item() == own.log_likelihood
    effects = speed.time_value_added(60, 2, 4)
    assert effects["n"].item() == 60 * 18
    assert effects["value"].item() == pytest.approx(0.2, abs=0.05)  # planted


def test_limits_hold_ours_from_above_and_the_ratio_from_below():
    rows = [("knapsack", "ours", 10, 0.1), ("knapsack", "highs", 10, 1.4), ("fit", "ours", 5, 7.0)]
    rounds = pd.DataFrame(
        [*rows, ("fit", "ours", 5, 9.0)], columns=["task", "method", "n", "seconds"]
    )
    table = speed.beside_limits(rounds, {"knapsack": 15, "fit": 8}).set_index(["task", "method"])
    assert table.loc[("fit", "ours"), "seconds"] == 8 and table.loc[("fit", "ours"), "kept"]
    assert table.loc[("knapsack", "highs"), "ratio_to_ours"] == pytest.approx(14)
    assert not table.loc["knapsack", "kept"].any()
    assert not speed.beside_limits(rounds, {"knapsack": 13, "fit": 7})["kept"].iloc[0]
    kept = speed.beside_limits(rounds, {"knapsack": 13})["kept"]
    assert kept.isna().tolist() == [True, False, False] and kept[1:].all()
