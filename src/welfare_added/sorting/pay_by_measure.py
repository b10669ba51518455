"""Table 4 by measure of value added: what measurement error takes from pay for quality."""

from collections.abc import Sequence

import pandas as pd

from welfare_added.sorting.logistic import implied_slope
from welfare_added.sorting.panel import REGIMES, one_value_added, with_value_added
from welfare_added.sorting.pay_for_quality import (
    DISTRICT,
    POST,
    Periods,
    pay_for_quality,
    residual_pairs,
)

TRUTH = "truth"
# Of table 4: by column, the term that Act 10 makes. Column 4 is column 2 less column 3.
TERMS = {2: "value_added_x_post", 3: "value_added_x_post", 4: "value_added_x_individual_x_post"}
SAMPLES = {2: REGIMES[:1], 3: REGIMES[1:], 4: REGIMES}


def pay_by_measure(
    panel: pd.DataFrame,
    value_added: pd.DataFrame,
    planted: pd.DataFrame,
    delta: pd.Series,
    measures: Sequence[str],
    *,
    limit: float,
    periods: Periods,
) -> pd.DataFrame:
    """Slopes of table 4 where districts pay for true value added, by what stands for it.

    Measures are standardised, and a SD of an estimate holds less than a SD of the truth: residual
    truth rises by ``share`` SDs with it. Where errors of estimates have nothing to do with pay, the
    expected slope is ``share`` times that on the truth.

    Parameters
    ----------
    panel
        From `panel.prepare`, with districts without a handbook.
    value_added
        From `estimate_grade_means`.
    planted
        teacher_id and value_added, the truth [SD].
    delta
        What districts pay for f of the truth after Act 10 [$], by district_id.
    measures
        Columns of value_added. The truth is taken for the teachers who have the first.
    limit
        SDs beyond which a teacher has no value added.
    periods
        First and last year of ``before`` and ``after``.

    Returns
    -------
    DataFrame
        measure (``truth`` and measures), column (of `TERMS`), estimate, standard_error, p, low,
        high [$ a SD of the measure], n, clusters, share (after Act 10), planted (`implied_slope` of
        mean delta, $ a SD of the truth).

    """
    truth = planted[["teacher_id", "value_added"]].rename(columns={"value_added": TRUTH})
    by_name = {
        name: one_value_added(value_added, name, limit=limit)[["teacher_id", "value_added"]]
        for name in measures
    }
    have = planted["teacher_id"].isin(by_name[measures[0]]["teacher_id"])
    by_name = {TRUTH: planted.loc[have, ["teacher_id", "value_added"]], **by_name}
    rows = panel.drop(columns=["value_added", "weight", "quality"], errors="ignore")
    tables = []
    for name, one in by_name.items():
        own = with_value_added(rows, one).merge(truth, on="teacher_id", validate="many_to_one")
        made = pay_for_quality(own, periods)
        made = made[made["term"] == made["column"].map(TERMS)]
        pairs = residual_pairs(own, ["value_added", TRUTH], periods, by_district=False)
        pairs = pairs[pairs["period"] == POST]
        paid = pairs[DISTRICT].map(delta).groupby(pairs["regime"]).mean().map(implied_slope)
        planted_of = {2: paid[REGIMES[0]], 3: paid[REGIMES[1]]}
        planted_of[4] = planted_of[2] - planted_of[3]
        tables.append(
            made.assign(
                measure=name,
                share=[_share(pairs, SAMPLES[column]) for column in made["column"]],
                planted=made["column"].map(planted_of),
            )
        )
    columns = ["measure", "column", "estimate", "standard_error", "p", "low", "high"]
    return pd.concat(tables, ignore_index=True)[[*columns, "n", "clusters", "share", "planted"]]


def _share(pairs: pd.DataFrame, regimes: Sequence[str]) -> float:
    """Slope of residual truth on the residual measure."""
    own = pairs[pairs["regime"].isin(regimes)]
    return float(own["value_added"] @ own[TRUTH] / (own["value_added"] @ own["value_added"]))
