"""The constraints of config.yaml's ``constrained.plans``, for the allocation of one cell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.allocation.slots import scale
from welfare_added.assignment.milp import Side
from welfare_added.district.vocabulary import BLACK_HISPANIC, GROUPS, RACES, WHITE_ASIAN
from welfare_added.run.errors import UserError

PAIR_COLUMNS = ["year", "teacher_id", "class_id", "rule"]


@dataclass(frozen=True)
class Cell:
    """Value added of each of a cell's n teachers in each of its n classes, by group of students.

    groups: (2, n, n) sum of value added over the lower- and over the higher-scoring students
    [student SD times students], teacher by class. sizes: (2,) students of each group.
    schools, teachers, classes: (n,) ids of each class. students: (n,) number in each class.
    races, race_sizes: as groups and sizes, for white and Asian and for Black and Hispanic students;
    None unless a constraint is on the racial gap. pairs: the user's file of pairs for this year.
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
        """The planner's score of each pair, (n, n): Eastmond et al. (2024), eq. 7."""
        return weight * self.groups[0] + (1 - weight) * self.groups[1]


def most_moves(cell: Cell, share: float) -> list[Side]:
    """At most ``share`` of the teachers change class."""
    staying = cell.n - np.floor(share * cell.n + 1e-9)
    return [Side("most_moves", np.eye(cell.n), float(staying))]


def no_group_loses(cell: Cell, floor: float) -> list[Side]:
    """Each group's mean gain is at least ``floor`` [student SD]."""
    return [
        Side("no_group_loses", total / size, float(total.trace() / size + floor))
        for total, size in zip(cell.groups, cell.sizes, strict=True)
        if size > 0
    ]


def no_school_loses(cell: Cell, floor: float) -> list[Side]:
    """The mean gain of each school's students is at least ``floor`` [student SD]."""
    total = cell.groups.sum(axis=0)
    sides = []
    for school in np.unique(cell.schools):
        here = cell.schools == school
        part = np.where(here, total, 0.0) / cell.students[here].sum()
        sides.append(Side("no_school_loses", part, float(part.trace() + floor)))
    return sides


def achievement_gap(cell: Cell, most: float) -> list[Side]:
    """The mean score of higher- minus lower-scoring students grows by at most ``most``."""
    return _limited_growth("achievement_gap", cell.groups[::-1], cell.sizes[::-1], most)


def racial_gap(cell: Cell, most: float) -> list[Side]:
    """The mean score of white and Asian minus Black and Hispanic students grows by at most this."""
    return _limited_growth("racial_gap", cell.races, cell.race_sizes, most)


def _limited_growth(name: str, totals: np.ndarray, sizes: np.ndarray, most: float) -> list[Side]:
    """The gap between two groups grows by at most ``most`` [student SD]; none if one is empty."""
    if (sizes == 0).any():
        return []
    narrowing = totals[1] / sizes[1] - totals[0] / sizes[0]
    return [Side(name, narrowing, float(narrowing.trace() - most))]


def class_loss(cell: Cell, most: float) -> np.ndarray:
    """Pairs (n, n) in which the class's mean score falls by at most ``most`` [student SD]."""
    mean = cell.groups.sum(axis=0) / cell.students
    return mean >= mean.diagonal() - most - 1e-12


def pairs(cell: Cell, _path: str) -> np.ndarray:
    """Pairs (n, n) that the user's file allows."""
    allowed = np.ones((cell.n, cell.n), dtype=bool)
    for row in cell.pairs.itertuples():
        teacher, klass = cell.teachers == row.teacher_id, cell.classes == row.class_id
        if row.rule == "fixed":
            allowed[np.ix_(~teacher, klass)] = False
        else:
            allowed[np.ix_(teacher, klass)] = False
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
    """Side constraints of a plan, and the teacher-class pairs (n, n) that it allows.

    lines: value of each constraint by its name in config.yaml.
    """
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

    subjects: weight of each subject. students: year, class_id, ethnicity, lower_ela and lower_math;
    needed only for constraints on the racial gap. pair_rows: from `read_pairs`.
    Raises UserError where ``students`` are given and neither race group has a student.
    """
    if students is not None and not students["ethnicity"].map(RACES).notna().any():
        raise UserError(
            "config.yaml, constrained.plans: racial_gap needs students' ethnicity, which is "
            "missing. Drop racial_gap, or add the column ethnicity to the enrolments."
        )
    result = []
    for cell, rows in slots.groupby("cell", sort=True):
        year, grade = rows["year"].iloc[0], rows["grade"].iloc[0]
        groups, sizes = _totals_by_group(rows, subjects, rows)
        races = race_sizes = None
        if students is not None:
            races, race_sizes = _totals_by_race(rows, subjects, students)
        result.append(
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
    return result


def slots_of_years(slots: pd.DataFrame, years: Sequence[int] | None) -> pd.DataFrame:
    """Slots of the years from first to last; of the last year in the slots if None.

    Raises UserError where there are none.
    """
    first, last = years or [slots["year"].max()] * 2
    planned = slots[slots["year"].between(first, last)]
    if planned.empty:
        raise UserError(
            f"config.yaml, constrained.years: no class can be reallocated from {first} to {last}; "
            f"there are years {slots['year'].min()} to {slots['year'].max()}."
        )
    return planned


def _totals_by_group(
    rows: pd.DataFrame, subjects: Mapping[str, float], counts: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Value added times ``counts`` of each group, teacher by class, and sums of the counts."""
    totals = [
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
    return np.array(totals), np.array(sizes)


def _totals_by_race(
    rows: pd.DataFrame, subjects: Mapping[str, float], students: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """The same by race group, lower- and higher-scoring students together."""
    here = students[students["year"] == rows["year"].iloc[0]]
    race = here["ethnicity"].map(RACES)
    totals, sizes = [], []
    for race_group in (WHITE_ASIAN, BLACK_HISPANIC):
        of_race = here[race == race_group]
        counts = pd.DataFrame(index=rows.index)
        for subject in subjects:
            lower = of_race[f"lower_{subject}"].astype(bool)
            for group, members in (("lower", lower), ("higher", ~lower)):
                number = of_race.loc[members, "class_id"].value_counts()
                number = rows["class_id"].map(number).fillna(0.0)
                counts[f"{group}_{subject}"] = number * scale(rows)
        of_groups, group_sizes = _totals_by_group(rows, subjects, counts)
        totals.append(of_groups.sum(axis=0))
        sizes.append(group_sizes.sum())
    return np.array(totals), np.array(sizes)


def read_pairs(path: Path | str, slots: pd.DataFrame) -> pd.DataFrame:
    """Read a file of forbidden and fixed pairs: year, teacher_id, class_id, rule.

    Raises UserError, with line numbers, where a column is missing, a rule is unknown, or a teacher
    or class cannot be reallocated in that year.
    """
    table = pd.read_csv(path, dtype={"teacher_id": str, "class_id": str})
    missing = [column for column in PAIR_COLUMNS if column not in table]
    if missing:
        raise UserError(f"{path}: column {', '.join(missing)} is missing; want {PAIR_COLUMNS}.")
    wrong = {"rule": ~table["rule"].isin(["forbidden", "fixed"])}
    for column in ("teacher_id", "class_id"):
        in_slots = pd.MultiIndex.from_frame(slots[["year", column]])
        wrong[column] = ~pd.MultiIndex.from_frame(table[["year", column]]).isin(in_slots)
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
