"""Students by class and type, in one order, and their variables (Bates et al. 2022, eq. 4)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from welfare_added.district.vocabulary import ETHNICITIES
from welfare_added.run.errors import UserError
from welfare_added.value_added.student_variables import CLASS, NUMERIC_TRAITS, TEXT

POWERS = (1, 2, 3)  # of last year's score
PLAIN = (*NUMERIC_TRAITS, "economically_disadvantaged")
TYPES = (0, 1)
NONWHITE = "nonwhite"


def columns_read(trait: str, available: list[str]) -> list[str]:
    """Columns of the table of students that value added by a trait reads, in the table's order."""
    source = "ethnicity" if trait == NONWHITE else trait
    wanted = {*CLASS, "student_id", "score", "lagged_score", source, "ethnicity", "gender", *PLAIN}
    return [name for name in available if name in wanted]


@dataclass(frozen=True)
class StudentOrder:
    """The N students who are used, by class, type and student.

    rows: (N,) rows of the table; number: (N,) row of the class.
    """

    rows: np.ndarray
    number: np.ndarray


def read_students(path: Path | str, trait: str) -> pa.Table:
    """Read what value added by a trait needs from a parquet file of students."""
    columns = columns_read(trait, pq.read_schema(path).names)
    return pq.read_table(path, columns=columns, read_dictionary=TEXT)


def kinds_of(students: pa.Table, trait: str) -> np.ndarray:
    """Type of every student, 0 or 1, (n,).

    Raises UserError if a column that value added needs is missing or incomplete.
    """
    source = "ethnicity" if trait == NONWHITE else trait
    for name in ("student_id", *CLASS, "score", "lagged_score", source):
        if name not in students.column_names:
            raise UserError(
                f"records of students: there is no column {name}, needed by trait {trait}"
            )
        empty = _missing(students.column(name))
        if empty:
            raise UserError(
                f"records of students: {name} is missing in {empty:,} of {students.num_rows:,} "
                "rows; leave these students out of the records"
            )
    column = students.column(source)
    if trait == NONWHITE:
        return pc.not_equal(column.cast(pa.string()), "white").to_numpy().astype(np.int8)
    values = column.cast(pa.float64()).to_numpy()
    wrong = int((~np.isin(values, TYPES)).sum())
    if wrong:
        raise UserError(
            f"records of students: {trait} is neither 0 nor 1 in {wrong:,} of {len(values):,} "
            "rows; value added by type needs a trait of 0 and 1"
        )
    return values.astype(np.int8)


def _missing(column: pa.ChunkedArray) -> int:
    floating = pa.types.is_floating(column.type)
    return pc.sum(pc.is_null(column, nan_is_null=floating)).as_py() or 0


def _ranks(column: pa.ChunkedArray) -> np.ndarray:
    """Integer codes of the distinct values, in their order."""
    if pa.types.is_integer(column.type):
        values = column.cast(pa.int64()).to_numpy()
        return values - values.min(initial=0)
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    coded = coded.unify_dictionaries().combine_chunks()
    rank = np.empty(len(coded.dictionary), dtype=np.int64)
    rank[pc.sort_indices(coded.dictionary).to_numpy()] = np.arange(len(rank))
    return rank[coded.indices.to_numpy()]


def class_order(
    students: pa.Table, kind: np.ndarray, minimum: int
) -> tuple[StudentOrder, pd.DataFrame]:
    """Students of large enough classes by class, type and student; and the classes."""
    if not students.num_rows:
        raise UserError("value added: there are no students")
    keys = [_ranks(students.column(name)) for name in CLASS]
    code = np.unique(_combined(keys), return_inverse=True)[1]
    size = np.bincount(code)
    student = _ranks(students.column("student_id"))
    order = np.lexsort((student, kind, code))
    order = order[size[code[order]] >= minimum]
    if not len(order):
        raise UserError(
            f"value added: no class has {minimum} students; lower value_added.minimum_class_size"
        )
    _refuse_repeats(student[order], code[order])
    new = np.r_[True, np.diff(code[order]) != 0]
    first = order[new]
    table = students.select(CLASS).take(first).to_pandas()
    for name in CLASS:
        if isinstance(table[name].dtype, pd.CategoricalDtype):
            table[name] = table[name].astype(str)
    return StudentOrder(order, np.cumsum(new) - 1), table.assign(students=size[code[first]])


def _combined(keys: list[np.ndarray]) -> np.ndarray:
    """One integer a row for its combination of keys, in their order."""
    code = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        span = int(key.max()) + 1
        if (int(code.max()) + 1) * span >= 2**62:
            code = np.unique(code, return_inverse=True)[1]
        code = code * span + key
    return code


def _refuse_repeats(student: np.ndarray, code: np.ndarray) -> None:
    """Raise UserError if a student is in a class twice, which the order by type may hide."""
    together = np.lexsort((student, code))
    repeated = int(((np.diff(student[together]) == 0) & (np.diff(code[together]) == 0)).sum())
    if repeated:
        raise UserError(
            f"records of students: {repeated:,} rows repeat a student_id within a class and year; "
            "keep one row a student and year"
        )


def groups_of(number: np.ndarray, kind: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Group of each sorted student; class and type of each group."""
    code = number * len(TYPES) + kind
    new = np.r_[True, np.diff(code) != 0]
    return np.cumsum(new) - 1, number[new], kind[new].astype(int)


class StudentColumns:
    """Score, powers of last year's score and other controls as numbers, some students at a time."""

    def __init__(self, students: pa.Table) -> None:
        """Choose the controls that are recorded."""
        self.students = students
        recorded = [name for name in ("gender", "ethnicity", *PLAIN) if self._recorded(name)]
        present: list[str] = []
        if "ethnicity" in recorded:
            found = set(pc.unique(students.column("ethnicity").cast(pa.string())).to_pylist())
            present = [name for name in sorted(ETHNICITIES) if name in found][1:]
        self.ethnicities, self.gender = present, ["female"] if "gender" in recorded else []
        self.plain = [name for name in PLAIN if name in recorded]
        self.names = [
            *("score", *(f"lagged_score^{power}" for power in POWERS)),
            *(*self.gender, *(f"ethnicity_{name}" for name in present), *self.plain),
        ]

    def _recorded(self, name: str) -> bool:
        """Whether a control is recorded; raises UserError if it is for some students only."""
        if name not in self.students.column_names:
            return False
        empty = _missing(self.students.column(name))
        if 0 < empty < self.students.num_rows:
            raise UserError(
                f"value added: {name} is recorded for {self.students.num_rows - empty:,} of "
                f"{self.students.num_rows:,} student-years; record it for all, or for none to "
                "leave it out of the controls"
            )
        return not empty

    def values(self, rows: slice) -> np.ndarray:
        """Values of the K variables for some students, (K, n)."""
        some = self.students.slice(rows.start, rows.stop - rows.start)
        lagged = some.column("lagged_score").cast(pa.float64()).to_numpy()
        columns = [some.column("score").cast(pa.float64()).to_numpy()]
        columns += [lagged**power for power in POWERS]
        for name, values in (("gender", self.gender), ("ethnicity", self.ethnicities)):
            if values:
                text = some.column(name).cast(pa.string())
                columns += [pc.equal(text, value).to_numpy().astype(float) for value in values]
        columns += [some.column(name).cast(pa.float64()).to_numpy() for name in self.plain]
        return np.array(columns)
