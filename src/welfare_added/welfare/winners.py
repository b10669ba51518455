"""Students who win and lose by a plan (figure A.4), and in the status quo (section 4.3.2)."""

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
    """Shares of students harmed and helped by one allocation, and their mean loss and win.

    Parameters
    ----------
    teachers : (slots,) int array
        Slot of the teacher who takes each class.
    classrooms : Classrooms
    score : (slots, 2, 2) array
        Effect of the slot's own teacher on the score, from `score_by_type`.

    Returns
    -------
    dict
        share_harmed, mean_loss (positive, among the harmed), share_helped, mean_win (among the
        helped) [student SD], share_moved (of classes that get another teacher). A mean is NaN where
        nobody is harmed or helped.

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
            values = winners_and_losers(teachers, classrooms, score)
            rows.append({**reallocation.labels, "weight": weight, **values})
    return pd.DataFrame(rows)


def status_quo_losses(classrooms: Classrooms, weights: np.ndarray) -> dict[str, float]:
    """Losses of students whose teacher is worse for them than others in the same school and grade.

    Each student's teacher is compared, by the effect on the student's group, with all teachers of
    the same school, grade and year.

    Returns
    -------
    dict
        share_below_median: share of students whose teacher is below the median of those teachers;
        mean_loss: mean over these students of the teachers' mean minus the own teacher [student
        SD]; share_below_mean and mean_loss_below_mean: the same for students below the mean;
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
    """Median and mean over a place's teachers, (slots, types), and their number, (slots,)."""
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
