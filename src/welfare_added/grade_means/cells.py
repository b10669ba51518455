"""Mean scores of cells (a grade of a school in a year) and who teaches them, as arrays."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from welfare_added.run.errors import UserError

SHARES = ("given", "equal", "sum")


@dataclass(frozen=True)
class GradeCells:
    """Cells of one subject and level, and the teachers of each.

    Attributes
    ----------
    mean_score : (C,) array
        Mean score of the cell's pupils; value added comes in its units.
    pupils : (C,) array
        Number of pupils behind the mean.
    composition : (C, P) array
        Shares of pupils by characteristics, the controls; P may be 0.
    school_year, grade : (C,) int arrays
        Codes 0, 1, ... of the school in the year, and of the grade.
    year : (C,) int array
        Calendar years.
    cell, teacher : (L,) int arrays
        One entry a teacher of a cell: numbers of the cell and of the teacher.
    share : (L,) array
        Part of the cell that the teacher teaches, positive, in any unit (full-time equivalents).
    teachers : int
        J, number of teachers; each teaches a cell.

    """

    mean_score: np.ndarray
    pupils: np.ndarray
    composition: np.ndarray
    school_year: np.ndarray
    grade: np.ndarray
    year: np.ndarray
    cell: np.ndarray
    teacher: np.ndarray
    share: np.ndarray
    teachers: int


def teacher_shares(cells: GradeCells, share: str = "given") -> sparse.csr_array:
    """Weight of each teacher's effect in each cell's mean score: (C, J) matrix Z.

    Parameters
    ----------
    cells
        The cells.
    share
        ``given``: shares, scaled to one a cell, as a mean score needs; ``equal``: the same share
        for all teachers of a cell; ``sum``: one for each teacher, as printed in appendix D, where
        the effects of a cell's teachers are added up.

    Raises
    ------
    UserError
        If there is no such choice.

    """
    if share not in SHARES:
        raise UserError(f"grade means: share {share!r} is unknown; want {', '.join(SHARES)}.")
    weights = cells.share.astype(float) if share == "given" else np.ones(len(cells.share))
    if share != "sum":
        weights = weights / np.bincount(cells.cell, weights=weights)[cells.cell]
    shape = len(cells.mean_score), cells.teachers
    matrix = sparse.csr_array(sparse.coo_array((weights, (cells.cell, cells.teacher)), shape=shape))
    matrix.sort_indices()
    return matrix
