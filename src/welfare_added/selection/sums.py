"""Sums of test scores and regressors by teacher-school cell, batch by batch (eq. 1)."""

from collections.abc import Iterable, Sequence

import numpy as np

from welfare_added.run.errors import UserError
from welfare_added.selection.arrays import Outcomes


def sum_outcomes(
    names: Sequence[str], schools: int, batches: Iterable[tuple[np.ndarray, ...]]
) -> Outcomes:
    """Sums over rows, one row a teacher-student pair of a year.

    Parameters
    ----------
    names
        Of the p regressors.
    schools
        Number of schools.
    batches
        Each of them scores (N,), regressors (N, p), teachers (N,) and schools (N,).

    Returns
    -------
    Outcomes
        Cells are ordered by teacher, then by school.

    Raises
    ------
    UserError
        If there are no rows, or a score or a regressor is missing.

    """
    p = len(names)
    cross, moment, square, parts = np.zeros((p, p)), np.zeros(p), 0.0, []
    for number, (scores, regressors, teacher, school) in enumerate(batches):
        missing = ~(np.isfinite(scores) & np.isfinite(regressors).all(axis=1))
        if missing.any():
            raise UserError(
                f"outcomes: {int(missing.sum())} rows of batch {number} without a score or a "
                "regressor; drop or fill them"
            )
        cross += regressors.T @ regressors
        moment += regressors.T @ scores
        square += float(scores @ scores)
        columns = np.column_stack([np.ones(len(scores)), scores, regressors])
        parts.append(_added(teacher.astype(np.int64) * schools + school, columns))
    if not parts or sum(len(part[0]) for part in parts) == 0:
        raise UserError("outcomes: no rows; want at least one score of a student with a teacher")
    cell, sums = _added(*(np.concatenate(part) for part in zip(*parts, strict=True)))
    return Outcomes(
        names=tuple(names),
        cross=(cross + cross.T) / 2,
        moment=moment,
        square=square,
        teacher=cell // schools,
        school=cell % schools,
        rows=np.rint(sums[:, 0]).astype(np.int64),
        score_sum=sums[:, 1].copy(),
        regressor_sum=sums[:, 2:].copy(),
    )


def _added(code, columns):
    order = np.argsort(code, kind="stable")
    labels, start = np.unique(code[order], return_index=True)
    return labels, np.add.reduceat(columns[order], start, axis=0)
