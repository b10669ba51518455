"""Ours: trends before Act 10, and inference that few movers ask for."""

import pandas as pd

from welfare_added.exhibits.biasi_2017.cells import count
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, choose, pick

OUTCOMES = {
    "movers": "Value added of movers",
    "exiters": "Value added of those who leave",
}
TESTS = {"equal": "Equal differences", "linear": "No linear trend"}


def table_before(trends: pd.DataFrame, *, note: str) -> Drawn:
    """Tests of differences between regimes before Act 10.

    Data: outcome, test (equal, linear), statistic (F), p, freedom, slope [SD a year].
    """
    columns = ["outcome", "test", "statistic", "p", "freedom", "slope"]
    data = pick(choose(trends, test=list(TESTS)), columns)
    parts = {}
    for outcome, own in data.groupby("outcome", sort=False):
        parts[_outcome(outcome)] = [
            [
                TESTS[row.test],
                number(row.statistic, 2),
                count(row.freedom),
                number(row.p, 3),
                number(row.slope, 4, undefined=""),
            ]
            for row in own.itertuples()
        ]
    return data, tabular(["", "F", "Restrictions", "p", "Slope a year, SD"], parts, note)


def _outcome(name: str) -> str:
    return OUTCOMES.get(name, name.replace("_", " ").capitalize())


def table_few(wild: pd.DataFrame, randomisation: pd.DataFrame, *, note: str) -> Drawn:
    """Wild bootstrap of the tables with few rows, and regimes exchanged within matched sets.

    Data: method (wild, exchange), table (or outcome), column, term, estimate, p, low, high,
    replications, clusters, informative (districts behind the coefficient).
    """
    columns = ["table", "column", "term", "estimate", "p", "low", "high", "replications"]
    drawn = pick(wild, [*columns, "clusters", "informative"]).assign(method="wild")
    names = ["outcome", "observed", "p", "low", "high", "replications", "sets"]
    exchanged = pick(randomisation, names).rename(
        columns={"outcome": "table", "observed": "estimate", "sets": "clusters"}
    )
    data = pd.concat([drawn, exchanged.assign(method="exchange")], ignore_index=True)
    data = data[["method", *columns, "clusters", "informative"]]
    parts = {}
    for method, title in METHODS.items():
        parts[title] = [
            [
                _place(row),
                number(row.estimate, 4),
                number(row.p, 3),
                f"[{number(row.low, 3)}, {number(row.high, 3)}]",
                count(row.clusters),
                count(row.replications),
            ]
            for row in data[data["method"] == method].itertuples()
        ]
    heads = ["", "Estimate", "p", "95%", "Clusters", "Replications"]
    return data, tabular(heads, parts, note)


METHODS = {
    "wild": "Wild cluster bootstrap, null imposed",
    "exchange": "Regimes exchanged within matched sets (95% of values under exchange)",
}

TABLES = {
    "movers": "Table 5",
    "movers_incumbents": "Table 6",
    "exiters": "Table 8",
    "exiters_stayers": "Table 9",
}


def _place(row) -> str:
    if row.method != "wild":
        return _outcome(row.table)
    return f"{TABLES[row.table]}, column {row.column:.0f}"
