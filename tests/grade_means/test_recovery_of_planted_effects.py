"""Worlds of grade means: estimators give back the spread of effects that was planted."""

import time

import numpy as np
import pytest
from grade_mean_frames import frames

from welfare_added.grade_means.careers import Turnover, draw_holders
from welfare_added.grade_means.estimate import EstimationChoices, estimate_grade_means
from welfare_added.grade_means.recovery import (
    beside_planted,
    recovery,
    recovery_summary,
    worlds_of_cells,
)
from welfare_added.grade_means.worlds import WorldOfCells, draw_cells

PLANTED = 0.2
TEACHERS = (1, 2, 4)  # most teachers of a cell


def worlds(schools: int) -> dict[str, WorldOfCells]:
    return {str(most): WorldOfCells(schools, most_teachers=most) for most in TEACHERS}


def check(runs, names, coverage: float) -> None:
    """SDs within the Monte Carlo error, slopes and coverage as a prediction's should be."""
    summary = recovery_summary(runs).set_index(["world", "quantity"])
    for name in names:
        of = {quantity: summary.loc[name, quantity] for quantity in runs.columns[2:]}
        assert abs(of["sd_joint"]["mean"] - PLANTED) < 2 * of["sd_joint"]["error"]
        assert abs(of["slope_joint"]["mean"] - 1) < 0.03
        assert abs(of["covered"]["mean"] - 0.95) < coverage
        gap = of["sd_printed"]["mean"] - of["sd_expected"]["mean"]
        assert abs(gap) < 3 * of["sd_printed"]["error"]
        assert of["sd_printed"]["mean"] < of["sd_joint"]["mean"]
        assert of["correlation_printed"]["mean"] < of["correlation_joint"]["mean"]


@pytest.mark.slow
def test_fifty_worlds_give_back_the_spread():
    """50 worlds of 300 schools of each kind: some minutes on a busy machine."""
    check(recovery(worlds(300), 50, seed=1), [str(most) for most in TEACHERS], 0.01)


def test_a_few_small_worlds_give_back_the_spread():
    check(recovery({"2": WorldOfCells(150, most_teachers=2)}, 8, seed=3), ["2"], 0.02)


def test_draws_do_not_depend_on_how_many_there_are():
    small = {"1": WorldOfCells(20)}
    few, more = (recovery(small, runs, seed=2) for runs in (1, 2))
    assert few.iloc[0].to_dict() == more.iloc[0].to_dict()
    assert more["sd_true"].nunique() == 2


def test_careers_follow_their_chances():
    rng = np.random.default_rng(0)
    school = np.arange(6000) // 6
    table = draw_holders(school, 4, Turnover(leaving=0.13, changing=0.03, reshuffling=0.1), rng)
    assert all(len(np.unique(row)) == len(row) for row in table)  # one post each
    before, after = table[:-1], table[1:]
    stayed = (before == after).mean()
    gone = np.mean([1 - np.isin(*pair).mean() for pair in zip(before, after, strict=True)])
    assert abs(gone - 0.13) < 0.01
    assert abs(stayed - 0.87 * 0.97 * (1 - 0.1 * 5 / 6)) < 0.01
    same_school = []
    for first, second in zip(before, after, strict=True):
        place = np.full(table.max() + 1, -1)
        place[second] = school
        there = place[first] >= 0
        same_school.append((place[first] == school)[there].mean())
    assert abs(np.mean(same_school) - 0.97) < 0.01
    still = draw_holders(school, 3, Turnover(0.0, 0.0, 0.0), rng)
    assert (still == still[0]).all()


def test_value_added_of_sixteen_thousand_cells_takes_a_second():
    """Both estimators, ranks and tables, of 16,200 cells and 11,000 teachers: processor time."""
    cells, _ = draw_cells(WorldOfCells(900, most_teachers=4), np.random.SeedSequence(0))
    tables = frames(cells, schools=900)
    choices = EstimationChoices(("math",), {"all": (3, 4, 5)}, (2006, 2011))
    small = frames(draw_cells(WorldOfCells(9), np.random.SeedSequence(0))[0], schools=9)
    estimate_grade_means(**small, choices=choices)  # compiles
    start = time.process_time()
    found = estimate_grade_means(**tables, choices=choices)
    assert time.process_time() - start < 1.0
    assert found.samples["cells"].item() == 16_200
    assert found.samples["teachers"].item() == cells.teachers


def test_what_is_planted_stands_beside_each_quantity():
    made = worlds_of_cells(10, [1, 4])
    assert list(made) == ["1 teacher a cell", "up to 4 teachers a cell"]
    assert made["up to 4 teachers a cell"].most_teachers == 4
    summary = recovery_summary(recovery(made, 2, seed=3))
    planted = beside_planted(summary, made).set_index(["world", "quantity"])["planted"]
    own = planted["1 teacher a cell"]
    assert own[["sd_true", "sd_joint", "slope_joint", "covered"]].tolist() == [0.2, 0.2, 1.0, 0.95]
    assert own[["sd_expected", "correlation_joint", "cells"]].isna().all()
