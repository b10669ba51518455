"""Students as columns of numbers, batch by batch."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from welfare_added.district.tables import ETHNICITIES, SUBJECTS

POWERS = (1, 2, 3)
LAGS = tuple(f"lag_{subject}" for subject in SUBJECTS)
ETHNICITY = tuple(f"ethnicity_{name}" for name in sorted(ETHNICITIES))
NUMBERS = ("age", "lag_share_absent", "lag_special_education", "lag_english_learner")
LOWER = tuple(f"lower_{subject}" for subject in SUBJECTS)
COLUMNS = (
    *(f"{lag}^{power}" for lag in LAGS for power in POWERS),
    *ETHNICITY,
    *("female", *NUMBERS, "class_size"),
    *LOWER,
    *SUBJECTS,
)
CLASS = ["teacher_id", "year", "class_id", "grade", "school_id"]
TEXT = ["teacher_id", "class_id", "school_id"]
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

    """

    path: Path | str
    rows: int

    def __iter__(self) -> Iterator[pa.Table]:
        """Read the file from its beginning, the columns that value added needs."""
        text = [*TEXT, "ethnicity", "gender"]
        with pq.ParquetFile(self.path, read_dictionary=text) as file:
            there = [name for name in READ if name in file.schema_arrow.names]
            for batch in file.iter_batches(self.rows, columns=there):
                yield pa.Table.from_batches([batch])


def as_batches(students: pd.DataFrame) -> list[pa.Table]:
    """Students in memory, as a single batch."""
    there = [name for name in READ if name in students]
    return [pa.Table.from_pandas(students[there], preserve_index=False)]


def student_columns(batch: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """Write a batch's students as numbers.

    Returns
    -------
    tuple of array
        (S, n) values of `COLUMNS`, zero where unknown; (S,) in how many rows each is known.

    """
    values = np.zeros((len(COLUMNS), batch.num_rows))
    known = np.zeros(len(COLUMNS), dtype=int)
    place = {name: row for row, name in enumerate(COLUMNS)}

    def put(name: str, column: np.ndarray, count: int) -> None:
        values[place[name]], known[place[name]] = column, count

    for lag in LAGS:
        first, count = _numbers(batch, lag)
        power = first
        for exponent in POWERS:
            put(f"{lag}^{exponent}", power, count)
            power = power * first
    for name in (*NUMBERS, "class_size", *LOWER, *SUBJECTS):
        put(name, *_numbers(batch, name))
    codes, count = _codes(batch, "ethnicity", ETHNICITIES)
    for name in ETHNICITY:
        code = ETHNICITIES.index(name.removeprefix("ethnicity_"))
        put(name, codes == code, count)
    codes, count = _codes(batch, "gender", ("female",))
    put("female", codes == 0, count)
    return values, known


def _numbers(batch: pa.Table, name: str) -> tuple[np.ndarray, int]:
    if name not in batch.column_names:
        return np.zeros(batch.num_rows), 0
    values = batch.column(name).cast(pa.float64()).to_numpy()
    unknown = np.isnan(values)
    count = len(values) - int(unknown.sum())
    return values if count == len(values) else np.where(unknown, 0.0, values), count


def _codes(batch: pa.Table, name: str, values: tuple[str, ...]) -> tuple[np.ndarray, int]:
    """Position of each row's text among some values, -1 where it is none of them."""
    if name not in batch.column_names or pa.types.is_null(batch.column(name).type):
        return np.full(batch.num_rows, -1), 0
    column = batch.column(name).dictionary_encode().combine_chunks()
    places = [
        values.index(text) if text in values else -1 for text in column.dictionary.to_pylist()
    ]
    codes = np.array([*places, -1])[column.indices.fill_null(len(places)).to_numpy()]
    return codes, batch.num_rows - column.null_count
