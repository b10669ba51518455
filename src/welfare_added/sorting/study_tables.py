"""Tables of who moves, leaves and stays, put together (sections 5 and 6)."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.sorting.design import Design
from welfare_added.sorting.event_study import EventStudy, event_study
from welfare_added.sorting.matching import Matches
from welfare_added.sorting.panel import INDIVIDUAL, SCHEDULE, of_sample, two_year_periods
from welfare_added.sorting.randomisation import randomise_regimes
from welfare_added.sorting.regression import least_squares, solve
from welfare_added.sorting.regression_tables import (
    DISTRICT,
    TEACHER_CONTROLS,
    Sample,
    leavers,
    movers_between_regimes,
    regime_designs,
    weighted,
)
from welfare_added.sorting.regression_tables import WEIGHT as TOTAL_WEIGHT
from welfare_added.sorting.trends import mean_value_added, years_of_periods

log = logging.getLogger(__name__)
Designs = dict[int, Design]  # by column
OUTCOME, WEIGHT = "value_added", "weight"
DIFFERENCE = "difference"
LABELS = ("column", "sample", "controls")
TIDY = ("term", "estimate", "standard_error", "p", "low", "high", "n", "clusters", "mean")
TIDY += ("singletons", "missing")
# Value added of whom, and the names of its series by regime (figures 4 and 6).
SERIES = {
    "movers": {INDIVIDUAL: "ss_to_is", SCHEDULE: "is_to_ss"},
    "exiters": {INDIVIDUAL: INDIVIDUAL, SCHEDULE: SCHEDULE},
}
TRENDS = ("test", "statistic", "p", "freedom", "slope")
GROUPS = {"movers": movers_between_regimes, "exiters": leavers}
# Districts of a teacher-year that must be in the sample (see `panel.of_sample`).
ENDS = {"movers": (DISTRICT, "origin"), "exiters": (DISTRICT,), "workforce": (DISTRICT,)}


def regime_tables(
    rows: pd.DataFrame, matched: Mapping[str, float]
) -> dict[str, tuple[Designs, pd.DataFrame]]:
    """Designs and estimates of tables 5, 8 and 11: movers, exiters, workforce.

    rows: from `study.with_outcome`, of districts with a handbook; matched: weights of districts. A
    column for which rows are too few has no design, and missing estimates.
    """
    both = {"matched": matched, "full": None}
    turned = {"full": None, "matched": matched}
    made = {name: _regimes(of(rows), both, name) for name, of in GROUPS.items()}
    made["workforce"] = _regimes(rows, turned, "workforce")
    return made


def other_sample(rows: pd.DataFrame, matched: Mapping[str, float]) -> pd.DataFrame:
    """Tables A4 and A5: columns 1 to 6 are movers, exiters and all, without and with controls.

    Returns column, outcome (movers, exiters, workforce), controls, and `Fit.tidy`.
    """
    groups = {name: of(rows) for name, of in GROUPS.items()} | {"workforce": rows}
    tables = []
    for place, (name, own) in enumerate(groups.items()):
        table = _regimes(own, {"matched": matched}, name)[1].drop(columns="sample")
        tables.append(table.assign(column=table["column"] + 2 * place, outcome=name))
    whole = pd.concat(tables, ignore_index=True)
    first = ["column", "outcome", "controls"]
    return whole[[*first, *whole.columns.drop(first)]]


def _regimes(rows: pd.DataFrame, samples: Mapping, group: str) -> tuple[Designs, pd.DataFrame]:
    """Designs that can be made, by column, and estimates of all columns."""
    whole = group == "workforce"
    designs, tables = {}, []
    for sample, weights in samples.items():
        for controlled in (False, True):
            column = len(tables) + 1
            label = {"column": column, "sample": sample, "controls": controlled}
            try:
                own = regime_designs(
                    rows,
                    OUTCOME,
                    {sample: weights},
                    controls=TEACHER_CONTROLS if controlled else (),
                    district_effects=whole,
                    ends=ENDS[group],
                )[sample, controlled]
                table = solve(own).tidy()
            except UserError as error:
                log.warning("%s, column %d: not estimated: %s", group, column, error)
                terms = ["individual_x_post"] if whole else ["individual", "individual_x_post"]
                tables.append(pd.DataFrame({**label, "term": terms, "n": 0}))
                continue
            designs[column] = own
            tables.append(table.assign(**label))
    made = pd.concat(tables, ignore_index=True).reindex(columns=[*LABELS, *TIDY])
    return designs, made


def period_tables(
    rows: pd.DataFrame, matched: Mapping[str, float], first_post_year: int, width: int
) -> dict[str, pd.DataFrame]:
    """Data of figures 4, 6 and 7: movers_periods, exiters_periods, workforce_periods.

    rows, matched: as in `regime_tables`. Returns tables whose first column is sample (matched,
    full), then the columns of `period_table` or `workforce_periods`. Where all districts have
    somebody and matched ones nobody, value added is missing and n is 0.
    """
    tables = {}
    for name in (*GROUPS, "workforce"):
        of = workforce_periods if name == "workforce" else partial(period_table, group=name)
        own, full = (
            of(rows, first_post_year=first_post_year, width=width, districts=districts)
            for districts in (matched, None)
        )
        keys = [full.columns[0], "period"]  # series or regime
        own = full[[*keys, "years"]].merge(own.drop(columns="years"), on=keys, how="left")
        own["n"] = own["n"].fillna(0).astype(int)
        whole = pd.concat([own.assign(sample="matched"), full.assign(sample="full")])
        tables[f"{name}_periods"] = whole[["sample", *full.columns]].reset_index(drop=True)
    return tables


def period_table(
    rows: pd.DataFrame,
    group: str,
    first_post_year: int,
    width: int,
    districts: Sample = None,
) -> pd.DataFrame:
    """Mean value added by regime and period, and the difference with its interval (figures 4, 6).

    rows: from `study.with_outcome`. group: movers or exiters. districts: weights of districts of
    the sample, as in tables 5 and 8; None for all. A difference that cannot be estimated is absent
    and told in the log.

    Returns series, period (first year), years (of rows in it), value_added, low, high (95 percent,
    of the difference alone), n.
    """
    own = weighted(of_sample(GROUPS[group](rows), districts, ENDS[group]), WEIGHT)
    own = own.assign(period=two_year_periods(own["year"], first_post_year, width))
    means = mean_value_added(own, ["regime", "period"], TOTAL_WEIGHT)
    means = means.assign(series=means["regime"].map(SERIES[group]), low=np.nan, high=np.nan)
    columns = ["series", "period", "value_added", "low", "high", "n"]
    try:
        study = _compared(own, group, TOTAL_WEIGHT, first_post_year, width)
    except UserError as error:
        log.warning("differences of %s by period: not estimated: %s", group, error)
        whole = means[columns].reset_index(drop=True)
    else:
        apart = study.tidy().rename(columns={"estimate": "value_added"})
        counts = means.groupby("period")["n"].sum()
        apart = apart.assign(series=DIFFERENCE, n=apart["period"].map(counts))
        whole = pd.concat([means[columns], apart[columns]], ignore_index=True)
    whole.insert(2, "years", whole["period"].map(years_of_periods(own)))
    return whole


def workforce_periods(
    rows: pd.DataFrame, first_post_year: int, width: int, districts: Sample = None
) -> pd.DataFrame:
    """Figure 7: regime, period, years (of rows in it), value_added, n; districts as above."""
    own = weighted(of_sample(rows, districts), WEIGHT)
    own = own.assign(period=two_year_periods(own["year"], first_post_year, width))
    means = mean_value_added(own, ["regime", "period"], TOTAL_WEIGHT)
    means.insert(2, "years", means["period"].map(years_of_periods(own)))
    return means


def trend_tests(rows: pd.DataFrame, first_post_year: int, width: int) -> pd.DataFrame:
    """Tests of trends before the reform of movers, exiters and the workforce.

    Among periods that have both regimes; missing where fewer than two of them are before it.

    Returns outcome and the columns of `EventStudy.trends_before`.
    """
    groups = {name: of(rows) for name, of in GROUPS.items()} | {"workforce": rows}
    tables = []
    for name, own in groups.items():
        own = own[own["year"] < first_post_year + width]  # tested are the periods before
        try:
            made = _compared(own, name, WEIGHT, first_post_year, width).trends_before()
        except UserError as error:
            log.warning("trends of %s: not tested: %s", name, error)
            made = pd.DataFrame({"test": ["equal", "linear"]}).reindex(columns=TRENDS)
        tables.append(made.assign(outcome=name))
    return pd.concat(tables, ignore_index=True)[["outcome", *TRENDS]]


def _compared(
    rows: pd.DataFrame, group: str, weight: str, first_post_year: int, width: int
) -> EventStudy:
    """Event study of the periods in which both regimes have a row; the log tells of the others."""
    period = two_year_periods(rows["year"], first_post_year, width)
    both = rows.groupby(period)["individual"].transform("nunique") == 2
    if not both.all():
        log.warning("%s: %d periods with one regime alone", group, period[~both].nunique())
    years = {"first_post_year": first_post_year, "width": width}
    return event_study(rows[both], OUTCOME, weight=weight, **years)


def randomised(
    rows: pd.DataFrame, matches: Matches, *, replications: int, seed: int
) -> pd.DataFrame:
    """Regimes exchanged within matched sets, for movers and exiters.

    The statistic is individual x post of table 5 or 8, without controls, matched sample. Regimes
    under which it cannot be computed count as far from zero.

    Returns outcome, the columns of `Randomisation.tidy`, and failed (number of such regimes).
    """
    tables = []
    for name in GROUPS:
        own = rows[rows["moved"] == 1] if name == "movers" else leavers(rows)

        failed = []

        def statistic(regimes: Mapping[str, str], name=name, own=own, failed=failed) -> float:
            try:
                return _change(own, regimes, movers=name == "movers")
            except UserError as error:
                failed.append(str(error))
                return np.inf

        found = randomise_regimes(matches, statistic, replications=replications, seed=seed)
        if failed:
            log.warning(
                "%s: %d of %d regimes leave too few rows, and count as far: %s",
                *(name, len(failed), replications + 1, failed[0]),
            )
        known = found.drawn[np.isfinite(found.drawn)]
        shown = replace(found, drawn=known if len(known) else np.full(1, np.nan))
        table = shown.tidy().assign(outcome=name, replications=replications, failed=len(failed))
        tables.append(table.replace(np.inf, np.nan))
    whole = pd.concat(tables, ignore_index=True)
    return whole[["outcome", *whole.columns.drop("outcome")]]


def _change(rows: pd.DataFrame, regimes: Mapping[str, str], *, movers: bool) -> float:
    """Difference-in-differences coefficient under some regimes of the matched districts."""
    regime = rows[DISTRICT].map(regimes)
    kept = regime.notna()
    if movers:
        origin = rows["origin"].map(regimes)
        kept &= origin.notna() & (origin != regime)
    own = rows[kept.to_numpy()]
    individual = (regime[kept] == INDIVIDUAL).astype(float)
    own = own.assign(individual=individual, individual_x_post=individual * own["post"])
    own = weighted(of_sample(own, dict.fromkeys(regimes, 1.0)), WEIGHT)
    fit = least_squares(
        own,
        OUTCOME,
        ["individual", "individual_x_post"],
        cluster=DISTRICT,
        effects=["year"],
        weights="total_weight",
    )
    return float(fit.estimate[fit.names.index("individual_x_post")])
