"""Numbers as countries and offices write them: decimal commas, and school years as 2015-16."""

import pyarrow
import pyarrow.compute as pc

from welfare_added.district.columns import holds_text, plain_text
from welfare_added.district.layout import Table
from welfare_added.district.problems import Problem

POINT = r"^\s*[+-]?\d*\.\d+\s*$"
COMMA = r"^\s*[+-]?\d*,\d+\s*$"
# It may be a thousand: 1,234 and 12,345,678.
EITHER = r"^\s*[+-]?\d{1,3}(,\d{3})+\s*$"
NUMERIC = ("number", "whole", "flag")
SCHOOL_YEAR = r"^(?P<first>\d{4})\s*[-/\x{2013}]\s*(?P<last>\d{4}|\d{2})$"


def with_points(
    raw: pyarrow.Table, declared: Table, file: str, decimal: str | None, problems: list[Problem]
) -> tuple[pyarrow.Table, list[str]]:
    """Write decimal commas of a table's numbers as points.

    A table has one decimal mark: a comma if some number can only be read so. Where a comma may
    separate thousands, and where some numbers have points and others commas, that goes into
    ``problems``; ``decimal`` (comma or point) says which is meant where both are possible.

    Returns
    -------
    tuple of (Table, list of str)
        The table, and a sentence if commas were read as decimals.

    """
    numbers = [name for name, column in declared.columns.items() if column.type in NUMERIC]
    columns = {name: plain_text(raw[name]) for name in numbers if name in raw.column_names}
    texts = {name: column for name, column in columns.items() if holds_text(column)}
    points = [name for name, column in texts.items() if _any(column, POINT)]
    commas = [name for name, one in texts.items() if _any(one, COMMA) or _any(one, EITHER)]
    if not commas:
        return raw, []
    sure = [name for name in commas if _any_but(texts[name], COMMA, EITHER)]
    if decimal is None and (points or not sure):
        what, remedy = _unclear(points, sure)
        wrong = sure or commas
        rows = sum(_count(texts[name], ",") for name in wrong)
        problems.append(Problem(file, what, remedy, ", ".join(wrong), rows))
        return raw, []
    new, kind = ("", "separators of thousands") if decimal == "point" else (".", "decimal commas")
    for name in commas:
        place = raw.column_names.index(name)
        raw = raw.set_column(place, name, pc.replace_substring(texts[name], ",", new))
    return raw, [f"{file}: {kind} in {', '.join(commas)}"]


def _unclear(points: list[str], sure: list[str]) -> tuple[str, str]:
    """What is wrong with a table's commas, and the remedy."""
    if points and sure:
        what = f"decimal commas here, and decimal points in {', '.join(points)}"
        return what, "export all numbers with the same decimal mark"
    return (
        "commas that may be decimals or thousands, as in 1,234",
        "set district.decimal in config.yaml to comma, or to point if they are thousands",
    )


def springs(column: pyarrow.ChunkedArray, of: str) -> pyarrow.ChunkedArray:
    """School years written 2015-16, 2015/16 or 2015-2016 as their spring, 2016 (or autumn, 2015).

    Other texts stay, so also 2015-17, which is no school year.
    """
    parts = pc.extract_regex(column, SCHOOL_YEAR)
    first = pc.struct_field(parts, "first").cast(pyarrow.int64())
    last = pc.struct_field(parts, "last").cast(pyarrow.int64())
    spring = pc.add(first, 1)
    of_century = pc.subtract(spring, pc.multiply(pc.divide(spring, 100), 100))
    follows = pc.or_(pc.equal(spring, last), pc.equal(of_century, last))
    year = spring if of == "spring" else first
    return pc.if_else(pc.fill_null(follows, False), year.cast(pyarrow.string()), column)


def _count(column: pyarrow.ChunkedArray, pattern: str) -> int:
    return pc.sum(pc.match_substring_regex(column, pattern)).as_py() or 0


def _any(column: pyarrow.ChunkedArray, pattern: str) -> bool:
    return _count(column, pattern) > 0


def _any_but(column: pyarrow.ChunkedArray, pattern: str, other: str) -> bool:
    one, two = (pc.match_substring_regex(column, each) for each in (pattern, other))
    return bool(pc.any(pc.and_not(one, two)).as_py())
