"""Effects of having a teacher of the own race or gender (Bates et al. 2022, table A6).

The appendix is not in the stored text: the specification is ours.
"""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from welfare_added.run.errors import UserError
from welfare_added.value_added.significant import significant_table
from welfare_added.value_added.type_residuals import StudentResiduals, student_residuals

WHITE = "white"  # of teachers: known to be neither black nor hispanic
GROUPS = {"race": ("black", "hispanic", WHITE), "gender": ("female", "male")}
OF_STUDENTS = {"race": "ethnicity", "gender": "gender"}
OF_TEACHERS = {"race": ("black", "hispanic"), "gender": ("female",)}
FEWEST = 10  # teachers of a group, and of others: of fewer no standard error can be given
DEPENDENT = 1e-10  # share of a regressor's square below which it is one of others
UNKNOWN = -1
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Cells:
    """Students of one trait in one class and of one type, for whom all regressors are the same.

    Attributes
    ----------
    teacher, number, kind, own : (n,) int arrays
        Codes of the teacher, of the class, of the type and of the students' race or gender.
    group, teachers_group : (n,) int arrays
        Position in `GROUPS` of the students' and the teacher's race or gender; -1 for none.
    students, mean : (n,) arrays
        Number of students; mean of their residuals [student SD].

    """

    teacher: np.ndarray
    number: np.ndarray
    kind: np.ndarray
    own: np.ndarray
    group: np.ndarray
    teachers_group: np.ndarray
    students: np.ndarray
    mean: np.ndarray

    def only(self, rows: np.ndarray) -> "Cells":
        """Some of the cells."""
        return Cells(**{name: values[rows] for name, values in vars(self).items()})


def same_trait(
    students: pa.Table, teachers: pd.DataFrame, *, trait: str, minimum_class_size: int
) -> pd.DataFrame:
    """Table A6: residual scores on whether student and teacher are of one race, or one gender.

    A student's residual A = score - X b (eq. 4) is regressed on an indicator that she and her
    teacher are of the same race (gender), with effects of her own race (gender) and of the teacher
    on each type of student, by least squares. The effects of teachers are by type because those of
    the model are (mu_0, mu_1), and since A keeps the gap between the types: what is estimated is a
    match beside the one that the model has. b is of the regression within classes and types,
    without the indicator. Standard errors are clustered by teacher, with G / (G - 1) (n - 1) /
    (n - k), where k leaves out effects of teachers and classes, which lie within the clusters.

    Same race: both black, both hispanic, or a white student and a teacher known to be neither, for
    the records do not tell which other race a teacher is of; Asian and other students are never of
    their teacher's race. With two genders, effects of "both female" and "both male" cannot be told
    apart: the effect is half of the difference in differences.

    Parameters
    ----------
    students
        See `type_sums`; ethnicity and gender.
    teachers
        teacher_id, female, black, hispanic (0 or 1, or missing), in one or more rows a teacher.
        Students of a teacher whose race (gender) is unknown are left out of its regressions.
    trait, minimum_class_size
        See `type_sums`.

    Returns
    -------
    DataFrame
        trait (race, gender), row, estimate, standard_error [student SD], n (student-years). Rows:
        same; of race both_black, both_hispanic, both_white, three indicators in one regression;
        same_within_class, with effects of the class on each type instead of the teacher's, which
        hold schools, years and experience too; unknown_teachers, where n are those left out. An
        estimate is missing if it is not identified, or if fewer than `FEWEST` teachers are of the
        group or of others (of "same": are not of the largest group).

    Raises
    ------
    UserError
        If a trait of teachers is neither 0 nor 1, or has two values of one teacher; and as in
        `type_sums`.

    """
    scored = student_residuals(students, trait=trait, minimum_class_size=minimum_class_size)
    rows = [row for name in GROUPS for row in _rows(scored, teachers, name)]
    columns = ["trait", "row", "estimate", "standard_error", "n"]
    return significant_table(pd.DataFrame(rows, columns=columns))


def _rows(scored: StudentResiduals, teachers: pd.DataFrame, name: str) -> list[tuple]:
    cells = cells_of(scored, teacher_groups(teachers, name), name)
    known = cells.only(cells.teachers_group != UNKNOWN)
    unknown = cells.only(cells.teachers_group == UNKNOWN)
    left_out = len(np.unique(unknown.teacher)), int(unknown.students.sum())
    log.info("%s is unknown of %d teachers, of %d student-years", name, *left_out)
    n = int(known.students.sum())
    rows = [(name, row, *pair, n) for row, pair in estimates(known, GROUPS[name]).items()]
    return [*rows, (name, "unknown_teachers", np.nan, np.nan, left_out[1])]


def teacher_groups(teachers: pd.DataFrame, trait: str) -> pd.Series:
    """Position in `GROUPS` of the race or gender of each teacher for whom it is known, by id."""
    flags = list(OF_TEACHERS[trait])
    known = teachers[["teacher_id", *flags]].dropna().drop_duplicates()
    values = known[flags].to_numpy(float)
    wrong = int((~np.isin(values, (0, 1)).all(axis=1) | (values.sum(axis=1) > 1)).sum())
    if wrong:
        raise UserError(
            f"records of teachers: of {wrong:,} teachers, {' and '.join(flags)} is neither 0 nor "
            "1, or 1 in two columns; code each 0 or 1, or leave it empty"
        )
    twice = known.loc[known["teacher_id"].duplicated(), "teacher_id"].nunique()
    if twice:
        raise UserError(
            f"records of teachers: {twice:,} teachers change their {trait} between years; give "
            "every teacher one, or leave it empty"
        )
    group = np.where(values.any(axis=1), values.argmax(axis=1), len(flags))
    return pd.Series(group, index=pd.Index(known["teacher_id"].to_numpy()))


def cells_of(scored: StudentResiduals, of_teacher: pd.Series, trait: str) -> Cells:
    """Residuals by class, type and race (gender); none, if students have no race (gender)."""
    own, names = _own(scored.students, OF_STUDENTS[trait])
    levels = max(len(names), 1)
    code = (scored.number * 2 + scored.kind) * levels + own
    count = np.bincount(code[own != UNKNOWN])
    total = np.bincount(code[own != UNKNOWN], scored.residual[own != UNKNOWN])
    at = np.flatnonzero(count)
    number, kind, own = at // (2 * levels), at // levels % 2, at % levels
    teacher, ids = pd.factorize(scored.classes["teacher_id"])
    row = of_teacher.index.get_indexer(ids)
    groups = np.append(of_teacher.to_numpy(int), UNKNOWN)[row]
    position = [GROUPS[trait].index(name) if name in GROUPS[trait] else UNKNOWN for name in names]
    return Cells(
        teacher=teacher[number],
        number=number,
        kind=kind,
        own=own,
        group=np.array(position, dtype=int)[own],
        teachers_group=groups[teacher[number]],
        students=count[at],
        mean=total[at] / count[at],
    )


def _own(students: pa.Table, column: str) -> tuple[np.ndarray, list[str]]:
    """Code of each student's race (gender), -1 where missing; and their names, sorted."""
    if column not in students.column_names:
        return np.full(students.num_rows, UNKNOWN), []
    text = students.column(column).cast(pa.string())
    names = sorted(name for name in pc.unique(text).to_pylist() if name is not None)
    place = pc.index_in(text, pa.array(names, pa.string()))
    return pc.fill_null(place, UNKNOWN).to_numpy().astype(np.int64), names


def estimates(cells: Cells, groups: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    """Estimate and standard error by row of `same_trait`."""
    same = cells.group == cells.teachers_group
    teachers = _teachers(cells, len(groups))
    by_teacher, by_class = cells.teacher * 2 + cells.kind, cells.number * 2 + cells.kind
    few = teachers.sum() - teachers.max() < FEWEST
    found = {"same": _fit(cells, by_teacher, [same], few=[few])[0]}
    if len(groups) > 2:  # of two groups the indicators are one, given the main effects
        each = [same & (cells.teachers_group == g) for g in range(len(groups))]
        too_few = np.minimum(teachers, teachers.sum() - teachers) < FEWEST
        fits = _fit(cells, by_teacher, each, few=too_few)
        found |= {f"both_{name}": fit for name, fit in zip(groups, fits, strict=True)}
    found["same_within_class"] = _fit(cells, by_class, [same], few=[few])[0]
    return found


def _teachers(cells: Cells, groups: int) -> np.ndarray:
    """Number of teachers in each group, (g,)."""
    first = np.unique(cells.teacher, return_index=True)[1]
    return np.bincount(cells.teachers_group[first], minlength=groups)


def _fit(cells: Cells, absorbed: np.ndarray, indicators: list, *, few) -> list[tuple]:
    """`regress_within`, of which estimates with too few teachers behind them are not given."""
    missing = (np.nan, np.nan)
    if all(few):
        return [missing] * len(indicators)
    found = regress_within(cells, absorbed, np.column_stack(indicators))
    return [missing if low else tuple(pair) for low, pair in zip(few, found, strict=True)]


def regress_within(cells: Cells, absorbed: np.ndarray, indicators: np.ndarray) -> np.ndarray:
    """Regress students' residuals on indicators and own race (gender), within absorbed effects.

    Cells weighted by students give what students give, with errors clustered by teacher.

    Parameters
    ----------
    cells
        n of them.
    absorbed : (n,) int array
        Codes of the effects.
    indicators : (n, q) bool array

    Returns
    -------
    (q, 2) array
        Estimates and standard errors; missing where one is not identified.

    """
    own = cells.own[:, None] == np.unique(cells.own)[1:]
    x = np.column_stack([indicators, own]).astype(float)
    weight = cells.students.astype(float)
    scale = np.sqrt(weight @ x)  # norms of columns of zeros and ones
    scale[scale == 0] = 1.0
    left = _deviations(np.column_stack([x / scale, cells.mean]), absorbed, weight)
    x, y = left[:, :-1], left[:, -1]
    value, vector = np.linalg.eigh(x.T @ (x * weight[:, None]))
    kept = value > DEPENDENT
    inverse = (vector[:, kept] / value[kept]) @ vector[:, kept].T
    identified = (vector[:, ~kept] ** 2).sum(axis=1) < DEPENDENT
    slope = inverse @ (x.T @ (weight * y))
    scores = x * (weight * (y - x @ slope))[:, None]
    teachers, code = np.unique(cells.teacher, return_inverse=True)
    sums = np.column_stack([np.bincount(code, column) for column in scores.T]) @ inverse
    clusters, n, k = len(teachers), weight.sum(), kept.sum()
    factor = clusters / (clusters - 1) * (n - 1) / (n - k)
    error = np.sqrt(factor * (sums**2).sum(axis=0))
    found = np.column_stack([slope, error]) / scale[:, None]
    found[~identified] = np.nan
    return found[: indicators.shape[1]]


def _deviations(columns: np.ndarray, effect: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Deviations of columns (n, m) from their weighted means by effect."""
    code = np.unique(effect, return_inverse=True)[1]
    total = np.bincount(code, weight)
    means = np.column_stack([np.bincount(code, weight * column) for column in columns.T])
    return columns - (means / total[:, None])[code]
