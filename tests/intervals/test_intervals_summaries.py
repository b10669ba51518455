"""Quantiles, shares of variance and effects, against numbers known beforehand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from welfare_added.intervals.choice_effects import effects_table
from welfare_added.intervals.claimed_delivered import delivered_table
from welfare_added.intervals.declaration import IntervalsError
from welfare_added.intervals.summaries import intervals_table, shares_table


def world(drawn=None, **answers):
    """Answers of a world; a pair is a range."""
    rows = []
    for name, value in answers.items():
        ends = {"low": value[0], "high": value[1]} if isinstance(value, tuple) else {"": value}
        rows += [("prediction", name, end, number) for end, number in ends.items()]
    rows += [("drawn", name, "", value) for name, value in (drawn or {}).items()]
    return pd.DataFrame(rows, columns=["kind", "name", "end", "value"])


def test_intervals_are_quantiles_over_worlds():
    worlds = [world(a=float(n), b=(float(-n), 2.0 * n)) for n in range(21)]
    table = intervals_table({"fixed": worlds, "searched": worlds[:2]})
    a = table[(table["id"] == "a") & (table["reading"] == "fixed")].iloc[0]
    assert (a["mean"], a["q05"], a["q50"], a["q95"], a["worlds"]) == (10, 1, 10, 19, 21)
    assert a["sd"] == pytest.approx(np.std(range(21), ddof=1), rel=1e-5)
    b = table[(table["id"] == "b") & (table["reading"] == "fixed")].set_index("end")
    assert (b.loc["low", "q05"], b.loc["high", "q95"]) == (-19, 38)
    assert table["worlds"].tolist() == [21] * 3 + [2] * 3


def test_a_world_without_an_answer_does_not_count():
    worlds = [world(a=1.0), world(a=3.0), world(a=float("nan"))]
    row = intervals_table({"searched": worlds}).iloc[0]
    assert (row["mean"], row["worlds"]) == (2.0, 2)


def test_one_world_has_no_interval():
    with pytest.raises(IntervalsError, match="searched: 1 worlds; 2 or more"):
        intervals_table({"searched": [world(a=1.0)]})


def drawn_worlds(count, seed, slopes, noise):
    """Worlds with y = slope of x, z and a word's second value, plus noise."""
    random = np.random.default_rng(seed)
    worlds = []
    for _ in range(count):
        x, z, word = random.uniform(), random.uniform(5, 9), ("no", "yes")[random.integers(2)]
        parts = (x, z / 4, (word == "yes") / np.sqrt(3))  # each of variance 1 / 12
        y = np.dot(slopes, parts) + noise * random.standard_normal() / np.sqrt(12)
        worlds.append(world({"x": f"{x}", "z": f"{z}", "word": word}, y=y, still=1.0))
    return worlds


def test_shares_find_what_was_planted():
    """Variances 9, 4, 1 and 2 of 16, over 300 worlds; each share is known to some 0.04."""
    table = shares_table(drawn_worlds(300, 1, (3, 2, 1), np.sqrt(2)))
    assert set(table["id"]) == {"y"}  # what does not vary has no shares
    shares = table.set_index("parameter")["share"]
    planted = pd.Series({"x": 9, "z": 4, "word": 1, "seeds": 2}) / 16
    assert (shares - planted).abs().max() < 0.12


def test_shares_of_noise_are_not_taken_for_effects():
    """A parameter without effect has no share on average over draws of 40 worlds."""
    found = [
        shares_table(drawn_worlds(40, seed, (3, 0, 0), 3)).set_index("parameter")["share"]
        for seed in range(10)
    ]
    mean = pd.concat(found, axis=1).mean(axis=1)
    assert mean[["z", "word"]].max() < 0.06
    assert mean["x"] == pytest.approx(0.5, abs=0.15)
    assert mean["seeds"] == pytest.approx(0.5, abs=0.15)


def test_too_few_worlds_have_no_shares():
    with pytest.raises(IntervalsError, match="5 worlds are too few for 3 drawn parameters; draw 6"):
        shares_table(drawn_worlds(5, 1, (1, 1, 1), 1))


def declared(*names):
    choices = [SimpleNamespace(name=name, label=name.title()) for name in names]
    headline = SimpleNamespace(name="gain", label="Gain", unit="SD")
    return SimpleNamespace(choices=choices, headlines=[headline])


def choice_world(default, **changed):
    rows = {"default": default, **changed}
    return pd.DataFrame([(name, "gain", value) for name, value in rows.items()]).set_axis(
        ["choice", "headline", "value"], axis=1
    )


def test_effects_are_paired_by_world():
    worlds = [choice_world(base, tie=base + step) for base, step in ((1, 2), (50, 4), (9, 6))]
    row = effects_table(declared("tie"), worlds).iloc[0]
    assert (row["default"], row["difference"], row["worlds"]) == (20, 4, 3)
    assert row["standard_error"] == pytest.approx(2 / np.sqrt(3), rel=1e-5)
    assert row["default_sd"] == pytest.approx(np.std([1, 50, 9], ddof=1), rel=1e-5)


def test_a_choice_that_worlds_lack_is_named():
    with pytest.raises(IntervalsError, match="the worlds hold no drift, gain; make them again"):
        effects_table(declared("drift"), [choice_world(1, tie=2)] * 2)


def test_delivered_gains_are_summarised_by_correlation():
    keys = {"subject": "ela", "scope": "school", "plan": "joint", "scored_by": "truth"}
    worlds = [
        pd.DataFrame([{"correlation": r, **keys, "gain_mean": r + step}])
        for r in (0.99, 0.9)
        for step in (-0.01, 0.01)
    ]
    table = delivered_table(worlds)
    assert table["correlation"].tolist() == [0.9, 0.99]
    assert table["mean"].tolist() == [0.9, 0.99]
    with pytest.raises(IntervalsError, match="2 or more worlds of each correlation"):
        delivered_table(worlds[:3])
