"""Numbers to so many significant digits, well above the noise of linear algebra."""

import numpy as np
import pandas as pd

DIGITS = 8  # further digits depend on the machine's linear algebra
NOTHING = 1e-12  # what is smaller stands for zero in a table


def significant(values: np.ndarray, digits: int = DIGITS) -> np.ndarray:
    """Numbers of any shape to so many significant digits."""
    values = np.asarray(values, dtype=float)
    flat = [float(f"{one:.{digits}g}") for one in values.ravel()]
    return np.array(flat).reshape(values.shape)


def significant_table(table: pd.DataFrame, digits: int = DIGITS) -> pd.DataFrame:
    """A table with its numbers to so many significant digits; what is below 1e-12 is zero."""
    rounded = table.copy()
    for name in table.select_dtypes("floating"):
        values = table[name].to_numpy()
        rounded[name] = significant(np.where(np.abs(values) < NOTHING, 0.0, values), digits)
    return rounded
