"""Policy levers of the tier plan: what a class would be under other settings of the same plan."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from welfare_added.admissions.classes import STATISTICS, class_statistics
from welfare_added.admissions.plans import Outcome, Setting, outcome
from welfare_added.admissions.pool import Pool, members
from welfare_added.admissions.race_only import minority_efficiency, race_only_classes
from welfare_added.admissions.tract_percentiles import redrawn_tiers
from welfare_added.run.errors import UserError

LEVERS = ("open_share", "precedence", "rounding", "tiers", "vintage")
PRECEDENCE = ("open_first", "tiers_first")
COLUMNS = ["lever", "value", "school", *STATISTICS, "score_sd", "race_only_sd", "efficiency"]


@dataclass(frozen=True)
class City:
    """Applicants, where they live, and the tier plan in force.

    Attributes
    ----------
    pool
        The applicants, with the tiers in force.
    tract
        (n,) geoid of each applicant's census tract.
    tracts
        geoid, ses_score, school_age_children, and tiers by year.
    plan
        Choices of the plan in force: open_share, open_first, rounding.

    """

    pool: Pool
    tract: np.ndarray
    tracts: pd.DataFrame
    plan: Mapping[str, object]


def lever_settings(
    city: City, levers: Mapping[str, Sequence]
) -> Iterator[tuple[str, str, Pool, dict]]:
    """Lever, its value as text, the pool and the choices of the plan, one lever moved at a time.

    levers: values by lever. open_share: shares of seats that are open, 0 to 1. precedence:
    open_first or tiers_first. rounding: down or up. tiers: numbers of tiers, drawn anew as
    quantiles of children. vintage: columns of ``city.tracts`` with the four tiers of some year.
    Raises UserError for another lever or value, and where an applicant's tract has no tier.
    """
    for lever, values in levers.items():
        for value in values:
            text = f"{value:.2f}" if lever == "open_share" else str(value)
            yield lever, text, *_moved(city, lever, value)


def _moved(city: City, lever: str, value: object) -> tuple[Pool, dict]:
    """The pool and the choices of the plan with one lever at a value."""
    plan = dict(city.plan)
    if lever == "open_share" and 0 <= value <= 1:
        return city.pool, plan | {"open_share": value}
    if lever == "precedence" and value in PRECEDENCE:
        return city.pool, plan | {"open_first": value == "open_first"}
    if lever == "rounding" and value in ("down", "up"):
        return city.pool, plan | {"rounding": value}
    if lever == "tiers" and value >= 1:
        return _with_tiers(city, redrawn_tiers(city.tracts, value), lever), plan | {"tiers": value}
    if lever == "vintage" and value in city.tracts:
        return _with_tiers(city, city.tracts.set_index("geoid")[value], value), plan
    raise UserError(
        f"levers: {lever}: {value!r} cannot be. Levers are {', '.join(LEVERS)}: shares from 0 to "
        "1, open_first or tiers_first, down or up, whole numbers, columns of the tracts"
    )


def _with_tiers(city: City, tiers: pd.Series, name: str) -> Pool:
    """The pool with the tiers of its tracts, by geoid."""
    own = tiers.reindex(city.tract)
    without = own.isna().to_numpy()
    if without.any():
        raise UserError(
            f"tracts: {name}: no tier for {len(set(city.tract[without]))} tracts with "
            f"{without.sum():,} applicants. Give these tracts a score or a tier, or leave the "
            "applicants out"
        )
    return replace(city.pool, tier=own.to_numpy(dtype=np.int64))


def lever_table(
    city: City, levers: Mapping[str, Sequence], schools: Mapping[str, int]
) -> pd.DataFrame:
    """One row a lever, value and school, in this order.

    Columns: lever; value, as text; school; statistics of its class (`class_statistics`); score_sd,
    of the class by score alone; race_only_sd, of the benchmark with a bonus for minority students
    alone that has as many of them as this class, missing where there is none; efficiency, of this
    class by these SDs (`efficiency`, minority only): erratic where a class hardly differs from that
    by score.

    schools: numbers of the schools by name. Every placement is certified to be stable, or
    UnstableError is raised. Raises UserError as `lever_settings`.
    """
    setting = Setting(city.pool, {}, {}, city.plan)
    score = outcome("score", setting, 0, (0, 0))
    by_score = {school: _statistics(city.pool, score, at) for school, at in schools.items()}
    race_only = race_only_classes(setting)
    rows = []
    for lever, value, pool, plan in lever_settings(city, levers):
        placed = outcome("tiers", replace(setting, pool=pool, tiers=plan), 0, (0, 0))
        for school, at in schools.items():
            own = _statistics(pool, placed, at)
            here = members(placed.placement, pool.lists, at)
            benchmark = race_only(at, int(pool.minority[here].sum()))
            row = {
                "score_sd": by_score[school]["sd"],
                "race_only_sd": benchmark["sd"] if benchmark else np.nan,
                "efficiency": minority_efficiency(by_score[school], own, benchmark, "sd"),
            }
            rows.append({"lever": lever, "value": value, "school": school, **own, **row})
    return pd.DataFrame(rows, columns=COLUMNS)


def _statistics(pool: Pool, placed: Outcome, school: int) -> Mapping:
    return class_statistics(pool, members(placed.placement, pool.lists, school))
