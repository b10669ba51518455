"""Cells of the paper's tables: numbers, and below them standard errors or SDs in parentheses."""

from collections.abc import Iterable, Mapping

import pandas as pd

from welfare_added.exhibits.latex import number
from welfare_added.exhibits.output import pick


def in_parentheses(value: float, decimals: int) -> str:
    """A standard error or SD; nothing where it is missing."""
    return "" if value != value else f"({number(value, decimals)})"


def count(value: float) -> str:
    """A whole number with thousands marked; nothing where it is missing."""
    return "" if value != value else f"{value:,.0f}"


def by_column(
    data: pd.DataFrame, terms: Mapping[str, str], decimals: int, keys: list
) -> list[list[str]]:
    """Rows of a regression table: estimates of a term by column, and errors below.

    data: term, column, estimate, standard_error; keys: values of column, in order. A term that a
    column does not have leaves its cells empty.
    """
    found = data.set_index(["term", "column"])
    rows = []
    for term, label in terms.items():
        cells, errors = [label], [""]
        for key in keys:
            here = (term, key) in found.index
            one = found.loc[(term, key)] if here else None
            cells.append(number(one["estimate"], decimals) if here else "")
            errors.append(in_parentheses(one["standard_error"], decimals) if here else "")
        rows += [cells, errors]
    return rows


def footer(data: pd.DataFrame, lines: Mapping[str, str], keys: list) -> list[list[str]]:
    """Rows below a regression table: a number or a word by column; none of zeros alone.

    lines: label by column of ``data``, each constant within a column of the table.
    """
    first = data.drop_duplicates("column").set_index("column")
    rows = [
        [label, *(_word(first.loc[key, name]) for key in keys)]
        for name, label in lines.items()
        if name in first
    ]
    return [row for row in rows if set(row[1:]) != {"0"}]


def _word(value: object) -> str:
    """A cell of the footer; rows of one table may hold truth values, words and numbers."""
    if str(value) in ("True", "False"):
        return "Yes" if str(value) == "True" else "No"
    if isinstance(value, str):
        return value.replace("_", " ").capitalize()
    return count(value)


def of_terms(table: pd.DataFrame, terms: Iterable[str], columns: list[str]) -> pd.DataFrame:
    """Rows of some terms by column of the table, in the order of ``terms``; columns first.

    Raises UserError if a column of ``table`` is missing.
    """
    terms = list(terms)
    rows = pick(table, [*columns, *table.columns.difference(columns, sort=False)])
    rows = rows[rows["term"].isin(terms)]
    place = rows["term"].map(terms.index)
    order = rows.assign(place=place).sort_values(["column", "place"]).index
    return rows.loc[order].reset_index(drop=True)
