"""Value added from a table of students: the function `welfare_added.value_added`."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.api.columns import Names, Roles, check, names_of, one_of
from welfare_added.api.estimation import (
    EMPIRICAL_BAYES,
    OutcomeResult,
    Settings,
    estimate_outcome,
)
from welfare_added.api.result import ValueAddedResult
from welfare_added.api.rows import subsamples
from welfare_added.run.errors import UserError
from welfare_added.value_added.group_model import Choices

TABLES = ("estimates", "class_means", "autocovariances", "variances", "counts", "dropped")


def value_added(
    students: pd.DataFrame,
    *,
    teacher: str,
    year: str,
    outcome: Names,
    class_: str | None = None,
    controls: Names = None,
    categorical: Names = None,
    groups: str | Mapping[str, str] | None = None,
    by: Names = None,
    school: str | None = None,
    grade: str | None = None,
    cohort: str | None = None,
    weight: str | None = None,
    absorb: Names = None,
    tfx_resid: Names | bool = None,
    minimum_class_size: int = 1,
    estimator: str = "leave_year_out",
    years_used: str = "all",
    weighting: str = "precision",
    drift_limit: int | None = None,
    quasi: bool = False,
    teacher_share: float = 0.75,
    same_year: str = "all_pairs",
    seed: int = 0,
) -> ValueAddedResult:
    """Estimate teachers' value added with drift (Chetty, Friedman and Rockoff 2014, appendix A).

    Outcomes are residualised on controls; a teacher's effect in a year is the best linear
    prediction from her classes' mean residuals in other years, by their autocovariances.

    Parameters
    ----------
    students
        One row a student-year, or a student-year-subject; columns are named by what follows. Rows
        without an outcome or a control count only as proof that a teacher taught in that year.
    teacher, year
        Teacher's id; year, a whole number.
    outcome
        One or several numeric columns, each estimated on its own. Estimates are in their units:
        standardise scores first for student SD.
    class_
        Class id; a class is one teacher's, in one year, with one id (and school, grade and
        cohort, if these are named). None: a teacher's students of a year are one class.
    controls, categorical
        Numeric columns, and columns of which each value but the first has an indicator.
    groups
        A column that divides students, or one by outcome; value added on each group comes from one
        regression with indicators of the groups, beside ``all``.
    by
        Columns whose combinations are estimated separately.
    school, grade, cohort
        For `ValueAddedResult.switching_test`; a cohort is year - grade unless it has a column.
    weight
        Share of a student's year that the row's teacher taught, above 0 and at most 1: a student
        with two teachers has two rows. A student then counts as her share in every sum.
    absorb
        Columns whose combinations have effects that are absorbed and leave the residual. They cost
        no degrees of freedom, as in vam.
    tfx_resid
        The same with effects that stay in the residual. None: the teacher's, unless ``absorb`` is
        named; False: none, which is the default of vam.
    minimum_class_size
        Classes with fewer rows enter the regression, but have no mean residual.
    estimator
        ``leave_year_out``, or ``empirical_bayes``: a teacher's mean over all years, shrunken, for
        teachers seen in one year.
    years_used
        ``all`` other years, or ``past`` ones only.
    weighting
        Years weigh by the ``precision`` of their mean, or are ``equal``.
    drift_limit
        Longest lag [years] with an autocovariance of its own; None for no limit.
    quasi
        Also leave out two years (va_2yr_l: this and the one before; va_2yr_f: this and the next)
        and five (va_ss: from two before to two after).
    teacher_share
        Of ``empirical_bayes``: share of the variance between classes assumed to be teachers'.
    same_year
        Covariance of a teacher-year's classes over ``all_pairs``, or over neighbours in a
        ``random_order``, as vam does, by ``seed``.

    Raises
    ------
    UserError
        If a column is missing or cannot be used, an argument has no such value, or there are too
        few students, years or teachers; the text names the column, rows and remedy.

    """
    if absorb is not None and tfx_resid:
        raise UserError(
            "absorb, tfx_resid: name one of them; absorbed effects leave the residual, those of "
            "tfx_resid stay in it."
        )
    if tfx_resid is None or tfx_resid is True:
        tfx_resid = teacher if absorb is None else None
    outcomes = names_of(outcome)
    roles = Roles(
        teacher=teacher,
        year=year,
        class_=class_,
        outcomes=outcomes,
        controls=names_of(controls),
        categorical=names_of(categorical),
        groups=_groups(groups, outcomes),
        by=names_of(by),
        school=school,
        grade=grade,
        cohort=cohort,
        weight=weight,
        effects=names_of(absorb or tfx_resid or None),
        kept=absorb is None,
    )
    choices = Choices(estimator, years_used, weighting, drift_limit, teacher_share)
    _check_choices(choices, minimum_class_size, same_year, quasi=quasi)
    check(students, roles)
    settings = Settings(choices, minimum_class_size, quasi, roles.kept)
    return _estimate(students, roles, settings, seed if same_year == "random_order" else None)


def _groups(groups: str | Mapping[str, str] | None, outcomes: tuple[str, ...]) -> dict[str, str]:
    if groups is None:
        return {}
    if isinstance(groups, str):
        return dict.fromkeys(outcomes, groups)
    unknown = [name for name in groups if name not in outcomes]
    if unknown:
        raise UserError(
            f"groups: {unknown[0]!r} is not an outcome; the outcomes are {', '.join(outcomes)}."
        )
    return dict(groups)


def _check_choices(
    choices: Choices, minimum_class_size: int, same_year: str, *, quasi: bool
) -> None:
    one_of("estimator", choices.estimator, ("leave_year_out", EMPIRICAL_BAYES))
    one_of("years_used", choices.years_used, ("all", "past"))
    one_of("weighting", choices.weighting, ("precision", "equal"))
    one_of("same_year", same_year, ("all_pairs", "random_order"))
    whole = {"minimum_class_size": minimum_class_size, "drift_limit": choices.drift_limit}
    for name, value in whole.items():
        optional = name == "drift_limit" and value is None
        if not optional and not (isinstance(value, int | np.integer) and value >= 1):
            raise UserError(f"{name}: {value!r} is not a whole number of 1 or more.")
    if not 0 < choices.teacher_share <= 1:
        raise UserError(f"teacher_share: {choices.teacher_share!r} is not above 0 and at most 1.")
    if quasi and choices.estimator == EMPIRICAL_BAYES:
        raise UserError(
            "quasi: empirical Bayes estimates leave out no year; use estimator='leave_year_out'."
        )


def _estimate(
    students: pd.DataFrame, roles: Roles, settings: Settings, seed: int | None
) -> ValueAddedResult:
    tables: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    residuals: dict[str, np.ndarray] = {}
    sequence = np.random.SeedSequence(seed or 0)
    for values, at, rows in subsamples(students, roles):
        controls = [name for name in rows.values if name not in roles.outcomes]
        for outcome in roles.outcomes:
            number = 1 + len(rows.groups[outcome].categories if outcome in rows.groups else ())
            streams = [None] * number
            if seed is not None:
                streams = [np.random.default_rng(one) for one in sequence.spawn(number)]
            found = estimate_outcome(rows, outcome, controls, settings, streams)
            _keep(tables, residuals, found, values, at, len(students))
    leading = [*roles.by, "outcome", "group"]
    joined = {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}
    keys = list(dict.fromkeys([*roles.by, *roles.class_keys, *names_of(roles.weight)]))
    return ValueAddedResult(
        **{name: table[_first(leading, table)] for name, table in joined.items()},
        residuals=students[keys].assign(**residuals),
        roles=roles,
        settings=settings,
    )


def _keep(
    tables: dict[str, list[pd.DataFrame]],
    residuals: dict[str, np.ndarray],
    found: OutcomeResult,
    values: dict,
    at: np.ndarray,
    size: int,
) -> None:
    for name, table in found.tables.items():
        tables[name].append(table.assign(**values))
    for name, column in found.residuals.items():
        residuals.setdefault(name, np.full(size, np.nan))[at] = column


def _first(leading: list[str], table: pd.DataFrame) -> list[str]:
    return [*leading, *(name for name in table.columns if name not in leading)]
