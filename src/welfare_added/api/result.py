"""What `welfare_added.value_added` returns: estimates and all that leads to them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from welfare_added.api.columns import Roles
from welfare_added.api.estimation import EMPIRICAL_BAYES, Settings
from welfare_added.api.switching import switching_test
from welfare_added.api.text import summary_of
from welfare_added.run.errors import UserError
from welfare_added.value_added.estimate import join_groups
from welfare_added.value_added.forecast import clustered_slope

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class ValueAddedResult:
    """Estimates of value added, in units of the outcome, and the steps that lead to them.

    All tables but ``residuals`` begin with the columns of ``by``, outcome and group (``all``, then
    the groups if there are any).

    Attributes
    ----------
    estimates
        One row a teacher-year: its ids; ``va``, predicted from ``years_used`` other years, missing
        if there are none; ``shrinkage``, the estimate if these years' mean residuals were all one;
        ``sd``, of the true effect around the estimate, missing where no teacher has two classes a
        year, since c0 is not identified then; ``proper``, false if the autocovariances it rests
        on are those of no process, so that it may be far off; ``mean_residual`` and ``students``
        of the year itself; with ``quasi`` va_2yr_l, va_2yr_f and va_ss.
    residuals
        The students' rows: ids, residual_<outcome>, and residual_<outcome>_by_group from the
        regression with indicators of groups; missing where the row was not used.
    class_means
        One row a class: its ids, mean_residual (student-weighted mean zero), students.
    autocovariances
        lag [years], covariance, correlation (of mean residuals, not corrected for noise), pairs.
    variances
        v_total, v_student, v_class, c0 (covariance of a teacher-year's classes), students,
        class_years, slopes. V_class is missing with c0, and may come out negative.
    counts
        rows, those without_outcome, without_control and in_small_classes, in_class_means; classes,
        teachers, teacher_years with a mean residual, estimates, those that are improper.
    dropped
        Controls that are constant in the subsample, or collinear with others.
    roles, settings
        The columns and choices by which all this was made.

    """

    estimates: pd.DataFrame
    residuals: pd.DataFrame = field(repr=False)
    class_means: pd.DataFrame = field(repr=False)
    autocovariances: pd.DataFrame = field(repr=False)
    variances: pd.DataFrame = field(repr=False)
    counts: pd.DataFrame = field(repr=False)
    dropped: pd.DataFrame = field(repr=False)
    roles: Roles = field(repr=False)
    settings: Settings = field(repr=False)

    @property
    def labels(self) -> list[str]:
        """Columns that tell apart what was estimated separately."""
        return [*self.roles.by, "outcome", "group"]

    def __repr__(self) -> str:
        """Return the summary."""
        return self.summary()

    def summary(self) -> str:
        """Counts, SDs, autocorrelations and estimates, as text."""
        return summary_of(self)

    def wide(self) -> pd.DataFrame:
        """Estimates of all groups side by side, one row a teacher-year (and grade and school).

        Returns
        -------
        DataFrame
            Columns of ``by``, outcome, teacher, year, grade and school if named, va_<group> of
            student-weighted mean zero; only where the teacher has students and an estimate of
            every group.

        """
        roles = self.roles
        place = [roles.teacher, roles.year, *(n for n in (roles.grade, roles.school) if n)]
        keys = [*self.labels, roles.teacher, roles.year]
        estimates = self.estimates[[*keys, "va"]].rename(columns={"va": "estimate"})
        classes = self.class_means.merge(estimates, on=keys, how="left")
        tables = []
        for values, part in classes.groupby(self.labels[:-1], sort=False, observed=True):
            order = part["group"].drop_duplicates()
            of_groups = {group: part[part["group"] == group] for group in order}
            joined = join_groups(of_groups, place)
            joined = joined[[*place, *(f"va_{group}" for group in order)]]
            tables.append(joined.assign(**dict(zip(self.labels[:-1], values, strict=True))))
        wide = pd.concat(tables, ignore_index=True)
        return wide[[*self.labels[:-1], *(n for n in wide if n not in self.labels)]]

    def forecast(self) -> pd.DataFrame:
        """Regress classes' mean residuals on the estimates, which do not use that year.

        Unbiased forecasts have slope one. Classes weigh by their students, errors are clustered by
        teacher.

        Returns
        -------
        DataFrame
            Columns of ``by``, outcome, group, slope, standard_error, classes, teachers.

        Raises
        ------
        UserError
            For empirical Bayes estimates, which use the very classes, and for a single teacher.

        """
        rows = []
        for values, classes in self.forecast_points().groupby(self.labels, sort=False):
            teacher = pd.factorize(classes[self.roles.teacher])[0]
            if teacher.max() < 1:
                raise UserError("forecast: one teacher alone has estimates and classes.")
            columns = (classes[name].to_numpy() for name in ("mean_residual", "va", "students"))
            slope = clustered_slope(*columns, teacher)
            rows.append((*values, *slope, len(classes), teacher.max() + 1))
        names = [*self.labels, "slope", "standard_error", "classes", "teachers"]
        return pd.DataFrame(rows, columns=names)

    def forecast_points(self) -> pd.DataFrame:
        """Class means beside the teacher's estimate: `class_means` with va, where there is one."""
        if self.settings.choices.estimator == EMPIRICAL_BAYES:
            raise UserError(
                "forecast: empirical Bayes estimates use the very classes that they would "
                "forecast; estimate with estimator='leave_year_out'."
            )
        keys = [*self.labels, self.roles.teacher, self.roles.year]
        joined = self.class_means.merge(self.estimates[[*keys, "va"]], on=keys)
        return joined.dropna(subset=["va"])

    def switching_test(
        self, *, values: pd.Series | None = None, missing: str = "drop"
    ) -> pd.DataFrame:
        """Test for bias by changes of teachers between years (Chetty, Friedman and Rockoff 2014).

        The change of a school-grade's mean residual from one year to the next is regressed on the
        change of its teachers' mean value added, estimated without these two years, with year
        effects. Unbiased estimates have slope one. Cells weigh by the students of both years;
        errors are clustered by school-cohort.

        Parameters
        ----------
        values
            Another variable of the students, in their rows' order and index, in place of the
            residuals: last year's scores, for instance, should not change with teachers (slope 0).
        missing
            Classes whose teacher has no such estimate are left out (``drop``), or count with the
            mean, zero (``mean``).

        Returns
        -------
        DataFrame
            Columns of ``by``, outcome, group, slope, standard_error, cells, cohorts, years.

        Raises
        ------
        UserError
            Without school, grade or quasi estimates, or with too few changes.

        """
        return switching_test(self, values=values, missing=missing)

    def plot_drift(self) -> "Figure":
        """Autocorrelations of mean residuals by lag, one line a group and panel an outcome."""
        from welfare_added.api.plots import drift

        return drift(self)

    def plot_shrinkage(self) -> "Figure":
        """Shrinkage of the estimates by number of years that they use."""
        from welfare_added.api.plots import shrinkage

        return shrinkage(self)

    def plot_forecast(self) -> "Figure":
        """Classes' mean residuals by estimate, in twenty bins, with the slope of `forecast`."""
        from welfare_added.api.plots import forecast

        return forecast(self)
