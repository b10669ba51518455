"""Variables of students as numeric columns, read batch by batch."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from welfare_added.district.vocabulary import ETHNICITIES, SUBJECTS
from welfare_added.value_added.compiled_loops import (
    HIGHEST_POWER,
    NUMERIC_VARIABLES,
    write_students,
)

POWERS = tuple(range(1, HIGHEST_POWER + 1))
LAGS = tuple(f"lag_{subject}" for subject in SUBJECTS)
ETHNICITY = tuple(f"ethnicity_{name}" for name in sorted(ETHNICITIES))
NUMERIC_TRAITS = ("age", "lag_share_absent", "lag_special_education", "lag_english_learner")
LOWER = tuple(f"lower_{subject}" for subject in SUBJECTS)
NUMERIC = (*LAGS, "female", *NUMERIC_TRAITS, "class_size", *LOWER, *SUBJECTS)
COLUMNS = (
    *(f"{lag}^{power}" for lag in LAGS for power in POWERS),
    *NUMERIC[len(LAGS) :],
    *ETHNICITY,
)
MEASURES = ("standard", "lower", "higher")
CLASS = ["teacher_id", "year", "class_id", "grade", "school_id"]
TEXT = ["teacher_id", "class_id", "school_id", "ethnicity", "gender"]
READ = [*CLASS, *LOWER, *SUBJECTS, *LAGS, "ethnicity", "gender", *NUMERIC_TRAITS, "class_size"]


@dataclass(frozen=True)
class StudentFile:
    """Students in a parquet file, read one batch at a time.

    Attributes
    ----------
    path
        The analysis sample.
    rows
        Student-years in a batch.
    more
        Columns to read besides those that value added needs.

    """

    path: Path | str
    rows: int
    more: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[pa.Table]:
        """Read the file from its beginning."""
        # Otherwise Arrow holds whole row groups in memory.
        low_memory = {"pre_buffer": False, "buffer_size": 2**20}
        with pq.ParquetFile(self.path, read_dictionary=TEXT, **low_memory) as file:
            present = [name for name in (*READ, *self.more) if name in file.schema_arrow.names]
            for batch in file.iter_batches(self.rows, columns=present):
                yield pa.Table.from_batches([batch])


def as_batches(students: pd.DataFrame, more: tuple[str, ...] = ()) -> list[pa.Table]:
    """Students in memory, as a single batch; ``more`` as in `StudentFile`."""
    present = [name for name in (*READ, *more) if name in students]
    return [pa.Table.from_pandas(students[present], preserve_index=False)]


def numeric_and_ethnicity(batch: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """Numeric variables and ethnicity of a batch's n students, from which `COLUMNS` follow.

    Returns
    -------
    tuple of array
        (NUMERIC_VARIABLES, n) values of `NUMERIC`, NaN where missing; (n,) position in `ETHNICITY`,
        -1 where missing.

    """
    values = np.empty((NUMERIC_VARIABLES, batch.num_rows))
    for row, name in zip(values, NUMERIC, strict=True):
        if name == "female":
            row[:] = np.array([0.0, 1.0, np.nan])[_codes(batch, "gender", ("male", "female"))]
        elif name in batch.column_names:
            row[:] = batch.column(name).cast(pa.float64()).to_numpy()
        else:
            row[:] = np.nan
    return values, _codes(batch, "ethnicity", tuple(sorted(ETHNICITIES)))


def student_columns(batch: pa.Table) -> np.ndarray:
    """Values of the S `COLUMNS` for a batch's n students, zero where missing: (n, S)."""
    columns = np.zeros((batch.num_rows, len(COLUMNS)))
    write_students(*numeric_and_ethnicity(batch), columns)
    return columns


def _codes(batch: pa.Table, name: str, values: tuple[str, ...]) -> np.ndarray:
    """Position of each row's text in ``values``, -1 where it is none of them."""
    if name not in batch.column_names or pa.types.is_null(batch.column(name).type):
        return np.full(batch.num_rows, -1, dtype=np.int8)
    column = batch.column(name).dictionary_encode().combine_chunks()
    texts = column.dictionary.to_pylist()
    places = [values.index(text) if text in values else -1 for text in texts]
    rows = column.indices.fill_null(len(places)).to_numpy()
    return np.array([*places, -1], dtype=np.int8)[rows]
