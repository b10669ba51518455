"""Teacher-years as the regressions read them: periods, cells of the schedule, origin, value added.

Flags of the teacher-years (moved, exits, new) are 0.0, 1.0, or missing where the years at hand
cannot say; rows whose flag is missing are left out by what needs it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError

INDIVIDUAL, SCHEDULE = "IS", "SS"  # regimes: individual salaries, a salary schedule
REGIMES = (INDIVIDUAL, SCHEDULE)


def seniority_class(seniority: np.ndarray, width: float) -> np.ndarray:
    """Number, from 0, of the class of ``width`` years in which seniority lies; (n,) floats.

    The classes of `pay.schedules.seniority_class`, which numbers them from 1: of width 2 the third
    holds years 5 and 6, as figure 1 draws them.
    """
    whole = np.floor(np.asarray(seniority, dtype=float))
    return np.maximum(0.0, np.ceil(whole / width) - 1)


def prepare(
    teacher_years: pd.DataFrame,
    *,
    first_post_year: int,
    class_years: float,
    without_handbook: bool = False,
) -> pd.DataFrame:
    """Teacher-years of districts with a handbook, with what regressions need.

    Parameters
    ----------
    teacher_years
        teacher_id, year, district_id, regime (``IS``, ``SS`` or another for no handbook), salary
        [dollars], seniority [years], degree.
    first_post_year
        First year after the reform (2012).
    class_years
        Width of classes of seniority [years].
    without_handbook
        Keep rows of districts without a handbook too (table 4, column 1); individual is 0.0 there.

    Returns
    -------
    DataFrame
        The rows of either regime with their columns and: individual, post, individual_x_post (0.0
        or 1.0), log_salary, seniority_class, schedule_cell (class and degree), origin and
        origin_regime (district of the year before and its regime; missing if the teacher was not
        there, regime of no handbook included).

    Raises
    ------
    UserError
        If salaries are not positive, a teacher-year recurs, or no row is of either regime.

    """
    rows = with_origin(teacher_years)
    of_either = rows["regime"].isin(REGIMES)
    if not of_either.any():
        raise UserError("teacher_years, column regime: no row is IS or SS; add the handbooks")
    rows = rows[of_either | without_handbook].reset_index(drop=True)
    if low := int((rows["salary"] <= 0).sum()):
        raise UserError(f"teacher_years, column salary: {low:,} of zero or less; leave them out")
    individual = (rows["regime"] == INDIVIDUAL).astype(float)
    post = (rows["year"] >= first_post_year).astype(float)
    classes = seniority_class(rows["seniority"].to_numpy(), class_years)
    cell = pd.Series(classes, index=rows.index).map("{:.0f}".format) + " " + rows["degree"]
    return rows.assign(
        individual=individual,
        post=post,
        individual_x_post=individual * post,
        log_salary=np.log(rows["salary"]),
        seniority_class=classes,
        schedule_cell=cell.where(~np.isnan(classes) & rows["degree"].notna()),
    )


def with_origin(teacher_years: pd.DataFrame) -> pd.DataFrame:
    """Rows with district (origin) and regime (origin_regime) of the same teacher a year before.

    Raises UserError if a teacher has two rows in a year.
    """
    keys = ["teacher_id", "year"]
    if repeated := int(teacher_years.duplicated(keys).sum()):
        raise UserError(f"teacher_years: {repeated:,} rows repeat a teacher's year; keep one each")
    before = teacher_years[[*keys, "district_id", "regime"]].rename(
        columns={"district_id": "origin", "regime": "origin_regime"}
    )
    before = before.assign(year=before["year"] + 1)
    return teacher_years.merge(before, on=keys, how="left", validate="one_to_one")


def one_value_added(
    value_added: pd.DataFrame, column: str, *, weight: str = "shrinkage", limit: float = np.inf
) -> pd.DataFrame:
    """One value added a teacher: standardised by subject and level, averaged over hers.

    The paper gives estimates by subject and level and does not say how a teacher's are combined.
    Here each is standardised among the teachers of its subject and level, a teacher's are averaged
    with weights, and the averages are standardised again.

    Parameters
    ----------
    value_added
        teacher_id, subject, level, the column, and the weight.
    column
        ``va_unshrunk`` where value added is an outcome, else ``va_printed`` or ``va_joint``.
    weight
        Column of weights in averages, and in regressions where it is an outcome.
    limit
        Teachers whose value is beyond so many SDs are left out (3 in the paper).

    Returns
    -------
    DataFrame
        teacher_id, value_added (mean 0, variance 1 among teachers before any are left out), weight
        (mean of the teacher's weights).

    Raises
    ------
    UserError
        If the column does not vary in a subject and level, or weights are not positive.

    """
    rows = value_added.dropna(subset=[column, weight])
    if low := int((rows[weight] <= 0).sum()):
        raise UserError(f"value_added, column {weight}: {low:,} of zero or less; leave them out")
    by = rows.groupby(["subject", "level"], sort=True)[column]
    spread = by.transform("std", ddof=0)
    if not (spread > 0).all():
        raise UserError(
            f"value_added, column {column}: does not vary in {int((~(spread > 0)).sum()):,} rows "
            "of a subject and level; leave them out"
        )
    rows = rows.assign(scaled=(rows[column] - by.transform("mean")) / spread * rows[weight])
    sums = rows.groupby("teacher_id", sort=True).agg(
        scaled=("scaled", "sum"), total=(weight, "sum"), weight=(weight, "mean")
    )
    mean = sums["scaled"] / sums["total"]
    sums["value_added"] = (mean - mean.mean()) / mean.std(ddof=0)
    kept = sums[sums["value_added"].abs() <= limit]
    return kept[["value_added", "weight"]].reset_index()


def with_value_added(panel: pd.DataFrame, one: pd.DataFrame) -> pd.DataFrame:
    """Rows of a panel whose teachers have value added, with value_added and weight."""
    return panel.merge(one, on="teacher_id", how="inner", validate="many_to_one")


def two_year_periods(year: pd.Series, first_post_year: int, width: int = 2) -> pd.Series:
    """First year of the period of each year; periods of ``width`` years end before the reform.

    With 2012 and 2: 2006, 2008, 2010, 2012, 2014, the last of them of one year if the data end.
    """
    return first_post_year + ((year - first_post_year) // width) * width


def of_sample(
    panel: pd.DataFrame,
    districts: Mapping[str, float] | None,
    ends: Sequence[str] = ("district_id",),
) -> pd.DataFrame:
    """Rows of districts of a matched sample, with its weight in district_weight (one if None).

    districts: weight by district_id; the individual-salary districts are in it too. ends: columns
    of districts all of which must be in it, as where movers go and where they come from; the weight
    is that of the first.
    """
    if districts is None:
        return panel.assign(district_weight=1.0)
    inside = panel[list(ends)].isin(list(districts)).all(axis=1).to_numpy()
    return panel.assign(district_weight=panel[ends[0]].map(dict(districts)))[inside]
