"""Tests of each teacher's comparative advantage, with control of the rate of false discoveries."""

import numpy as np
import pandas as pd
import scipy.stats

from welfare_added.value_added.group_system import GroupSystem

COLUMNS = [
    *("teacher", "classes", "difference", "standard_error", "z", "p_value", "q_value"),
]


def class_differences(
    system: GroupSystem, classes: pd.DataFrame, own_year: np.ndarray
) -> pd.DataFrame:
    """Difference between the groups' mean residuals in each class, and its variance as noise.

    Parameters
    ----------
    system
        Covariances of both groups' mean residuals.
    classes
        One row a class with both groups: teacher, mean_lower, mean_higher [student SD],
        students_lower, students_higher.
    own_year : (2, 2) array
        From `GroupSystem.own_year`.

    Returns
    -------
    DataFrame
        teacher, difference [student SD], variance [student SD squared]: of students' residuals, and
        of what shocks to one group and not the other add, which is what effects leave of the
        variance of differences between classes. Differences have precision-weighted mean zero.

    """
    parts = [model.components for model in system.models]
    between = [part.total - part.student for part in parts]
    shock = sum(between) - 2 * system.same_class - own_year @ [1, -1] @ [1, -1]
    sampling = sum(
        part.student / classes[f"students_{group}"]
        for part, group in zip(parts, ("lower", "higher"), strict=True)
    )
    variance = sampling + max(float(shock), 0.0)
    difference = classes["mean_lower"] - classes["mean_higher"]
    difference = difference - np.average(difference, weights=1 / variance)
    return pd.DataFrame(
        {"teacher": classes["teacher"], "difference": difference, "variance": variance}
    )


def teacher_tests(differences: pd.DataFrame) -> pd.DataFrame:
    """Test of each teacher against no comparative advantage in any of her years.

    Under this hypothesis the differences of her classes are noise of the given variances.

    Parameters
    ----------
    differences
        From `class_differences`.

    Returns
    -------
    DataFrame
        teacher, classes, difference (precision-weighted mean) and standard_error [student SD], z,
        p_value (two-sided), q_value (Benjamini and Hochberg 1995): the lowest rate of false
        discoveries at which she is discovered. Sorted by teacher.

    """
    precision = 1 / differences["variance"]
    sums = (
        pd.DataFrame(
            {
                "teacher": differences["teacher"],
                "classes": 1,
                "precision": precision,
                "weighted": precision * differences["difference"],
            }
        )
        .groupby("teacher", as_index=False, sort=True)
        .sum()
    )
    table = sums[["teacher", "classes"]].copy()
    table["difference"] = sums["weighted"] / sums["precision"]
    table["standard_error"] = 1 / np.sqrt(sums["precision"])
    table["z"] = table["difference"] / table["standard_error"]
    table["p_value"] = two_sided(table["z"].to_numpy())
    table["q_value"] = false_discovery_rates(table["p_value"].to_numpy())
    return table[COLUMNS]


def two_sided(z: np.ndarray) -> np.ndarray:
    """Two-sided p-values of standard normal statistics."""
    return 2 * scipy.stats.norm.sf(np.abs(z))


def false_discovery_rates(p_values: np.ndarray) -> np.ndarray:
    """Adjusted p-values of Benjamini and Hochberg (1995); missing ones stay missing."""
    rates = np.full(len(p_values), np.nan)
    tested = ~np.isnan(p_values)
    if tested.any():
        rates[tested] = scipy.stats.false_discovery_control(p_values[tested], method="bh")
    return rates
