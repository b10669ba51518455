"""Gains in the market where value added has effects of teacher and position beyond types (A10)."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from welfare_added.market.policies import STATUS_QUO
from welfare_added.market.policy_tables import policy_table, simulate_policies
from welfare_added.market.setting import MarketArrays
from welfare_added.market.simulate import Choices

POLICIES = ("best", "all_options", "principals", "teachers", "both")


def match_effect_table(
    market: MarketArrays, choices: Choices, sds: Sequence[float], seed: int, threads: int = 1
) -> pd.DataFrame:
    """Gains by policy and standard deviation of independent normal effects per student.

    The planner, and whoever ranks by value added, knows them; estimated preferences stay as they
    are. The same draw is scaled for all sds. Columns: policy, sd, gain, gain_se.
    """
    random = np.random.default_rng(np.random.SeedSequence(seed))
    draw = random.standard_normal(market.utility.shape)
    tables = []
    for sd in sds:
        runs = simulate_policies(
            replace(market, match_effect=sd * draw), choices, (STATUS_QUO, *POLICIES), threads
        )
        table = policy_table(runs)
        tables.append(table[table["policy"] != STATUS_QUO].assign(sd=sd))
    return pd.concat(tables, ignore_index=True)[["policy", "sd", "gain", "gain_se"]]
