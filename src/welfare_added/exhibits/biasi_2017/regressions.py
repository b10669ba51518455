"""Tables 4 to 11, A2, A4 and A5: regressions by column."""

from collections.abc import Mapping

import pandas as pd

from welfare_added.exhibits.biasi_2017.cells import by_column, footer, of_terms
from welfare_added.exhibits.latex import tabular
from welfare_added.exhibits.output import Drawn, choose, pick

COLUMNS = ["term", "column", "estimate", "standard_error", "p", "n"]
PAY = {
    "value_added": "VA",
    "value_added_x_post": "VA x post",
    "individual": "IS",
    "value_added_x_individual": "VA x IS",
    "individual_x_post": "IS x post",
    "value_added_x_individual_x_post": "VA x IS x post",
}
BY_REGIME = {"individual": "IS", "individual_x_post": "IS x post"}
SUBJECTS = {
    "math": "Mathematics",
    "technology": "Technology",
    "special_education": "Special education",
    "esl": "ESL",
}
PREMIA = {
    **{
        f"{name}{end}": f"{label}{text}"
        for name, label in SUBJECTS.items()
        for end, text in (("", ""), ("_x_post", " x post"))
    },
    "individual_x_post": "IS x post",
    **{
        f"{name}{end}": f"{label}{text}"
        for name, label in SUBJECTS.items()
        for end, text in (("_x_individual", " x IS"), ("_x_individual_x_post", " x IS x post"))
    },
}
# Columns of tables 6, 7, 9 and 10.
BY_SAMPLE = ("IS", "SS matched", "SS", "IS, SS matched", "IS, SS")
BELOW = "Rows and districts"
FOOTER = {
    "outcome": "Of",
    "sample": "Sample",
    "controls": "Controls",
    "n": "Observations",
    "clusters": "Districts",
    "singletons": "Left out, alone in an effect",
}


def of_event(event: str, label: str) -> dict[str, str]:
    """Terms of tables 6, 7, 9 and 10."""
    return {
        event: label,
        "event_x_post": f"{label} x post",
        "individual_x_post": "IS x post",
        "event_x_individual": f"{label} x IS",
        "event_x_individual_x_post": f"{label} x IS x post",
    }


def table_04(pay: pd.DataFrame, *, note: str) -> Drawn:
    """Residual salary on residual value added [dollars a SD].

    Data of all tables here: term, column, estimate, standard_error, p, n, and what else the
    regression tells: 95% interval, clusters, mean of the outcome, rows left out.
    """
    return _one(pay, PAY, 2, note, ("All", "IS", "SS", "IS and SS"))


def table_05(movers: pd.DataFrame, *, note: str) -> Drawn:
    """Value added of movers between regimes."""
    return _one(movers, BY_REGIME, 4, note)


def table_06(movers: pd.DataFrame, *, note: str) -> Drawn:
    """Value added of movers and incumbents."""
    return _one(movers, of_event("moved", "Mover"), 4, note, BY_SAMPLE)


def table_07(movers: pd.DataFrame, *, note: str) -> Drawn:
    """Log salaries of movers."""
    return _one(movers, of_event("moved", "Mover"), 4, note, BY_SAMPLE)


def table_08(exiters: pd.DataFrame, *, note: str) -> Drawn:
    """Value added of those who leave."""
    return _one(exiters, BY_REGIME, 4, note)


def table_09(exiters: pd.DataFrame, *, note: str) -> Drawn:
    """Value added of those who leave and of stayers."""
    return _one(exiters, of_event("exits", "Exit"), 4, note, BY_SAMPLE)


def table_10(exiters: pd.DataFrame, *, note: str) -> Drawn:
    """Log salaries of those who leave."""
    return _one(exiters, of_event("exits", "Exit"), 4, note, BY_SAMPLE)


def table_11(workforce: pd.DataFrame, *, note: str) -> Drawn:
    """Value added of the workforce."""
    return _one(workforce, {"individual_x_post": "IS x post"}, 4, note)


def table_a2(premia: pd.DataFrame, *, note: str) -> Drawn:
    """Log salary by subject taught."""
    taught = set(pick(premia, ["term"])["term"])  # subjects that nobody teaches are left out
    there = {term: label for term, label in PREMIA.items() if term in taught}
    return _one(premia, there, 4, note, ("IS", "SS", "IS and SS"))


def table_a4(regressions: pd.DataFrame, *, note: str) -> Drawn:
    """Tables 5, 8 and 11 in districts matched on four covariates."""
    return _one(regressions, BY_REGIME, 4, note)


def table_a5(regressions: pd.DataFrame, *, note: str) -> Drawn:
    """Tables 5, 8 and 11 in districts matched on the propensity."""
    return _one(regressions, BY_REGIME, 4, note)


def _one(
    table: pd.DataFrame,
    terms: Mapping[str, str],
    decimals: int,
    note: str,
    heads: tuple[str, ...] = (),
) -> Drawn:
    """Data, and LaTeX with a column a regression; heads: words beside the columns' numbers."""
    data = of_terms(choose(table, term=list(terms)), terms, COLUMNS)
    keys = sorted(data["column"].unique())
    numbers = [f"({key})" for key in keys]
    if heads:
        numbers = [f"{at} {word}" for at, word in zip(numbers, heads, strict=True)]
    parts = {"": by_column(data, terms, decimals, keys), BELOW: footer(data, FOOTER, keys)}
    return data, tabular(["", *numbers], parts, note)
