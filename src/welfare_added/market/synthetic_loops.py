"""Compiled loops over the pairs of a synthetic platform.

Numba caches what it compiles until this file changes; therefore nothing here is imported from
other modules, whose changes it would miss.
"""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def expected_applications(value, applicant, shift):
    """Sum over pairs of the chance of an application, a logistic function.

    Parameters
    ----------
    value : (N,) array
        Utility of each pair.
    applicant : (N,) int array
        Code of its applicant.
    shift : (A,) array
        Added to the utility of all pairs of each applicant.

    """
    total = 0.0
    for row in range(len(value)):
        total += 1.0 / (1.0 + np.exp(-(value[row] + shift[applicant[row]])))
    return total
