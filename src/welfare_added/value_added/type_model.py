"""Covariances of teachers' effects on two types of students (Bates et al. 2022, section 3.2)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.value_added.extrapolation import extrapolate
from welfare_added.value_added.joint_prediction import JointPredictions, predict_jointly
from welfare_added.value_added.prediction import lag_profile
from welfare_added.value_added.type_years import (
    PAIRS,
    PairSums,
    TypedClasses,
    TypedYears,
    pair_sums,
    typed_years,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TypeChoices:
    """Choices from mean residuals to predictions.

    Attributes
    ----------
    own_year
        Where the covariances of effects in one year, c(0), come from. Of them and the classroom
        shocks, one class a year identifies the sum alone. ``lags``: from the lags 1 to
        ``extrapolated_from``, by a line through the logs of the covariances, weighted by pairs;
        ``two_classes``: from teachers who have two classes in a year.
    extrapolated_from
        Longest lag of that line.
    drift_limit
        Longest lag with a covariance of its own, None for no limit.
    joint
        Whether the covariances between the types are used; without them every type is predicted
        from its own students, as in Eastmond et al. (2024).

    """

    own_year: str = "lags"
    extrapolated_from: int = 3
    drift_limit: int | None = 7
    joint: bool = True


@dataclass(frozen=True)
class Moments:
    """Estimated covariances of B samples of teachers [student SD squared].

    lags: (B, L, 3) at lags 1, 2, ... by `PAIRS`, missing with fewer than two pairs; correlations,
    pairs: (B, L, 3) correlations of mean residuals, and numbers of pairs; between: (B, 3)
    covariance of a class's effects, the teacher's and the classroom's together; own_year: (B, 3)
    of them the teacher's, c(0).
    """

    lags: np.ndarray
    correlations: np.ndarray
    pairs: np.ndarray
    between: np.ndarray
    own_year: np.ndarray


@dataclass(frozen=True)
class TypeModel:
    """What predicts teachers' effects on the two types.

    Attributes
    ----------
    level : (2,) array
        Student-weighted mean residual of each type [student SD].
    classes, years : TypedClasses, TypedYears
        Mean residuals less the level of their type.
    sums : PairSums
        By teacher.
    slopes : int
        Number of slopes of the regression on controls.
    student : (2,) array
        Variance of a student's residual within a class and type [student SD squared].
    precision : (C, 2) array
        Weights of classes in teacher-years' means.
    moments : Moments
        Of all teachers, B = 1.
    profile : (L, 2, 2) array
        Covariances of effects at lags 0, 1, ... [student SD squared].
    shock : (2, 2) array
        Covariances of classroom shocks, the rest of the covariances between classes.
    choices : TypeChoices

    """

    level: np.ndarray
    classes: TypedClasses
    years: TypedYears
    sums: PairSums
    slopes: int
    student: np.ndarray
    precision: np.ndarray
    moments: Moments
    profile: np.ndarray
    shock: np.ndarray
    choices: TypeChoices

    def predict(
        self,
        targets: tuple[np.ndarray, np.ndarray],
        *,
        left_out: Sequence[int] = (0,),
        past_only: bool = True,
    ) -> JointPredictions:
        """Predict effects on both types in n teacher-years; see `predict_jointly`.

        Effects are deviations from the type's level.
        """
        across = np.ones((2, 2)) if self.choices.joint else np.eye(2)
        found = predict_jointly(
            self.years.observations(self.shock * across, self.student),
            self.profile * across,
            targets,
            left_out=left_out,
            past_only=past_only,
        )
        improper = int((~found.proper).sum())
        if improper:
            log.warning(
                "%d of %d forecasts rest on covariances that no drift has, so they may be far off; "
                "set value_added.drift_limit to a lag that has many pairs",
                *(improper, (found.observations > 0).sum()),
            )
        return found


def type_model(
    classes: TypedClasses, squares: np.ndarray, slopes: int, choices: TypeChoices
) -> TypeModel:
    """Estimate the covariances of effects, classroom shocks and students.

    Parameters
    ----------
    classes
        Mean residuals of classes by type; both types have students.
    squares : (2,) array
        Squared deviations of students from the mean of their class and type, summed by type.
    slopes
        Number of slopes of the regression on controls.
    choices
        See `TypeChoices`.

    Raises
    ------
    UserError
        If no teacher has two classes in a year and ``own_year`` needs them.

    """
    student = _student_variance(classes, squares, slopes)
    level = np.nansum(classes.mean * classes.students, axis=0) / classes.students.sum(axis=0)
    classes = replace(classes, mean=classes.mean - level)
    precision = by_students = np.where(classes.students > 0, classes.students, 1).astype(float)
    years = typed_years(classes, precision)
    sums = pair_sums(classes, years)
    found = moments(sums.total(), slopes, student, choices)
    if np.isnan(found.lags[0]).all(axis=0).any():
        raise UserError(
            "value added: no two teachers are seen with students of both types in two years, which "
            "forecasts need; study more years"
        )
    if choices.own_year == "two_classes":
        if np.isnan(found.own_year).any():
            raise UserError(
                "value_added.own_year is two_classes, but fewer than two teacher-years have two "
                "classes with both types: set it to lags"
            )
        _, shock = _split(found.between[0], found.own_year[0], keep_sum=False)
        precision = 1 / (np.diag(shock) + student / by_students)
        years = typed_years(classes, precision)
        sums = pair_sums(classes, years)
        found = moments(sums.total(), slopes, student, choices)
    keep_sum = choices.own_year == "lags"
    own, shock = _split(found.between[0], found.own_year[0], keep_sum=keep_sum)
    profile = _profile(found, own, choices.drift_limit)
    return TypeModel(
        level=level,
        classes=classes,
        years=years,
        sums=sums,
        slopes=slopes,
        student=student,
        precision=precision,
        moments=found,
        profile=profile,
        shock=shock,
        choices=choices,
    )


def _student_variance(classes: TypedClasses, squares: np.ndarray, slopes: int) -> np.ndarray:
    """V_student by type, with the degrees of freedom of `variances`."""
    groups = (classes.students > 0).sum(axis=0)
    freedom = classes.students.sum(axis=0) - groups - slopes
    if (freedom <= 0).any():
        raise UserError(
            "value added: too few students of one type for the variance within classes; study more "
            "years or grades, or choose another trait"
        )
    return squares / freedom


def moments(sums: PairSums, slopes: int, student: np.ndarray, choices: TypeChoices) -> Moments:
    """Covariances of B samples of teachers from their sums; see `TypeModel`."""
    lags = _covariance(sums.lags)
    variance = _covariance(sums.lags, "xx") * _covariance(sums.lags, "yy")
    correlations = lags / np.sqrt(np.where(variance > 0, variance, np.nan))
    between = _between(sums, slopes, student)
    if choices.own_year == "two_classes":
        own = _covariance(sums.two_classes)
    else:
        own = extrapolate(lags, sums.lags[..., 0], choices.extrapolated_from)
    return Moments(lags, correlations, sums.lags[..., 0], between, own)


def _between(sums: PairSums, slopes: int, student: np.ndarray) -> np.ndarray:
    """V_total - V_student of each type, and the covariance of the types of a class, (B, 3)."""
    groups, n, first, second = np.moveaxis(sums.own, -1, 0)
    inside = student * (n - groups - slopes)
    own = (inside + second - first**2 / n) / (n - slopes - 1) - student
    return np.column_stack([own[:, 0], _covariance(sums.same_class), own[:, 1]])


def _covariance(sums: np.ndarray, of: str = "xy") -> np.ndarray:
    """Weighted covariances, times P / (P - 1), from sums (..., 7); missing for P < 2."""
    pairs, w, x, y, xy, xx, yy = np.moveaxis(sums, -1, 0)
    product, one, other = {"xy": (xy, x, y), "xx": (xx, x, x), "yy": (yy, y, y)}[of]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (product / w - one / w * (other / w)) * pairs / (pairs - 1)
    return np.where(pairs > 1, value, np.nan)


def _split(
    between: np.ndarray, own_year: np.ndarray, *, keep_sum: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Teachers' and classrooms' parts of the covariances between classes, (2, 2) each.

    Where the classrooms' part would be no covariance it is set to the nearest that is, with a
    warning. keep_sum: the teachers' part then changes too, since their sum is what data identify.
    """
    total, own = _matrix(between), _matrix(np.where(np.isnan(own_year), between, own_year))
    shock = total - own
    variance = np.maximum(np.diag(shock), 0.0)
    largest = np.sqrt(variance.prod())
    feasible = _matrix(
        np.array([variance[0], np.clip(shock[0, 1], -largest, largest), variance[1]])
    )
    if not np.array_equal(feasible, shock):
        log.warning(
            "the variances of classroom shocks come out negative, or their correlation above one; "
            "they are set to the nearest values that are possible"
        )
    return (total - feasible if keep_sum else own), feasible


def _matrix(pairs: np.ndarray) -> np.ndarray:
    return np.array([[pairs[0], pairs[1]], [pairs[1], pairs[2]]])


def _profile(found: Moments, own: np.ndarray, drift_limit: int | None) -> np.ndarray:
    """Covariances at lags 0, 1, ..., (L + 1, 2, 2)."""
    profile = np.empty((found.lags.shape[1] + 1, 2, 2))
    for number, (a, b) in enumerate(PAIRS):
        table = pd.DataFrame({"covariance": found.lags[0, :, number]})
        profile[:, a, b] = profile[:, b, a] = lag_profile(table, own[a, b], drift_limit)
    return profile
