"""Students added up by class: all that value added needs of them, from bounded passes."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from welfare_added.value_added.columns import CLASS, COLUMNS, LOWER, student_columns

PART = [*CLASS, *LOWER]
COUNT = "students"
Products = dict[tuple[int, bool, bool], np.ndarray]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sums:
    """Sums over students of the S variables in `COLUMNS`.

    Attributes
    ----------
    classes : DataFrame, C rows
        teacher_id, year, class_id, grade, school_id, sorted; ``teacher``, code of the teacher;
        ``students``; ``large``, whether the class is large enough to have a mean residual.
    class_of : (K,) int array
        Row in ``classes`` of each part, the students of a class who are lower-scoring in the same
        subjects.
    lower : (K, 2) bool array
        Whether a part is lower-scoring, by subject.
    count : (K,) int array
        Students of a part.
    sums : (K, S) array
        Sums of the variables over a part.
    products, large_products
        By grade and lower-scoring subjects, the (S, S) sums of products, over all students and
        over those in large classes.
    known : (S,) int array
        Student-years in which each variable is known.
    minimum_class_size
        Fewest students of a large class.

    """

    classes: pd.DataFrame
    class_of: np.ndarray
    lower: np.ndarray
    count: np.ndarray
    sums: np.ndarray
    products: Products
    large_products: Products
    known: np.ndarray
    minimum_class_size: int


def collect(batches: Iterable[pa.Table], minimum_class_size: int) -> Sums:
    """Add up students in one pass, and those of small classes in another.

    Parameters
    ----------
    batches
        Tables of students that can be gone through twice: a `StudentFile`, or a list.
    minimum_class_size
        Fewest students of a large class.

    """
    parts, products, known = _Parts(), {}, np.zeros(len(COLUMNS), dtype=int)
    for batch in batches:
        values, found = student_columns(batch)
        known += found
        parts.add(_by_part(batch, values))
        _add_products(products, batch, values)
    table = parts.sorted()
    classes, class_of = _classes(table)
    count = table.column(COUNT).to_numpy()
    classes[COUNT] = np.bincount(class_of, weights=count, minlength=len(classes)).astype(int)
    classes["large"] = classes[COUNT] >= minimum_class_size
    return Sums(
        classes=classes,
        class_of=class_of,
        lower=np.column_stack([table.column(name).to_numpy() for name in LOWER]),
        count=count,
        sums=np.column_stack([table.column(name).to_numpy() for name in _sum_names()]),
        products=products,
        large_products=_without(products, _small(batches, classes)),
        known=known,
        minimum_class_size=minimum_class_size,
    )


def _sum_names() -> list[str]:
    return [f"{name}_sum" for name in COLUMNS]


class _Parts:
    """Sums by part, merged whenever what is new is as much as what there is."""

    def __init__(self) -> None:
        self.tables: list[pa.Table] = []
        self.merged = 0

    def add(self, table: pa.Table) -> None:
        self.tables.append(table)
        if sum(part.num_rows for part in self.tables[1:]) > self.merged:
            self._merge()

    def _merge(self) -> None:
        table = pa.concat_tables(self.tables, promote_options="permissive")
        if len(self.tables) > 1:
            columns = [COUNT, *_sum_names()]
            table = table.group_by(PART, use_threads=False).aggregate(
                [(name, "sum") for name in columns]
            )
            table = table.select([*PART, *(f"{name}_sum" for name in columns)])
            table = table.rename_columns([*PART, *columns])
        self.tables, self.merged = [table.combine_chunks()], table.num_rows

    def sorted(self) -> pa.Table:
        if not any(table.num_rows for table in self.tables):
            raise ValueError("value added: there are no students")
        self._merge()
        return self.tables[0].sort_by([(name, "ascending") for name in PART])


def _by_part(batch: pa.Table, values: np.ndarray) -> pa.Table:
    keys = batch.select(PART)
    columns = {name: pa.array(row) for name, row in zip(_sum_names(), values, strict=True)}
    table = pa.table({**{name: keys.column(name) for name in PART}, **columns})
    sums = table.group_by(PART, use_threads=False).aggregate(
        [([], "count_all"), *((name, "sum") for name in _sum_names())]
    )
    order = [*PART, "count_all", *(f"{name}_sum" for name in _sum_names())]
    return sums.select(order).rename_columns([*PART, COUNT, *_sum_names()])


def _add_products(products: Products, batch: pa.Table, values: np.ndarray) -> None:
    grade = batch.column("grade").to_numpy()
    lower = [batch.column(name).cast(pa.bool_()).to_numpy() for name in LOWER]
    code = (grade.astype(int) * 2 + lower[0]) * 2 + lower[1]
    for one in np.unique(code):
        rows = values[:, code == one]
        key = (int(one) >> 2, bool(one & 2), bool(one & 1))
        products[key] = products.get(key, 0.0) + rows @ rows.T


def _classes(parts: pa.Table) -> tuple[pd.DataFrame, np.ndarray]:
    """Classes in the parts' order, and the row of each part's class."""
    codes = np.column_stack([_codes(parts.column(name)) for name in CLASS])
    new = np.r_[True, (np.diff(codes, axis=0) != 0).any(axis=1)]
    classes = parts.select(CLASS).filter(pa.array(new)).to_pandas()
    classes["teacher"] = pd.factorize(codes[new, 0])[0]
    return classes, new.cumsum() - 1


def _codes(column: pa.ChunkedArray) -> np.ndarray:
    return column.combine_chunks().dictionary_encode().indices.to_numpy()


def _small(batches: Iterable[pa.Table], classes: pd.DataFrame) -> Products:
    """Products over students of classes that are not large."""
    small = classes.loc[~classes["large"], CLASS]
    products: Products = {}
    if small.empty:
        return products
    for batch in batches:
        rows = _rows_in(batch, small)
        if len(rows):
            few = batch.take(pa.array(rows))
            _add_products(products, few, student_columns(few)[0])
    return products


def _rows_in(batch: pa.Table, classes: pd.DataFrame) -> np.ndarray:
    """Rows of the students of some classes."""
    named = pc.is_in(batch.column("class_id"), pa.array(classes["class_id"].unique()))
    rows = np.flatnonzero(named.to_numpy())
    keys = batch.select(CLASS).take(pa.array(rows)).to_pandas()
    return rows[pd.MultiIndex.from_frame(keys).isin(pd.MultiIndex.from_frame(classes))]


def _without(products: Products, some: Products) -> Products:
    return {key: value - some.get(key, 0.0) for key, value in products.items()}
