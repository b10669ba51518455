"""Arrays that contradict themselves are refused by name, count and remedy."""

from dataclasses import replace

import numpy as np
import pytest
from selection_cases import INFORMATIVE, world

from welfare_added.run.errors import UserError
from welfare_added.selection.pairs import find_pairs
from welfare_added.selection.simulate import draw_parameters, simulate


@pytest.fixture(scope="module")
def system():
    rng, setting = np.random.default_rng(1), world()
    return simulate(setting, draw_parameters(setting, INFORMATIVE, rng), "full", rng)[0]


def changed(values, at, to):
    copy = np.array(values)
    copy[at] = to
    return copy


def offers(system, *kinds):
    """Offers of the first menu on which enough was applied for."""
    data = system.supply
    for begin, end in zip(data.first[:-1], data.first[1:], strict=True):
        rows = begin + np.flatnonzero(data.applied[begin:end])
        if len(rows) >= len(kinds):
            return changed(np.zeros(len(data.offer)), rows[: len(kinds)], kinds)
    raise AssertionError("no menu with so many applications")


CASES = [
    ("supply", lambda s: {"offer": offers(s, 2, 2)}, "supply.offer: 1 menus with two offers acc"),
    ("supply", lambda s: {"offer": offers(s, 1, 1)}, "1 menus with offers of which none is acc"),
    ("supply", lambda s: {"offer": offers(s, 3)}, "supply.offer: 1 rows with other values than 0"),
    (
        "supply",
        lambda s: {
            "offer": changed(np.zeros(len(s.supply.offer)), np.flatnonzero(~s.supply.applied)[0], 2)
        },
        "supply.offer: 1 rows with an offer but without an application",
    ),
    (
        "supply",
        lambda s: {"own_school": changed(s.supply.own_school, slice(None), -1)},
        "supply.own_school: [0-9]+ menus with a missing school",
    ),
    (
        "supply",
        lambda s: {"own_regressors": s.supply.own_regressors + 1},
        "supply.own_regressors: [0-9]+ menus of displaced teachers with regressors",
    ),
    ("supply", lambda s: {"school": s.supply.school + 4}, "supply.school: [0-9]+ values outside 0"),
    ("supply", lambda s: {"names": ("a",) * 6}, "supply.names: repeated; want all different"),
    (
        "supply",
        lambda s: {"first": changed(s.supply.first, 1, 0)},
        "supply.first: want 0, then the growing first row of each menu",
    ),
    (
        "supply",
        lambda s: {"regressors": changed(s.supply.regressors, (0, 0), np.nan)},
        "supply.regressors: 1 values missing or infinite",
    ),
    ("demand", lambda s: {"rank": s.demand.rank * 2}, "demand.rank: [0-9]+ rows out of order"),
    ("demand", lambda s: {"most_ranked": 1}, "demand.rank: [0-9]+ rows beyond rank 1"),
    ("outcomes", lambda s: {"rows": s.outcomes.rows * 0}, "outcomes.rows: [0-9]+ cells without"),
    (
        "outcomes",
        lambda s: {"school": s.outcomes.school * 0, "teacher": s.outcomes.teacher * 0},
        "outcomes: [0-9]+ cells repeat a teacher and school",
    ),
    ("outcomes", lambda s: {"moment": np.zeros(2)}, r"outcomes.moment: shape \(2,\), want \(5,\)"),
]


@pytest.mark.parametrize(("part", "change", "text"), CASES)
def test_contradictions_are_named(system, part, change, text):
    broken = replace(getattr(system, part), **change(system))
    with pytest.raises(UserError, match=text):
        replace(system, **{part: broken})


def test_pairs_point_to_their_teacher_and_school(system):
    pairs, data = find_pairs(system), system.supply
    teacher = np.repeat(data.teacher, np.diff(data.first))
    assert (pairs.teacher[pairs.of_row] == teacher).all()
    assert (pairs.school[pairs.of_row] == data.school).all()
    own = ~data.displaced
    assert (pairs.school[pairs.of_own[own]] == data.own_school[own]).all()
    assert (pairs.of_own[~own] == -1).all()
    assert (pairs.teacher[pairs.listed][pairs.of_candidate] == system.demand.teacher).all()
    on_list = pairs.cell_listed >= 0
    assert (pairs.listed[pairs.cell_listed[on_list]] == pairs.of_cell[on_list]).all()
    assert pairs.ranked_teacher.sum() == len(np.unique(system.demand.teacher))
