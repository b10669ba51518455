"""Checks of the choices in config.yaml against a user's applicants, schools and tracts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from welfare_added.admissions.applicants import Applicants
from welfare_added.admissions.candidates import candidates_of
from welfare_added.admissions.group_checks import group_problems
from welfare_added.admissions.setting import choice_columns
from welfare_added.admissions.tracts import INDICATORS
from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.values import RawTables


@dataclass(frozen=True)
class Choices:
    """Choices that name something of the records.

    Attributes
    ----------
    studied
        Year whose admission is simulated.
    predicted, lasso, cohorts
        First and last year of applicants on whom minority status is predicted by regressions, by
        the LASSO, and whose moves are tabulated.
    high
        Score of high-scoring applicants, from 0 to 100.
    folds
        Of the LASSO's cross-validation.
    tiers
        Number of tiers of the plan in force.
    tuned_at, targets, benchmark_at
        Schools to which plans are tuned, those with targets, and that of figure A.2 or None.
    vintages
        Columns tier_<year> of the levers.
    tiers_of_application_year
        Whether addresses have the tiers of the application's year, not of their own.

    """

    studied: int
    predicted: Sequence[int]
    lasso: Sequence[int]
    cohorts: Sequence[int]
    high: float
    folds: int
    tiers: int
    tuned_at: Sequence[str]
    targets: Sequence[str]
    benchmark_at: str | None
    vintages: Sequence[str]
    tiers_of_application_year: bool = False


def check_choices(raw: RawTables, applicants: Applicants, choices: Choices) -> None:
    """Refuse choices that the records do not allow; all are reported together.

    Raises
    ------
    DistrictError
        If a year has no applicants who can be used, a school is not in the table of schools, a
        tier is above the number of tiers, or the applicants on whom minority status is predicted
        are too few or all of one group: file, column, rows, remedy.

    """
    years = [*_years(raw, applicants, choices)]
    schools = [*_schools(raw, choices), *_tiers(raw, choices), *_vintages(raw, choices)]
    schools += _addresses(raw, choices)
    raise_any([*years, *schools])
    table = applicants.table
    further = [*_full(raw, table, choices), *_further(raw, table)]
    names = ("studied", "predicted", "lasso", "high", "folds")
    samples = {name: getattr(choices, name) for name in names}
    raise_any([*group_problems(table, raw.files["applicants"], **samples), *further])


def _years(raw: RawTables, applicants: Applicants, choices: Choices) -> Iterator[Problem]:
    wanted = {
        "studied": (choices.studied, choices.studied),
        "predicted": choices.predicted,
        "cohorts": choices.cohorts,
    }
    usable = applicants.table["application_year"]
    there = raw.tables["applicants"]["application_year"]
    for name, (first, last) in wanted.items():
        if name == "cohorts" and "enrolments" not in raw.tables:
            continue
        if not usable.between(first, last).any():
            years = f"{first}" if first == last else f"{first} to {last}"
            what = f"no applicant of {years} (years.{name} in config.yaml) can be used"
            steps = applicants.steps[applicants.steps["application_year"].between(first, last)]
            counts = steps.groupby("step", sort=False)["applicants"].sum()
            texts = tuple(f"{number:,}: {step}" for step, number in counts.items())
            remedy = f"set years.{name} to years of the table, {there.min()} to {there.max()}"
            if texts:
                remedy = "fill what the restriction that leaves nobody asks for, or " + remedy
            file = str(raw.files["applicants"])
            yield Problem(file, what, remedy, "application_year", examples=texts)


def _schools(raw: RawTables, choices: Choices) -> Iterator[Problem]:
    schools = raw.tables["schools"]
    names = schools.loc[schools["application_year"] == choices.studied, "school_id"]
    if not len(names):
        years = schools["application_year"]
        remedy = f"add them, or set years.studied; the table has {years.min()} to {years.max()}"
        what = f"no school of {choices.studied} (years.studied in config.yaml)"
        yield Problem(str(raw.files["schools"]), what, remedy, "application_year")
        return
    benchmark_at = [choices.benchmark_at] if choices.benchmark_at else []
    for key, wanted, allowed in (
        ("plans.tuned_at", choices.tuned_at, sorted(names)),
        ("plans.targets", choices.targets, choices.tuned_at),
        ("plans.benchmark_at", benchmark_at, choices.tuned_at),
    ):
        unknown = [name for name in wanted if name not in set(allowed)]
        if unknown:
            what = f"{key} in config.yaml names {', '.join(unknown)}, which is not there"
            if key != "plans.tuned_at":
                what = f"{key} in config.yaml names {', '.join(unknown)}, not of plans.tuned_at"
            remedy = f"name schools of {choices.studied}: {', '.join(map(str, allowed))}"
            yield Problem(str(raw.files["schools"]), what, remedy, "school_id")


def _tiers(raw: RawTables, choices: Choices) -> Iterator[Problem]:
    remedy = "correct the tiers, or set plan_in_force.tiers in config.yaml"
    for table in ("applicants", "tracts"):
        above = (raw.tables[table]["tier"] > choices.tiers).to_numpy()
        if above.any():
            what = f"above the number of tiers, {choices.tiers}"
            yield raw.problem(table, above.nonzero()[0], what, remedy, "tier")


def _vintages(raw: RawTables, choices: Choices) -> Iterator[Problem]:
    years = sorted(raw.tables["tracts"]["year"].unique())
    there = [f"tier_{year}" for year in years]
    unknown = [name for name in choices.vintages if name not in there]
    if unknown:
        what = f"levers.vintage in config.yaml names {', '.join(unknown)}, a year not there"
        remedy = f"name some of {', '.join(there)}, or none: []"
        yield Problem(str(raw.files["tracts"]), what, remedy, "year")


def _addresses(raw: RawTables, choices: Choices) -> Iterator[Problem]:
    """Years of addresses in grades 7 and 9 without tiers; grade 8 is that of the application."""
    first, last = choices.cohorts
    if "enrolments" not in raw.tables or choices.tiers_of_application_year:
        return
    missing = set(range(first - 1, last + 2)) - set(raw.tables["tracts"]["year"])
    if missing:
        what = (
            f"no tiers of {', '.join(map(str, sorted(missing)))}, when applicants of years.cohorts "
            "were in grade 7 or 9"
        )
        remedy = (
            "add these years, choose other years.cohorts, or set moves.tiers_of_application_year "
            "in config.yaml, which gives addresses the tiers of the application's year"
        )
        yield Problem(str(raw.files["tracts"]), what, remedy, "year")


def _full(raw: RawTables, table: pd.DataFrame, choices: Choices) -> Iterator[Problem]:
    """Schools to which plans are tuned that need not choose among their applicants."""
    of_year = table[table["application_year"] == choices.studied]
    lists = of_year[choice_columns(of_year)]
    schools = raw.tables["schools"]
    seats = schools[schools["application_year"] == choices.studied].set_index("school_id")["seats"]
    for name in choices.tuned_at:
        listed = int((lists == name).any(axis=1).sum())
        if listed <= seats[name]:
            row = (schools["application_year"] == choices.studied) & (schools["school_id"] == name)
            what = f"{name}, of plans.tuned_at in config.yaml: {listed:,} applicants list it"
            remedy = "tune plans at schools with more applicants than seats"
            yield raw.problem("schools", row.to_numpy().nonzero()[0], what, remedy, "seats")


def _further(raw: RawTables, table: pd.DataFrame) -> Iterator[Problem]:
    """Further columns of the tracts that are empty where somebody applies from."""
    tracts = raw.tables["tracts"]
    homes = pd.MultiIndex.from_frame(table[["application_year", "tract"]]).unique()
    used = homes.get_indexer(pd.MultiIndex.from_frame(tracts[["year", "tract"]])) >= 0
    for column in candidates_of(tracts)[len(INDICATORS) :]:
        rows = (used & tracts[column].isna().to_numpy()).nonzero()[0]
        if len(rows):
            what = "empty for tracts of applicants: the LASSO may pick further columns of numbers"
            yield raw.problem("tracts", rows, what, "fill it, or leave the column out", column)
