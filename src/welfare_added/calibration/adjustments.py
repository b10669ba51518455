"""Adjustments of the synthetic district's parameters by the deviations of their moments.

Each parameter is paired with the published moment that it moves most, and is adjusted by the
deviation of that moment alone. What no published input pins down is not adjusted:
size_on_achievement, within_school_share, the number of open schools, and what is assumed.
"""

import numpy as np
import pandas as pd

from welfare_added.district.parameters import EffectParameters
from welfare_added.district.synthetic_effects import innovation_covariance
from welfare_added.district.vocabulary import GROUPS, SUBJECTS
from welfare_added.run.errors import UserError

# Slope of a school's mean achievement on its classes' share of lower-scoring students, about.
ACHIEVEMENT_ON_SHARE = -3.3
SHARES = "share_of_class_lower_scoring"


def adjust_people(p: dict, target: pd.Series, moments: pd.Series, weights: pd.Series) -> None:
    """Adjust, in place, the parameters that decide who is present and in which classes."""
    teachers, classes, students = p["teachers"], p["classes"], p["students"]
    _adjust_careers(teachers["years_observed"], target, moments)
    gone = "teacher_panel.share_still_teaching_next_year"
    teachers["gap_probability"] += 1.2 * (moments[gone] - target[gone])
    same = "teacher_panel.share_in_same_school_if_still_teaching"
    teachers["same_school"] += target[same] - moments[same]
    years = "counts.teacher_years_with_leave_year_out_va"
    estimated, all_classes = "class_size.bins.classes", "counts.class_years"
    teachers["second_class"] += (
        target[estimated] / target[years] - moments[estimated] / moments[years]
    )
    teachers["fragment"] += (target[all_classes] - moments[all_classes]) / target[all_classes]
    _adjust_sizes(classes, target, moments, weights)
    total, distinct = "counts.student_years", "counts.students"
    students["exit"] += 0.9 * (moments[total] / target[total] - 1)
    repeats = moments[total] / moments[distinct] - target[total] / target[distinct]
    students["unlinked"] = _between(students["unlinked"] + 0.45 * repeats, 0, 0.5)


def _between(value: float, lowest: float, highest: float) -> float:
    return float(min(max(value, lowest), highest))


def _adjust_careers(shares: dict[int, float], target: pd.Series, moments: pd.Series) -> None:
    """Adjust shares of teachers by years observed; targets: of those with 50 students or more."""
    name = "teacher_panel.years_observed_per_teacher"
    for years in list(shares):
        quantity = f"{name}.{years:02d}"
        if quantity in target.index and moments[quantity] > 0:
            shares[years] *= (target[quantity] / moments[quantity]) ** 0.8
    estimated = "counts.teacher_years_with_leave_year_out_va"
    several = (1 - shares[1]) * (target[estimated] / moments[estimated]) ** 0.8
    rest = sum(share for years, share in shares.items() if years > 1)
    for years in shares:
        shares[years] = 1 - several if years == 1 else shares[years] / rest * several


def _adjust_sizes(classes: dict, target: pd.Series, moments: pd.Series, weights: pd.Series) -> None:
    """Adjust class sizes: means and SDs within grades, the smallest, and the cap's effect."""
    level, spread = _binned(target, moments, weights, "class_size.bins.")
    mean = classes["mean_size"]
    middle = (mean["grade_3"] + mean["grade_4_5"]) / 2 + 0.8 * level
    half = (mean["grade_4_5"] - mean["grade_3"]) / 2 * spread**0.5
    mean["grade_3"], mean["grade_4_5"] = middle - half, middle + half
    cell, own = "class_size.sd_within_grade_year", "class_size.sd_within_school_grade_year"
    classes["sd_class"] *= target[own] / moments[own]
    between = [np.sqrt(s[cell] ** 2 - s[own] ** 2) for s in (target, moments)]
    classes["sd_cell"] *= (between[0] / between[1]) ** 0.8
    smallest = "class_size.bins.01"
    classes["small_by"] *= (moments[smallest] / target[smallest]) ** 0.8
    # Classes of third grades beyond the cap fill the valley between the grades' sizes.
    valley = [f"class_size.bins.{number:02d}" for number in (6, 7, 8)]
    cap = classes["cap"] + 0.25 * float((target[valley] - moments[valley]).mean())
    classes["cap"] = _between(cap, 0, 1)


def adjust_scores(p: dict, target: pd.Series, moments: pd.Series, weights: pd.Series) -> None:
    """Adjust, in place, the parameters of scores and of value added."""
    students, effects = p["students"], p["effects"]
    ratio = target / moments.reindex(target.index)
    cohort = f"{SHARES}.sd_within_school_grade_year"
    for s in SUBJECTS:
        gap = "baseline_gaps.white_and_asian_minus_black_and_hispanic"
        students["persistence"][s] *= ratio[f"baseline_gaps.higher_minus_lower.{s}"]
        students["ethnic_gap"][s] *= ratio[f"{gap}.{s}"]
        between = [np.sqrt(0.25 - values[f"{cohort}.{s}"] ** 2) for values in (target, moments)]
        students["school_sd"][s] *= (between[0] / between[1]) ** 0.7
    _adjust_tracking(students, target, moments, weights)
    for s in SUBJECTS:
        _adjust_effects(effects, s, target, moments, ratio)
    cross = "value_added.cross_subject_cross_group_correlation"
    effects["correlation"]["cross"] *= ratio[cross] ** 0.8
    make_feasible(effects)


def _adjust_tracking(
    students: dict, target: pd.Series, moments: pd.Series, weights: pd.Series
) -> None:
    """Adjust tracking by the spread of the bins, its mix by the subjects', its range by the tail."""
    ela, math = (_binned(target, moments, weights, f"{SHARES}.{s}.bins.")[1] for s in SUBJECTS)
    lowest = [f"{SHARES}.{s}.bins.01" for s in SUBJECTS]
    beyond = float((moments[lowest] / target[lowest] - 1).mean())
    for name, change, highest in (
        ("tracking", 1.5 * ((ela + math) / 2 - 1), 0.95),
        ("tracking_on_ela", 4 * (ela - math), 1),
        ("tracking_range", beyond, 1),
    ):
        students[name] = _between(students[name] + change, 0, highest)


def make_feasible(effects: dict) -> None:
    """Bring drifts together, and the subjects' correlation down, until value added has a process.

    Changes, in place, the section ``effects`` of the parameters.

    Raises
    ------
    UserError
        If there is none at any drifts: a correlation between the groups is not below one.

    """
    drift = effects["drift"]
    highest = max(effects["correlation"][subject] for subject in SUBJECTS)
    if highest >= 1:
        raise UserError(
            f"effects.correlation of {highest:g} between the groups: choose less than 1"
        )
    while not _is_feasible(effects):
        effects["correlation"]["cross"] *= 0.999
        for subject in SUBJECTS:
            names = [f"{subject}_{group}" for group in GROUPS]
            middle = np.mean([drift[name] for name in names])
            for name in names:
                drift[name] += 0.05 * (middle - drift[name])


def _is_feasible(effects: dict) -> bool:
    try:
        innovation_covariance(EffectParameters(**effects))
    except ValueError:
        return False
    return True


def _adjust_effects(
    effects: dict, subject: str, target: pd.Series, moments: pd.Series, ratio: pd.Series
) -> None:
    name = f"value_added.{subject}"
    for group in GROUPS:
        dimension = f"{subject}_{group}"
        effects["sd"][dimension] *= ratio[f"{name}.sd_{group}"]
        persistence = f"value_added.year_to_year_correlation.{dimension}"
        drift = effects["drift"][dimension] + 0.5 * (target[persistence] - moments[persistence])
        effects["drift"][dimension] = min(drift, 0.999)
    # True correlation and common class shocks move the same moment: the former is assumed.
    effects["class_shock"][subject] *= ratio[f"{name}.correlation"] ** 3
    absolute_sd = (effects["sd"][f"{subject}_lower"] + effects["sd"][f"{subject}_higher"]) / 2
    for key, suffix, per_unit in (
        ("sorting_on_achievement", "on_share_lower", ACHIEVEMENT_ON_SHARE),
        ("sorting_on_size", "per_25_students", 0.8),
    ):
        moves = []
        for advantage in ("absolute", "comparative"):
            quantity = f"status_quo_sorting.{advantage}_advantage_{suffix}.{subject}"
            moves.append(1.2 * (target[quantity] - moments[quantity]) * absolute_sd / per_unit)
        absolute, comparative = moves
        effects[key][f"{subject}_lower"] += absolute + comparative / 2
        effects[key][f"{subject}_higher"] += absolute - comparative / 2


def _binned(
    target: pd.Series, moments: pd.Series, weights: pd.Series, prefix: str
) -> tuple[float, float]:
    """Difference in means and ratio of SDs of binned values, target against moment."""
    names = [q for q in target.index if q.startswith(prefix) and weights[q] > 0]
    w = weights[names].to_numpy()
    values = [series[names].to_numpy() for series in (target, moments)]
    means = [np.average(v, weights=w) for v in values]
    spreads = [
        np.sqrt(np.average((v - m) ** 2, weights=w)) for v, m in zip(values, means, strict=True)
    ]
    return means[0] - means[1], spreads[0] / spreads[1]
