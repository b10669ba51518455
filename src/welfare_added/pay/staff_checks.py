"""Checks of the staff file: contracts, grades, schools and districts."""

import logging

import numpy as np
import pandas as pd

from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.row_checks import problem_of, rows_in
from welfare_added.district.values import RawTables
from welfare_added.pay.checks import missing_years, studied
from welfare_added.pay.choices import PayChoices
from welfare_added.pay.contracts import CONTRACT

AGES = (16, 100)  # outside these a year of birth is taken for a mistake

log = logging.getLogger(__name__)


def check_staff(raw: RawTables, choices: PayChoices) -> None:
    """Refuse a staff file that contradicts itself or the districts.

    Only teachers who are no substitutes are looked at, in the years studied.

    Raises
    ------
    DistrictError
        If a studied year has no teacher; the assignments of a contract disagree about salary, days,
        seniority or degree; a contract has no full-time equivalent; grades are in the wrong order;
        a district has no row in districts that year; a school is in two districts in a year; a
        year of birth makes a teacher younger or older than `AGES`; or salaries are all unknown.

    """
    raise_any(missing_years(raw, "staff", choices.years))
    staff = raw.tables["staff"]
    own = studied(raw, "staff", choices.years)
    own = own & (staff["position"] == "teacher").to_numpy()
    own = own & (staff["substitute"].fillna(0) == 0).to_numpy()
    if not own.any():
        what = "no row of a teacher who is no substitute in the years studied"
        raise_any([Problem(str(raw.files["staff"]), what, "correct position", "position")])
    raise_any(
        [
            *_contracts(raw, own),
            *_grades(raw, own),
            *_districts(raw, own),
            *_schools(raw, own),
            *_births(raw, own),
        ]
    )


def _contracts(raw: RawTables, own: np.ndarray) -> list[Problem]:
    staff = raw.tables["staff"]
    keys = [staff[name] for name in ("teacher_id", "year", "district_id")]
    contract = staff.groupby(keys, sort=False).ngroup().to_numpy()
    problems = []
    for name in CONTRACT:
        code = pd.factorize(staff[name], use_na_sentinel=False)[0]
        wrong = own & _several(contract, code, own)
        problems += problem_of(
            *(raw, "staff", name, wrong),
            f"assignments of a teacher, year and district that disagree about {name}",
            "write the contract's value in all its assignments",
        )
    if not staff["salary"].to_numpy()[own].size or staff["salary"][own].isna().all():
        what = "no salary of any teacher"
        problems.append(Problem(str(raw.files["staff"]), what, "give salaries", "salary"))
    fte = np.bincount(contract[own], weights=staff["fte"].to_numpy()[own], minlength=len(staff))
    problems += problem_of(
        *(raw, "staff", "fte", own & (fte[contract] <= 0)),
        "contracts without any full-time equivalent",
        "write the share of full time of each assignment, or leave out who does not teach: "
        "salaries are divided by it",
    )
    return problems


def _several(group: np.ndarray, code: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Whether a row's group has more than one code among the rows looked at, (n,) bool."""
    low = np.full(group.max() + 1, np.iinfo(np.int64).max)
    high = np.full(group.max() + 1, -1)
    np.minimum.at(low, group[own], code[own])
    np.maximum.at(high, group[own], code[own])
    return low[group] < high[group]


def _grades(raw: RawTables, own: np.ndarray) -> list[Problem]:
    staff = raw.tables["staff"]
    return problem_of(
        *(raw, "staff", "grade_low", own & (staff["grade_low"] > staff["grade_high"]).to_numpy()),
        "lowest grades above the highest of the assignment",
        "write the lower grade in grade_low",
    )


def _districts(raw: RawTables, own: np.ndarray) -> list[Problem]:
    staff = raw.tables["staff"]
    known = rows_in(staff, raw.tables["districts"], ["district_id", "year"])
    return problem_of(
        *(raw, "staff", "district_id", own & ~known),
        "teachers of districts without a row of that year in the table of districts",
        "add the district's row; ids must be written alike",
    )


def _schools(raw: RawTables, own: np.ndarray) -> list[Problem]:
    staff = raw.tables["staff"]
    there = own & staff["school_id"].notna().to_numpy()
    school = staff["school_id"].fillna("")
    group = staff.groupby([school, staff["year"]], sort=False).ngroup().to_numpy()
    district = pd.factorize(staff["district_id"])[0]
    return problem_of(
        *(raw, "staff", "school_id", there & _several(group, district, there)),
        "schools with teachers of two districts in a year",
        "give schools of different districts different names, as district and number; who "
        "teaches in another district's school has a contract with it",
    )


def _births(raw: RawTables, own: np.ndarray) -> list[Problem]:
    staff = raw.tables["staff"]
    age = staff["year"] - staff["birth_year"]
    strange = age.notna() & ~age.between(*AGES)
    return problem_of(
        *(raw, "staff", "birth_year", own & strange.to_numpy()),
        f"years of birth of teachers younger than {AGES[0]} or older than {AGES[1]}",
        "correct the year, or leave it empty where it is not known",
    )
