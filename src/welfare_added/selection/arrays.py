"""What the sampler of Laverde et al. (2023) knows of the data: sums of outcomes, menus and lists.

Teachers are numbered 0 to teachers - 1 and schools 0 to schools - 1, the same in all arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from welfare_added.run.errors import UserError

NOT_COMPARED, DECLINED, ACCEPTED = 0, 1, 2  # values of `Supply.offer`
UNRANKED = 0  # value of `Demand.rank`


@dataclass(frozen=True)
class Outcomes:
    """Test scores (eq. 1) as sums over the rows, one row a teacher-student pair of a year.

    Cells are the teacher-school pairs of the rows, each once. p regressors include the constant and
    effects of schools and years; J cells.

    Attributes
    ----------
    names
        Of the p regressors, all different.
    cross, moment, square
        X'X (p, p), X'y (p,) and y'y over all rows; scores in standard deviations.
    teacher, school
        (J,) of each cell.
    rows
        (J,) number of rows of each cell, at least 1.
    score_sum, regressor_sum
        (J,) and (J, p) sums of scores and of regressors over the cell's rows.

    """

    names: tuple[str, ...]
    cross: np.ndarray = field(repr=False)
    moment: np.ndarray = field(repr=False)
    square: float
    teacher: np.ndarray = field(repr=False)
    school: np.ndarray = field(repr=False)
    rows: np.ndarray = field(repr=False)
    score_sum: np.ndarray = field(repr=False)
    regressor_sum: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Supply:
    """Teachers' decisions (eq. 2): one menu a teacher, year and round, one row a vacancy on it.

    A teacher applies to the rows that she prefers to her fallback: her present position, or being
    without one if she is displaced. Inertia is not among the q regressors: the sampler adds it. Nor
    are effects of schools. M menus, R rows.

    Attributes
    ----------
    names
        Of the q regressors, all different.
    first
        (M + 1,) first row of each menu, and R last; rows are ordered by menu, none is empty.
    teacher
        (M,) who decides.
    displaced
        (M,) whether she has lost her position.
    own_school, own_regressors
        (M,) and (M, q) of her present position; -1 and 0 if she is displaced.
    school, regressors
        (R,) and (R, q) of each vacancy on a menu, for the menu's teacher.
    applied
        (R,) whether she applied.
    offer
        (R,) 2 for the offer that she accepted while she held others of the same step, 1 for those
        others, 0 for all other rows. A menu has no such rows, or one 2 and at least one 1; all of
        them were applied to. An offer accepted alone is 0: it tells no more than the application.

    """

    names: tuple[str, ...]
    first: np.ndarray = field(repr=False)
    teacher: np.ndarray = field(repr=False)
    displaced: np.ndarray = field(repr=False)
    own_school: np.ndarray = field(repr=False)
    own_regressors: np.ndarray = field(repr=False)
    school: np.ndarray = field(repr=False)
    regressors: np.ndarray = field(repr=False)
    applied: np.ndarray = field(repr=False)
    offer: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Demand:
    """Schools' decisions (eq. 3): one list a vacancy, one row a candidate who was interviewed.

    Which rows are used depends on the likelihood: `positive` and `order` use those ranked, `full`
    uses all. A vacancy that interviewed and ranked nobody may be left out or be a list without
    ranks; under `full` the latter says that it accepts none of them. L lists, D rows, k regressors.

    Attributes
    ----------
    names
        Of the k regressors, all different.
    first
        (L + 1,) first row of each list, and D last; none is empty.
    teacher, school
        (D,) of the candidate and of the vacancy.
    rank
        (D,) 1, 2, ... in this order at the start of each list, then 0 for who was not ranked.
    regressors
        (D, k)
    most_ranked
        Most candidates that a list may rank; a shorter one could have been longer.

    """

    names: tuple[str, ...]
    first: np.ndarray = field(repr=False)
    teacher: np.ndarray = field(repr=False)
    school: np.ndarray = field(repr=False)
    rank: np.ndarray = field(repr=False)
    regressors: np.ndarray = field(repr=False)
    most_ranked: int


@dataclass(frozen=True)
class System:
    """Outcomes, supply and demand of one transfer system.

    Attributes
    ----------
    teachers, schools
        Numbers of both; every index in the three parts is below them.
    outcomes, supply, demand
        The data.

    Raises
    ------
    UserError
        If shapes, indices or decisions contradict what is said of the arrays.

    """

    teachers: int
    schools: int
    outcomes: Outcomes
    supply: Supply
    demand: Demand

    def __post_init__(self) -> None:
        """Check all arrays."""
        _check_outcomes(self.outcomes, self.teachers, self.schools)
        _check_supply(self.supply, self.teachers, self.schools)
        _check_demand(self.demand, self.teachers, self.schools)


def _check_outcomes(data: Outcomes, teachers: int, schools: int) -> None:
    cells, p = len(data.teacher), len(data.names)
    _names(data.names, "outcomes")
    shapes = {
        "cross": (p, p),
        "moment": (p,),
        "school": (cells,),
        "rows": (cells,),
        "score_sum": (cells,),
        "regressor_sum": (cells, p),
    }
    _shapes(data, shapes, "outcomes")
    _indices(data.teacher, 0, teachers, "outcomes.teacher")
    _indices(data.school, 0, schools, "outcomes.school")
    _none(data.rows < 1, "outcomes.rows", "cells without rows; leave them out")
    repeated = cells - len(np.unique(data.teacher.astype(np.int64) * schools + data.school))
    if repeated:
        raise UserError(f"outcomes: {repeated} cells repeat a teacher and school; add them up")


def _check_supply(data: Supply, teachers: int, schools: int) -> None:
    rows, q = _lists(data.first, data.names, "supply", "menu"), len(data.names)
    menus = len(data.first) - 1
    shapes = {
        "teacher": (menus,),
        "displaced": (menus,),
        "own_school": (menus,),
        "own_regressors": (menus, q),
        "school": (rows,),
        "regressors": (rows, q),
        "applied": (rows,),
        "offer": (rows,),
    }
    _shapes(data, shapes, "supply")
    _indices(data.teacher, 0, teachers, "supply.teacher")
    _indices(data.school, 0, schools, "supply.school")
    _indices(data.own_school, -1, schools, "supply.own_school")
    _none(
        (data.own_school < 0) != data.displaced,
        "supply.own_school",
        "menus of which either the school is missing or the teacher is displaced; want both or none",
    )
    _none(
        data.displaced & data.own_regressors.any(axis=1),
        "supply.own_regressors",
        "menus of displaced teachers with regressors of a present position; want 0",
    )
    _none(
        ~np.isin(data.offer, (NOT_COMPARED, DECLINED, ACCEPTED)),
        "supply.offer",
        "rows with other values than 0, 1 and 2",
    )
    _none(
        (data.offer > 0) & ~data.applied.astype(bool),
        "supply.offer",
        "rows with an offer but without an application",
    )
    accepted, declined = (
        np.add.reduceat(data.offer == kind, data.first[:-1]) if rows else np.zeros(menus)
        for kind in (ACCEPTED, DECLINED)
    )
    _none(accepted > 1, "supply.offer", "menus with two offers accepted at a time; want one")
    _none(
        (accepted > 0) != (declined > 0),
        "supply.offer",
        "menus with offers of which none is accepted, or none declined; mark these rows 0",
    )


def _check_demand(data: Demand, teachers: int, schools: int) -> None:
    rows = _lists(data.first, data.names, "demand", "list")
    shapes = {
        "teacher": (rows,),
        "school": (rows,),
        "rank": (rows,),
        "regressors": (rows, len(data.names)),
    }
    _shapes(data, shapes, "demand")
    _indices(data.teacher, 0, teachers, "demand.teacher")
    _indices(data.school, 0, schools, "demand.school")
    place = np.arange(rows) - np.repeat(data.first[:-1], np.diff(data.first)) + 1
    ranked = data.rank != UNRANKED
    after_unranked = np.zeros(rows, dtype=bool)
    after_unranked[1:] = (place[1:] > 1) & ~ranked[:-1]
    _none(
        ranked & ((data.rank != place) | after_unranked),
        "demand.rank",
        "rows out of order; want 1, 2, ... at the start of each list, then 0",
    )
    _none(data.rank > data.most_ranked, "demand.rank", f"rows beyond rank {data.most_ranked}")


def _lists(first, names, part, what):
    _names(names, part)
    first = np.asarray(first)
    if first.ndim != 1 or len(first) == 0 or first[0] != 0 or (np.diff(first) < 1).any():
        raise UserError(f"{part}.first: want 0, then the growing first row of each {what}")
    return int(first[-1])


def _names(names: Sequence[str], part: str) -> None:
    if len(set(names)) < len(names):
        raise UserError(f"{part}.names: repeated; want all different")


def _shapes(data, shapes, part):
    for name, shape in shapes.items():
        values = np.asarray(getattr(data, name))
        if values.shape != shape:
            raise UserError(f"{part}.{name}: shape {values.shape}, want {shape}")
        _none(~np.isfinite(values), f"{part}.{name}", "values missing or infinite; fill or drop")


def _indices(values, least, number, what):
    outside = (values < least) | (values >= number)
    _none(outside, what, f"values outside {least} to {number - 1}")


def _none(wrong, what, text):
    if count := int(np.count_nonzero(wrong)):
        raise UserError(f"{what}: {count} {text}")
