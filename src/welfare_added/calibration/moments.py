"""Moments of a district and its estimates that the paper reports before any reallocation."""

import numpy as np
import pandas as pd

from welfare_added.district.vocabulary import GROUPS, SUBJECTS

STUDENTS_PER_SLOPE = 25
SETTLED_STUDENTS = 50


def moments(
    students: pd.DataFrame,
    classes: pd.DataFrame,
    estimates: pd.DataFrame,
    outcomes: pd.DataFrame,
    bins: dict[str, np.ndarray],
) -> pd.Series:
    """All moments of the calibration file, and others that the text reports on the status quo.

    Parameters
    ----------
    students, classes
        The analysis sample.
    estimates
        Value added: subject, teacher_id, year, grade, school_id, va_standard, va_lower, va_higher.
    outcomes
        Later outcomes; if empty, the graduation rate is left out.
    bins
        Number of classes in each published bin: class_size, ela, math. The district's bins hold the
        same shares of its classes.

    Returns
    -------
    Series
        Values by dotted path of the calibration file. Moments that are not identified (no teacher
        with two years, one school) are missing.

    """
    teacher_years = wide_estimates(estimates)
    estimated = estimated_classes(classes, estimates)
    values: dict[str, float] = {}
    values |= _counts(students, classes, teacher_years)
    values |= _value_added(teacher_years)
    values |= _persistence(teacher_years)
    values |= _class_sizes(estimated, bins["class_size"])
    for subject in SUBJECTS:
        values |= _composition(estimated, students, subject, bins[subject])
        values |= _gaps(students, subject)
    values |= _sorting(estimated)
    values |= _sizes_and_composition(estimated, students)
    values |= _panel(classes)
    if len(outcomes):
        values["long_term_outcomes.high_school_graduation_rate"] = _graduation(students, outcomes)
    return pd.Series(values, name="value").rename_axis("quantity")


def wide_estimates(estimates: pd.DataFrame) -> pd.DataFrame:
    """One row a teacher-year with estimates in both subjects, columns such as ``va_lower_ela``."""
    once = estimates.drop_duplicates(["subject", "teacher_id", "year"])
    wide = once.pivot(
        index=["teacher_id", "year"],
        columns="subject",
        values=["va_standard", "va_lower", "va_higher"],
    )
    wide.columns = [f"{name}_{subject}" for name, subject in wide.columns]
    return wide.dropna().reset_index()


def estimated_classes(classes: pd.DataFrame, estimates: pd.DataFrame) -> pd.DataFrame:
    """Classes whose teacher has estimates in the year, with the share of lower-scoring students.

    Absolute advantage is the mean of value added on both groups, comparative advantage the
    difference, lower minus higher; both in SD of absolute advantage.
    """
    keys = ["teacher_id", "year", "grade", "school_id"]
    places = estimates[keys].drop_duplicates()
    joined = classes.merge(places, on=keys).merge(
        wide_estimates(estimates), on=["teacher_id", "year"]
    )
    for subject in SUBJECTS:
        lower, higher = joined[f"va_lower_{subject}"], joined[f"va_higher_{subject}"]
        absolute = (lower + higher) / 2
        joined[f"share_lower_{subject}"] = joined[f"lower_{subject}"] / joined["students"]
        joined[f"absolute_{subject}"] = absolute / absolute.std()
        joined[f"comparative_{subject}"] = (lower - higher) / absolute.std()
    return joined


def equal_bins(number: int) -> dict[str, np.ndarray]:
    """Bins with equal numbers of classes, for `moments`: class_size, ela, math."""
    return dict.fromkeys(("class_size", *SUBJECTS), np.ones(number))


def _counts(students, classes, teacher_years) -> dict[str, float]:
    return {
        "counts.teachers": students["teacher_id"].nunique(),
        "counts.students": students["student_id"].nunique(),
        "counts.student_years": len(students),
        "counts.class_years": len(classes),
        "counts.schools": students["school_id"].nunique(),
        "students.mean_age": students["age"].mean(),
        "counts.teacher_years_with_leave_year_out_va": len(teacher_years),
    }


def _value_added(wide: pd.DataFrame) -> dict[str, float]:
    values = {}
    for subject in SUBJECTS:
        lower, higher = wide[f"va_lower_{subject}"], wide[f"va_higher_{subject}"]
        name = f"value_added.{subject}"
        values[f"{name}.sd_standard"] = wide[f"va_standard_{subject}"].std()
        values[f"{name}.sd_lower"] = lower.std()
        values[f"{name}.sd_higher"] = higher.std()
        values[f"{name}.correlation"] = lower.corr(higher)
        values[f"{name}.slope_higher_on_lower"] = slope(lower, higher)
        gap = (lower - higher).abs().mean()
        advantage = "value_added.mean_abs_comparative_advantage"
        values[f"{advantage}.{subject}"] = gap
        values[f"{advantage}_over_sd_of_standard_va.{subject}"] = (
            gap / wide[f"va_standard_{subject}"].std()
        )
    crossed = [
        wide["va_lower_ela"].corr(wide["va_higher_math"]),
        wide["va_higher_ela"].corr(wide["va_lower_math"]),
    ]
    values["value_added.cross_subject_cross_group_correlation"] = float(np.mean(crossed))
    return values


def _persistence(wide: pd.DataFrame) -> dict[str, float]:
    following = wide.assign(year=wide["year"] - 1)
    pairs = wide.merge(following, on=["teacher_id", "year"], suffixes=("", "_next"))
    values = {
        f"value_added.year_to_year_correlation.{s}_{g}": pairs[f"va_{g}_{s}"].corr(
            pairs[f"va_{g}_{s}_next"]
        )
        for s in SUBJECTS
        for g in GROUPS
    }
    shares = []
    for subject in SUBJECTS:
        positive = wide[f"va_lower_{subject}"] > wide[f"va_higher_{subject}"]
        years = positive.groupby(wide["teacher_id"]).agg(["mean", "size"])
        years = years[years["size"] >= 2]
        shares.append(years["mean"].isin([0, 1]).mean())
    name = "value_added.share_of_teachers_with_same_sign_of_comparative_advantage_in_all_years"
    values[name] = float(np.mean(shares))
    return values


def _class_sizes(classes: pd.DataFrame, counts: np.ndarray) -> dict[str, float]:
    size = classes["class_size"].astype(float)
    means = _bin_means(size.to_numpy(), counts)
    values = {f"class_size.bins.{i:02d}": mean for i, mean in enumerate(means, 1)}
    values["class_size.bins.classes"] = len(classes)
    values |= {"class_size.mean": size.mean(), "class_size.sd": size.std()}
    cell = ["year", "grade"]
    values["class_size.sd_within_grade_year"] = _sd_within(size, classes[cell])
    values["class_size.sd_within_school_grade_year"] = _sd_within(
        size, classes[[*cell, "school_id"]]
    )
    return values


def _composition(classes, students, subject, counts) -> dict[str, float]:
    name = f"share_of_class_lower_scoring.{subject}.bins"
    means = _bin_means(classes[f"share_lower_{subject}"].to_numpy(), counts)
    values = {f"{name}.{i:02d}": mean for i, mean in enumerate(means, 1)}
    values[f"{name}.classes"] = len(classes)
    lower = students[f"lower_{subject}"].astype(float)
    cell = ["year", "grade"]
    for scope, by in (("grade_year", cell), ("school_grade_year", [*cell, "school_id"])):
        path = f"share_of_class_lower_scoring.sd_within_{scope}.{subject}"
        values[path] = _sd_within(lower, students[by])
    return values


def _gaps(students: pd.DataFrame, subject: str) -> dict[str, float]:
    score, lower = students[subject], students[f"lower_{subject}"].astype(bool)
    privileged = students["ethnicity"].isin(["white", "asian"])
    minority = students["ethnicity"].isin(["black", "hispanic"])
    name = "baseline_gaps"
    return {
        f"{name}.higher_minus_lower.{subject}": score[~lower].mean() - score[lower].mean(),
        f"{name}.white_and_asian_minus_black_and_hispanic.{subject}": score[privileged].mean()
        - score[minority].mean(),
    }


def _sorting(classes: pd.DataFrame) -> dict[str, float]:
    values = {}
    for subject in SUBJECTS:
        share = classes[f"share_lower_{subject}"]
        size = classes["class_size"].astype(float)
        mean = (classes[f"va_lower_{subject}"] + classes[f"va_higher_{subject}"]) / 2
        values[f"status_quo_sorting.sd_of_absolute_advantage.{subject}"] = mean.std()
        for advantage in ("absolute", "comparative"):
            y = classes[f"{advantage}_{subject}"]
            name = f"status_quo_sorting.{advantage}_advantage"
            values[f"{name}_on_share_lower.{subject}"] = slope(share, y)
            values[f"{name}_per_25_students.{subject}"] = slope(size, y) * STUDENTS_PER_SLOPE
    return values


def _sizes_and_composition(classes: pd.DataFrame, students: pd.DataFrame) -> dict[str, float]:
    """Correlation of class size with the share lower-scoring, of the class and of its school."""
    size = classes["class_size"].astype(float)
    values = {}
    for subject in SUBJECTS:
        of_school = students.groupby("school_id")[f"lower_{subject}"].mean()
        for name, share in (
            ("class", classes[f"share_lower_{subject}"]),
            ("school", classes["school_id"].map(of_school)),
        ):
            path = f"class_size.correlation_with_share_lower_of_{name}.{subject}"
            values[path] = size.corr(share)
    return values


def _panel(classes: pd.DataFrame) -> dict[str, float]:
    students = classes.groupby("teacher_id")["students"].sum()
    settled = students.index[students >= SETTLED_STUDENTS]
    kept = classes[classes["teacher_id"].isin(settled)].sort_values("students", kind="stable")
    places = kept.drop_duplicates(["teacher_id", "year"], keep="last")
    places = places[["teacher_id", "year", "school_id"]]
    years = places.groupby("teacher_id").size()
    span = classes["year"].max() - classes["year"].min() + 1
    name = "teacher_panel.years_observed_per_teacher"
    values = {f"{name}.{k:02d}": (years == k).mean() for k in range(2, span)}
    values[f"{name}.{span:02d}"] = (years == span).mean()
    later = places.assign(year=places["year"] - 1)
    now = places[places["year"] < places["year"].max()]
    both = now.merge(later, on=["teacher_id", "year"], suffixes=("", "_next"))
    values["teacher_panel.share_still_teaching_next_year"] = _ratio(len(both), len(now))
    same = (both["school_id"] == both["school_id_next"]).sum()
    values["teacher_panel.share_in_same_school_if_still_teaching"] = _ratio(same, len(both))
    return values


def _graduation(students: pd.DataFrame, outcomes: pd.DataFrame) -> float:
    studied = outcomes.merge(students[["student_id"]].drop_duplicates(), on="student_id")
    return studied["graduated_high_school"].astype(float).mean()


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def slope(x: pd.Series, y: pd.Series) -> float:
    """Slope of y on x, (n,) each; missing where x does not vary."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    centred = x - x.mean()
    return _ratio(float((centred * y).sum()), float((centred**2).sum()))


def _sd_within(values: pd.Series, by: pd.DataFrame) -> float:
    """SD within the cells in ``by``."""
    keys = list(by.columns)
    table = by.assign(value=values)
    residual = table["value"] - table.groupby(keys)["value"].transform("mean")
    return float(residual.std())


def bin_labels(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Bin of each value, 1 to B; bins of sorted values hold shares proportional to ``counts``."""
    order = np.argsort(values, kind="stable")
    edges = np.round(np.cumsum(counts) / np.sum(counts) * len(values)).astype(int)
    labels = np.empty(len(values), dtype=int)
    labels[order] = np.searchsorted(edges, np.arange(len(values)), side="right") + 1
    return labels


def _bin_means(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    labels = bin_labels(values, counts)
    total = np.bincount(labels, weights=values, minlength=len(counts) + 1)[1:]
    number = np.bincount(labels, minlength=len(counts) + 1)[1:]
    with np.errstate(invalid="ignore"):
        return total / number
