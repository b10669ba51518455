"""Nodes of the integral that gives the expected acceptance of offers that are uncertain."""

import math
from functools import cache

import numpy as np

# Twelve nodes of Gauss and Laguerre are exact to 1e-10 where uncertain offers are together worth
# at most this much of what is certain.
NARROW = 0.6
NODES = 12
STEP, LEFT, RIGHT = 0.09, -3.6, 4.0


@cache
def laguerre() -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of sum w f(s) = integral of exp(-s) f(s) for s from 0."""
    return tuple(map(np.ascontiguousarray, np.polynomial.laguerre.laggauss(NODES)))


@cache
def double_exponential() -> tuple[np.ndarray, np.ndarray]:
    """The same by the trapezium rule in s = exp(x - exp(-x)): more nodes, for any f that falls."""
    x = np.arange(round((RIGHT - LEFT) / STEP) + 1) * STEP + LEFT
    s = np.array([math.exp(value - math.exp(-value)) for value in x])
    weight = STEP * (1 + np.exp(-x)) * s * np.exp(-s)
    return s, weight
