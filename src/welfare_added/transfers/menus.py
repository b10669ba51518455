"""Menus: the vacancies that each teacher may apply to in a year and round (section 3.1)."""

import numpy as np
import pandas as pd


def held_licences(teachers: pd.Index, licences: pd.DataFrame, kinds: pd.Index) -> np.ndarray:
    """Which licences each teacher holds, (teachers, kinds) bool.

    licences: teacher_id and licence of one year; kinds: the licences that vacancies want.
    """
    row = teachers.get_indexer(licences["teacher_id"])
    kind = kinds.get_indexer(licences["licence"])
    valid = (row >= 0) & (kind >= 0)
    held = np.zeros((len(teachers), len(kinds)), dtype=bool)
    held[row[valid], kind[valid]] = True
    return held


def menu_rows(held: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Teacher and vacancy of each row of the round's menus, by teacher, then by vacancy.

    held: (teachers, kinds) licences of the teachers who have a menu; wanted: (vacancies,) kind.
    """
    return np.nonzero(held[:, wanted])


def has_menu(people: pd.DataFrame, moved: np.ndarray) -> np.ndarray:
    """Whether each teacher of a year decides in a round, (n,) bool.

    Those with a position, in the sample or outside it, and the displaced; but not who has given
    notice, nor who accepted a position in an earlier round of the year (``moved``).
    """
    placed = (people["own_school"] >= 0) | people["displaced"]
    return (placed & ~people["gave_notice"]).to_numpy() & ~moved
