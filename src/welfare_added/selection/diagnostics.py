"""Convergence and effective number of draws of chains (Vehtari et al. 2021).

Chains are split in halves; ranks over all halves are turned into normal scores.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import rankdata

from welfare_added.run.errors import UserError

TAILS = (0.05, 0.95)
# Of distances from the median over the range: both draws beside the median are as far from it,
# and rounding must not rank them.
DECIMALS = 9


@dataclass(frozen=True)
class Diagnosis:
    """Of one parameter: split R-hat, and effective numbers of draws of bulk and tails."""

    r_hat: float
    bulk: float
    tail: float


def diagnose(draws: np.ndarray) -> Diagnosis:
    """Diagnose the draws (chains, draws) of one parameter.

    A parameter that never moves has R-hat NaN and as many effective draws as draws.

    Raises
    ------
    UserError
        If there are fewer than four draws a chain, or missing ones.

    """
    draws = np.asarray(draws, dtype=float)
    if draws.ndim != 2 or draws.shape[1] < 4:
        raise UserError(f"draws: shape {draws.shape}, want chains and at least 4 draws of each")
    if not np.isfinite(draws).all():
        raise UserError(f"draws: {int((~np.isfinite(draws)).sum())} missing or infinite")
    halves = _halves(draws)
    folded = np.abs(halves - np.median(halves))
    folded = np.round(folded / (np.ptp(halves) or 1.0), DECIMALS)
    r_hat = max(_r_hat(_normal_scores(halves)), _r_hat(_normal_scores(folded)))
    tails = [effective_draws(_halves((draws <= np.quantile(draws, q)) * 1.0)) for q in TAILS]
    return Diagnosis(r_hat, effective_draws(_normal_scores(halves)), min(tails))


def diagnostics_table(
    draws: np.ndarray, names: list[str], prior_sd: np.ndarray | None = None, least: float = 400
) -> pd.DataFrame:
    """Posterior moments and diagnostics, one row a parameter.

    Parameters
    ----------
    draws
        (chains, draws, parameters).
    names
        Of the parameters.
    prior_sd
        (parameters,) half the width of the prior's central 68% (`parameters.prior_widths`); NaN and
        missing: not compared.
    least
        Effective draws, of bulk and of tails, below which a parameter is marked.

    Returns
    -------
    DataFrame
        parameter, mean, sd, q05, q95, r_hat, bulk, tail, few (too few effective draws), prior
        (the posterior's central 68% is at least 0.9 times as wide as the prior's).

    """
    rows = []
    for j, name in enumerate(names):
        values = draws[:, :, j]
        found = diagnose(values)
        low, left, right, high = np.quantile(values, [0.05, 0.16, 0.84, 0.95])
        rows.append(
            {
                "parameter": name,
                "mean": values.mean(),
                "sd": values.std(ddof=1),
                "q05": low,
                "q95": high,
                "r_hat": found.r_hat,
                "bulk": found.bulk,
                "tail": found.tail,
                "few": min(found.bulk, found.tail) < least,
                "prior": prior_sd is not None and (right - left) / 2 >= 0.9 * prior_sd[j],
            }
        )
    return pd.DataFrame(rows)


def effective_draws(chains: np.ndarray) -> float:
    """Effective number of the draws (chains, draws), by Geyer's initial monotone sequence."""
    number, length = chains.shape
    if np.ptp(chains) < np.finfo(float).resolution:
        return float(chains.size)
    covariance = _autocovariance(chains)
    means = chains.mean(axis=1)
    within = covariance[:, 0].mean() * length / (length - 1)
    plus = within * (length - 1) / length
    if number > 1:
        plus += means.var(ddof=1)
    correlation = 1 - (within - covariance.mean(axis=0)) / plus
    correlation[0] = 1
    pairs = correlation[: 2 * (length // 2)].reshape(-1, 2)[: max((length - 2) // 2, 1)]
    sums = pairs.sum(axis=1)
    end = int(np.argmax(sums < 0)) if (sums < 0).any() else len(sums)
    even = correlation[2 * end] if 2 * end < length and end > 0 else 0.0
    monotone = np.minimum.accumulate(sums[:end])
    time = -1 + 2 * monotone.sum() + max(even, 0)
    time = max(time, 1 / np.log10(chains.size))
    return float(chains.size / time)


def _r_hat(chains):
    length = chains.shape[1]
    within = chains.var(axis=1, ddof=1).mean()
    if within == 0:
        return np.nan
    between = chains.mean(axis=1).var(ddof=1)
    return float(np.sqrt((within * (length - 1) / length + between) / within))


def _halves(draws):
    half = draws.shape[1] // 2
    return np.concatenate([draws[:, :half], draws[:, -half:]])


def _normal_scores(chains):
    ranks = rankdata(chains, method="average").reshape(chains.shape)
    return ndtri((ranks - 0.375) / (chains.size + 0.25))


def _autocovariance(chains):
    length = chains.shape[1]
    centred = chains - chains.mean(axis=1, keepdims=True)
    size = 1 << (2 * length - 1).bit_length()
    power = np.abs(np.fft.rfft(centred, size, axis=1)) ** 2
    return np.fft.irfft(power, size, axis=1)[:, :length] / length
