"""Efficiency by hand, where it is undefined, and on the paper's own table A.6."""

import numpy as np
import pandas as pd
import pytest

from welfare_added.admissions.efficiency import TARGETS, efficiency, efficiency_table
from welfare_added.admissions.indices import reweighted_index, unweighted_index

SCORE = {"sd": 1.0, "mean": 99.0}


def test_by_hand():
    plan, best = {"sd": 3.0, "mean": 98.0}, {"sd": 1.5, "mean": 98.8}
    assert efficiency(SCORE, plan, best, "sd") == pytest.approx(0.25)
    assert efficiency(SCORE, plan, best, "mean") == pytest.approx(0.2)
    assert efficiency(SCORE, best, best, "sd") == efficiency(SCORE, best, best, "mean") == 1


@pytest.mark.parametrize("sd", [1.0, 0.9])
def test_without_a_cost_it_is_missing(sd):
    assert np.isnan(efficiency(SCORE, {"sd": sd}, {"sd": 1.2}, "sd"))
    assert np.isnan(efficiency(SCORE, {"mean": 99.0}, {"mean": 98.0}, "mean"))


def test_scores_on_another_scale_change_nothing():
    plan, best = {"sd": 3.0, "mean": 98.0}, {"sd": 1.5, "mean": 98.8}
    scaled = [
        {name: 9 * value + (name == "mean") for name, value in one.items()}
        for one in (SCORE, plan, best)
    ]
    for measure in ("sd", "mean"):
        assert efficiency(*scaled, measure) == pytest.approx(efficiency(SCORE, plan, best, measure))


def test_a_benchmark_that_does_not_exist_leaves_its_cells_empty():
    plan = {"sd": 3.0, "mean": 98.0}
    table = efficiency_table(SCORE, plan, {"overall": plan})
    assert table["target"].tolist() == list(TARGETS) * 2
    assert table["value"].notna().tolist() == [True, False, False] * 2


# Table A.6: SD, and efficiency for minority students alone [percent] of the nine plans.
PAYTON = [
    (2.71, 25.8),
    (2.01, 40.8),
    (1.87, 45.9),
    (1.80, 49.0),
    (1.68, 56.1),
    (1.34, 91.1),
    (2.56, 28.0),
    (4.77, 12.4),
    (2.01, 40.8),
]
NORTHSIDE = [
    (3.18, 18.5),
    (2.21, 32.5),
    (2.15, 34.0),
    (2.07, 36.5),
    (2.08, 36.1),
    (1.42, 83.7),
    (3.08, 19.3),
    (4.75, 10.9),
    (2.23, 31.8),
]


@pytest.mark.parametrize(("rows", "score"), [(PAYTON, 0.80), (NORTHSIDE, 0.92)])
def test_the_nine_plans_of_a_school_imply_one_benchmark(rows, score):
    """All plans have the same minority share, so their race-only benchmark is one class."""
    ends = []
    for sd, percent in rows:
        implied = [
            score + (percent + e) / 100 * (sd + s - score)
            for e in (-0.05, 0.05)
            for s in (-0.005, 0.005)
        ]
        ends.append((min(implied), max(implied)))
    assert max(low for low, _ in ends) <= min(high for _, high in ends)


def test_indices_by_hand():
    one = pd.DataFrame({"education": [0.2], "two_parent": [0.5], "isat": [0.8], "frpl": [1]})
    assert unweighted_index(one).tolist() == pytest.approx([0.5])
    assert unweighted_index(one, frpl=True).tolist() == pytest.approx([0.625])
    weights = {"education": -0.4, "two_parent": -0.5, "isat": -0.1}
    assert reweighted_index(one, weights).tolist() == pytest.approx(
        [0.4 * 0.8 + 0.5 * 0.5 + 0.1 * 0.2]
    )
    with_frpl = reweighted_index(one, {**weights, "frpl": 1.0})
    assert with_frpl.tolist() == pytest.approx([(0.59 + 1) / 2])
    with pytest.raises(
        ValueError, match="isat: predicts minority status with the sign of advantage"
    ):
        reweighted_index(one, {**weights, "isat": 0.1})
