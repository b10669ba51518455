"""What many worlds of `trust` say together: are ranks uniform, do intervals cover."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import chi2


def uniformity(ranks: pd.DataFrame, keep: int = 19, bins: int = 10) -> pd.Series:
    """P-value a parameter of chi-squared tests that ranks (see `calibration`) are uniform."""
    bin_of = ranks["rank"] * bins // (keep + 1)
    counts = pd.crosstab(ranks["parameter"], bin_of).reindex(columns=range(bins), fill_value=0)
    expected = counts.sum(axis=1) / bins
    statistic = counts.sub(expected, axis=0).pow(2).div(expected, axis=0).sum(axis=1)
    return pd.Series(chi2.sf(statistic, bins - 1), index=counts.index, name="p")


def rank_moments(ranks: pd.DataFrame, keep: int = 19) -> pd.DataFrame:
    """Means and spreads of ranks (see `trust.calibration`) beside those of uniform ones.

    Returns
    -------
    DataFrame
        By parameter: mean, z_mean (0 if intervals are in the right place), sd, z_spread (of the
        mean square around the middle: negative if intervals are too wide, positive if too narrow),
        p (of the chi-squared test `uniformity`).

    """
    middle, levels = keep / 2, np.arange(keep + 1)
    square = ((levels - middle) ** 2).mean()
    sd_of_square = np.sqrt(((levels - middle) ** 4).mean() - square**2)
    away = ranks["rank"] - middle
    groups = ranks.assign(away=away, square=away**2).groupby("parameter")
    root = np.sqrt(groups.size())
    return pd.DataFrame(
        {
            "mean": groups["rank"].mean(),
            "z_mean": groups["away"].mean() / np.sqrt(square) * root,
            "sd": np.sqrt(groups["square"].mean()),
            "z_spread": (groups["square"].mean() - square) / sd_of_square * root,
            "p": uniformity(ranks, keep),
        }
    )


def share_covered(table: pd.DataFrame, groups: Mapping[str, str]) -> pd.DataFrame:
    """Shares of intervals that cover, with standard errors that take each world as one draw.

    Intervals of one world share its data, so that their number overstates what they tell.

    Parameters
    ----------
    table
        As `trust.coverage` gives it, of two worlds or more.
    groups
        Name of each group of parameters, and how their names begin.

    Returns
    -------
    DataFrame
        group, worlds, intervals, covered (share), error (standard, of the share), square (mean of
        z squared, z a posterior mean less the planted value over the posterior SD: 1 where
        intervals have the right width and place), square_error.

    """
    table = table.assign(square=((table["mean"] - table["true"]) / table["sd"]) ** 2)
    rows = []
    for name, begins in groups.items():
        group = table[table["parameter"].str.startswith(begins)]
        by_world = group.groupby("world")[["covered", "square"]].mean()
        worlds = len(by_world)
        mean, error = by_world.mean(), by_world.std(ddof=1) / np.sqrt(worlds)
        rows.append(
            {
                "group": name,
                "worlds": worlds,
                "intervals": len(group),
                "covered": mean["covered"],
                "error": error["covered"],
                "square": mean["square"],
                "square_error": error["square"],
            }
        )
    return pd.DataFrame(rows)
