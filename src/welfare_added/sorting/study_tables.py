"""Tables of who moves, leaves and stays, put together (sections 5 and 6)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.sorting.event_study import event_study
from welfare_added.sorting.matching import Matches
from welfare_added.sorting.panel import INDIVIDUAL, SCHEDULE, of_sample, two_year_periods
from welfare_added.sorting.randomisation import randomise_regimes
from welfare_added.sorting.regression import least_squares
from welfare_added.sorting.regression_tables import (
    leavers,
    movers_between_regimes,
    regime_designs,
    regime_table,
    weighted,
)
from welfare_added.sorting.trends import mean_value_added

OUTCOME, WEIGHT = "value_added", "weight"
DIFFERENCE = "difference"
# Value added of whom, and the names of its series by regime (figures 4 and 6).
SERIES = {
    "movers": {INDIVIDUAL: "ss_to_is", SCHEDULE: "is_to_ss"},
    "exiters": {INDIVIDUAL: INDIVIDUAL, SCHEDULE: SCHEDULE},
}
GROUPS = {"movers": movers_between_regimes, "exiters": leavers}


def regime_tables(
    rows: pd.DataFrame, matched: Mapping[str, float]
) -> dict[str, tuple[dict, pd.DataFrame]]:
    """Designs and estimates of tables 5, 8 and 11: movers, exiters, workforce.

    rows: from `study.with_outcome`, of districts with a handbook; matched: weights of districts.
    """
    both = {"matched": matched, "full": None}
    turned = {"full": None, "matched": matched}
    designs = {name: regime_designs(of(rows), OUTCOME, both) for name, of in GROUPS.items()}
    designs["workforce"] = regime_designs(rows, OUTCOME, turned, district_effects=True)
    return {name: (one, regime_table(one)) for name, one in designs.items()}


def other_sample(rows: pd.DataFrame, matched: Mapping[str, float]) -> pd.DataFrame:
    """Tables A4 and A5: columns 1 to 6 are movers, exiters and all, without and with controls.

    Returns column, outcome (movers, exiters, workforce), controls, and `Fit.tidy`.
    """
    sample = {"matched": matched}
    parts = {name: regime_designs(of(rows), OUTCOME, sample) for name, of in GROUPS.items()}
    parts["workforce"] = regime_designs(rows, OUTCOME, sample, district_effects=True)
    tables = []
    for place, (name, designs) in enumerate(parts.items()):
        table = regime_table(designs).drop(columns="sample")
        tables.append(table.assign(column=table["column"] + 2 * place, outcome=name))
    whole = pd.concat(tables, ignore_index=True)
    first = ["column", "outcome", "controls"]
    return whole[[*first, *whole.columns.drop(first)]]


def period_table(rows: pd.DataFrame, group: str, first_post_year: int, width: int) -> pd.DataFrame:
    """Mean value added by regime and period, and the difference with its interval (figures 4, 6).

    rows: from `study.with_outcome`. group: movers or exiters. Returns series, period (first year),
    value_added, low, high (95 percent, of the difference alone), n.
    """
    own = GROUPS[group](rows)
    own = own.assign(period=two_year_periods(own["year"], first_post_year, width))
    means = mean_value_added(own, ["regime", "period"], WEIGHT)
    means = means.assign(series=means["regime"].map(SERIES[group]), low=np.nan, high=np.nan)
    study = event_study(own, OUTCOME, first_post_year=first_post_year, weight=WEIGHT, width=width)
    apart = study.tidy().rename(columns={"estimate": "value_added"})
    counts = means.groupby("period")["n"].sum()
    apart = apart.assign(series=DIFFERENCE, n=apart["period"].map(counts))
    columns = ["series", "period", "value_added", "low", "high", "n"]
    return pd.concat([means[columns], apart[columns]], ignore_index=True)


def workforce_periods(rows: pd.DataFrame, first_post_year: int, width: int) -> pd.DataFrame:
    """Figure 7: regime, period, value_added, n."""
    own = rows.assign(period=two_year_periods(rows["year"], first_post_year, width))
    return mean_value_added(own, ["regime", "period"], WEIGHT)


def trend_tests(rows: pd.DataFrame, first_post_year: int, width: int) -> pd.DataFrame:
    """Tests of trends before the reform of movers, exiters and the workforce.

    Returns outcome and the columns of `EventStudy.trends_before`.
    """
    groups = {name: of(rows) for name, of in GROUPS.items()} | {"workforce": rows}
    tables = []
    for name, own in groups.items():
        made = event_study(
            own, OUTCOME, first_post_year=first_post_year, weight=WEIGHT, width=width
        )
        tables.append(made.trends_before().assign(outcome=name))
    whole = pd.concat(tables, ignore_index=True)
    return whole[["outcome", *whole.columns.drop("outcome")]]


def randomised(
    rows: pd.DataFrame, matches: Matches, *, replications: int, seed: int
) -> pd.DataFrame:
    """Regimes exchanged within matched sets: `Randomisation.tidy` for movers and exiters.

    The statistic is individual x post of table 5 or 8, without controls, matched sample.
    """
    tables = []
    for name in GROUPS:
        own = rows[rows["moved"] == 1] if name == "movers" else leavers(rows)

        def statistic(regimes: Mapping[str, str], name=name, own=own) -> float:
            return _change(own, regimes, movers=name == "movers")

        found = randomise_regimes(matches, statistic, replications=replications, seed=seed)
        tables.append(found.tidy().assign(outcome=name))
    whole = pd.concat(tables, ignore_index=True)
    return whole[["outcome", *whole.columns.drop("outcome")]]


def _change(rows: pd.DataFrame, regimes: Mapping[str, str], *, movers: bool) -> float:
    """Difference-in-differences coefficient under some regimes of the matched districts."""
    regime = rows["district_id"].map(regimes)
    kept = regime.notna()
    if movers:
        # Districts outside the sample keep their regime as origins.
        origin = rows["origin"].map(regimes).fillna(rows["origin_regime"])
        kept &= origin.isin([INDIVIDUAL, SCHEDULE]) & (origin != regime)
    own = rows[kept.to_numpy()]
    individual = (regime[kept] == INDIVIDUAL).astype(float)
    own = own.assign(individual=individual, individual_x_post=individual * own["post"])
    own = weighted(of_sample(own, dict.fromkeys(regimes, 1.0)), WEIGHT)
    fit = least_squares(
        own,
        OUTCOME,
        ["individual", "individual_x_post"],
        cluster="district_id",
        effects=["year"],
        weights="total_weight",
    )
    return float(fit.estimate[fit.names.index("individual_x_post")])
