"""Value added and later outcomes (appendix D, eq. 29, figure D.7)."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from welfare_added.value_added.class_sums import ClassRows, Sums, collect
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
REGRESSIONS = ([0], [1, 2])  # measures that enter together
COLUMNS = [
    *("outcome", "measure", "coefficient", "standard_error"),
    *("per_teacher_sd", "per_teacher_sd_error", "observations", "freedom"),
]
STUDENT = ("student_id",)
STUDENTS_AT_ONCE = 20_000  # with all their controls
log = logging.getLogger(__name__)


def with_any_college(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Add ``any_college``, known where both kinds of college are."""
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

    One row a student, year and subject; controls (means of classes and schools over the whole
    sample) and an indicator of the group enter separately for each subject. The two-group measures
    are value added on the student's own group, the one on lower-scoring students for them and the
    one on higher-scoring students for the others. Students are gone through three times: for the
    controls, for what they explain, and for what they leave (Frisch, Waugh, Lovell).

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
        the measure over student-years), per_teacher_sd_error, observations, freedom (degrees of,
        left over by measures and controls). No rows when no outcomes are known.

    """
    if outcomes.empty:
        log.info("no later outcomes are known: the table has no rows")
        return pd.DataFrame(columns=COLUMNS)
    if estimator == "empirical_bayes":
        log.warning("empirical Bayes estimates hold the students' own scores: read with care")
    known = with_any_college(outcomes).set_index("student_id")[list(OUTCOMES)]
    sums = collect(batches, 0)
    study = _Study(sums, variables(sums), estimates, known)
    regressions = {
        (number, k): _Partialling(len(study.columns.controls) + 1, len(together))
        for number, together in enumerate(study.patterns)
        for k in range(len(SUBJECTS))
    }
    for key, rows, _ in _pieces(batches, study):
        regressions[key].add(rows)
    slopes = {key: one.slopes() for key, one in regressions.items() if one.rows}
    left = [_Left(study.teacher.max() + 1, len(together)) for together in study.patterns]
    for key, rows, who in _pieces(batches, study):
        left[key[0]].add(regressions[key].left(rows, slopes[key]), who)
    rows = []
    for together, one in zip(study.patterns, left, strict=True):
        free = one.rows - len(SUBJECTS) * (len(study.columns.controls) + 2)
        rows += one.regressions(together, free)
    found = pd.DataFrame(rows, columns=COLUMNS)
    order = found["outcome"].map(OUTCOMES.index)
    return found.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


class _Study:
    """What is looked up for a batch of students."""

    def __init__(
        self, sums: Sums, columns: Variables, estimates: pd.DataFrame, known: pd.DataFrame
    ) -> None:
        self.columns, self.known = columns, known
        self.places = ClassRows(sums)
        self.teacher = sums.classes["teacher"].to_numpy()
        self.value_added = [_of_classes(sums.classes, estimates, s) for s in SUBJECTS]
        seen = known.notna().to_numpy()
        patterns: dict[bytes, list[int]] = {}
        for outcome in range(len(OUTCOMES)):
            if seen[:, outcome].any():
                patterns.setdefault(seen[:, outcome].tobytes(), []).append(outcome)
        self.patterns = list(patterns.values())


def _of_classes(classes: pd.DataFrame, estimates: pd.DataFrame, subject: str) -> np.ndarray:
    """Value added of each class's teacher, (3, C); missing where there is none."""
    own = estimates[estimates["subject"] == subject].drop_duplicates(["teacher_id", "year"])
    names = [f"va_{group}" for group in MEASURES]
    joined = classes[["teacher_id", "year"]].merge(
        own[["teacher_id", "year", *names]], on=["teacher_id", "year"], how="left"
    )
    return joined[names].to_numpy(float).T


@dataclass(frozen=True)
class _Who:
    """Of n rows: code of the teacher (n,), value added (3, n), and whether lower-scoring (n,)."""

    teacher: np.ndarray
    value_added: np.ndarray
    lower: np.ndarray


def _pieces(
    batches: Iterable[pa.Table], study: _Study
) -> Iterator[tuple[tuple[int, int], np.ndarray, _Who]]:
    """Controls, indicator, outcomes and measures, by outcomes known together and subject."""
    names = study.columns.names
    for batch in (part for whole in batches for part in _cut(whole)):
        at = study.places.of(batch)
        columns = study.columns.rows(student_columns(batch), at)
        person = study.known.index.get_indexer(batch.column("student_id").to_pandas())
        known = np.where(person >= 0, study.known.to_numpy(float)[person].T, np.nan)
        for k, subject in enumerate(SUBJECTS):
            lower = columns[names.index(f"lower_{subject}")]
            value_added = study.value_added[k][:, at]
            measures = value_added * [np.ones_like(lower), lower, 1 - lower]
            for number, together in enumerate(study.patterns):
                use = ~np.isnan(known[together[0]]) & ~np.isnan(value_added[0])
                parts = (columns[study.columns.controls], [lower], known[together], measures)
                who = _Who(study.teacher[at][use], value_added[:, use], lower[use] == 1)
                yield (number, k), np.vstack(parts)[:, use], who


def _cut(batch: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, batch.num_rows, STUDENTS_AT_ONCE):
        yield batch.slice(start, STUDENTS_AT_ONCE)


class _Partialling:
    """Products of ``controls`` regressors and what is regressed on them, from which slopes follow.

    Rows are shifted by the means of the first ones, so that sums of products lose no digits.
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
        """Slopes of every outcome and measure on the controls: (controls, outcomes + 3)."""
        mean = self.total / self.rows
        centred = self.products - self.rows * np.outer(mean, mean)
        spread = np.sqrt(np.maximum(np.diag(centred) / self.rows, 0.0))
        level = np.sqrt(spread**2 + (self.shift + mean) ** 2)
        equations = NormalEquations(centred, spread, level, self.rows)
        regressors = list(range(self.controls))
        others = range(self.controls, len(mean))
        found = [equations.regress(j, regressors).values[: self.controls] for j in others]
        return np.column_stack(found)

    def left(self, rows: np.ndarray, slopes: np.ndarray) -> np.ndarray:
        """Outcomes and measures net of controls and a constant, (outcomes + 3, n)."""
        centred = rows - (self.shift + self.total / self.rows)[:, None]
        return centred[self.controls :] - slopes.T @ centred[: self.controls]


class _Left:
    """Products of what is left, by teacher, and the spread of value added over student-years."""

    def __init__(self, teachers: int, outcomes: int) -> None:
        size = outcomes + len(MEASURES)
        self.outcomes, self.rows = outcomes, 0
        self.count = np.zeros(teachers, dtype=int)
        self.products = np.zeros((teachers, len(MEASURES), size))
        self.moments = np.zeros((len(MEASURES), 3))

    def add(self, left: np.ndarray, who: _Who) -> None:
        self.rows += left.shape[1]
        teachers = len(self.count)
        self.count += np.bincount(who.teacher, minlength=teachers)
        for m, measure in enumerate(left[self.outcomes :]):
            for j, other in enumerate(left):
                self.products[:, m, j] += np.bincount(who.teacher, measure * other, teachers)
        for m, own in enumerate((slice(None), who.lower, ~who.lower)):
            values = who.value_added[m, own]
            self.moments[m] += len(values), values.sum(), (values**2).sum()

    def regressions(self, together: list[int], free: int) -> list[tuple]:
        """Both regressions of each outcome, errors clustered by teacher."""
        products = self.products[self.count > 0]
        if len(products) < 2:
            return []
        number, total, squares = self.moments.T
        spread = np.sqrt((squares - total**2 / number) / (number - 1))
        rows = []
        for j, outcome in enumerate(together):
            for measures in REGRESSIONS:
                slopes, errors = _clustered(products, measures, self.outcomes, j, self.rows)
                for m, slope, error in zip(measures, slopes, errors, strict=True):
                    effect = (slope, error, slope * spread[m], error * spread[m])
                    freedom = free - len(measures)
                    rows.append((OUTCOMES[outcome], MEASURES[m], *effect, self.rows, freedom))
        return rows


def _clustered(
    products: np.ndarray, measures: list[int], outcomes: int, outcome: int, rows: int
) -> tuple[np.ndarray, np.ndarray]:
    """Slopes of an outcome on measures, and their errors clustered by teacher.

    products: (T, 3, outcomes + 3) sums by teacher of measures times everything. The errors have
    the usual correction T / (T - 1) (n - 1) / (n - k).
    """
    squares = products[:, measures][:, :, [outcomes + m for m in measures]]
    crossed = products[:, measures, outcome]
    bread = np.linalg.inv(squares.sum(axis=0))
    slopes = bread @ crossed.sum(axis=0)
    scores = crossed - squares @ slopes
    clusters, k = len(products), len(measures)
    correction = clusters / (clusters - 1) * (rows - 1) / (rows - k)
    return slopes, np.sqrt(np.diag(bread @ (scores.T @ scores) @ bread) * correction)
