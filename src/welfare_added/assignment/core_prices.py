"""Payoffs in the core of an assignment game: prices that support an optimal matching."""

import numpy as np

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
    for _ in range(len(floor) + 1):
        higher = np.maximum((lead + payoff).max(axis=1), floor)
        if (higher - payoff).max(initial=0.0) <= tolerance * size:
            return payoff
        payoff = np.maximum(payoff, higher)
    raise CertificateError("no prices support the matching: it is not optimal")
