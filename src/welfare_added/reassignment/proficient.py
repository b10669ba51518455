"""Number of students of a position who are proficient with each candidate (section 6.1)."""

from dataclasses import dataclass, field

import numpy as np

from welfare_added.reassignment.proficient_loops import count_proficient
from welfare_added.reassignment.scores import Teachers


@dataclass(frozen=True)
class Students:
    """Students of all positions, by position; N rows, one a student and subject.

    Attributes
    ----------
    first
        (n + 1,) first row of each position, and N last.
    minority, male, previous
        (N,) traits, and last year's score.

    """

    first: np.ndarray = field(repr=False)
    minority: np.ndarray = field(repr=False)
    male: np.ndarray = field(repr=False)
    previous: np.ndarray = field(repr=False)


def proficient(
    students: Students, teachers: Teachers, eta: np.ndarray, need: np.ndarray, sd: float = 0.0
) -> np.ndarray:
    """Students proficient in each position with each candidate, (m, n).

    Parameters
    ----------
    students, teachers, eta
        As of `total_scores`, by student.
    need
        (N,) the cut less the part of the score that does not depend on the teacher: with each
        student's own error in it, counts are realised.
    sd
        SD of the errors, where ``need`` is without them: counts are expected. 0: realised.

    """
    return count_proficient(
        students.first.astype(np.int64),
        np.ascontiguousarray(need, dtype=float),
        *(
            np.ascontiguousarray(getattr(students, name), dtype=float)
            for name in ("minority", "male", "previous")
        ),
        teachers.effectiveness[:, None] + eta,
        np.column_stack([teachers.minority, teachers.male]).astype(float),
        np.column_stack([teachers.on_minority, teachers.on_previous]),
        np.array([teachers.match_minority, teachers.match_gender]),
        float(sd),
    )


def teachers_part(
    students: Students, teachers: Teachers, eta: np.ndarray, holder: np.ndarray
) -> np.ndarray:
    """What the teacher of each student's position adds to her score, (N,).

    holder: (n,) candidate in each position.
    """
    place = np.repeat(np.arange(len(holder)), np.diff(students.first))
    who = holder[place]
    same = teachers.minority[who] == students.minority
    alike = teachers.male[who] == students.male
    return (
        teachers.effectiveness[who]
        + eta[who, place]
        + teachers.on_minority[who] * students.minority
        + teachers.on_previous[who] * students.previous
        + teachers.match_minority * same
        + teachers.match_gender * alike
    )
