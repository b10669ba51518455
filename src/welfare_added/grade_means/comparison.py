"""Tables behind figures A11 and A12: student-level against aggregate value added."""

import numpy as np
import pandas as pd

MEASURES = ("va_student", "va_printed", "va_joint")
DECIMALS = 8


def comparison_summary(both: pd.DataFrame) -> pd.DataFrame:
    """Slope of student-level on aggregate value added, and their standard deviations.

    Parameters
    ----------
    both
        From `with_and_without_links`.

    Returns
    -------
    DataFrame
        aggregate (va_printed, va_joint), teachers, slope, error (robust to heteroscedasticity,
        HC1), correlation, sd_student, sd_aggregate.

    """
    rows = []
    y = both["va_student"].to_numpy()
    for name in MEASURES[1:]:
        x = both[name].to_numpy()
        apart, n = x - x.mean(), len(x)
        slope = apart @ y / (apart @ apart)
        rest = y - y.mean() - slope * apart
        error = np.sqrt(n / (n - 2) * (apart**2 @ rest**2)) / (apart @ apart)
        correlation = np.corrcoef(x, y)[0, 1]
        rows.append((name, n, slope, error, correlation, y.std(ddof=1), x.std(ddof=1)))
    columns = ["aggregate", "teachers", "slope", "error", "correlation", "sd_student"]
    return pd.DataFrame(rows, columns=[*columns, "sd_aggregate"]).round(DECIMALS)


def binned_means(both: pd.DataFrame, bins: int) -> pd.DataFrame:
    """Means of both kinds of value added in bins of equally many teachers (figure A11).

    Teachers are ranked by aggregate value added, ties by identifier.

    Returns
    -------
    DataFrame
        aggregate, bin (from 1), mean_aggregate, mean_student, teachers.

    """
    parts = []
    for name in MEASURES[1:]:
        ordered = both.assign(rank=both[name].round(DECIMALS))
        ordered = ordered.sort_values(["rank", "teacher_id"], ignore_index=True)
        number = np.arange(len(ordered)) * bins // len(ordered) + 1
        means = ordered.groupby(number).agg(
            mean_aggregate=(name, "mean"),
            mean_student=("va_student", "mean"),
            teachers=("teacher_id", "size"),
        )
        parts.append(means.rename_axis("bin").reset_index().assign(aggregate=name))
    table = pd.concat(parts, ignore_index=True).round(DECIMALS)
    return table[["aggregate", "bin", "mean_aggregate", "mean_student", "teachers"]]


def histogram(both: pd.DataFrame, width: float, limit: float) -> pd.DataFrame:
    """Distributions of value added (figure A12).

    Parameters
    ----------
    both
        From `with_and_without_links`.
    width, limit
        Bins have this width and reach from -limit to limit; the first and last hold what is
        beyond.

    Returns
    -------
    DataFrame
        measure, left, right [student SD], teachers, share.

    """
    count = 2 * round(limit / width)
    parts = []
    for name in MEASURES:
        place = np.floor(both[name].round(DECIMALS).to_numpy() / width).astype(int) + count // 2
        teachers = np.bincount(np.clip(place, 0, count - 1), minlength=count)
        left = (np.arange(count) - count // 2) * width
        parts.append(
            pd.DataFrame(
                {
                    "measure": name,
                    "left": left,
                    "right": left + width,
                    "teachers": teachers,
                    "share": teachers / len(both),
                }
            )
        )
    return pd.concat(parts, ignore_index=True).round(DECIMALS)
