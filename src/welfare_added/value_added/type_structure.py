"""Structural parameters of value added on two types, with intervals by the bootstrap over teachers.

Students' slopes, school, experience and year effects are held at their estimates; teachers are
drawn with replacement, with all their years.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from welfare_added.value_added.type_likelihood import LikelihoodRatio
from welfare_added.value_added.type_model import Moments, TypeModel, moments
from welfare_added.value_added.type_years import PAIRS

LEVEL = 0.95
DRAWS_AT_ONCE = 25
PAIR_NAMES = ("type_0", "between_types", "type_1")  # as in PAIRS


def resampled(model: TypeModel, draws: int, seed: int | np.random.SeedSequence) -> Moments:
    """Moments of ``draws`` samples of teachers, drawn with replacement."""
    teachers = len(model.sums.own)
    parts = []
    for stream, count in _streams(draws, seed):
        weights = stream.multinomial(teachers, np.full(teachers, 1 / teachers), size=count)
        sums = model.sums.weighted(weights.astype(float))
        parts.append(moments(sums, model.slopes, model.student, model.choices))
    tables = zip(*(vars(part).values() for part in parts), strict=True)
    return Moments(*(np.concatenate(table) for table in tables))


def _streams(
    draws: int, seed: int | np.random.SeedSequence
) -> Iterator[tuple[np.random.Generator, int]]:
    starts = range(0, draws, DRAWS_AT_ONCE)
    root = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
    streams = root.spawn(len(starts))
    for start, stream in zip(starts, streams, strict=True):
        yield np.random.default_rng(stream), min(DRAWS_AT_ONCE, draws - start)


def parameters(found: Moments, student: np.ndarray) -> dict[str, np.ndarray]:
    """Structural parameters of B samples, (B,) each; missing where a variance is not positive.

    sd_m: SD of teachers' effects on type m, the root of c_mm(0) [student SD]; correlation between
    the types; shock_sd_m, shock_correlation: of classroom shocks; class_sd_m: of both together;
    student_sd_m: of students within a class and type; persistence_m: covariance at lag 1 over
    that at lag 0.
    """
    own, shock = found.own_year, found.between - found.own_year
    with np.errstate(divide="ignore", invalid="ignore"):
        values = {
            "sd_0": _root(own[:, 0]),
            "sd_1": _root(own[:, 2]),
            "correlation": own[:, 1] / _root(own[:, 0] * own[:, 2]),
            "shock_sd_0": _root(shock[:, 0]),
            "shock_sd_1": _root(shock[:, 2]),
            "shock_correlation": shock[:, 1] / _root(shock[:, 0] * shock[:, 2]),
            "class_sd_0": _root(found.between[:, 0]),
            "class_sd_1": _root(found.between[:, 2]),
            "persistence_0": found.lags[:, 0, 0] / own[:, 0],
            "persistence_1": found.lags[:, 0, 2] / own[:, 2],
        }
    for kind in range(2):
        values[f"student_sd_{kind}"] = np.full(len(own), np.sqrt(student[kind]))
    return {name: np.where(np.isfinite(value), value, np.nan) for name, value in values.items()}


def _root(values: np.ndarray) -> np.ndarray:
    return np.sqrt(np.where(values > 0, values, np.nan))


def structure_table(
    model: TypeModel, draws: Moments, ratio: LikelihoodRatio, counts: dict[str, float]
) -> pd.DataFrame:
    """Parameters with intervals: parameter, estimate, low, high (percentiles, 95 percent).

    The shock variances are not adjusted where they come out negative: then they are missing. Of the
    likelihood: its correlation, SDs, and the test of one-dimensional value added, without interval;
    at last ``counts``.
    """
    estimate = parameters(model.moments, model.student)
    drawn = parameters(draws, model.student)
    rows = [(name, float(value[0]), *interval(drawn[name])) for name, value in estimate.items()]
    full = ratio.full
    single = {
        "likelihood_sd_0": full.sd[0],
        "likelihood_sd_1": full.sd[1],
        "likelihood_correlation": full.correlation,
        "likelihood_permanent_share": full.share,
        "likelihood_persistence": full.persistence,
        "likelihood_ratio": ratio.statistic,
        "likelihood_ratio_p": ratio.p_value,
    }
    rows += [(name, float(value), np.nan, np.nan) for name, value in (single | counts).items()]
    return pd.DataFrame(rows, columns=["parameter", "estimate", "low", "high"])


def drift_table(model: TypeModel, draws: Moments) -> pd.DataFrame:
    """Covariances by lag.

    pair (type_0, between_types, type_1), lag [years], covariance [student SD squared], correlation
    (of mean residuals), pairs, low, high, used (the covariance that predicts). Lag 0 is the
    teachers' part c(0), as in `TypeChoices.own_year`; its correlation is missing, its pairs 0.
    """
    rows = []
    for number, (a, b) in enumerate(PAIRS):
        low, high = interval(draws.own_year[:, number])
        own, used = float(model.moments.own_year[0, number]), model.profile[:, a, b]
        rows.append((PAIR_NAMES[number], 0, own, np.nan, 0, low, high, used[0]))
        for lag in range(1, model.moments.lags.shape[1] + 1):
            at = (0, lag - 1, number)
            value = (float(model.moments.lags[at]), float(model.moments.correlations[at]))
            pairs = int(model.moments.pairs[at])
            low, high = interval(draws.lags[:, lag - 1, number])
            rows.append((PAIR_NAMES[number], lag, *value, pairs, low, high, used[lag]))
    columns = ["pair", "lag", "covariance", "correlation", "pairs", "low", "high", "used"]
    return pd.DataFrame(rows, columns=columns)


def interval(values: np.ndarray) -> tuple[float, float]:
    """Percentile interval over draws (95 percent), missing where half of them have no value."""
    known = values[~np.isnan(values)]
    if 2 * len(known) <= len(values):
        return np.nan, np.nan
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
