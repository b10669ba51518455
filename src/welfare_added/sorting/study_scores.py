"""Tables of scores, put together (tables 12 and A6, figure 8)."""

from collections.abc import Mapping

import pandas as pd

from welfare_added.sorting.scores import (
    CELL,
    CONTROLS,
    cell_value_added,
    mean_scores,
    score_designs,
    score_table,
    standardised_scores,
)


def cells_with_value_added(
    cells: pd.DataFrame, links: pd.DataFrame, panel: pd.DataFrame, year: int, spread: str
) -> pd.DataFrame:
    """Standardised cells with their teachers' value added.

    cells, links: from `pay.prepare`; panel: from `study.study_panel`, whose quality is used; year,
    spread: as in `standardised_scores`.
    """
    one = panel.dropna(subset=["quality"]).drop_duplicates("teacher_id")
    one = one[["teacher_id", "quality"]].rename(columns={"quality": "value_added"})
    of_cells = cell_value_added(links, one)
    return standardised_scores(cells, year, spread).merge(of_cells, on=CELL, how="left")


def score_samples(districts: pd.DataFrame, matched: Mapping[str, float]) -> dict[str, pd.Series]:
    """Regime by district_id of the districts of tables 12 (scores) and A6 (scores_full).

    districts: from `pay.prepare`; matched: weights of districts of the matched sample.
    """
    regimes = districts.drop_duplicates("district_id").set_index("district_id")["regime"]
    return {"scores": regimes[regimes.index.isin(matched)], "scores_full": regimes}


def score_means(
    cells: pd.DataFrame, districts: pd.DataFrame, matched: Mapping[str, float]
) -> pd.DataFrame:
    """`mean_scores` of matched and of all districts, after a column sample (figure 8).

    cells: from `cells_with_value_added`; districts, matched: as in `score_samples`.
    """
    regimes = score_samples(districts, matched)
    tables = {
        "matched": mean_scores(cells, regimes["scores"], matched),
        "full": mean_scores(cells, regimes["scores_full"]),
    }
    for sample, table in tables.items():
        table.insert(0, "sample", sample)
    return pd.concat(tables.values(), ignore_index=True)


def score_estimates(
    cells: pd.DataFrame,
    regimes: Mapping[str, str],
    first_post_year: int,
    cluster: str,
    districts: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """`score_table` with all kinds of controls; arguments as in `score_designs`."""
    designs = {}
    for controls in CONTROLS:
        if controls != "none":
            designs |= score_designs(
                *(cells, regimes, first_post_year),
                cluster=cluster,
                controls=controls,
                districts=districts,
            )
    return score_table(designs)
