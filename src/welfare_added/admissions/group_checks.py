"""Checks of the applicants on whom minority status is predicted, and of those who are placed."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from welfare_added.admissions.sample import applicants_of
from welfare_added.district.problems import Problem

GROUPS = {"minority": "race", "frpl": "frpl"}  # and the column that says who is in it
REGRESSORS = 8  # of the longest regression of table A.1, with its constant


def group_problems(
    table: pd.DataFrame,
    file: Path,
    *,
    studied: int,
    predicted: Sequence[int],
    lasso: Sequence[int],
    high: float,
    folds: int,
) -> Iterator[Problem]:
    """Samples that are too few or all of one group; choices as of `choice_checks.Choices`.

    table: of `Applicants`. file: the user's table of applicants.
    """
    samples = {"years.predicted": (predicted, max(REGRESSORS + 1, folds))}
    if list(lasso) != list(predicted):
        samples["lasso.years"] = (lasso, folds)
    for key, (years, fewest) in samples.items():
        rows = applicants_of(table, years, high)
        sample = f"{len(rows):,} applicants of {key} with a score of score.high or more"
        yield from _sample(rows, sample, fewest, file)
    of_year = table[table["application_year"] == studied]
    if of_year["minority"].nunique() == 1:
        sample = f"{len(of_year):,} applicants of years.studied"
        yield _one_group(of_year["minority"], sample, "minority", file)


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
