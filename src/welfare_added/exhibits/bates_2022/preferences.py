"""Tables 5 and 6: estimated preferences of teachers and principals."""

from collections.abc import Callable

import pandas as pd

from welfare_added.exhibits.bates_2022.labels import principal_parameter, teacher_parameter
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, pick

COLUMNS = ["parameter", "estimate", "standard_error"]


def table_05(estimates: pd.DataFrame, *, note: str) -> Drawn:
    """Preferences of teachers over positions."""
    return _estimates(estimates, teacher_parameter, note)


def table_06(estimates: pd.DataFrame, *, note: str) -> Drawn:
    """Preferences of principals over teachers."""
    return _estimates(estimates, principal_parameter, note)


def _estimates(estimates: pd.DataFrame, named: Callable[[str], str], note: str) -> Drawn:
    data = pick(estimates, COLUMNS)
    rows = [
        [named(row.parameter), number(row.estimate, 3), number(row.standard_error, 3)]
        for row in data.itertuples()
    ]
    return data, tabular(["", "Estimate", "Standard error"], {"": rows}, note)
