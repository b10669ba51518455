"""Checks of a hiring platform's raw tables against each other and against the state's records."""

import numpy as np
import pandas as pd

from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.values import RawTables
from welfare_added.market import season
from welfare_added.market.positions import FEATURES, school_years

# Days from 1 April of the season that can belong to it: from the autumn before to the next winter.
EARLIEST, LATEST = -200, 260


def check_platform(raw: RawTables, schools: pd.DataFrame, traits: pd.DataFrame) -> None:
    """Refuse tables that contradict each other, or the state's records.

    Parameters
    ----------
    raw
        Tables vacancies, applicants, applications, valid by raw_tables.yaml.
    schools, traits
        Of records: features by school_id and year, and the teachers of the state's file.

    Raises
    ------
    DistrictError
        If an application's position or applicant is not in its table in that cycle, an application
        is made before its position is posted or after it is closed, a posting's school has no
        Title I status or no students, a cycle has no position, or a day is not of its season; lists
        all of these with file, column, number of rows and remedy.

    """
    raise_any([*_positions(raw, schools), *_applicants(raw, schools, traits)])
    raise_any(_applications(raw))


def _problem(
    raw: RawTables, table: str, column: str, wrong: np.ndarray, what: str, remedy: str
) -> list[Problem]:
    """A problem of the rows that are wrong; none if there are none."""
    rows = np.flatnonzero(wrong)
    return [raw.problem(table, rows, what, remedy, column)] if len(rows) else []


def _positions(raw: RawTables, schools: pd.DataFrame) -> list[Problem]:
    vacancies = raw.tables["vacancies"]
    rows = vacancies.rename(columns={"cycle": "year"})
    at = school_years(rows, schools)
    of_school = schools.iloc[np.maximum(at, 0)]
    no_title1 = of_school["title1"].isna().to_numpy() | (at < 0)
    others = [name for name in FEATURES if name != "title1"]
    no_students = of_school[others].isna().any(axis=1).to_numpy() & (at >= 0)
    posted = season.days(vacancies["posted"], vacancies["cycle"]).to_numpy()
    early = (vacancies["closed"] < vacancies["posted"]).to_numpy()
    return [
        *_problem(
            *(raw, "vacancies", "school_id", no_title1),
            "a school that posts and has no Title I status in that year or before",
            "fill title1 of the school in the table of schools; ids must be written alike, and "
            "the school must have students in enrolments",
        ),
        *_problem(
            *(raw, "vacancies", "school_id", no_students),
            "a school that posts and has no class with scores in that year or before",
            "add its students and classes to enrolments and classes, or leave out its positions",
        ),
        *_problem(
            *(raw, "vacancies", "posted", ~_of_season(posted)),
            "a day outside the season of its cycle",
            "cycle is the spring of the job: 2016 for postings of spring and summer 2015",
        ),
        *_problem(
            *(raw, "vacancies", "closed", early),
            "closed before it is posted",
            "correct either day, or leave closed empty",
        ),
    ]


def _of_season(day: np.ndarray) -> np.ndarray:
    return (day >= EARLIEST) & (day <= LATEST)


def _applicants(raw: RawTables, schools: pd.DataFrame, traits: pd.DataFrame) -> list[Problem]:
    applicants = raw.tables["applicants"]
    no_position = ~applicants["cycle"].isin(raw.tables["vacancies"]["cycle"]).to_numpy()
    teacher = applicants["teacher_id"]
    stranger = (teacher.notna() & ~teacher.isin(traits["teacher_id"])).to_numpy()
    present = applicants["current_position"].notna().to_numpy()
    rows = applicants.rename(columns={"cycle": "year", "current_position": "school_id"})
    at = school_years(rows, schools)
    others = [name for name in FEATURES if name != "title1"]
    unknown = schools[others].iloc[np.maximum(at, 0)].isna().any(axis=1).to_numpy() | (at < 0)
    twice = (applicants["teacher_id"].notna()) & applicants.duplicated(
        ["teacher_id", "cycle"], keep=False
    )
    return [
        *_problem(
            *(raw, "applicants", "cycle", no_position),
            "a cycle without positions",
            "add its positions to vacancies, or leave out its applicants",
        ),
        *_problem(
            *(raw, "applicants", "teacher_id", stranger),
            "teachers that the table of teachers lacks",
            "add them to it, or leave teacher_id empty where nobody matches",
        ),
        *_problem(
            *(raw, "applicants", "teacher_id", twice.to_numpy()),
            "a teacher whom two applicants of one cycle match",
            "keep the match that is sure, and leave the other empty",
        ),
        *_problem(
            *(raw, "applicants", "current_position", present & unknown),
            "a present school without students in enrolments in that year or before",
            "write the school_id as in enrolments; leave it empty for who is new to the district",
        ),
    ]


def _applications(raw: RawTables) -> list[Problem]:
    tables = raw.tables
    made, vacancies = tables["applications"], tables["vacancies"]
    at = pd.Index(vacancies["position_id"]).get_indexer(made["position_id"])
    no_position = at < 0
    of_position = vacancies.iloc[np.maximum(at, 0)].reset_index(drop=True)
    own = pd.MultiIndex.from_frame(tables["applicants"][["applicant_id", "cycle"]])
    keys = pd.MultiIndex.from_arrays([made["applicant_id"], of_position["cycle"]])
    stranger = ~no_position & (own.get_indexer(keys) < 0)
    day = made["applied"].reset_index(drop=True)
    before = ~no_position & (day < of_position["posted"]).to_numpy()
    after = ~no_position & (day > of_position["closed"]).to_numpy()
    late = season.days(day, of_position["cycle"]).to_numpy() > LATEST
    return [
        *_problem(
            *(raw, "applications", "position_id", no_position),
            "positions that the table of vacancies lacks",
            "add them, or leave out their applications; ids must be written alike",
        ),
        *_problem(
            *(raw, "applications", "applicant_id", stranger),
            "not in the table of applicants in the cycle of the position",
            "add the applicant with that cycle, or leave out her applications",
        ),
        *_problem(
            *(raw, "applications", "applied", before),
            "an application before its position is posted",
            "correct either day; a position posted twice has the first day",
        ),
        *_problem(
            *(raw, "applications", "applied", after),
            "an application after its position is closed",
            "correct either day; a position closed twice has the last day, or none",
        ),
        *_problem(
            *(raw, "applications", "applied", ~no_position & ~after & late),
            "a day outside the season of its cycle",
            "cycle is the spring of the job: 2016 for applications of spring and summer 2015",
        ),
    ]


def remarks(
    applicants: pd.DataFrame, positions: pd.DataFrame, applications: pd.DataFrame
) -> list[str]:
    """What is allowed and still worth knowing, one sentence each, for the log and the overview.

    applicants (va_missing, current_commute_missing), positions, applications (applicant, position):
    of `platform.Base`.
    """
    of_applicant = np.bincount(applications["applicant"], minlength=len(applicants))
    of_position = np.bincount(applications["position"], minlength=len(positions))
    without = int(applicants["va_missing"].to_numpy()[applications["applicant"]].sum())
    homes = applicants[["latitude", "longitude"]].isna().any(axis=1)
    sentences = {
        f"of {len(applications):,} applications are of applicants without value added": without,
        f"of {len(applicants):,} applicants never apply: no window is known of them": (
            int((of_applicant == 0).sum())
        ),
        f"of {len(applicants):,} applicants apply once: their window is a day": (
            int((of_applicant == 1).sum())
        ),
        f"of {len(positions):,} positions receive no application": int((of_position == 0).sum()),
        f"of {len(applicants):,} applicants have no coordinates": int(homes.sum()),
    }
    return [f"{count:,} {sentence}" for sentence, count in sentences.items() if count]
