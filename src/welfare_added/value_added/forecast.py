"""Do estimates forecast what classes achieve? A slope of one says they do, without bias."""

import pandas as pd
import statsmodels.api as sm

COLUMNS = ["subject", "group", "slope", "standard_error", "observations", "teachers"]


def forecast(estimates: pd.DataFrame, class_means: pd.DataFrame) -> pd.DataFrame:
    """Regress classes' mean residuals on the estimates made from the teacher's other years.

    Classes are weighted by their students; standard errors are clustered by teacher.

    Parameters
    ----------
    estimates, class_means
        As in ``ValueAdded``.

    Returns
    -------
    DataFrame
        subject, group (standard|lower|higher), slope, standard_error, observations, teachers.

    """
    once = estimates.drop_duplicates(["subject", "teacher_id", "year"])
    rows = []
    for (subject, group), classes in class_means.groupby(["subject", "group"], sort=True):
        known = once[once["subject"] == subject][["teacher_id", "year", f"va_{group}"]]
        table = classes.merge(known, on=["teacher_id", "year"])
        clusters = pd.factorize(table["teacher_id"])[0]
        if table.empty or clusters.max() < 1:
            continue
        model = sm.WLS(
            table["mean_residual"].to_numpy(),
            sm.add_constant(table[f"va_{group}"].to_numpy()),
            weights=table["students"].to_numpy(),
        )
        found = model.fit(cov_type="cluster", cov_kwds={"groups": clusters})
        error = float(found.bse[1])
        rows.append((subject, group, float(found.params[1]), error, len(table), clusters.max() + 1))
    return pd.DataFrame(rows, columns=COLUMNS)
