"""The exact frontier of a district: the vertices of its cells, and their sum."""

import logging
from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.allocation.frontier import group_gain
from welfare_added.allocation.objectives import Objective, cell_problems, cells_of
from welfare_added.allocation.plans import progress
from welfare_added.assignment.exact import ExactFrontier, Vertex
from welfare_added.assignment.places import equal_rows, keep_places
from welfare_added.district.vocabulary import GROUPS

log = logging.getLogger(__name__)

GAINS = [f"gain_{group}" for group in GROUPS]


def trace(
    slots: pd.DataFrame,
    objective: Objective,
    scope: str,
    subjects: Mapping[str, float],
    tolerance: float = 1e-9,
    only: tuple[int, int] | None = None,
) -> tuple[list[pd.DataFrame], list[pd.DataFrame]]:
    """Vertices of the frontier of every cell, and how the allocation changes along it.

    Both a table a cell: of all cells, or of that of the year and grade ``only``.

    objective: of weights 0 and 1. subjects: weight of each subject in the gains.
    Vertices: cell, vertex (0, 1, ... by weight), weight_from, weight_to, gain_lower, gain_higher
    (the cell's part of the district's mean gain over the status quo [student SD]), certificate.
    Moves: cell, vertex, slot (class), teacher (slot of the teacher who takes it from this vertex
    on); the first vertex lists what differs from the status quo, the others from the one before.
    Raises CertificateError where a vertex is not proven optimal.
    """
    totals = {f"{g}_{s}": slots[f"{g}_{s}"].sum() for g in GROUPS for s in subjects}
    cells = cells_of(slots, only)
    problems = cell_problems(slots, objective, scope, only)
    none = np.empty((0, 0), dtype=int)
    vertices = [] if cells else [_vertices(0, [], dict.fromkeys(GAINS, np.empty(0)))]
    moves = [] if cells else [_moves(0, np.empty(0, dtype=int), none)]
    for (cell, at), problem in zip(cells, progress(problems, len(cells)), strict=True):
        tracer = ExactFrontier(problem, tolerance)
        found = list(tracer.vertices())
        log.info("%s: %d slots, %d vertices", problem.name, len(at), len(found))
        same = tracer.types.of, equal_rows(problem.blocks[:, None], problem.teachers)
        matchings = np.stack([keep_places(vertex.matching, *same) for vertex in found])
        rows = slots.iloc[at].reset_index(drop=True)
        gains = {
            f"gain_{group}": sum(
                share * _part(rows, matchings, subject, group, totals)
                for subject, share in subjects.items()
            )
            for group in GROUPS
        }
        vertices.append(_vertices(cell, found, gains))
        moves.append(_moves(cell, at, matchings))
    return vertices, moves


def traced(vertices: list[pd.DataFrame]) -> dict[str, object]:
    """What the certificates of a frontier prove, in a few words for the record of its job."""
    gaps = np.concatenate([table["certificate"] for table in vertices])
    return {"vertices": len(gaps), "largest_gap": float(gaps.max()) if len(gaps) else None}


def _vertices(cell: int, found: list[Vertex], gains: Mapping[str, np.ndarray]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cell": np.full(len(found), cell),
            "vertex": np.arange(len(found)),
            "weight_from": np.array([vertex.weight_from for vertex in found], dtype=float),
            "weight_to": np.array([vertex.weight_to for vertex in found], dtype=float),
            **gains,
            "certificate": np.array([vertex.relative_gap for vertex in found], dtype=float),
        }
    )


def _part(
    rows: pd.DataFrame,
    matchings: np.ndarray,
    subject: str,
    group: str,
    totals: Mapping[str, float],
) -> np.ndarray:
    """A cell's part of the district's mean gain of a group, (V,): zero where it has none of it."""
    count = rows[f"{group}_{subject}"].sum()
    if count == 0:
        return np.zeros(len(matchings))
    return group_gain(rows, matchings, subject, group) * count / totals[f"{group}_{subject}"]


def _moves(cell: int, at: np.ndarray, matchings: np.ndarray) -> pd.DataFrame:
    before = np.vstack([np.arange(len(at)), matchings])[: len(matchings)]
    vertex, klass = np.nonzero(matchings != before)
    teacher = matchings[vertex, klass]
    return pd.DataFrame(
        {
            "cell": np.int32(cell),
            "vertex": vertex.astype(np.int32),
            "slot": at[klass].astype(np.int32),
            "teacher": at[teacher].astype(np.int32),
        }
    )


def minkowski(vertices: pd.DataFrame) -> pd.DataFrame:
    """The district's exact frontier: at each weight every cell is at its own optimal vertex.

    The sum of convex frontiers has their edges, in order of the weights. Columns: weight_from,
    weight_to, gain_lower, gain_higher, gain_mean [student SD], certificate (largest of all cells').
    """
    steps = vertices[GAINS] - vertices.groupby("cell")[GAINS].shift(fill_value=0.0)
    edges = steps.groupby(vertices["weight_from"], sort=True).sum()
    table = edges.cumsum().reset_index()
    ends = np.append(table["weight_from"].to_numpy()[1:], 1.0)
    table.insert(1, "weight_to", ends)
    table["gain_mean"] = table[GAINS].mean(axis=1)
    table["certificate"] = vertices["certificate"].max()
    return table


def allocation_at(slots: pd.DataFrame, moves: pd.DataFrame, vertex_of: Mapping[int, int]):
    """Slot of the teacher who takes each class, (N,), where each cell is at its given vertex."""
    plan = slots["slot"].to_numpy().copy()
    reached = moves[moves["vertex"] <= moves["cell"].map(vertex_of)]
    last = reached.drop_duplicates("slot", keep="last")
    plan[last["slot"]] = last["teacher"]
    return plan
