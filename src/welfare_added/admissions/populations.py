"""Count the applicants behind published numbers, for the disclosure gate."""

from collections.abc import Mapping, Sequence

import pandas as pd

from welfare_added.admissions.sample import applicants_of
from welfare_added.disclosure.populations import fewest, persons, population_table

# Groups whose means are compared; each, and everybody else, has to be large enough.
GROUPS = ("minority", "frpl")
# Columns of table A.1: those of all applicants, and those whose regression has free lunch too.
OF_ALL, COLUMNS, WITH_FRPL = (1,), range(1, 7), (6,)


def populations(
    applicants: pd.DataFrame,
    *,
    studied: int,
    predicted: Sequence[int],
    lasso: Sequence[int],
    high: float,
    classes: pd.DataFrame,
    moves: pd.DataFrame | None,
) -> pd.DataFrame:
    """Count every population behind a published table.

    Parameters
    ----------
    applicants
        Table of `Applicants`: those who can be used, of all years.
    studied
        Year whose admission is simulated.
    predicted, lasso
        First and last year of applicants on whom minority status is predicted by regressions, and
        by the LASSO.
    high
        Score of high-scoring applicants.
    classes
        school, students: the class of every school under every plan.
    moves
        grade, cohort, sample, students: of `Moves.counts`; None without addresses.

    Returns
    -------
    DataFrame
        population; students; students_sure, a lower bound for shares (see `persons`). Populations:
        applicants; studied, and studied_minority, studied_not_minority and so on; regression_1 to
        regression_6 and lasso, the fewest of the sample, its minority students and all others
        (with free lunch: of these groups too); class_<school>, the smallest class under any plan;
        moves_<grade>_<cohort>_<sample>.

    """
    of_year = applicants[applicants["application_year"] == studied]
    counts = {"applicants": persons(applicants["applicant_id"])} | {
        name: persons(rows["applicant_id"]) for name, rows in _groups("studied", of_year).items()
    }
    for column in COLUMNS:
        rows = applicants_of(applicants, predicted, None if column in OF_ALL else high)
        groups = GROUPS if column in WITH_FRPL else GROUPS[:1]
        counts[f"regression_{column}"] = _smallest(rows, groups)
    counts["lasso"] = _smallest(applicants_of(applicants, lasso, high), GROUPS)
    for school, students in classes.groupby("school", sort=True)["students"].min().items():
        counts[f"class_{school}"] = _number(students)
    for row in [] if moves is None else moves.itertuples():
        counts[f"moves_{row.grade}_{row.cohort}_{row.sample}"] = _number(row.students)
    return population_table(counts)


def _groups(
    name: str, rows: pd.DataFrame, groups: Sequence[str] = GROUPS
) -> Mapping[str, pd.DataFrame]:
    """A population, and the members of each group and all others."""
    parts = {name: rows}
    for group in groups:
        member = rows[group] == 1
        parts |= {f"{name}_{group}": rows[member], f"{name}_not_{group}": rows[~member]}
    return parts


def _smallest(rows: pd.DataFrame, groups: Sequence[str]) -> dict[str, float]:
    parts = _groups("", rows, groups).values()
    return fewest([persons(part["applicant_id"]) for part in parts])


def _number(students: float) -> dict[str, float]:
    """Counts of different persons that were counted before."""
    return {"students": students, "students_sure": students}
