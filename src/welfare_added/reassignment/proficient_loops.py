"""Compiled counts of the students who are proficient with each candidate."""

import math

import numpy as np
from numba import njit

HALF_ROOT = 1.0 / math.sqrt(2.0)


@njit(cache=True)
def count_proficient(first, need, minority, male, previous, level, who, slopes, matches, sd):
    """Students of each position who reach the cut with each candidate, (m, n).

    first: (n + 1,) first student of each position. need: (N,) cut less what does not change with
    the teacher. minority, male, previous: (N,). level: (m, n) effectiveness + eta^y. who: (m, 2)
    minority and male. slopes: (m, 2) on minority and previous. matches: (2,) of minority and
    gender. sd: of the error if counts are expected; 0 if need has the error in it.
    """
    m, n = level.shape
    counts = np.zeros((m, n))
    for place in range(n):
        for teacher in range(m):
            total = 0.0
            for row in range(first[place], first[place + 1]):
                value = level[teacher, place]
                value += slopes[teacher, 0] * minority[row] + slopes[teacher, 1] * previous[row]
                if minority[row] == who[teacher, 0]:
                    value += matches[0]
                if male[row] == who[teacher, 1]:
                    value += matches[1]
                if sd > 0.0:
                    total += 0.5 * math.erfc((need[row] - value) / sd * HALF_ROOT)
                elif value >= need[row]:
                    total += 1.0
            counts[teacher, place] = total
    return counts
