"""Students added up by class: all that value added needs of them, from bounded passes."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from welfare_added.run.errors import UserError
from welfare_added.value_added.compiled_loops import add_rows, add_students, fold_rows, order_rows
from welfare_added.value_added.parallel import in_order
from welfare_added.value_added.student_variables import CLASS, COLUMNS, LOWER, measured

CODES = {"teacher_id": "teacher", "class_id": "class", "school_id": "school"}
PARTS = 4  # of a class: higher or lower in ELA, and in math
MERGED_FROM = 1_000_000  # rows of classes not yet merged that are kept
KEPT_TO = 1_000_000  # students of classes that may turn out small
Products = dict[int, np.ndarray]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sums:
    """Sums over students of the S variables in `COLUMNS`.

    The parts of a class are its students who are higher- (0) or lower-scoring (1) in ELA, by
    whether they are so in math.

    Attributes
    ----------
    classes : DataFrame, C rows
        teacher_id, year, class_id, grade, school_id, sorted; ``teacher``, ``class``, ``school``,
        codes of the ids; ``students``; ``large``, whether the class is large enough to have a
        mean residual.
    count : (C, 2, 2) int array
        Students by class and part.
    sums : (C, 2, 2, S) array
        Sums of the variables by class and part.
    products, large_products
        By grade, (2, 2, S, S) sums of products of the variables by part, over all students and
        over those in large classes.
    known : (S,) int array
        Student-years in which each variable is known.
    minimum_class_size
        Fewest students of a large class.

    """

    classes: pd.DataFrame
    count: np.ndarray
    sums: np.ndarray
    products: Products
    large_products: Products
    known: np.ndarray
    minimum_class_size: int

    @cached_property
    def totals(self) -> np.ndarray:
        """Sums of the variables by class: (C, S)."""
        found = np.zeros((len(self.classes), len(COLUMNS)))
        add_rows(self.sums.reshape(-1, len(COLUMNS)), np.arange(len(found)).repeat(PARTS), found)
        return found


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

    for added in in_order(work, batches, threads):
        parts.add(added)
        _add(products, added.products)
        known += added.known
        kept += added.few.num_rows
        few = [*few, added.few] if kept <= KEPT_TO else []
    classes, count, sums = parts.merged()
    classes["students"] = count.sum(axis=1)
    classes["large"] = classes["students"] >= minimum_class_size
    log.info("%d student-years in %d classes", count.sum(), len(classes))
    small = _small([pa.concat_tables(few)] if kept <= KEPT_TO else batches, classes)
    return Sums(
        classes=classes,
        count=count.reshape(-1, 2, 2),
        sums=sums.reshape(-1, 2, 2, len(COLUMNS)),
        products=products,
        large_products={key: value - small.get(key, 0.0) for key, value in products.items()},
        known=known,
        minimum_class_size=minimum_class_size,
    )


class ClassRows:
    """Finds the class of students."""

    def __init__(self, sums: Sums) -> None:
        """Take the sums whose classes are meant."""
        self.places = pd.MultiIndex.from_frame(sums.classes[CLASS])

    def of(self, batch: pa.Table) -> np.ndarray:
        """Row in ``sums.classes`` of each student's class, (n,)."""
        number, first = _numbered([_codes(batch.column(name)) for name in CLASS])
        keys = _plain(batch.select(CLASS).take(first)).to_pandas()
        return self.places.get_indexer(pd.MultiIndex.from_frame(keys))[number]


@dataclass(frozen=True)
class _Added:
    """What one batch adds.

    Keys of its classes, counts (C, 4) and sums (C * 4, S) by part, products by grade, how many
    values are known, and its students of classes that may turn out small.
    """

    classes: pa.Table
    count: np.ndarray
    sums: np.ndarray
    products: Products
    known: np.ndarray
    few: pa.Table


def _added_up(batch: pa.Table, minimum_class_size: int = 0) -> _Added:
    values, ethnicity = measured(batch)
    row, first = _numbered([_codes(batch.column(name)) for name in CLASS])
    grade, grades = pd.factorize(batch.column("grade").to_numpy())
    ela, math = (batch.column(name).cast(pa.int8()).to_numpy() for name in LOWER)
    part = ela * np.int8(2) + math
    sums = np.zeros((len(first) * PARTS, len(COLUMNS)))
    products = np.zeros((len(grades) * PARTS, len(COLUMNS), len(COLUMNS)))
    known = np.zeros(len(COLUMNS), dtype=np.int64)
    unit = row * PARTS + part
    add_students(values, ethnicity, unit, grade * PARTS + part, sums, products, known)
    count = np.bincount(unit, minlength=len(sums)).reshape(-1, PARTS)
    small = count.sum(axis=1) < minimum_class_size
    return _Added(
        _plain(batch.select(CLASS).take(first)),
        count,
        sums,
        dict(zip(grades.tolist(), products.reshape(-1, 2, 2, *products.shape[1:]), strict=True)),
        known,
        batch.filter(small[row]),
    )


def _codes(column: pa.ChunkedArray) -> np.ndarray:
    """Whole numbers from zero that are the same where the values are."""
    if pa.types.is_integer(column.type):
        values = column.cast(pa.int64()).to_numpy()
        return values - values.min(initial=0)
    return column.dictionary_encode().combine_chunks().indices.to_numpy().astype(np.int64)


def _ranks(column: pa.ChunkedArray) -> np.ndarray:
    """Whole numbers from zero in the order of the values."""
    if pa.types.is_integer(column.type):
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
    """Sums by class and part, in arrays that grow in place: much memory is slow to fetch.

    What is there of a class twice is merged whenever it may be much.
    """

    def __init__(self) -> None:
        self.keys: list[pa.Table] = []
        self.count = np.zeros((0, PARTS), dtype=np.int64)
        self.sums = np.zeros((0, PARTS * len(COLUMNS)))
        self.rows = self.merged_rows = 0

    def add(self, added: _Added) -> None:
        self.keys.append(added.classes)
        start, self.rows = self.rows, self.rows + len(added.count)
        for table, more in ((self.count, added.count), (self.sums, added.sums)):
            if self.rows > len(table):
                table.resize((self.rows, table.shape[1]), refcheck=False)  # no view yet
            table[start : self.rows] = more.reshape(-1, table.shape[1])
        if self.rows - self.merged_rows > max(self.merged_rows, MERGED_FROM):
            self._merge()

    def merged(self) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
        """Classes with the code of their teacher, sorted; counts and sums by part."""
        if not self.rows:
            raise UserError("value added: there are no students")
        ranks = self._merge()
        classes = self.keys[0].to_pandas()
        for name, code in CODES.items():
            classes[code] = pd.factorize(ranks[CLASS.index(name)])[0]
        return classes, self.count[: self.rows], self.sums[: self.rows]

    def _merge(self) -> list[np.ndarray]:
        """Make one row a class, sorted by its keys; gives the rank of every row's keys."""
        keys = pa.concat_tables(self.keys, promote_options="permissive")
        ranks = [_ranks(keys.column(name)) for name in CLASS]
        _, first, number = np.unique(_combined(ranks), return_index=True, return_inverse=True)
        again = np.delete(np.arange(self.rows), first)
        into, order = first[number[again]], np.concatenate([first, again])
        for table in (self.count, self.sums):
            fold_rows(table, again, into)
            order_rows(table, order)
        self.keys, self.rows = [keys.take(first)], len(first)
        self.merged_rows = self.rows
        return [rank[first] for rank in ranks]


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
