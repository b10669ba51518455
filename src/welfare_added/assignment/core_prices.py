"""Payoffs in the core of an assignment game: prices that support an optimal matching."""

import numpy as np
from numba import njit

from welfare_added.assignment.certificate import CertificateError


def lowest_payoffs(
    scores: np.ndarray, partner: np.ndarray, floor: np.ndarray, tolerance: float = 1e-12
) -> np.ndarray:
    """Smallest payoffs of rows (n,) in the core that give each row at least its ``floor`` (n,).

    scores: (n, n) joint surplus of each pair; partner: (n,) column of each row in an optimal
    matching. A row's payoff a and its column's price q = score - a are in the core if
    a_i + q_c >= scores_ic for all pairs. Payoffs that are as small as possible for one row are so
    for all (the core is a lattice: Shapley and Shubik 1971); they are the longest paths
    a_i = max(floor_i, max_l a_l + scores_{i c(l)} - scores_{l c(l)}).
    tolerance: relative to the largest score, by which one score may fall short of its payoffs.
    Raises CertificateError where no payoffs support the matching, which then is not optimal.
    """
    here = scores[:, partner]  # column l: score of each row with row l's partner
    lead = here - here.diagonal()
    size = max(float(np.abs(scores).max(initial=0.0)), float(np.abs(floor).max(initial=0.0)))
    payoff = floor.astype(float)
    if not _raise_payoffs(np.ascontiguousarray(lead), payoff, tolerance * size):
        raise CertificateError("no prices support the matching: it is not optimal")
    return payoff


@njit(cache=True, nogil=True, fastmath={"nnan", "nsz"})
def _raise_payoffs(lead, payoff, slack):
    """Raise payoffs (n,) to the longest paths, in place, each row from those before it.

    lead: (n, n) score of each row with another's partner, less that other's own. Without
    circles of positive length n rounds are enough; returns whether the last raised none by more
    than ``slack``.
    """
    for _ in range(len(payoff) + 1):
        most = 0.0
        for i in range(len(payoff)):
            best = payoff[i]
            for other in range(len(payoff)):
                path = lead[i, other] + payoff[other]
                best = path if path > best else best
            most = max(most, best - payoff[i])
            payoff[i] = best
        if most <= slack:
            return True
    return False
