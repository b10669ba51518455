"""Monte Carlo: do the estimators recover the spread of teachers' effects that worlds are given?"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from welfare_added.grade_means.attenuation import expected_covariance
from welfare_added.grade_means.cells import teacher_shares
from welfare_added.grade_means.joint import joint_estimates
from welfare_added.grade_means.printed import PrintedChoices, printed_estimates
from welfare_added.grade_means.worlds import WorldOfCells, draw_cells

LEVEL = 0.95  # of intervals
COVERED = 1.959963984540054  # standard errors each way


def recover(
    world: WorldOfCells,
    seed: np.random.SeedSequence,
    *,
    noise: str = "pupils",
    printed: PrintedChoices | None = None,
) -> dict[str, float]:
    """Estimate one world and compare with its truth.

    Parameters
    ----------
    world, seed
        Of `draw_cells`.
    noise
        Of `estimate_variances`.
    printed
        Errata of the printed estimator.

    Returns
    -------
    dict
        cells, teachers; sd_true, the SD of the world's effects; for the printed and the joint
        estimator sd_* (of true effects, as estimated), slope_* (of truth on estimate),
        correlation_*, sd_va_* (of estimates); sd_expected, what the printed sd is in expectation;
        covered, share of effects in intervals of 95 percent around the joint estimates. Missing
        where no variance of effects is estimated.

    """
    cells, truth = draw_cells(world, seed)
    shares = teacher_shares(cells)
    own = printed_estimates(cells, printed)
    joint = joint_estimates(cells, shares, noise)
    expected = expected_covariance(cells, shares).teacher * world.sd_teacher**2
    within = np.abs(joint.estimate - truth) <= COVERED * np.sqrt(joint.variance)
    row = {
        "cells": len(cells.mean_score),
        "teachers": cells.teachers,
        "sd_true": truth.std(ddof=1),
        "sd_expected": np.sqrt(expected),
        "covered": within.mean() if np.isfinite(joint.estimate).all() else np.nan,
    }
    for name, variance, estimate in (
        ("printed", own.teacher_variance, own.estimate),
        ("joint", joint.variances.teacher, joint.estimate),
    ):
        both = np.cov(truth, estimate)
        row[f"sd_{name}"] = np.sqrt(variance) if variance > 0 else np.nan
        row[f"slope_{name}"] = both[0, 1] / both[1, 1]
        row[f"correlation_{name}"] = both[0, 1] / np.sqrt(both[0, 0] * both[1, 1])
        row[f"sd_va_{name}"] = np.sqrt(both[1, 1])
    return {name: float(value) for name, value in row.items()}


def recovery(
    worlds: Mapping[str, WorldOfCells], runs: int, seed: int, **choices: object
) -> pd.DataFrame:
    """Results of `recover` in so many draws of each world: world, run, and its names.

    choices: as in `recover`. Draws of a world do not depend on how many there are.
    """
    rows = []
    for name, stream in zip(worlds, np.random.SeedSequence(seed).spawn(len(worlds)), strict=True):
        for run, one in enumerate(stream.spawn(runs)):
            rows.append({"world": name, "run": run, **recover(worlds[name], one, **choices)})
    return pd.DataFrame(rows)


def recovery_summary(runs: pd.DataFrame) -> pd.DataFrame:
    """Means over the runs of `recovery` and their Monte Carlo errors.

    Returns
    -------
    DataFrame
        world, quantity, runs (in which it is not missing), mean, error (SD over the root of runs).

    """
    values = runs.drop(columns="run").melt("world", var_name="quantity")
    by = values.groupby(["world", "quantity"], sort=False)["value"]
    table = by.agg(runs="count", mean="mean", error="sem").reset_index()
    return table


def worlds_of_cells(schools: int, most_teachers: Sequence[int]) -> dict[str, WorldOfCells]:
    """Worlds by how many teachers a cell has at most."""
    return {
        f"up to {most} teachers a cell" if most > 1 else "1 teacher a cell": WorldOfCells(
            schools, most_teachers=most
        )
        for most in most_teachers
    }


def beside_planted(summary: pd.DataFrame, worlds: Mapping[str, WorldOfCells]) -> pd.DataFrame:
    """`recovery_summary` with column planted: what an estimator that is right would give.

    Missing for correlations and other quantities that have no such value.
    """
    right = {"slope_printed": 1.0, "slope_joint": 1.0, "covered": LEVEL}
    spread = summary["quantity"].isin(["sd_true", "sd_printed", "sd_joint"])
    sd = summary["world"].map({name: world.sd_teacher for name, world in worlds.items()})
    return summary.assign(planted=sd.where(spread, summary["quantity"].map(right)).astype(float))
