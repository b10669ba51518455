"""Tables of movers and leavers beside who stays, and tests for few of them (tables 6 to 10)."""

from collections.abc import Mapping

import pandas as pd

from welfare_added.sorting.design import Design
from welfare_added.sorting.regression_tables import event_designs, event_table
from welfare_added.sorting.study_tables import OUTCOME, WEIGHT
from welfare_added.sorting.wild_bootstrap import wild_bootstrap

EVENTS = {"movers": "moved", "exiters": "exits"}
OTHERS = {"movers": "incumbents", "exiters": "stayers"}
LOG_SALARY = "log_salary"
# Coefficients tested by the wild bootstrap, by table; of event tables those of both regimes.
TESTED = {name: "individual_x_post" for name in ("movers", "exiters")}
TRIPLE = "event_x_individual_x_post"


def event_tables(
    panel: pd.DataFrame, rows: pd.DataFrame, matched: Mapping[str, float]
) -> dict[str, tuple[dict[int, Design], pd.DataFrame]]:
    """Designs and estimates of tables 6, 7, 9 and 10.

    Parameters
    ----------
    panel
        Of districts with a handbook.
    rows
        Those with value added, from `study.with_outcome`.
    matched
        Weights of districts of the matched sample.

    Returns
    -------
    dict
        By name: movers_incumbents, movers_salaries, exiters_stayers, exiters_salaries.

    """
    made = {}
    for group, event in EVENTS.items():
        designs = event_designs(rows, OUTCOME, event, matched, teacher_effects=False, weight=WEIGHT)
        made[f"{group}_{OTHERS[group]}"] = designs, event_table(designs)
        designs = event_designs(panel, LOG_SALARY, event, matched, teacher_effects=True)
        made[f"{group}_salaries"] = designs, event_table(designs)
    return made


def wild_tests(
    designs: Mapping[str, Mapping[int, Design]], *, weights: str, replications: int, seed: int
) -> pd.DataFrame:
    """Wild cluster bootstrap of tables 5 and 8, and of columns 4 and 5 of tables 6 and 9.

    designs: by table and column. Returns table, column and the columns of `WildBootstrap.tidy`.
    """
    tables = []
    for name, columns in designs.items():
        for number, one in columns.items():
            term = TESTED.get(name, TRIPLE)
            if name.endswith("salaries") or term not in one.names:
                continue
            test = wild_bootstrap(
                one, term, weights=weights, replications=replications, seed=seed
            ).tidy()
            tables.append(test.assign(table=name, column=number))
    whole = pd.concat(tables, ignore_index=True)
    return whole[["table", "column", *whole.columns.drop(["table", "column"])]]
