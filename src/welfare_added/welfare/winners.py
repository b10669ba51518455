"""Who wins and who loses, in a plan (figure A.4) and in the status quo (section 4.3.2)."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from welfare_added.welfare.classrooms import Classrooms, score_by_type, subject_weights
from welfare_added.welfare.reallocations import Reallocation

TOLERANCE = 1e-12
TYPES = 4


def winners_and_losers(
    teachers: np.ndarray, classrooms: Classrooms, score: np.ndarray
) -> dict[str, float]:
    """Shares of students harmed and helped by one allocation, and by how much.

    Parameters
    ----------
    teachers : (slots,) int array
        Slot of the teacher who takes the class.
    classrooms : Classrooms
    score : (slots, 2, 2) array
        Effect of the slot's own teacher on the score, from `score_by_type`.

    Returns
    -------
    dict
        share_harmed, mean_loss (positive, among the harmed), share_helped, mean_win (among the
        helped) [student SD], share_moved (of teachers who get another's class). A mean over nobody
        is missing.

    """
    change, students = score[teachers] - score, classrooms.students
    harmed = np.where(change < -TOLERANCE, students, 0.0)
    helped = np.where(change > TOLERANCE, students, 0.0)
    return {
        "share_harmed": harmed.sum() / students.sum(),
        "mean_loss": -_mean(change, harmed),
        "share_helped": helped.sum() / students.sum(),
        "mean_win": _mean(change, helped),
        "share_moved": float(np.mean(classrooms.teachers[teachers] != classrooms.teachers)),
    }


def _mean(values: np.ndarray, students: np.ndarray) -> float:
    total = students.sum()
    return float((values * students).sum() / total) if total else float("nan")


def winners_table(
    reallocations: Iterable[Reallocation], classrooms: Classrooms, weight_ela: float
) -> pd.DataFrame:
    """Winners and losers of every reallocation at every weight; columns as in ``winners.csv``."""
    rows = []
    for reallocation in reallocations:
        score = score_by_type(classrooms.effects, subject_weights(reallocation.subject, weight_ela))
        for weight, teachers in zip(reallocation.weights, reallocation.teachers, strict=True):
            found = winners_and_losers(teachers, classrooms, score)
            rows.append({**reallocation.labels, "weight": weight, **found})
    return pd.DataFrame(rows)


def status_quo_losses(classrooms: Classrooms, weights: np.ndarray) -> dict[str, float]:
    """How unequal teachers are among whom a student is placed in the status quo.

    Each student's own teacher is compared, by the effect on the student's group, with all
    teachers of the same school, grade and year, each of whom the student could have had.

    Returns
    -------
    dict
        share_below_median: share of students whose teacher is below the median of those teachers;
        mean_loss: the mean of those teachers minus the own teacher, averaged over these
        students; share_below_mean and mean_loss_below_mean: the same against the mean;
        share_without_choice: students of schools with one teacher of the grade that year.

    """
    score = score_by_type(classrooms.effects, weights).reshape(-1, TYPES)
    place = classrooms.slots.groupby(["year", "grade", "school_id"], sort=True).ngroup()
    median, mean, size = _of_teachers(score, place, classrooms.slots["teacher_id"])
    students = classrooms.students.reshape(-1, TYPES)
    below_median = np.where(score < median - TOLERANCE, students, 0.0)
    below_mean = np.where(score < mean - TOLERANCE, students, 0.0)
    total = students.sum()
    return {
        "share_below_median": below_median.sum() / total,
        "mean_loss": _mean(mean - score, below_median),
        "share_below_mean": below_mean.sum() / total,
        "mean_loss_below_mean": _mean(mean - score, below_mean),
        "share_without_choice": students[size == 1].sum() / total,
    }


def _of_teachers(
    score: np.ndarray, place: pd.Series, teacher: pd.Series
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Median and mean over a place's teachers (slots, types), and how many there are (slots,)."""
    each = pd.DataFrame(score).assign(place=place.to_numpy(), teacher=teacher.to_numpy())
    each = each.drop_duplicates(["place", "teacher"]).drop(columns="teacher")
    grouped = each.groupby("place", sort=True)
    at = place.to_numpy()
    return (
        grouped.median().to_numpy()[at],
        grouped.mean().to_numpy()[at],
        grouped.size().to_numpy()[at],
    )


def status_quo_table(classrooms: Classrooms, weight_ela: float) -> pd.DataFrame:
    """Status-quo losses of ELA, math and both; columns subject, quantity, value."""
    rows = [
        {"subject": subject, "quantity": quantity, "value": value}
        for subject in ("ela", "math", "both")
        for quantity, value in status_quo_losses(
            classrooms, subject_weights(subject, weight_ela)
        ).items()
    ]
    return pd.DataFrame(rows)
