"""Per-class sums and cross-products of student variables.

They are accumulated batch by batch, so that memory is bounded.
"""

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
from welfare_added.value_added.student_variables import CLASS, COLUMNS, LOWER, numeric_and_ethnicity

CODES = {"teacher_id": "teacher", "class_id": "class", "school_id": "school"}
SUBGROUPS = 4  # of a class: lower- or higher-scoring in ELA, crossed with the same in math
MERGE_AFTER = 1_000_000  # new rows of classes
MOST_KEPT = 1_000_000  # students of possibly small classes held in memory
CrossProducts = dict[int, np.ndarray]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ClassSums:
    """Sums over students of the S variables in `COLUMNS`.

    A class has four subgroups: higher- (0) or lower-scoring (1) in ELA, by the same in math.

    Attributes
    ----------
    classes : DataFrame, C rows
        teacher_id, year, class_id, grade, school_id, sorted; ``teacher``, ``class``, ``school``,
        integer codes of the ids; ``students``; ``large``, whether the class has at least
        ``minimum_class_size`` students, hence a mean residual.
    count : (C, 2, 2) int array
        Students by class and subgroup.
    sums : (C, 2, 2, S) array
        Sums of the variables by class and subgroup.
    products, large_products
        By grade, (2, 2, S, S) cross-products of the variables by subgroup, over all students and
        over those in large classes.
    non_missing : (S,) int array
        Student-years with a value of each variable.
    minimum_class_size
        Fewest students of a large class.

    """

    classes: pd.DataFrame
    count: np.ndarray
    sums: np.ndarray
    products: CrossProducts
    large_products: CrossProducts
    non_missing: np.ndarray
    minimum_class_size: int

    @cached_property
    def totals(self) -> np.ndarray:
        """Sums of the variables by class: (C, S)."""
        totals = np.zeros((len(self.classes), len(COLUMNS)))
        add_rows(
            self.sums.reshape(-1, len(COLUMNS)), np.arange(len(totals)).repeat(SUBGROUPS), totals
        )
        return totals


def collect(batches: Iterable[pa.Table], minimum_class_size: int, threads: int = 1) -> ClassSums:
    """Add up students by class, batch by batch.

    A class's size is final only after the last batch. Students of classes that may turn out small
    are therefore held in memory or, beyond `MOST_KEPT`, read a second time.

    Parameters
    ----------
    batches
        Tables of students that can be iterated twice: a `StudentFile`, or a list.
    minimum_class_size
        Fewest students of a large class.
    threads
        Batches added up at the same time, while the next is read; the sums do not depend on it.

    Raises
    ------
    ValueError
        If there are no students.

    """
    running, products, non_missing = _RunningSums(), {}, np.zeros(len(COLUMNS), dtype=int)
    small_batches: list[pa.Table] = []
    kept = 0

    def add_up(batch: pa.Table) -> _BatchSums:
        return _batch_sums(batch, minimum_class_size)

    for batch_sums in in_order(add_up, batches, threads):
        running.add(batch_sums)
        _add_products(products, batch_sums.products)
        non_missing += batch_sums.non_missing
        kept += batch_sums.small_classes.num_rows
        small_batches = [*small_batches, batch_sums.small_classes] if kept <= MOST_KEPT else []
    classes, count, sums = running.merged()
    classes["students"] = count.sum(axis=1)
    classes["large"] = classes["students"] >= minimum_class_size
    log.info("%d student-years in %d classes", count.sum(), len(classes))
    small_products = _small_products(
        [pa.concat_tables(small_batches)] if kept <= MOST_KEPT else batches, classes
    )
    return ClassSums(
        classes=classes,
        count=count.reshape(-1, 2, 2),
        sums=sums.reshape(-1, 2, 2, len(COLUMNS)),
        products=products,
        large_products={
            key: value - small_products.get(key, 0.0) for key, value in products.items()
        },
        non_missing=non_missing,
        minimum_class_size=minimum_class_size,
    )


class ClassRows:
    """Looks up students' classes in ``sums.classes``."""

    def __init__(self, sums: ClassSums) -> None:
        """Index the classes by their keys."""
        self.index = pd.MultiIndex.from_frame(sums.classes[CLASS])

    def of(self, batch: pa.Table) -> np.ndarray:
        """Row in ``sums.classes`` of the class of each of n students, (n,); -1 if none."""
        number, first = _group_rows([_codes(batch.column(name)) for name in CLASS])
        keys = _without_dictionaries(batch.select(CLASS).take(first)).to_pandas()
        return self.index.get_indexer(pd.MultiIndex.from_frame(keys))[number]


@dataclass(frozen=True)
class _BatchSums:
    """Sums of one batch.

    Keys of its C classes; counts (C, 4) and sums (C * 4, S) by subgroup; cross-products by grade;
    values of each variable that are not missing (S,); students of classes small in this batch.
    """

    classes: pa.Table
    count: np.ndarray
    sums: np.ndarray
    products: CrossProducts
    non_missing: np.ndarray
    small_classes: pa.Table


def _batch_sums(batch: pa.Table, minimum_class_size: int = 0) -> _BatchSums:
    values, ethnicity = numeric_and_ethnicity(batch)
    row, first = _group_rows([_codes(batch.column(name)) for name in CLASS])
    grade, grades = pd.factorize(batch.column("grade").to_numpy())
    ela, math = (batch.column(name).cast(pa.int8()).to_numpy() for name in LOWER)
    part = ela * np.int8(2) + math
    sums = np.zeros((len(first) * SUBGROUPS, len(COLUMNS)))
    products = np.zeros((len(grades) * SUBGROUPS, len(COLUMNS), len(COLUMNS)))
    non_missing = np.zeros(len(COLUMNS), dtype=np.int64)
    subgroup = row * SUBGROUPS + part
    add_students(values, ethnicity, subgroup, grade * SUBGROUPS + part, sums, products, non_missing)
    count = np.bincount(subgroup, minlength=len(sums)).reshape(-1, SUBGROUPS)
    small = count.sum(axis=1) < minimum_class_size
    return _BatchSums(
        _without_dictionaries(batch.select(CLASS).take(first)),
        count,
        sums,
        dict(zip(grades.tolist(), products.reshape(-1, 2, 2, *products.shape[1:]), strict=True)),
        non_missing,
        batch.filter(small[row]),
    )


def _codes(column: pa.ChunkedArray) -> np.ndarray:
    """Integer codes of the distinct values."""
    if pa.types.is_integer(column.type):
        values = column.cast(pa.int64()).to_numpy()
        return values - values.min(initial=0)
    return column.dictionary_encode().combine_chunks().indices.to_numpy().astype(np.int64)


def _ranks(column: pa.ChunkedArray) -> np.ndarray:
    """Integer codes of the distinct values, in their order."""
    if pa.types.is_integer(column.type):
        return _codes(column)
    coded = column.dictionary_encode().combine_chunks()
    rank = np.empty(len(coded.dictionary), dtype=np.int64)
    rank[pc.sort_indices(coded.dictionary).to_numpy()] = np.arange(len(rank))
    return rank[coded.indices.to_numpy()]


def _combined_codes(keys: list[np.ndarray]) -> np.ndarray:
    """One integer code for each row's combination of keys, in their order."""
    codes = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        span = int(key.max(initial=0)) + 1
        if (int(codes.max(initial=0)) + 1) * span >= 2**62:
            codes = np.unique(codes, return_inverse=True)[1]
        codes = codes * span + key
    return codes


def _group_rows(keys: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Group of each row by its combination of keys, and the first row of each group."""
    number, different = pd.factorize(_combined_codes(keys))
    first = np.empty(len(different), dtype=np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    return number, first


def _without_dictionaries(table: pa.Table) -> pa.Table:
    """Turn dictionary-encoded columns into plain ones, so that all batches have the same types."""
    columns = {}
    for name in table.column_names:
        column = table.column(name)
        coded = pa.types.is_dictionary(column.type)
        columns[name] = column.cast(column.type.value_type) if coded else column
    return pa.table(columns)


def _add_products(products: CrossProducts, more: CrossProducts) -> None:
    for key, value in more.items():
        products[key] = products.get(key, 0.0) + value


class _RunningSums:
    """Running sums by class and subgroup, in arrays that grow in place.

    Rows of a class seen in several batches are merged periodically to limit memory.
    """

    def __init__(self) -> None:
        self.keys: list[pa.Table] = []
        self.count = np.zeros((0, SUBGROUPS), dtype=np.int64)
        self.sums = np.zeros((0, SUBGROUPS * len(COLUMNS)))
        self.rows = self.merged_rows = 0

    def add(self, batch: _BatchSums) -> None:
        self.keys.append(batch.classes)
        start, self.rows = self.rows, self.rows + len(batch.count)
        for table, more in ((self.count, batch.count), (self.sums, batch.sums)):
            if self.rows > len(table):
                table.resize((self.rows, table.shape[1]), refcheck=False)  # safe: no views exist
            table[start : self.rows] = more.reshape(-1, table.shape[1])
        if self.rows - self.merged_rows > max(self.merged_rows, MERGE_AFTER):
            self._merge()

    def merged(self) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
        """Classes, sorted, with codes of their ids; counts and sums by subgroup."""
        if not self.rows:
            raise UserError("value added: there are no students")
        ranks = self._merge()
        classes = self.keys[0].to_pandas()
        for name, code in CODES.items():
            classes[code] = pd.factorize(ranks[CLASS.index(name)])[0]
        return classes, self.count[: self.rows], self.sums[: self.rows]

    def _merge(self) -> list[np.ndarray]:
        """Reduce to one row a class, sorted by its keys; returns the rank of each row's keys."""
        keys = pa.concat_tables(self.keys, promote_options="permissive")
        ranks = [_ranks(keys.column(name)) for name in CLASS]
        _, first, number = np.unique(_combined_codes(ranks), return_index=True, return_inverse=True)
        repeats = np.delete(np.arange(self.rows), first)
        into, order = first[number[repeats]], np.concatenate([first, repeats])
        for table in (self.count, self.sums):
            fold_rows(table, repeats, into)
            order_rows(table, order)
        self.keys, self.rows = [keys.take(first)], len(first)
        self.merged_rows = self.rows
        return [rank[first] for rank in ranks]


def _small_products(batches: Iterable[pa.Table], classes: pd.DataFrame) -> CrossProducts:
    """Cross-products over students of classes that are not large."""
    small = classes.loc[~classes["large"], CLASS]
    products: CrossProducts = {}
    if len(small):
        for batch in batches:
            students = _students_in(small, batch)
            if students.num_rows:
                _add_products(products, _batch_sums(students).products)
    return products


def _students_in(classes: pd.DataFrame, batch: pa.Table) -> pa.Table:
    in_classes = pc.is_in(batch.column("class_id"), pa.array(classes["class_id"].unique()))
    candidates = batch.filter(in_classes)
    keys = pd.MultiIndex.from_frame(candidates.select(CLASS).to_pandas().astype(classes.dtypes))
    return candidates.filter(pa.array(keys.isin(pd.MultiIndex.from_frame(classes))))
