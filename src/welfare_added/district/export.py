"""How a user's files differ from the layout: names of columns, codes, missing values, decimals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow
import pyarrow.compute as pc

from welfare_added.district.columns import as_text, holds_text, plain_text
from welfare_added.district.problems import Problem

Codes = Mapping[str, object]  # what a text stands for; None: missing


@dataclass(frozen=True)
class Export:
    """What config.yaml says about a user's files, under district.

    Attributes
    ----------
    columns
        The files' own names of columns, by table and by the project's name; columns not listed
        have the project's name.
    recode
        By table and column (the project's names): what a text in the file stands for, null for a
        missing value; the empty text is what an empty cell stands for.
    missing
        Texts that stand for a missing value anywhere, besides those that always do.
    decimal
        comma or point, where numbers such as 1,234 could be read either way; None: found out.
    co_teachers
        Whose a class of several teachers is: main, leave_out or refuse (`one_row_a_key`).
    combination_classes
        by_grade: a class of several grades counts as one class a grade; or refuse.

    """

    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    recode: Mapping[str, Mapping[str, Codes]] = field(default_factory=dict)
    missing: Sequence[str] = ()
    decimal: str | None = None
    co_teachers: str = "refuse"
    combination_classes: str = "refuse"

    def names(self, table: str) -> Mapping[str, str]:
        """The files' names of a table's columns, by the project's."""
        return self.columns.get(table, {})


def decoded(
    raw: pyarrow.Table, table: str, export: Export, file: str, problems: list[Problem]
) -> tuple[pyarrow.Table, list[str]]:
    """Replace codes and missing-value texts; a table with the project's names of columns.

    Returns
    -------
    tuple of (Table, list of str)
        The table, and what was replaced in how many rows. A code that no row has goes into
        ``problems``: it may be misspelt, and the values that it meant unread.

    """
    remarks, missing = [], {str(text): None for text in export.missing}
    recode = export.recode.get(table, {})
    for name in raw.column_names:
        codes = {str(code): value for code, value in recode.get(name, {}).items()}
        column = plain_text(raw[name])
        if not codes and (not missing or not holds_text(column)):
            continue
        texts = as_text(column)
        texts = pc.fill_null(texts, "") if "" in codes else texts
        found = {one["values"]: one["counts"] for one in pc.value_counts(texts).to_pylist()}
        for code, value in codes.items():
            if code in found:
                read = "missing" if value is None else f"'{value}'"
                remarks.append(f"{file}, {name}: '{code}' read as {read} ({found[code]} rows)")
            else:
                what = f"no row has '{code}'"
                remedy = f"correct or drop it in district.recode.{table}.{name} in config.yaml"
                problems.append(Problem(file, what, remedy, name))
        gone = [text for text in missing if text in found and text not in codes]
        remarks += [f"{file}, {name}: '{text}' is missing ({found[text]} rows)" for text in gone]
        stands_for = {**dict.fromkeys(gone), **codes}
        if stands_for:
            place = raw.column_names.index(name)
            raw = raw.set_column(place, name, _replaced(texts, stands_for))
    return raw, remarks


def _replaced(texts: pyarrow.ChunkedArray, codes: Codes) -> pyarrow.ChunkedArray:
    keys = pyarrow.array(list(codes), pyarrow.string())
    values = [None if value is None else str(value) for value in codes.values()]
    place = pc.index_in(texts, value_set=keys)
    new = pc.take(pyarrow.array(values, pyarrow.string()), place)
    return pc.if_else(pc.is_valid(place), new, texts)
