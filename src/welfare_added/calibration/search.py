"""The search for the synthetic district's parameters, through the estimator.

Each parameter has one published input that it moves most. A step moves every parameter by what
its own input misses; the steps are repeated until no input is missed by much. First come the
parameters that decide how many people there are, then, with those fixed and so with the same
random draws, all others.
"""

import copy
import logging
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.district.parameters import EffectParameters
from welfare_added.district.synthetic_effects import innovation_covariance
from welfare_added.district.vocabulary import GROUPS, SUBJECTS

# Share that a class's mean standing moves the share of lower-scoring students, per its variance.
SHARE_ON_STANDING = -3.3
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Step:
    """One evaluation of the search: parameters, moments, and how far off the people are."""

    parameters: dict
    found: pd.Series
    people_miss: float


def search(
    start: dict,
    targets: pd.DataFrame,
    evaluate: Callable[[dict], pd.Series],
    *,
    people_steps: int,
    score_steps: int,
    report: Callable[[str], None],
) -> list[Step]:
    """Search from ``start``; the last step is the result.

    Parameters
    ----------
    start
        Nested dictionary of parameters, as in the parameter file.
    targets
        From ``read_targets``.
    evaluate
        Makes a district from parameters, estimates value added and returns the moments.
    people_steps, score_steps
        Number of steps for who is there, and then for scores and value added.
    report
        Takes a line about each step.

    """
    wanted = targets.set_index("quantity")["target"]
    weights = targets.set_index("quantity")["weight"]
    parameters = copy.deepcopy(start)
    steps = []
    for number in range(people_steps + score_steps + 1):
        if number == people_steps > 0:
            # Who is there changes in whole people and redraws all chance: take the nearest step.
            parameters = copy.deepcopy(min(steps, key=lambda step: step.people_miss).parameters)
        # What is written is rounded; a teacher more or less redraws all chance, so try that.
        parameters = tidy(parameters)
        found = evaluate(parameters)
        missed = misses(wanted, found)
        steps.append(Step(copy.deepcopy(parameters), found, _people_miss(missed)))
        worst = missed.abs().nlargest(3)
        report(f"step {number}: " + ", ".join(f"{q} {missed[q]:+.3f}" for q in worst.index))
        if number < people_steps:
            adjust_people(parameters, wanted, found, weights)
        else:
            adjust_scores(parameters, wanted, found, weights)
    return steps


def _people_miss(missed: pd.Series) -> float:
    """Mean absolute miss of what decides who is there, counts of people threefold."""
    kinds = {"counts.": 3.0, "class_size.": 1.0, "teacher_panel.": 1.0}
    weight = sum(missed.index.str.startswith(kind) * factor for kind, factor in kinds.items())
    return float(np.average(missed.abs(), weights=weight))


def misses(wanted: pd.Series, found: pd.Series) -> pd.Series:
    """Relative deviations of the moments found from those wanted."""
    return found.reindex(wanted.index) / wanted - 1


def adjust_people(p: dict, wanted: pd.Series, found: pd.Series, weights: pd.Series) -> None:
    """Move, in place, the parameters that decide who is there and in which classes."""
    teachers, classes, students = p["teachers"], p["classes"], p["students"]
    _adjust_careers(teachers["years_observed"], wanted, found)
    gone = "teacher_panel.share_still_teaching_next_year"
    teachers["gap_probability"] += 1.2 * (found[gone] - wanted[gone])
    same = "teacher_panel.share_in_same_school_if_still_teaching"
    teachers["same_school"] += wanted[same] - found[same]
    years = "counts.teacher_years_with_leave_year_out_va"
    estimated, all_classes = "class_size.bins.classes", "counts.class_years"
    teachers["second_class"] += wanted[estimated] / wanted[years] - found[estimated] / found[years]
    teachers["fragment"] += (wanted[all_classes] - found[all_classes]) / wanted[all_classes]
    _adjust_sizes(classes, wanted, found, weights)
    # Classes of lower-scoring students are smaller: their mean share over classes exceeds a half.
    above = [
        _binned(wanted, found, weights, f"share_of_class_lower_scoring.{s}.bins.")[0]
        for s in SUBJECTS
    ]
    loading = classes["size_on_achievement"] + 4 * float(np.mean(above))
    classes["size_on_achievement"] = min(max(loading, 0.0), 0.95)
    total, distinct = "counts.student_years", "counts.students"
    students["exit"] += 0.9 * (found[total] / wanted[total] - 1)
    repeats = found[total] / found[distinct] - wanted[total] / wanted[distinct]
    students["unlinked"] = min(max(students["unlinked"] + 0.45 * repeats, 0.0), 0.5)


def _adjust_careers(shares: dict[int, float], wanted: pd.Series, found: pd.Series) -> None:
    """Shares of teachers by years seen: by what is seen of those with 50 students or more."""
    name = "teacher_panel.years_observed_per_teacher"
    for years in list(shares):
        quantity = f"{name}.{years:02d}"
        if quantity in wanted.index and found[quantity] > 0:
            shares[years] *= (wanted[quantity] / found[quantity]) ** 0.8
    estimated = "counts.teacher_years_with_leave_year_out_va"
    several = (1 - shares[1]) * (wanted[estimated] / found[estimated]) ** 0.8
    rest = sum(share for years, share in shares.items() if years > 1)
    for years in shares:
        shares[years] = 1 - several if years == 1 else shares[years] / rest * several


def _adjust_sizes(classes: dict, wanted: pd.Series, found: pd.Series, weights: pd.Series) -> None:
    """Class sizes: mean, difference between the grades, and the two spreads within."""
    level, spread = _binned(wanted, found, weights, "class_size.bins.")
    mean = classes["mean_size"]
    middle = (mean["grade_3"] + mean["grade_4_5"]) / 2 + 0.8 * level
    half = (mean["grade_4_5"] - mean["grade_3"]) / 2 * spread**0.5
    mean["grade_3"], mean["grade_4_5"] = middle - half, middle + half
    cell, own = "class_size.sd_within_grade_year", "class_size.sd_within_school_grade_year"
    classes["sd_class"] *= wanted[own] / found[own]
    between = [np.sqrt(s[cell] ** 2 - s[own] ** 2) for s in (wanted, found)]
    classes["sd_cell"] *= (between[0] / between[1]) ** 0.8


def adjust_scores(p: dict, wanted: pd.Series, found: pd.Series, weights: pd.Series) -> None:
    """Move, in place, the parameters of scores and of value added."""
    students, effects = p["students"], p["effects"]
    ratio = wanted / found.reindex(wanted.index)
    cohort = "share_of_class_lower_scoring.sd_within_school_grade_year"
    tracked = []
    for s in SUBJECTS:
        gap = "baseline_gaps.white_and_asian_minus_black_and_hispanic"
        students["persistence"][s] *= ratio[f"baseline_gaps.higher_minus_lower.{s}"]
        students["ethnic_gap"][s] *= ratio[f"{gap}.{s}"]
        between = [np.sqrt(0.25 - values[f"{cohort}.{s}"] ** 2) for values in (wanted, found)]
        students["school_sd"][s] *= (between[0] / between[1]) ** 0.7
        tracked.append(
            _binned(wanted, found, weights, f"share_of_class_lower_scoring.{s}.bins.")[1]
        )
    students["tracking"] = min(students["tracking"] + 1.5 * (np.mean(tracked) - 1), 0.95)
    students["tracking"] = max(students["tracking"], 0.0)
    for s in SUBJECTS:
        _adjust_effects(effects, s, wanted, found, ratio)
    cross = "value_added.cross_subject_cross_group_correlation"
    effects["correlation"]["cross"] *= ratio[cross] ** 0.8
    _retreat(effects)


def _retreat(effects: dict) -> None:
    """Bring a subject's drifts together, and subjects apart, until all can go together."""
    drift = effects["drift"]
    while not _exists(effects):
        effects["correlation"]["cross"] *= 0.999
        for subject in SUBJECTS:
            names = [f"{subject}_{group}" for group in GROUPS]
            middle = np.mean([drift[name] for name in names])
            for name in names:
                drift[name] += 0.05 * (middle - drift[name])


def _exists(effects: dict) -> bool:
    try:
        innovation_covariance(EffectParameters(**effects))
    except ValueError:
        return False
    return True


def _adjust_effects(
    effects: dict, subject: str, wanted: pd.Series, found: pd.Series, ratio: pd.Series
) -> None:
    name = f"value_added.{subject}"
    for group in GROUPS:
        dimension = f"{subject}_{group}"
        effects["sd"][dimension] *= ratio[f"{name}.sd_{group}"]
        persistence = f"value_added.year_to_year_correlation.{dimension}"
        drift = effects["drift"][dimension] + 0.5 * (wanted[persistence] - found[persistence])
        effects["drift"][dimension] = min(drift, 0.999)
    # True correlation and common class shocks move the same moment: the first is assumed.
    effects["class_shock"][subject] *= ratio[f"{name}.correlation"] ** 3
    absolute_sd = (effects["sd"][f"{subject}_lower"] + effects["sd"][f"{subject}_higher"]) / 2
    for key, suffix, per_unit in (
        ("sorting_on_achievement", "on_share_lower", SHARE_ON_STANDING),
        ("sorting_on_size", "per_25_students", 0.8),
    ):
        moves = []
        for advantage in ("absolute", "comparative"):
            quantity = f"status_quo_sorting.{advantage}_advantage_{suffix}.{subject}"
            moves.append(1.2 * (wanted[quantity] - found[quantity]) * absolute_sd / per_unit)
        absolute, comparative = moves
        effects[key][f"{subject}_lower"] += absolute + comparative / 2
        effects[key][f"{subject}_higher"] += absolute - comparative / 2


def _binned(
    wanted: pd.Series, found: pd.Series, weights: pd.Series, prefix: str
) -> tuple[float, float]:
    """Difference in the mean and ratio of the spreads of binned values, wanted over found."""
    names = [q for q in wanted.index if q.startswith(prefix) and weights[q] > 0]
    w = weights[names].to_numpy()
    values = [series[names].to_numpy() for series in (wanted, found)]
    means = [np.average(v, weights=w) for v in values]
    spreads = [
        np.sqrt(np.average((v - m) ** 2, weights=w)) for v, m in zip(values, means, strict=True)
    ]
    return means[0] - means[1], spreads[0] / spreads[1]


def tidy(parameters: dict) -> dict:
    """Round every number of nested dictionaries to six significant digits."""
    return {
        key: tidy(value) if isinstance(value, dict) else float(f"{value:.6g}")
        for key, value in parameters.items()
    }


def step_table(steps: list[Step], targets: pd.DataFrame) -> pd.DataFrame:
    """What every step found: step, quantity, target, found."""
    wanted = targets.set_index("quantity")["target"]
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "step": number,
                    "quantity": wanted.index,
                    "target": wanted.to_numpy(),
                    "found": step.found.reindex(wanted.index).to_numpy(),
                }
            )
            for number, step in enumerate(steps)
        ],
        ignore_index=True,
    )
