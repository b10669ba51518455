"""Which differences between teachers grade means identify: components, rank, teams."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from welfare_added.grade_means.cells import GradeCells
from welfare_added.grade_means.factored import elimination_order, factored
from welfare_added.grade_means.moments import Design, design

# Eigenvalues below the first are zero but for rounding; those up to the second are not clear. They
# are of Zd'Zd over the largest diagonal of Z'Z, and of what teachers leave of the other controls.
SMALL = (1e-11, 1e-9)
LEFT = (1e-8, 1e-6)
RIDGE = 1e-12  # far above rounding, and far below the eigenvalues of what is identified
NOTHING = 1e-12  # share of a cell less the school-year's mean, where it is zero but for rounding


@dataclass(frozen=True)
class Identified:
    """What mean scores identify of J teachers' effects, whatever their distribution.

    Attributes
    ----------
    component : (J,) int array
        Teachers are in one component if they are compared, directly or by others: their cells
        differ in the same school-years. Numbered from 0 by the first teacher.
    team : (J,) int array
        Teachers with the same shares of the same cells in all years are in one team: only
        their mean is identified. Numbered likewise.
    ranks : (components,) int array
        Independent contrasts between a component's teachers, before the other controls.
    lost
        Contrasts that grade effects and composition take away in all.
    unclear
        Contrasts that are so weak that rounding may have made or unmade them; 0 if ranks are
        certain.

    """

    component: np.ndarray
    team: np.ndarray
    ranks: np.ndarray
    lost: int
    unclear: int

    @property
    def rank(self) -> int:
        """Identified dimension, the rank of MZ."""
        return int(self.ranks.sum()) - self.lost

    @property
    def never_compared(self) -> np.ndarray:
        """Teachers all of whose cells are like the rest of the school-year, (J,) bool array."""
        return self.ranks[self.component] == 0


def identified(cells: GradeCells, shares: sparse.csr_array) -> Identified:
    """Find components, teams and ranks; shares from `teacher_shares`."""
    one = design(cells, shares)
    component = _components(one)
    order = elimination_order(one.gram)
    scale = float((shares * shares).sum(axis=0).max())
    none, weak = (_small_eigenvalues(one, order, small * scale) for small in SMALL)
    sizes = np.bincount(component)
    ranks = sizes - np.bincount(component[none], minlength=len(sizes))
    lost, unclear = _lost(one, order, RIDGE * scale)
    unclear += int(weak.sum() - none.sum())
    return Identified(component, _teams(shares), ranks, lost, unclear)


def _components(one: Design) -> np.ndarray:
    """Component of each teacher, by school-years in which her share varies over cells."""
    entries = one.within.tocoo()
    varies = np.abs(entries.data) > NOTHING
    row, teacher = entries.coords[0][varies], entries.coords[1][varies]
    teachers = one.within.shape[1]
    school_year = one.maker.school_year[row]
    size = teachers + int(one.maker.school_year.max()) + 1
    links = sparse.coo_array(
        (np.ones(len(row)), (teacher, teachers + school_year)), shape=(size, size)
    )
    return _numbered(connected_components(links, directed=False)[1][:teachers])


def _numbered(label: np.ndarray) -> np.ndarray:
    """Labels as 0, 1, ... in the order in which they first occur."""
    _, first, number = np.unique(label, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[number]


def _teams(shares: sparse.csr_array) -> np.ndarray:
    """Team of each teacher: same cells and same shares."""
    columns = sparse.csc_array(shares)
    columns.sort_indices()
    number: dict[tuple[bytes, bytes], int] = {}
    bounds = zip(columns.indptr[:-1], columns.indptr[1:], strict=True)
    keys = [(columns.indices[a:b].tobytes(), columns.data[a:b].tobytes()) for a, b in bounds]
    return np.array([number.setdefault(key, len(number)) for key in keys])


def _small_eigenvalues(one: Design, order: np.ndarray, small: float) -> np.ndarray:
    """Marks, (J,), as many teachers of each component as Zd'Zd has eigenvalues below ``small``."""
    shift = sparse.diags_array(np.full(len(order), small))
    return factored(sparse.csc_array(one.gram - shift), order).negative()


def _lost(one: Design, order: np.ndarray, ridge: float) -> tuple[int, int]:
    """Directions of the other controls in the span of Zd, and those that are not clearly out of it.

    Of a direction in the span the ridge leaves itself over the eigenvalues that it meets.
    """
    if not len(one.loading):
        return 0, 0
    shift = sparse.diags_array(np.full(len(order), ridge))
    solved = factored(sparse.csc_array(one.gram + shift), order).solve(one.loading.T)
    left = np.eye(len(one.loading)) - one.loading @ solved
    values = np.linalg.eigvalsh((left + left.T) / 2)
    return int((values < LEFT[0]).sum()), int(((values >= LEFT[0]) & (values < LEFT[1])).sum())
