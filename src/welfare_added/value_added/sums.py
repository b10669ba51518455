"""Students added up by class: all that value added needs of them, from bounded passes."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from welfare_added.value_added.columns import CLASS, COLUMNS, LOWER, student_columns

PART = [*CLASS, *LOWER]
COUNT = "students"
SUMS = [f"sum_{name}" for name in COLUMNS]
MERGED_FROM = 2_000_000  # rows of sums by part, not yet merged, that are kept
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


def collect(batches: Iterable[pa.Table], minimum_class_size: int, threads: int = 1) -> Sums:
    """Add up students in one pass, and those of small classes in another.

    Parameters
    ----------
    batches
        Tables of students that can be gone through twice: a `StudentFile`, or a list.
    minimum_class_size
        Fewest students of a large class.
    threads
        Batches added up at the same time, while the next is read; the sums do not depend on it.

    """
    parts, products, known = _Parts(), {}, np.zeros(len(COLUMNS), dtype=int)
    for added in _in_order(_added_up, batches, threads):
        parts.add(added.parts)
        _add(products, added.products)
        known += added.known
    table = parts.sorted()
    classes, class_of = _classes(table)
    count = table.column(COUNT).to_numpy()
    classes[COUNT] = np.bincount(class_of, weights=count).astype(int)
    classes["large"] = classes[COUNT] >= minimum_class_size
    log.info("%d student-years in %d classes", count.sum(), len(classes))
    return Sums(
        classes=classes,
        class_of=class_of,
        lower=np.column_stack([table.column(name).to_numpy() for name in LOWER]),
        count=count,
        sums=np.column_stack([table.column(name).to_numpy() for name in SUMS]),
        products=products,
        large_products=_without(products, _small(batches, classes)),
        known=known,
        minimum_class_size=minimum_class_size,
    )


@dataclass(frozen=True)
class _Added:
    """What one batch adds."""

    parts: pa.Table
    products: Products
    known: np.ndarray


def _in_order(
    work: Callable[[pa.Table], _Added], batches: Iterable[pa.Table], threads: int
) -> Iterator[_Added]:
    """Results of batches in their order; one more than there are threads is in memory."""
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future] = deque()
        for batch in batches:
            waiting.append(pool.submit(work, batch))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _added_up(batch: pa.Table) -> _Added:
    values, known = student_columns(batch)
    keys = [_codes(batch.column(name)) for name in PART]
    part, first = _numbered(keys)
    group, first_of_group = _numbered([keys[PART.index(name)] for name in ("grade", *LOWER)])
    sums = np.zeros((len(first), len(COLUMNS)))
    products = np.zeros((len(first_of_group), len(COLUMNS), len(COLUMNS)))
    _add_students(values, part, group, sums, products)
    table = {name: _plain(batch.column(name).take(first)) for name in PART}
    table |= {COUNT: np.bincount(part), **dict(zip(SUMS, sums.T.copy(), strict=True))}
    groups = batch.select(["grade", *LOWER]).take(first_of_group).to_pylist()
    named = [(row["grade"], *(bool(row[name]) for name in LOWER)) for row in groups]
    return _Added(pa.table(table), dict(zip(named, products, strict=True)), known)


@njit(cache=True, nogil=True)
def _add_students(values, part, group, sums, products):
    """Add (S, n) values to the (K, S) sums of parts and the (G, S, S) products of groups."""
    variables, students = values.shape
    one = np.empty(variables)
    for i in range(students):
        total, product = sums[part[i]], products[group[i]]
        for j in range(variables):
            one[j] = values[j, i]
            total[j] += one[j]
            for k in range(j + 1):
                product[j, k] += one[j] * one[k]
    for product in products:
        for j in range(variables):
            for k in range(j):
                product[k, j] = product[j, k]


def _codes(column: pa.ChunkedArray) -> np.ndarray:
    """Whole numbers from zero that are the same where the values are."""
    if pa.types.is_boolean(column.type) or pa.types.is_integer(column.type):
        values = column.cast(pa.int64()).to_numpy()
        return values - values.min(initial=0) if len(values) else values
    return column.dictionary_encode().combine_chunks().indices.to_numpy().astype(np.int64)


def _numbered(keys: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Number rows by the combination of their keys, and the first row of each combination."""
    combined = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        span = int(key.max(initial=0)) + 1
        if (int(combined.max(initial=0)) + 1) * span >= 2**62:
            combined = pd.factorize(combined)[0]
        combined = combined * span + key
    number, different = pd.factorize(combined)
    first = np.empty(len(different), dtype=np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    return number, first


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column without dictionary, so that batches have the same type."""
    dictionary = pa.types.is_dictionary(column.type)
    return column.cast(column.type.value_type) if dictionary else column


def _add(products: Products, more: Products) -> None:
    for key, value in more.items():
        products[key] = products.get(key, 0.0) + value


class _Parts:
    """Sums by part, merged whenever what is new is much, and more than what there is."""

    def __init__(self) -> None:
        self.tables: list[pa.Table] = []
        self.merged = 0

    def add(self, table: pa.Table) -> None:
        self.tables.append(table)
        rows = sum(part.num_rows for part in self.tables) - self.merged
        if rows > max(self.merged, MERGED_FROM):
            self._merge()

    def sorted(self) -> pa.Table:
        if not any(table.num_rows for table in self.tables):
            raise ValueError("value added: there are no students")
        self._merge()
        return self.tables[0].sort_by([(name, "ascending") for name in PART])

    def _merge(self) -> None:
        names = [COUNT, *SUMS]
        table = pa.concat_tables(self.tables, promote_options="permissive")
        # Threads would add up in another order every time.
        grouped = table.group_by(PART, use_threads=False).aggregate([(n, "sum") for n in names])
        grouped = grouped.select([*PART, *(f"{name}_sum" for name in names)])
        self.tables = [grouped.rename_columns([*PART, *names]).combine_chunks()]
        self.merged = grouped.num_rows


def _classes(parts: pa.Table) -> tuple[pd.DataFrame, np.ndarray]:
    """Classes in the parts' order, and the row of each part's class."""
    codes = np.column_stack([_codes(parts.column(name)) for name in CLASS])
    new = np.r_[True, (np.diff(codes, axis=0) != 0).any(axis=1)]
    classes = parts.select(CLASS).filter(pa.array(new)).to_pandas()
    classes["teacher"] = pd.factorize(codes[new, 0])[0]
    return classes, new.cumsum() - 1


def _small(batches: Iterable[pa.Table], classes: pd.DataFrame) -> Products:
    """Products over students of classes that are not large."""
    small = classes.loc[~classes["large"], CLASS]
    products: Products = {}
    if len(small):
        for batch in batches:
            few = _students_of(small, batch)
            if few.num_rows:
                _add(products, _added_up(few).products)
    return products


def _students_of(classes: pd.DataFrame, batch: pa.Table) -> pa.Table:
    named = pc.is_in(batch.column("class_id"), pa.array(classes["class_id"].unique()))
    some = batch.filter(named)
    keys = pd.MultiIndex.from_frame(some.select(CLASS).to_pandas().astype(classes.dtypes))
    return some.filter(pa.array(keys.isin(pd.MultiIndex.from_frame(classes))))


def _without(products: Products, some: Products) -> Products:
    return {key: value - some.get(key, 0.0) for key, value in products.items()}
