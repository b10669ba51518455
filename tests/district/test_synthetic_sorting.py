"""Sorting of teachers within schools: worked examples, and the covariances that it promises."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri

from welfare_added.district import parameters
from welfare_added.district.parameters import DIMENSIONS
from welfare_added.district.synthetic_effects import stationary_covariance
from welfare_added.district.synthetic_sorting import Composition, Sorting, composition, sorting

PARAMETERS = Path(__file__).parents[2] / "workflow/papers/eastmond_2024/calibration/parameters.yaml"
LOADINGS = dict(zip(DIMENSIONS, (0.030, 0.018, 0.013, 0.045), strict=True))
COMPOSITION = Composition(within_share=0.34, on_achievement=0.14, on_rank=0.09)


@pytest.fixture(scope="module")
def effects():
    chosen = parameters.load(PARAMETERS).effects
    return replace(chosen, sorting_on_achievement=LOADINGS, within_school_share=0.5)


def test_composition_of_two_schools_by_hand():
    classes = pd.DataFrame(
        {
            "school": [0, 0, 1, 1, 0],
            "grade": 3,
            "fragment": [False, False, False, False, True],
        }
    )
    higher = np.array([0.2, 0.4, 0.7, 0.7, 0.9])
    place = np.array([0.1, 0.9, 0.5, 0.6, 0.2])
    found = composition(classes, higher, place, np.array([-1.0, 1.0]))
    # mean 0.5; deviations -0.3, -0.1, 0.2, 0.2; within schools -0.1, 0.1, 0, 0
    assert found.within_share == pytest.approx(0.02 / (0.09 + 0.01 + 0.04 + 0.04))
    assert found.on_achievement == pytest.approx((0.3 + 0.1 + 0.2 + 0.2) / 4)
    low, high = ndtri([0.625 / 2.25, 1.625 / 2.25])
    assert found.on_rank == pytest.approx((-0.1 * low + 0.1 * high) / 4)


def test_a_single_class_a_grade_leaves_nothing_to_sort(effects):
    classes = pd.DataFrame({"school": [0, 1], "grade": 3, "fragment": False})
    found = composition(classes, np.array([0.2, 0.8]), np.zeros(2), np.array([-1.0, 1.0]))
    assert (found.within_share, found.on_rank) == (0, 0)
    assert sorting(found, effects).share == 0


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_the_share_chosen_lies_within_schools_for_every_dimension(effects, share):
    """Teachers drawn and ranked in pairs: covariance with the class is the share asked for."""
    made = sorting(COMPOSITION, replace(effects, within_school_share=share))
    rng = np.random.default_rng(1)
    pairs = 400_000
    root = np.linalg.cholesky(stationary_covariance(effects))
    drawn = rng.standard_normal((2 * pairs, 4)) @ root.T
    order = made.order(drawn, rng).reshape(pairs, 2)
    second = order.argmax(axis=1)
    # Of two, the higher has the expected normal score 0.5642 and the lower less that.
    score = np.where(np.arange(2) == second[:, None], 1, -1) / np.sqrt(np.pi)
    # A class of the higher score has `step` more higher-scoring students: its covariance with score
    step = COMPOSITION.on_rank / (1 / np.pi)
    higher = step * score.ravel()
    within = higher @ drawn / len(higher)
    wanted = share * COMPOSITION.on_achievement * np.array(list(LOADINGS.values()))
    error = higher.std() * drawn.std(axis=0) / np.sqrt(len(higher))
    assert made.share == share
    assert np.abs(within - wanted).max() < 4 * error.max()


def test_proportional_takes_the_share_of_the_composition(effects):
    made = sorting(COMPOSITION, replace(effects, within_school_share="proportional"))
    assert made.share == COMPOSITION.within_share
    assert 0 < made.correlation < 1
    assert made.index @ stationary_covariance(effects) @ made.index == pytest.approx(1)


def test_what_order_cannot_do_stays_between_schools(effects, caplog):
    steep = replace(effects, sorting_on_achievement={n: 4 * v for n, v in LOADINGS.items()})
    made = sorting(COMPOSITION, replace(steep, within_school_share=1.0))
    assert made.correlation == 0.95
    half = sorting(COMPOSITION, replace(steep, within_school_share=made.share))
    assert half.correlation == pytest.approx(0.95)
    assert "the rest lies between schools" in caplog.text


def test_none_within_or_no_sorting_at_all_orders_by_chance(effects):
    flat = replace(effects, sorting_on_achievement=dict.fromkeys(DIMENSIONS, 0.0))
    for chosen in (flat, replace(effects, within_school_share=0)):
        made = sorting(COMPOSITION, chosen)
        assert (made.share, made.correlation) == (0, 0)


def test_order_has_variance_one_and_the_correlation_said():
    rng = np.random.default_rng(3)
    made = Sorting(0.3, np.array([1.0, 0, 0, 0]), 0.6)
    drawn = rng.standard_normal((200_000, 4))
    order = made.order(drawn, rng)
    assert order.std() == pytest.approx(1, abs=0.01)
    assert np.corrcoef(order, drawn[:, 0])[0, 1] == pytest.approx(0.6, abs=0.01)
