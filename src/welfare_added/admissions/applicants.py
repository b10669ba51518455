"""The applicants studied: whom the tables allow to use, their neighbourhoods, keys and lists.

Exclusions are those of the Data Appendix of Ellison and Pathak (2020), each counted.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.admissions.applicant_checks import check_relations, unusable_problems
from welfare_added.admissions.keys import TIE_BREAKS, ScoreScale, strict_keys, units_a_step
from welfare_added.admissions.tracts import INDICATORS
from welfare_added.district.problems import raise_any
from welfare_added.district.values import RawTables

KEY = ["application_year", "applicant_id"]
OWN = [*KEY, "tract", "race", "frpl", "composite_score", *TIE_BREAKS]
KNOWN = {
    "score known": ["composite_score"],
    "tier known": ["tier"],
    "tract's indicators and children known": [*INDICATORS, "children"],
    "race and free-lunch status known": ["race", "frpl"],
}
NO_GAP = "no gap in the list of schools"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Applicants:
    """Applicants who can be used, and how many are left out.

    Attributes
    ----------
    table
        Sorted by application_year, applicant_id: tract, tier (1 to 4), community_area, race, the
        six indicators, minority, asian, frpl (0 or 1), composite_score (0 to 100), key (strict,
        whole numbers; see `strict_keys`), choice_1 to choice_L (school_id; missing past the end).
    steps
        Applicants left after each restriction: step, application_year, applicants.

    """

    table: pd.DataFrame
    steps: pd.DataFrame


def study_applicants(
    raw: RawTables,
    *,
    scale: ScoreScale,
    minority: Sequence[str],
    asian: Sequence[str],
    unusable: str,
    seed: int,
) -> Applicants:
    """Join applicants with tracts and lists, leave out those who lack something, and rank them.

    Parameters
    ----------
    raw
        Tables applicants, choices, schools, tracts, valid by the paper's raw_tables.yaml.
    scale
        Of the composite score.
    minority, asian
        Categories of race that count as under-represented minority, and as Asian.
    unusable
        ``leave_out`` applicants without score, tier, indicators, race or free-lunch status, and
        those with a gap in their list, with a warning and counted in the steps; or ``refuse``.
    seed
        Of the random numbers that break the last ties, drawn once for all plans.

    Raises
    ------
    DistrictError
        If the tables contradict each other, a score is not on the scale, or, with ``refuse``, an
        applicant cannot be used: file, column, rows, remedy.

    """
    check_relations(raw, scale)
    rows = _with_tract(raw).sort_values(KEY, ignore_index=True)
    lists, complete = _lists(raw.tables["choices"], rows)
    masks = {name: rows[columns].notna().all(axis=1) for name, columns in KNOWN.items()}
    masks[NO_GAP] = complete
    problems = unusable_problems(raw, rows, masks)
    if unusable == "refuse":
        raise_any(problems)
    for problem in problems:
        log.warning("left out: %s", problem)
    kept = np.logical_and.reduce([mask.to_numpy() for mask in masks.values()])
    table = pd.concat([rows[kept], lists[kept]], axis=1).reset_index(drop=True)
    table = _with_groups(table, minority, asian)
    table = _with_keys(table, scale, seed).drop(columns=[*TIE_BREAKS, "children"])
    return Applicants(table, _steps(rows, masks))


def _with_tract(raw: RawTables) -> pd.DataFrame:
    """Applicants with tier, community area and indicators of their tract in that year."""
    applicants, tracts = raw.tables["applicants"], raw.tables["tracts"]
    columns = ["community_area", "children", *INDICATORS]
    of_tract = tracts[["year", "tract", "tier", *columns]]
    merged = applicants[OWN].merge(
        of_tract, how="left", left_on=["application_year", "tract"], right_on=["year", "tract"]
    )
    own = applicants["tier"]
    merged["tier"] = own.where(own.notna(), merged["tier"]).to_numpy()
    return merged[[*OWN, "tier", *columns]]


def _lists(choices: pd.DataFrame, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Schools in order of preference, one column a rank; whether no rank is left out."""
    longest = int(choices["rank"].max())
    wide = choices.set_index([*KEY, "rank"])["school_id"].unstack("rank")
    wide = wide.reindex(columns=range(1, longest + 1))
    wide = wide.reindex(pd.MultiIndex.from_frame(rows[KEY])).reset_index(drop=True)
    wide.columns = [f"choice_{rank}" for rank in wide.columns]
    listed = wide.notna().to_numpy()
    complete = listed.sum(axis=1) == np.where(listed, np.arange(1, longest + 1), 0).max(axis=1)
    return wide, pd.Series(complete)


def _with_groups(
    table: pd.DataFrame, minority: Sequence[str], asian: Sequence[str]
) -> pd.DataFrame:
    return table.assign(
        tier=table["tier"].astype("int64"),
        minority=table["race"].isin(minority).astype("int64"),
        asian=table["race"].isin(asian).astype("int64"),
        frpl=table["frpl"].astype("int64"),
    )


def _with_keys(table: pd.DataFrame, scale: ScoreScale, seed: int) -> pd.DataFrame:
    """Scores from 0 to 100 and, within each year, strict keys."""
    steps = np.rint(scale.on_grid(table["composite_score"])).astype("int64").to_numpy()
    random = np.random.default_rng(np.random.SeedSequence(seed)).permutation(len(table))
    keys, unit = np.empty(len(table), dtype="int64"), units_a_step(scale.steps)
    for rows in table.groupby("application_year").indices.values():
        ties = table.iloc[rows][[*TIE_BREAKS]]
        keys[rows] = strict_keys(steps[rows], ties, random[rows], unit)
    return table.assign(composite_score=steps * (100 / scale.steps), key=keys)


def _steps(rows: pd.DataFrame, masks: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Applicants by year that meet each restriction and all before it."""
    kept = pd.Series(True, index=rows.index)
    counted = []
    for name, mask in {"in the table": kept, **masks}.items():
        kept = kept & mask
        sizes = rows.groupby("application_year").size().index
        numbers = rows[kept].groupby("application_year").size().reindex(sizes, fill_value=0)
        counted.append(numbers.rename("applicants").reset_index().assign(step=name))
    return pd.concat(counted, ignore_index=True)[["step", "application_year", "applicants"]]
