"""Teachers' value added on all, on lower- and on higher-scoring students (section 3.2)."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from welfare_added.district.vocabulary import PLACE
from welfare_added.run.errors import UserError
from welfare_added.value_added.class_sums import ClassSums, collect
from welfare_added.value_added.controls import Variables, variables
from welfare_added.value_added.group_model import Choices
from welfare_added.value_added.group_predictions import (
    GroupOfClasses,
    check_predictor,
    group_of_classes,
    predictions,
)
from welfare_added.value_added.parallel import in_order
from welfare_added.value_added.residuals import (
    ClassResiduals,
    class_groups,
    class_residuals,
    within_effects,
)
from welfare_added.value_added.student_variables import MEASURES, SUBJECTS
from welfare_added.value_added.variance_components import VARIANCE_COLUMNS

# Further digits depend on the machine's BLAS and on the order of rows, and would break ties between
# allocations differently.
DECIMALS = 8
MOMENT_DECIMALS = 10
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ValueAdded:
    """Estimates of value added, and the steps that lead to them.

    Attributes
    ----------
    estimates
        subject, teacher_id, year, grade, school_id, va_standard, va_lower, va_higher
        [student SD, student-weighted mean zero].
    autocovariances
        subject, group, lag [years], covariance [student SD squared], correlation, pairs.
    variances
        subject, group, v_total, v_student, v_class, c0 [student SD squared], students,
        class_years, slopes; see `Variances`.
    class_means
        subject, group, class_id, teacher_id, year, grade, school_id, mean_residual [student SD],
        students.

    """

    estimates: pd.DataFrame
    autocovariances: pd.DataFrame
    variances: pd.DataFrame
    class_means: pd.DataFrame

    def estimates_to_keep(self) -> pd.DataFrame:
        """Estimates rounded to 1e-8 SD, so that allocations by them agree on every machine."""
        return self.estimates.round(DECIMALS)

    def class_means_to_keep(self) -> pd.DataFrame:
        """Class means rounded to 1e-8 SD, likewise."""
        return self.class_means.round(DECIMALS)

    def moments_to_keep(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Autocovariances and variances to 1e-10, likewise."""
        return self.autocovariances.round(MOMENT_DECIMALS), self.variances.round(MOMENT_DECIMALS)


def estimate_value_added(
    batches: Iterable[pa.Table], *, minimum_class_size: int, threads: int = 1, **choices: object
) -> ValueAdded:
    """Estimate value added as in section 3.2 and appendix C (Eastmond et al. 2024).

    Parameters
    ----------
    batches
        The analysis sample, one row a student-year: a `StudentFile`, or `as_batches(students)`.
    minimum_class_size
        Smaller classes enter the regressions on controls, but have no mean residual.
    threads
        Batches added up at the same time.
    choices
        See `estimate_from`.

    """
    return estimate_from(collect(batches, minimum_class_size, threads), threads=threads, **choices)


def estimate_from(
    sums: ClassSums,
    *,
    estimator: str,
    absorb: str,
    years_used: str,
    weighting: str,
    drift_limit: int | None,
    teacher_share: float,
    seed: int,
    groups: str = "separate",
    threads: int = 1,
) -> ValueAdded:
    """Estimate value added from per-class sums.

    Parameters
    ----------
    sums
        From `collect`.
    absorb
        Effects absorbed in the two-group regressions: ``teacher``, ``teacher_group`` (eq. 24) or
        ``none`` (section 3.2); the standard regression absorbs teachers unless ``none``.
    estimator, years_used, weighting, drift_limit, teacher_share
        See `Choices`.
    seed
        For the order of a teacher's classes within a year.
    groups
        Effects on each group from its own students' residuals (``separate``, eqs. 24 to 27), or from
        both groups' (``joint``); see `predictions`.
    threads
        Pieces of work done at the same time; the estimates do not depend on it.

    Raises
    ------
    ValueError
        If no teacher has an estimate, or there are too few students for the controls.

    """
    choices = Choices(estimator, years_used, weighting, drift_limit, teacher_share)
    check_predictor(groups, choices)
    tables: dict[str, list[pd.DataFrame]] = {"lags": [], "variances": [], "means": []}
    estimates = []
    of_subjects = subject_groups(sums, choices, absorb=absorb, seed=seed, threads=threads)
    for subject, of_groups in of_subjects.items():
        for group, one in of_groups.items():
            label = {"subject": subject, "group": group}
            tables["lags"].append(one.model.lags.assign(**label))
            tables["variances"].append(one.model.components.table().assign(**label))
            tables["means"].append(one.table.assign(**label))
        predicted = predictions(of_groups, choices, groups)
        estimates.append(places_with_all(predicted).assign(subject=subject))
    return ValueAdded(
        _ordered(estimates, ["subject", *PLACE, *(f"va_{group}" for group in MEASURES)]),
        _ordered(tables["lags"], ["subject", "group", "lag", "covariance", "correlation", "pairs"]),
        _ordered(tables["variances"], ["subject", "group", *VARIANCE_COLUMNS]),
        _ordered(
            tables["means"],
            ["subject", "group", "class_id", *PLACE, "mean_residual", "students"],
        ),
    )


def subject_groups(
    sums: ClassSums, choices: Choices, *, absorb: str, seed: int, threads: int = 1
) -> dict[str, dict[str, GroupOfClasses]]:
    """Class means and moments by subject and group; arguments as in `estimate_from`."""
    residuals = score_residuals(sums, variables(sums), absorb, threads)
    streams = iter(np.random.SeedSequence(seed).spawn(len(SUBJECTS) * len(MEASURES)))
    found: dict[str, dict[str, GroupOfClasses]] = {subject: {} for subject in SUBJECTS}
    for (subject, group), own in residuals.items():
        _require_students(own, f"{subject}, {group}", sums.minimum_class_size)
        stream = np.random.default_rng(next(streams))
        found[subject][group] = group_of_classes(own, sums.classes, choices, stream)
    return found


def _require_students(residuals: ClassResiduals, label: str, minimum: int) -> None:
    """Raise if no degrees of freedom are left for the variance within classes."""
    students, classes = int(residuals.students.sum()), len(residuals.classes)
    if students - classes - residuals.slopes <= 0:
        raise UserError(
            f"value added ({label}): {students} students in {classes} classes of {minimum} or "
            f"more are too few for {residuals.slopes} controls; study more years or grades "
            "(district.years, district.grades) or lower value_added.minimum_class_size in "
            "config.yaml"
        )


def score_residuals(
    sums: ClassSums, columns: Variables, absorb: str, threads: int = 1
) -> dict[tuple[str, str], ClassResiduals]:
    """Class residuals by subject and group (standard, lower, higher).

    Those of the two groups come from a regression with teacher-by-group effects, or else with an
    indicator of the lower-scoring group.
    """
    controls = columns.controls
    teacher = sums.classes["teacher"].to_numpy()
    effects = None if absorb == "none" else teacher
    joint = within_effects(sums, columns, class_groups(sums, None), effects, threads)

    def of_subject(subject: str) -> list[ClassResiduals]:
        k = SUBJECTS.index(subject)
        outcome, indicator = columns.names.index(subject), columns.names.index(f"lower_{subject}")
        slopes = joint.regress(outcome, controls)
        standard = class_residuals(sums, columns, outcome, slopes, None)
        if absorb == "teacher_group":
            halves = class_groups(sums, k)
            effects = teacher[halves.classes] * 2 + halves.lower
            within_halves = within_effects(sums, columns, halves, effects)
            slopes = within_halves.regress(outcome, controls)
        else:
            slopes = joint.regress(outcome, [*controls, indicator])
        return [*standard, *class_residuals(sums, columns, outcome, slopes, k)]

    return {
        (subject, group): residuals
        for subject, groups in zip(SUBJECTS, in_order(of_subject, SUBJECTS, threads), strict=True)
        for group, residuals in zip(MEASURES, groups, strict=True)
    }


def places_with_all(predicted: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Estimates by teacher, year, grade and school where all three versions exist."""
    joined = join_groups(predicted, PLACE)
    if joined.empty:
        raise UserError(
            "no teacher has an estimate in all three versions: leave-year-out estimates need "
            "teachers seen in two years or more; for teachers seen once set "
            "value_added.estimator to empirical_bayes in config.yaml"
        )
    scored = len(predicted["standard"].drop_duplicates(PLACE))
    log.info("%d of %d teacher-year-grade-schools have all three estimates", len(joined), scored)
    return joined


def join_groups(tables: Mapping[str, pd.DataFrame], place: list[str]) -> pd.DataFrame:
    """Estimates of several groups side by side, at the places where all exist.

    Parameters
    ----------
    tables
        By group, one row a class: the columns ``place``, estimate, students.
    place
        Columns that identify a teacher-year, or one of its grades and schools.

    Returns
    -------
    DataFrame
        ``place``, va_<group> [student SD, student-weighted mean zero] and weight_<group>, its
        students; sorted by place.

    """
    joined = None
    for group, table in tables.items():
        places = table.groupby(place, as_index=False, observed=True).agg(
            estimate=("estimate", "first"), weight=("students", "sum")
        )
        places = places.dropna(subset=["estimate"]).rename(
            columns={"estimate": f"va_{group}", "weight": f"weight_{group}"}
        )
        joined = places if joined is None else joined.merge(places, on=place)
    if len(joined):
        for group in tables:
            va, weights = joined[f"va_{group}"], joined[f"weight_{group}"]
            joined[f"va_{group}"] = va - np.average(va, weights=weights)
    return joined.sort_values(place, ignore_index=True)


def _ordered(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True)[columns]
