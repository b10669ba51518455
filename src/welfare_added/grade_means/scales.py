"""Mean scores in standard deviations of a year's pupils."""

import numpy as np
import pandas as pd

from welfare_added.grade_means.checks import used_cells
from welfare_added.run.errors import UserError

SPREADS = ("pupils", "cells")
KEYS = ["grade", "subject"]


def standardised(cells: pd.DataFrame, year: int, spread: str = "pupils") -> pd.DataFrame:
    """Standardise mean scores by the state's distribution in one year (notes of table 12).

    Parameters
    ----------
    cells
        As in `estimate_grade_means`, with sd_score, the SD between a cell's pupils, if ``spread``
        is ``pupils``.
    year
        The year whose mean and SD, of each grade and subject, are the norm.
    spread
        ``pupils``: SD between pupils, of those within cells and between; ``cells``: SD between
        cells, weighted by pupils, where the table has no sd_score.

    Returns
    -------
    DataFrame
        ``cells`` with mean_score less the norm's mean, over its SD.

    Raises
    ------
    UserError
        If a grade and subject has no norm: no cells in that year, no sd_score, or a single score.

    """
    if spread not in SPREADS:
        raise UserError(
            f"grade_means.spread in config.yaml: {spread!r} is unknown; want {', '.join(SPREADS)}."
        )
    if spread == "pupils" and "sd_score" not in cells:
        raise UserError(
            "cells, column sd_score: no such column; add the SD between pupils, or set "
            "grade_means.spread in config.yaml to cells."
        )
    norm = _norm(used_cells(cells), year, spread)
    at = norm.index.get_indexer(pd.MultiIndex.from_frame(cells[KEYS]))
    mean, sd = (np.append(norm[name].to_numpy(), np.nan)[at] for name in ("mean", "sd"))
    wrong = ~(sd > 0) & (cells["n_pupils"] > 0).to_numpy()
    if wrong.any():
        lacking = cells.loc[wrong, KEYS].drop_duplicates().to_dict("records")
        first = ", ".join(f"{key} {value}" for key, value in lacking[0].items())
        raise UserError(
            f"cells: no mean and SD of {year} for {first} ({wrong.sum()} rows, {len(lacking)} "
            "grades and subjects); add sd_score of that year, or choose another year "
            "(grade_means.standard_year, sorting.score_year) or grade_means.spread in config.yaml."
        )
    return cells.assign(mean_score=(cells["mean_score"] - mean) / sd)


def _norm(cells: pd.DataFrame, year: int, spread: str) -> pd.DataFrame:
    """Mean and SD of each grade and subject in the year."""
    own = cells[cells["year"] == year]
    groups = [own[name] for name in KEYS]
    pupils = own["n_pupils"].groupby(groups).sum()
    mean = (own["n_pupils"] * own["mean_score"]).groupby(groups).sum() / pupils
    apart = own["mean_score"] - mean.reindex(pd.MultiIndex.from_frame(own[KEYS])).to_numpy()
    squares = apart**2
    if spread == "pupils":
        squares = squares + own["sd_score"] ** 2
    # A cell without sd_score leaves its grade and subject without a norm.
    total = (own["n_pupils"] * squares).groupby(groups).agg(lambda one: one.sum(skipna=False))
    return pd.DataFrame({"mean": mean, "sd": np.sqrt(total / pupils)})
