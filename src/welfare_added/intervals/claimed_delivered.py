"""Gains that plans claim and deliver in worlds of several true correlations between the groups."""

from collections.abc import Sequence

import pandas as pd

from welfare_added.district.vocabulary import SUBJECTS
from welfare_added.intervals.declaration import IntervalsError, changed
from welfare_added.intervals.one_world import sample_of, simulated
from welfare_added.intervals.summaries import FEWEST, QUANTILES, rounded
from welfare_added.intervals.worlds import Setting, searched, seeded
from welfare_added.value_added.choices import estimation
from welfare_added.value_added.class_sums import collect
from welfare_added.value_added.estimate import estimate_from
from welfare_added.value_added.group_predictions import PREDICTORS
from welfare_added.value_added.student_variables import as_batches
from welfare_added.welfare.delivered import KEYS, Solving, delivered
from welfare_added.welfare.reallocations import UTILITARIAN

GAINS = ("gain_lower", "gain_higher", "gain_mean")


def delivered_in(setting: Setting, correlation: float, number: int) -> pd.DataFrame:
    """Gains of plans at social weight 0.5 by each predictor's estimates and in truth.

    The world has the true correlation in both subjects, and is searched on the published inputs.

    Returns
    -------
    DataFrame
        correlation, subject, scope, plan, scored_by, gain_lower, gain_higher, gain_mean [student
        SD]; see `delivered_gains`.

    """
    config = seeded(setting, number)
    wanted = {"effects": {"correlation": dict.fromkeys(SUBJECTS, correlation)}}
    start = changed(setting.parameters, wanted, "parameters")
    district = simulated(searched(setting, start, config), config)
    sample = sample_of(district, config)
    choices = estimation(config["value_added"])
    sums = collect(as_batches(sample.students), choices.pop("minimum_class_size"))
    estimates = {
        groups: estimate_from(sums, **choices | {"groups": groups}).estimates_to_keep()
        for groups in PREDICTORS
    }
    chosen = {name: config["allocation"][name] for name in ("solver", "tolerance", "ends")}
    gains = delivered(
        sample.classes, estimates, district.truth, [UTILITARIAN], solving=Solving(**chosen)
    )
    return gains.assign(correlation=correlation)[["correlation", *KEYS, *GAINS]]


def delivered_table(worlds: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Mean, spread and quantiles of mean gains over worlds, by true correlation.

    Returns
    -------
    DataFrame
        correlation, subject, scope, plan, scored_by, mean, sd, q05, q50, q95 [student SD], worlds.

    Raises
    ------
    IntervalsError
        If a correlation has fewer than two worlds.

    """
    keys = ["correlation", *KEYS]
    if not worlds:
        raise IntervalsError("delivered: no worlds; make them first")
    grouped = pd.concat(worlds).groupby(keys, sort=False)["gain_mean"]
    table = pd.DataFrame({"mean": grouped.mean(), "sd": grouped.std(ddof=1)})
    for name, level in QUANTILES.items():
        table[name] = grouped.quantile(level)
    table["worlds"] = grouped.count()
    if (table["worlds"] < FEWEST).any():
        raise IntervalsError(f"delivered: {FEWEST} or more worlds of each correlation are needed")
    return rounded(table.reset_index()).sort_values(keys[:1], kind="stable", ignore_index=True)
