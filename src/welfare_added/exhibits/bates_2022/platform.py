"""The hiring platform: tables 3, 4, A.1 and A.8."""

import pandas as pd

from welfare_added.exhibits.bates_2022.labels import MONTHS
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, choose, pick

BY_POSITION = {"vacancies": "Posting", "applications": "Applying", "hires": "Hiring"}
BY_VALUE_ADDED = {
    "with_value_added": "Has VA",
    "above_median": "Above median VA",
    "top_decile": "Top decile VA",
}
MEASURES = {"count": ("number", 0), "share": ("%", 2), "share_title1": ("share Title I", 2)}
TOTAL = "total"


def table_03a(timing: pd.DataFrame, *, note: str) -> Drawn:
    """Postings, applications and hires by month.

    Data: month (with total), group, measure (count, share in percent, share_title1), value.
    """
    return _months(timing, BY_POSITION, note)


def table_03b(timing: pd.DataFrame, *, note: str) -> Drawn:
    """Applications by month and the teacher's value added; data as of `table_03a`."""
    return _months(timing, BY_VALUE_ADDED, note)


def _months(timing: pd.DataFrame, groups: dict[str, str], note: str) -> Drawn:
    rows = choose(timing, group=list(groups))
    wide = pick(rows, ["group", "month", "count", "share", "share_title1"]).copy()
    wide["share"] = 100 * wide["share"]
    totals = wide.groupby("group")[["count", "share"]].agg(_whole).reset_index()
    wide = pd.concat([wide, totals.assign(month=TOTAL)])
    long = wide.melt(["month", "group"], list(MEASURES), "measure", "value").dropna()
    orders = {"month": [*MONTHS, TOTAL], "group": list(groups), "measure": list(MEASURES)}
    for column, order in orders.items():
        long[column] = pd.Categorical(long[column], order)
    long = long.sort_values(list(orders), ignore_index=True).astype(dict.fromkeys(orders, str))
    values = long.set_index(["month", "group", "measure"])["value"]
    cells = [
        [
            (MONTHS | {TOTAL: "Total"})[month],
            *(
                number(values.get((month, group, measure), float("nan")), decimals, undefined="")
                for group in groups
                for measure, (_, decimals) in MEASURES.items()
            ),
        ]
        for month in (*MONTHS, TOTAL)
    ]
    heads = ["", *(f"{g}: {m}" for g in groups.values() for m, _ in MEASURES.values())]
    return long, tabular(heads, {"": cells}, note)


def _whole(values: pd.Series) -> float:
    """Sum that is missing if one of the values is, so that none is seen as the rest."""
    return values.sum(skipna=False)


YES_NO = {0: "no", 1: "yes"}


def table_03c(months: pd.DataFrame, *, note: str) -> Drawn:
    """Schools by whether they post in April and in July; data: posts_april, july_*, total."""
    rows = pick(months, ["posts_april", "posts_july", "schools"])
    wide = rows.pivot(index="posts_april", columns="posts_july", values="schools")
    wide = wide.reindex(index=list(YES_NO), columns=list(YES_NO))
    wide = wide.rename(index=YES_NO, columns={0: "july_no", 1: "july_yes"})
    wide["total"] = wide.sum(axis=1, skipna=False)
    wide.loc[TOTAL] = wide.sum(skipna=False)
    data = wide.rename_axis(columns=None).reset_index()
    cells = [
        [str(row[0]).capitalize(), *(number(value, 0) for value in row[1:])]
        for row in data.itertuples(index=False)
    ]
    heads = ["Posts in April", "Posts in July: no", "yes", "Total"]
    return data, tabular(heads, {"": cells}, note)


OF_APPLICATIONS = {
    "hired": "Hired",
    "hired_elsewhere": "Hired, taught elsewhere",
    "hired_out": "Hired, not in district",
    "declined": "Declined offer",
    "interview": "Interview",
    "positive": "Positive",
    "middle": "Middle",
    "negative": "Negative",
    "withdrew": "Withdrew",
    "none": "No comment",
}
OF_POSITIONS = {
    **{name: label for name, label in OF_APPLICATIONS.items() if not name.startswith("hired_")},
    "any_non_hire_action": "Any non-hire action",
}


def table_04a(outcomes: pd.DataFrame, *, note: str) -> Drawn:
    """Outcomes of applications: mean (share of pairs in choice sets) and count.

    Data: statistic (mean, count), outcome, value.
    """
    return _outcomes(choose(outcomes, level="application"), OF_APPLICATIONS, 5, note)


def table_04b(outcomes: pd.DataFrame, *, note: str) -> Drawn:
    """Outcomes of positions: mean (share of positions) and count; data as of `table_04a`."""
    return _outcomes(choose(outcomes, level="position"), OF_POSITIONS, 3, note)


def _outcomes(outcomes: pd.DataFrame, labels: dict[str, str], decimals: int, note: str) -> Drawn:
    rows = pick(outcomes, ["outcome", "count", "share"]).set_index("outcome").reindex(labels)
    statistics = {"mean": ("share", decimals), "count": ("count", 0)}
    data = pd.concat(
        rows[column].rename("value").reset_index().assign(statistic=name)
        for name, (column, _) in statistics.items()
    )[["statistic", "outcome", "value"]].reset_index(drop=True)
    cells = [
        [label, *(number(rows.loc[name, column], d) for column, d in statistics.values())]
        for name, label in labels.items()
    ]
    return data, tabular(["", "Mean", "Count"], {"": cells}, note)


DAYS = {
    "all": "All applications",
    "no_notes": "No notes",
    "with_notes": "Evaluated with notes",
}
STATISTICS = {
    "mean": "Mean",
    "p10": "10th",
    "p25": "25th",
    "p50": "50th",
    "p75": "75th",
    "p90": "90th",
    "sd": "SD",
}


def table_04c(days: pd.DataFrame, *, note: str) -> Drawn:
    """Days between an application and the one that was hired."""
    data = pick(days, ["group", "observations", *STATISTICS])
    cells = [
        [
            DAYS.get(row["group"], row["group"]),
            number(row["observations"], 0),
            *(number(row[name], 1) for name in STATISTICS),
        ]
        for row in data.to_dict("records")
    ]
    return data, tabular(["", "Obs.", *STATISTICS.values()], {"": cells}, note)


SAMPLES = {
    "state": "Teachers of the state",
    "market": "of the district",
    "applicants": "Applicants",
    "with_value_added": "with value added",
    "in_district": "from the district",
    "positions": "Positions",
}


VARIABLES = {
    "share_disadvantaged": "Share disadvantaged",
    "share_black": "Share Black",
    "share_hispanic": "Share Hispanic",
    "share_above_median": "Share above median",
    "title1": "Title I",
    "masters": "Master's degree",
    "mu_0": "VA, students not disadvantaged",
    "mu_1": "VA, disadvantaged students",
}


def table_a1(samples: pd.DataFrame, *, note: str) -> Drawn:
    """Means, and SDs in parentheses, of teachers' traits by sample."""
    data = pick(samples, ["sample", "variable", "mean", "sd", "observations"])
    cells = data.set_index(["variable", "sample"])
    there = [name for name in SAMPLES if name in set(data["sample"])]
    rows = []
    for variable in data["variable"].unique():
        known = [(variable, name) in cells.index for name in there]
        means, spreads = (
            [
                form(cells.loc[(variable, name), column]) if have else ""
                for name, have in zip(there, known, strict=True)
            ]
            for column, form in (("mean", lambda v: number(v, 3)), ("sd", _in_brackets))
        )
        label = VARIABLES.get(variable, variable.replace("_", " ").capitalize())
        rows += [[label, *means], ["", *spreads]]
    return data, tabular(["", *(SAMPLES[name] for name in there)], {"": rows}, note)


def _in_brackets(value: float) -> str:
    return "" if value != value else f"({value:.3f})"


FLOW = {
    "stock": "A. Vacancies posted before the first day",
    "flow": "B. Vacancies posted after the first day",
    "stop": "C. Last application",
}


def table_a8(stock_flow: pd.DataFrame, *, note: str) -> Drawn:
    """Waits, ages of vacancies, and when applicants stop."""
    data = pick(stock_flow, ["panel", "statistic", "value"])
    parts = {
        FLOW.get(panel, panel): [
            [str(row.statistic).replace("_", " ").capitalize(), number(row.value, 2)]
            for row in rows.itertuples()
        ]
        for panel, rows in data.groupby("panel", sort=False)
    }
    return data, tabular(["", "Value"], parts, note)
