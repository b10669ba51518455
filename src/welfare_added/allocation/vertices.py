"""The exact frontier of a district: the vertices of its cells' frontiers, and their sum."""

import logging
from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.allocation.frontier import group_gain
from welfare_added.allocation.objectives import Objective, cell_problems, cells_of
from welfare_added.allocation.plans import progress
from welfare_added.allocation.slots import whole_counts
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
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Vertices of each cell's frontier, and how the allocation changes from one to the next.

    Of all cells, or only of the year and grade ``only``.

    objective: with weights 0 and 1. subjects: weight of each subject in the gains.
    Vertices: cell, vertex (0, 1, ... by weight), weight_from, weight_to, gain_lower, gain_higher
    (the cell's part of the district's mean gain over the status quo [student SD]), certificate
    (relative optimality gap).
    Moves: cell, vertex, slot (class), teacher (slot of the teacher who takes it from this vertex
    on); the first vertex lists changes from the status quo, the others from the one before.
    Raises CertificateError where a vertex is not proven optimal.
    """
    totals = {f"{g}_{s}": whole_counts(slots, f"{g}_{s}").sum() for g in GROUPS for s in subjects}
    cells = cells_of(slots, only)
    problems = cell_problems(slots, objective, scope, only)
    none = np.empty((0, 0), dtype=int)
    vertices = [_vertices(0, [], dict.fromkeys(GAINS, np.empty(0)))]
    moves = [_moves(0, np.empty(0, dtype=int), none)]
    for (cell, at), problem in zip(cells, progress(problems, len(cells)), strict=True):
        tracer = ExactFrontier(problem, tolerance)
        cell_vertices = list(tracer.vertices())
        log.info("%s: %d slots, %d vertices", problem.name, len(at), len(cell_vertices))
        same = tracer.types.of, equal_rows(problem.blocks[:, None], problem.rows)
        matchings = np.stack([keep_places(vertex.matching, *same) for vertex in cell_vertices])
        rows = slots.iloc[at].reset_index(drop=True)
        gains = {
            f"gain_{group}": sum(
                share * _part(rows, matchings, subject, group, totals)
                for subject, share in subjects.items()
            )
            for group in GROUPS
        }
        vertices.append(_vertices(cell, cell_vertices, gains))
        moves.append(_moves(cell, at, matchings))
    return pd.concat(vertices, ignore_index=True), pd.concat(moves, ignore_index=True)


def vertex_summary(vertices: pd.DataFrame) -> dict[str, object]:
    """Summary of a frontier's certificates, for the record of its job."""
    largest = float(vertices["certificate"].max()) if len(vertices) else None
    return {"vertices": len(vertices), "largest_gap": largest}


def _vertices(cell: int, vertices: list[Vertex], gains: Mapping[str, np.ndarray]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cell": np.full(len(vertices), cell),
            "vertex": np.arange(len(vertices)),
            "weight_from": np.array([vertex.weight_from for vertex in vertices], dtype=float),
            "weight_to": np.array([vertex.weight_to for vertex in vertices], dtype=float),
            **gains,
            "certificate": np.array([vertex.relative_gap for vertex in vertices], dtype=float),
        }
    )


def _part(
    rows: pd.DataFrame,
    matchings: np.ndarray,
    subject: str,
    group: str,
    totals: Mapping[str, float],
) -> np.ndarray:
    """A cell's part of the district's mean gain of a group, (V,); zero where the group is empty."""
    count = whole_counts(rows, f"{group}_{subject}").sum()
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


def sum_of_frontiers(vertices: pd.DataFrame) -> pd.DataFrame:
    """The district's exact frontier: the (Minkowski) sum of the frontiers of its cells.

    At each weight every cell is at its optimal vertex, so the sum has the edges of all cells'
    frontiers, in order of the weights. Columns: weight_from, weight_to, gain_lower, gain_higher,
    gain_mean [student SD], certificate (largest relative optimality gap of any cell).
    """
    steps = vertices[GAINS] - vertices.groupby("cell")[GAINS].shift(fill_value=0.0)
    edges = steps.groupby(vertices["weight_from"], sort=True).sum()
    table = edges.cumsum().reset_index()
    ends = np.append(table["weight_from"].to_numpy()[1:], 1.0)
    table.insert(1, "weight_to", ends)
    table["gain_mean"] = table[GAINS].mean(axis=1)
    table["certificate"] = vertices["certificate"].max()
    return table
