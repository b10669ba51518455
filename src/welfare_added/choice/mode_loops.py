"""Compiled search of the normals at which an agent's choices are likeliest, and their spread.

For each agent, Newton's method climbs log f(choices | v) + log phi(v) over its K normals v; the
spread there makes a normal proposal for importance sampling. Numba caches what it compiles until
this file changes; therefore nothing here is imported from other modules.
"""

import numpy as np
from numba import njit

STEPS = 200
PRECISE = 1e-8  # decrement at the mode
HALVINGS = 30
TRIED = 32  # nodes from the best of which another search starts
CLEARLY = 1.0  # log of the mass around the other mode to that around the first
# Least pivots of curvatures, for steps and for proposals; those of the normals alone are 1.
STEEP = 0.02
FLATTEST = 0.25


@njit(cache=True, nogil=True)
def modes(
    begin,
    end,
    first,
    situation,
    index,
    loadings,
    taken,
    trials,
    level,
    present,
    present_index,
    present_loadings,
    nodes,
    widening,
    centres,
    spreads,
    reached,
):
    """Write modes and spreads of agents begin to end - 1; start from what stands in centres.

    The density of an agent with a present position may have several modes. Another search starts
    from its best node, and ends at the mode that is taken if it is clearly the greater.

    Parameters
    ----------
    first : (A + 1,) int array
        First row of each agent; of multinomial choices its first situation.
    situation : (T + 1,) int array
        First row of each situation; of length zero for binary choices.
    index, loadings : (N,) and (N, K) array
        Rows' utility at normals of zero but for ``level``, and its derivatives.
    taken, trials : (N,) array
        Choices of one, and all choices of a row; trials are not used for multinomial choices.
    level : (A,) array
        Added to all utilities of the agent.
    present : (A,) int array
        Row of the present position in the next two, -1 if none. Binary choices only.
    present_index, present_loadings : (M,) and (M, K) array
    nodes : (A or 1, K, R) array
        Normals, the first of which are tried.
    widening : float
        Standard deviations of the proposal in those of the curvature at the mode.
    centres, spreads : (A, K) and (A, K, K) array
        Modes, and lower triangular roots of widening**2 times the inverse curvature.
    reached : (A,) bool array
        Written: whether the mode was reached.

    """
    dimensions = centres.shape[1]
    none = np.zeros(dimensions)
    for a in range(begin, end):
        c = present[a]
        own = present_loadings[c] if c >= 0 else none
        own_level = present_index[c] + level[a] if c >= 0 else -np.inf
        if len(situation):
            start, stop = situation[first[a]], situation[first[a + 1]]
            starts = situation[first[a] : first[a + 1] + 1] - start
        else:
            start, stop = first[a], first[a + 1]
            starts = situation
        rows = (
            index[start:stop] + level[a],
            loadings[start:stop],
            taken[start:stop],
            trials[start:stop],
            starts,
            own_level,
            own,
        )
        reached[a], curvature = _climb(centres[a], *rows)
        if c >= 0:
            other = _best(nodes[a % len(nodes)], *rows)
            found, there = _climb(other, *rows)
            gain = _mass(other, there, *rows) - _mass(centres[a], curvature, *rows)
            if found and (gain > CLEARLY or not reached[a]):
                reached[a], curvature, centres[a] = True, there, other
        _root_of_inverse(curvature, widening, spreads[a])


@njit(nogil=True)
def _climb(point, index, loadings, taken, trials, starts, own_level, own):
    """Move point to the mode; returns whether it was reached, and a root of the curvature there."""
    dimensions = len(point)
    gradient, step, trial = np.empty(dimensions), np.empty(dimensions), np.empty(dimensions)
    square = (dimensions, dimensions)
    curvature, correction, root = np.zeros(square), np.zeros(square), np.zeros(square)
    for _ in range(STEPS):
        height = _height(point, index, loadings, taken, trials, starts, own_level, own)
        if len(starts):
            _multinomial_derivatives(point, index, loadings, taken, starts, gradient, curvature)
            correction[:] = 0.0
        else:
            _binary_derivatives(
                point,
                index,
                loadings,
                taken,
                trials,
                own_level,
                own,
                gradient,
                curvature,
                correction,
            )
        _damped(curvature, correction, STEEP, root)
        decrement = _solve(root, gradient, step)
        if decrement < PRECISE:
            point += step
            _damped(curvature, correction, FLATTEST, root)
            return True, root
        length = 1.0
        for _ in range(HALVINGS):
            trial[:] = point + length * step
            higher = _height(trial, index, loadings, taken, trials, starts, own_level, own)
            if higher > height + 1e-4 * length * decrement:
                break
            length *= 0.5
        point[:] = trial
    return False, root


@njit(nogil=True)
def _best(nodes, index, loadings, taken, trials, starts, own_level, own):
    """The node, of the first few, at which choices and normals are likeliest."""
    best, top = np.zeros(len(nodes)), -np.inf
    for q in range(min(TRIED, nodes.shape[1])):
        point = nodes[:, q].copy()
        height = _height(point, index, loadings, taken, trials, starts, own_level, own)
        if height > top:
            best, top = point, height
    return best


@njit(nogil=True)
def _mass(point, root, index, loadings, taken, trials, starts, own_level, own):
    """Laplace's approximation of the log of the mass around a mode, up to a constant."""
    mass = _height(point, index, loadings, taken, trials, starts, own_level, own)
    for k in range(len(point)):
        mass -= np.log(root[k, k])
    return mass


@njit(nogil=True, error_model="numpy")
def _height(point, index, loadings, taken, trials, starts, own_level, own):
    """Log-likelihood of the choices plus log-density of the normals, up to a constant."""
    height = -0.5 * _dot(point, point)
    if len(starts):
        for s in range(len(starts) - 1):
            chosen, top, total = 0.0, -np.inf, 0.0
            for i in range(starts[s], starts[s + 1]):
                utility = index[i] + _dot(loadings[i], point)
                chosen += taken[i] * utility
                if utility > top:
                    total = total * np.exp(top - utility) + 1.0
                    top = utility
                else:
                    total += np.exp(utility - top)
            height += chosen - top - np.log(total)
        return height
    base = -_softplus(own_level + _dot(own, point))
    for i in range(len(index)):
        utility = base + index[i] + _dot(loadings[i], point)
        height += taken[i] * utility - trials[i] * _softplus(utility)
    return height


@njit(nogil=True, error_model="numpy")
def _binary_derivatives(
    point, index, loadings, taken, trials, own_level, own, gradient, curvature, correction
):
    """Gradient, Gauss-Newton curvature, and what has to be added for the exact curvature."""
    dimensions = len(point)
    _start(point, gradient, curvature)
    own_utility = own_level + _dot(own, point)
    own_chance = _chance(own_utility)
    base, total = -_softplus(own_utility), 0.0
    slope = np.empty(dimensions)
    for i in range(len(index)):
        chance = _chance(base + index[i] + _dot(loadings[i], point))
        residual = taken[i] - trials[i] * chance
        variance = trials[i] * chance * (1.0 - chance)
        total += residual
        for k in range(dimensions):
            slope[k] = loadings[i, k] - own_chance * own[k]
            gradient[k] += residual * slope[k]
            for m in range(k + 1):
                curvature[k, m] += variance * slope[k] * slope[m]
    weight = total * own_chance * (1.0 - own_chance)
    for k in range(dimensions):
        for m in range(k + 1):
            correction[k, m] = weight * own[k] * own[m]


@njit(nogil=True, error_model="numpy")
def _multinomial_derivatives(point, index, loadings, taken, starts, gradient, curvature):
    """Gradient and curvature."""
    dimensions = len(point)
    _start(point, gradient, curvature)
    mean, chance = np.empty(dimensions), np.empty(len(index))
    for s in range(len(starts) - 1):
        top, total = -np.inf, 0.0
        for i in range(starts[s], starts[s + 1]):
            chance[i] = index[i] + _dot(loadings[i], point)
            top = max(top, chance[i])
        for i in range(starts[s], starts[s + 1]):
            chance[i] = np.exp(chance[i] - top)
            total += chance[i]
        mean[:] = 0.0
        for i in range(starts[s], starts[s + 1]):
            chance[i] /= total
            for k in range(dimensions):
                mean[k] += chance[i] * loadings[i, k]
        for i in range(starts[s], starts[s + 1]):
            for k in range(dimensions):
                distance = loadings[i, k] - mean[k]
                gradient[k] += taken[i] * distance
                for m in range(k + 1):
                    curvature[k, m] += chance[i] * distance * (loadings[i, m] - mean[m])


@njit(nogil=True)
def _start(point, gradient, curvature):
    """Write what the normals' density contributes."""
    gradient[:] = -point
    curvature[:] = 0.0
    for k in range(len(point)):
        curvature[k, k] = 1.0


@njit(nogil=True)
def _damped(curvature, correction, least, root):
    """Write a root of the curvature with as much of the correction as keeps it positive.

    Without any it never fails: the normals' curvature of one is in it.
    """
    for quarters in range(4, -1, -1):
        root[:] = curvature + 0.25 * quarters * correction
        if _factor(root, least):
            return


@njit(nogil=True)
def _factor(matrix, least):
    """Overwrite the lower triangle by its Cholesky root; returns whether its pivots are large."""
    for k in range(len(matrix)):
        for m in range(k + 1):
            left = matrix[k, m]
            for j in range(m):
                left -= matrix[k, j] * matrix[m, j]
            if m < k:
                matrix[k, m] = left / matrix[m, m]
            elif left < least:
                return False
            else:
                matrix[k, k] = np.sqrt(left)
    return True


@njit(nogil=True)
def _solve(root, gradient, step):
    """Write the Newton step; returns its decrement, gradient times step."""
    dimensions = len(root)
    decrement = 0.0
    for k in range(dimensions):
        step[k] = gradient[k]
        for m in range(k):
            step[k] -= root[k, m] * step[m]
        step[k] /= root[k, k]
        decrement += step[k] * step[k]
    for k in range(dimensions - 1, -1, -1):
        for m in range(k + 1, dimensions):
            step[k] -= root[m, k] * step[m]
        step[k] /= root[k, k]
    return decrement


@njit(nogil=True)
def _root_of_inverse(root, widening, spread):
    """Write the lower triangular root of widening**2 times the inverse of root root'."""
    dimensions = len(root)
    inverse = np.zeros((dimensions, dimensions))
    for j in range(dimensions):
        for k in range(j, dimensions):
            inverse[k, j] = 1.0 if k == j else 0.0
            for m in range(j, k):
                inverse[k, j] -= root[k, m] * inverse[m, j]
            inverse[k, j] /= root[k, k]
    for k in range(dimensions):
        for m in range(dimensions):
            spread[k, m] = 0.0
            for j in range(dimensions):
                spread[k, m] += widening**2 * inverse[j, k] * inverse[j, m]
    for k in range(dimensions):
        for m in range(dimensions):
            if m > k:
                spread[k, m] = 0.0
                continue
            for j in range(m):
                spread[k, m] -= spread[k, j] * spread[m, j]
            spread[k, m] = np.sqrt(spread[k, k]) if k == m else spread[k, m] / spread[m, m]


@njit(nogil=True)
def _dot(left, right):
    total = 0.0
    for k in range(len(left)):
        total += left[k] * right[k]
    return total


@njit(nogil=True)
def _softplus(utility):
    """log(1 + exp(utility)); 0 at minus infinity."""
    return max(utility, 0.0) + np.log1p(np.exp(-abs(utility)))


@njit(nogil=True)
def _chance(utility):
    small = np.exp(-abs(utility))
    return (1.0 if utility >= 0.0 else small) / (1.0 + small)
