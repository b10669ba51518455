"""Estimates of effects on each group, and of their difference, beside the true ones."""

import numpy as np
import pandas as pd

from welfare_added.value_added.forecast import clustered_slope
from welfare_added.value_added.significant import significant_table

COLUMNS = [
    *("subject", "predictor", "effect", "slope", "slope_standard_error", "correlation"),
    *("mean_absolute", "mean_squared_error", "true_variance", "coverage", "teacher_years"),
]
KEYS = ["subject", "teacher_id", "year"]


def accuracy(estimates: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Describe how estimates relate to true effects, one teacher-year one observation.

    Parameters
    ----------
    estimates
        From `compare_predictors`.
    truth
        subject, teacher_id, year, true_lower, true_higher [student SD].

    Returns
    -------
    DataFrame
        subject, predictor, effect (lower, higher, difference), slope of the true effect on the
        estimate and its standard error (clustered by teacher), correlation, mean_absolute estimate
        [student SD], mean_squared_error and true_variance [student SD squared], both around the
        means; coverage of 95% intervals, estimate +- 1.96 standard errors; teacher_years.

    """
    once = estimates.drop_duplicates([*KEYS, "predictor"])
    table = once.merge(truth, on=KEYS, validate="many_to_one")
    table["va_difference"] = table["va_lower"] - table["va_higher"]
    table["true_difference"] = table["true_lower"] - table["true_higher"]
    rows = []
    for (subject, predictor), own in table.groupby(["subject", "predictor"], sort=False):
        teacher = pd.factorize(own["teacher_id"])[0]
        for effect in ("lower", "higher", "difference"):
            columns = (own[f"{name}_{effect}"].to_numpy() for name in ("va", "true", "se"))
            rows.append((subject, predictor, effect, *_compared(*columns, teacher), len(own)))
    return significant_table(pd.DataFrame(rows, columns=COLUMNS))


def _compared(
    estimate: np.ndarray, true: np.ndarray, error: np.ndarray, teacher: np.ndarray
) -> tuple[float, ...]:
    slope = clustered_slope(true, estimate, np.ones(len(true)), teacher)
    correlation = float(np.corrcoef(estimate, true)[0, 1])
    off = (estimate - estimate.mean()) - (true - true.mean())
    known = ~np.isnan(error)
    covered = float((np.abs(off[known]) <= 1.96 * error[known]).mean()) if known.any() else np.nan
    spread = (float(np.abs(estimate).mean()), float((off**2).mean()), float(true.var()))
    return (*slope, correlation, *spread, covered)
