"""What was known before a year: the same arrays from the years before alone."""

from dataclasses import fields, replace

import numpy as np

from welfare_added.run.errors import UserError
from welfare_added.selection.arrays import Demand, Supply, System
from welfare_added.transfers.design import Design
from welfare_added.transfers.pairs import Pairs, outcome_sums


def past_system(design: Design, raw_years: np.ndarray, year: int, teams: str) -> System:
    """A design's scores, menus and lists of the years before ``year``.

    Parameters
    ----------
    design
        Of all years.
    raw_years
        Year of each row of the raw table of vacancies.
    year
        The first year that is not known. Effects of this year and the next have no data: what is
        drawn of them is the prior's.
    teams
        As of `outcome_sums`.

    Raises
    ------
    UserError
        If the years before have no scores.

    """
    records, system = design.records, design.system
    of_pair = records.positions["year"].to_numpy()[design.pairs.position]
    known = np.flatnonzero(of_pair < year)
    if not len(known):
        raise UserError(f"reassignment.years: nothing is known before {year}; leave it out")
    pairs = Pairs(**{one.name: getattr(design.pairs, one.name)[known] for one in fields(Pairs)})
    of_list = raw_years[design.list_rows["vacancy"].to_numpy()[system.demand.first[:-1]]]
    return replace(
        system,
        outcomes=outcome_sums(records, pairs, teams),
        supply=_menus(system.supply, design.menus["year"].to_numpy() < year),
        demand=_lists(system.demand, of_list < year),
    )


def _rows(first: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the groups that are kept, and the first row of each in the new order."""
    size = np.diff(first)
    return np.flatnonzero(np.repeat(kept, size)), np.r_[0, np.cumsum(size[kept])]


def _menus(supply: Supply, kept: np.ndarray) -> Supply:
    rows, first = _rows(supply.first, kept)
    of_menus = ("teacher", "displaced", "own_school", "own_regressors")
    of_rows = ["school", "regressors", "applied", "offer"]
    of_rows += ["left_over"] if len(supply.left_over) else []
    return replace(
        supply,
        first=first,
        **{name: getattr(supply, name)[kept] for name in of_menus},
        **{name: getattr(supply, name)[rows] for name in of_rows},
    )


def _lists(demand: Demand, kept: np.ndarray) -> Demand:
    rows, first = _rows(demand.first, kept)
    names = ("teacher", "school", "rank", "regressors")
    return replace(demand, first=first, **{name: getattr(demand, name)[rows] for name in names})
