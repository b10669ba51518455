"""What the sampler of Laverde et al. (2023) knows of the data: sums of outcomes, menus and lists.

Teachers are numbered 0 to teachers - 1 and schools 0 to schools - 1, the same in all arrays.
"""

from dataclasses import dataclass, field

import numpy as np

from welfare_added.selection import array_checks as checks

DECLINED, ACCEPTED = checks.DECLINED, checks.ACCEPTED
UNRANKED = checks.UNRANKED


def _no_pairs() -> np.ndarray:
    return np.empty((0, 2), dtype=np.int64)


def _no_numbers() -> np.ndarray:
    return np.empty(0)


def _nowhere() -> np.ndarray:
    return np.empty(0, dtype=bool)


@dataclass(frozen=True)
class Outcomes:
    """Test scores (eq. 1) as sums over the rows, one row a teacher-student pair of a year.

    Cells are the teacher-school pairs of the rows, each once. p regressors include the constant and
    effects of schools and years; J cells. Where a row is the score of a team, its regressors are
    means over the team, and it counts in each teacher's cell by 1 / team size (see `teams`).

    Attributes
    ----------
    names
        Of the p regressors, all different.
    cross, moment, square
        X'X (p, p), X'y (p,) and y'y over all rows; scores in standard deviations.
    teacher, school
        (J,) of each cell.
    rows
        (J,) number of rows of each cell, a row of a team counting by 1 / team size.
    score_sum, regressor_sum
        (J,) and (J, p) sums of scores and of regressors over the cell's rows, likewise.
    teammates, overlap
        (E, 2) pairs of cells that share rows, each once, and (E,) sums over the shared rows of 1 /
        team size^2; none where each row has one teacher.

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
    teammates: np.ndarray = field(default_factory=_no_pairs, repr=False)
    overlap: np.ndarray = field(default_factory=_no_numbers, repr=False)


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
    left_over
        Empty: a displaced teacher's fallback is worth 0. Or (R,) vacancies that nobody took in the
        round, at least one on every menu of a displaced teacher: her fallback is worth their mean
        (see `fallbacks`). Which these are is taken as given.

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
    left_over: np.ndarray = field(default_factory=_nowhere, repr=False)


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
        checks.check_outcomes(self.outcomes, self.teachers, self.schools)
        checks.check_supply(self.supply, self.teachers, self.schools)
        checks.check_demand(self.demand, self.teachers, self.schools)
