"""Students as columns of numbers, batch by batch."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from welfare_added.district.vocabulary import ETHNICITIES, SUBJECTS
from welfare_added.value_added.compiled_loops import AMOUNTS, HIGHEST, write_students

POWERS = tuple(range(1, HIGHEST + 1))
LAGS = tuple(f"lag_{subject}" for subject in SUBJECTS)
ETHNICITY = tuple(f"ethnicity_{name}" for name in sorted(ETHNICITIES))
NUMBERS = ("age", "lag_share_absent", "lag_special_education", "lag_english_learner")
LOWER = tuple(f"lower_{subject}" for subject in SUBJECTS)
MEASURED = (*LAGS, "female", *NUMBERS, "class_size", *LOWER, *SUBJECTS)
COLUMNS = (
    *(f"{lag}^{power}" for lag in LAGS for power in POWERS),
    *MEASURED[len(LAGS) :],
    *ETHNICITY,
)
MEASURES = ("standard", "lower", "higher")
CLASS = ["teacher_id", "year", "class_id", "grade", "school_id"]
TEXT = ["teacher_id", "class_id", "school_id", "ethnicity", "gender"]
READ = [*CLASS, *LOWER, *SUBJECTS, *LAGS, "ethnicity", "gender", *NUMBERS, "class_size"]


@dataclass(frozen=True)
class StudentFile:
    """Students in a parquet file, of which a batch is in memory at a time.

    Attributes
    ----------
    path
        The analysis sample.
    rows
        Student-years in a batch.
    more
        Columns to read beside those that value added needs.

    """

    path: Path | str
    rows: int
    more: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[pa.Table]:
        """Read the file from its beginning."""
        # Without these bounds Arrow keeps the columns of whole row groups.
        little = {"pre_buffer": False, "buffer_size": 2**20}
        with pq.ParquetFile(self.path, read_dictionary=TEXT, **little) as file:
            there = [name for name in (*READ, *self.more) if name in file.schema_arrow.names]
            for batch in file.iter_batches(self.rows, columns=there):
                yield pa.Table.from_batches([batch])


def as_batches(students: pd.DataFrame, more: tuple[str, ...] = ()) -> list[pa.Table]:
    """Students in memory, as a single batch; ``more`` as in `StudentFile`."""
    there = [name for name in (*READ, *more) if name in students]
    return [pa.Table.from_pandas(students[there], preserve_index=False)]


def measured(batch: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """What is known of a batch's students, from which `COLUMNS` follow.

    Returns
    -------
    tuple of array
        (AMOUNTS, n) values of `MEASURED`, NaN where unknown; (n,) position in `ETHNICITY`, -1 where
        unknown.

    """
    values = np.empty((AMOUNTS, batch.num_rows))
    for row, name in zip(values, MEASURED, strict=True):
        if name == "female":
            row[:] = np.array([0.0, 1.0, np.nan])[_codes(batch, "gender", ("male", "female"))]
        elif name in batch.column_names:
            row[:] = batch.column(name).cast(pa.float64()).to_numpy()
        else:
            row[:] = np.nan
    return values, _codes(batch, "ethnicity", tuple(sorted(ETHNICITIES)))


def student_columns(batch: pa.Table) -> np.ndarray:
    """Values of `COLUMNS` of a batch's students, zero where unknown: (n, S)."""
    found = np.zeros((batch.num_rows, len(COLUMNS)))
    write_students(*measured(batch), found)
    return found


def _codes(batch: pa.Table, name: str, values: tuple[str, ...]) -> np.ndarray:
    """Position of each row's text among some values, -1 where it is none of them."""
    if name not in batch.column_names or pa.types.is_null(batch.column(name).type):
        return np.full(batch.num_rows, -1, dtype=np.int8)
    column = batch.column(name).dictionary_encode().combine_chunks()
    texts = column.dictionary.to_pylist()
    places = [values.index(text) if text in values else -1 for text in texts]
    rows = column.indices.fill_null(len(places)).to_numpy()
    return np.array([*places, -1], dtype=np.int8)[rows]
