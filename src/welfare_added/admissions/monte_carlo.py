"""Spread of every prediction over fresh synthetic pools."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from welfare_added.admissions.classes import STATISTICS
from welfare_added.admissions.comparison import compare
from welfare_added.admissions.draws import HIGH, LOW, in_processes
from welfare_added.admissions.fresh_pools import FreshPools
from welfare_added.admissions.plan_tables import all_plan_tables
from welfare_added.admissions.plans import Setting, wanted_class
from welfare_added.admissions.setting import places_by_name

KEY = ["table", "plan", "tuned_at", "school", "quantity"]
DECIMALS = 9


def predictions(
    setting: Setting,
    regressions: pd.DataFrame,
    schools: Sequence[str],
    tuned_at: Sequence[str],
) -> pd.DataFrame:
    """All that tables A.1, A.2 and A.6 report of a pool, one number a row: `KEY`, value.

    table: classes (statistics of every class), efficiency (of each plan; quantity
    <measure>_<target>) or regressions (plan: the column, quantity: the variable).
    """
    places = places_by_name(schools, tuned_at)
    targets = {at: wanted_class(setting, at) for at in places.values()}
    classes = all_plan_tables(setting, schools, targets).classes
    efficiency = compare(setting, places).efficiency
    parts = [
        classes.melt(["plan", "tuned_at", "school"], list(STATISTICS), "quantity").assign(
            table="classes"
        ),
        efficiency.assign(
            table="efficiency",
            tuned_at=efficiency["school"],
            quantity=efficiency["measure"] + "_" + efficiency["target"],
        ),
        regressions.rename(columns={"variable": "quantity", "coefficient": "value"}).assign(
            table="regressions", plan=regressions["column"].astype(str), tuned_at="", school=""
        ),
    ]
    return pd.concat(parts, ignore_index=True)[[*KEY, "value"]]


def monte_carlo(
    pools: FreshPools,
    tuned_at: Sequence[str],
    draws: int,
    seed: int,
    processes: int,
) -> pd.DataFrame:
    """Spread over fresh pools, all of whose seeds follow from one; the same for any ``processes``.

    Returns
    -------
    DataFrame
        `KEY`; pools, in which there is such a number; undefined, in how many of these it is not
        defined; mean, sd (divisor one less), low and high (5th and 95th percentile) of the others.

    """
    seeds = np.random.SeedSequence(seed).spawn(draws)
    made = in_processes(partial(_one, pools, tuned_at), seeds, processes)
    groups = pd.concat(made).groupby(KEY, sort=False)["value"]
    table = groups.agg(
        pools="size",
        undefined=lambda value: value.isna().sum(),
        mean="mean",
        sd="std",
        low=LOW,
        high=HIGH,
    )
    return table.round(DECIMALS).reset_index()


def _one(pools: FreshPools, tuned_at: Sequence[str], seed: np.random.SeedSequence) -> pd.DataFrame:
    setting, regressions, schools = pools.study(seed)
    return predictions(setting, regressions, schools, tuned_at)
