"""From raw tables to the arrays of the sampler, with the labels that its results need."""

import logging
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.district.values import RawTables
from welfare_added.selection.arrays import System
from welfare_added.transfers.demand import build_lists
from welfare_added.transfers.driving import Driving
from welfare_added.transfers.pairs import Pairs, outcome_sums, student_teacher_pairs
from welfare_added.transfers.records import Records, Study, transfer_records
from welfare_added.transfers.supply import build_menus

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Design:
    """A study's arrays, and what their rows are.

    Attributes
    ----------
    system
        Outcomes, supply and demand.
    records
        Teachers, schools, students and positions behind them.
    pairs
        Pairs of students and teachers behind the sums of outcomes.
    menus, menu_rows, list_rows
        year, round and teacher of each menu; menu and vacancy of each of its rows; vacancy of each
        row of a list. Vacancies are rows of the raw table.

    """

    system: System
    records: Records
    pairs: Pairs = field(repr=False)
    menus: pd.DataFrame = field(repr=False)
    menu_rows: pd.DataFrame = field(repr=False)
    list_rows: pd.DataFrame = field(repr=False)


def build_design(
    raw: RawTables,
    study: Study,
    *,
    rankings: str = "full",
    most_ranked: int = 4,
    teams: str = "stacked",
    fallback: str = "constant",
) -> Design:
    """Check the raw tables and arrange them for the sampler.

    Parameters
    ----------
    raw
        Tables of raw_tables.yaml, read.
    study
        Years, grades, standards, and what to do with applications outside the licences.
    rankings, most_ranked
        As of `build_lists`.
    teams
        As of `outcome_sums`.
    fallback
        As of `build_menus`.

    Raises
    ------
    DistrictError
        As `transfer_records` does, or if a driving time is missing.
    UserError
        As `build_menus`, `build_lists` and `student_teacher_pairs` do.

    """
    records = transfer_records(raw, study)
    menus = build_menus(raw, records, Driving(raw, records), fallback)
    demand, list_rows = build_lists(raw, records, rankings, most_ranked)
    pairs = student_teacher_pairs(records)
    system = System(
        teachers=len(records.teachers),
        schools=len(records.schools),
        outcomes=outcome_sums(records, pairs, teams),
        supply=menus.supply,
        demand=demand,
    )
    for remark in remarks(system, records):
        log.warning(remark)
    return Design(system, records, pairs, menus.menus, menus.rows, list_rows)


def remarks(system: System, records: Records) -> list[str]:
    """What is allowed and still worth knowing, one sentence each, for the log and the overview."""
    supply = system.supply
    taught = np.isin(np.arange(system.teachers), system.outcomes.teacher)
    deciding = np.isin(np.arange(system.teachers), supply.teacher)
    applied = np.add.reduceat(supply.applied.astype(int), supply.first[:-1])
    size = np.diff(supply.first)
    lists = np.diff(system.demand.first)
    found = {
        f"of {system.teachers:,} teachers have no scores: their effectiveness is the prior's": int(
            (~taught).sum()
        ),
        f"of {system.teachers:,} teachers have no menu": int((~deciding).sum()),
        f"of {len(size):,} menus are applied to in full": int((applied == size).sum()),
        f"of {len(size):,} menus are without an application": int((applied == 0).sum()),
        f"of {len(lists):,} lists are of one candidate": int((lists == 1).sum()),
    }
    texts = [f"{count:,} {what}" for what, count in found.items() if count]
    on_menus = np.isin(np.arange(system.schools), np.r_[supply.school, supply.own_school])
    if not on_menus.all():
        names = ", ".join(records.schools[~on_menus])
        texts.append(f"on no menu, so that their effects are the prior's: schools {names}")
    return texts
