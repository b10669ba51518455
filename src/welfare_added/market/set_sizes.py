"""Sizes of choice sets and application sets, and application rates by commute (figures 4, A12)."""

import numpy as np
import pandas as pd

from welfare_added.market.platform import Platform

DECIMALS = 8


def set_sizes(platform: Platform, width: int = 5) -> pd.DataFrame:
    """Histograms of sizes (figure 4).

    width: numbers of positions in a bin.

    Returns
    -------
    DataFrame
        set (choice, application), low, high (least and most positions of the bin), applicants.

    """
    chosen = platform.pairs.groupby("applicant")["applied"].agg(["size", "sum"])
    parts = []
    for name, column in (("choice", "size"), ("application", "sum")):
        low = (chosen[column].astype("int64") // width) * width
        count = low.value_counts().sort_index()
        part = {"set": name, "low": count.index, "high": count.index + width - 1}
        parts.append(pd.DataFrame({**part, "applicants": count.to_numpy()}))
    return pd.concat(parts, ignore_index=True)


def application_rates(pairs: pd.DataFrame, bins: int = 20) -> pd.DataFrame:
    """Application rates by commute, in bins of as many pairs each (figure A12).

    Pairs whose commute is missing are left out.

    Returns
    -------
    DataFrame
        bin (from 1), minutes (mean), rate, pairs.

    """
    known = pairs[pairs["commute_missing"] == 0]
    order = np.argsort(known["minutes"].to_numpy(), kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    number = rank * bins // max(len(order), 1) + 1
    groups = known.astype({"minutes": float}).groupby(number)
    table = groups.agg(
        minutes=("minutes", "mean"), rate=("applied", "mean"), pairs=("applied", "size")
    )
    return table.rename_axis("bin").reset_index().round({"minutes": 6, "rate": DECIMALS})
