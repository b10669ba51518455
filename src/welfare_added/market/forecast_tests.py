"""Tests of forecast unbiasedness (Bates et al. 2022, table 1)."""

import numpy as np
import pandas as pd

from welfare_added.market.clustered import Regression, regress
from welfare_added.market.transfers import histories

TAILS = (0.1, 0.9)
CHANGES = {"disadvantaged": "change_share", "size": "change_size"}  # columns 5 and 6
BINS = ("below_10", "10_90", "above_90")


def test_sample(teacher_years: pd.DataFrame, teachers: pd.DataFrame) -> pd.DataFrame:
    """Teacher-years with what the tests of table 1 need.

    Parameters
    ----------
    teacher_years
        From `estimate_two_types`.
    teachers
        See `histories`.

    Returns
    -------
    DataFrame
        The columns of teacher_years; difference (mean_1 - mean_0), forecast_difference
        (mu_1 - mu_0) [student SD]; seen, post_transfer, as in `histories`; change_share and
        change_size, this year's share of type 1 and class size less those of all her students, and
        classes, in earlier years.

    """
    keys = ["teacher_id", "year"]
    history = histories(teachers)[[*keys, "seen", "post_transfer"]]
    rows = teacher_years.sort_values(keys, ignore_index=True).merge(history, on=keys, how="left")
    rows["seen"] = rows["seen"].fillna(False).astype(bool)
    of_teacher = rows["teacher_id"]
    past = {
        name: values.groupby(of_teacher).cumsum() - values
        for name, values in {
            "students": rows["students"],
            "classes": rows["classes"],
            "type_1": rows["students"] * rows["share_1"],
        }.items()
    }
    known = past["students"] > 0
    return rows.assign(
        difference=rows["mean_1"] - rows["mean_0"],
        forecast_difference=rows["mu_1"] - rows["mu_0"],
        change_share=(rows["share_1"] - past["type_1"] / past["students"]).where(known),
        change_size=(rows["class_size"] - past["students"] / past["classes"]).where(known),
    )


test_sample.__test__ = False  # not one of pytest's


def forecast_tests(sample: pd.DataFrame) -> pd.DataFrame:
    """Table 1: realised on forecast value added, by column; errors clustered by teacher.

    Columns 1, 4, 5 and 6: the mean residual of teacher-years with a forecast; 2: the difference
    between the types, of those with students of both; 3: the mean residual of all teacher-years of
    teachers seen in an earlier year, with or without a forecast.

    Parameters
    ----------
    sample
        From `test_sample`.

    Returns
    -------
    DataFrame
        column (1 to 6), row, estimate, standard_error. Rows: va, va_diff, post_transfer,
        va_x_post_transfer, va_<bin>_disadvantaged and va_<bin>_size (bin: below_10, 10_90,
        above_90, percentiles of the change since the years before), constant, mean_dependent,
        clusters, n; p_equal in columns 5 and 6, of the F-test that the three slopes are equal. The
        last four have no standard error.

    """
    known = sample[sample["forecast"].notna()]
    va, post = known["forecast"].to_numpy(), known["post_transfer"].to_numpy(float)
    both = known[known["difference"].notna()]
    seen = sample[sample["seen"]]
    fits = {
        1: _fit(known, "mean_residual", va=va),
        2: _fit(both, "difference", va_diff=both["forecast_difference"].to_numpy()),
        3: _fit(seen, "mean_residual", post_transfer=seen["post_transfer"].to_numpy(float)),
        4: _fit(known, "mean_residual", va=va, post_transfer=post, va_x_post_transfer=va * post),
    }
    rows = [row for column, fit in fits.items() for row in _rows(column, fit)]
    for column, (name, change) in enumerate(CHANGES.items(), start=5):
        bins = tails(known[change].to_numpy())
        slopes = {f"va_{label}_{name}": va * (bins == b) for b, label in enumerate(BINS)}
        fit = _fit(known, "mean_residual", **slopes)
        rows += [*_rows(column, fit), (column, "p_equal", fit.p_equal(list(slopes)), np.nan)]
    return pd.DataFrame(rows, columns=["column", "row", "estimate", "standard_error"])


def tails(change: np.ndarray) -> np.ndarray:
    """Bin of each change: 0 below the 10th percentile, 2 above the 90th, 1 between, (n,)."""
    low, high = np.quantile(change, TAILS)
    return np.where(change < low, 0, np.where(change > high, 2, 1))


def _fit(sample: pd.DataFrame, outcome: str, **regressors: np.ndarray) -> Regression:
    columns = {**regressors, "constant": np.ones(len(sample))}
    return regress(sample[outcome].to_numpy(), columns, sample["teacher_id"].to_numpy())


def _rows(column: int, fit: Regression) -> list[tuple]:
    estimates = zip(fit.names, fit.estimate, fit.standard_error, strict=True)
    rows = [(column, name, float(value), float(error)) for name, value, error in estimates]
    of_fit = {"mean_dependent": fit.mean, "clusters": fit.clusters, "n": fit.n}
    return rows + [(column, name, float(value), np.nan) for name, value in of_fit.items()]
