"""Residuals projected on teachers, schools, experience and years (Bates et al. 2022, eq. 5)."""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.value_added.residuals import NormalEquations
from welfare_added.value_added.two_way import TwoWay

MISSING = "missing"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ExperienceBins:
    """Bins of experience: the lowest years of each, ascending from zero, and the reference bin.

    labels: such as 0, 1, ..., 5-9, 10+, and at last ``missing``.
    """

    starts: tuple[int, ...]
    reference: str

    def __post_init__(self) -> None:
        """Raise UserError if the bins are not ascending from zero or the reference is none."""
        if not self.starts or self.starts[0] != 0 or (np.diff(self.starts) <= 0).any():
            raise UserError("value_added.experience_bins: bins must ascend from zero")
        if self.reference not in self.labels[:-1]:
            raise UserError(
                f"value_added.reference_bin: {self.reference} is not one of the bins "
                f"{', '.join(self.labels[:-1])}"
            )

    @property
    def labels(self) -> list[str]:
        """Name of each bin."""
        ends = [*(start - 1 for start in self.starts[1:]), None]
        names = []
        for start, end in zip(self.starts, ends, strict=True):
            width = f"{start}-{end}" if end is not None else f"{start}+"
            names.append(str(start) if end == start else width)
        return [*names, MISSING]

    def codes(self, experience: np.ndarray) -> np.ndarray:
        """Bin of each number of prior years, the last bin where missing."""
        known = ~np.isnan(experience)
        bins = np.searchsorted(self.starts, np.where(known, experience, 0), side="right") - 1
        return np.where(known, np.maximum(bins, 0), len(self.starts))


@dataclass(frozen=True)
class TaughtGroups:
    """The U groups of students of one type in a class, with what their scores depend on.

    teacher, school, experience (bin), year, kind: (U,) codes from 0, of teachers, schools and years
    all of which occur; students: (U,); mean: (U,) mean of A [student SD].
    """

    teacher: np.ndarray
    school: np.ndarray
    experience: np.ndarray
    year: np.ndarray
    kind: np.ndarray
    students: np.ndarray
    mean: np.ndarray


@dataclass(frozen=True)
class Production:
    """The parts of residuals.

    Attributes
    ----------
    experience : DataFrame
        experience (bin), estimate [student SD, zero in the reference bin], standard_error
        (clustered by teacher; missing for the reference and for bins that cannot be told apart
        from teachers and years, whose estimate is zero), students.
    school : (S,) array
        School effects [student SD]; student-weighted mean zero in every connected set.
    sets : (S,) int array
        Connected set of each school.
    left : (U,) array
        Mean residual net of school, experience and year, teachers' effects left in
        [student SD, student-weighted mean zero].

    """

    experience: pd.DataFrame
    school: np.ndarray
    sets: np.ndarray
    left: np.ndarray


def project(
    groups: TaughtGroups,
    bins: ExperienceBins,
    *,
    school_effects: bool = True,
    year_effects: bool = True,
    type_effect: str = "kept",
) -> Production:
    """Estimate school, experience and year effects beside teachers' effects, and subtract them.

    Least squares over students. Teachers' effects are not subtracted.

    Parameters
    ----------
    groups
        Groups of students.
    bins
        Bins of experience.
    school_effects, year_effects
        Whether these are part of the model.
    type_effect
        An effect of being of type 1 that is common to all teachers, the gap between the types'
        means. ``kept``: estimated, since otherwise schools with many students of type 1 have it in
        their effects, and left in the residuals; ``subtracted`` from them too; ``none``, as eq. 5
        is printed.

    """
    weights = groups.students.astype(float)
    school = groups.school if school_effects else np.zeros_like(groups.school)
    design = TwoWay(groups.teacher, school, weights)
    with_type = type_effect != "none"
    names, others = _others(groups, bins, year_effects=year_effects, type_effect=with_type)
    inner = design.residuals(np.column_stack([others, groups.mean]))
    equations = _equations(inner, np.column_stack([others, groups.mean]), weights)
    found = equations.regress(len(names), list(range(len(names))))
    slopes = found.values[: len(names)]
    kept = [j for j in range(len(names)) if j not in found.dropped]
    for j in found.dropped:
        log.warning("experience or year %s cannot be told apart from teachers' effects", names[j])
    errors = np.full(len(names), np.nan)
    errors[kept] = _clustered_errors(
        inner[:, kept], inner[:, -1] - inner[:, :-1] @ slopes, weights, groups.teacher
    )
    of_schools = design.effects((groups.mean - others @ slopes)[:, None]).school[:, 0]
    if not school_effects:
        count = int(groups.school.max()) + 1
        of_schools, sets = np.zeros(count), np.zeros(count, dtype=int)
    else:
        sets = design.sets
    left = groups.mean - others @ slopes - of_schools[groups.school]
    if type_effect == "kept":
        left = left + others[:, -1] * slopes[-1]
    left = left - np.average(left, weights=weights)
    table = _experience_table(groups, bins, dict(zip(names, slopes, strict=True)), errors, names)
    return Production(table, of_schools, sets, left)


def _others(
    groups: TaughtGroups, bins: ExperienceBins, *, year_effects: bool, type_effect: bool
) -> tuple[list, np.ndarray]:
    """Names and (U, q) indicators of bins but the reference, years but the first, and type 1."""
    names: list = []
    columns = []
    for code, label in enumerate(bins.labels):
        member = groups.experience == code
        if label != bins.reference and member.any():
            names.append(label)
            columns.append(member)
    if year_effects:
        for code in range(1, int(groups.year.max()) + 1):
            names.append(("year", code))
            columns.append(groups.year == code)
    if type_effect:
        names.append(("type", 1))
        columns.append(groups.kind == 1)
    return names, np.array(columns, dtype=float).reshape(len(columns), len(groups.mean)).T


def _equations(inner: np.ndarray, whole: np.ndarray, weights: np.ndarray) -> NormalEquations:
    total = weights.sum()
    mean = weights @ whole / total
    level = weights @ whole**2 / total
    spread = np.sqrt(np.maximum(level - mean**2, 0.0))
    products = inner.T @ (inner * weights[:, None])
    return NormalEquations(products, spread, np.sqrt(level), int(total))


def _clustered_errors(
    x: np.ndarray, residual: np.ndarray, weights: np.ndarray, teacher: np.ndarray
) -> np.ndarray:
    """Standard errors clustered by teacher, times the root of J / (J - 1)."""
    weighted = (x * weights[:, None]).T
    bread = np.linalg.inv(weighted @ x)
    scores = np.array([np.bincount(teacher, column * residual) for column in weighted])
    scores = scores.reshape(len(weighted), -1)
    teachers = int(teacher.max()) + 1
    middle = scores @ scores.T * teachers / max(teachers - 1, 1)
    return np.sqrt(np.diag(bread @ middle @ bread))


def _experience_table(
    groups: TaughtGroups, bins: ExperienceBins, slopes: dict, errors: np.ndarray, names: list
) -> pd.DataFrame:
    students = np.bincount(groups.experience, groups.students, len(bins.labels))
    rows = []
    for label, count in zip(bins.labels, students, strict=True):
        error = errors[names.index(label)] if label in names else np.nan
        rows.append((label, slopes.get(label, 0.0), error, int(count)))
    return pd.DataFrame(rows, columns=["experience", "estimate", "standard_error", "students"])
