"""Sums of test scores and regressors by teacher-school cell, batch by batch (eq. 1)."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

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
        _refuse_missing(number, scores, regressors)
        cross += regressors.T @ regressors
        moment += regressors.T @ scores
        square += float(scores @ scores)
        columns = np.column_stack([np.ones(len(scores)), scores, regressors])
        parts.append(_added(teacher.astype(np.int64) * schools + school, columns))
    cell, sums = _joined(parts)
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


def sum_team_outcomes(
    names: Sequence[str], schools: int, batches: Iterable[tuple[np.ndarray, ...]]
) -> Outcomes:
    """Sums over scores, each of which is the mean over a student's team of teachers (see `teams`).

    Parameters
    ----------
    names, schools
        As in `sum_outcomes`.
    batches
        Each of them scores (N,), regressors (N, p), teachers (N,), schools (N,) and the number of
        the score (N,): rows of the same number are one score, with a row for each teacher.

    Returns
    -------
    Outcomes
        As in `sum_outcomes`; pairs of teammates are ordered by cell.

    Raises
    ------
    UserError
        As in `sum_outcomes`, or if rows of one number have different scores.

    """
    p = len(names)
    cross, moment, square = np.zeros((p, p)), np.zeros(p), 0.0
    parts, shared = [], []
    for number, (scores, regressors, teacher, school, score) in enumerate(batches):
        _refuse_missing(number, scores, regressors)
        _, at, place = np.unique(score, return_index=True, return_inverse=True)
        if differ := int((scores != scores[at][place]).sum()):
            raise UserError(
                f"outcomes: {differ} rows of batch {number} with another score than the first of "
                "their team; a student has one score of a subject"
            )
        weight = (1 / np.bincount(place))[place]
        mean = _added(place, weight[:, None] * regressors)[1]
        cross += mean.T @ mean
        moment += mean.T @ scores[at]
        square += float(scores[at] @ scores[at])
        cell = teacher.astype(np.int64) * schools + school
        columns = np.column_stack([np.ones(len(scores)), scores, mean[place]])
        parts.append(_added(cell, weight[:, None] * columns))
        shared.append(_shared(place, cell, weight))
    cell, sums = _joined(parts)
    links = pd.concat(shared).groupby(["left", "right"], as_index=False)["overlap"].sum()
    return Outcomes(
        names=tuple(names),
        cross=(cross + cross.T) / 2,
        moment=moment,
        square=square,
        teacher=cell // schools,
        school=cell % schools,
        rows=sums[:, 0].copy(),
        score_sum=sums[:, 1].copy(),
        regressor_sum=sums[:, 2:].copy(),
        teammates=np.searchsorted(cell, links[["left", "right"]].to_numpy()),
        overlap=links["overlap"].to_numpy(),
    )


def _shared(place, cell, weight):
    """Pairs of cells in the same scores, and sums of the products of their weights."""
    rows = pd.DataFrame({"score": place, "cell": cell, "weight": weight})
    rows = rows.groupby(["score", "cell"], as_index=False)["weight"].sum()
    rows = rows[rows["score"].duplicated(keep=False)]
    pairs = rows.merge(rows, on="score", suffixes=("_left", "_right"))
    pairs = pairs[pairs["cell_left"] < pairs["cell_right"]]
    pairs = pairs.assign(overlap=pairs["weight_left"] * pairs["weight_right"])
    pairs = pairs.rename(columns={"cell_left": "left", "cell_right": "right"})
    return pairs.groupby(["left", "right"], as_index=False)["overlap"].sum()


def _refuse_missing(number, scores, regressors):
    missing = ~(np.isfinite(scores) & np.isfinite(regressors).all(axis=1))
    if missing.any():
        raise UserError(
            f"outcomes: {int(missing.sum())} rows of batch {number} without a score or a "
            "regressor; drop or fill them"
        )


def _joined(parts):
    """Cells of all batches, and their sums."""
    if not parts or sum(len(part[0]) for part in parts) == 0:
        raise UserError("outcomes: no rows; want at least one score of a student with a teacher")
    return _added(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def _added(code, columns):
    order = np.argsort(code, kind="stable")
    labels, start = np.unique(code[order], return_index=True)
    return labels, np.add.reduceat(columns[order], start, axis=0)
