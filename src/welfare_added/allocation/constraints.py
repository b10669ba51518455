"""Lines of config.yaml's ``constrained.plans`` as constraints on one cell's allocation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.assignment.milp import Side
from welfare_added.district.vocabulary import BLACK_HISPANIC, GROUPS, RACES, WHITE_ASIAN
from welfare_added.run.errors import UserError

PAIR_COLUMNS = ["year", "teacher_id", "class_id", "rule"]


@dataclass(frozen=True)
class Cell:
    """What the n teachers of a cell would give in each of its n classes.

    groups: (2, n, n) student SD times students of the lower- and the higher-scoring, teacher by
    class. sizes: (2,) students of both groups. schools: (n,) labels. students: (n,) a class.
    races: (2, n, n) the same of white and Asian, and of Black and Hispanic students, race_sizes
    (2,); None if no line asks for them. pairs: rows of the user's file in this cell, if any.
    """

    name: str
    groups: np.ndarray
    sizes: np.ndarray
    schools: np.ndarray
    students: np.ndarray
    teachers: np.ndarray
    classes: np.ndarray
    races: np.ndarray | None = None
    race_sizes: np.ndarray | None = None
    pairs: pd.DataFrame | None = None

    @property
    def n(self) -> int:
        """Number of classes."""
        return len(self.schools)

    def scores(self, weight: float) -> np.ndarray:
        """The planner's score of each pair, (n, n): eq. 7."""
        return weight * self.groups[0] + (1 - weight) * self.groups[1]


def most_moves(cell: Cell, share: float) -> list[Side]:
    """At most this share of the teachers change class."""
    staying = cell.n - np.floor(share * cell.n + 1e-9)
    return [Side("most_moves", np.eye(cell.n), float(staying))]


def no_group_loses(cell: Cell, floor: float) -> list[Side]:
    """Each group gains at least so much on average [student SD]."""
    return [
        Side("no_group_loses", given / size, float(given.trace() / size + floor))
        for given, size in zip(cell.groups, cell.sizes, strict=True)
        if size > 0
    ]


def no_school_loses(cell: Cell, floor: float) -> list[Side]:
    """The students of each school gain at least so much on average [student SD]."""
    given = cell.groups.sum(axis=0)
    sides = []
    for school in np.unique(cell.schools):
        here = cell.schools == school
        part = np.where(here, given, 0.0) / cell.students[here].sum()
        sides.append(Side("no_school_loses", part, float(part.trace() + floor)))
    return sides


def achievement_gap(cell: Cell, most: float) -> list[Side]:
    """Higher- less lower-scoring students' mean score grows by at most so much [student SD]."""
    return _gap("achievement_gap", cell.groups[::-1], cell.sizes[::-1], most)


def racial_gap(cell: Cell, most: float) -> list[Side]:
    """White and Asian less Black and Hispanic students' mean grows by at most so much."""
    return _gap("racial_gap", cell.races, cell.race_sizes, most)


def _gap(name: str, given: np.ndarray, sizes: np.ndarray, most: float) -> list[Side]:
    if (sizes == 0).any():
        return []
    shrinks = given[1] / sizes[1] - given[0] / sizes[0]
    return [Side(name, shrinks, float(shrinks.trace() - most))]


def class_loss(cell: Cell, most: float) -> np.ndarray:
    """Pairs in which the class's mean score falls by at most so much [student SD]."""
    given = cell.groups.sum(axis=0) / cell.students
    return given >= given.diagonal() - most - 1e-12


def pairs(cell: Cell, _path: str) -> np.ndarray:
    """Pairs that the user's file leaves open."""
    allowed = np.ones((cell.n, cell.n), dtype=bool)
    for row in cell.pairs.itertuples():
        hers, there = cell.teachers == row.teacher_id, cell.classes == row.class_id
        if row.rule == "fixed":
            allowed[np.ix_(~hers, there)] = False
        else:
            allowed[np.ix_(hers, there)] = False
    return allowed


SIDES: dict[str, Callable[[Cell, float], list[Side]]] = {
    "most_moves": most_moves,
    "no_group_loses": no_group_loses,
    "no_school_loses": no_school_loses,
    "achievement_gap": achievement_gap,
    "racial_gap": racial_gap,
}
MASKS: dict[str, Callable[[Cell, float], np.ndarray]] = {"class_loss": class_loss, "pairs": pairs}


def constraints(cell: Cell, lines: Mapping[str, float]) -> tuple[list[Side], np.ndarray]:
    """Side constraints of a plan's lines, and the pairs (n, n) that they allow."""
    sides = [side for name in lines if name in SIDES for side in SIDES[name](cell, lines[name])]
    allowed = np.ones((cell.n, cell.n), dtype=bool)
    for name in lines:
        if name in MASKS:
            allowed &= MASKS[name](cell, lines[name])
    return sides, allowed


def cells(
    slots: pd.DataFrame,
    subjects: Mapping[str, float],
    students: pd.DataFrame | None = None,
    pair_rows: pd.DataFrame | None = None,
) -> list[Cell]:
    """Every cell (year x grade) of the district.

    subjects: weight of each subject. students: with year, class_id, ethnicity, lower_ela and
    lower_math, where a line asks for the racial gap. pair_rows: from `read_pairs`.
    Raises ValueError if the racial gap is asked for and neither race group has a student.
    """
    if students is not None and not students["ethnicity"].map(RACES).notna().any():
        raise UserError(
            "config.yaml, constrained.plans: racial_gap needs students' ethnicity, and none is "
            "known. Drop the line, or add the column ethnicity to the enrolments."
        )
    found = []
    for cell, rows in slots.groupby("cell", sort=True):
        year, grade = rows["year"].iloc[0], rows["grade"].iloc[0]
        groups, sizes = _given(rows, subjects, rows)
        races = race_sizes = None
        if students is not None:
            races, race_sizes = _given_by_race(rows, subjects, students)
        found.append(
            Cell(
                name=f"cell {cell} (year {year}, grade {grade})",
                groups=groups,
                sizes=sizes,
                schools=rows["school_id"].to_numpy(),
                students=rows["students"].to_numpy(float),
                teachers=rows["teacher_id"].to_numpy(),
                classes=rows["class_id"].to_numpy(),
                races=races,
                race_sizes=race_sizes,
                pairs=None if pair_rows is None else pair_rows[pair_rows["year"] == year],
            )
        )
    return found


def of_years(slots: pd.DataFrame, years: Sequence[int] | None) -> pd.DataFrame:
    """Slots of the years from first to last; of the last year there is if None."""
    first, last = years or [slots["year"].max()] * 2
    planned = slots[slots["year"].between(first, last)]
    if planned.empty:
        raise UserError(
            f"config.yaml, constrained.years: no class can be reallocated from {first} to {last}; "
            f"there are years {slots['year'].min()} to {slots['year'].max()}."
        )
    return planned


def _given(
    rows: pd.DataFrame, subjects: Mapping[str, float], counts: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Student SD times ``counts`` of both groups, teacher by class, and the counts' sums."""
    given = [
        sum(
            share * np.outer(rows[f"va_{group}_{subject}"], counts[f"{group}_{subject}"])
            for subject, share in subjects.items()
        )
        for group in GROUPS
    ]
    sizes = [
        sum(share * counts[f"{group}_{subject}"].sum() for subject, share in subjects.items())
        for group in GROUPS
    ]
    return np.array(given), np.array(sizes)


def _given_by_race(
    rows: pd.DataFrame, subjects: Mapping[str, float], students: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """The same by race group, both groups of students together."""
    here = students[students["year"] == rows["year"].iloc[0]]
    race = here["ethnicity"].map(RACES)
    given, sizes = [], []
    for wanted in (WHITE_ASIAN, BLACK_HISPANIC):
        of_race = here[race == wanted]
        counts = pd.DataFrame(index=rows.index)
        for subject in subjects:
            lower = of_race[f"lower_{subject}"].astype(bool)
            for group, members in (("lower", lower), ("higher", ~lower)):
                number = of_race.loc[members, "class_id"].value_counts()
                counts[f"{group}_{subject}"] = rows["class_id"].map(number).fillna(0.0)
        of_groups, group_sizes = _given(rows, subjects, counts)
        given.append(of_groups.sum(axis=0))
        sizes.append(group_sizes.sum())
    return np.array(given), np.array(sizes)


def read_pairs(path: Path | str, slots: pd.DataFrame) -> pd.DataFrame:
    """Read a file of forbidden and fixed pairs: year, teacher_id, class_id, rule.

    Raises ValueError, naming rows, where a column is missing, a rule is unknown, or a teacher or
    class cannot be reallocated in that year.
    """
    table = pd.read_csv(path, dtype={"teacher_id": str, "class_id": str})
    missing = [column for column in PAIR_COLUMNS if column not in table]
    if missing:
        raise UserError(f"{path}: column {', '.join(missing)} is missing; want {PAIR_COLUMNS}.")
    wrong = {"rule": ~table["rule"].isin(["forbidden", "fixed"])}
    for column in ("teacher_id", "class_id"):
        known = pd.MultiIndex.from_frame(slots[["year", column]])
        wrong[column] = ~pd.MultiIndex.from_frame(table[["year", column]]).isin(known)
    for column, rows in wrong.items():
        if rows.any():
            lines = (np.flatnonzero(rows)[:3] + 2).tolist()
            raise UserError(
                f"{path}: column {column}: {int(rows.sum())} rows, for example lines {lines}, "
                + (
                    "say neither forbidden nor fixed."
                    if column == "rule"
                    else "name nobody who can be reallocated in that year; see slots.parquet."
                )
            )
    return table
