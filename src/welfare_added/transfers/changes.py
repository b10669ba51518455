"""Changes of scores and utilities from the 1st to the 99th percentile (table 5)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import ndtri

from welfare_added.transfers.records import Records
from welfare_added.transfers.regressors import (
    DEMAND,
    INTERACTIONS,
    MATCHES,
    SUPPLY,
    demand_regressors,
    supply_regressors,
    teacher_part,
)
from welfare_added.transfers.traits import SCHOOL

LOW, HIGH = 0.01, 0.99
SPREAD = float(ndtri(HIGH) - ndtri(LOW))  # of a standard normal
TEACHERS = ("students_match_minority", "teachers_match_minority", *INTERACTIONS)
SCHOOLS = ("match_minority_students", "match_minority_teachers", *INTERACTIONS)
ROWS = ("general_effectiveness", "unobservable_match", "observable_match")
COLUMNS = ("score", "school_utility", "teacher_utility")


@dataclass(frozen=True)
class ObservableMatches:
    """Interactions of random teachers and students of a year; n pairs.

    Attributes
    ----------
    score, school, teacher
        (n, .) regressors `MATCHES` of eq. 1, `SCHOOLS` of eq. 3 and `TEACHERS` of eq. 2; utilities
        are those at the student's school.

    """

    score: np.ndarray = field(repr=False)
    school: np.ndarray = field(repr=False)
    teacher: np.ndarray = field(repr=False)


def random_matches(records: Records, pairs: int, rng: np.random.Generator) -> ObservableMatches:
    """Draw teachers with a position and students with last year's score, of one year each."""
    people = records.teacher_years
    people = people[people["position"] >= 0]
    students = records.students[records.students["previous"].notna()]
    taught = students[students["year"].isin(people["year"].unique())]
    chosen = taught.iloc[rng.integers(len(taught), size=pairs)]
    row = np.empty(pairs, dtype=int)
    for year, own in chosen.groupby("year", sort=True).indices.items():
        there = np.flatnonzero(people["year"].to_numpy() == year)
        row[own] = there[rng.integers(len(there), size=len(own))]
    teacher = {name: people[name].to_numpy()[row] for name in people}
    student = {name: chosen[name].to_numpy() for name in ("minority", "male")}
    place = pd.Index(records.years).get_indexer(chosen["year"])
    school = {
        name: np.array([records.traits[year][name] for year in records.years])[
            place, chosen["school"].to_numpy()
        ]
        for name in SCHOOL
    }
    part = teacher_part(student, teacher, chosen["previous"].to_numpy())
    supply = supply_regressors(teacher, school, np.zeros(pairs))
    demand = demand_regressors(teacher, school)
    return ObservableMatches(
        score=np.column_stack([part[name] for name in MATCHES]),
        school=demand[:, [DEMAND.index(name) for name in SCHOOLS]],
        teacher=supply[:, [SUPPLY.index(name) for name in TEACHERS]],
    )


def changes_by_draw(draws: pd.DataFrame, matches: ObservableMatches) -> pd.DataFrame:
    """Changes in each draw of the parameters, in SDs of scores and of errors of utility.

    General effectiveness and unobservable matches go from the 1st to the 99th percentile of their
    normal distributions, and utilities by their regression on them. Observable matches go between
    the percentiles of what they add to scores; utilities by the regression of what the same pairs'
    interactions add to them.

    Parameters
    ----------
    draws
        One column a parameter, by the names of `selection.parameters.parameter_names`; coefficients
        that are not there are 0.
    matches
        Of `random_matches`.

    Returns
    -------
    DataFrame
        One column a pair (row, column) of `ROWS` and `COLUMNS`.

    """
    sd = {name: draws[f"sd {name}"] for name in ("theta", "phi", "eta_y", "eta_u", "eta_v")}
    made = {
        ("general_effectiveness", "score"): sd["theta"],
        ("general_effectiveness", "school_utility"): draws["correlation theta phi"] * sd["phi"],
        ("unobservable_match", "score"): sd["eta_y"],
        ("unobservable_match", "school_utility"): draws["correlation eta_y eta_v"] * sd["eta_v"],
        ("unobservable_match", "teacher_utility"): draws["correlation eta_y eta_u"] * sd["eta_u"],
    }
    made = {key: SPREAD * values for key, values in made.items()}
    score, school, teacher = (
        matches_of - matches_of.mean(axis=0) for matches_of in vars(matches).values()
    )
    slopes = _slopes(draws, "outcomes", MATCHES)
    index = slopes @ score.T
    change = np.quantile(index, HIGH, axis=1) - np.quantile(index, LOW, axis=1)
    variance = (index**2).mean(axis=1)
    made["observable_match", "score"] = change
    for name, part, names, x in (
        ("school_utility", "demand", SCHOOLS, school),
        ("teacher_utility", "supply", TEACHERS, teacher),
    ):
        other = _slopes(draws, part, names)
        shared = np.einsum("ij,jk,ik->i", slopes, score.T @ x / len(x), other)
        made["observable_match", name] = change * shared / variance
    return pd.DataFrame({key: np.asarray(values) for key, values in made.items()})


def _slopes(draws: pd.DataFrame, part: str, names: Sequence[str]) -> np.ndarray:
    nothing = np.zeros(len(draws))
    columns = [draws.get(f"{part}: {name}", nothing) for name in names]
    return np.column_stack(columns)


def changes_table(by_draw: pd.DataFrame) -> pd.DataFrame:
    """Means over draws and their SDs: row, `COLUMNS`, and each with _sd; empty if not defined."""
    mean, spread = by_draw.mean(), by_draw.std(ddof=1)
    rows = [
        {"row": row}
        | {name: mean.get((row, name), np.nan) for name in COLUMNS}
        | {f"{name}_sd": spread.get((row, name), np.nan) for name in COLUMNS}
        for row in ROWS
    ]
    return pd.DataFrame(rows)
