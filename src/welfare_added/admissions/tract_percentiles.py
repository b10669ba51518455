"""Percentiles of census tracts weighted by children, and tiers drawn at their quantiles."""

import numpy as np
import pandas as pd

NOISE = 1e-9  # of a percentile, so that a sum that is a quantile is not above it


def child_percentile(values: pd.Series, children: pd.Series) -> pd.Series:
    """Share of children who live in tracts with values up to each tract's own, 0 to 1.

    values: by tract, larger for the better off. children: school-age children by tract, the same
    index. Equal values have the same percentile. Missing where the value is; such tracts' children
    do not count. So are the indicators of the Chicago Public Schools scaled.
    """
    held = values.dropna()
    by_value = children.reindex(held.index).groupby(held).sum().sort_index()
    cumulated = by_value.cumsum() / by_value.sum()
    return values.map(cumulated)


def quantile_number(percentile: pd.Series, parts: int) -> pd.Series:
    """Which of equal parts a percentile falls in, 1 to ``parts``, upper ends included.

    Missing where the percentile is.
    """
    return np.ceil(parts * percentile - NOISE).clip(1, parts).astype("Int64")


def redrawn_tiers(tracts: pd.DataFrame, tiers: int) -> pd.Series:
    """Tier of each tract, 1 the least well off, by geoid: quantiles of children by SES score.

    tracts: geoid, ses_score, school_age_children. Missing where the score is. A tract is in one
    tier, so that tiers have equal numbers of children to within a tract. With four tiers they are
    those the Chicago Public Schools published for 2014/15, in each of the 796 tracts with a score.
    """
    by_tract = tracts.set_index("geoid")
    percentile = child_percentile(by_tract["ses_score"], by_tract["school_age_children"])
    return quantile_number(percentile, tiers)
