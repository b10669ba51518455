"""Pairs of a student and a teacher, by subject, and the sums of them that the sampler takes."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.selection.arrays import Outcomes
from welfare_added.selection.sums import sum_outcomes, sum_team_outcomes
from welfare_added.transfers.positions import slots
from welfare_added.transfers.records import Records
from welfare_added.transfers.regressors import CONSTANT, OUTCOMES, outcome_regressors
from welfare_added.transfers.scores import SUBJECTS
from welfare_added.transfers.traits import RACES, SCHOOL, STUDENT_FLAGS

TEAMS = ("stacked", "mean")
STUDENT = (*RACES, "minority", "male", *STUDENT_FLAGS)
TEACHER = (*RACES, "minority", "male", "education", "experience", "years")


@dataclass(frozen=True)
class Pairs:
    """One row a student, subject and teacher of a year, with scores of this year and last.

    Attributes
    ----------
    student
        (n,) row of `Records.students`.
    position
        (n,) row of `Records.positions`.
    subject
        (n,) place in `SUBJECTS`.
    score, previous, class_size, redesigned
        (n,) score, last year's, FTE per student of the grade and subject, and the test's design.

    """

    student: np.ndarray = field(repr=False)
    position: np.ndarray = field(repr=False)
    subject: np.ndarray = field(repr=False)
    score: np.ndarray = field(repr=False)
    previous: np.ndarray = field(repr=False)
    class_size: np.ndarray = field(repr=False)
    redesigned: np.ndarray = field(repr=False)


def student_teacher_pairs(records: Records) -> Pairs:
    """Link students to teachers by school, grade, year and subject (footnote 1).

    A student who has several teachers of a subject has a row of each, with the same score. Rows are
    by position, subject and student. Raises UserError where nobody is linked.
    """
    linked = slots(records.positions)
    linked["school"] = records.positions["school"].to_numpy()[linked["position"]]
    students, cell = records.students, ["year", "school", "grade"]
    enrolled = students.groupby(cell).size().rename("enrolled")
    fte = linked.groupby([*cell, "subject"])["fte"].sum().rename("total_fte")
    linked = linked.join(fte, on=[*cell, "subject"]).join(enrolled, on=cell)
    linked["class_size"] = linked["total_fte"] / linked["enrolled"]
    rows = students[cell].assign(student=np.arange(len(students)))
    rows = rows.merge(linked[[*cell, "position", "subject", "class_size"]], on=cell)
    subject = pd.Index(SUBJECTS).get_indexer(rows["subject"])
    values = {
        name: np.column_stack([students[f"{name}_{one}"] for one in SUBJECTS])
        for name in ("score", "previous", "redesigned")
    }
    values = {name: table[rows["student"], subject] for name, table in values.items()}
    kept = ~np.isnan(values["score"]) & ~np.isnan(values["previous"])
    if not kept.any():
        raise UserError(
            "enrolments and positions: no student with scores of this year and last has a teacher; "
            "school_id, grade and subject of positions must be those of enrolments"
        )
    order = np.lexsort((rows["student"], subject, rows["position"]))
    order = order[kept[order]]
    return Pairs(
        student=rows["student"].to_numpy()[order],
        position=rows["position"].to_numpy()[order],
        subject=subject[order],
        class_size=rows["class_size"].to_numpy()[order],
        **{name: one[order] for name, one in values.items()},
    )


def pair_regressors(records: Records, pairs: Pairs, rows: np.ndarray) -> np.ndarray:
    """Regressors of some pairs, (n, len(OUTCOMES)); all of one year."""
    position = pairs.position[rows]
    year = int(records.positions["year"].iat[position[0]])
    people = records.teacher_years
    person = records.positions["teacher_year"].to_numpy()[position]
    school = records.positions["school"].to_numpy()[position]
    student = pairs.student[rows]
    students = {name: records.students[name].to_numpy()[student] for name in STUDENT}
    teachers = {name: people[name].to_numpy()[person] for name in TEACHER}
    schools = {name: records.traits[year][name][school] for name in SCHOOL}
    pair = {name: getattr(pairs, name)[rows] for name in ("previous", "class_size", "redesigned")}
    return outcome_regressors(students, teachers, schools, pair)


def outcome_sums(records: Records, pairs: Pairs, teams: str = "stacked") -> Outcomes:
    """Sums of scores and regressors over the pairs, year by year.

    The first school and the first year are the reference. The dummy of redesigned tests is left
    out where it does not vary within any year: year effects then hold it.

    Parameters
    ----------
    records, pairs
        Of the study.
    teams
        Of a student who has several teachers of a subject: ``stacked`` (published), the score is a
        row of each; ``mean``, it is one row, which depends on the mean over these teachers
        (`selection.teams`).

    Raises
    ------
    UserError
        If ``teams`` is neither.

    """
    if teams not in TEAMS:
        raise UserError(f"selection.teams: {teams!r}; want {', '.join(TEAMS)}")
    year_of = records.positions["year"].to_numpy()[pairs.position]
    kept = _kept(pairs, year_of)
    names = (
        CONSTANT,
        *(OUTCOMES[one] for one in kept),
        *(f"school_{one}" for one in records.schools[1:]),
        *(f"year_{one}" for one in records.years[1:]),
    )
    of_year = (
        (number, np.flatnonzero(year_of == year)) for number, year in enumerate(records.years)
    )
    batches = (
        (*_batch(records, pairs, rows, number, kept), _score(pairs, rows))
        for number, rows in of_year
        if len(rows)
    )
    schools = len(records.schools)
    if teams == "mean":
        return sum_team_outcomes(names, schools, batches)
    return sum_outcomes(names, schools, (batch[:-1] for batch in batches))


def _score(pairs: Pairs, rows: np.ndarray) -> np.ndarray:
    """Number of the score of each row: a student's of a subject and year."""
    return pairs.student[rows] * len(SUBJECTS) + pairs.subject[rows]


def _batch(records: Records, pairs: Pairs, rows: np.ndarray, number: int, kept: list[int]):
    """Scores, all regressors, teachers and schools of the pairs of a year, the number-th."""
    schools, years = len(records.schools), len(records.years)
    positions = records.positions.iloc[pairs.position[rows]]
    school = positions["school"].to_numpy()
    person = records.teacher_years["teacher"].to_numpy()[positions["teacher_year"]]
    block = np.zeros((len(rows), len(kept) + schools + years - 1))
    block[:, 0] = 1.0
    block[:, 1 : 1 + len(kept)] = pair_regressors(records, pairs, rows)[:, kept]
    _dummies(block, 1 + len(kept), school)
    _dummies(block, len(kept) + schools, np.full(len(rows), number))
    return pairs.score[rows], block, person, school


def _kept(pairs: Pairs, year_of: np.ndarray) -> list[int]:
    """Places in `OUTCOMES` of the regressors that are used."""
    own = [pairs.redesigned[year_of == year] for year in np.unique(year_of)]
    varies = any((one != one[0]).any() for one in own)
    return [place for place, name in enumerate(OUTCOMES) if varies or name != "redesigned"]


def _dummies(block: np.ndarray, first: int, group: np.ndarray) -> None:
    """Set the dummies of groups but the first, in columns from ``first`` on."""
    some = np.flatnonzero(group > 0)
    block[some, first + group[some] - 1] = 1.0
