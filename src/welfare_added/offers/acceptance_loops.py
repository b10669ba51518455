"""Compiled probabilities that teachers accept offers, and their derivatives.

Values v are exp(V), relative to the outside option. Offers that are certain for a teacher are
worth ``a`` with the outside option; the others arrive independently with chance p_k. Then

    E[1 / (a + sum_k o_k v_k)] = integral of exp(-a t) prod_k (1 - p_k + p_k exp(-v_k t)) dt,

and without district j, and with a + v_j, it gives the chance that an offer of j is accepted.
Nodes s are those of exp(-s) ds, with t = s / a.
"""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def accept_offers(values, offers, standing, accepted, exits):
    """Chances given offers: write ``accepted`` (N, J), if offered, and ``exits`` (N,).

    offers: (N, J) bool; standing: (N,) district whose offer a teacher has in any case, -1 if none.
    """
    n, districts = values.shape
    for i in range(n):
        total = 1.0
        for j in range(districts):
            if offers[i, j] or j == standing[i]:
                total += values[i, j]
        exits[i] = 1.0 / total
        for j in range(districts):
            has = offers[i, j] or j == standing[i]
            accepted[i, j] = values[i, j] / (total if has else total + values[i, j])


@njit(cache=True, nogil=True)
def accept_expected(
    values, chance, candidate, standing, narrow, nodes, weights, wide_nodes, wide_weights,
    accepted, exits,
):  # fmt: skip
    """Chances given chances of offers: write ``accepted`` (N, J), if offered, and ``exits`` (N,).

    candidate: (N, J), where ``chance`` counts. narrow: largest worth of uncertain offers relative
    to certain ones for which ``nodes`` do. Of the standing district it is the chance to stay, of
    other pairs that are no candidates 0.
    """
    n, districts = values.shape
    most = max(len(nodes), len(wide_nodes))
    product, decay = np.empty(most), np.empty((districts, most))
    for i in range(n):
        certain = 1.0 + (values[i, standing[i]] if standing[i] >= 0 else 0.0)
        uncertain = 0.0
        for j in range(districts):
            accepted[i, j] = 0.0
            if candidate[i, j]:
                uncertain += values[i, j]
        slim = uncertain <= narrow * certain
        s, w = (nodes, weights) if slim else (wide_nodes, wide_weights)
        points = len(s)
        for g in range(points):
            product[g] = w[g] / certain
        for j in range(districts):
            if candidate[i, j]:
                rate, p = values[i, j] / certain, chance[i, j]
                for g in range(points):
                    decay[j, g] = np.exp(-rate * s[g])
                    product[g] *= 1.0 - p + p * decay[j, g]
        stays = 0.0
        for g in range(points):
            stays += product[g]
        exits[i] = stays
        for j in range(districts):
            if candidate[i, j]:
                total, p = 0.0, chance[i, j]
                for g in range(points):
                    term = 1.0 - p + p * decay[j, g]
                    if term > 0.0:  # zero: an offer that is certain, at a node without weight
                        total += product[g] * decay[j, g] / term
                accepted[i, j] = values[i, j] * total
        if standing[i] >= 0:
            accepted[i, standing[i]] = values[i, standing[i]] * stays


@njit(cache=True, nogil=True)
def derivatives(
    values, chance, slope, candidate, standing, covariates, traits, cost, match, ratio,
    narrow, nodes, weights, wide_nodes, wide_weights,
    score, by_price, use_by_price, use_by_parameter,
):  # fmt: skip
    """Derivatives of log-chances of matches, and of what districts expect to use.

    Parameters
    ----------
    values, chance, candidate, standing
        As in `accept_expected`.
    slope
        (N, J) derivative of the chance in the payoff: the density of the shock.
    covariates, traits, cost
        (N, J, K), (N, L) and (N, J): what values, payoffs and prices depend on.
    match, ratio
        (N,) district, -1 for exit, -2 to leave the teacher out of the scores; and slope / chance
        of the match, where it is a candidate.
    narrow, nodes, weights, wide_nodes, wide_weights
        As in `accept_expected`.
    score, by_price
        (N, K + L) and (N, 2J), written: of the log-chance, in parameters at given prices, and in
        prices of capacity and of budget at given parameters.
    use_by_price, use_by_parameter
        (2J, 2J) and (2J, K + L), added to: of expected capacity and budget that districts use.

    """
    n, districts = values.shape
    utilities, payoffs = covariates.shape[2], traits.shape[1]
    size = utilities + payoffs
    most = max(len(nodes), len(wide_nodes))
    product, decay = np.empty(most), np.empty((districts, most))
    inner, outer = np.empty((districts, most)), np.empty((districts, most))
    moved, line = np.empty((most, size)), np.empty(size)
    for i in range(n):
        home = standing[i]
        certain = 1.0 + (values[i, home] if home >= 0 else 0.0)
        uncertain = 0.0
        for j in range(districts):
            if candidate[i, j]:
                uncertain += values[i, j]
        slim = uncertain <= narrow * certain
        s, w = (nodes, weights) if slim else (wide_nodes, wide_weights)
        points = len(s)
        for g in range(points):
            product[g] = w[g] / certain
            for d in range(size):
                moved[g, d] = 0.0
            if home >= 0:
                for d in range(utilities):
                    moved[g, d] = -s[g] / certain * values[i, home] * covariates[i, home, d]
        for j in range(districts):
            if not candidate[i, j]:
                continue
            rate, p = values[i, j] / certain, chance[i, j]
            for g in range(points):
                decay[j, g] = np.exp(-rate * s[g])
                term = 1.0 - p + p * decay[j, g]
                product[g] *= term
                # Of log term, in p; a term of zero is of an offer that is certain, as above.
                inner[j, g] = (decay[j, g] - 1.0) / term if term > 0.0 else 0.0
                outer[j, g] = decay[j, g] / term if term > 0.0 else 0.0
                in_value = -p * rate * s[g] * outer[j, g]  # of log term, in log v
                in_payoff = inner[j, g] * slope[i, j]
                for d in range(utilities):
                    moved[g, d] += in_value * covariates[i, j, d]
                for d in range(payoffs):
                    moved[g, utilities + d] += in_payoff * traits[i, d]
        exits = 0.0
        line[:] = 0.0
        for g in range(points):
            exits += product[g]
            for d in range(size):
                line[d] += product[g] * moved[g, d]
        if match[i] == -1 or (home >= 0 and match[i] == home):
            for d in range(size):
                score[i, d] = line[d] / exits
            if match[i] >= 0:
                for d in range(utilities):
                    score[i, d] += covariates[i, home, d]
        if home >= 0:
            for d in range(size):
                own = covariates[i, home, d] * exits if d < utilities else 0.0
                change = values[i, home] * (line[d] + own)
                use_by_parameter[home, d] += change
                use_by_parameter[districts + home, d] += change * cost[i, home]
        for k in range(districts):
            if not candidate[i, k]:
                continue
            total = 0.0
            for g in range(points):
                total += product[g] * inner[k, g]
            total *= -slope[i, k]
            if match[i] == -1 or (home >= 0 and match[i] == home):
                by_price[i, k] = total / exits
                by_price[i, districts + k] = cost[i, k] * total / exits
            if home >= 0:
                change = values[i, home] * total
                use_by_price[home, k] += change
                use_by_price[home, districts + k] += change * cost[i, k]
                use_by_price[districts + home, k] += change * cost[i, home]
                use_by_price[districts + home, districts + k] += change * cost[i, home] * cost[i, k]
        for j in range(districts):
            if not candidate[i, j]:
                continue
            rate, p, v = values[i, j] / certain, chance[i, j], values[i, j]
            total, in_value, in_payoff = 0.0, 0.0, 0.0
            line[:] = 0.0
            for g in range(points):
                part = product[g] * outer[j, g]
                total += part
                in_value += part * rate * s[g] * (p * outer[j, g] - 1.0)
                in_payoff += part * inner[j, g]
                for d in range(size):
                    line[d] += part * moved[g, d]
            for d in range(utilities):
                line[d] += in_value * covariates[i, j, d]
            for d in range(payoffs):
                line[utilities + d] -= in_payoff * slope[i, j] * traits[i, d]
            for d in range(size):
                if d < utilities:
                    change = p * v * (line[d] + total * covariates[i, j, d])
                else:
                    own = slope[i, j] * traits[i, d - utilities] * total
                    change = v * (p * line[d] + own)
                use_by_parameter[j, d] += change
                use_by_parameter[districts + j, d] += change * cost[i, j]
            if match[i] == j:
                for d in range(utilities):
                    score[i, d] = covariates[i, j, d] + line[d] / total
                for d in range(payoffs):
                    score[i, utilities + d] = ratio[i] * traits[i, d] + line[utilities + d] / total
                by_price[i, j] = -ratio[i]
                by_price[i, districts + j] = -ratio[i] * cost[i, j]
            for k in range(districts):
                if not candidate[i, k]:
                    continue
                if k == j:
                    change = -slope[i, j] * v * total
                else:
                    mixed = 0.0
                    for g in range(points):
                        mixed += product[g] * outer[j, g] * inner[k, g]
                    change = -slope[i, k] * p * v * mixed
                    if match[i] == j:
                        by_price[i, k] = -slope[i, k] * mixed / total
                        by_price[i, districts + k] = by_price[i, k] * cost[i, k]
                use_by_price[j, k] += change
                use_by_price[j, districts + k] += change * cost[i, k]
                use_by_price[districts + j, k] += change * cost[i, j]
                use_by_price[districts + j, districts + k] += change * cost[i, j] * cost[i, k]
