"""Tables of the planner's page: classes, scores and the displaced over the range of every plan."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.admissions.classes import STATISTICS, class_statistics
from welfare_added.admissions.displaced import STRATA, displaced_by_tract, score_bins
from welfare_added.admissions.planner import Position, Range, placed, positions, tuned_values
from welfare_added.admissions.plans import Setting
from welfare_added.admissions.pool import Pool
from welfare_added.admissions.quota import CELLS
from welfare_added.admissions.race_only import minority_efficiency, race_only_classes

DECIMALS = 10  # of means and standard deviations, so that none differs by noise alone
EFFICIENCY_DECIMALS = 8
KEYS = ("school", "plan", "position")
CHOICE = ("unit", "weight", "weight_frpl", "tuned")
CUTOFFS = tuple(f"lowest_{minority}{frpl}" for minority, frpl in CELLS)
MOVED = ("displaced", "newly_admitted")
EFFICIENCY = ("efficiency_sd", "efficiency_mean")


@dataclass(frozen=True)
class PlannerTables:
    """Every plan at some schools, over its range.

    Attributes
    ----------
    classes
        school; plan; position, from 0; unit (points, seats, share); weight, of the benchmark that
        for minority students, and weight_frpl; tuned (1: the tuned weight, or the share in force);
        what `class_statistics` reports; lowest_00 to lowest_11, lowest score by minority and free
        lunch, missing where there is nobody; efficiency_sd and efficiency_mean [share], for
        minority students alone (`minority_efficiency`).
    histograms
        school, plan, position, score (bin of a point, see `score_bins`), minority, frpl, students;
        without zeros.
    displaced
        school, plan, position, tract, displaced (students admitted to the school by score alone
        and not by the plan), newly_admitted (the reverse); without tracts that have neither.

    """

    classes: pd.DataFrame
    histograms: pd.DataFrame
    displaced: pd.DataFrame


def planner_tables(
    setting: Setting,
    schools: Mapping[str, int],
    tract: np.ndarray,
    plans: pd.DataFrame,
    span: Range,
) -> PlannerTables:
    """Place everybody by every plan at every position, and tabulate.

    schools: places of the schools by name. tract: (n,) census tract of each applicant. plans: plan,
    tuned_at, weight, weight_frpl, as of `all_plan_tables`. Raises UnstableError where a placement
    is not stable.
    """
    pool, race_only = setting.pool, race_only_classes(setting)
    classes, histograms, displaced = [], [], []
    for school, at in schools.items():
        own = plans[plans["tuned_at"] == school].set_index("plan").to_dict("index")
        by_score = placed(setting, at, "score", ()).placement.school(pool.lists)
        score = class_statistics(pool, by_score == at)
        for plan, number, position in _all_positions(setting, at, own, span):
            where = placed(setting, at, plan, position.choice).placement.school(pool.lists)
            here, key = where == at, dict(zip(KEYS, (school, plan, number), strict=True))
            benchmark = race_only(at, int(pool.minority[here].sum()))
            classes.append(key | _choice(position) | _class(pool, here, score, benchmark))
            histograms.append(_histogram(pool, here).assign(**key))
            moved = displaced_by_tract(tract, by_score, where, [at])
            displaced.append(moved[moved[list(MOVED)].any(axis=1)].assign(**key))
    return PlannerTables(
        pd.DataFrame(classes)[[*KEYS, *CHOICE, *STATISTICS, *CUTOFFS, *EFFICIENCY]],
        pd.concat(histograms, ignore_index=True)[[*KEYS, "score", *STRATA, "students"]],
        pd.concat(displaced, ignore_index=True)[[*KEYS, "tract", *MOVED]],
    )


def _all_positions(
    setting: Setting, at: int, plans: Mapping[str, Mapping], span: Range
) -> Iterator[tuple[str, int, Position]]:
    for plan in setting.names():
        every = positions(setting, at, plan, tuned_values(plans, plan), span)
        for number, position in enumerate(every):
            yield plan, number, position


def _choice(position: Position) -> dict[str, object]:
    weights = (*position.shown, np.nan, np.nan)[:2]
    return dict(zip(CHOICE, (position.unit, *weights, int(position.tuned)), strict=True))


def _class(
    pool: Pool, here: np.ndarray, score: Mapping, benchmark: Mapping | None
) -> dict[str, float]:
    """Statistics, cutoffs and efficiency of a class, given that by score and the benchmark's."""
    # Rounded first, so that classes of equal distortion do not differ by noise.
    own, score = _rounded(class_statistics(pool, here)), _rounded(score)
    benchmark = benchmark and _rounded(benchmark)
    values = [minority_efficiency(score, own, benchmark, measure) for measure in ("sd", "mean")]
    efficiency = [round(value, EFFICIENCY_DECIMALS) for value in values]
    return own | _cutoffs(pool, here) | dict(zip(EFFICIENCY, efficiency, strict=True))


def _rounded(statistics: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, DECIMALS) for name, value in statistics.items()}


def _cutoffs(pool: Pool, here: np.ndarray) -> dict[str, float]:
    """Lowest score by minority and free lunch."""
    cells = [here & (pool.minority == m) & (pool.frpl == f) for m, f in CELLS]
    return {
        name: pool.scores[cell].min() if cell.any() else np.nan
        for name, cell in zip(CUTOFFS, cells, strict=True)
    }


def _histogram(pool: Pool, here: np.ndarray) -> pd.DataFrame:
    rows = pd.DataFrame({"minority": pool.minority, "frpl": pool.frpl})[here]
    rows = rows.assign(score=score_bins(pool.scores[here]))
    return rows.groupby(["score", *STRATA]).size().rename("students").reset_index()


def tract_shapes(features: Sequence[Mapping]) -> pd.DataFrame:
    """Corners of census tracts: tract, ring (from 0), longitude, latitude.

    features: of a GeoJSON file, polygons or multipolygons with property geoid; holes are left out.
    """
    rows = []
    for feature in features:
        shape = feature["geometry"]
        parts = shape["coordinates"]
        for ring, polygon in enumerate([parts] if shape["type"] == "Polygon" else parts):
            corners = pd.DataFrame(polygon[0], columns=["longitude", "latitude"])
            rows.append(corners.assign(tract=feature["properties"]["geoid"], ring=ring))
    return pd.concat(rows, ignore_index=True)[["tract", "ring", "longitude", "latitude"]]
