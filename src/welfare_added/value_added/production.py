"""Residuals projected on teachers, schools, experience and years (Bates et al. 2022, eq. 5)."""

import logging
from dataclasses import dataclass, replace

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


class Projection:
    """Least squares over students on teachers, schools, experience and years, for any scores.

    Parameters
    ----------
    groups
        Groups of students; their ``mean`` is not used.
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

    def __init__(
        self,
        groups: TaughtGroups,
        bins: ExperienceBins,
        *,
        school_effects: bool = True,
        year_effects: bool = True,
        type_effect: str = "kept",
    ) -> None:
        """Factor the design; see the class."""
        self.groups, self.bins, self.type_kept = groups, bins, type_effect == "kept"
        self.school_effects, self.weights = school_effects, groups.students.astype(float)
        school = groups.school if school_effects else np.zeros_like(groups.school)
        self.design = TwoWay(groups.teacher, school, self.weights)
        self.names, self.others = _others(
            groups, bins, year_effects=year_effects, type_effect=type_effect != "none"
        )
        self.inner = self.design.residuals(self.others)
        self.kept = _told_apart(self.inner, self.others, self.weights)
        for j in sorted({*range(len(self.names))} - {*self.kept}):
            log.warning("%s cannot be told apart from teachers' effects", self.names[j])
        x = self.inner[:, self.kept]
        self.solver = np.linalg.inv((x * self.weights[:, None]).T @ x)

    def sets(self) -> np.ndarray:
        """Connected set of each school, (S,)."""
        return self.design.sets if self.school_effects else np.zeros(self._schools, dtype=int)

    @property
    def _schools(self) -> int:
        return int(self.groups.school.max()) + 1

    def slopes(self, mean: np.ndarray) -> np.ndarray:
        """Coefficients of experience, years and type of (U,) mean scores, (q,)."""
        slopes = np.zeros(len(self.names))
        x = self.inner[:, self.kept]
        slopes[self.kept] = self.solver @ (x.T @ (self.weights * mean))
        return slopes

    def school(self, mean: np.ndarray, slopes: np.ndarray) -> np.ndarray:
        """School effects of (U,) mean scores, (S,)."""
        if not self.school_effects:
            return np.zeros(self._schools)
        return self.design.effects((mean - self.others @ slopes)[:, None]).school[:, 0]

    def left(self, mean: np.ndarray, slopes: np.ndarray, school: np.ndarray) -> np.ndarray:
        """Mean scores net of school, experience and year, with a weighted mean of zero, (U,)."""
        left = mean - self.others @ slopes - school[self.groups.school]
        if self.type_kept:
            left = left + self.others[:, -1] * slopes[-1]
        return left - np.average(left, weights=self.weights)

    def parts(self, mean: np.ndarray) -> "Production":
        """All parts of (U,) mean scores."""
        slopes = self.slopes(mean)
        school = self.school(mean, slopes)
        residual = self.design.residuals(mean[:, None])[:, 0] - self.inner @ slopes
        errors = np.full(len(self.names), np.nan)
        x = self.inner[:, self.kept]
        errors[self.kept] = self._clustered_errors(x, residual)
        table = _experience_table(self.groups, self.bins, self.names, slopes, errors)
        return Production(table, school, self.sets(), self.left(mean, slopes, school))

    def shrunken(self, parts: "Production", mean: np.ndarray, by: np.ndarray) -> "Production":
        """The same parts with school effects multiplied by (S,) ``by``."""
        school = parts.school * by
        return replace(parts, school=school, left=self.left(mean, self.slopes(mean), school))

    def _clustered_errors(self, x: np.ndarray, residual: np.ndarray) -> np.ndarray:
        """Standard errors clustered by teacher, times the root of J / (J - 1)."""
        teacher, weighted = self.groups.teacher, (x * self.weights[:, None]).T
        teachers = int(teacher.max()) + 1
        scores = np.array([np.bincount(teacher, column * residual) for column in weighted])
        scores = scores.reshape(len(weighted), teachers)
        middle = scores @ scores.T * teachers / max(teachers - 1, 1)
        return np.sqrt(np.diag(self.solver @ middle @ self.solver))


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


def _told_apart(inner: np.ndarray, whole: np.ndarray, weights: np.ndarray) -> list[int]:
    """Columns that vary within teachers and schools and are not collinear with those before."""
    if not inner.shape[1]:
        return []
    total = weights.sum()
    level = weights @ whole**2 / total
    spread = np.sqrt(np.maximum(level - (weights @ whole / total) ** 2, 0.0))
    products = inner.T @ (inner * weights[:, None])
    equations = NormalEquations(products, spread, np.sqrt(level), int(total))
    every = list(range(inner.shape[1]))
    dropped = equations.regress(0, every).dropped
    return [j for j in every if j not in dropped]


def _experience_table(
    groups: TaughtGroups,
    bins: ExperienceBins,
    names: list,
    slopes: np.ndarray,
    errors: np.ndarray,
) -> pd.DataFrame:
    students = np.bincount(groups.experience, groups.students, len(bins.labels))
    estimate = dict(zip(names, slopes, strict=True))
    error = dict(zip(names, errors, strict=True))
    rows = [
        (label, float(estimate.get(label, 0.0)), float(error.get(label, np.nan)), int(count))
        for label, count in zip(bins.labels, students, strict=True)
    ]
    return pd.DataFrame(rows, columns=["experience", "estimate", "standard_error", "students"])
