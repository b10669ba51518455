"""Fits of the two-sided model in fresh laboratory worlds: do its intervals cover what was planted.

`PYTHONPATH=src python tests/offers/coverage_runs.py FILE [WORLDS]` writes the table of 50 worlds,
or as many as are asked for (six minutes of one core), and prints the numbers of docs/offers.md;
where the file is there already, it prints them alone.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from offers_cases import RULES, START, TRUTH

from welfare_added.offers.estimate import fit_thresholds
from welfare_added.offers.laboratory import Laboratory, laboratory_markets
from welfare_added.offers.likelihood import ThresholdLikelihood
from welfare_added.offers.parameters import NAMES, TEACHER, centred

FIRST, WORLDS = 100, 50  # seeds of docs/offers.md


def world_of(seed: int) -> pd.DataFrame:
    """Fit of the laboratory's world of a seed, a row a parameter.

    Returns world, parameter, planted, estimate, standard_error, covered (by the 95% interval),
    converged, kink (the search ended at one), binding (constraints, of all markets), ratio (twice
    the log-likelihood at the maximum less that at the truth).
    """
    markets = laboratory_markets(Laboratory(), TRUTH, RULES, seed)
    found = fit_thresholds(markets, RULES, START)
    value, _ = ThresholdLikelihood(markets, RULES).evaluate(centred(TRUTH, RULES.salary_centre))
    distance = np.abs(found.parameters - TRUTH)
    return pd.DataFrame(
        {
            "world": seed,
            "parameter": NAMES,
            "planted": TRUTH,
            "estimate": found.parameters,
            "standard_error": found.standard_errors,
            "covered": distance < 1.96 * found.standard_errors,
            "converged": found.maximum.converged,
            "kink": "kink" in found.maximum.message,
            "binding": found.capacity_binds + found.budget_binds,
            "ratio": 2 * (found.log_likelihood - value.sum()),
        }
    )


def worlds_of(seeds: Iterable[int]) -> pd.DataFrame:
    """`world_of` of some seeds."""
    return pd.concat([world_of(seed) for seed in seeds], ignore_index=True)


def coverage(table: pd.DataFrame) -> pd.DataFrame:
    """Shares of intervals that cover, and bias, with Monte Carlo errors, in two worlds or more.

    Each world is one draw, since the intervals of a world share its data. Returns a row a
    parameter, one for those of teachers, of districts and of all: share, share_error, and of
    single parameters bias and bias_error (of the mean of estimate less planted, in planted units),
    bias_in_errors.
    """
    covered = table.pivot(index="world", columns="parameter", values="covered").astype(float)
    covered = covered[list(NAMES)]
    groups = {"teachers": covered[list(TEACHER)], "all": covered}
    groups["districts"] = covered.drop(columns=list(TEACHER))
    covered = covered.assign(**{name: own.mean(axis=1) for name, own in groups.items()})
    away = table.assign(away=table["estimate"] - table["planted"])
    away = away.pivot(index="world", columns="parameter", values="away")
    made = pd.DataFrame({"share": covered.mean(), "share_error": covered.sem()})
    made["bias"], made["bias_error"] = away.mean(), away.sem()
    made["bias_in_errors"] = made["bias"] / made["bias_error"]
    return made


def summary(table: pd.DataFrame) -> str:
    """What the worlds say, in lines."""
    worlds = table.drop_duplicates("world")
    told = {
        "worlds": len(worlds),
        "converged": int(worlds["converged"].sum()),
        "at a kink": int(worlds["kink"].sum()),
        "constraints that bind": f"{worlds['binding'].mean():.1f}",
        "twice the log-likelihood ratio": (
            f"{worlds['ratio'].mean():.2f} ({worlds['ratio'].sem():.2f})"
        ),
    }
    lines = [f"{name}: {value}" for name, value in told.items()]
    return "\n".join([*lines, coverage(table).round(4).to_string(na_rep="")])


def main(path: Path, worlds: int = WORLDS) -> None:
    """Print what a file says; where there is none it is made first."""
    if not path.exists():
        worlds_of(range(FIRST, FIRST + worlds)).to_csv(path, index=False)
    print(summary(pd.read_csv(path)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
