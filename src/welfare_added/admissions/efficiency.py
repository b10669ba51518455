"""Efficiency of a plan: what its diversity had to cost over what it did cost in matching."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

# Whom the matched benchmark has in the plan's own numbers.
TARGETS = ("overall", "minority_only", "income_only")
NOISE = 1e-9  # points; distortions below it are none: classes of equal scores differ by rounding


def efficiency(score: Mapping, plan: Mapping, benchmark: Mapping, measure: str) -> float:
    """Distortion of the matched benchmark over that of the plan, both from the score-based class.

    E = (SD_benchmark - SD_score) / (SD_plan - SD_score) by the SD within the school, and likewise
    (mean_score - mean_benchmark) / (mean_score - mean_plan) by the mean.

    score, plan, benchmark: statistics of the three classes (`class_statistics`). measure: ``sd`` or
    ``mean``. Missing where the plan's class is not more distorted than the score-based one: there
    is then no cost to compare. Can exceed one by the SD, since the benchmark maximises the mean.
    The appendix does not print the formula; it gives all 18 rows of its table A.6 by arithmetic.
    Source: Ellison and Pathak (2020), table A.6, columns 7 to 12.
    """
    sign = {"sd": 1, "mean": -1}[measure]
    cost = sign * (plan[measure] - score[measure])
    if not cost > NOISE:
        return np.nan
    return sign * (benchmark[measure] - score[measure]) / cost


def efficiency_table(
    score: Mapping, plan: Mapping, benchmarks: Mapping[str, Mapping]
) -> pd.DataFrame:
    """All six efficiencies of a plan: columns measure, target, value.

    benchmarks: statistics of the matched benchmark by target, see `TARGETS`; one that does not
    exist may be left out, its efficiency is missing.
    """
    rows = [
        {
            "measure": measure,
            "target": target,
            "value": efficiency(score, plan, benchmarks[target], measure)
            if target in benchmarks
            else np.nan,
        }
        for measure in ("sd", "mean")
        for target in TARGETS
    ]
    return pd.DataFrame(rows)
