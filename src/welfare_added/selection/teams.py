"""Scores of students who have several teachers of a subject, as means over the team (eq. 1).

    y = mean over the team of (x a + theta + eta^y) + eps

Effects of teammates meet in such a row, while the sampler's algebra takes each cell by itself. For
two cells with effects f_j and f_l that share rows, let N_jl be the sum over these rows of 1 / team
size^2, and add the datum

    d_jl ~ N(f_j - f_l, s^2 / N_jl)

drawn given the state, which leaves its distribution as it is. Given all d the squares of eps and of
the data added are n_j f_j^2 - 2 f_j t_j and no products of different effects, n_j being the sum
over rows of 1 / team size: cells are alone again.
"""

from dataclasses import replace

import numpy as np

from welfare_added.selection.arrays import Outcomes
from welfare_added.selection.outcome_block import Cells


def with_differences(cells: Cells, outcomes: Outcomes, difference: np.ndarray) -> Cells:
    """Cells that take the differences (E,) of teammates as data."""
    if len(difference) == 0:
        return cells
    weighted = outcomes.overlap * difference
    left, right = outcomes.teammates.T
    count = len(cells.rows)
    added = np.bincount(left, weighted, minlength=count)
    added -= np.bincount(right, weighted, minlength=count)
    return replace(
        cells, total=cells.total + added, square=cells.square + float(weighted @ difference)
    )


def draw_differences(
    outcomes: Outcomes, effect: np.ndarray, sd_eps: float, rng: np.random.Generator
) -> np.ndarray:
    """Differences (E,) given effects (J,) of cells and teachers together, and the SD of eps."""
    left, right = outcomes.teammates.T
    noise = rng.standard_normal(len(left))
    return effect[left] - effect[right] + sd_eps / np.sqrt(outcomes.overlap) * noise
