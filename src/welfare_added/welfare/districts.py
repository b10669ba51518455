"""Several districts side by side, from what each has published."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from welfare_added.district.vocabulary import SCOPES, SUBJECTS

COUNTS = ("student_years", "students", "classes", "teachers", "schools")
EVEN = 0.5
ALL = "all districts"


def row(
    name: str, sample: pd.DataFrame, frontiers: pd.DataFrame, numbers: pd.DataFrame
) -> dict[str, object]:
    """One district's line: its size, gains at equal weights, break-even bonuses.

    Parameters
    ----------
    name
        Of the district.
    sample
        Sample by step; the last one counts.
    frontiers
        subject, scope, information, weight, gain_mean, ...
    numbers
        quantity, value.

    """
    last = sample.iloc[-1]
    told = numbers.set_index("quantity")["value"]
    even = frontiers[
        np.isclose(frontiers["weight"], EVEN) & (frontiers["information"] == "heterogeneous")
    ].set_index(["subject", "scope"])["gain_mean"]
    gains = {f"gain_{s}_{scope}": even.get((s, scope)) for s in SUBJECTS for scope in SCOPES}
    bonuses = {
        f"break_even_bonus_{scope}": told.get(f"break_even_bonus_{scope}") for scope in SCOPES
    }
    counts = {count: last[count] for count in COUNTS}
    return {"district": name, **counts, **gains, **bonuses}


def side_by_side(rows: Iterable[dict[str, object]]) -> pd.DataFrame:
    """One row a district, then all of them: counts added up, the rest weighted by student-years.

    Returns
    -------
    DataFrame
        district; student_years, students, classes, teachers, schools of the sample; gain_{subject}_
        {scope} at equal weights [student SD a year]; break_even_bonus_{scope} [dollars a year]. Who
        was in two districts counts in both; what a district does not publish is empty, and left
        out of the last row's means.

    """
    table = pd.DataFrame(list(rows))
    weights = table["student_years"]
    total: dict[str, object] = {"district": ALL, **table[list(COUNTS)].sum(min_count=1)}
    for name in table.columns.difference(["district", *COUNTS]):
        known = table[name].notna() & weights.notna()
        total[name] = (
            np.average(table.loc[known, name], weights=weights[known]) if known.any() else np.nan
        )
    return pd.concat([table, pd.DataFrame([total])[table.columns]], ignore_index=True)
