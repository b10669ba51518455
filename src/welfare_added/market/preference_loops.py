"""Compiled log-likelihoods of rankings with ties and of choices given their number, with scores.

Numba caches what it compiles until this file changes; therefore nothing here is imported from
other modules, whose changes it would miss. An agent's rows are stacked.
"""

import numpy as np
from numba import njit

STEP = 0.4  # of the trapezoid rule, in standard deviations at the mode
NEGLIGIBLE = 36.0  # fall of the log integrand at which the sum ends
NEWTON_STEPS = 100
PRECISE = 1e-9


@njit(nogil=True)
def _share(x):
    """x / (exp(x) - 1), the mean derivative of log(1 - exp(-x)) by log x."""
    if x < 1e-8:
        return 1.0 - 0.5 * x
    return x / np.expm1(x) if x < 700.0 else 0.0


@njit(nogil=True)
def _log_integrand(s, rates):
    """Log of the integrand at log T = s, its slope and its curvature."""
    t = np.exp(s)
    value, slope, curvature = s - t, 1.0 - t, -t
    for i in range(len(rates)):
        x = t * rates[i]
        share = _share(x)
        value += np.log(-np.expm1(-x)) if x > 1e-300 else -700.0
        slope += share
        curvature += share * (1.0 - x - share) if x > 1e-8 else -0.5 * x
    return value, slope, curvature


@njit(cache=True, nogil=True)
def all_before(rates, shares):
    """Log of the probability that all of some items come before all others, and its derivatives.

    Items have Gumbel utilities, so that their ranks are those of exponential times. With rates r_i
    over the sum of the others' rates it is the integral of exp(-T) prod_i (1 - exp(-T r_i)) over
    T, by the trapezoid rule in log T around the mode.

    Parameters
    ----------
    rates : (G,) array
        Exponential of the utility of each item, over the sum of those of all later ones.
    shares : (G,) array
        Written: derivatives of the result by the items' utilities.

    """
    s, low, high = 0.0, -np.inf, np.inf
    for _ in range(NEWTON_STEPS):
        _, slope, curvature = _log_integrand(s, rates)
        if slope > 0.0:
            low = s
        else:
            high = s
        step = -slope / curvature
        if abs(step) < PRECISE:
            break
        if abs(step) > 5.0:
            step = 5.0 * np.sign(step)
        s += step
        if s <= low or s >= high:
            s = 0.5 * (low + high)
    peak, _, curvature = _log_integrand(s, rates)
    step = STEP / np.sqrt(-curvature)
    total = 0.0
    shares[:] = 0.0
    for side in (-1.0, 1.0):
        at = s if side > 0.0 else s - step
        while True:
            value, _, _ = _log_integrand(at, rates)
            if value < peak - NEGLIGIBLE:
                break
            weight = np.exp(value - peak)
            total += weight
            t = np.exp(at)
            for i in range(len(rates)):
                shares[i] += weight * _share(t * rates[i])
            at += side * step
    for i in range(len(rates)):
        shares[i] /= total
    return peak + np.log(total * step)


@njit(cache=True, nogil=True)
def ranked_panel(first, rank, index, columns, value, score):
    """Log-likelihood and score of each agent's ranking, whose ties may be in any order, in place.

    Parameters
    ----------
    first : (A + 1,) int array
        First row of each agent, and the number of rows N.
    rank : (N,) int array
        Place of each item; ascending within an agent, ties equal.
    index, columns : (N,) and (N, D) array
        Utility, and covariates.
    value, score : (A,) and (A, D) array
        Written.

    """
    for a in range(len(value)):
        value[a] = 0.0
        score[a] = 0.0
        start, stop = first[a], first[a + 1]
        top = index[start:stop].max()
        change = np.zeros(stop - start)  # of the log-likelihood by each item's utility
        begin = start
        while rank[begin] != rank[stop - 1]:
            end = begin
            while rank[end] == rank[begin]:
                end += 1
            later = 0.0
            for i in range(end, stop):
                later += np.exp(index[i] - top)
            rates = np.exp(index[begin:end] - top) / later
            shares = np.empty(end - begin)
            value[a] += all_before(rates, shares)
            together = 0.0
            for i in range(begin, end):
                change[i - start] += shares[i - begin]
                together += shares[i - begin]
            for i in range(end, stop):
                change[i - start] -= together * np.exp(index[i] - top) / later
            begin = end
        for i in range(start, stop):
            for p in range(columns.shape[1]):
                score[a, p] += change[i - start] * columns[i, p]


@njit(cache=True, nogil=True)
def conditional_panel(first, index, taken, trials, columns, value, score):
    """Log-likelihood and score of each agent's choices given their number, in place.

    Rows stand for ``trials`` alike choices, of which ``taken`` are yes. The sum over all ways to
    make so many choices is the probability of their number when choices are independent with odds
    tilted so that this number is the mean, over the tilted odds of what was chosen.

    Parameters
    ----------
    first : (A + 1,) int array
    index, taken, trials, columns : (N,) and (N, D) arrays
        Utility, choices of yes, all choices, and covariates that vary within agents.
    value, score : (A,) and (A, D) array
        Written. Zero for agents who choose all or none.

    """
    for a in range(len(value)):
        value[a] = 0.0
        score[a] = 0.0
        rows = np.arange(first[a], first[a + 1])
        wanted = int(taken[rows].sum())
        number = int(trials[rows].sum())
        if wanted == 0 or wanted == number:
            continue
        tilt = _tilt(index[rows], trials[rows], wanted)
        before = np.zeros((number + 1, wanted + 1))
        before[0, 0] = 1.0
        chance, of_row = np.empty(number), np.empty(number, np.int64)
        item = 0
        for i in rows:
            p = 1.0 / (1.0 + np.exp(-(index[i] + tilt)))
            value[a] += taken[i] * np.log(p) + (trials[i] - taken[i]) * np.log1p(-p)
            for _ in range(int(trials[i])):
                chance[item], of_row[item] = p, i
                for k in range(wanted + 1):
                    before[item + 1, k] = (1.0 - p) * before[item, k]
                    if k > 0:
                        before[item + 1, k] += p * before[item, k - 1]
                item += 1
        together = before[number, wanted]
        value[a] -= np.log(together)
        after = np.zeros(wanted + 1)
        after[0] = 1.0
        for i in rows:
            for p in range(columns.shape[1]):
                score[a, p] += taken[i] * columns[i, p]
        for item in range(number - 1, -1, -1):
            share = 0.0
            for k in range(wanted):
                share += before[item, k] * after[wanted - 1 - k]
            share *= chance[item] / together
            for p in range(columns.shape[1]):
                score[a, p] -= share * columns[of_row[item], p]
            for k in range(wanted, -1, -1):
                after[k] *= 1.0 - chance[item]
                if k > 0:
                    after[k] += chance[item] * after[k - 1]


@njit(nogil=True)
def _tilt(index, trials, wanted):
    """What is added to all utilities so that the mean number of choices is ``wanted``."""
    tilt, low, high = -np.mean(index), -np.inf, np.inf
    for _ in range(NEWTON_STEPS):
        excess, slope = -float(wanted), 0.0
        for i in range(len(index)):
            p = 1.0 / (1.0 + np.exp(-(index[i] + tilt)))
            excess += trials[i] * p
            slope += trials[i] * p * (1.0 - p)
        if excess > 0.0:
            high = tilt
        else:
            low = tilt
        if abs(excess) < 1e-6:
            break
        step = -excess / max(slope, 1e-12)
        if abs(step) > 5.0:
            step = 5.0 * np.sign(step)
        tilt += step
        if tilt <= low or tilt >= high:
            tilt = 0.5 * (low + high)
    return tilt
