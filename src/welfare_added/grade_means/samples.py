"""From tables of grade means to the arrays of each subject and level."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.grade_means.cells import GradeCells
from welfare_added.grade_means.checks import CELL, PLACE, control_names, used_cells
from welfare_added.run.errors import UserError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sample:
    """Cells of one subject and level.

    Attributes
    ----------
    cells
        As arrays.
    teacher_id : (J,) array
        Identifiers by code, sorted.
    without_teachers
        Number of cells left out because nobody is linked to them.

    """

    cells: GradeCells
    teacher_id: np.ndarray
    without_teachers: int


def check_levels(levels: Mapping[str, Sequence[int]]) -> None:
    """Raise UserError if a grade is in two levels."""
    grades = pd.Series([grade for of_level in levels.values() for grade in of_level])
    if not len(grades) or grades.duplicated().any():
        wrong = ", ".join(str(grade) for grade in sorted(grades[grades.duplicated()].unique()))
        what = f"grade {wrong} is in two of them" if wrong else "there are none"
        raise UserError(f"grade_means.levels in config.yaml: {what}; give each grade one level.")


def sample_of(
    cells: pd.DataFrame,
    composition: pd.DataFrame,
    links: pd.DataFrame,
    *,
    subject: str,
    grades: Sequence[int],
    years: tuple[int, int],
) -> Sample:
    """Cells with pupils and teachers of a subject, of some grades, in the years first to last.

    Tables as in `estimate_grade_means`.

    Raises
    ------
    UserError
        If there are none.

    """
    chosen = used_cells(cells)
    chosen = chosen[
        (chosen["subject"] == subject)
        & chosen["grade"].isin(list(grades))
        & chosen["year"].between(*years)
    ].sort_values(["school_id", "year", "grade"], ignore_index=True)
    taught = links[links["subject"] == subject]
    at = pd.MultiIndex.from_frame(chosen[CELL]).get_indexer(pd.MultiIndex.from_frame(taught[CELL]))
    taught, at = taught[at >= 0], at[at >= 0]
    linked = np.bincount(at, minlength=len(chosen)) > 0
    where = f"{subject}, grades {', '.join(map(str, grades))}, {years[0]} to {years[1]}"
    if not linked.any():
        raise UserError(
            f"cells: no cell of {where} has pupils and a teacher; write school_id, subject and "
            "teacher_id alike in cells and links, or choose other grade_means.subjects, levels or "
            "years in config.yaml."
        )
    if not linked.all():
        log.warning(
            "%s: %d of %d cells have no teacher in links and are left out",
            *(where, (~linked).sum(), len(linked)),
        )
    return Sample(
        *_arrays(
            chosen[linked].reset_index(drop=True),
            composition,
            taught.assign(cell=(np.cumsum(linked) - 1)[at]),
        ),
        int((~linked).sum()),
    )


def _arrays(
    cells: pd.DataFrame, composition: pd.DataFrame, links: pd.DataFrame
) -> tuple[GradeCells, np.ndarray]:
    names = control_names(composition)
    place = pd.MultiIndex.from_frame(composition[PLACE])
    at = place.get_indexer(pd.MultiIndex.from_frame(cells[PLACE]))
    links = links.sort_values(["cell", "teacher_id"])
    teacher_id, teacher = np.unique(links["teacher_id"].to_numpy(), return_inverse=True)
    arrays = GradeCells(
        mean_score=cells["mean_score"].to_numpy(float),
        pupils=cells["n_pupils"].to_numpy(float),
        composition=composition[names].to_numpy(float)[at],
        school_year=cells.groupby(["school_id", "year"]).ngroup().to_numpy(),
        grade=cells.groupby("grade").ngroup().to_numpy(),
        year=cells["year"].to_numpy(int),
        cell=links["cell"].to_numpy(int),
        teacher=teacher,
        share=links["share"].to_numpy(float) if "share" in links else np.ones(len(links)),
        teachers=len(teacher_id),
    )
    return arrays, teacher_id
