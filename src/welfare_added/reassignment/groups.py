"""Gains of plans by group of students, over the observed and the random assignment (table A4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from welfare_added.reassignment.proficient import Students, proficient
from welfare_added.reassignment.scores import Sums, Teachers, student_sums, total_scores

ALL = "all"


@dataclass(frozen=True)
class Group:
    """Students of one group.

    Attributes
    ----------
    name
        Of the group.
    rows
        (N_g,) rows of the students.
    students, sums
        The same students by position, and sums over them.

    """

    name: str
    rows: np.ndarray = field(repr=False)
    students: Students = field(repr=False)
    sums: Sums = field(repr=False)


def group_names(quartile: np.ndarray, white: np.ndarray) -> dict[str, np.ndarray]:
    """Groups of table A4, (N,) bool by name: all, quartiles of last year's score, white or not."""
    return {
        ALL: np.ones(len(quartile), dtype=bool),
        **{f"quartile_{number + 1}": quartile == number for number in range(4)},
        "non_white": white == 0,
        "white": white == 1,
    }


def make_groups(students: Students, members: Mapping[str, np.ndarray]) -> list[Group]:
    """Students of each group, by position; groups without students are left out.

    students: of all positions; members: (N,) bool by name.
    """
    positions = len(students.first) - 1
    place = np.repeat(np.arange(positions), np.diff(students.first))
    groups = []
    for name, own in members.items():
        rows = np.flatnonzero(own)
        if not len(rows):
            continue
        traits = {one: getattr(students, one)[rows] for one in ("minority", "male", "previous")}
        first = np.r_[0, np.cumsum(np.bincount(place[rows], minlength=positions))]
        sums = student_sums(place[rows], *traits.values(), positions)
        groups.append(Group(name, rows, Students(first, **traits), sums))
    return groups


def group_values(
    group: Group, teachers: Teachers, eta: np.ndarray, need: np.ndarray | None, sd: float = 0.0
) -> dict[str, np.ndarray]:
    """Sums over a group's students with each candidate, (m, n): score, and proficient if needed.

    need: (N,) as of `proficient`, of all students; None: there is no cut.
    """
    values = {"score": total_scores(teachers, group.sums, eta)}
    if need is not None:
        own = need[group.rows]
        values["proficient"] = proficient(group.students, teachers, eta, own, sd)
    return values


def random_totals(values: Mapping[str, np.ndarray], weights: np.ndarray | None) -> dict[str, float]:
    """Expected sums over a group's students under random assignment; empty without weights."""
    if weights is None:
        return {}
    return {name: float((table * weights).sum()) for name, table in values.items()}


def group_gains(
    values: Mapping[str, np.ndarray],
    holder: np.ndarray,
    observed: np.ndarray,
    random: Mapping[str, float],
) -> dict[str, float]:
    """Gains of a plan, summed over a group's students: over the observed and the random assignment.

    values: of `group_values`; holder, observed: (n,) candidate of each position; random: of
    `random_totals`. Names are gain_<value> and gain_<value>_over_random.
    """
    positions, gains = np.arange(len(holder)), {}
    for name, table in values.items():
        planned = float(table[holder, positions].sum())
        gains[f"gain_{name}"] = planned - float(table[observed, positions].sum())
        if name in random:
            gains[f"gain_{name}_over_random"] = planned - random[name]
    return gains
