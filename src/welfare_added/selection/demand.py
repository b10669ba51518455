"""Schools' ranked lists (eq. 3): which rows a likelihood uses, and the draws given them."""

from dataclasses import replace

import numpy as np

from welfare_added.run.errors import UserError
from welfare_added.selection.arrays import Demand
from welfare_added.selection.decision_loops import draw_lists
from welfare_added.selection.outcome_block import Cells
from welfare_added.selection.pairs import Pairs

RANKINGS = ("positive", "order", "full")


def used(demand: Demand, rankings: str) -> Demand:
    """Rows of the lists that a likelihood uses.

    Parameters
    ----------
    demand
        All lists.
    rankings
        `positive` (published): those ranked are in order, and all above zero; nobody else counts.
        `order`: those ranked are in order. `full`: those ranked are in order and above zero; who
        was interviewed and not ranked is below zero, or below the last of a list of full length.

    Raises
    ------
    UserError
        If the likelihood is unknown, or under `order` regressors never differ within a list.

    """
    if rankings not in RANKINGS:
        raise UserError(f"rankings: {rankings}, want one of {', '.join(RANKINGS)}")
    if rankings == "full":
        return demand
    ranked = demand.rank > 0
    number = np.repeat(np.arange(len(demand.first) - 1), np.diff(demand.first))[ranked]
    length = np.bincount(number, minlength=len(demand.first) - 1)
    rows = replace(
        demand,
        first=np.concatenate([[0], length[length > 0].cumsum()]),
        teacher=demand.teacher[ranked],
        school=demand.school[ranked],
        rank=demand.rank[ranked],
        regressors=demand.regressors[ranked],
    )
    if rankings == "order" and len(rows.rank):
        _refuse_constant(rows)
    return rows


def floor_of(rankings: str) -> float:
    """Utility that a ranked candidate exceeds."""
    return -np.inf if rankings == "order" else 0.0


def demand_cells(demand: Demand, pairs: Pairs, value: np.ndarray, teachers: int) -> Cells:
    """Sums of latent utilities (D,) and of regressors by listed pair."""
    listed, k = len(pairs.listed), len(demand.names)
    sums = np.zeros((listed, k))
    np.add.at(sums, pairs.of_candidate, demand.regressors)
    return with_values(
        Cells(
            cross=demand.regressors.T @ demand.regressors,
            moment=np.zeros(k),
            square=0.0,
            teacher=pairs.listed_teacher,
            teachers=teachers,
            rows=np.bincount(pairs.of_candidate, minlength=listed),
            total=np.zeros(listed),
            regressor_sum=sums,
        ),
        demand,
        pairs,
        value,
    )


def with_values(cells: Cells, demand: Demand, pairs: Pairs, value: np.ndarray) -> Cells:
    """Cells with sums of other latent utilities (D,)."""
    return replace(
        cells,
        moment=demand.regressors.T @ value,
        square=float(value @ value),
        total=np.bincount(pairs.of_candidate, value, minlength=len(pairs.listed)),
    )


def draw_values(
    demand: Demand,
    mean: np.ndarray,
    sd: np.ndarray,
    value: np.ndarray,
    floor: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Latent utilities (D,) given means, SDs and ranks, from present ones that respect them."""
    drawn = value.copy()
    uniform = rng.random(len(drawn))
    draw_lists(demand.first, mean, sd, demand.rank, floor, demand.most_ranked, uniform, drawn)
    return drawn


def first_values(demand: Demand, floor: float) -> np.ndarray:
    """Latent utilities (D,) that respect the ranks."""
    place = np.arange(len(demand.rank)) - np.repeat(demand.first[:-1], np.diff(demand.first))
    ranked = demand.rank > 0
    top = 0.0 if floor == -np.inf else 1.0
    return np.where(ranked, top - place / (demand.most_ranked + 1), -0.5)


def _refuse_constant(rows):
    start = np.repeat(rows.first[:-1], np.diff(rows.first))
    differs = (rows.regressors != rows.regressors[start]).any(axis=0)
    if not differs.all():
        which = ", ".join(np.array(rows.names)[~differs])
        raise UserError(
            f"demand.regressors: under `order` nothing tells of {which}, the same for all "
            "candidates of every list; leave them out"
        )
