"""Checks of the choices in config.yaml against a user's applicants, schools and tracts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from welfare_added.admissions.applicants import Applicants
from welfare_added.district.problems import Problem, raise_any
from welfare_added.district.values import RawTables

GROUPS = {"minority": "race", "frpl": "frpl"}  # and the column that says who is in it
REGRESSORS = 8  # of the longest regression of table A.1, with its constant


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
    raise_any([*years, *schools])
    raise_any([*_predicted(raw, applicants.table, choices)])


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


def _predicted(raw: RawTables, table: pd.DataFrame, choices: Choices) -> Iterator[Problem]:
    high = table["composite_score"] >= choices.high
    of_years = {
        name: table["application_year"].between(*getattr(choices, name))
        for name in ("predicted", "lasso")
    }
    samples = {
        "years.predicted": (of_years["predicted"] & high, REGRESSORS + 1),
        "lasso.years": (of_years["lasso"] & high, choices.folds),
    }
    for key, (mask, fewest) in samples.items():
        rows = table[mask]
        sample = f"{len(rows):,} applicants of {key} with a score of score.high or more"
        yield from _sample(rows, sample, fewest, raw.files["applicants"])
    of_year = table[table["application_year"] == choices.studied]
    if not set(of_year["minority"]) >= {0, 1}:
        sample = f"{len(of_year):,} applicants of years.studied"
        yield _one_group(of_year["minority"], sample, "minority", raw.files["applicants"])


def _sample(rows: pd.DataFrame, sample: str, fewest: int, file: Path) -> Iterator[Problem]:
    """Problems of applicants on whom minority status is predicted."""
    if len(rows) < fewest:
        what = f"the {sample} are too few to predict minority status: {fewest} are needed"
        remedy = "lower score.high (from 0 to 100) in config.yaml, or study more years"
        yield Problem(str(file), what, remedy, "composite_score")
        return
    for group in GROUPS:
        if rows[group].nunique() == 1:
            yield _one_group(rows[group], sample, group, file)


def _one_group(values: pd.Series, sample: str, group: str, file: Path) -> Problem:
    all_or_none = "all" if len(values) and values.iloc[0] == 1 else "none"
    what = f"of the {sample}, {all_or_none} are of the group {group}: nothing can be compared"
    remedies = {
        "minority": "set groups.minority in config.yaml to races of the table",
        "frpl": "fill who is eligible for free lunch",
    }
    remedy = f"{remedies[group]}, or lower score.high"
    return Problem(str(file), what, remedy, GROUPS[group])
