"""Dismissing teachers of lowest standard value added, and who goes wrongly (section 6)."""

import numpy as np
import pandas as pd

from welfare_added.welfare.classrooms import (
    HIGHER,
    LOWER,
    Classrooms,
    by_group,
    subject_weights,
)
from welfare_added.welfare.ranking import welfare_added
from welfare_added.welfare.reallocations import utilitarian_position


def lowest(score: np.ndarray, slots: pd.DataFrame, share: float) -> np.ndarray:
    """Mark the slots of each year's lowest teachers.

    Parameters
    ----------
    score : (slots,) array
        What teachers are ranked by; a teacher of several classes in a year has the mean of theirs.
    slots : DataFrame
        With year and teacher_id.
    share : float
        Of a year's teachers, rounded to the nearest number of teachers, half up.

    Returns
    -------
    (slots,) bool array
        Of equal teachers the first by id is taken first.

    """
    teachers = slots[["year", "teacher_id"]].assign(score=score)
    each = teachers.groupby(["year", "teacher_id"], sort=True)["score"].mean().reset_index()
    each = each.sort_values(["year", "score", "teacher_id"], kind="stable")
    within = each.groupby("year", sort=True)
    limit = np.floor(share * within["score"].transform("size") + 0.5)
    each["lowest"] = within.cumcount() < limit
    found = teachers.merge(each, on=["year", "teacher_id"], how="left", validate="many_to_one")
    return found["lowest"].to_numpy(dtype=bool)


def replacement_gains(
    classrooms: Classrooms, dismissed: np.ndarray, replacement: np.ndarray
) -> np.ndarray:
    """Mean gain by subject and group, (2, 2), when the dismissed give way to ``replacement``.

    Parameters
    ----------
    classrooms : Classrooms
    dismissed : (slots,) bool array
    replacement : (slots, 2, 2) array
        Effects of the new teacher [student SD].

    """
    change = np.where(dismissed[:, None, None], replacement - classrooms.effects, 0.0)
    ela = np.einsum("crab,ca->rab", classrooms.counts, change[:, 0])
    math = np.einsum("crab,cb->rab", classrooms.counts, change[:, 1])
    return by_group(np.stack([ela, math])) / classrooms.group_sizes


def cell_means(classrooms: Classrooms) -> np.ndarray:
    """Mean effects over the teachers of each slot's year and grade, (slots, 2, 2)."""
    flat = pd.DataFrame(classrooms.effects.reshape(len(classrooms.effects), -1))
    means = flat.groupby(classrooms.slots["cell"].to_numpy(), sort=True).transform("mean")
    return means.to_numpy().reshape(classrooms.effects.shape)


def deselection_table(
    classrooms: Classrooms,
    frontiers: pd.DataFrame,
    shares: np.ndarray,
    weight: float,
    weight_ela: float,
    deselected_share: float,
) -> pd.DataFrame:
    """Gains from deselection and its mistakes; columns subject, quantity, value.

    Quantities: deselected_per_year; gain_lower, gain_higher, gain_mean when the average teacher
    (value added zero) takes the place, gain_mean being the mean of the two groups as in
    ``frontiers.csv``; gain_per_student, the mean over students; gain_mean_cell, with the mean
    teacher of the year and grade in the place; share_wrongly_dismissed, of those dismissed, who
    are not among the lowest by `welfare_added.welfare.ranking.welfare_added`; ratio_district and
    ratio_school, the utilitarian plan's gain over that of deselection. Gains [student SD].

    Parameters
    ----------
    classrooms : Classrooms
    frontiers : DataFrame
        ``frontiers.csv``.
    shares : (2, 2) array
        Representative class.
    weight : float
        Social weight on lower-scoring students when teachers are ranked by welfare.
    weight_ela : float
        Weight of ELA where both subjects count.
    deselected_share : float
        Share of a year's teachers who are dismissed.

    """
    by_welfare = welfare_added(classrooms.effects, shares, weight)
    rows = []
    for subject in ("ela", "math", "both"):
        weights = subject_weights(subject, weight_ela)
        dismissed = lowest(
            (classrooms.standard * weights).sum(axis=1), classrooms.slots, deselected_share
        )
        deserved = lowest((by_welfare * weights).sum(axis=1), classrooms.slots, deselected_share)
        values = _gains(classrooms, dismissed, weights)
        values["deselected_per_year"] = _teachers(classrooms, dismissed) / classrooms.years
        wrong = _teachers(classrooms, dismissed & ~deserved)
        values["share_wrongly_dismissed"] = _ratio(wrong, _teachers(classrooms, dismissed))
        for scope in ("district", "school"):
            gain = _utilitarian_gain(frontiers, subject, scope)
            values[f"ratio_{scope}"] = _ratio(gain, values["gain_mean"])
        rows += [{"subject": subject, "quantity": name, "value": values[name]} for name in values]
    return pd.DataFrame(rows)


def _gains(classrooms: Classrooms, dismissed: np.ndarray, weights: np.ndarray) -> dict[str, float]:
    zero = replacement_gains(classrooms, dismissed, np.zeros_like(classrooms.effects))
    by_cell = replacement_gains(classrooms, dismissed, cell_means(classrooms))
    cell, groups = ((weights[:, None] * gains).sum(axis=0) for gains in (by_cell, zero))
    everyone = (zero * classrooms.group_sizes).sum(axis=1) / classrooms.counts.sum()
    return {
        "gain_lower": groups[LOWER],
        "gain_higher": groups[HIGHER],
        "gain_mean": groups.mean(),
        "gain_per_student": (weights * everyone).sum(),
        "gain_mean_cell": cell.mean(),
    }


def _teachers(classrooms: Classrooms, chosen: np.ndarray) -> int:
    return len(classrooms.slots.loc[chosen, ["year", "teacher_id"]].drop_duplicates())


def _ratio(above: float, below: float) -> float:
    return above / below if below else float("nan")


def _utilitarian_gain(frontiers: pd.DataFrame, subject: str, scope: str) -> float:
    rows = frontiers[
        (frontiers["subject"] == subject)
        & (frontiers["scope"] == scope)
        & (frontiers["information"] == "heterogeneous")
    ]
    return rows["gain_mean"].iloc[utilitarian_position(rows["weight"].to_numpy())]
