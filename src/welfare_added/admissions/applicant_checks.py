"""Checks of applicants, lists, schools and tracts against each other."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.admissions.keys import ScoreScale
from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.values import RawTables

OFF_GRID = 1e-6  # of a step
APPLICANT = ["application_year", "applicant_id"]
# Of those whom a restriction leaves out: table, column, what is wrong, and what would be right.
UNUSABLE = {
    "score known": ("applicants", "composite_score", "empty", "give the score"),
    "tier known": (
        *("applicants", "tract", "no tier: the table of tracts has no such tract in that year"),
        "add the tract to the table of tracts, or the tier to the table of applicants",
    ),
    "tract's indicators and children known": (
        *("applicants", "tract", "a tract without indicators or children"),
        "fill its indicators and children in the table of tracts",
    ),
    "race and free-lunch status known": (
        *("applicants", "", "race or frpl is empty"),
        "fill both; plans are judged by them",
    ),
    "no gap in the list of schools": (
        *("choices", "rank", "a gap in the preference list: ranks are not 1, 2, 3 and so on"),
        "number each applicant's schools from 1 without a gap",
    ),
}
OR_LEAVE_OUT = "or set district.unusable to leave_out, which counts and leaves out these applicants"


def check_relations(raw: RawTables, scale: ScoreScale) -> None:
    """Refuse tables that contradict each other.

    Raises
    ------
    DistrictError
        If a score is off the scale, an applicant's tier differs from that of her tract, a choice is
        of nobody in the table of applicants, of a school that is not there or is listed twice.

    """
    tables = raw.tables
    applicants, choices = tables["applicants"], tables["choices"]
    steps = scale.on_grid(applicants["composite_score"])
    outside = (steps < -OFF_GRID) | (steps > scale.steps + OFF_GRID)
    between = ~outside & ((steps - np.rint(steps)).abs() > OFF_GRID)
    scores = f"{scale.lowest:g} to {scale.highest:g}"
    problems = [
        *_problem(raw, "applicants", "composite_score", outside, f"outside {scores}", SCALE),
        *_problem(
            raw, "applicants", "composite_score", between, f"none of {scale.steps} steps", SCALE
        ),
        *_problem(
            *(raw, "applicants", "tier", _disagree(applicants, tables["tracts"])),
            "not the tier of the tract in the table of tracts",
            "correct the tier or the tract; or leave tier empty, to take the tract's",
        ),
        *_problem(
            *(raw, "choices", "applicant_id", _strangers(choices, applicants)),
            "not in the table of applicants in that year",
            "add the applicant, or leave out her choices; ids must be written alike",
        ),
        *_problem(
            *(raw, "choices", "school_id", _no_school(choices, tables["schools"])),
            "not in the table of schools in that year",
            "add the school with its seats, or correct the id",
        ),
        *_problem(
            *(raw, "choices", "school_id", _listed_twice(choices)),
            "a school that the applicant lists a second time",
            "keep the rank that counts",
        ),
    ]
    raise_any(problems)


SCALE = "correct the score, or set score.lowest, highest and steps in config.yaml to its scale"


def unusable_problems(
    raw: RawTables, rows: pd.DataFrame, masks: Mapping[str, pd.Series]
) -> list[Problem]:
    """One problem a restriction that somebody does not meet.

    rows: applicants with what is known of them, sorted. masks: whether each row meets it.
    """
    applicants = raw.tables["applicants"]
    lines = pd.Series(np.arange(len(applicants)), pd.MultiIndex.from_frame(applicants[APPLICANT]))
    place = lines.reindex(pd.MultiIndex.from_frame(rows[APPLICANT])).to_numpy()
    problems = []
    for name, mask in masks.items():
        table, column, what, remedy = UNUSABLE[name]
        wrong = np.zeros(len(applicants), dtype=bool)
        wrong[place[~mask.to_numpy()]] = True
        if table == "choices":
            wrong = _choices_of(raw.tables["choices"], applicants[wrong])
        problems += _problem(raw, table, column, wrong, what, f"{remedy}; {OR_LEAVE_OUT}")
    return problems


def _problem(
    raw: RawTables, table: str, column: str, wrong: np.ndarray | pd.Series, what: str, remedy: str
) -> list[Problem]:
    """A problem of the rows that are wrong; none if there are none."""
    rows = np.flatnonzero(wrong)
    return [raw.problem(table, rows, what, remedy, column)] if len(rows) else []


def _disagree(applicants: pd.DataFrame, tracts: pd.DataFrame) -> np.ndarray:
    tiers = tracts.set_index(["year", "tract"])["tier"]
    keys = pd.MultiIndex.from_frame(applicants[["application_year", "tract"]])
    of_tract = tiers.reindex(keys).to_numpy(dtype=float)
    own = applicants["tier"].to_numpy(dtype=float)
    return ~np.isnan(own) & ~np.isnan(of_tract) & (own != of_tract)


def _strangers(choices: pd.DataFrame, applicants: pd.DataFrame) -> np.ndarray:
    return ~_among(choices, applicants, APPLICANT)


def _no_school(choices: pd.DataFrame, schools: pd.DataFrame) -> np.ndarray:
    return ~_among(choices, schools, ["application_year", "school_id"])


def _choices_of(choices: pd.DataFrame, applicants: pd.DataFrame) -> np.ndarray:
    return _among(choices, applicants, APPLICANT)


def _among(rows: pd.DataFrame, others: pd.DataFrame, columns: list[str]) -> np.ndarray:
    keys, known = (pd.MultiIndex.from_frame(one[columns]) for one in (rows, others))
    return known.unique().get_indexer(keys) >= 0


def _listed_twice(choices: pd.DataFrame) -> pd.Series:
    ordered = choices.sort_values([*APPLICANT, "rank"])
    again = ordered.duplicated([*APPLICANT, "school_id"])
    return again.reindex(choices.index)
