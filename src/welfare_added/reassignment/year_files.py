"""A year's plans in every draw as a file, whose last digits depend on the processor.

No table for readers: those are made from all years together, and rounded.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from welfare_added.selection.array_files import write_arrays


def save_tables(path: Path | str, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables as an npz file, one array a column."""
    arrays = {
        f"{name}/{column}": _plain(table[column])
        for name, table in tables.items()
        for column in table
    }
    write_arrays(path, arrays)


def read_tables(paths: Sequence[Path | str]) -> dict[str, pd.DataFrame]:
    """Tables of `save_tables`, those of all files below each other."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for path in paths:
        with np.load(path, allow_pickle=False) as file:
            columns: dict[str, dict[str, np.ndarray]] = {}
            for key in file.files:
                name, column = key.split("/")
                columns.setdefault(name, {})[column] = file[key]
        for name, own in columns.items():
            parts.setdefault(name, []).append(pd.DataFrame(own))
    return {name: pd.concat(own, ignore_index=True) for name, own in parts.items()}


def _plain(column: pd.Series) -> np.ndarray:
    """Values of a column; text as fixed-width text, which needs no pickle."""
    values = column.to_numpy()
    return values.astype(str) if values.dtype == object or column.dtype == "str" else values
