"""Small systems whose decisions and scores come from the model, and priors that suit them."""

import numpy as np

from welfare_added.selection.arrays import Demand, Outcomes, Supply, System
from welfare_added.selection.priors import read_priors
from welfare_added.selection.simulate import World

STATED = {
    "outcome": 0.25,
    "supply": 0.25,
    "demand": 0.25,
    "school_mean": 0.25,
    "loading": 1.0,
    "sd_eps": {"half_normal": 1.0},
    "sd_theta": {"half_normal": 0.3},
    "sd_phi": {"half_normal": 0.3},
    "sd_school": {"half_normal": 0.3},
    "sd_eta_u": {"half_normal": 0.3},
    "sd_eta_v": {"half_normal": 0.3},
    "sd_eta_y": {"half_normal": 0.3},
}
INFORMATIVE = read_priors(STATED)


def world(seed=0, teachers=20, schools=5, menus=30, rows=6, lists=15, students=200):
    """Regressors of a system with displaced teachers, concurrent offers and shared pairs."""
    rng = np.random.default_rng(seed)
    home = rng.integers(schools, size=teachers)
    supply = _supply(rng, home, menus, rows, schools)
    demand = _demand(rng, teachers, schools, lists)
    teacher = rng.integers(teachers, size=students)
    away = rng.random(students) < 0.3
    school = np.where(away, rng.integers(schools, size=students), home[teacher])
    x = np.column_stack([np.ones(students), rng.standard_normal(students)])
    code = np.unique(teacher * schools + school)
    cells = len(code)
    outcomes = Outcomes(
        names=("constant", "prior score"),
        cross=np.eye(2),
        moment=np.zeros(2),
        square=1.0,
        teacher=code // schools,
        school=code % schools,
        rows=np.ones(cells, dtype=int),
        score_sum=np.zeros(cells),
        regressor_sum=np.zeros((cells, 2)),
    )
    return World(
        system=System(teachers, schools, outcomes, supply, demand),
        regressors=x,
        teacher=teacher,
        school=school,
        would_offer=rng.random(menus * rows) < 0.5,
    )


def _supply(rng, home, menus, rows, schools):
    teacher = rng.integers(len(home), size=menus)
    displaced = rng.random(menus) < 0.3
    own = rng.standard_normal((menus, 2))
    own[displaced] = 0
    return Supply(
        names=("minutes", "share"),
        first=np.arange(menus + 1) * rows,
        teacher=teacher,
        displaced=displaced,
        own_school=np.where(displaced, -1, home[teacher]),
        own_regressors=own,
        school=rng.integers(schools, size=menus * rows),
        regressors=rng.standard_normal((menus * rows, 2)),
        applied=np.zeros(menus * rows, dtype=bool),
        offer=np.zeros(menus * rows, dtype=np.int8),
    )


def _demand(rng, teachers, schools, lists):
    length = rng.integers(1, 7, size=lists)
    first = np.concatenate([[0], length.cumsum()])
    candidates = np.concatenate([rng.permutation(teachers)[:n] for n in length])
    return Demand(
        names=("experience", "race"),
        first=first,
        teacher=candidates,
        school=np.repeat(rng.integers(schools, size=lists), length),
        rank=np.zeros(first[-1], dtype=int),
        regressors=rng.standard_normal((first[-1], 2)),
        most_ranked=4,
    )
