"""Ours: the feasible planner beside the published one, stability, proofs, and the ten years."""

import pandas as pd

from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.laverde_2023.gains import OUTCOMES, draw_scenarios
from welfare_added.exhibits.laverde_2023.labels import (
    AIMS,
    FEASIBLE,
    PLANNERS,
    PLANS,
    SAME_YEARS,
    SCENARIOS,
    planners_in,
)
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import Look, house_style

# Compared with each other: the clairvoyant planner in the years in which the feasible one plans.
COMPARED = {SAME_YEARS: "Knows each draw", FEASIBLE: "Knows the years before alone"}
# Where the gain of each aim is, and its unit.
GAIN = {
    "mean_score": ("gain_score", "student SD", 3),
    "share_proficient": ("gain_proficient", "points", 2),
    "class_mean": ("class_total", "student SD", 3),
}


def table_planners(gains: pd.DataFrame, parts: pd.DataFrame, *, note: str) -> Drawn:
    """Gains over the observed assignment of both planners, each in what it plans for.

    Data: aim, scenario, clairvoyant_same_years, feasible, the same with ``_se``, and share
    (feasible over the other).
    """
    data = pd.concat([_beside(gains, parts, aim) for aim in AIMS], ignore_index=True)
    cells = {}
    for aim, title in AIMS.items():
        _, unit, decimals = GAIN[aim]
        cells[f"{title}, {unit}"] = [
            [
                SCENARIOS[row.scenario],
                *(
                    f"{number(value, decimals)} ({number(error, decimals + 1)})"
                    for value, error in (
                        (row.clairvoyant_same_years, row.clairvoyant_same_years_se),
                        (row.feasible, row.feasible_se),
                    )
                ),
                number(row.share, 2),
            ]
            for row in data[data["aim"] == aim].itertuples()
        ]
    return data, tabular(["", *COMPARED.values(), "Ratio"], cells, note)


def _beside(gains: pd.DataFrame, parts: pd.DataFrame, aim: str) -> pd.DataFrame:
    """Rows of one aim, in the order of scenarios."""
    name, _, _ = GAIN[aim]
    table = parts if aim == "class_mean" else choose(gains, group="all")
    rows = choose(table, aim=aim, scenario=list(SCENARIOS), planner=list(COMPARED))
    rows = pick(rows, ["planner", "scenario", name, f"{name}_sd"])
    wide = rows.pivot(index="scenario", columns="planner", values=[name, f"{name}_sd"])
    wide = wide.reindex(SCENARIOS)
    data = pd.DataFrame({"aim": aim, "scenario": wide.index})
    for planner in COMPARED:
        data[planner] = wide[name, planner].to_numpy()
    for planner in COMPARED:
        data[f"{planner}_se"] = wide[f"{name}_sd", planner].to_numpy()
    divisible = data[SAME_YEARS].where(data[SAME_YEARS] > 0)
    return data.assign(share=data[FEASIBLE] / divisible)


PLANNER_LOOKS = {
    SAME_YEARS: Look("#0072B2", "-", "o"),
    FEASIBLE: Look("#D55E00", "-", "s", filled=False),
}


@house_style
def figure_planners(gains: pd.DataFrame, *, note: str) -> Drawn:
    """Gains of both planners over the observed assignment, each at its own aim.

    Data: outcome (score at the best mean score, proficient at the best share), planner, scenario,
    gain, sd.
    """
    aims = {"score": "mean_score", "proficient": "share_proficient"}
    rows = []
    for outcome in OUTCOMES:
        name = f"gain_{outcome}"
        own = choose(
            gains,
            aim=aims[outcome],
            group="all",
            planner=list(COMPARED),
            scenario=list(SCENARIOS),
        )
        own = pick(own, ["planner", "scenario", name, f"{name}_sd"])
        own = own.set_axis(["planner", "scenario", "gain", "sd"], axis=1)
        own.insert(0, "outcome", outcome)
        rows.append(own)
    data = pd.concat(rows, ignore_index=True)
    series = ("planner", COMPARED, PLANNER_LOOKS)
    return data, draw_scenarios(data, series, SCENARIOS, note)


PEOPLE = {
    "moves": "Moves",
    "displaced": "Without a position",
    "brought_in": "Brought in",
    "worse_off": "Worse off",
    "blocking_pairs": "Blocking pairs",
}


def table_stability(people: pd.DataFrame, *, note: str) -> Drawn:
    """Teachers who move, are left out, brought in or worse off, and pairs that would block a plan.

    Data: planner, aim, scenario (with observed), positions, and the columns of `PEOPLE` with their
    ``_sd``; means a year.
    """
    columns = ["positions", *(f"{name}{end}" for name in PEOPLE for end in ("", "_sd"))]
    rows = choose(people, planner=planners_in(people), aim=list(AIMS), scenario=list(PLANS))
    data = _in_order(pick(rows, ["planner", "aim", "scenario", *columns]))
    cells = {
        f"{AIMS[aim]}: {PLANNERS[planner]}": [
            [
                PLANS[row["scenario"]],
                number(row["positions"], 0),
                *(number(row[name], 1) for name in PEOPLE),
            ]
            for row in own.to_dict("records")
        ]
        for (planner, aim), own in data.groupby(["planner", "aim"], sort=False)
    }
    return data, tabular(["", "Positions", *PEOPLE.values()], cells, note)


def table_certificates(certificates: pd.DataFrame, *, note: str) -> Drawn:
    """How far every plan is proven.

    Data: planner, aim, scenario, problems, largest_gap (relative), reversals.
    """
    columns = ["planner", "aim", "scenario", "problems", "largest_gap", "reversals"]
    planners = [name for name in planners_in(certificates) if name != SAME_YEARS]
    rows = choose(certificates, planner=planners, aim=list(AIMS), scenario=list(SCENARIOS))
    data = _in_order(pick(rows, columns))
    cells = {
        PLANNERS[planner]: [
            [
                f"{AIMS[row.aim]}: {SCENARIOS[row.scenario]}",
                number(row.problems, 0),
                f"{row.largest_gap:.0e}" if row.largest_gap else "0",
                number(row.reversals, 0),
            ]
            for row in own.itertuples()
        ]
        for planner, own in data.groupby("planner", sort=False)
    }
    heads = ["", "Problems", "Largest relative gap", "Scenarios out of order"]
    return data, tabular(heads, cells, note)


def _in_order(data: pd.DataFrame) -> pd.DataFrame:
    places = {"planner": list(PLANNERS), "aim": list(AIMS), "scenario": list(PLANS)}
    return data.sort_values(
        list(places), key=lambda one: one.map(places[one.name].index), ignore_index=True
    )


def table_years(years: pd.DataFrame, *, note: str) -> Drawn:
    """Positions, candidates and students of each year's reassignment.

    Data: year, positions, candidates, students, random_exact (whether the random assignment's mean
    is exact).
    """
    data = pick(years, ["year", "positions", "candidates", "students", "random_exact"])
    rows = [
        [
            str(row.year),
            *(number(value, 0) for value in (row.positions, row.candidates, row.students)),
            "exact" if row.random_exact == 1 else "simulated",
        ]
        for row in data.itertuples()
    ]
    heads = ["Year", "Positions", "Candidates", "Students", "Random assignment"]
    return data, tabular(heads, {"": rows}, note)
