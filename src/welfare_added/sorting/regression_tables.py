"""Difference-in-differences tables of salaries, value added and scores (eqs. 3 to 7).

Every function returns the columns of `regression.Fit.tidy` after column (of the published table).
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.sorting.design import Design, design
from welfare_added.sorting.panel import INDIVIDUAL, REGIMES, SCHEDULE, of_sample
from welfare_added.sorting.regression import solve

DISTRICT = "district_id"
TEACHER_CONTROLS = ("schedule_cell",)  # paper: seniority classes x degrees where it says "controls"
WEIGHT = "total_weight"
Sample = Mapping[str, float] | None


def movers_between_regimes(panel: pd.DataFrame) -> pd.DataFrame:
    """Rows of teachers who moved this year from a district of one regime to one of the other."""
    moved = (panel["moved"] == 1) & panel["origin_regime"].isin(REGIMES)
    return panel[moved & (panel["origin_regime"] != panel["regime"])]


def leavers(panel: pd.DataFrame) -> pd.DataFrame:
    """Rows of the last year of teachers who are no teachers the year after."""
    return panel[panel["exits"] == 1]


def regime_designs(
    panel: pd.DataFrame,
    outcome: str,
    samples: Mapping[str, Sample],
    *,
    controls: Sequence[str] = TEACHER_CONTROLS,
    district_effects: bool = False,
    weight: str | None = "weight",
    ends: Sequence[str] = (DISTRICT,),
) -> dict[tuple[str, bool], Design]:
    """Designs of eq. 3 by sample, without and with controls (tables 5, 8, 11, A4, A5).

    Outcome on individual, individual x post, and effects of years; with ``district_effects`` these
    take the place of individual (table 11).

    Parameters
    ----------
    panel
        From `panel.prepare` and `panel.with_value_added`: those rows the table is about.
    outcome
        Column, for example value_added.
    samples
        Weights of districts by name of the sample; None for all.
    controls
        Columns whose values have effects in the second design of each sample.
    weight
        Column of weights, times those of the sample's districts.
    ends
        As in `panel.of_sample`.

    """
    out = {}
    for name, sample in samples.items():
        rows = weighted(of_sample(panel, sample, ends), weight)
        for controlled in (False, True):
            effects = ["year", *([DISTRICT] if district_effects else [])]
            out[name, controlled] = design(
                rows,
                outcome,
                [*([] if district_effects else ["individual"]), "individual_x_post"],
                cluster=DISTRICT,
                effects=[*effects, *(controls if controlled else ())],
                weights=WEIGHT,
            )
    return out


def regime_table(designs: Mapping[tuple[str, bool], Design]) -> pd.DataFrame:
    """Estimates of `regime_designs`: column (from 1), sample, controls, and `Fit.tidy`."""
    tables = [
        solve(one).tidy().assign(column=number, sample=sample, controls=controlled)
        for number, ((sample, controlled), one) in enumerate(designs.items(), start=1)
    ]
    return _first(pd.concat(tables, ignore_index=True), "column", "sample", "controls")


def event_designs(
    panel: pd.DataFrame,
    outcome: str,
    event: str,
    matched: Sample,
    *,
    teacher_effects: bool,
    controls: Sequence[str] = TEACHER_CONTROLS,
    weight: str | None = None,
) -> dict[int, Design]:
    """Designs of eqs. 4 to 6 by column of tables 6, 7, 9 and 10.

    Columns 1 (individual salaries), 2 (schedule, matched) and 3 (schedule, all): outcome on event
    and event x post, with effects of districts, years, controls, and teachers if asked. Columns 4
    (matched) and 5 (all): both regimes, with individual x post and the products with individual.

    Parameters
    ----------
    panel
        From `panel.prepare`, with value added if it is the outcome.
    outcome
        log_salary or value_added.
    event
        moved or exits; rows where it is missing are left out.
    matched
        Weights of districts of the matched sample, of both regimes.
    teacher_effects, controls
        Effects beside those of districts and years.
    weight
        As in `regime_designs`.

    """
    flag = panel[event]
    rows = panel.assign(
        event_x_post=flag * panel["post"],
        event_x_individual=flag * panel["individual"],
        event_x_individual_x_post=flag * panel["individual_x_post"],
    )
    own = [event, "event_x_post"]
    both = [*own, "individual_x_post", "event_x_individual", "event_x_individual_x_post"]
    of = {name: rows[rows["regime"] == name] for name in REGIMES}
    columns = {
        1: (of[INDIVIDUAL], None, own),
        2: (of[SCHEDULE], matched, own),
        3: (of[SCHEDULE], None, own),
        4: (rows, matched, both),
        5: (rows, None, both),
    }
    effects = [DISTRICT, "year", *controls, *(["teacher_id"] if teacher_effects else [])]
    return {
        number: design(
            weighted(of_sample(part, sample), weight),
            outcome,
            regressors,
            cluster=DISTRICT,
            effects=effects,
            weights=WEIGHT,
        )
        for number, (part, sample, regressors) in columns.items()
    }


def event_table(designs: Mapping[int, Design]) -> pd.DataFrame:
    """Estimates of `event_designs`: column and `Fit.tidy`."""
    tables = [solve(one).tidy().assign(column=number) for number, one in designs.items()]
    return _first(pd.concat(tables, ignore_index=True), "column")


def subject_premia(
    panel: pd.DataFrame, subjects: Mapping[str, Sequence[str]], *, effects: Sequence[str]
) -> pd.DataFrame:
    """Log salary by subject taught, before and after (table A2); errors clustered by district.

    Columns 1 (individual salaries) and 2 (schedule): subject and subject x post; 3: both, with
    individual x post and the products with individual.

    Parameters
    ----------
    panel
        From `panel.prepare`, with subject.
    subjects
        Values of column subject by name: math, technology, special_education, esl in the paper.
    effects
        Columns with effects: year, district_id, schedule_cell, and grade or level.

    Raises
    ------
    UserError
        If nobody teaches one of the subjects in a regime.

    """
    rows, own, crossed = panel.copy(), [], []
    for name, values in subjects.items():
        rows[name] = rows["subject"].isin(list(values)).astype(float)
        rows[f"{name}_x_post"] = rows[name] * rows["post"]
        rows[f"{name}_x_individual"] = rows[name] * rows["individual"]
        rows[f"{name}_x_individual_x_post"] = rows[name] * rows["individual_x_post"]
        own += [name, f"{name}_x_post"]
        crossed += [f"{name}_x_individual", f"{name}_x_individual_x_post"]
        lacking = [one for one in REGIMES if not rows.loc[rows["regime"] == one, name].any()]
        if lacking:
            raise UserError(
                f"teacher_years, column subject: nobody of regime {', '.join(lacking)} teaches "
                f"{', '.join(values)}; leave {name} out of the subjects"
            )
    parts = {
        1: (rows[rows["regime"] == INDIVIDUAL], own),
        2: (rows[rows["regime"] == SCHEDULE], own),
        3: (rows, [*own, "individual_x_post", *crossed]),
    }
    return event_table(
        {
            number: design(part, "log_salary", names, cluster=DISTRICT, effects=effects)
            for number, (part, names) in parts.items()
        }
    )


def weighted(panel: pd.DataFrame, weight: str | None) -> pd.DataFrame:
    """Rows of positive weight, with `WEIGHT`: of the district in its sample times ``weight``."""
    own = panel[weight] if weight else 1.0
    rows = panel.assign(**{WEIGHT: panel["district_weight"] * own})
    return rows[rows[WEIGHT].to_numpy() > 0]


def _first(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    return table[[*names, *table.columns.difference(names, sort=False)]]
