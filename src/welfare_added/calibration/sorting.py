"""Sorting of teachers to classes before any reallocation (figures 3 and A.2)."""

import numpy as np
import pandas as pd

from welfare_added.calibration.moments import (
    STUDENTS_PER_SLOPE,
    bin_labels,
    estimated_classes,
    slope,
)
from welfare_added.district.vocabulary import SUBJECTS

ADVANTAGES = ("absolute", "comparative")
COUNTS = ["classes", "teachers", "schools"]
COLUMNS = ["subject", "advantage", "against", "bin", "x", "y", *COUNTS, "slope", "slope_error"]


def sorting_bins(
    classes: pd.DataFrame, estimates: pd.DataFrame, bins: dict[str, np.ndarray]
) -> pd.DataFrame:
    """Bin means of advantages by class composition and class size (figures 3 and A.2).

    Parameters
    ----------
    classes
        Of the analysis sample.
    estimates
        Value added, as in `moments`.
    bins
        Number of classes in each published bin, as in `moments`.

    Returns
    -------
    DataFrame
        subject, advantage (absolute|comparative), against (share_lower|class_size), bin, x, y
        [SD of absolute advantage], classes, teachers, schools, slope [y per unit of share, or per
        25 students] and slope_error (`slope_error`, in the unit of the slope).

    """
    estimated = estimated_classes(classes, estimates)
    size = estimated["class_size"].astype(float)
    parts = []
    for subject in SUBJECTS:
        share = estimated[f"share_lower_{subject}"]
        for against, x, unit, counts in (
            ("share_lower", share, 1, bins[subject]),
            ("class_size", size, STUDENTS_PER_SLOPE, bins["class_size"]),
        ):
            for advantage in ADVANTAGES:
                y = estimated[f"{advantage}_{subject}"]
                part = _bins(estimated, x, y, counts)
                part["slope"] = slope(x, y) * unit
                part["slope_error"] = slope_error(x, y, estimated["teacher_id"]) * unit
                parts.append(part.assign(subject=subject, advantage=advantage, against=against))
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _bins(classes: pd.DataFrame, x: pd.Series, y: pd.Series, counts: np.ndarray) -> pd.DataFrame:
    """Means of x and y, and counts, by bin of x."""
    label = bin_labels(x.to_numpy(float), counts)
    table = classes[["teacher_id", "school_id"]].assign(bin=label, x=x, y=y).groupby("bin")
    return (
        table[["x", "y"]]
        .mean()
        .assign(
            classes=table.size(),
            teachers=table["teacher_id"].nunique(),
            schools=table["school_id"].nunique(),
        )
        .reset_index()
    )


def slope_error(x: pd.Series, y: pd.Series, teachers: pd.Series) -> float:
    """Standard error of the slope of y on x and a constant, clustered by teacher.

    A teacher's classes share an estimate, so that their errors are not independent. Sum over
    teachers of the squared sum of (x - mean x) times the residual, over the square of the sum of
    (x - mean x)^2, times G / (G - 1) (n - 1) / (n - 2) for n classes of G teachers. Value added is
    taken as given: that it is itself estimated is not in the error.

    Parameters
    ----------
    x, y, teachers
        One entry a class, (n,) each.

    Returns
    -------
    float
        In the unit of the slope; missing with fewer than two teachers or three classes, or where
        x does not vary.

    """
    clusters, number = teachers.nunique(), len(x)
    across, up = (np.asarray(values, float) - np.mean(values) for values in (x, y))
    spread = (across**2).sum()
    if clusters < 2 or number < 3 or spread == 0:
        return float("nan")
    scores = across * (up - slope(x, y) * across)
    by_teacher = np.bincount(pd.factorize(teachers)[0], weights=scores)
    correction = clusters / (clusters - 1) * (number - 1) / (number - 2)
    return float(np.sqrt(correction * (by_teacher**2).sum()) / spread)
