"""Later outcomes and value added (Eastmond et al. 2024, appendix D, eq. 29, figure D.7)."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from welfare_added.value_added.class_sums import ClassRows, ClassSums, collect
from welfare_added.value_added.controls import Variables, variables
from welfare_added.value_added.residuals import NormalEquations
from welfare_added.value_added.student_variables import MEASURES, SUBJECTS, student_columns

OUTCOMES = (
    "graduated_high_school",
    "two_year_college",
    "four_year_college",
    "any_college",
    "bachelors_in_six_years",
)
REGRESSIONS = ([0], [1, 2])  # positions in MEASURES of the regressors of each regression
COLUMNS = [
    *("outcome", "measure", "coefficient", "standard_error"),
    *("per_teacher_sd", "per_teacher_sd_error", "observations", "freedom"),
]
STUDENT = ("student_id",)
STUDENTS_AT_ONCE = 20_000  # whose controls are in memory together
log = logging.getLogger(__name__)


def with_any_college(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Add ``any_college``, missing where either kind of college is."""
    colleges = outcomes[["two_year_college", "four_year_college"]]
    return outcomes.assign(any_college=colleges.max(axis=1, skipna=False))


def later_outcomes(
    batches: Iterable[pa.Table],
    estimates: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    estimator: str,
) -> pd.DataFrame:
    """Regress later outcomes on value added and the controls of section 3.2.

    Observations are student-year-subjects, both subjects stacked; controls (means of classes and
    schools over the whole sample) and an indicator of the lower-scoring group are interacted with
    the subject. In the two-group regression, value added on lower-scoring students is interacted
    with the indicator of being one, value added on higher-scoring students with its complement.
    Batches are read three times: for the controls, for the first-stage slopes on controls, and for
    the second stage in residuals (Frisch-Waugh-Lovell).

    Parameters
    ----------
    batches
        The analysis sample with column student_id: a `StudentFile` or `as_batches(students)`
        with ``more`` set to `STUDENT`.
    estimates
        From `estimate_value_added`.
    outcomes
        Later outcomes by student, 0, 1 or missing; may have no rows.

    Returns
    -------
    DataFrame
        outcome, measure (standard|lower|higher), coefficient [share per student SD of value
        added], standard_error (clustered by teacher), per_teacher_sd (coefficient times the SD of
        the measure over student-years), per_teacher_sd_error, observations, freedom (residual
        degrees of freedom). No rows when no outcomes are recorded.

    """
    if outcomes.empty:
        log.info("no later outcomes are recorded: the table has no rows")
        return pd.DataFrame(columns=COLUMNS)
    if estimator == "empirical_bayes":
        log.warning("empirical Bayes estimates are made from the students' own scores: take care")
    by_student = with_any_college(outcomes).set_index("student_id")[list(OUTCOMES)]
    sums = collect(batches, 0)
    lookups = _Lookups(sums, variables(sums), estimates, by_student)
    first_stages = {
        (number, k): _FirstStage(len(lookups.columns.controls) + 1, len(outcome_set))
        for number, outcome_set in enumerate(lookups.outcome_sets)
        for k in range(len(SUBJECTS))
    }
    for key, rows, _ in _regression_rows(batches, lookups):
        first_stages[key].add(rows)
    slopes = {key: stage.slopes() for key, stage in first_stages.items() if stage.rows}
    second_stages = [
        _SecondStage(lookups.teacher.max() + 1, len(outcome_set))
        for outcome_set in lookups.outcome_sets
    ]
    for key, rows, teachers in _regression_rows(batches, lookups):
        second_stages[key[0]].add(first_stages[key].residualise(rows, slopes[key]), teachers)
    rows = []
    for outcome_set, stage in zip(lookups.outcome_sets, second_stages, strict=True):
        degrees = stage.rows - len(SUBJECTS) * (len(lookups.columns.controls) + 2)
        rows += stage.regressions(outcome_set, degrees)
    table = pd.DataFrame(rows, columns=COLUMNS)
    order = table["outcome"].map(OUTCOMES.index)
    return table.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


class _Lookups:
    """Lookup tables: a student's class, controls, teacher, value added and later outcomes.

    Outcomes recorded for the same students share their regressions' sample: an ``outcome_set``.
    """

    def __init__(
        self, sums: ClassSums, columns: Variables, estimates: pd.DataFrame, outcomes: pd.DataFrame
    ) -> None:
        self.columns, self.outcomes = columns, outcomes
        self.class_rows = ClassRows(sums)
        self.teacher = sums.classes["teacher"].to_numpy()
        self.value_added = [_class_value_added(sums.classes, estimates, s) for s in SUBJECTS]
        is_known = outcomes.notna().to_numpy()
        outcome_sets: dict[bytes, list[int]] = {}
        for outcome in range(len(OUTCOMES)):
            if is_known[:, outcome].any():
                outcome_sets.setdefault(is_known[:, outcome].tobytes(), []).append(outcome)
        self.outcome_sets = list(outcome_sets.values())


def _class_value_added(classes: pd.DataFrame, estimates: pd.DataFrame, subject: str) -> np.ndarray:
    """Value added of each class's teacher, (3, C); missing where there is none."""
    own = estimates[estimates["subject"] == subject].drop_duplicates(["teacher_id", "year"])
    names = [f"va_{group}" for group in MEASURES]
    joined = classes[["teacher_id", "year"]].merge(
        own[["teacher_id", "year", *names]], on=["teacher_id", "year"], how="left"
    )
    return joined[names].to_numpy(float).T


@dataclass(frozen=True)
class _TeacherRows:
    """For n rows: code of the teacher (n,), value added (3, n), whether lower-scoring (n,)."""

    teacher: np.ndarray
    value_added: np.ndarray
    lower: np.ndarray


def _regression_rows(
    batches: Iterable[pa.Table], lookups: _Lookups
) -> Iterator[tuple[tuple[int, int], np.ndarray, _TeacherRows]]:
    """Controls, group indicator, outcomes and measures, by outcome set and subject."""
    names = lookups.columns.names
    for batch in (part for whole in batches for part in _slices(whole)):
        row = lookups.class_rows.of(batch)
        columns = lookups.columns.rows(student_columns(batch), row)
        student = lookups.outcomes.index.get_indexer(batch.column("student_id").to_pandas())
        outcomes = np.where(student >= 0, lookups.outcomes.to_numpy(float)[student].T, np.nan)
        for k, subject in enumerate(SUBJECTS):
            lower = columns[names.index(f"lower_{subject}")]
            value_added = lookups.value_added[k][:, row]
            measures = value_added * [np.ones_like(lower), lower, 1 - lower]
            for number, outcome_set in enumerate(lookups.outcome_sets):
                used = ~np.isnan(outcomes[outcome_set[0]]) & ~np.isnan(value_added[0])
                stacked = (
                    columns[lookups.columns.controls],
                    [lower],
                    outcomes[outcome_set],
                    measures,
                )
                teachers = _TeacherRows(
                    lookups.teacher[row][used], value_added[:, used], lower[used] == 1
                )
                yield (number, k), np.vstack(stacked)[:, used], teachers


def _slices(batch: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, batch.num_rows, STUDENTS_AT_ONCE):
        yield batch.slice(start, STUDENTS_AT_ONCE)


class _FirstStage:
    """First-stage cross-products of the ``controls`` regressors, outcomes and measures.

    Variables are centred at the means of the first rows, so that the sums lose no digits.
    """

    def __init__(self, controls: int, outcomes: int) -> None:
        size = controls + outcomes + len(MEASURES)
        self.controls, self.rows = controls, 0
        self.shift: np.ndarray | None = None
        self.total, self.products = np.zeros(size), np.zeros((size, size))

    def add(self, rows: np.ndarray) -> None:
        if rows.shape[1]:
            self.shift = rows.mean(axis=1) if self.shift is None else self.shift
            shifted = rows - self.shift[:, None]
            self.rows += rows.shape[1]
            self.total += shifted.sum(axis=1)
            self.products += shifted @ shifted.T

    def slopes(self) -> np.ndarray:
        """Slopes of each outcome and measure on the controls: (controls, outcomes + 3)."""
        mean = self.total / self.rows
        centred = self.products - self.rows * np.outer(mean, mean)
        spread = np.sqrt(np.maximum(np.diag(centred) / self.rows, 0.0))
        level = np.sqrt(spread**2 + (self.shift + mean) ** 2)
        equations = NormalEquations(centred, spread, level, self.rows)
        regressors = list(range(self.controls))
        others = range(self.controls, len(mean))
        slopes = [equations.regress(j, regressors).values[: self.controls] for j in others]
        return np.column_stack(slopes)

    def residualise(self, rows: np.ndarray, slopes: np.ndarray) -> np.ndarray:
        """Residuals of outcomes and measures on controls and a constant, (outcomes + 3, n)."""
        centred = rows - (self.shift + self.total / self.rows)[:, None]
        return centred[self.controls :] - slopes.T @ centred[: self.controls]


class _SecondStage:
    """Second-stage cross-products of residualised outcomes and measures, by teacher.

    They give clustered errors. Also sums and squares of value added, for its SD.
    """

    def __init__(self, teachers: int, outcomes: int) -> None:
        size = outcomes + len(MEASURES)
        self.outcomes, self.rows = outcomes, 0
        self.count = np.zeros(teachers, dtype=int)
        self.products = np.zeros((teachers, len(MEASURES), size))
        self.moments = np.zeros((len(MEASURES), 3))

    def add(self, residuals: np.ndarray, rows: _TeacherRows) -> None:
        self.rows += residuals.shape[1]
        teachers = len(self.count)
        self.count += np.bincount(rows.teacher, minlength=teachers)
        for m, measure in enumerate(residuals[self.outcomes :]):
            for j, other in enumerate(residuals):
                self.products[:, m, j] += np.bincount(rows.teacher, measure * other, teachers)
        for m, own in enumerate((slice(None), rows.lower, ~rows.lower)):
            values = rows.value_added[m, own]
            self.moments[m] += len(values), values.sum(), (values**2).sum()

    def regressions(self, outcome_set: list[int], degrees: int) -> list[tuple]:
        """Coefficients of both regressions of each outcome, errors clustered by teacher."""
        products = self.products[self.count > 0]
        if len(products) < 2:
            return []
        number, total, squares = self.moments.T
        spread = np.sqrt((squares - total**2 / number) / (number - 1))
        rows = []
        for j, outcome in enumerate(outcome_set):
            for measures in REGRESSIONS:
                slopes, errors = _clustered(products, measures, self.outcomes, j, self.rows)
                for m, slope, error in zip(measures, slopes, errors, strict=True):
                    effect = (slope, error, slope * spread[m], error * spread[m])
                    freedom = degrees - len(measures)
                    rows.append((OUTCOMES[outcome], MEASURES[m], *effect, self.rows, freedom))
        return rows


def _clustered(
    products: np.ndarray, measures: list[int], outcomes: int, outcome: int, rows: int
) -> tuple[np.ndarray, np.ndarray]:
    """Slopes of an outcome on measures, and their standard errors clustered by teacher.

    products: (T, 3, outcomes + 3) cross-products by teacher of measures with outcomes and measures.
    Small-sample correction T / (T - 1) (n - 1) / (n - k).
    """
    squares = products[:, measures][:, :, [outcomes + m for m in measures]]
    crossed = products[:, measures, outcome]
    bread = np.linalg.inv(squares.sum(axis=0))
    slopes = bread @ crossed.sum(axis=0)
    scores = crossed - squares @ slopes
    clusters, k = len(products), len(measures)
    correction = clusters / (clusters - 1) * (rows - 1) / (rows - k)
    return slopes, np.sqrt(np.diag(bread @ (scores.T @ scores) @ bread) * correction)
