"""A year's candidates, positions and students from a transfer system's records (section 6.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.district.values import RawTables
from welfare_added.reassignment.draws import Draw
from welfare_added.reassignment.gains import quartiles
from welfare_added.reassignment.proficient import Students, teachers_part
from welfare_added.reassignment.scores import Sums, Teachers, student_sums, teachers_of_draw
from welfare_added.reassignment.year import Year
from welfare_added.run.errors import UserError
from welfare_added.transfers.demand import PERSON
from welfare_added.transfers.design import Design
from welfare_added.transfers.driving import Driving
from welfare_added.transfers.pairs import pair_regressors
from welfare_added.transfers.regressors import (
    CONSTANT,
    DEMAND,
    OUTCOMES,
    demand_regressors,
    supply_regressors,
)
from welfare_added.transfers.traits import RACES, SCHOOL

# The transfer system whose applicants without a position are candidates too: that which filled the
# year's positions, or that which takes place in the year.
APPLICANTS = ("before", "same", "both")
ERRORS = ("realised", "expected")
EXPERIENCE = {"experience_2_3": (2, 4), "experience_4_6": (4, 7), "experience_7_up": (7, np.inf)}


@dataclass(frozen=True)
class YearRecords:
    """What is needed of a year, whatever the draw; m candidates, n positions, N students' rows.

    Attributes
    ----------
    year
        Candidates and positions.
    teacher
        (m,) number of each candidate.
    traits
        (m,) each, as of `teachers_of_draw`.
    outside
        (m,) school of candidates with a position outside the sample, -1 if none is known.
    supply, demand
        (m, S, q) and (m, S, k) regressors of teachers' and of schools' utility at every school.
    students, sums
        Of the positions.
    score, regressors
        (N,) scores, and (N, p) regressors of eq. 1 with the teacher observed, dummies aside.
    levels, before
        Names of the dummies of the year and of each position's school, (n,), as of `outcome_sums`;
        the studied years before.
    quartile, white
        (N,) quartile of last year's score within grade and subject, and 1 if white.

    """

    year: Year
    teacher: np.ndarray = field(repr=False)
    traits: Mapping[str, np.ndarray] = field(repr=False)
    outside: np.ndarray = field(repr=False)
    supply: np.ndarray = field(repr=False)
    demand: np.ndarray = field(repr=False)
    students: Students = field(repr=False)
    sums: Sums = field(repr=False)
    score: np.ndarray = field(repr=False)
    regressors: np.ndarray = field(repr=False)
    levels: tuple[str, tuple[str, ...]] = field(repr=False)
    before: tuple[int, ...]
    quartile: np.ndarray = field(repr=False)
    white: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Parameters:
    """A draw of the sampler, or the planted truth; T teachers and S schools by number.

    Attributes
    ----------
    outcomes
        Coefficients of eq. 1 by name, with constant and dummies; those that are not there are 0.
    sd_eps
        SD of the errors of eq. 1.
    supply
        (q,) coefficients of eq. 2.
    attraction
        (S,) schools' effects on teachers' utility.
    demand
        Coefficients of eq. 3 by name; those that are not there are 0.
    theta, phi
        (T,) general effectiveness, and schools' common taste.
    eta_y, eta_u, eta_v
        (T, S) matches.

    """

    outcomes: Mapping[str, float]
    sd_eps: float
    supply: np.ndarray = field(repr=False)
    attraction: np.ndarray = field(repr=False)
    demand: Mapping[str, float]
    theta: np.ndarray = field(repr=False)
    phi: np.ndarray = field(repr=False)
    eta_y: np.ndarray = field(repr=False)
    eta_u: np.ndarray = field(repr=False)
    eta_v: np.ndarray = field(repr=False)


def year_records(
    raw: RawTables, design: Design, driving: Driving, year: int, applicants: str = "both"
) -> YearRecords:
    """Arrange a year.

    Parameters
    ----------
    raw, design, driving
        Of the study.
    year
        One of its years. Positions are those of students with scores of this year and last.
    applicants
        Of `APPLICANTS`: the paper says both that they applied "that year" and that they were not
        assigned then.

    Raises
    ------
    UserError
        If ``applicants`` is none of the three, or the year is not one of the study's.
    DistrictError
        If the driving time of a candidate to a school of a position is missing.

    """
    records = design.records
    if applicants not in APPLICANTS:
        raise UserError(f"reassignment.applicants: {applicants!r}; want {', '.join(APPLICANTS)}")
    if year not in records.years:
        raise UserError(f"reassignment.years: {year} is not one of the years studied")
    rows = np.flatnonzero(records.positions["year"].to_numpy()[design.pairs.position] == year)
    place, position = np.unique(design.pairs.position[rows], return_inverse=True)
    positions = records.positions.iloc[place]
    table, own = _candidates(design, positions["teacher_year"].to_numpy(), year, applicants)
    licence = positions["licence"].to_numpy()
    made = Year(
        year=year,
        own=own,
        school=positions["school"].to_numpy(),
        licensed=_licensed(raw, records.teachers[table["teacher"]], year, licence),
        licence=licence,
    )
    students, sums, groups = _students(design, rows, position, len(place))
    outside = np.where(own < 0, table["own_school"].to_numpy(), -1)
    used = np.r_[made.school, outside[outside >= 0]]
    supply, demand = _utilities(records, driving, table, year, used)
    return YearRecords(
        year=made,
        teacher=table["teacher"].to_numpy(),
        traits=_traits(table),
        outside=outside,
        supply=supply,
        demand=demand,
        students=students,
        sums=sums,
        score=design.pairs.score[rows],
        regressors=pair_regressors(records, design.pairs, rows),
        levels=(f"year_{year}", tuple(f"school_{one}" for one in positions["school_id"])),
        before=tuple(one for one in records.years if one < year),
        **groups,
    )


def _candidates(design: Design, holders: np.ndarray, year: int, applicants: str):
    """Rows of teacher_years of a year's candidates, and the position of each, -1 if none."""
    people = design.records.teacher_years
    applying = _applicants(design, year, applicants)
    without = (people["position"] < 0) & (people["year"] == year)
    more = np.flatnonzero(without & people["teacher"].isin(applying))
    candidates = np.unique(np.r_[holders, more])
    own = np.full(len(candidates), -1)
    own[np.searchsorted(candidates, holders)] = np.arange(len(holders))
    return people.iloc[candidates], own


def _applicants(design: Design, year: int, applicants: str) -> np.ndarray:
    """Numbers of the teachers who applied in the transfer systems that count."""
    years = {"before": [year - 1], "same": [year], "both": [year - 1, year]}[applicants]
    supply, menus = design.system.supply, design.menus
    applied = np.add.reduceat(supply.applied.astype(int), supply.first[:-1]) > 0
    return menus["teacher"].to_numpy()[applied & menus["year"].isin(years).to_numpy()]


def _licensed(raw: RawTables, names: pd.Index, year: int, licence: np.ndarray) -> np.ndarray:
    held = raw.tables["licences"]
    held = held[held["year"] == year]
    kinds, wanted = np.unique(licence, return_inverse=True)
    row, kind = names.get_indexer(held["teacher_id"]), pd.Index(kinds).get_indexer(held["licence"])
    table = np.zeros((len(names), len(kinds)), dtype=bool)
    valid = (row >= 0) & (kind >= 0)
    table[row[valid], kind[valid]] = True
    return table[:, wanted]


def _traits(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """Traits of candidates by the names of eq. 1."""
    traits = {name: table[name].to_numpy() for name in ("minority", "male")}
    traits |= {name: table[name].to_numpy() for name in ("education", "experience")}
    traits |= {f"teacher_{name}": table[name].to_numpy() for name in ("male", *RACES)}
    years = table["years"].to_numpy()
    for name, (first, last) in EXPERIENCE.items():
        traits[name] = ((years >= first) & (years < last)).astype(float)
    return traits


def _students(design: Design, rows: np.ndarray, position: np.ndarray, positions: int):
    """Students of the positions, sums over them, and their groups."""
    table = design.records.students.iloc[design.pairs.student[rows]]
    previous = design.pairs.previous[rows]
    minority, male = (table[name].to_numpy() for name in ("minority", "male"))
    first = np.r_[0, np.cumsum(np.bincount(position, minlength=positions))]
    sums = student_sums(position, minority, male, previous, positions)
    cell = table["grade"].to_numpy() * 2 + design.pairs.subject[rows]
    cell = np.unique(cell, return_inverse=True)[1]
    groups = {"quartile": quartiles(previous, cell), "white": (minority == 0).astype(int)}
    return Students(first, minority, male, previous), sums, groups


def _utilities(records, driving: Driving, table: pd.DataFrame, year: int, used):
    """Regressors of eqs. 2 and 3 at the schools ``used``, (m, S, q) and (m, S, k); others are 0."""
    m, schools = len(table), np.unique(used)
    person, place = np.divmod(np.arange(m * len(schools)), len(schools))
    school = schools[place]
    traits = {name: table[name].to_numpy()[person] for name in PERSON}
    of_school = {name: records.traits[year][name][school] for name in SCHOOL}
    minutes = driving.times(year, table["teacher"].to_numpy()[person], school)
    made = []
    for flat in (
        supply_regressors(traits, of_school, minutes),
        demand_regressors(traits, of_school),
    ):
        full = np.zeros((m, len(records.schools), flat.shape[1]))
        full[person, school] = flat
        made.append(full)
    return made


def draw_of(
    own: YearRecords,
    parameters: Parameters,
    number: int,
    rng: np.random.Generator,
    *,
    cut: float | None = None,
    errors: str = "realised",
    shocks: bool = True,
) -> Draw:
    """A draw for the candidates and positions of a year.

    Parameters
    ----------
    own, parameters, number
        The year, and the draw.
    rng
        Of errors in utilities.
    cut
        Score from which a student is proficient; None: the share proficient is no aim.
    errors
        Whether each student keeps the error that she had in the draw (``realised``: "simulate
        data"), or is proficient with a chance (``expected``: all that a feasible planner knows).
    shocks
        Whether teachers consent, and schools choose, with an error for each position (eqs. 2, 3),
        or by mean utility alone.

    """
    if errors not in ERRORS:
        raise UserError(f"reassignment.errors: {errors!r}; want {' or '.join(ERRORS)}")
    who, school = own.teacher, own.year.school
    teachers = teachers_of_draw(own.traits, parameters.theta[who], parameters.outcomes)
    eta = parameters.eta_y[np.ix_(who, school)]
    mean = own.supply @ parameters.supply + parameters.attraction + parameters.eta_u[who]
    utility, elsewhere = mean[:, school], np.full(len(who), np.nan)
    worth = _worth(own, parameters)
    outside = np.flatnonzero(own.outside >= 0)
    elsewhere[outside] = mean[outside, own.outside[outside]]
    if shocks:
        utility = utility + rng.standard_normal(utility.shape)
        elsewhere = elsewhere + rng.standard_normal(len(who))
        worth = worth + rng.standard_normal(worth.shape)
    need = None
    if cut is not None:
        level = _score_without_teacher(own, parameters, teachers, eta, errors)
        need = cut - level
    sd = parameters.sd_eps if errors == "expected" else 0.0
    return Draw(number, teachers, eta, utility, elsewhere, worth, need, sd)


def _worth(own: YearRecords, parameters: Parameters) -> np.ndarray:
    """Mean utility of the candidates to each position's school (eq. 3), (m, n)."""
    slope = np.array([parameters.demand.get(name, 0.0) for name in DEMAND])
    mean = own.demand @ slope + parameters.phi[own.teacher][:, None] + parameters.eta_v[own.teacher]
    return mean[:, own.year.school]


def _score_without_teacher(
    own: YearRecords, parameters: Parameters, teachers: Teachers, eta: np.ndarray, errors: str
) -> np.ndarray:
    """Score of each student less what her teacher adds, (N,), with her error or without."""
    observed = own.year.observed
    part = teachers_part(own.students, teachers, eta, observed)
    if errors == "realised":
        return own.score - part
    slope = parameters.outcomes
    year, schools = own.levels
    place = np.repeat(np.arange(len(observed)), np.diff(own.students.first))
    level = np.array([slope.get(name, 0.0) for name in schools])
    level += slope.get(CONSTANT, 0.0) + slope.get(year, 0.0)
    level += parameters.theta[own.teacher[observed]] + eta[observed, np.arange(len(observed))]
    fitted = own.regressors @ np.array([slope.get(name, 0.0) for name in OUTCOMES])
    return fitted + level[place] - part
