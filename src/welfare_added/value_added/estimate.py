"""Teachers' value added, standard and for lower- and higher-scoring students."""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.value_added.components import (
    ClassMeans,
    Variances,
    autocovariances,
    teacher_years,
    variances,
)
from welfare_added.value_added.controls import control_vector
from welfare_added.value_added.prediction import empirical_bayes, lag_profile, leave_year_out
from welfare_added.value_added.residuals import Absorbed, Residuals

SUBJECTS = ("ela", "math")
GROUPS = ("standard", "lower", "higher")
PLACE = ["teacher_id", "year", "grade", "school_id"]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ValueAdded:
    """What the estimation found.

    Attributes
    ----------
    estimates
        subject, teacher_id, year, grade, school_id, va_standard, va_lower, va_higher
        [student SD, student-weighted mean zero].
    autocovariances
        subject, group, lag, covariance, correlation, pairs.
    variances
        subject, group, v_total, v_student, v_class, c0, students, class_years, slopes.
    class_means
        subject, group, class_id, teacher_id, year, grade, school_id, mean_residual, students.

    """

    estimates: pd.DataFrame
    autocovariances: pd.DataFrame
    variances: pd.DataFrame
    class_means: pd.DataFrame


@dataclass(frozen=True)
class Choices:
    """How residuals become estimates; see config.yaml, section value_added."""

    estimator: str
    years_used: str
    weighting: str
    drift_limit: int | None
    teacher_share: float


def estimate_value_added(
    students: pd.DataFrame,
    *,
    estimator: str,
    absorb: str,
    years_used: str,
    weighting: str,
    drift_limit: int | None,
    minimum_class_size: int,
    teacher_share: float,
    seed: int,
) -> ValueAdded:
    """Estimate value added as in section 3.2 and appendix C (Eastmond et al. 2024).

    Parameters
    ----------
    students
        The analysis sample, one row a student-year.
    estimator
        ``leave_year_out`` (eqs. 5 and 6) or ``empirical_bayes``.
    absorb
        Effects absorbed in the two-group regressions: ``teacher``, ``teacher_group`` (eq. 24) or
        ``none`` (section 3.2); the standard regression absorbs teachers unless ``none``.
    years_used
        ``all`` other years or the ``past`` ones only (eq. 22).
    weighting
        ``precision`` of a year's mean, or ``equal`` (eq. 22).
    drift_limit
        Longest lag with an autocovariance of its own, None for no limit.
    minimum_class_size
        Smaller classes take part in the regressions only.
    teacher_share
        For ``empirical_bayes``: see there.
    seed
        For the order of a teacher's classes within a year.

    Raises
    ------
    ValueError
        If no teacher has an estimate, or students are too few for the controls.

    """
    choices = Choices(estimator, years_used, weighting, drift_limit, teacher_share)
    controls = control_vector(students)
    row_of, classes = _classes(students, minimum_class_size)
    streams = iter(np.random.SeedSequence(seed).spawn(len(SUBJECTS) * len(GROUPS)))
    parts: dict[str, list[pd.DataFrame]] = {"lags": [], "variances": [], "means": []}
    estimates = []
    residuals = score_residuals(students, controls.matrix, absorb)
    for subject in SUBJECTS:
        lower = students[f"lower_{subject}"].to_numpy(bool)
        columns = []
        for group in GROUPS:
            members = {"standard": np.ones_like(lower), "lower": lower, "higher": ~lower}[group]
            used = members & (row_of >= 0)
            stream = np.random.default_rng(next(streams))
            version = "standard" if group == "standard" else "groups"
            slopes = residuals[subject, version].slopes
            _require_students(row_of[used], slopes, f"{subject}, {group}", minimum_class_size)
            means, lags, found = _estimate_group(
                residuals[subject, version], used, row_of, classes, choices, stream
            )
            columns.append(means)
            label = {"subject": subject, "group": group}
            parts["lags"].append(lags.assign(**label))
            parts["variances"].append(_variance_row(found).assign(**label))
            parts["means"].append(means.drop(columns="estimate").assign(**label))
        estimates.append(_join_groups(columns).assign(subject=subject))
    return ValueAdded(
        _ordered(estimates, ["subject", *PLACE, *(f"va_{group}" for group in GROUPS)]),
        _ordered(parts["lags"], ["subject", "group", "lag", "covariance", "correlation", "pairs"]),
        _ordered(parts["variances"], ["subject", "group", *_variance_columns()]),
        _ordered(
            parts["means"],
            ["subject", "group", "class_id", *PLACE, "mean_residual", "students"],
        ),
    )


def _require_students(class_of: np.ndarray, slopes: int, which: str, minimum: int) -> None:
    """Refuse samples that leave no degrees of freedom for the variance within classes."""
    students, classes = len(class_of), len(np.unique(class_of))
    if students - classes - slopes <= 0:
        raise ValueError(
            f"value added ({which}): {students} students in {classes} classes of {minimum} or "
            f"more are too few for {slopes} controls; study more years or grades "
            "(district.years, district.grades) or lower value_added.minimum_class_size in "
            "config.yaml"
        )


def _classes(students: pd.DataFrame, minimum: int) -> tuple[np.ndarray, pd.DataFrame]:
    """Row of each student's class among those large enough (-1 if not), and those classes."""
    keys = ["teacher_id", "year", "class_id", "grade", "school_id"]
    code = students.groupby(keys, sort=True).ngroup().to_numpy()
    table = students.drop_duplicates(keys)[keys].sort_values(keys, ignore_index=True)
    large = np.bincount(code) >= minimum
    position = np.where(large, large.cumsum() - 1, -1)
    kept = table[large].reset_index(drop=True)
    kept["teacher"] = pd.factorize(kept["teacher_id"], sort=True)[0]
    return position[code], kept


def score_residuals(
    students: pd.DataFrame, controls: np.ndarray, absorb: str
) -> dict[tuple[str, str], Residuals]:
    """Residuals by subject and version: ``standard``, and ``groups`` with a group indicator."""
    scores = students[list(SUBJECTS)].to_numpy(float)
    lower = students[[f"lower_{subject}" for subject in SUBJECTS]].to_numpy(float)
    p = controls.shape[1]
    regressors = list(range(p))
    teacher = None if absorb == "none" else pd.factorize(students["teacher_id"])[0]
    joint = Absorbed(np.column_stack([controls, lower, scores]), teacher)
    found = {}
    for k, subject in enumerate(SUBJECTS):
        outcome, indicator = p + 2 + k, p + k
        found[subject, "standard"] = joint.regress(outcome, regressors)
        if absorb == "teacher_group":
            effects = pd.factorize(teacher * 2 + lower[:, k].astype(int))[0]
            own = Absorbed(np.column_stack([controls, scores[:, k]]), effects)
            found[subject, "groups"] = own.regress(p, regressors)
        else:
            found[subject, "groups"] = joint.regress(outcome, [*regressors, indicator])
    return found


def _estimate_group(
    residuals: Residuals,
    used: np.ndarray,
    row_of: np.ndarray,
    classes: pd.DataFrame,
    choices: Choices,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame, Variances]:
    """Steps from one group's residuals to its estimates, one row a class."""
    # Group by group, effects kept in the residuals need not have mean zero.
    residual = residuals.values[used] - residuals.values[used].mean()
    rows, class_of, students = np.unique(row_of[used], return_inverse=True, return_counts=True)
    table = classes.iloc[rows].reset_index(drop=True)
    mean = np.bincount(class_of, weights=residual) / students
    means = ClassMeans(table["teacher"].to_numpy(), table["year"].to_numpy(), mean, students)
    found = variances(residual, class_of, means, residuals.slopes, rng)
    table = table.assign(mean_residual=mean, students=students)
    years = teacher_years(means, found.noise(students))
    equal = choices.weighting == "equal"
    lags = autocovariances(years, equal=equal)
    if choices.estimator == "empirical_bayes":
        return (
            table.assign(estimate=empirical_bayes(means, found, choices.teacher_share)),
            lags,
            found,
        )
    own = years.mean.var(ddof=1) if equal else found.own_year
    noise = np.zeros(len(years.mean)) if equal else 1 / years.precision
    profile = lag_profile(lags, own, choices.drift_limit)
    predicted = leave_year_out(years, profile, noise, past_only=choices.years_used == "past")
    by_year = pd.DataFrame({"teacher": years.teacher, "year": years.year, "estimate": predicted})
    return table.merge(by_year, on=["teacher", "year"], how="left"), lags, found


def _join_groups(columns: list[pd.DataFrame]) -> pd.DataFrame:
    """Places where all three estimates exist, each with student-weighted mean zero."""
    joined = None
    for group, table in zip(GROUPS, columns, strict=True):
        places = table.groupby(PLACE, as_index=False).agg(
            estimate=("estimate", "first"), weight=("students", "sum")
        )
        places = places.dropna(subset=["estimate"]).rename(
            columns={"estimate": f"va_{group}", "weight": f"weight_{group}"}
        )
        joined = places if joined is None else joined.merge(places, on=PLACE)
    if joined.empty:
        raise ValueError(
            "no teacher has an estimate in all three versions: leave-year-out estimates need "
            "teachers seen in two years or more; for teachers seen once set "
            "value_added.estimator to empirical_bayes in config.yaml"
        )
    scored = len(columns[0].drop_duplicates(PLACE))
    log.info("%d of %d places of a teacher have all three estimates", len(joined), scored)
    for group in GROUPS:
        joined[f"va_{group}"] -= np.average(
            joined[f"va_{group}"], weights=joined[f"weight_{group}"]
        )
    return joined.sort_values(PLACE, ignore_index=True)


def _variance_row(found: Variances) -> pd.DataFrame:
    values = (found.total, found.student, found.class_shock, found.same_year)
    counts = (found.students, found.class_years, found.slopes)
    return pd.DataFrame([(*values, *counts)], columns=_variance_columns())


def _variance_columns() -> list[str]:
    return ["v_total", "v_student", "v_class", "c0", "students", "class_years", "slopes"]


def _ordered(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True)[columns]
