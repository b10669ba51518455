"""Scores of a team's mean: sums by hand and by loops, the algebra of differences, joint test."""

from dataclasses import replace

import numpy as np
import pytest
from selection_cases import INFORMATIVE, SMALL, world

from welfare_added.run.errors import UserError
from welfare_added.selection import outcome_block as block
from welfare_added.selection import sweep
from welfare_added.selection.sums import sum_outcomes, sum_team_outcomes
from welfare_added.selection.teams import draw_differences, with_differences
from welfare_added.selection.trust import joint_test

TEAMS = world(replace(SMALL, teams=3, years=4, vacancies=3))


def rows(seed=1, scores=300, teachers=9, schools=4):
    """Scores of one to three teachers, who work in several schools."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 4, size=scores)
    score = np.repeat(np.arange(scores), sizes)
    teacher = np.concatenate([rng.permutation(teachers)[:size] for size in sizes])
    school = rng.integers(schools, size=scores)[score]
    x = np.column_stack([np.ones(len(score)), rng.standard_normal((len(score), 2))])
    return rng.standard_normal(scores)[score], x, teacher, school, score


def sums_of(y, x, teacher, school, score, batches=3):
    parts = [np.flatnonzero(score % batches == one) for one in range(batches)]
    cut = ((y[i], x[i], teacher[i], school[i], score[i]) for i in parts)
    return sum_team_outcomes(["a", "b", "c"], school.max() + 1, cut)


def by_rows(y, x, teacher, school, score, sums):
    """Scores, mean regressors and weights (rows, cells), one row after the other."""
    cells = list(zip(sums.teacher, sums.school, strict=True))
    weight = np.zeros((score.max() + 1, len(cells)))
    scores, mean = np.zeros(len(weight)), np.zeros((len(weight), x.shape[1]))
    for k in range(len(weight)):
        team = np.flatnonzero(score == k)
        scores[k], mean[k] = y[team[0]], x[team].mean(axis=0)
        for i in team:
            weight[k, cells.index((teacher[i], school[i]))] += 1 / len(team)
    return scores, mean, weight


def test_two_pupils_by_hand():
    """One of teachers 0 and 1, who score 0.6 together; one of teacher 0 alone, who scores 0.2."""
    sums = sum_team_outcomes(
        ["x"],
        1,
        [
            (
                np.array([0.6, 0.6, 0.2]),
                np.array([[1.0], [3.0], [5.0]]),
                np.array([0, 1, 0]),
                np.zeros(3, dtype=int),
                np.array([7, 7, 8]),
            )
        ],
    )
    assert sums.cross == pytest.approx(4 + 25) and sums.moment == pytest.approx(2 * 0.6 + 5 * 0.2)
    assert sums.square == pytest.approx(0.36 + 0.04)
    assert sums.rows == pytest.approx([1.5, 0.5])
    assert sums.score_sum == pytest.approx([0.5, 0.3])
    assert sums.regressor_sum.ravel() == pytest.approx([6, 1])
    assert sums.teammates.tolist() == [[0, 1]] and sums.overlap == pytest.approx([0.25])
    cells = with_differences(block.outcome_cells(sums, 2), sums, np.array([2.0]))
    assert cells.total == pytest.approx([0.5 + 0.5, 0.3 - 0.5])
    assert cells.square == pytest.approx(0.4 + 0.25 * 4)


def test_sums_are_those_of_the_rows():
    data = rows()
    sums = sums_of(*data)
    scores, mean, weight = by_rows(*data, sums)
    assert sums.cross == pytest.approx(mean.T @ mean)
    assert sums.moment == pytest.approx(mean.T @ scores)
    assert sums.square == pytest.approx(scores @ scores)
    assert sums.rows == pytest.approx(weight.sum(axis=0))
    assert sums.score_sum == pytest.approx(weight.T @ scores)
    assert sums.regressor_sum == pytest.approx(weight.T @ mean)
    overlap = np.triu(weight.T @ weight, 1)
    assert (sums.teammates == np.argwhere(overlap > 0)).all()
    assert sums.overlap == pytest.approx(overlap[overlap > 0])


def test_squares_of_errors_and_of_differences_are_those_of_cells_alone():
    """What makes draws exact: no product of two cells' effects is left."""
    data, rng = rows(), np.random.default_rng(2)
    sums = sums_of(*data)
    scores, mean, weight = by_rows(*data, sums)
    effect, a = rng.standard_normal(len(sums.rows)), rng.standard_normal(3)
    difference = rng.standard_normal(len(sums.overlap))
    left, right = sums.teammates.T
    squares = ((scores - mean @ a - weight @ effect) ** 2).sum()
    squares += sums.overlap @ (difference - effect[left] + effect[right]) ** 2
    cells = with_differences(block.outcome_cells(sums, 9), sums, difference)
    assert block.squared_errors(cells, a, effect) == pytest.approx(squares, abs=1e-9)


def test_differences_have_their_mean_and_variance():
    data = rows()
    sums, rng = sums_of(*data), np.random.default_rng(3)
    effect = rng.standard_normal(len(sums.rows))
    drawn = np.array([draw_differences(sums, effect, 0.7, rng) for _ in range(4000)])
    left, right = sums.teammates.T
    sd = 0.7 / np.sqrt(sums.overlap)
    assert np.abs((drawn.mean(axis=0) - effect[left] + effect[right]) / sd).max() < 0.075
    assert np.abs(drawn.std(axis=0) / sd - 1).max() < 0.06


def test_teams_of_one_are_stacked_rows():
    y, x, teacher, school, _ = rows()
    alone = sum_team_outcomes(["a", "b", "c"], 4, [(y, x, teacher, school, np.arange(len(y)))])
    stacked = sum_outcomes(["a", "b", "c"], 4, [(y, x, teacher, school)])
    for name in ("cross", "moment", "rows", "score_sum", "regressor_sum"):
        assert getattr(alone, name) == pytest.approx(getattr(stacked, name), abs=1e-9)
    assert len(alone.overlap) == 0


def test_two_scores_of_one_pupil_are_refused():
    y, x, teacher, school, score = rows()
    y = y.copy()
    y[np.flatnonzero(score == score[np.flatnonzero(np.diff(score) == 0)[0]])[1]] += 1
    with pytest.raises(UserError, match=r"1 rows of batch [0-2] with another score than the first"):
        sums_of(y, x, teacher, school, score)


@pytest.mark.parametrize("how", ["plain", "published"])
def test_joint_distribution_is_left_as_it_is(how):
    assert len(TEAMS.system.outcomes.teacher) > SMALL.teachers
    z = joint_test(TEAMS, INFORMATIVE, "full", 250, 2, 5, how).table["z"]
    assert z.abs().max() < 4
    assert np.sqrt((z**2).mean()) < 1.3


def test_effects_of_other_teachers_are_not_forgotten(monkeypatch):
    """Differences as if teammates were alike: half of what a pupil's score tells is lost."""

    def wrong(outcomes, effect, sd_eps, rng):
        return draw_differences(outcomes, np.zeros(len(effect)), sd_eps, rng)

    monkeypatch.setattr(sweep, "draw_differences", wrong)
    z = joint_test(TEAMS, INFORMATIVE, "full", 250, 4, 5, "plain").table["z"]
    assert z.abs().max() > 5
