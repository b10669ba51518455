"""Convert columns of raw tables to their types."""

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.compute

from welfare_added.district.layout import Column

DAY = "datetime64[s]"
ISO_DAY = r"\d{4}-\d{2}-\d{2}"
MIDNIGHT = r"[T ]00:00:00$"  # as Excel's dates are read, and as databases write them
LARGEST_WHOLE = 2.0**53  # larger whole numbers are not exact in floating point


class WrongValuesError(Exception):
    """Values that are not of a column's type.

    Attributes
    ----------
    what
        What is wrong.
    rows
        Their positions.
    remedy
        What would be right; empty: as the column declares.

    """

    def __init__(self, what: str, wrong: pd.Series, remedy: str = ""):
        """Take what is wrong, and whether each row is."""
        self.what = what
        self.remedy = remedy
        self.rows = np.flatnonzero(wrong)


def plain_text(values: pyarrow.ChunkedArray) -> pyarrow.ChunkedArray:
    """Decode categorical columns and trim text."""
    if pyarrow.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    return pyarrow.compute.utf8_trim_whitespace(values) if holds_text(values) else values


def holds_text(values: pyarrow.ChunkedArray) -> bool:
    """Whether a column is one of text."""
    return pyarrow.types.is_string(values.type) or pyarrow.types.is_large_string(values.type)


def as_text(values: pyarrow.ChunkedArray) -> pyarrow.ChunkedArray:
    """A column as trimmed text, missing values missing; whole numbers without a point."""
    values = plain_text(values)
    if not holds_text(values):
        truth = pyarrow.types.is_boolean(values.type)
        content = (values.cast(pyarrow.int8()) if truth else values).to_pandas()
        if pd.api.types.is_float_dtype(content) and (content.dropna() % 1 == 0).all():
            content = content.astype("Int64")
        texts = content.astype("str").where(content.notna(), None)
        values = pyarrow.chunked_array([pyarrow.array(texts, pyarrow.string())])
    return values.cast(pyarrow.string())


def _is_text(column: Column) -> bool:
    return column.type in ("text", "category")


def _days(values: pyarrow.ChunkedArray) -> pd.Series:
    """Days as datetimes at midnight, of ISO text such as 2015-04-30 or of a column of dates."""
    if holds_text(values):
        texts = values.to_pandas()
        written = texts.str.replace(MIDNIGHT, "", regex=True)
        days = pd.to_datetime(written, format="%Y-%m-%d", errors="coerce", exact=True)
        days = days.where(written.str.fullmatch(ISO_DAY, na=False))
        wrong = days.isna() & texts.notna()
    elif pyarrow.types.is_date(values.type) or pyarrow.types.is_timestamp(values.type):
        days = pd.to_datetime(values.to_pandas())
        wrong = days.notna() & (days != days.dt.normalize())
    elif pyarrow.types.is_null(values.type):
        return empty_column(len(values), Column(type="date", about="", remedy=""))
    else:
        days = values.to_pandas()
        wrong = days.notna()
    if wrong.any():
        raise WrongValuesError("not a day of the calendar written as 2015-04-30", wrong)
    return days.astype(DAY)


def empty_column(rows: int, column: Column) -> pd.Series:
    """A column without any value, of its type."""
    if _is_text(column):
        return pd.Series([None] * rows, dtype="str")
    if column.type == "date":
        return pd.Series(np.full(rows, "NaT", dtype=DAY))
    return pd.Series(np.full(rows, np.nan))


def converted(values: pyarrow.ChunkedArray, column: Column) -> pd.Series:
    """Values as the type that the column is declared to have, a missing one as NaN or None.

    Parameters
    ----------
    values
        From `plain_text`.
    column
        What they have to be; its limits and categories are not checked here.

    Raises
    ------
    WrongValuesError
        If a value is not of that type.

    """
    if _is_text(column):
        return _identifiers(values)
    if column.type == "date":
        return _days(values)
    numbers = _numbers(values)
    return _whole(numbers, empty=column.empty) if column.type == "whole" else numbers


def _numbers(values: pyarrow.ChunkedArray) -> pd.Series:
    try:
        return values.cast(pyarrow.float64()).to_pandas()
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError):
        texts = values.to_pandas().astype("str")
        numbers = pd.to_numeric(texts, errors="coerce").astype("float64")
        is_text = numbers.isna() & texts.notna()
        if is_text.any():
            raise WrongValuesError("text where a number is expected", is_text) from None
        return numbers


def _whole(numbers: pd.Series, *, empty: bool) -> pd.Series:
    """Whole numbers as int64, or as float64 where some may be missing."""
    if not empty and numbers.isna().any():
        raise WrongValuesError("empty", numbers.isna())
    large = numbers.abs() > LARGEST_WHOLE
    if large.any():
        raise WrongValuesError("numbers too large to be whole and exact", large)
    fractional = numbers.notna() & (numbers != np.floor(numbers))
    if fractional.any():
        raise WrongValuesError("not a whole number", fractional)
    return numbers if empty else numbers.astype("int64")


def _identifiers(values: pyarrow.ChunkedArray) -> pd.Series:
    identifiers = values.to_pandas()
    if holds_text(values):
        control = (
            pyarrow.compute.match_substring_regex(values, r"[[:cntrl:]]")
            .fill_null(False)
            .to_pandas()
        )
        if control.any():
            raise WrongValuesError("control characters", control, "export it again as plain text")
    if pd.api.types.is_float_dtype(identifiers):
        fractional = identifiers.notna() & (identifiers != np.floor(identifiers))
        if fractional.any():
            raise WrongValuesError("a fraction where an identifier is expected", fractional)
        identifiers = identifiers.astype("Int64")
    return identifiers.astype("str").where(identifiers.notna(), None)
