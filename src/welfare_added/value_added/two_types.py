"""Value added on two types of students, forecast from past years (Bates et al. 2022, section 3)."""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from welfare_added.value_added.careers import Careers, careers_of
from welfare_added.value_added.production import (
    ExperienceBins,
    Production,
    Projection,
    TaughtGroups,
)
from welfare_added.value_added.school_errors import corrections, forecast_slopes, school_spread
from welfare_added.value_added.significant import significant_table
from welfare_added.value_added.type_likelihood import LikelihoodRatio, one_dimension_test
from welfare_added.value_added.type_model import TypeChoices, TypeModel, type_model
from welfare_added.value_added.type_simulation import Membership, simulate, simulate_twice
from welfare_added.value_added.type_structure import drift_table, resampled, structure_table
from welfare_added.value_added.type_sums import TypeSums, type_sums
from welfare_added.value_added.type_tables import (
    counts_of,
    school_years_table,
    schools_table,
    teacher_years_table,
)
from welfare_added.value_added.type_years import TypedClasses

DECIMALS = 8  # further digits depend on the machine's linear algebra
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TwoTypes:
    """Value added on two types of students.

    Attributes
    ----------
    forecasts : DataFrame
        teacher_id, year, mu_0, mu_1 (forecast effect on a student of the type, net of experience,
        as a deviation from the type's mean) and experience_effect [student SD], years_used.
    teacher_years : DataFrame
        One row a teacher and year with students: teacher_id, year, school_id (where most of them
        are), students, share_1, class_size (students a class), classes, mean_0, mean_1 (mean
        residual net of school, experience and year, of the type), mean_residual (of all students),
        experience, experience_effect, mu_0, mu_1, forecast (by her students' own shares) [student
        SD], years_used.
    structure, drift, experience : DataFrame
        See `structure_table` and, below it, `corrections`; `drift_table`; `Production`.
    schools : DataFrame
        school_id, effect [student SD, student-weighted mean zero in a connected set], connected_set
        (0 has most students), students.
    school_years : DataFrame
        school_id, year, students, share_1, class_size, of the students used; with effect and
        connected_set of ``schools``.
    slopes : DataFrame
        See `TypeSums`.

    """

    forecasts: pd.DataFrame
    teacher_years: pd.DataFrame
    structure: pd.DataFrame
    drift: pd.DataFrame
    experience: pd.DataFrame
    schools: pd.DataFrame
    school_years: pd.DataFrame
    slopes: pd.DataFrame


def estimate_two_types(
    students: pa.Table,
    teachers: pd.DataFrame,
    *,
    trait: str,
    minimum_class_size: int,
    experience_bins: list[int],
    reference_bin: str,
    school_effects: str,
    year_effects: bool,
    type_effect: str,
    own_year: str,
    extrapolated_from: int,
    drift_limit: int | None,
    draws: int,
    simulations: int,
    seed: int,
) -> TwoTypes:
    """Estimate value added on two types and forecast it from past years.

    Parameters
    ----------
    students, trait, minimum_class_size
        See `type_sums`.
    teachers
        teacher_id, year, experience (prior years, may be missing); one row a teacher and year.
    experience_bins, reference_bin
        See `ExperienceBins`.
    school_effects
        ``fixed``: as estimated; ``shrunken``: times the share of their variance that is not error,
        by simulation, so that less error is left in forecasts; ``none``.
    year_effects, type_effect
        See `Projection`.
    own_year, extrapolated_from, drift_limit
        See `TypeChoices`.
    draws, simulations, seed
        Samples of teachers for the intervals; simulated samples for `corrections`; seed of both.

    Raises
    ------
    UserError
        If records do not suffice; see the steps.

    """
    sums = type_sums(students, trait=trait, minimum_class_size=minimum_class_size)
    bins = ExperienceBins(tuple(experience_bins), str(reference_bin))
    careers = careers_of(sums.classes, teachers)
    groups = taught_groups(sums, careers, bins)
    projection = Projection(
        groups,
        bins,
        school_effects=school_effects != "none",
        year_effects=year_effects,
        type_effect=type_effect,
    )
    choices = TypeChoices(own_year, extrapolated_from, drift_limit)
    streams = np.random.SeedSequence(seed).spawn(2)
    shrink = school_effects == "shrunken"
    stage = _stage(sums, careers, projection, choices, simulations, streams[1], shrink=shrink)
    parts, model = stage.parts, stage.model
    forecasts = _forecasts(model, careers, bins, parts)
    years = teacher_years_table(sums, model, careers, bins, parts, forecasts)
    drawn = resampled(model, draws, streams[0])
    schools = schools_table(sums, careers, parts)
    counts = counts_of(sums, model, schools, years)
    structure = structure_table(model, drawn, stage.ratio, counts)
    structure = pd.concat([structure, stage.corrections], ignore_index=True)
    return TwoTypes(
        forecasts.round(DECIMALS),
        years.round(DECIMALS),
        significant_table(structure),
        significant_table(drift_table(model, drawn)),
        significant_table(parts.experience),
        schools.round(DECIMALS),
        school_years_table(sums, schools).round(DECIMALS),
        significant_table(sums.slopes),
    )


@dataclass(frozen=True)
class _Stage:
    """School effects, the model of what they leave, its test, and `corrections`."""

    parts: Production
    model: TypeModel
    ratio: LikelihoodRatio
    corrections: pd.DataFrame


def _stage(
    sums: TypeSums,
    careers: Careers,
    projection: Projection,
    choices: TypeChoices,
    simulations: int,
    seed: np.random.SeedSequence,
    *,
    shrink: bool,
) -> _Stage:
    """The model with school effects as estimated or shrunken; corrections are to the former."""
    mean, of = sums.mean, Membership(sums.group_class, sums.kind)
    parts = projection.parts(mean)
    model = _model(sums, careers, parts, choices)
    ratio = one_dimension_test(model)
    first, second = seed.spawn(2)
    fit, simulated = simulate_twice(model, ratio.full, projection, of, simulations, first)
    students = np.bincount(careers.school, sums.classes["students"])
    corrected = corrections(model, simulated, parts.school, students)
    if not shrink:
        return _Stage(parts, model, ratio, corrected)
    spread = school_spread(simulated, parts.school, students)
    parts = projection.shrunken(parts, mean, spread.share)
    model = _model(sums, careers, parts, choices)
    again = simulate(model, fit, projection, of, simulations, second, spread)
    slopes = forecast_slopes(again)
    kept = corrected[~corrected["parameter"].isin(slopes["parameter"])]
    corrected = pd.concat([kept, slopes], ignore_index=True)
    return _Stage(parts, model, one_dimension_test(model), corrected)


def _model(sums: TypeSums, careers: Careers, parts: Production, choices: TypeChoices) -> TypeModel:
    classes = typed_classes(sums, careers, parts.left)
    return type_model(classes, sums.squares, len(sums.slopes), choices)


def taught_groups(sums: TypeSums, careers: Careers, bins: ExperienceBins) -> TaughtGroups:
    """What the scores of each group of class and type depend on."""
    of_class = sums.group_class
    return TaughtGroups(
        teacher=careers.teacher[of_class],
        school=careers.school[of_class],
        experience=bins.codes(careers.experience)[of_class],
        year=np.unique(sums.classes["year"].to_numpy(), return_inverse=True)[1][of_class],
        kind=sums.kind,
        students=sums.students,
        mean=sums.mean,
    )


def typed_classes(sums: TypeSums, careers: Careers, left: np.ndarray) -> TypedClasses:
    """Mean residuals of classes by type, from those of the groups (U,)."""
    count = np.zeros((len(sums.classes), 2), dtype=int)
    mean = np.full((len(sums.classes), 2), np.nan)
    count[sums.group_class, sums.kind] = sums.students
    mean[sums.group_class, sums.kind] = left
    return TypedClasses(careers.teacher, sums.classes["year"].to_numpy(), count, mean)


def _forecasts(
    model: TypeModel, careers: Careers, bins: ExperienceBins, parts: Production
) -> pd.DataFrame:
    """Forecasts of all teachers for every year after their first, to the year after the last."""
    years = model.years
    last = int(years.year.max()) + 1
    first = years.year[np.r_[True, np.diff(years.teacher) != 0]]
    count = last - first
    teacher = np.repeat(np.arange(len(first)), count)
    year = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + first[teacher] + 1
    found = model.predict((teacher, year))
    effect = parts.experience["estimate"].to_numpy()
    return pd.DataFrame(
        {
            "teacher_id": careers.teacher_ids[teacher],
            "year": year,
            "mu_0": found.estimate[:, 0],
            "mu_1": found.estimate[:, 1],
            "experience_effect": effect[bins.codes(careers.experience_in(teacher, year))],
            "years_used": years.before(teacher, year),
        }
    )
