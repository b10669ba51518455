"""What an allocation gives to students and teachers."""

import numpy as np

from welfare_added.market.simulate import Run

MEASURES = ("achievement", "achievement_0", "achievement_1", "utility_minutes")


def measures(run: Run, partner: np.ndarray) -> dict[str, float]:
    """Mean value added per student, of all and by type [student SD], and mean utility [minutes].

    partner: (J,) position of each teacher, -1 if none. Sums of value added over the students of
    all positions kept, or of those with a teacher (`Choices.denominator`); utility, errors
    included, over teachers with a position, at estimated preferences
    (Bates et al. 2022, section 7.3.2).
    """
    matched = np.flatnonzero(partner >= 0)
    market, held = run.market, partner[partner >= 0]
    added = market.mu[matched] * market.students[held]
    if market.match_effect is not None:
        added = added + market.match_effect[matched, held][:, None] * market.students[held]
    whose = held if run.choices.denominator == "matched" else slice(None)
    students = market.students[whose].sum(axis=0)
    by_type = added.sum(axis=0) / np.where(students > 0, students, np.nan)
    minutes = run.teachers[matched, held].mean() / market.gamma
    return dict(
        zip(MEASURES, (added.sum() / students.sum(), *by_type, float(minutes)), strict=True)
    )


def random_measures(run: Run) -> dict[str, float]:
    """The same where every teacher is as likely to get any position: closed form."""
    market, count = run.market, len(run.positions)
    if market.match_effect is None:
        added = market.mu.mean(axis=0) * market.students.sum(axis=0)
    else:
        effect = market.mu[:, None] + market.match_effect[..., None]
        added = (effect * market.students).sum(axis=(0, 1)) / count
    students = market.students.sum(axis=0)
    by_type = added / np.where(students > 0, students, np.nan)
    minutes = float(run.teachers.mean() / market.gamma)
    return dict(zip(MEASURES, (added.sum() / students.sum(), *by_type, minutes), strict=True))
