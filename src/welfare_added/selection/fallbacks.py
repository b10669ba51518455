"""What a menu's fallback is worth on average: a position, nothing, or vacancies left over.

A displaced teacher's fallback is worth 0 (which fixes the level of utilities), or, where
`Supply.left_over` is given, the mean over the vacancies of her menu that nobody took in the round:
of their regressors, schools' effects and her tastes. Then no fallback fixes the level, and only
differences between vacancies are told.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from welfare_added.selection.arrays import Supply
from welfare_added.selection.pairs import Pairs


@dataclass(frozen=True)
class Fallbacks:
    """Fallbacks as weighted means of positions.

    Attributes
    ----------
    free
        (M,) menus whose fallback is worth 0.
    own, scrambled
        Menus (O,) of all others, and those (Z,) among them whose fallback is the mean of vacancies.
    regressors
        (M, q + 1) with inertia last, 1 for present positions.
    schools, pairs
        (O, S) and (O, P) weights of schools and of pairs, which sum to 1.
    scrambled_schools, scrambled_pairs
        (Z, S) and (Z, P), the rows of those that are `scrambled`.

    """

    free: np.ndarray = field(repr=False)
    own: np.ndarray = field(repr=False)
    scrambled: np.ndarray = field(repr=False)
    regressors: np.ndarray = field(repr=False)
    schools: csr_array = field(repr=False)
    pairs: csr_array = field(repr=False)
    scrambled_schools: csr_array = field(repr=False)
    scrambled_pairs: csr_array = field(repr=False)

    def pair_noise(self, rng: np.random.Generator) -> np.ndarray:
        """Sums (P,) of what makes tastes for left-over vacancies independent given a fallback.

        The error of a fallback that is the mean of L vacancies is the mean of L independent errors
        of variance L, one a vacancy. Drawn given their mean, they part the fallback into L rows of
        precision 1 / L; here is what they add to the sums of the rows' residuals by pair.
        """
        weights = self.scrambled_pairs
        size = np.diff(weights.indptr)
        menu = np.repeat(np.arange(len(size)), size)
        noise = np.sqrt(weights.data) * rng.standard_normal(len(menu))
        noise -= weights.data * np.bincount(menu, noise, minlength=len(size))[menu]
        return np.bincount(weights.indices, noise, minlength=weights.shape[1])


def fallbacks_of(data: Supply, pairs: Pairs, schools: int) -> Fallbacks:
    """Fallbacks of menus."""
    menu = np.repeat(np.arange(len(data.teacher)), np.diff(data.first))
    present = np.flatnonzero(~data.displaced)
    left = (
        np.flatnonzero(data.left_over & data.displaced[menu])
        if len(data.left_over)
        else present[:0]
    )
    count = np.bincount(menu[left], minlength=len(data.teacher))
    scrambled = np.flatnonzero(count)
    regressors = np.column_stack([data.own_regressors, 1.0 - data.displaced])
    weight = 1 / count[menu[left]]
    np.add.at(regressors[:, :-1], menu[left], weight[:, None] * data.regressors[left])
    free = data.displaced & (count == 0)
    own = np.flatnonzero(~free)
    row = np.searchsorted(own, np.concatenate([present, menu[left]]))
    weights = np.concatenate([np.ones(len(present)), weight])

    def table(of_present, of_left, columns):
        at = np.concatenate([of_present[present], of_left[left]])
        return csr_array((weights, (row, at)), shape=(len(own), columns))

    of_school = table(data.own_school, data.school, schools)
    of_pair = table(pairs.of_own, pairs.of_row, len(pairs.teacher))
    place = np.searchsorted(own, scrambled)
    return Fallbacks(
        free=free,
        own=own,
        scrambled=scrambled,
        regressors=regressors,
        schools=of_school,
        pairs=of_pair,
        scrambled_schools=of_school[place],
        scrambled_pairs=of_pair[place],
    )
