"""Standard errors, intervals and bias of quantities from their replications."""

import numpy as np
import pandas as pd

from welfare_added.resampling.quantities import KEY
from welfare_added.run.errors import UserError
from welfare_added.value_added.significant import significant_table


def standard_errors(
    estimates: pd.DataFrame, replications: pd.DataFrame, level: float
) -> pd.DataFrame:
    """Spread of each quantity over the replications, beside its estimate.

    Parameters
    ----------
    estimates
        `quantities` of the district itself.
    replications
        The same of every replication, with its number in column replication.
    level
        Of the intervals, for example 0.9.

    Returns
    -------
    DataFrame
        The key of `quantities`; estimate; standard_error (SD over replications, divisor one less
        than their number); low, high: interval from the (1 - level) / 2 quantile of the
        replications to that of the other end, moved by the estimate less their mean, so that it is
        around the estimate; mean of the replications; bias, mean less estimate; replications.

    Raises
    ------
    UserError
        With fewer than two replications, or where one lacks a quantity or is there twice.

    """
    # Replications are read from files, whose numbers have fewer digits.
    estimates, replications = (
        table.assign(weight=table["weight"].round(9)) for table in (estimates, replications)
    )
    made = replications["replication"].nunique()
    if made < 2:
        raise UserError(f"bootstrap: {made} replications have no standard error; make two or more")
    if replications.duplicated(["replication", *KEY]).any():
        raise UserError("bootstrap: a replication is there twice; delete its files and run again")
    tails = {"low": (1 - level) / 2, "high": (1 + level) / 2}
    values = replications.groupby(KEY, sort=False)["value"]
    spread = values.agg(mean="mean", standard_error="std", replications="size")
    for name, share in tails.items():
        spread[name] = values.quantile(share)
    table = estimates.rename(columns={"value": "estimate"}).merge(
        spread.reset_index(), on=KEY, how="outer", validate="one_to_one"
    )
    absent = (table["replications"] != made) | ~np.isfinite(table["estimate"])
    incomplete = int(absent.sum())
    if incomplete:
        raise UserError(
            f"bootstrap: {incomplete} of {len(table)} quantities are not in all {made} "
            "replications and the district itself; delete their files and make them again"
        )
    table["bias"] = table["mean"] - table["estimate"]
    for name in tails:
        table[name] -= table["bias"]
    numbers = ["estimate", "standard_error", "low", "high", "mean", "bias", "replications"]
    ordered = table[[*KEY, *numbers]].sort_values(KEY, ignore_index=True)
    return significant_table(ordered.astype({"replications": int}))
