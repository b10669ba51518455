"""Forecast-bias test: classes' mean residuals on estimates; unbiased estimates have slope one."""

import logging

import numpy as np
import pandas as pd
import statsmodels.api as sm

COLUMNS = ["subject", "group", "slope", "standard_error", "observations", "teachers"]
log = logging.getLogger(__name__)


def forecast(estimates: pd.DataFrame, class_means: pd.DataFrame, *, estimator: str) -> pd.DataFrame:
    """Regress classes' mean residuals on the estimates from the teacher's other years.

    Classes are weighted by their students; standard errors are clustered by teacher.

    Parameters
    ----------
    estimates, class_means
        As in `ValueAdded`.
    estimator
        ``empirical_bayes`` estimates use the very classes they would forecast: none is made.

    Returns
    -------
    DataFrame
        subject, group (standard|lower|higher), slope, standard_error, observations, teachers;
        no rows for ``empirical_bayes``.

    """
    if estimator == "empirical_bayes":
        log.info("empirical Bayes estimates include the year itself: no forecast regression")
        return pd.DataFrame(columns=COLUMNS)
    once = estimates.drop_duplicates(["subject", "teacher_id", "year"])
    rows = []
    for (subject, group), classes in class_means.groupby(["subject", "group"], sort=True):
        own = once[once["subject"] == subject][["teacher_id", "year", f"va_{group}"]]
        table = classes.merge(own, on=["teacher_id", "year"])
        teacher = pd.factorize(table["teacher_id"])[0]
        if table.empty or teacher.max() < 1:
            log.info("%s, %s: fewer than two teachers, no forecast regression", subject, group)
            continue
        columns = (table[name].to_numpy() for name in ("mean_residual", f"va_{group}", "students"))
        slope, error = clustered_slope(*columns, teacher)
        rows.append((subject, group, slope, error, len(table), teacher.max() + 1))
    return pd.DataFrame(rows, columns=COLUMNS)


def clustered_slope(
    outcome: np.ndarray,
    regressor: np.ndarray,
    weights: np.ndarray,
    cluster: np.ndarray,
    others: np.ndarray | None = None,
) -> tuple[float, float]:
    """Slope of an outcome on one regressor and a constant, and its standard error.

    Weighted least squares; errors are clustered by the codes ``cluster``, two or more, with the
    small-sample correction G / (G - 1) (n - 1) / (n - k).
    others: (n, p) further regressors, such as indicators of years but the first.
    """
    columns = [regressor] if others is None else [regressor, *others.T]
    design = sm.add_constant(np.column_stack(columns), has_constant="add")
    model = sm.WLS(outcome, design, weights=weights)
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": cluster})
    return float(fit.params[1]), float(fit.bse[1])
