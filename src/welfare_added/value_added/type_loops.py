"""Compiled loops of value added by type; nothing is imported here (see `compiled_loops`)."""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def add_cells(values, group, part, sums, products):
    """Add n students' K variables to sums by group and cross-products by part, in place.

    values: (K, n); group, part: (n,) ints; sums: (U, K); products: (V, K, K).
    """
    variables = len(values)
    row = np.empty(variables)
    for i in range(len(group)):
        total, product = sums[group[i]], products[part[i]]
        for j in range(variables):
            row[j] = values[j, i]
            total[j] += row[j]
        for j in range(variables):
            for k in range(variables):
                product[j, k] += row[j] * row[k]


@njit(cache=True, nogil=True)
def log_likelihood(starts, year, kind, mean, noise, overlap, shared, effects, shock):
    """Gaussian log likelihood of J teachers' mean residuals, and its derivatives by covariances.

    Parameters
    ----------
    starts : (J + 1,) int array
        First of each teacher's observations, and at last their number N.
    year, kind, mean, noise, overlap, shared : (N,) arrays
        Year from 0; type; mean residual; variance by students; factor of the variance of shocks;
        factor of their covariance with the other type of the year.
    effects, shock : (L, 2, 2) and (2, 2) array
        Covariances of effects by lag, and of shocks.

    """
    total = 0.0
    by_lag, by_shock = np.zeros_like(effects), np.zeros_like(shock)
    for teacher in range(len(starts) - 1):
        first, size = starts[teacher], starts[teacher + 1] - starts[teacher]
        sigma = np.empty((size, size))
        for a in range(size):
            i = first + a
            for b in range(a + 1):
                j = first + b
                value = effects[abs(year[i] - year[j]), kind[i], kind[j]]
                if a == b:
                    value += noise[i] + overlap[i] * shock[kind[i], kind[i]]
                elif year[i] == year[j]:
                    value += shared[i] * shock[kind[i], kind[j]]
                sigma[a, b] = value
        determinant = _inverse(sigma)
        solved = np.zeros(size)
        for a in range(size):
            for b in range(size):
                solved[a] += sigma[a, b] * mean[first + b]
        square = 0.0
        for a in range(size):
            square += solved[a] * mean[first + a]
        total -= 0.5 * (square + determinant + size * np.log(2 * np.pi))
        for a in range(size):
            i = first + a
            for b in range(size):
                j = first + b
                slope = 0.5 * (solved[a] * solved[b] - sigma[a, b])
                by_lag[abs(year[i] - year[j]), kind[i], kind[j]] += slope
                if a == b:
                    by_shock[kind[i], kind[i]] += slope * overlap[i]
                elif year[i] == year[j]:
                    by_shock[kind[i], kind[j]] += slope * shared[i]
    return total, by_lag, by_shock


@njit(cache=True, nogil=True)
def _inverse(sigma):
    """Invert a matrix, given by its lower triangle, in place; returns its log determinant."""
    size = len(sigma)
    determinant = 0.0
    for a in range(size):  # Cholesky
        for b in range(a + 1):
            value = sigma[a, b]
            for c in range(b):
                value -= sigma[a, c] * sigma[b, c]
            if a == b:
                sigma[a, a] = np.sqrt(value)
                determinant += 2 * np.log(sigma[a, a])
            else:
                sigma[a, b] = value / sigma[b, b]
    for a in range(size):  # inverse of the factor, in place
        sigma[a, a] = 1 / sigma[a, a]
        for b in range(a):
            value = 0.0
            for c in range(b, a):
                value -= sigma[a, c] * sigma[c, b]
            sigma[a, b] = value * sigma[a, a]
    for a in range(size):  # its cross-products
        for b in range(a + 1):
            value = 0.0
            for c in range(a, size):
                value += sigma[c, a] * sigma[c, b]
            sigma[b, a] = value
    for a in range(size):
        for b in range(a):
            sigma[a, b] = sigma[b, a]
    return determinant
