"""Independent draws: divided among processes, and the interval that they span."""

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import TypeVar

import pandas as pd

Item = TypeVar("Item")
Result = TypeVar("Result")
# Aggregations of a column of draws: 5th and 95th percentile, linear.
LOW = partial(pd.Series.quantile, q=0.05)
HIGH = partial(pd.Series.quantile, q=0.95)


def in_processes(
    work: Callable[[Item], Result], items: Iterable[Item], processes: int
) -> list[Result]:
    """Results of ``work`` in the order of the items; the same for any number of processes.

    Processes are forked: a script that Snakemake runs would start again in a process that imports
    its main module.
    """
    if processes == 1:
        return [work(item) for item in items]
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        return list(pool.map(work, items))
