"""Several districts in one table, from the results that each has published."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from welfare_added.district.vocabulary import SCOPES, SUBJECTS

COUNTS = ("student_years", "students", "classes", "teachers", "schools")
EQUAL_WEIGHT = 0.5
ALL = "all districts"


def row(
    name: str, sample: pd.DataFrame, frontiers: pd.DataFrame, numbers: pd.DataFrame
) -> dict[str, object]:
    """One district's row: its size, gains at equal weights, break-even bonuses.

    Parameters
    ----------
    name
        Of the district.
    sample
        ``district/sample.csv``: counts after each step of sample selection; the last one is used.
    frontiers
        ``frontiers.csv``: subject, scope, information, weight, gain_mean, ...
    numbers
        ``welfare/text_numbers.csv``: quantity, value.

    """
    final = sample.iloc[-1]
    values = numbers.set_index("quantity")["value"]
    gain_mean = frontiers[
        np.isclose(frontiers["weight"], EQUAL_WEIGHT)
        & (frontiers["information"] == "heterogeneous")
    ].set_index(["subject", "scope"])["gain_mean"]
    gains = {f"gain_{s}_{scope}": gain_mean.get((s, scope)) for s in SUBJECTS for scope in SCOPES}
    bonuses = {
        f"break_even_bonus_{scope}": values.get(f"break_even_bonus_{scope}") for scope in SCOPES
    }
    counts = {count: final[count] for count in COUNTS}
    return {"district": name, **counts, **gains, **bonuses}


def side_by_side(rows: Iterable[dict[str, object]]) -> pd.DataFrame:
    """One row per district, then one for all: sums of counts, means weighted by student-years.

    Returns
    -------
    DataFrame
        district; student_years, students, classes, teachers, schools of the sample; gain_{subject}_
        {scope} at equal weights [student SD]; break_even_bonus_{scope} [dollars a year]. Persons
        in two districts count in both; what a district does not publish is missing, and left
        out of the last row's means.

    """
    table = pd.DataFrame(list(rows))
    weights = table["student_years"]
    total: dict[str, object] = {"district": ALL, **table[list(COUNTS)].sum(min_count=1)}
    for name in table.columns.difference(["district", *COUNTS]):
        present = table[name].notna() & weights.notna()
        total[name] = (
            np.average(table.loc[present, name], weights=weights[present])
            if present.any()
            else np.nan
        )
    return pd.concat([table, pd.DataFrame([total])[table.columns]], ignore_index=True)
