"""Count the teachers and students behind published numbers, for the disclosure gate."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from welfare_added.disclosure.populations import fewest, persons, population_table
from welfare_added.district.values import RawTables
from welfare_added.reassignment.gains import quartiles
from welfare_added.reassignment.groups import group_names
from welfare_added.transfers.design import Design
from welfare_added.transfers.facts import RACES, rows_of_taught
from welfare_added.transfers.traits import STUDENT_FLAGS

Counts = dict[str, dict[str, float]]
# Rows of table 1 that are shares of teachers, and its others.
SHARES_OF_TEACHERS = ("male", *RACES, "asian")
OTHER_ROWS = (
    *("experience", "education", "years_in_sample", "teachers", "teacher_years", "menu_size"),
    *("applications", "interviews", "ranked", "offers", "eligible", "applicants", "positions"),
)


def populations(raw: RawTables, design: Design, facts: Iterable[str]) -> pd.DataFrame:
    """Count every population behind a published table.

    Parameters
    ----------
    raw, design
        Of the study.
    facts
        Names of the published facts of the system.

    Returns
    -------
    DataFrame
        population; students (persons: teachers, or students where it says so); students_sure, a
        lower bound for shares (see `persons`). Populations: teachers (with a position of the
        sample), applicants, deciding (with a menu), listed (candidates interviewed), students;
        group_<group> of students; fact_<name>: of a share of persons the fewest of those who count
        and those who do not, of any other the teachers; table_01_<row>: the same of table 1's rows,
        over all teachers (those in the transfer system are withheld in the facts themselves).

    """
    tables, records, system = raw.tables, design.records, design.system
    people = records.teacher_years
    taught = people[people["position"] >= 0]
    names = pd.Series(records.teachers)
    applied = np.flatnonzero(names.isin(tables["applications"]["teacher_id"]))
    pupils = records.students["student_id"].to_numpy()[design.pairs.student]
    counts = {
        "teachers": persons(taught["teacher"]),
        "applicants": persons(pd.Series(applied)),
        "deciding": persons(pd.Series(system.supply.teacher)),
        "listed": persons(pd.Series(system.demand.teacher)),
        "students": persons(pd.Series(pupils)),
    }
    counts |= _groups(design, pupils)
    shares = _shares_of_teachers(raw, design) | _shares_of_students(raw, design)
    counts |= {f"fact_{name}": shares.get(name, counts["teachers"]) for name in facts}
    counts |= {f"table_01_{row}": counts["teachers"] for row in OTHER_ROWS}
    counts |= {f"table_01_{name}": shares[f"share_{name}_all"] for name in SHARES_OF_TEACHERS}
    return population_table(counts)


def _groups(design: Design, pupils: np.ndarray) -> Counts:
    """Students of each group of table A4."""
    records, pairs = design.records, design.pairs
    students = records.students.iloc[pairs.student]
    year = records.positions["year"].to_numpy()[pairs.position]
    cells = pd.MultiIndex.from_arrays([year, students["grade"], pairs.subject])
    quartile = quartiles(pairs.previous, pd.factorize(cells)[0])
    members = group_names(quartile, 1 - students["minority"].to_numpy().astype(int))
    return {f"group_{name}": persons(pd.Series(pupils[own])) for name, own in members.items()}


def _shares_of_teachers(raw: RawTables, design: Design) -> Counts:
    own, applications = rows_of_taught(raw, design), raw.tables["applications"]
    chosen = {"all": own, "its": own[own["teacher_id"].isin(applications["teacher_id"])]}
    traits = {"male": ("gender", "male")}
    traits |= {race: ("ethnicity", race) for race in (*RACES, "asian")}
    return {
        f"share_{name}_{group}": _of_share(rows["teacher_id"], rows[column] == value)
        for group, rows in chosen.items()
        for name, (column, value) in traits.items()
    }


def _shares_of_students(raw: RawTables, design: Design) -> Counts:
    rows = raw.tables["enrolments"]
    rows = rows[rows["student_id"].isin(design.records.students["student_id"])]
    traits = {race: rows["ethnicity"] == race for race in RACES}
    traits |= {flag: rows[flag] == 1 for flag in STUDENT_FLAGS}
    return {f"share_{name}": _of_share(rows["student_id"], own) for name, own in traits.items()}


def _of_share(ids: pd.Series, yes: pd.Series) -> dict[str, float]:
    """Persons behind a share: the fewest of those who count and those who do not."""
    return fewest([persons(ids[yes]), persons(ids[~yes])])
