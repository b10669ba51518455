"""Positions with tested students: school, grades and subjects of each, and its teacher."""

import numpy as np
import pandas as pd

from welfare_added.transfers.scores import SUBJECTS

LEAST_FTE = (
    0.5  # "We drop teachers working less than half time" (section 2.2; vacancies: footnote 8)
)
TAUGHT = {"math": ("math",), "reading": ("reading",), "both": SUBJECTS}


def in_sample(positions: pd.DataFrame) -> np.ndarray:
    """Whether each position is at least half time and has a known teacher, (n,) bool."""
    return ((positions["fte"] >= LEAST_FTE) & positions["teacher_id"].notna()).to_numpy()


def grades_of(positions: pd.DataFrame) -> pd.Series:
    """Grades of each position as a tuple of whole numbers; None where the text is not of grades."""
    texts = positions["grades"]
    read = {text: _grades(text) for text in texts.unique()}
    return texts.map(lambda text: read[text])


def _grades(text: str) -> tuple[int, ...] | None:
    parts = text.split()
    if not parts or not all(part.lstrip("-").isdigit() for part in parts):
        return None
    return tuple(sorted({int(part) for part in parts}))


def slots(positions: pd.DataFrame) -> pd.DataFrame:
    """One row a position, grade and subject that it teaches.

    positions: position_id, year, school_id, grades, subject, fte, teacher_id. Returns ``position``
    (row number in ``positions``), year, school_id, grade, subject, fte (the position's, in equal
    parts over its slots), ordered by position, grade and subject.
    """
    grades = grades_of(positions)
    pairs = [
        [(grade, subject) for grade in own for subject in TAUGHT[taught]]
        for own, taught in zip(grades, positions["subject"], strict=True)
    ]
    number = np.array([len(own) for own in pairs], dtype=int)
    position = np.repeat(np.arange(len(positions)), number)
    flat = [pair for own in pairs for pair in own]
    fte = positions["fte"].to_numpy(float) / np.maximum(number, 1)
    return pd.DataFrame(
        {
            "position": position,
            "year": positions["year"].to_numpy()[position],
            "school_id": positions["school_id"].to_numpy()[position],
            "grade": np.array([grade for grade, _ in flat], dtype=np.int64),
            "subject": np.array([subject for _, subject in flat], dtype=object),
            "fte": fte[position],
        }
    )
