"""Tables A.1 and A.5: what predicts minority status."""

import pandas as pd

from welfare_added.exhibits.ellison_2020.labels import VARIABLES
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn

COLUMNS = (1, 2, 3, 4, 5, 6)
VARIANTS = {"without_frpl": "Without FRPL", "with_frpl": "With FRPL"}


def table_a1(regressions: pd.DataFrame, *, note: str) -> Drawn:
    """Linear probability models of minority status; data as of `regressions.table_a1`."""
    cells = regressions.set_index(["column", "variable"])
    rows = []
    for variable in [name for name in VARIABLES if name in set(regressions["variable"])]:
        there = [(c, variable) in cells.index for c in COLUMNS]
        estimate, error = (
            [
                form(cells.loc[(c, variable), name]) if here else ""
                for c, here in zip(COLUMNS, there, strict=True)
            ]
            for name, form in (
                ("coefficient", lambda value: number(value, 3)),
                ("standard_error", _in_brackets),
            )
        )
        rows += [[VARIABLES[variable], *estimate], ["", *error]]
    first = regressions.groupby("column").first()
    several = regressions.groupby("column")["r_squared"].nunique() > 1
    fits = [
        [
            "R squared",
            *("" if several[c] else number(first.loc[c, "r_squared"], 3) for c in COLUMNS),
        ],
        [
            "Misclassified, %",
            *(
                "" if several[c] else number(100 * first.loc[c, "misclassified"], 1)
                for c in COLUMNS
            ),
        ],
        ["Observations", *(_count(first.loc[c, "n"]) for c in COLUMNS)],
    ]
    heads = ["", *(f"({c})" for c in COLUMNS)]
    return regressions, tabular(heads, {"": rows, " ": fits}, note)


def table_a5(weights: pd.DataFrame, *, note: str) -> Drawn:
    """Variables that the LASSO picks, by size of their larger weight.

    weights: variant, variable, weight, zero where not picked; the data have these too.
    """
    data = weights.set_index(["variable", "variant"])["weight"].unstack("variant")
    data = data[[*VARIANTS]].reset_index()
    size = data[[*VARIANTS]].abs().max(axis=1)
    data = data.assign(size=size).sort_values(["size", "variable"], ascending=[False, True])
    data = data.drop(columns="size").reset_index(drop=True)
    rows = [
        [_variable(row.variable), number(row.without_frpl, 3), number(row.with_frpl, 3)]
        for row in data.itertuples()
        if row.without_frpl or row.with_frpl
    ]
    return data, tabular(["Variable", *VARIANTS.values()], {"": rows}, note)


def _variable(name: str) -> str:
    return VARIABLES.get(name, name.replace("_", " ").capitalize())


def _in_brackets(value: float) -> str:
    return "" if value != value else f"({value:.3f})"


def _count(value: float) -> str:
    """A number of applicants; a dash where it is withheld."""
    return number(value, 0) if value != value else f"{int(value):,}"
