"""Mean scores of grades and schools by scheme of pay (eq. 7, tables 12 and A6, figure 8)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.grade_means.scales import standardised
from welfare_added.run.errors import UserError
from welfare_added.sorting.design import Design, design
from welfare_added.sorting.panel import INDIVIDUAL, REGIMES, of_sample
from welfare_added.sorting.regression import solve
from welfare_added.sorting.regression_tables import WEIGHT

CELL = ["school_id", "grade", "year", "subject"]
QUARTILES = 4
MEAN = ("mean_value_added",)
SHARES = tuple(f"share_quartile_{q}" for q in range(2, QUARTILES + 1))
CONTROLS = {"none": (), "mean": MEAN, "quartiles": SHARES}


def standardised_scores(
    cells: pd.DataFrame, base_year: int, spread: str = "pupils"
) -> pd.DataFrame:
    """Cells with score, in SDs of the same grade and subject in the base year.

    Parameters
    ----------
    cells
        `CELL`, n_pupils, mean_score, and sd_score if it is needed.
    base_year
        2007 (notes of tables) or 2009 (footnote 26).
    spread
        As in `grade_means.scales.standardised`, which refuses grades and subjects without a norm.

    """
    return cells.assign(score=standardised(cells, base_year, spread)["mean_score"])


def cell_value_added(links: pd.DataFrame, one: pd.DataFrame) -> pd.DataFrame:
    """Value added of the teachers of each cell, of those who have it.

    Parameters
    ----------
    links
        `CELL`, teacher_id, share (of the cell's FTE).
    one
        teacher_id, value_added, from `panel.one_value_added`.

    Returns
    -------
    DataFrame
        `CELL`; mean_value_added, weighted by share; share_quartile_2 to 4, of the share held by
        teachers of each quartile (of teachers, once each); covered, share of teachers with value
        added.

    """
    cuts = np.quantile(one["value_added"], np.arange(1, QUARTILES) / QUARTILES)
    quartile = np.searchsorted(cuts, one["value_added"], side="left") + 1
    rows = links.merge(one.assign(quartile=quartile), on="teacher_id", how="inner")
    values = {MEAN[0]: rows["share"] * rows["value_added"]}
    for q, name in enumerate(SHARES, start=2):
        values[name] = rows["share"] * (rows["quartile"] == q)
    made = rows[[*CELL, "share"]].assign(**values).groupby(CELL, sort=True).sum().reset_index()
    made[list(values)] = made[list(values)].div(made["share"], axis=0)
    total = (
        links.groupby(CELL, sort=True)["share"].sum().reindex(pd.MultiIndex.from_frame(made[CELL]))
    )
    return made.assign(covered=made["share"] / total.to_numpy()).drop(columns="share")


def score_designs(
    cells: pd.DataFrame,
    regimes: Mapping[str, str],
    first_post_year: int,
    *,
    cluster: str = "school_id",
    controls: str = "mean",
    weight: str | None = None,
    districts: Mapping[str, float] | None = None,
) -> dict[tuple[str, str], Design]:
    """Designs of eq. 7 by subject and controls: columns 1 to 8 of tables 12 and A6.

    Parameters
    ----------
    cells
        From `standardised_scores`, with district_id and the columns of `cell_value_added`.
    regimes
        IS or SS by district_id: those of the sample.
    first_post_year
        2012.
    cluster
        school_id (note of table 12) or district_id (note of table A6).
    controls
        ``mean`` (the tables) or ``quartiles`` (the text) in columns 5 to 8.
    weight
        None (as published) or n_pupils.
    districts
        Weights of districts by which those of cells are multiplied; None for one each.

    """
    if controls not in CONTROLS:
        raise UserError(f"controls of scores: {controls!r}; want {', '.join(CONTROLS)}")
    regime = cells["district_id"].map(dict(regimes))
    rows = cells[regime.isin(REGIMES).to_numpy()]
    individual = regime.loc[rows.index] == INDIVIDUAL
    rows = rows.assign(individual_x_post=(individual & (rows["year"] >= first_post_year)) * 1.0)
    rows = of_sample(rows, districts)
    own = rows[weight] if weight else 1.0
    rows = rows.assign(**{WEIGHT: rows["district_weight"] * own})
    subjects = [*sorted(rows["subject"].unique()), "all"]
    out = {}
    for kind in dict.fromkeys(("none", controls)):
        for subject in subjects:
            part = rows if subject == "all" else rows[rows["subject"] == subject]
            out[subject, kind] = design(
                part,
                "score",
                ["individual_x_post", *CONTROLS[kind]],
                cluster=cluster,
                effects=["school_id", "grade", "year"],
                weights=WEIGHT,
            )
    return out


def score_table(designs: Mapping[tuple[str, str], Design]) -> pd.DataFrame:
    """Estimates of `score_designs`: subject, controls, and `Fit.tidy`."""
    tables = []
    for (subject, kind), one in designs.items():
        table = solve(one).tidy()
        table.insert(0, "controls", kind)
        table.insert(0, "subject", subject)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def mean_scores(
    cells: pd.DataFrame,
    regimes: Mapping[str, str],
    districts: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Mean score by subject, regime and year, weighted by pupils (figure 8).

    districts: weights of districts, by which pupils are multiplied; None for one each.

    Returns subject, regime, year, score, cells, pupils.
    """
    rows = cells.assign(regime=cells["district_id"].map(dict(regimes)))
    rows = of_sample(rows[rows["regime"].isin(REGIMES) & rows["score"].notna()], districts)
    total = rows["n_pupils"] * rows["district_weight"]
    rows = rows.assign(total=total, product=rows["score"] * total)
    sums = rows.groupby(["subject", "regime", "year"], sort=True).agg(
        product=("product", "sum"),
        total=("total", "sum"),
        cells=("score", "size"),
        pupils=("n_pupils", "sum"),
    )
    sums.insert(0, "score", sums.pop("product") / sums.pop("total"))
    return sums.reset_index()
