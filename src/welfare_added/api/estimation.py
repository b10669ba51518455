"""One outcome of one subsample: residuals, class means, moments and predictions by group."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.api.regression import Regressions
from welfare_added.api.rows import CODE, Rows
from welfare_added.run.errors import UserError
from welfare_added.value_added.group_model import Choices, GroupModel, group_model
from welfare_added.value_added.prediction import shrunken_means
from welfare_added.value_added.variance_components import ClassMeans

EVERYONE, EMPIRICAL_BAYES = "all", "empirical_bayes"
# Years left out, counted from the predicted one; the names end as those of vam's do.
QUASI = {"va_2yr_l": (-1, 0), "va_2yr_f": (0, 1), "va_ss": (-2, -1, 0, 1, 2)}


@dataclass(frozen=True)
class Settings:
    """How a subsample is estimated: see `value_added`. kept: effects stay in residuals."""

    choices: Choices
    minimum_class_size: int
    quasi: bool
    kept: bool


@dataclass(frozen=True)
class GroupResiduals:
    """Residuals of the students of a group.

    Attributes
    ----------
    group
        Its name, or `EVERYONE`.
    rows, values : (m,) arrays
        Numbers of the students' rows; their residuals.
    slopes
        Number of slopes of the regression.
    dropped
        Regressors without a slope: constant, or collinear with those before them.

    """

    group: str
    rows: np.ndarray
    values: np.ndarray
    slopes: int
    dropped: list[str]


@dataclass(frozen=True)
class GroupClasses:
    """Mean residuals of a group's classes, the classes' numbers, and squares around the means."""

    numbers: np.ndarray
    means: ClassMeans
    squares: float


@dataclass(frozen=True)
class OutcomeResult:
    """Tables of one outcome, by name; ``residuals`` holds (n,) arrays by name of their column."""

    tables: dict[str, pd.DataFrame]
    residuals: dict[str, np.ndarray]


def estimate_outcome(
    rows: Rows,
    outcome: str,
    controls: list[str],
    settings: Settings,
    streams: Sequence[np.random.Generator | None],
) -> OutcomeResult:
    """Estimate value added on one outcome, for all students and then by group.

    streams: of random numbers, one for each of these; see `variances`.
    """
    used = np.flatnonzero(~rows.missing([outcome, *controls]))
    if not len(used):
        raise UserError(
            f"{_where(rows, outcome)}no row has the outcome and all controls. Leave out the "
            "control that is missing most often."
        )
    sizes = np.bincount(rows.class_of[used], minlength=len(rows.classes))
    large = sizes >= settings.minimum_class_size
    tables: dict[str, list[pd.DataFrame]] = {}
    residuals: dict[str, np.ndarray] = {}
    groups = _residuals(rows, outcome, controls, used, kept=settings.kept)
    for group, stream in zip(groups, streams, strict=True):
        for name, table in _estimate(rows, outcome, group, large, settings, stream).items():
            tables.setdefault(name, []).append(table.assign(outcome=outcome, group=group.group))
        name = f"residual_{outcome}{'' if group.group == EVERYONE else '_by_group'}"
        column = residuals.setdefault(name, np.full(len(rows.class_of), np.nan))
        column[group.rows] = group.values
    joined = {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}
    return OutcomeResult(joined, residuals)


def _where(rows: Rows, outcome: str, group: str = EVERYONE) -> str:
    parts = [rows.label, f"outcome {outcome}", "" if group == EVERYONE else f"group {group}"]
    return ", ".join(part for part in parts if part) + ": "


def _residuals(
    rows: Rows, outcome: str, controls: list[str], used: np.ndarray, *, kept: bool
) -> Iterator[GroupResiduals]:
    """Residuals of all students, then those of each group from one regression with indicators."""
    values = [rows.values[name] for name in (*controls, outcome)]
    if len(used) < len(rows.class_of):
        values = [column[used] for column in values]
    effect = np.unique(rows.effect[used], return_inverse=True)[1]
    groups = rows.groups.get(outcome)
    levels = [] if groups is None else [*groups.categories]
    codes = np.zeros(len(used), dtype=int) if groups is None else groups.codes[used]
    names = [*controls, outcome, *(f"group={level}" for level in levels[1:])]
    values += [(codes == k).astype(float) for k in range(1, len(levels))]
    regressions = Regressions(values, effect, rows.weights[used], kept=kept)
    regressors = list(range(len(controls)))
    at = len(controls)

    def named(dropped: list[int]) -> list[str]:
        return [names[j] for j in dropped]

    own = regressions.residuals(at, regressors)
    yield GroupResiduals(EVERYONE, used, own.values, own.slopes, named(own.dropped))
    if levels:
        joint = regressions.residuals(at, [*regressors, *range(at + 1, len(names))])
        for k, level in enumerate(levels):
            own, dropped = codes == k, named(joint.dropped)
            yield GroupResiduals(str(level), used[own], joint.values[own], joint.slopes, dropped)


def _estimate(
    rows: Rows,
    outcome: str,
    group: GroupResiduals,
    large: np.ndarray,
    settings: Settings,
    stream: np.random.Generator | None,
) -> dict[str, pd.DataFrame]:
    where = _where(rows, outcome, group.group)
    classes = _class_means(rows, group, large)
    _require_students(classes, group.slopes, where)
    model = group_model(classes.means, classes.squares, group.slopes, settings.choices, stream)
    estimates = _estimates(rows, classes, model, settings)
    if group.group == EVERYONE and estimates["va"].isna().all():
        _refuse_too_few_years(settings.choices, where)
    of_class = {"mean_residual": classes.means.mean, "students": classes.means.students}
    keys = rows.classes.drop(columns=CODE).iloc[classes.numbers].reset_index(drop=True)
    return {
        "estimates": estimates,
        "class_means": keys.assign(**of_class),
        "autocovariances": model.lags,
        "variances": model.components.table(),
        "counts": _counts(rows, outcome, group, classes, estimates),
        "dropped": pd.DataFrame({"control": pd.Series(group.dropped, dtype=object)}),
    }


def _class_means(rows: Rows, group: GroupResiduals, large: np.ndarray) -> GroupClasses:
    """Mean residuals of the classes that are large enough; student-weighted mean zero."""
    inside = large[rows.class_of[group.rows]]
    at, values = group.rows[inside], group.values[inside]
    numbers, number = np.unique(rows.class_of[at], return_inverse=True)
    weights = rows.weights[at]
    students = np.bincount(number, weights, len(numbers))
    mean = np.bincount(number, weights * values, len(numbers)) / students
    students = students if rows.shared else students.astype(int)
    squares = float(weights @ (values - mean[number]) ** 2)
    if len(mean):
        mean = mean - np.average(mean, weights=students)
    teacher, year = (rows.classes[name].to_numpy()[numbers] for name in (CODE, rows.year))
    return GroupClasses(numbers, ClassMeans(teacher, year, mean, students), squares)


def _require_students(classes: GroupClasses, slopes: int, where: str) -> None:
    students, number = classes.means.students.sum(), len(classes.numbers)
    if students - number - slopes <= 0:
        raise UserError(
            f"{where}{students:.10g} students in {number} classes are too few for {slopes} "
            "controls. Name fewer controls or groups, lower minimum_class_size, or take several "
            "subsamples of by= together."
        )


def _refuse_too_few_years(choices: Choices, where: str) -> None:
    past = " with an earlier year" if choices.years_used == "past" else ""
    raise UserError(
        f"{where}no teacher{past} is seen in two years or more, which leave-year-out estimates "
        "need. If teachers are seen once, set estimator='empirical_bayes'; else compare the ids "
        "of teachers between years."
    )


def _estimates(
    rows: Rows, classes: GroupClasses, model: GroupModel, settings: Settings
) -> pd.DataFrame:
    """One row a teacher-year, with or without scores of her own."""
    table = rows.teacher_years
    targets = table[CODE].to_numpy(), table[rows.year].to_numpy()
    if settings.choices.estimator == EMPIRICAL_BAYES:
        table = table.assign(**_empirical_bayes(targets[0], classes, model, settings.choices))
    else:
        found = model.predict(targets)
        table = table.assign(
            va=found.estimate,
            shrinkage=found.shrinkage,
            sd=_sd(model, settings.choices, found.explained),
            years_used=found.years,
            proper=found.proper,
        )
    if settings.quasi:
        table = table.assign(
            **{name: model.predict(targets, out).estimate for name, out in QUASI.items()}
        )
    years = model.years
    own = pd.DataFrame({CODE: years.teacher, rows.year: years.year, "mean_residual": years.mean})
    own = own.assign(students=years.students)
    table = table.merge(own, on=[CODE, rows.year], how="left").drop(columns=CODE)
    return table.fillna({"students": 0}).astype({"students": classes.means.students.dtype})


def _sd(model: GroupModel, choices: Choices, explained: np.ndarray) -> np.ndarray:
    """SD of the true effect around the estimate; missing where c0 is unknown or too small."""
    if choices.weighting == "equal":
        return np.full(len(explained), np.nan)
    unexplained = model.components.same_year - explained
    return np.sqrt(np.where(unexplained >= 0, unexplained, np.nan))


def _empirical_bayes(
    teacher: np.ndarray, classes: GroupClasses, model: GroupModel, choices: Choices
) -> dict[str, np.ndarray]:
    shrunken = shrunken_means(classes.means, model.components, choices.teacher_share)
    seen = np.bincount(model.years.teacher, minlength=teacher.max() + 1)
    extra = teacher.max() + 1 - len(shrunken.estimate)
    estimate, shrinkage, sd = (
        np.append(values, np.full(extra, np.nan))[teacher]
        for values in (shrunken.estimate, shrunken.shrinkage, shrunken.sd)
    )
    found = {"va": estimate, "shrinkage": shrinkage, "sd": sd, "years_used": seen[teacher]}
    return {**found, "proper": np.ones(len(teacher), dtype=bool)}


def _counts(
    rows: Rows,
    outcome: str,
    group: GroupResiduals,
    classes: GroupClasses,
    estimates: pd.DataFrame,
) -> pd.DataFrame:
    groups = rows.groups.get(outcome)
    own = np.ones(len(rows.class_of), dtype=bool)
    if group.group != EVERYONE:
        own = groups.codes == [str(level) for level in groups.categories].index(group.group)
    without = rows.missing([outcome]) & own
    in_classes = np.isin(rows.class_of[group.rows], classes.numbers)
    row = {
        "rows": int(own.sum()),
        "without_outcome": int(without.sum()),
        "without_control": int(own.sum() - without.sum() - len(group.rows)),
        "in_small_classes": int((~in_classes).sum()),
        "in_class_means": int(in_classes.sum()),
        "classes": len(classes.numbers),
        "teachers": len(np.unique(classes.means.teacher)),
        "teacher_years": int((estimates["students"] > 0).sum()),
        "estimates": int(estimates["va"].notna().sum()),
        "improper": int((~estimates["proper"]).sum()),
    }
    return pd.DataFrame([row])
