"""Search for the synthetic district's parameters, by matching estimates to published inputs.

A step adjusts every parameter by the deviation of its own moment, for a given number of steps.
The parameters that decide who is present are adjusted first, as they change the random draws; then,
with those fixed, all others. The moments are means over several worlds of one law, so that
parameters are not fitted to one draw; `searched_on` fits those of a single one.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.calibration.adjustments import adjust_people, adjust_scores, make_feasible
from welfare_added.calibration.evaluate import evaluator


@dataclass(frozen=True)
class Step:
    """One evaluation of the search: parameters, moments, mean deviation of `_people_miss`."""

    parameters: dict
    moments: pd.Series
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
        From `read_targets`.
    evaluate
        From parameters to moments; see `evaluator` and `mean_moments`.
    people_steps, score_steps
        Number of steps for the numbers of people and classes, then for scores and value added.
    report
        Called with a line about each step.

    """
    target = targets.set_index("quantity")["target"]
    weights = targets.set_index("quantity")["weight"]
    parameters = copy.deepcopy(start)
    steps = []
    for number in range(people_steps + score_steps + 1):
        if number == people_steps > 0:
            # Numbers of people are whole and change all random draws: continue from the best step.
            parameters = copy.deepcopy(min(steps, key=lambda step: step.people_miss).parameters)
        # One teacher more or less changes all random draws: evaluate the rounded values written.
        parameters = round_all(parameters)
        moments = evaluate(parameters)
        deviations = misses(target, moments)
        steps.append(Step(copy.deepcopy(parameters), moments, _people_miss(deviations)))
        worst = deviations.abs().nlargest(3)
        report(f"step {number}: " + ", ".join(f"{q} {deviations[q]:+.3f}" for q in worst.index))
        if number < people_steps:
            adjust_people(parameters, target, moments, weights)
        else:
            adjust_scores(parameters, target, moments, weights)
    return steps


def _people_miss(deviations: pd.Series) -> float:
    """Mean absolute deviation of counts (weight 3), class sizes and teachers' careers."""
    kinds = {"counts.": 3.0, "class_size.": 1.0, "teacher_panel.": 1.0}
    weight = sum(deviations.index.str.startswith(kind) * factor for kind, factor in kinds.items())
    return float(np.average(deviations.abs(), weights=weight))


def misses(target: pd.Series, moments: pd.Series) -> pd.Series:
    """Relative deviations of moments from their targets."""
    return moments.reindex(target.index) / target - 1


def searched_on(
    parameters: dict,
    seed: int,
    targets: pd.DataFrame,
    *,
    steps: int = 2,
    **settings,
) -> dict:
    """Parameters with which the district of one ``seed`` meets the published inputs.

    What people and classes there are stays; scores, value added and sorting are adjusted, so that
    one district's slopes are those published and not those of the average district.

    Parameters
    ----------
    parameters
        Nested dictionary, as in the parameter file; drifts and correlations that exclude each
        other are first brought together.
    targets
        From `read_targets`.
    steps
        Number of evaluations and adjustments.
    settings
        years, grades, split, class_size, lower and estimation of `evaluator`.

    """
    target, weights = (targets.set_index("quantity")[name] for name in ("target", "weight"))
    evaluate = evaluator(targets, seed=seed, **settings)
    found = copy.deepcopy(parameters)
    make_feasible(found["effects"])
    for _ in range(steps):
        found = round_all(found)
        adjust_scores(found, target, evaluate(found), weights)
    return round_all(found)


def round_all(parameters: dict) -> dict:
    """Round every real number of nested dictionaries to six significant digits."""
    return {key: _rounded(value) for key, value in parameters.items()}


def _rounded(value):
    if isinstance(value, dict):
        return round_all(value)
    # Whole numbers and words stay.
    return value if isinstance(value, int | str) else float(f"{value:.6g}")


def step_table(steps: list[Step], targets: pd.DataFrame) -> pd.DataFrame:
    """Moments of every step: step, quantity, target, found (the moment)."""
    target = targets.set_index("quantity")["target"]
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "step": number,
                    "quantity": target.index,
                    "target": target.to_numpy(),
                    "found": step.moments.reindex(target.index).to_numpy(),
                }
            )
            for number, step in enumerate(steps)
        ],
        ignore_index=True,
    )
