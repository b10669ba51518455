"""The planner's frontier between students' achievement and teachers' utility, exactly.

Bates et al. (2022), eq. 3: the largest omega sum VA + sum u over all allocations, for every omega.
The mean over runs of the optima at one weight is a vertex of the mean of the runs' frontiers, in
sums; per student, runs with other positions have slightly other denominators.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.assignment.exact import ExactFrontier
from welfare_added.assignment.problem import Problem
from welfare_added.market.achievement import MEASURES, measures
from welfare_added.market.policy_tables import DECIMALS
from welfare_added.market.setting import MarketArrays
from welfare_added.market.simulate import Choices, Run, each_run


@dataclass(frozen=True)
class RunFrontier:
    """The vertices of one run's frontier, from the best for teachers to the best for students.

    Attributes
    ----------
    weight_from
        (V,) weight of achievement from which each vertex is optimal, the first from 0.
    partners
        (V, J) position of each teacher.
    measures
        (V, 4) achievement, by type, and utility in minutes, in the order of `MEASURES`.
    relative_gap
        Largest certified relative distance from an optimum.

    """

    weight_from: np.ndarray
    partners: np.ndarray
    measures: np.ndarray
    relative_gap: float


def scale_of(market: MarketArrays) -> float:
    """Minutes of utility that count as much as one unit of total value added at weight 1/2.

    The ratio of the standard deviations over pairs, so that weights are spread over the frontier.
    At weight w, omega of eq. 3 is gamma x scale x w / (1 - w).
    """
    spread = float(market.value_added.std())
    return float(market.utility.std() / market.gamma / spread) if spread > 0 else 1.0


def run_frontier(run: Run, scale: float) -> RunFrontier:
    """All vertices of a run's frontier, each with a certificate.

    Raises CertificateError where a vertex is not proven optimal.
    """
    market, count = run.market, len(run.positions)
    minutes = (run.teachers - run.teachers.mean()) / market.gamma
    if market.match_effect is None:
        factors, students = market.mu, market.students
    else:
        factors, students = market.value_added, np.eye(count)
    stretch = _stretch(minutes, factors, students * scale)
    columns = np.zeros((2, count, count + factors.shape[1]))
    columns[0, :, :count] = np.eye(count)
    columns[1, :, count:] = students * scale / stretch
    rows = np.concatenate([minutes, factors * stretch], axis=1)
    problem = Problem(rows, columns, np.zeros(count, dtype=int), name=f"run {run.number}")
    vertices = list(ExactFrontier(problem).vertices())
    partners = np.array([np.argsort(vertex.matching) for vertex in vertices])
    values = np.array([[*measures(run, partner).values()] for partner in partners])
    return RunFrontier(
        np.array([vertex.weight_from for vertex in vertices]),
        partners,
        values,
        max(vertex.relative_gap for vertex in vertices),
    )


def _stretch(minutes: np.ndarray, factors: np.ndarray, columns: np.ndarray) -> float:
    """Number that multiplies factors of value added and divides columns, so that both are precise.

    Rows are rounded to 27 bits of the largest, columns to 50 bits of the sum of the largest
    products less those of rows; with this number both lose as little, about 1e-6 of value added.
    """
    largest = [float(np.abs(one).max()) or 1.0 for one in (minutes, factors, columns)]
    return float(np.sqrt(largest[0] * largest[2] / (16 * len(minutes) * largest[1])))


def frontiers(market: MarketArrays, choices: Choices, threads: int = 1) -> list[RunFrontier]:
    """The frontier of every run."""
    scale = scale_of(market)
    return each_run(market, choices, lambda run: run_frontier(run, scale), threads)


def frontier_table(
    found: list[RunFrontier], status_quo: pd.DataFrame, points: int, scale: float
) -> pd.DataFrame:
    """Points of the mean frontier, from the best for teachers to the best for students.

    Parameters
    ----------
    found
        The frontiers of all runs.
    status_quo
        Rows of the status quo in all runs, with the columns `MEASURES`.
    points
        Number of points; all are vertices, about evenly spaced on the frontier as it is drawn.
    scale
        See `scale_of`.

    Returns
    -------
    DataFrame
        weight, omega_minutes (minutes of utility that a unit of total value added counts as; from
        there on the point is optimal), achievement, achievement_0, achievement_1 [student SD],
        gain, gain_0, gain_1 and utility_minutes less those of the status quo, vertices (mean number
        in a run), certificate (largest relative gap).

    """
    weights, vertices = mean_frontier(found)
    at = np.unique(np.searchsorted(_length(vertices), np.linspace(0, 1, points) - 1e-12))
    table = pd.DataFrame(vertices[at], columns=list(MEASURES))
    base = status_quo[list(MEASURES)].mean()
    for measure, name in zip(MEASURES[:3], ("gain", "gain_0", "gain_1"), strict=True):
        table[name] = table[measure] - base[measure]
    table["utility_minutes"] -= base["utility_minutes"]
    table.insert(0, "omega_minutes", scale * weights[at] / (1 - weights[at]))
    table.insert(0, "weight", weights[at])
    digits = DECIMALS | {name: 9 for name in ("gain", "gain_0", "gain_1", "weight")}
    table = table.round(digits | {"omega_minutes": 6})
    table["vertices"] = round(float(np.mean([len(one.weight_from) for one in found])), 6)
    table["certificate"] = round(max(one.relative_gap for one in found), 12)
    return table


def _length(vertices: np.ndarray) -> np.ndarray:
    """How far along the frontier each vertex is, from 0 to 1, both axes of the same length."""
    axes = vertices[:, [0, 3]]
    spans = np.abs(axes[-1] - axes[0])
    steps = np.linalg.norm(np.diff(axes, axis=0) / np.where(spans > 0, spans, 1.0), axis=1)
    along = np.append(0.0, np.cumsum(steps))
    return along / (along[-1] or 1.0)


def mean_frontier(found: list[RunFrontier]) -> tuple[np.ndarray, np.ndarray]:
    """Every vertex of the mean of the runs' frontiers, from the best for teachers on.

    Returns the weight of achievement from which each vertex is optimal, (V,), and the measures,
    (V, 4): the sum of the runs' frontiers has the edges of all, in order of the weights.
    """
    weights = np.concatenate([one.weight_from[1:] for one in found])
    changes = np.concatenate([np.diff(one.measures, axis=0) for one in found])
    order = np.argsort(weights, kind="stable")
    start = np.mean([one.measures[0] for one in found], axis=0)
    steps = np.cumsum(changes[order], axis=0) / len(found)
    return np.append(0.0, weights[order]), np.concatenate([start[None], start + steps])


def share_of_cost(found: list[RunFrontier], share_of_gain: float) -> float:
    """Share of the utility between the ends of the mean frontier that a share of the gain costs.

    From the allocation that is best for teachers on; exact, on the edges between vertices
    (Bates et al. 2022, section 7.3.1: three quarters of the gain at 8 percent of the cost).
    """
    achieved, minutes = mean_frontier(found)[1][:, [0, 3]].T
    gained = (achieved - achieved[0]) / (achieved[-1] - achieved[0])
    return float(
        np.interp(share_of_gain, gained, (minutes[0] - minutes) / (minutes[0] - minutes[-1]))
    )
