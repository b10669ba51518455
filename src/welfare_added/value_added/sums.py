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
MERGED_FROM = 2_000_000  # rows of sums by part, not yet merged, that are kept
KEPT_TO = 1_000_000  # students of classes that may turn out small
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
    """Add up students in one pass; in a second one those of small classes, if they are scattered.

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
    few: list[pa.Table] = []
    kept = 0

    def work(batch: pa.Table) -> _Added:
        return _added_up(batch, minimum_class_size)

    for added in _in_order(work, batches, threads):
        parts.add(added.parts)
        _add(products, added.products)
        known += added.known
        kept += added.few.num_rows
        few = [*few, added.few] if kept <= KEPT_TO else []
    found, ranks = parts.merged()
    classes, class_of = _classes(found, ranks)
    classes["students"] = np.bincount(class_of, weights=found.count).astype(int)
    classes["large"] = classes["students"] >= minimum_class_size
    log.info("%d student-years in %d classes", found.count.sum(), len(classes))
    small = _small([pa.concat_tables(few)] if kept <= KEPT_TO else batches, classes)
    return Sums(
        classes=classes,
        class_of=class_of,
        lower=np.column_stack([found.keys.column(name).to_numpy() for name in LOWER]),
        count=found.count,
        sums=found.sums,
        products=products,
        large_products=_without(products, small),
        known=known,
        minimum_class_size=minimum_class_size,
    )


@dataclass(frozen=True)
class _Table:
    """Sums by part: K rows of keys, counts (K,) and sums (K, S)."""

    keys: pa.Table
    count: np.ndarray
    sums: np.ndarray


@dataclass(frozen=True)
class _Added:
    """What one batch adds; ``few`` are its students of classes that may turn out small."""

    parts: _Table
    products: Products
    known: np.ndarray
    few: pa.Table


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


def _added_up(batch: pa.Table, minimum_class_size: int = 0) -> _Added:
    values, known = student_columns(batch)
    keys = [_codes(batch.column(name)) for name in PART]
    part, first = _numbered(keys)
    group, first_of_group = _numbered([keys[PART.index(name)] for name in ("grade", *LOWER)])
    sums = np.zeros((len(first), len(COLUMNS)))
    products = np.zeros((len(first_of_group), len(COLUMNS), len(COLUMNS)))
    _add_students(values, part, group, sums, products)
    count = np.bincount(part, minlength=len(first))
    groups = batch.select(["grade", *LOWER]).take(first_of_group).to_pylist()
    named = [(row["grade"], *(bool(row[name]) for name in LOWER)) for row in groups]
    klass, _ = _numbered([key[first] for key in keys[: len(CLASS)]])
    small = np.bincount(klass, weights=count)[klass] < minimum_class_size
    return _Added(
        _Table(_plain(batch.select(PART).take(first)), count, sums),
        dict(zip(named, products, strict=True)),
        known,
        batch.filter(small[part]),
    )


def add_rows(values: np.ndarray, group: np.ndarray, groups: int) -> np.ndarray:
    """Sums of the rows of (R, S) values by group, (groups, S)."""
    found = np.zeros((groups, values.shape[1]))
    _add_rows(values, group, found)
    return found


@njit(cache=True, nogil=True)
def _add_rows(values, group, found):
    for i in range(len(group)):
        for j in range(values.shape[1]):
            found[group[i], j] += values[i, j]


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
        return values - values.min() if len(values) else values
    return column.dictionary_encode().combine_chunks().indices.to_numpy().astype(np.int64)


def _ranks(column: pa.ChunkedArray) -> np.ndarray:
    """Whole numbers from zero in the order of the values."""
    if pa.types.is_boolean(column.type) or pa.types.is_integer(column.type):
        return _codes(column)
    coded = column.dictionary_encode().combine_chunks()
    rank = np.empty(len(coded.dictionary), dtype=np.int64)
    rank[pc.sort_indices(coded.dictionary).to_numpy()] = np.arange(len(rank))
    return rank[coded.indices.to_numpy()]


def _combined(keys: list[np.ndarray]) -> np.ndarray:
    """One number a row for several, in the same order."""
    found = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        span = int(key.max(initial=0)) + 1
        if (int(found.max(initial=0)) + 1) * span >= 2**62:
            found = np.unique(found, return_inverse=True)[1]
        found = found * span + key
    return found


def _numbered(keys: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Number rows by the combination of their keys, and the first row of each combination."""
    number, different = pd.factorize(_combined(keys))
    first = np.empty(len(different), dtype=np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    return number, first


def _plain(table: pa.Table) -> pa.Table:
    """Columns without dictionaries, so that batches have the same types."""
    columns = {}
    for name in table.column_names:
        column = table.column(name)
        coded = pa.types.is_dictionary(column.type)
        columns[name] = column.cast(column.type.value_type) if coded else column
    return pa.table(columns)


def _add(products: Products, more: Products) -> None:
    for key, value in more.items():
        products[key] = products.get(key, 0.0) + value


class _Parts:
    """Sums by part, merged whenever what is new is much, and more than what there is."""

    def __init__(self) -> None:
        self.tables: list[_Table] = []
        self.whole = 0

    def add(self, table: _Table) -> None:
        self.tables.append(table)
        rows = sum(len(part.count) for part in self.tables) - self.whole
        if rows > max(self.whole, MERGED_FROM):
            self.merged()

    def merged(self) -> tuple[_Table, list[np.ndarray]]:
        """All there is as one table, sorted by its keys, and each key's rank."""
        if not any(len(table.count) for table in self.tables):
            raise ValueError("value added: there are no students")
        keys = pa.concat_tables([t.keys for t in self.tables], promote_options="permissive")
        ranks = [_ranks(keys.column(name)) for name in PART]
        _, first, number = np.unique(_combined(ranks), return_index=True, return_inverse=True)
        count = np.concatenate([table.count for table in self.tables])
        sums = np.zeros((len(first), len(COLUMNS)))
        ends = np.cumsum([len(table.count) for table in self.tables])
        for table, into in zip(self.tables, np.split(number, ends[:-1]), strict=True):
            _add_rows(table.sums, into, sums)
        whole = _Table(keys.take(first), np.bincount(number, weights=count).astype(int), sums)
        self.tables, self.whole = [whole], len(whole.count)
        return whole, [rank[first] for rank in ranks]


def _classes(parts: _Table, ranks: list[np.ndarray]) -> tuple[pd.DataFrame, np.ndarray]:
    """Classes in the parts' order, and the row of each part's class."""
    new = np.zeros(len(parts.count), dtype=bool)
    new[0] = True
    for rank in ranks[: len(CLASS)]:
        new[1:] |= rank[1:] != rank[:-1]
    classes = parts.keys.select(CLASS).filter(pa.array(new)).to_pandas()
    classes["teacher"] = pd.factorize(ranks[0][new])[0]
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
