"""Table A.6: classes and efficiencies of all plans."""

import pandas as pd

from welfare_added.exhibits.ellison_2020.labels import PLANS, TABLE_A6
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn

CLASS = {"mean": 1, "sd": 2, "gap": 2, "minority": 3, "frpl": 3, "asian": 3}  # decimals
TARGETS = ("overall", "minority_only", "income_only")
MEASURES = ("sd", "mean")
HEADS = (
    *("Mean", "SD", "Gap", "Minority", "FRPL", "Asian"),
    *("Overall", "Minority", "Income", "Overall", "Minority", "Income"),
)


def table_a6(classes: pd.DataFrame, efficiency: pd.DataFrame, *, note: str) -> Drawn:
    """Classes of the plans tuned at each school, and their efficiencies in percent.

    Returns
    -------
    DataFrame
        tuned_at, plan, mean, sd, gap [points], minority, frpl, asian [share], then sd_overall to
        mean_income_only [percent]: efficiency by the SD and by the mean. A plan that cannot be
        tuned at a school has no numbers there.

    """
    data = policies_table(classes, efficiency)
    panels = {
        school: [
            [PLANS[row.plan], *(number(getattr(row, n), d) for n, d in CLASS.items())]
            + [number(getattr(row, name), 1) for name in _names()]
            for row in rows.itertuples()
        ]
        for school, rows in data.groupby("tuned_at", sort=False)
    }
    return data, tabular(["", *HEADS], panels, note)


def policies_table(classes: pd.DataFrame, efficiency: pd.DataFrame) -> pd.DataFrame:
    """Plans of table A.6 by the school to which they are tuned; columns as of `table_a6`."""
    schools = list(dict.fromkeys(classes["tuned_at"].dropna()))
    here = classes[classes["plan"].isin(TABLE_A6)]
    copies = [here.assign(tuned_at=here["tuned_at"].fillna(name)) for name in schools]
    own = pd.concat(
        [one[one["tuned_at"] == name] for one, name in zip(copies, schools, strict=True)]
    )
    own = own[own["school"] == own["tuned_at"]]
    wide = efficiency.assign(name=efficiency["measure"] + "_" + efficiency["target"])
    wide = 100 * wide.pivot_table(
        index=["school", "plan"], columns="name", values="value", dropna=False
    )
    wide = wide.reindex(columns=_names()).reset_index().rename(columns={"school": "tuned_at"})
    grid = pd.MultiIndex.from_product([schools, TABLE_A6], names=["tuned_at", "plan"])
    table = grid.to_frame(index=False).merge(own, "left", validate="one_to_one")
    table = table.merge(wide, "left", validate="one_to_one")
    return table[["tuned_at", "plan", *CLASS, *_names()]]


def _names() -> list[str]:
    return [f"{measure}_{target}" for measure in MEASURES for target in TARGETS]
