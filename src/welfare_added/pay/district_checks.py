"""Checks of districts, handbooks and consolidations."""

import logging

import numpy as np
import pandas as pd

from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.row_checks import problem_of, rows_in
from welfare_added.district.values import RawTables
from welfare_added.pay.checks import missing_years
from welfare_added.pay.choices import PayChoices
from welfare_added.pay.districts import regimes, renamed, successors
from welfare_added.run.errors import UserError

log = logging.getLogger(__name__)


def check_districts(raw: RawTables, choices: PayChoices) -> None:
    """Refuse districts, handbooks and consolidations that contradict each other or the staff.

    Raises
    ------
    DistrictError
        If a studied year has no district; a district changes its market; a handbook is of an
        unknown district, contradicts itself, or is of a district without teachers before or after
        Act 10; no district has one of the two regimes; a district that ended still has rows, its
        successor has none, or districts follow each other in a circle.
    UserError
        If a district to leave out is in no table.

    """
    unknown = sorted(set(choices.left_out) - set(raw.tables["districts"]["district_id"]))
    if unknown:
        raise UserError(
            f"config.yaml: pay.left_out names {', '.join(unknown)}, which "
            f"{raw.files['districts']} does not have; write district_id as there"
        )
    raise_any(_consolidations(raw))
    raise_any([*missing_years(raw, "districts", choices.years), *_markets(raw), *_handbooks(raw)])
    raise_any([*_both_regimes(raw), *_both_periods(raw, choices)])


def _markets(raw: RawTables) -> list[Problem]:
    own = raw.tables["districts"]
    several = own.groupby("district_id")["cesa"].transform("nunique").to_numpy() > 1
    return problem_of(
        *(raw, "districts", "cesa", several),
        "districts that are in different markets in different years",
        "write the agency of the last year in all years: markets do not change",
    )


def _handbooks(raw: RawTables) -> list[Problem]:
    books = raw.tables["handbooks"]
    schedule, merit = books["has_schedule"], books["mentions_merit"]
    says_is = ((schedule == 0) | (merit == 1)).to_numpy()
    says_ss = ((schedule == 1) & (merit == 0)).to_numpy()
    named = books["regime"].fillna("").to_numpy(str)
    wrong = ((named == "SS") & says_is) | ((named == "IS") & says_ss)
    return [
        *problem_of(
            *(raw, "handbooks", "district_id", ~rows_in(books, _districts(raw), ["district_id"])),
            "handbooks of districts that the table of districts lacks",
            "add the district, or leave the handbook out; ids must be written alike",
        ),
        *problem_of(
            *(raw, "handbooks", "regime", wrong),
            "regimes that contradict has_schedule and mentions_merit",
            "a handbook with a schedule and without a mention of merit is SS, any other IS; "
            "correct one of the three",
        ),
    ]


def _districts(raw: RawTables) -> pd.DataFrame:
    return raw.tables["districts"]


def _both_regimes(raw: RawTables) -> list[Problem]:
    regime = regimes(raw.tables["handbooks"])
    without = len(raw.tables["handbooks"]) - len(regime)
    if without:
        log.warning("%d handbooks do not say the regime: these districts count as without", without)
    lacking = [one for one in ("IS", "SS") if not (regime == one).any()]
    if not lacking:
        return []
    what = f"no district with regime {', '.join(lacking)}"
    remedy = "give regime, or has_schedule and mentions_merit, of each handbook"
    return [Problem(str(raw.files["handbooks"]), what, remedy, "regime")]


def _both_periods(raw: RawTables, choices: PayChoices) -> list[Problem]:
    """Handbooks of districts that have teachers before or after Act 10 alone."""
    after = successors(raw.tables.get("consolidations"))
    books = raw.tables["handbooks"]
    kept = ~renamed(books, after)["district_id"].isin(choices.left_out).to_numpy()
    staff = raw.tables["staff"]
    own = staff[(staff["position"] == "teacher") & staff["year"].between(*choices.years)]
    own = renamed(own[["district_id", "year"]].drop_duplicates(), after)
    post = own["year"] >= choices.first_post_year
    problems = []
    for period, rows in (("before", own[~post]), ("from", own[post])):
        there = rows_in(renamed(books, after), rows, ["district_id"])
        problems += problem_of(
            *(raw, "handbooks", "district_id", kept & ~there),
            f"handbooks of districts without teachers {period} {choices.first_post_year}",
            "name the district that it was part of in consolidations, or leave the handbook out: "
            "a regime is compared before and after",
        )
    return problems


def _consolidations(raw: RawTables) -> list[Problem]:
    table = raw.tables.get("consolidations")
    if table is None:
        return []
    try:
        successors(table)
    except ValueError:
        what = "districts that follow each other in a circle"
        remedy = "keep one row a district that ended, with the one that it became part of"
        return [Problem(str(raw.files["consolidations"]), what, remedy, "new_district")]
    districts, problems = raw.tables["districts"], []
    last = districts.groupby("district_id")["year"].max()
    still = (table["old_district"].map(last) >= table["year"]).to_numpy()
    never = ~table["new_district"].isin(districts["district_id"]).to_numpy()
    since = table["new_district"].map(last).to_numpy(float) < table["year"].to_numpy()
    further = table["new_district"].isin(table["old_district"]).to_numpy()
    problems += problem_of(
        *(raw, "consolidations", "year", still),
        "districts that have rows in districts after they ended",
        "write the first spring without the old district, or leave its later rows out",
    )
    problems += problem_of(
        *(raw, "consolidations", "new_district", never | (np.nan_to_num(since) > 0) & ~further),
        "successors without rows in districts from that year on",
        "add the new district's rows; ids must be written alike",
    )
    return problems
