"""Teacher-school pairs, and where each row, menu, list and cell finds its own."""

from dataclasses import dataclass, field

import numpy as np

from welfare_added.selection.arrays import System


@dataclass(frozen=True)
class Pairs:
    """Pairs on menus, of present positions, on lists and in cells, ordered by teacher and school.

    Taste eta^u is kept for all P pairs, eta^v for the V pairs on lists, eta^y for the J cells.

    Attributes
    ----------
    teacher, school
        (P,) of each pair.
    of_row, of_own
        (R,) pair of each row of a menu; (M,) of each menu's present position, -1 if displaced.
    of_candidate
        (D,) listed pair (0 to V - 1) of each row of a list.
    of_cell
        (J,) pair of each cell.
    listed, listed_teacher
        (V,) pair and teacher of each listed pair.
    cell_listed
        (J,) listed pair of each cell, -1 if it is on no list.
    ranked_teacher
        (T,) whether a teacher is on a list.

    """

    teacher: np.ndarray = field(repr=False)
    school: np.ndarray = field(repr=False)
    of_row: np.ndarray = field(repr=False)
    of_own: np.ndarray = field(repr=False)
    of_candidate: np.ndarray = field(repr=False)
    of_cell: np.ndarray = field(repr=False)
    listed: np.ndarray = field(repr=False)
    listed_teacher: np.ndarray = field(repr=False)
    cell_listed: np.ndarray = field(repr=False)
    ranked_teacher: np.ndarray = field(repr=False)


def find_pairs(system: System) -> Pairs:
    """Pairs of a system whose demand is what its likelihood uses (see `demand.used`)."""
    supply, demand, outcomes, schools = (
        system.supply,
        system.demand,
        system.outcomes,
        system.schools,
    )
    row_teacher = np.repeat(supply.teacher, np.diff(supply.first))
    own = ~supply.displaced
    rows = _code(row_teacher, supply.school, schools)
    owned = _code(supply.teacher[own], supply.own_school[own], schools)
    lists = _code(demand.teacher, demand.school, schools)
    cells = _code(outcomes.teacher, outcomes.school, schools)
    codes = np.unique(np.concatenate([rows, owned, lists, cells]))
    of_own = np.full(len(supply.teacher), -1)
    of_own[own] = np.searchsorted(codes, owned)
    listed, of_candidate = np.unique(np.searchsorted(codes, lists), return_inverse=True)
    of_cell = np.searchsorted(codes, cells)
    number = np.full(len(codes), -1)
    number[listed] = np.arange(len(listed))
    ranked = np.zeros(system.teachers, dtype=bool)
    ranked[demand.teacher] = True
    return Pairs(
        teacher=codes // schools,
        school=codes % schools,
        of_row=np.searchsorted(codes, rows),
        of_own=of_own,
        of_candidate=of_candidate,
        of_cell=of_cell,
        listed=listed,
        listed_teacher=codes[listed] // schools,
        cell_listed=number[of_cell],
        ranked_teacher=ranked,
    )


def _code(teacher, school, schools):
    return teacher.astype(np.int64) * schools + school
