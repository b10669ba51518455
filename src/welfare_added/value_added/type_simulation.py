"""What errors of school effects do to value added, by simulation from the fitted model.

School effects are estimated from the few teachers who move, so that each carries an error, which
stays in the residuals of all who teach there: SDs of value added come out too large, and forecasts
predict the error with the effect. A teacher's realised mean has the same error, so that regressions
of realised on forecast value added do not show it. Residuals are therefore simulated from the
fitted model without school effects, and put through the same projection.
"""

from dataclasses import dataclass, replace

import numpy as np

from welfare_added.value_added.production import Projection
from welfare_added.value_added.type_likelihood import Fit
from welfare_added.value_added.type_model import Moments, TypeModel, moments
from welfare_added.value_added.type_years import PAIRS, TypedClasses, pair_sums, typed_years

SMALLEST = 1e-6  # variance [student SD squared]
PERSISTENCES = np.linspace(0, 0.99, 100)


@dataclass(frozen=True)
class Simulated:
    """Estimates from B simulated samples.

    moments: estimated; lags, own_year, between: the truth, (L, 3), (3,) and (3,) by `PAIRS`
    [student SD squared]; school: (B, S) estimated school effects, where the truth is zero; slopes:
    (B, 2) of a teacher's effect on its forecast, by type.
    """

    moments: Moments
    lags: np.ndarray
    own_year: np.ndarray
    between: np.ndarray
    school: np.ndarray
    slopes: np.ndarray


@dataclass(frozen=True)
class Membership:
    """Class and type of the U groups of `Projection`: (U,) each."""

    group_class: np.ndarray
    kind: np.ndarray


@dataclass(frozen=True)
class SchoolSpread:
    """SD of true school effects [student SD], and (S,) shares of estimated ones that are kept.

    The share is the variance of true effects over that of estimated ones: the estimate times the
    share is the best linear predictor of the effect from its own estimate.
    """

    sd: float
    share: np.ndarray


def simulate_twice(
    model: TypeModel,
    fit: Fit,
    projection: Projection,
    of: Membership,
    draws: int,
    seed: np.random.SeedSequence,
) -> tuple[Fit, Simulated]:
    """Simulate from a fit, take the bias from it, and simulate again from what is left.

    The fit to residuals has schools' errors in its effects, mostly in their permanent part. The
    fit to what is left, and the second simulation, are returned.
    """
    first, second = seed.spawn(2)
    rough = simulate(model, fit, projection, of, draws, first, forecasts=False)
    rest = less_bias(model, rough, fit)
    return rest, simulate(model, rest, projection, of, draws, second)


def less_bias(model: TypeModel, simulated: Simulated, fit: Fit) -> Fit:
    """The fit whose covariances are the estimated ones less their simulated bias.

    share and persistence are least squares on the covariances at all lags over those at lag 0,
    weighted by pairs of years; persistence is one of a grid.
    """
    drawn, estimate = simulated.moments, model.moments
    own = estimate.own_year[0] - (drawn.own_year.mean(axis=0) - simulated.own_year)
    between = estimate.between[0] - (drawn.between.mean(axis=0) - simulated.between)
    lags = estimate.lags[0] - (drawn.lags.mean(axis=0) - simulated.lags)
    variance, shock = np.maximum(own[[0, 2]], SMALLEST), np.maximum((between - own), SMALLEST)
    sd, shock_sd = np.sqrt(variance), np.sqrt(shock[[0, 2]])
    cross = np.clip((between - own)[1] / shock_sd.prod(), -1, 1) * shock_sd.prod()
    scale = np.array([variance[0], max(own[1], SMALLEST), variance[1]])
    share, persistence = _drift(lags / scale, estimate.pairs[0])
    return replace(
        fit,
        sd=sd,
        correlation=float(np.clip(own[1] / sd.prod(), -1, 1)),
        shock=np.array([[shock[0], cross], [cross, shock[2]]]),
        share=share,
        persistence=persistence,
    )


def _drift(ratios: np.ndarray, pairs: np.ndarray) -> tuple[float, float]:
    """Share and persistence that fit (L, 3) ratios of covariances to that at lag 0."""
    known = ~np.isnan(ratios)
    at = np.broadcast_to(np.arange(1, len(ratios) + 1)[:, None], ratios.shape)[known]
    ratio, weight = ratios[known], pairs[known]
    best = (np.inf, 0.0, 0.0)
    for persistence in PERSISTENCES:
        fast = persistence**at
        slope = weight * (1 - fast)
        share = float(np.clip(slope @ (ratio - fast) / (slope @ (1 - fast)), 0, 1))
        error = weight @ (ratio - share - (1 - share) * fast) ** 2
        best = min(best, (float(error), share, float(persistence)))
    return best[1], best[2]


def simulate(
    model: TypeModel,
    fit: Fit,
    projection: Projection,
    of: Membership,
    draws: int,
    seed: np.random.SeedSequence,
    schools: SchoolSpread | None = None,
    *,
    forecasts: bool = True,
) -> Simulated:
    """Simulate residuals from a fit and estimate again; each draw has a stream of its own.

    With ``schools``, school effects are drawn too, and their estimates shrunken. Without
    ``forecasts``, slopes are missing.

    Effects, classroom shocks and students are Gaussian, as in `one_dimension_test`. Variances of
    students, experience and years are held; experience and year effects are estimated again.
    """
    found, school, slopes = [], [], []
    for stream in seed.spawn(draws):
        rng = np.random.default_rng(stream)
        effects = _effects(model, fit, rng)
        mean = _means(model, fit, effects, of, rng)
        if schools is not None:
            drawn = schools.sd * rng.standard_normal(len(schools.share))
            mean += drawn[projection.groups.school]
        coefficients = projection.slopes(mean)
        of_schools = projection.school(mean, coefficients)
        if schools is not None:
            of_schools *= schools.share
        again = _estimated(model, of, projection.left(mean, coefficients, of_schools))
        found.append(moments(again.sums, model.slopes, model.student, model.choices))
        school.append(of_schools)
        slopes.append(_slopes(again, effects) if forecasts else np.full(2, np.nan))
    tables = zip(*(vars(one).values() for one in found), strict=True)
    cross = fit.correlation * fit.sd.prod()
    own_year = np.array([fit.sd[0] ** 2, cross, fit.sd[1] ** 2])
    shock = np.array([fit.shock[a, b] for a, b in PAIRS])
    decay = fit.persistence ** np.arange(1, model.moments.lags.shape[1] + 1)
    return Simulated(
        Moments(*(np.concatenate(table) for table in tables)),
        (fit.share + (1 - fit.share) * decay)[:, None] * own_year,
        own_year,
        own_year + shock,
        np.array(school),
        np.array(slopes),
    )


def _pairs(sd: np.ndarray, correlation: float, normal: np.ndarray) -> np.ndarray:
    """Correlated normal draws from independent ones (..., 2)."""
    second = correlation * normal[..., 0] + np.sqrt(1 - correlation**2) * normal[..., 1]
    return np.stack([sd[0] * normal[..., 0], sd[1] * second], axis=-1)


def _effects(model: TypeModel, fit: Fit, rng: np.random.Generator) -> np.ndarray:
    """Effects of the teacher-years, (T, 2): a permanent part and an autoregression."""
    years = model.years
    teachers, span = int(years.teacher.max()) + 1, int(np.ptp(years.year)) + 1
    permanent = _pairs(fit.sd, fit.correlation, rng.standard_normal((teachers, 2)))
    passing = np.empty((teachers, span, 2))
    for at in range(span):
        news = _pairs(fit.sd, fit.correlation, rng.standard_normal((teachers, 2)))
        kept = fit.persistence if at else 0.0
        passing[:, at] = np.sqrt(1 - kept**2) * news
        if at:
            passing[:, at] += kept * passing[:, at - 1]
    own = passing[years.teacher, years.year - years.year.min()]
    return np.sqrt(fit.share) * permanent[years.teacher] + np.sqrt(1 - fit.share) * own


def _means(
    model: TypeModel, fit: Fit, effects: np.ndarray, of: Membership, rng: np.random.Generator
) -> np.ndarray:
    """Mean scores of the groups, (U,), without school, experience and year effects."""
    classes = model.classes
    new = (np.diff(classes.teacher) != 0) | (np.diff(classes.year) != 0)
    row = np.r_[0, np.cumsum(new)]
    sd = np.sqrt(np.diag(fit.shock))
    correlation = float(fit.shock[0, 1] / sd.prod())
    shock = _pairs(sd, np.clip(correlation, -1, 1), rng.standard_normal(classes.mean.shape))
    students = classes.students[of.group_class, of.kind]
    noise = np.sqrt(model.student[of.kind] / students) * rng.standard_normal(len(students))
    return (effects[row] + shock)[of.group_class, of.kind] + noise


def _estimated(model: TypeModel, of: Membership, left: np.ndarray) -> TypeModel:
    """The model with other residuals of groups, and its own covariances."""
    mean = np.full(model.classes.mean.shape, np.nan)
    mean[of.group_class, of.kind] = left
    students = model.classes.students
    mean -= np.nansum(mean * students, axis=0) / students.sum(axis=0)
    classes: TypedClasses = replace(model.classes, mean=mean)
    years = typed_years(classes, model.precision)
    return replace(
        model, classes=classes, years=years, sums=pair_sums(classes, years, by_teacher=False)
    )


def _slopes(model: TypeModel, effects: np.ndarray) -> np.ndarray:
    """Slope of effects on their forecasts from past years, by type, (2,)."""
    forecast = model.predict((model.years.teacher, model.years.year)).estimate
    known = ~np.isnan(forecast[:, 0])
    x = forecast[known] - forecast[known].mean(axis=0)
    return (x * effects[known]).sum(axis=0) / (x**2).sum(axis=0)
