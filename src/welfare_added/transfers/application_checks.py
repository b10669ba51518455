"""Checks of applications, interviews, rankings and offers against each other."""

import logging
from collections.abc import Sequence

import numpy as np
import pandas as pd

from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.row_checks import problem_of, rows_in
from welfare_added.district.values import RawTables
from welfare_added.run.errors import UserError
from welfare_added.transfers.positions import in_sample

DECISIONS = ("applications", "interviews", "rankings", "offers")
PAIR = ["vacancy_id", "teacher_id"]
UNLICENSED = ("refuse", "widen")

log = logging.getLogger(__name__)


def check_transfers(raw: RawTables, years: Sequence[int], unlicensed: str = "refuse") -> None:
    """Refuse a transfer system whose tables contradict each other.

    Parameters
    ----------
    raw
        Tables valid by raw_tables.yaml, positions checked.
    years
        Studied; vacancies of other years, and what belongs to them, are not looked at.
    unlicensed
        Applications outside the licences: ``refuse``, or ``widen`` (they are added to the menus,
        and counted in the log).

    Raises
    ------
    DistrictError
        If a vacancy is not known, an applicant has no position to compare with or should have no
        menu, an application is outside the licences, a stage lacks the one before it, ranks have
        holes, or a teacher or vacancy has two acceptances; with file, column, rows and remedy.
    UserError
        If ``unlicensed`` is neither of the two.

    """
    if unlicensed not in UNLICENSED:
        raise UserError(f"selection.unlicensed: {unlicensed!r}; want {' or '.join(UNLICENSED)}")
    raise_any(_vacancies(raw, years))
    rows = {name: _with_vacancy(raw, name) for name in DECISIONS}
    rows = {name: own.assign(studied=own["year"].isin(years)) for name, own in rows.items()}
    raise_any(_applicants(raw, rows["applications"]))
    problems = [*_licences(raw, rows["applications"], unlicensed), *_stages(raw, rows)]
    raise_any([*problems, *_ranks(raw, rows["rankings"])])
    raise_any([*_acceptances(raw, rows["offers"]), *_moved(raw, rows)])


def _with_vacancy(raw: RawTables, table: str) -> pd.DataFrame:
    """Rows of a table with year, round and licence of their vacancy, in the file's order."""
    vacancies = raw.tables["vacancies"].set_index("vacancy_id")[["year", "round", "licence"]]
    return raw.tables[table].join(vacancies, on="vacancy_id")


def _vacancies(raw: RawTables, years: Sequence[int]) -> list[Problem]:
    vacancies, positions = raw.tables["vacancies"], raw.tables["positions"]
    taught = rows_in(vacancies, positions[in_sample(positions)], ["school_id", "year"])
    problems = problem_of(
        *(raw, "vacancies", "school_id", vacancies["year"].isin(years).to_numpy() & ~taught),
        "a school without a teacher of the sample in that year, so that its traits are not known",
        "add its positions, or leave out its vacancies; ids must be written alike",
    )
    for name in DECISIONS:
        problems += problem_of(
            *(raw, name, "vacancy_id", ~rows_in(raw.tables[name], vacancies, ["vacancy_id"])),
            "vacancies that the table of vacancies lacks",
            "add them, or leave out what belongs to them; ids must be written alike",
        )
    return problems


def _applicants(raw: RawTables, rows: pd.DataFrame) -> list[Problem]:
    people = raw.tables["teacher_years"].set_index(["teacher_id", "year"])
    at = people.index.get_indexer(pd.MultiIndex.from_frame(rows[["teacher_id", "year"]]))
    studied, known = rows["studied"].to_numpy(), at >= 0
    flags = {
        name: (people[name].to_numpy()[at] == 1) & known for name in ("displaced", "gave_notice")
    }
    positions = raw.tables["positions"]
    placed = rows_in(rows, positions[in_sample(positions)], ["teacher_id", "year"])
    if "outside_positions" in raw.tables:
        placed |= rows_in(rows, raw.tables["outside_positions"], ["teacher_id", "year"])
    return [
        *problem_of(
            *(raw, "applications", "teacher_id", studied & ~known),
            "applicants without a row of that year in the table of teacher_years",
            "add it, or leave out their applications",
        ),
        *problem_of(
            *(raw, "applications", "", studied & known & ~placed & ~flags["displaced"]),
            "applicants who are not displaced and have no position in that year",
            "add the position to positions or outside_positions, or set displaced to 1",
        ),
        *problem_of(
            *(raw, "applications", "", studied & flags["gave_notice"]),
            "applicants who have given notice",
            "set gave_notice to 0",
        ),
    ]


def _licences(raw: RawTables, rows: pd.DataFrame, unlicensed: str) -> list[Problem]:
    held = rows_in(rows, raw.tables["licences"], ["teacher_id", "year", "licence"])
    outside = rows["studied"].to_numpy() & ~held
    if unlicensed == "widen":
        if outside.any():
            log.warning("%d applications outside the licences: menus are widened", outside.sum())
        return []
    return problem_of(
        *(raw, "applications", "vacancy_id", outside),
        "applications outside the teacher's licences of that year",
        "add the licence, or set selection.unlicensed to widen: the vacancy is then on her menu",
    )


def _stages(raw: RawTables, rows: dict[str, pd.DataFrame]) -> list[Problem]:
    interviews = rows["interviews"]
    held = interviews[interviews["interviewed"] == 1]
    stages = {
        "interviews": (rows["applications"], "an interview", "application"),
        "rankings": (held, "a rank", "interview"),
        "offers": (rows["rankings"], "an offer to a teacher", "rank"),
    }
    problems = []
    for name, (before, what, lacking) in stages.items():
        missing = rows[name]["studied"].to_numpy() & ~rows_in(rows[name], before, PAIR)
        problems += problem_of(
            *(raw, name, "", missing),
            f"{what} without {'an' if lacking[0] in 'ai' else 'a'} {lacking}",
            f"add the {lacking}, or leave the row out",
        )
    return problems


def _ranks(raw: RawTables, rows: pd.DataFrame) -> list[Problem]:
    order = rows.sort_values(["vacancy_id", "rank"], kind="stable")
    place = order.groupby("vacancy_id").cumcount() + 1
    holes = (order["rank"] != place).groupby(order["vacancy_id"]).transform("any")
    wrong = holes.reindex(rows.index).to_numpy(bool) & rows["studied"].to_numpy()
    return problem_of(
        *(raw, "rankings", "rank", wrong),
        "lists whose ranks have holes, or a rank twice",
        "number the candidates of a vacancy 1, 2, 3 and so on",
    )


def _acceptances(raw: RawTables, rows: pd.DataFrame) -> list[Problem]:
    taken = rows[(rows["accepted"] == 1) & rows["studied"]]
    found = []
    kinds = (
        (
            ["teacher_id", "year", "round", "step"],
            "a teacher who accepts two offers of a step",
        ),
        (["teacher_id", "year", "round"], "a teacher who accepts two offers of a round"),
        (["vacancy_id"], "a vacancy that two teachers accept"),
    )
    reported = np.zeros(len(rows), dtype=bool)
    for names, what in kinds:
        wrong = np.zeros(len(rows), dtype=bool)
        wrong[taken.index[taken.duplicated(names, keep=False)]] = True
        found += problem_of(
            *(raw, "offers", "", wrong & ~reported),
            what,
            "keep the acceptance that holds, and set accepted to 0 in the others",
        )
        reported |= wrong
    return found


def _moved(raw: RawTables, rows: dict[str, pd.DataFrame]) -> list[Problem]:
    offers, made = rows["offers"], rows["applications"]
    taken = offers[offers["accepted"] == 1]
    first = taken.groupby(["teacher_id", "year"])["round"].min().rename("taken")
    later = made.join(first, on=["teacher_id", "year"])
    wrong = made["studied"].to_numpy() & (later["round"] > later["taken"]).to_numpy()
    return problem_of(
        *(raw, "applications", "", wrong),
        "applicants who accepted an offer in an earlier round of the year",
        "leave out the application, or set accepted to 0",
    )
