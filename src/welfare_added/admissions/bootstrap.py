"""Uncertainty of efficiencies: over draws of the applicants, or over fresh synthetic pools.

In every draw all is made anew: the class under the tiers that plans must match, the plans, their
matched benchmarks, the efficiencies. All plans of a draw face the same applicants, so that
differences between plans are paired.
"""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from welfare_added.admissions.comparison import DECIMALS, UNDEFINED, UNREACHABLE, efficiencies
from welfare_added.admissions.draws import HIGH, LOW, in_processes
from welfare_added.admissions.plans import Setting
from welfare_added.admissions.resampling import Resampled, Source
from welfare_added.run.errors import UserError

KEY = ["plan", "school", "measure", "target"]
SettingOf = Callable[[np.random.SeedSequence], Setting]


def bootstrap_efficiency(
    source: Source,
    schools: Mapping[str, int],
    draws: int,
    seed: int,
    by: str = "applicants",
    processes: int = 1,
) -> pd.DataFrame:
    """Efficiencies with their spread over resampled applicants.

    Parameters
    ----------
    source
        The applicants and what their setting is built from.
    schools
        Number of each school at which plans are tuned, by name. Its seats stay as they are.
    draws
        Number of draws, two or more.
    seed
        Of all draws; a draw's applicants do not depend on how many are made.
    by
        Whether ``applicants`` are drawn with replacement, or whole ``tracts``.
    processes
        Among which draws are divided; the result does not depend on it.

    Returns
    -------
    DataFrame
        As of `spread`, with the column estimate, from the applicants as they are, and missing, why
        there is none.

    """
    n = len(source.pool)
    once = np.zeros(n, dtype=np.int64)
    actual = source.setting(np.arange(n), once, source.pool.place)
    estimates = efficiencies(actual, schools).rename(columns={"value": "estimate"})
    table = spread(efficiency_draws(Resampled(source, by), schools, draws, seed, processes))
    return estimates.merge(table, on=KEY, how="left", validate="one_to_one")


def efficiency_draws(
    setting_of: SettingOf,
    schools: Mapping[str, int],
    draws: int,
    seed: int,
    processes: int = 1,
) -> pd.DataFrame:
    """Efficiencies in every draw: column draw, and those of `efficiencies`.

    setting_of: builds a draw's setting from its seed; `Resampled`, or a fresh synthetic pool.
    Raises UserError with fewer than two draws or less than one process.
    """
    if draws < 2:
        raise UserError(f"draws: {draws} cannot tell a standard error; ask for two or more")
    if processes < 1:
        raise UserError(f"processes: {processes}; ask for one or more")
    seeds = np.random.SeedSequence(seed).spawn(draws)
    parts = in_processes(partial(_one, setting_of, schools), seeds, processes)
    return pd.concat(parts, keys=range(draws), names=["draw"]).reset_index(level="draw")


def _one(
    setting_of: SettingOf, schools: Mapping[str, int], seed: np.random.SeedSequence
) -> pd.DataFrame:
    return efficiencies(setting_of(seed), schools)


def spread(draws: pd.DataFrame) -> pd.DataFrame:
    """Spread over draws, one row per plan, school, measure and target.

    draws: from `efficiency_draws`. Columns: draws, their number; mean, standard_error (divisor one
    less than the number), low and high (5th and 95th percentile) over draws in which the efficiency
    is defined; undefined and unreachable, shares of the draws in which it is not. What is over
    fewer than two draws is missing.
    """
    table = draws.groupby(KEY, sort=False).agg(
        draws=("draw", "size"),
        mean=("value", "mean"),
        standard_error=("value", "std"),
        low=("value", LOW),
        high=("value", HIGH),
        undefined=("missing", lambda missing: (missing == UNDEFINED).mean()),
        unreachable=("missing", lambda missing: (missing == UNREACHABLE).mean()),
    )
    return table.round(DECIMALS).reset_index()
