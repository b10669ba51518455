"""Score matrices as they are given, checked and made square for the solvers."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError

Scores = pd.DataFrame | np.ndarray | Sequence[Sequence[float]]
Within = tuple[Sequence[Hashable], Sequence[Hashable]]


@dataclass(frozen=True)
class Factors:
    """Scores of n rows in m columns as a product: row i in column j has rows[i] @ columns[j].

    Attributes
    ----------
    rows, columns : (n, k) and (m, k) arrays
    row_names, column_names
        Labels of a DataFrame or Series, or 0, 1, ...

    """

    rows: np.ndarray
    columns: np.ndarray
    row_names: pd.Index
    column_names: pd.Index

    @property
    def shape(self) -> tuple[int, int]:
        """(n, m)."""
        return len(self.rows), len(self.columns)

    def padded(self) -> "Factors":
        """As many rows as columns; those added score zero everywhere."""
        size = max(self.shape)
        rows, columns = (
            np.vstack([part, np.zeros((size - len(part), part.shape[1]))])
            for part in (self.rows, self.columns)
        )
        return Factors(rows, columns, self.row_names, self.column_names)

    def of(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Score of each (row, column)."""
        return np.einsum("ik,ik->i", self.rows[rows], self.columns[columns])


def matrix(scores: Scores, name: str) -> tuple[np.ndarray, pd.Index, pd.Index]:
    """A matrix of numbers, its rows' and its columns' labels.

    Raises
    ------
    UserError
        If it is not a matrix of numbers, is empty, or is infinite somewhere.

    """
    table = scores if isinstance(scores, pd.DataFrame) else pd.DataFrame(np.asarray(scores))
    if np.ndim(scores) != 2 or 0 in table.shape:
        raise UserError(
            f"{name}: want a matrix with a row a teacher and a column a class; got the shape "
            f"{np.shape(scores)}."
        )
    try:
        values = table.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise UserError(f"{name}: the scores must be numbers ({error}).") from None
    if np.isinf(values).any():
        row, column = np.argwhere(np.isinf(values))[0]
        raise UserError(
            f"{name}: {np.isinf(values).sum()} scores are infinite, the first in row {row}, "
            f"column {column} (counted from 0). Leave a pair that is not allowed missing (NaN)."
        )
    return values, table.index, table.columns


def factors(scores: Scores | tuple, name: str) -> Factors:
    """Factors of a matrix, or of a pair (value of each row, size of each column).

    Raises
    ------
    UserError
        As `matrix`, and if a number is missing.

    """
    if isinstance(scores, tuple) and len(scores) == 2 and np.ndim(scores[0]) == 1:
        sides = [pd.Series(side) for side in scores]
        table = [matrix(side.to_frame(), f"{name}, part {k}") for k, side in enumerate(sides, 1)]
        (rows, row_names, _), (columns, column_names, _) = table
    else:
        values, row_names, column_names = matrix(scores, name)
        rows, columns = np.eye(len(values)), values.T.copy()
    missing = np.isnan(rows).sum() + np.isnan(columns).sum()
    if missing:
        raise UserError(f"{name}: {missing} scores are missing; leave out such rows and columns.")
    return Factors(rows, columns, row_names, column_names)


def blocks(within: Within | None, shape: tuple[int, int]) -> np.ndarray:
    """Block of row i and of column i, (n,), once both are sorted by their labels; zero without.

    Raises
    ------
    UserError
        If the labels do not fit the matrix, or a label has more rows than columns or fewer.

    """
    if within is None:
        return np.zeros(max(shape), dtype=int)
    of_rows, of_columns = (pd.Series(list(labels)) for labels in within)
    if (len(of_rows), len(of_columns)) != shape:
        raise UserError(
            f"within: {len(of_rows)} labels of rows and {len(of_columns)} of columns do not fit "
            f"{shape[0]} rows and {shape[1]} columns."
        )
    counts = pd.DataFrame({"rows": of_rows.value_counts(), "columns": of_columns.value_counts()})
    uneven = counts[counts["rows"] != counts["columns"]].fillna(0)
    if len(uneven):
        label, (rows, columns) = uneven.index[0], uneven.iloc[0]
        raise UserError(
            f"within: {len(uneven)} labels have other numbers of rows than of columns, for "
            f"example {label!r}: {rows:.0f} and {columns:.0f}."
        )
    return pd.factorize(of_rows.sort_values(kind="stable"), sort=True)[0]
