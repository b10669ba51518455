"""Checks of positions, teachers and tests against each other and against enrolments."""

from collections.abc import Sequence

import numpy as np

from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.row_checks import problem_of, rows_in
from welfare_added.district.values import RawTables
from welfare_added.transfers.positions import grades_of, in_sample
from welfare_added.transfers.scores import SCORE_OF


def check_positions(raw: RawTables, years: Sequence[int], grades: Sequence[int]) -> None:
    """Refuse positions, teachers and tests that contradict each other or the enrolments.

    years, grades: studied; rows of other years are not looked at.

    Raises
    ------
    DistrictError
        If grades cannot be read, a position's teacher has no row of that year or two positions in
        it, its school has no student, a studied year has no position, a scored student has no test,
        or a displaced teacher has a position to return to; lists all of these with file, column,
        number of rows and remedy.

    """
    raise_any(_grades(raw))
    raise_any(
        [
            *_missing_years(raw, years),
            *_holders(raw, years),
            *_schools(raw, years, grades),
            *_tests(raw, years),
            *_outside(raw, years),
            *_displaced(raw, years),
        ]
    )


def _grades(raw: RawTables) -> list[Problem]:
    wrong = grades_of(raw.tables["positions"]).isna().to_numpy()
    return problem_of(
        *(raw, "positions", "grades", wrong),
        "not grades",
        "write the grades taught as whole numbers with spaces between: 6 7 8",
    )


def _missing_years(raw: RawTables, years: Sequence[int]) -> list[Problem]:
    positions = raw.tables["positions"]
    there = set(positions.loc[in_sample(positions), "year"])
    lacking = ", ".join(str(year) for year in years if year not in there)
    if not lacking:
        return []
    return [
        Problem(
            str(raw.files["positions"]),
            f"no position of half time or more with a teacher in {lacking}",
            "add them, or study other years",
            "year",
        )
    ]


def _holders(raw: RawTables, years: Sequence[int]) -> list[Problem]:
    positions = raw.tables["positions"]
    studied = positions["year"].isin(years).to_numpy() & in_sample(positions)
    known = rows_in(positions, raw.tables["teacher_years"], ["teacher_id", "year"])
    rows = positions[studied]
    twice = np.zeros(len(positions), dtype=bool)
    twice[studied] = rows.duplicated(["teacher_id", "year"], keep=False).to_numpy()
    return [
        *problem_of(
            *(raw, "positions", "teacher_id", studied & ~known),
            "teachers without a row of that year in the table of teacher_years",
            "add it, or leave teacher_id empty where nobody is known",
        ),
        *problem_of(
            *(raw, "positions", "", twice),
            "a teacher with two positions of half time or more in a year",
            "make one position of them, with all its grades, or keep the larger",
        ),
    ]


def _schools(raw: RawTables, years: Sequence[int], grades: Sequence[int]) -> list[Problem]:
    positions, enrolments = raw.tables["positions"], raw.tables["enrolments"]
    studied = positions["year"].isin(years).to_numpy() & in_sample(positions)
    own = enrolments[enrolments["grade"].isin(grades)]
    there = rows_in(positions, own, ["school_id", "year"])
    return problem_of(
        *(raw, "positions", "school_id", studied & ~there),
        "a school without students of the grades studied in that year",
        "add its students to enrolments, or leave out the position; ids must be written alike",
    )


def _tests(raw: RawTables, years: Sequence[int]) -> list[Problem]:
    tests, enrolments = raw.tables.get("tests"), raw.tables["enrolments"]
    if tests is None:
        return []
    used = enrolments["year"].isin([*years, min(years) - 1]).to_numpy()
    problems = []
    for subject, column in SCORE_OF.items():
        normed = rows_in(enrolments, tests[tests["subject"] == subject], ["year", "grade"])
        problems += problem_of(
            *(raw, "enrolments", column, used & enrolments[column].notna().to_numpy() & ~normed),
            f"scores of a test in {subject} that the table of tests lacks",
            "add the mean and SD of that year, grade and subject, or leave the table of tests out: "
            "scores are then standardised within year and grade",
        )
    return problems


def _outside(raw: RawTables, years: Sequence[int]) -> list[Problem]:
    outside = raw.tables.get("outside_positions")
    if outside is None:
        return []
    studied = outside["year"].isin(years).to_numpy()
    known = rows_in(outside, raw.tables["teacher_years"], ["teacher_id", "year"])
    positions = raw.tables["positions"]
    sample = positions[in_sample(positions)]
    also = rows_in(outside, sample, ["teacher_id", "year"])
    there = rows_in(outside, sample, ["school_id", "year"])
    return [
        *problem_of(
            *(raw, "outside_positions", "teacher_id", studied & ~known),
            "teachers without a row of that year in the table of teacher_years",
            "add it, or leave out the position",
        ),
        *problem_of(
            *(raw, "outside_positions", "", studied & also),
            "a position outside the sample of a teacher who has one in the table of positions",
            "leave one of the two out",
        ),
        *problem_of(
            *(raw, "outside_positions", "school_id", studied & ~there),
            "a school without a teacher of the sample in that year, so that nothing is known of it",
            "leave the position out, and the applications of who has it",
        ),
    ]


def _displaced(raw: RawTables, years: Sequence[int]) -> list[Problem]:
    people, positions = raw.tables["teacher_years"], raw.tables["positions"]
    displaced = people["displaced"].eq(1).to_numpy() & people["year"].isin(years).to_numpy()
    problems = []
    if "outside_positions" in raw.tables:
        has = rows_in(people, raw.tables["outside_positions"], ["teacher_id", "year"])
        problems += problem_of(
            *(raw, "teacher_years", "", displaced & has),
            "a displaced teacher with a current position, in the table of outside_positions",
            "set displaced to 0, or leave out the position that is lost",
        )
    held = positions[["position_id", "teacher_id", "year"]].dropna()
    again = held.merge(held.assign(year=held["year"] - 1), on=["position_id", "teacher_id", "year"])
    problems += problem_of(
        *(raw, "teacher_years", "", displaced & rows_in(people, again, ["teacher_id", "year"])),
        "a displaced teacher with a current position, who has the same one in the year after",
        "set displaced to 0; a position that ends and is made anew has another position_id",
    )
    return problems
