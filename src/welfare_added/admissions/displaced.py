"""Who is displaced by the tier plan, by where she lives; and scores of classes by stratum."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd

from welfare_added.admissions.pool import Pool
from welfare_added.admissions.tract_percentiles import child_percentile, quantile_number
from welfare_added.run.errors import UserError

CHARACTERISTICS = ("ses_score", "income", "isat")
STRATA = ("minority", "frpl")


def home_percentiles(tract: np.ndarray, tracts: pd.DataFrame) -> pd.DataFrame:
    """Percentiles, 0 to 1, of each applicant's census tract: ses_score, income, isat; n rows.

    tract: (n,) geoids. tracts: geoid, ses_score, school_age_children, income, isat. The last two
    are percentiles as they stand; the score is turned into one by `child_percentile`.
    """
    table = tracts.set_index("geoid")
    percentile = child_percentile(table["ses_score"], table["school_age_children"])
    known = table[["income", "isat"]].assign(ses_score=percentile)
    return known[list(CHARACTERISTICS)].reindex(tract).reset_index(drop=True)


def displaced_by_decile(
    pool: Pool,
    percentiles: pd.DataFrame,
    benchmark: np.ndarray,
    tiers: np.ndarray,
    schools: Sequence[int],
) -> pd.DataFrame:
    """Students by decile of a characteristic of their tract (figure A.2), zeros included.

    Columns characteristic, decile (1 to 10, the best off), displaced (1: in one of the schools
    under the benchmark and not under the tier plan; 0: in one of them under both), minority, frpl,
    students.

    percentiles: n rows, a column a characteristic, 0 to 1. benchmark, tiers: (n,) school of each
    applicant under the plans, -1 without one. schools: the two whose students are looked at.
    Raises UserError where a student's tract has no percentile.
    Source: Ellison and Pathak (2020), figure A.2 and its note.
    """
    before, after = np.isin(benchmark, schools), np.isin(tiers, schools)
    groups = pd.DataFrame({"displaced": ~after, "minority": pool.minority, "frpl": pool.frpl})
    groups = groups.astype(int)[before]
    parts = []
    for name in percentiles:
        percentile = percentiles[name].reset_index(drop=True)[before]
        if percentile.isna().any():
            raise UserError(
                f"tracts: {name}: missing for {percentile.isna().sum():,} of {len(percentile):,} "
                "admitted students. Give their tracts a value, or leave these applicants out"
            )
        deciles = groups.assign(decile=quantile_number(percentile, 10).astype(int))
        keys = {"decile": range(1, 11), "displaced": (0, 1), "minority": (0, 1), "frpl": (0, 1)}
        parts.append(_counts(deciles, keys).assign(characteristic=name))
    columns = ["characteristic", "decile", "displaced", *STRATA, "students"]
    return pd.concat(parts, ignore_index=True)[columns]


def displaced_by_tract(
    tract: np.ndarray, benchmark: np.ndarray, tiers: np.ndarray, schools: Sequence[int]
) -> pd.DataFrame:
    """Students by census tract: tract, displaced, not_displaced, newly_admitted.

    newly_admitted: in one of the schools under the tier plan and not under the benchmark. Tracts
    without any student under either plan are left out. Arguments as of `displaced_by_decile`.
    """
    before, after = np.isin(benchmark, schools), np.isin(tiers, schools)
    groups = {
        "displaced": before & ~after,
        "not_displaced": before & after,
        "newly_admitted": after & ~before,
    }
    table = pd.DataFrame(groups).astype(int).groupby(np.asarray(tract)).sum()
    return table[table.any(axis=1)].rename_axis("tract").reset_index()


def score_bins(scores: np.ndarray) -> np.ndarray:
    """Bins of one point, (n,): each holds the scores from here to below the next; 99 holds 100."""
    return np.floor(scores + 1e-9).clip(max=99).astype(int)


def score_histograms(
    pool: Pool, placements: Mapping[str, np.ndarray], schools: Sequence[str]
) -> pd.DataFrame:
    """Students of each class by score and stratum (figure A.1), zeros included.

    Columns plan, school, score (see `score_bins`), minority, frpl, students. The bins of a school
    reach from the lowest to the highest score under any of the plans.

    placements: by plan, (n,) school of each applicant, -1 without one. schools: their names by
    number. Source: Ellison and Pathak (2020), figure A.1.
    """
    groups = pd.DataFrame({"minority": pool.minority, "frpl": pool.frpl})
    groups["score"] = score_bins(pool.scores)
    parts = []
    for number, name in enumerate(schools):
        classes = {plan: groups[placed == number] for plan, placed in placements.items()}
        everyone = pd.concat(classes.values())["score"]
        if everyone.empty:
            continue
        bins = range(everyone.min(), everyone.max() + 1)
        keys = {"score": bins, "minority": (0, 1), "frpl": (0, 1)}
        parts += [
            _counts(one, keys).assign(plan=plan, school=name) for plan, one in classes.items()
        ]
    columns = ["plan", "school", "score", *STRATA, "students"]
    return pd.concat(parts, ignore_index=True)[columns]


def _counts(rows: pd.DataFrame, keys: Mapping[str, Sequence[int]]) -> pd.DataFrame:
    """Rows by every combination of the keys' values, in their order, with column students."""
    counted = rows.groupby(list(keys)).size()
    every = pd.MultiIndex.from_tuples(list(product(*keys.values())), names=list(keys))
    return counted.reindex(every, fill_value=0).rename("students").reset_index()
