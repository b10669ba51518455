"""Forecast-bias test: classes' mean residuals on estimates; unbiased estimates have slope one."""

import logging

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
        clusters = pd.factorize(table["teacher_id"])[0]
        if table.empty or clusters.max() < 1:
            log.info("%s, %s: fewer than two teachers, no forecast regression", subject, group)
            continue
        model = sm.WLS(
            table["mean_residual"].to_numpy(),
            sm.add_constant(table[f"va_{group}"].to_numpy()),
            weights=table["students"].to_numpy(),
        )
        fit = model.fit(cov_type="cluster", cov_kwds={"groups": clusters})
        error = float(fit.bse[1])
        rows.append((subject, group, float(fit.params[1]), error, len(table), clusters.max() + 1))
    return pd.DataFrame(rows, columns=COLUMNS)
