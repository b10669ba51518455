"""Year-to-year persistence of value added estimates (Eastmond et al. 2024, figure D.6)."""

import logging

import numpy as np
import pandas as pd

COLUMNS = ["subject", "quantity", "group", "lag", "value", "teachers"]
LONGEST_LAG = 6
log = logging.getLogger(__name__)


def persistence(estimates: pd.DataFrame, *, estimator: str) -> pd.DataFrame:
    """Describe the persistence of value added and of comparative advantage.

    Parameters
    ----------
    estimates
        subject, teacher_id, year, va_standard, va_lower, va_higher, ...
    estimator
        ``empirical_bayes`` estimates are the same in all years, so persistence is not described.

    Returns
    -------
    DataFrame
        subject, quantity, group, lag, value, teachers. ``year_to_year_correlation`` by group and
        lag, over pairs of a teacher's years; ``same_sign_all_years``, the share of teachers seen in
        two years or more whose comparative advantage has one sign in all their years;
        ``share_of_years``, the share of those teachers who are better with lower-scoring students
        never, in fewer than half, in half or more, or always (in ``group``). No rows for
        ``empirical_bayes``.

    """
    if estimator == "empirical_bayes":
        log.info("empirical Bayes estimates do not differ by year: persistence is not described")
        return pd.DataFrame(columns=COLUMNS)
    once = estimates.drop_duplicates(["subject", "teacher_id", "year"])
    rows = []
    for subject, table in once.groupby("subject", sort=True):
        for lag in range(1, LONGEST_LAG + 1):
            later = table.assign(year=table["year"] - lag)
            pairs = table.merge(later, on=["teacher_id", "year"], suffixes=("", "_later"))
            teachers = pairs["teacher_id"].nunique()
            if teachers < 3:
                log.info(
                    "%s: fewer than three teachers have estimates %d years apart", subject, lag
                )
                continue
            for group in ("standard", "lower", "higher"):
                value = pairs[f"va_{group}"].corr(pairs[f"va_{group}_later"])
                rows.append((subject, "year_to_year_correlation", group, lag, value, teachers))
        rows += _signs(subject, table)
    return pd.DataFrame(rows, columns=COLUMNS)


def _signs(subject: str, table: pd.DataFrame) -> list[tuple]:
    better = (table["va_lower"] > table["va_higher"]).groupby(table["teacher_id"])
    years = better.agg(["mean", "size"])
    share = years.loc[years["size"] >= 2, "mean"]
    if share.empty:
        return []
    kinds = {
        "never": share == 0,
        "fewer than half": (share > 0) & (share < 0.5),
        "half or more": (share >= 0.5) & (share < 1),
        "always": share == 1,
    }
    constant = (kinds["never"] | kinds["always"]).mean()
    head = (subject, "same_sign_all_years", "all", np.nan, constant, len(share))
    return [head] + [
        (subject, "share_of_years", kind, np.nan, which.mean(), len(share))
        for kind, which in kinds.items()
    ]
