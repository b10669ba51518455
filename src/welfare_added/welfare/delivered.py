"""Gains that estimates claim for their own plans beside gains that the plans deliver in truth.

A plan picks teachers whose estimates are high for its classes. Part of what makes them high is
error, which does not move with the teacher; only a synthetic district can tell how much.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from welfare_added.allocation.frontier import group_gain
from welfare_added.allocation.objectives import group_objective
from welfare_added.allocation.plans import solve_plan
from welfare_added.allocation.slots import build_slots
from welfare_added.district.vocabulary import ESTIMATES, GROUPS, PLACE, SCOPES, SUBJECTS
from welfare_added.run.errors import UserError

TRUTH, STANDARD = "truth", "standard"
KEYS = ["subject", "scope", "plan", "scored_by"]
COLUMNS = [*KEYS, "weight", "gain_lower", "gain_higher", "gain_mean"]
AT = ["teacher_id", "year"]


@dataclass(frozen=True)
class Solving:
    """How plans are made: see `solve_plan` and config.yaml, allocation."""

    solver: str = "network"
    tolerance: float = 1e-9
    ends: str = "efficient"


def slots_by_predictor(
    classes: pd.DataFrame, estimates: Mapping[str, pd.DataFrame], truth: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """The same slots with the estimates of every predictor, and with the truth.

    Parameters
    ----------
    classes
        See `build_slots`.
    estimates
        By predictor: subject, `PLACE`, va_standard, va_lower, va_higher, rounded as they are kept.
        A class whose teacher has no estimate of one predictor is left out of all.
    truth
        subject, teacher_id, year, true_lower, true_higher [student SD].

    Returns
    -------
    dict
        Slots by predictor, and by ``truth``: va_lower_<subject> and va_higher_<subject> are true
        effects there, and va_standard_<subject> is missing, as there is no true one.

    Raises
    ------
    UserError
        If a slot's teacher has no true effect, or no class has all estimates.

    """
    keys = ["subject", *PLACE]
    places = None
    for table in estimates.values():
        own = table[keys]
        places = own if places is None else places.merge(own, on=keys)
    slots = {
        name: build_slots(classes, table.merge(places, on=keys))
        for name, table in estimates.items()
    }
    return {**slots, TRUTH: with_truth(next(iter(slots.values())), truth)}


def with_truth(slots: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Slots with true effects in place of estimates; arguments as in `slots_by_predictor`."""
    estimated = [f"{name}_{subject}" for name in ESTIMATES for subject in SUBJECTS]
    table = slots.drop(columns=estimated)
    for subject in SUBJECTS:
        names = {f"true_{group}": f"va_{group}_{subject}" for group in GROUPS}
        true = truth.loc[truth["subject"] == subject, [*AT, *names]].rename(columns=names)
        table = table.merge(true, on=AT, how="left", validate="many_to_one")
        missing = int(table[list(names.values())].isna().any(axis=1).sum())
        if missing:
            raise UserError(
                f"truth: true_lower or true_higher in {subject} is missing for the teachers of "
                f"{missing} of {len(table)} classes. The truth must come from the same synthetic "
                "district as the classes"
            )
        table[f"va_standard_{subject}"] = np.nan
    return table


def plans_by_predictor(
    slots: Mapping[str, pd.DataFrame],
    weights: np.ndarray,
    *,
    subjects: Sequence[str] = SUBJECTS,
    scopes: Sequence[str] = SCOPES,
    solving: Solving = Solving(),
) -> dict[tuple[str, str, str], np.ndarray]:
    """Plans by each predictor's estimates by group, by standard ones, and by the truth.

    Parameters
    ----------
    slots
        From `slots_by_predictor`.
    weights
        (W,) social weights on lower-scoring students.
    subjects, scopes
        Subjects and scopes planned.
    solving
        See `Solving`.

    Returns
    -------
    dict
        By subject, scope and plan (a predictor, ``standard`` or ``truth``): (W, N) slot of the
        teacher who takes each class.

    """
    first = next(iter(slots))
    planners = {**{name: (name, "heterogeneous") for name in slots}, STANDARD: (first, STANDARD)}
    plans = {}
    for subject, scope in product(subjects, scopes):
        for plan, (name, information) in planners.items():
            table = slots[name]
            objective = group_objective(
                table, {subject: 1.0}, information, np.asarray(weights, float), solving.ends
            )
            solved, _ = solve_plan(table, objective, scope, solving.solver, solving.tolerance)
            plans[subject, scope, plan] = solved.drop(columns="slot").to_numpy().T
    return plans


def delivered_gains(
    slots: Mapping[str, pd.DataFrame],
    plans: Mapping[tuple[str, str, str], np.ndarray],
    weights: np.ndarray,
) -> pd.DataFrame:
    """Mean gains of plans by several estimates and in truth.

    Parameters
    ----------
    slots
        From `slots_by_predictor`.
    plans
        From `plans_by_predictor`, or plans of the same slots made otherwise.
    weights
        (W,) social weights of the plans.

    Returns
    -------
    DataFrame
        subject, scope, plan, scored_by (a predictor or ``truth``), weight, gain_lower, gain_higher,
        gain_mean [student SD]. A plan claims its gain scored by its own predictor, and delivers
        that scored by ``truth``.

    """
    tables = []
    for (subject, scope, plan), choices in plans.items():
        for name, table in slots.items():
            gains = {f"gain_{g}": group_gain(table, choices, subject, g) for g in GROUPS}
            labels = dict(zip(KEYS, (subject, scope, plan, name), strict=True))
            rows = pd.DataFrame({**labels, "weight": weights, **gains})
            tables.append(rows.assign(gain_mean=(rows["gain_lower"] + rows["gain_higher"]) / 2))
    return pd.concat(tables, ignore_index=True)[COLUMNS]


def delivered(
    classes: pd.DataFrame,
    estimates: Mapping[str, pd.DataFrame],
    truth: pd.DataFrame,
    weights: np.ndarray | Iterable[float],
    **choices: object,
) -> pd.DataFrame:
    """Table of `delivered_gains` from estimates and truth alone.

    Arguments as in `slots_by_predictor` and `plans_by_predictor`.
    """
    weights = np.asarray(list(weights), dtype=float)
    slots = slots_by_predictor(classes, estimates, truth)
    return delivered_gains(slots, plans_by_predictor(slots, weights, **choices), weights)
