"""Estimates by group under both predictors, with standard errors, and tests of their difference."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.stats

from welfare_added.district.vocabulary import ESTIMATES, GROUPS, PLACE
from welfare_added.value_added.class_sums import ClassSums
from welfare_added.value_added.difference_tests import (
    class_differences,
    false_discovery_rates,
    teacher_tests,
    two_sided,
)
from welfare_added.value_added.estimate import DECIMALS, places_with_all, subject_groups
from welfare_added.value_added.group_model import Choices
from welfare_added.value_added.group_predictions import (
    PREDICTORS,
    GroupOfClasses,
    predictions,
    system_of,
)
from welfare_added.value_added.group_system import GroupSystem
from welfare_added.value_added.significant import significant_table

ERRORS = ("se_lower", "se_higher", "se_difference")
ESTIMATE_COLUMNS = ["subject", "predictor", *PLACE, *ESTIMATES, *ERRORS]
TEACHER_COLUMNS = [
    *("subject", "teacher_id", "classes", "difference", "standard_error"),
    *("z", "p_value", "q_value"),
]
SUMMARY_COLUMNS = [
    *("subject", "basis", "units", "without", "mean_absolute", "mean_standard_error"),
    *("share_significant", "share_discovered", "statistic", "p_value"),
]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Predictors:
    """Both predictors' estimates, and tests of comparative advantage.

    Attributes
    ----------
    estimates
        subject, predictor (separate or joint), `PLACE`, va_standard, va_lower, va_higher, se_lower,
        se_higher, se_difference (standard errors of prediction, of the two effects and of their
        difference) [student SD]. Standard errors are missing where the estimated covariances allow
        none.
    teachers
        subject, teacher_id and the columns of `teacher_tests`.
    summary
        subject, basis, units, without (further ones, which have no standard error), mean_absolute
        and mean_standard_error of the difference between the effects [student SD],
        share_significant (two-sided, of the units), share_discovered (at that
        rate of false discoveries), statistic and p_value of the hypothesis that no teacher has
        comparative advantage (chi-squared, one degree of freedom a unit). Bases: ``residuals``,
        teachers by `teacher_tests`; ``separate`` and ``joint``, teacher-years by their predictions;
        ``separate_independent``, the former with independent errors of the two groups, as the
        covariances of zero of eqs. 24 to 27 imply.

    """

    estimates: pd.DataFrame
    teachers: pd.DataFrame
    summary: pd.DataFrame


def by_predictor(estimates: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The estimates of `Predictors`, one table a predictor."""
    return {name: estimates[estimates["predictor"] == name] for name in PREDICTORS}


def compare_predictors(
    sums: ClassSums,
    *,
    estimator: str,
    absorb: str,
    years_used: str,
    weighting: str,
    drift_limit: int | None,
    teacher_share: float,
    seed: int,
    extrapolated_from: int,
    significance: float,
    threads: int = 1,
) -> Predictors:
    """Estimate effects on both groups separately and jointly, with standard errors and tests.

    Parameters
    ----------
    sums, absorb, years_used, weighting, drift_limit, teacher_share, seed, threads
        As in `estimate_from`.
    estimator
        There is one predictor under ``empirical_bayes``: tables without rows.
    extrapolated_from
        Longest lag of those whose line gives the variances of effects in one year.
    significance
        Level of tests, and rate of false discoveries.

    Raises
    ------
    UserError
        As `estimate_from`.

    """
    choices = Choices(estimator, years_used, weighting, drift_limit, teacher_share)
    if estimator == "empirical_bayes":
        log.info("empirical Bayes estimates do not use other years: predictors are not compared")
        tables = (ESTIMATE_COLUMNS, TEACHER_COLUMNS, SUMMARY_COLUMNS)
        return Predictors(*(pd.DataFrame(columns=columns) for columns in tables))
    parts: tuple[list, list, list] = ([], [], [])
    of_subjects = subject_groups(sums, choices, absorb=absorb, seed=seed, threads=threads)
    for subject, of_groups in of_subjects.items():
        compared = _subject(of_groups, choices, extrapolated_from, significance)
        for part, table in zip(parts, compared, strict=True):
            part.append(table.assign(subject=subject))
    estimates, teachers, summary = (pd.concat(part, ignore_index=True) for part in parts)
    return Predictors(
        estimates[ESTIMATE_COLUMNS].round(DECIMALS),
        teachers[TEACHER_COLUMNS].round(DECIMALS),
        significant_table(summary[SUMMARY_COLUMNS]),
    )


def _subject(
    of_groups: Mapping[str, GroupOfClasses], choices: Choices, longest: int, significance: float
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    system = system_of(of_groups, choices)
    own_year = system.own_year(longest)
    both = _both_groups(of_groups)
    tests = teacher_tests(class_differences(system, both, own_year))
    estimates = []
    for predictor in PREDICTORS:
        table = places_with_all(predictions(of_groups, choices, predictor))
        errors = _standard_errors(both, system, own_year, together=predictor == "joint")
        table = table.merge(errors, on=["teacher_id", "year"], how="left")
        estimates.append(table.assign(predictor=predictor))
    names = both.drop_duplicates("teacher")[["teacher", "teacher_id"]]
    table = pd.concat(estimates, ignore_index=True)
    teachers = tests.merge(names, on="teacher").sort_values("teacher_id", ignore_index=True)
    return table, teachers, _summary(tests, table, significance)


def _both_groups(of_groups: Mapping[str, GroupOfClasses]) -> pd.DataFrame:
    """Classes with students of both groups: means and numbers of students side by side."""
    tables = []
    for name in GROUPS:
        one = of_groups[name]
        columns = {"mean_residual": f"mean_{name}", "students": f"students_{name}"}
        tables.append(one.table.assign(number=one.number).rename(columns=columns))
    return tables[0].merge(tables[1][["number", "mean_higher", "students_higher"]], on="number")


def _standard_errors(
    classes: pd.DataFrame, system: GroupSystem, own_year: np.ndarray, *, together: bool
) -> pd.DataFrame:
    """Standard errors of the estimates of teacher-years."""
    years = classes.drop_duplicates(["teacher", "year"])
    targets = years["teacher"].to_numpy(), years["year"].to_numpy()
    errors = system.errors(targets, own_year, together=together)
    difference = errors[:, 0, 0] - errors[:, 0, 1] - errors[:, 1, 0] + errors[:, 1, 1]
    variances = np.column_stack([errors[:, 0, 0], errors[:, 1, 1], difference])
    impossible = int((variances < 0).any(axis=1).sum())
    if impossible:
        log.warning(
            "%d of %d teacher-years have no standard error: the covariances within a year come out "
            "smaller than what their estimates explain",
            *(impossible, len(years)),
        )
    found = np.sqrt(np.where(variances >= 0, variances, np.nan))
    table = dict(zip(ERRORS, found.T, strict=True))
    return years[["teacher_id", "year"]].assign(**table)


def _summary(tests: pd.DataFrame, estimates: pd.DataFrame, significance: float) -> pd.DataFrame:
    once = estimates.drop_duplicates(["predictor", "teacher_id", "year"])
    separate, joint = (once[once["predictor"] == name] for name in PREDICTORS)
    apart = np.hypot(separate["se_lower"], separate["se_higher"])
    all_zero = float((tests["z"] ** 2).sum())
    rows = [
        (
            *_row("residuals", tests["difference"], tests["standard_error"], significance),
            all_zero,
            scipy.stats.chi2.sf(all_zero, len(tests)),
        )
    ]
    predicted = {
        "separate_independent": (separate, apart),
        "separate": (separate, separate["se_difference"]),
        "joint": (joint, joint["se_difference"]),
    }
    for basis, (table, error) in predicted.items():
        difference = table["va_lower"] - table["va_higher"]
        rows.append((*_row(basis, difference, error, significance), np.nan, np.nan))
    return pd.DataFrame(rows, columns=SUMMARY_COLUMNS[1:])


def _row(basis: str, difference: pd.Series, error: pd.Series, significance: float) -> tuple:
    known = error.notna().to_numpy() & (error.to_numpy() > 0)
    difference, error = difference.to_numpy()[known], error.to_numpy()[known]
    p_values = two_sided(difference / error)
    discovered = false_discovery_rates(p_values) <= significance
    spread = (np.abs(difference), error, p_values <= significance, discovered)
    means = [float(np.mean(one)) if len(one) else np.nan for one in spread]
    return (basis, int(known.sum()), int((~known).sum()), *means)
