"""Checks of the arrays of `arrays`: shapes, indices, and decisions that contradict each other."""

from collections.abc import Sequence

import numpy as np

from welfare_added.run.errors import UserError

NOT_COMPARED, DECLINED, ACCEPTED = 0, 1, 2  # values of `Supply.offer`
UNRANKED = 0  # value of `Demand.rank`


def check_outcomes(data: object, teachers: int, schools: int) -> None:
    """Refuse sums by cell that do not fit each other."""
    cells, p = len(data.teacher), len(data.names)
    _names(data.names, "outcomes")
    shapes = {
        "cross": (p, p),
        "moment": (p,),
        "school": (cells,),
        "rows": (cells,),
        "score_sum": (cells,),
        "regressor_sum": (cells, p),
        "teammates": (len(data.overlap), 2),
        "overlap": (len(data.overlap),),
    }
    _shapes(data, shapes, "outcomes")
    _indices(data.teacher, 0, teachers, "outcomes.teacher")
    _indices(data.school, 0, schools, "outcomes.school")
    _none(data.rows <= 0, "outcomes.rows", "cells without rows; leave them out")
    _indices(data.teammates, 0, cells, "outcomes.teammates")
    _none(
        (data.teammates[:, 0] == data.teammates[:, 1]) | (data.overlap <= 0),
        "outcomes.teammates",
        "pairs of a cell with itself, or without shared rows; leave them out",
    )
    repeated = cells - len(np.unique(data.teacher.astype(np.int64) * schools + data.school))
    if repeated:
        raise UserError(f"outcomes: {repeated} cells repeat a teacher and school; add them up")


def check_supply(data: object, teachers: int, schools: int) -> None:
    """Refuse menus whose decisions contradict each other."""
    rows, q = _lists(data.first, data.names, "supply", "menu"), len(data.names)
    menus = len(data.first) - 1
    shapes = {
        "teacher": (menus,),
        "displaced": (menus,),
        "own_school": (menus,),
        "own_regressors": (menus, q),
        "school": (rows,),
        "regressors": (rows, q),
        "applied": (rows,),
        "offer": (rows,),
        "left_over": (rows,) if len(data.left_over) else (0,),
    }
    _shapes(data, shapes, "supply")
    _indices(data.teacher, 0, teachers, "supply.teacher")
    _indices(data.school, 0, schools, "supply.school")
    _indices(data.own_school, -1, schools, "supply.own_school")
    _none(
        (data.own_school < 0) != data.displaced,
        "supply.own_school",
        "menus with a missing school of a teacher not displaced, or with one of a displaced one",
    )
    _none(
        data.displaced & data.own_regressors.any(axis=1),
        "supply.own_regressors",
        "menus of displaced teachers with regressors of a present position; want 0",
    )
    _none(
        ~np.isin(data.offer, (NOT_COMPARED, DECLINED, ACCEPTED)),
        "supply.offer",
        "rows with other values than 0, 1 and 2",
    )
    _none(
        (data.offer > 0) & ~data.applied.astype(bool),
        "supply.offer",
        "rows with an offer but without an application",
    )
    if len(data.left_over):
        left = np.add.reduceat(data.left_over.astype(int), data.first[:-1])
        _none(
            data.displaced & (left == 0),
            "supply.left_over",
            "menus of displaced teachers without a vacancy left over; mark one",
        )
    accepted, declined = (
        np.add.reduceat((data.offer == kind).astype(int), data.first[:-1])
        if rows
        else np.zeros(menus)
        for kind in (ACCEPTED, DECLINED)
    )
    _none(accepted > 1, "supply.offer", "menus with two offers accepted at a time; want one")
    _none(
        (accepted > 0) != (declined > 0),
        "supply.offer",
        "menus with offers of which none is accepted, or none declined; mark these rows 0",
    )


def check_demand(data: object, teachers: int, schools: int) -> None:
    """Refuse lists whose ranks have holes or are out of order."""
    rows = _lists(data.first, data.names, "demand", "list")
    shapes = {
        "teacher": (rows,),
        "school": (rows,),
        "rank": (rows,),
        "regressors": (rows, len(data.names)),
    }
    _shapes(data, shapes, "demand")
    _indices(data.teacher, 0, teachers, "demand.teacher")
    _indices(data.school, 0, schools, "demand.school")
    place = np.arange(rows) - np.repeat(data.first[:-1], np.diff(data.first)) + 1
    ranked = data.rank != UNRANKED
    after_unranked = np.zeros(rows, dtype=bool)
    after_unranked[1:] = (place[1:] > 1) & ~ranked[:-1]
    _none(
        ranked & ((data.rank != place) | after_unranked),
        "demand.rank",
        "rows out of order; want 1, 2, ... at the start of each list, then 0",
    )
    _none(data.rank > data.most_ranked, "demand.rank", f"rows beyond rank {data.most_ranked}")


def _lists(first, names, part, what):
    _names(names, part)
    first = np.asarray(first)
    if first.ndim != 1 or len(first) == 0 or first[0] != 0 or (np.diff(first) < 1).any():
        raise UserError(f"{part}.first: want 0, then the growing first row of each {what}")
    return int(first[-1])


def _names(names: Sequence[str], part: str) -> None:
    if len(set(names)) < len(names):
        raise UserError(f"{part}.names: repeated; want all different")


def _shapes(data, shapes, part):
    for name, shape in shapes.items():
        values = np.asarray(getattr(data, name))
        if values.shape != shape:
            raise UserError(f"{part}.{name}: shape {values.shape}, want {shape}")
        _none(~np.isfinite(values), f"{part}.{name}", "values missing or infinite; fill or drop")


def _indices(values, least, number, what):
    outside = (values < least) | (values >= number)
    _none(outside, what, f"values outside {least} to {number - 1}")


def _none(wrong, what, text):
    if count := int(np.count_nonzero(wrong)):
        raise UserError(f"{what}: {count} {text}")
