"""How much the choice among stable allocations matters: the whole set, in every run."""

import numpy as np
import pandas as pd

from welfare_added.assignment.stable_set import StableSet, UnboundedCount, stable_set
from welfare_added.market.achievement import measures
from welfare_added.market.policies import POLICIES, STATUS_QUO, stable
from welfare_added.market.setting import MarketArrays
from welfare_added.market.simulate import Choices, Run, each_run

SETTINGS = (STATUS_QUO, "all_options", "principals_windows", "principals", "teachers", "both")
ENDS = ("lowest", "teacher_optimal", "median", "school_optimal", "highest")
MOST = 2000  # stable allocations of a run that are listed, to find the median one


def stable_sets(market: MarketArrays, choices: Choices, threads: int = 1) -> pd.DataFrame:
    """The set of all stable allocations of each setting, in every run.

    Columns: run, setting, teachers (matched), same_partner (share of them with the same position
    in every stable allocation), rotations, matchings (number of stable allocations; missing where
    too many to be counted), and achievement per student [student SD] less that of the teacher-
    proposing status quo of the run: lowest and highest over all stable allocations (exact),
    teacher_optimal, school_optimal, and median (each teacher has the median of her positions over
    all stable allocations; missing where more than 2,000).
    """
    parts = each_run(market, choices, _of_run, threads)
    table = pd.DataFrame([row for part in parts for row in part])
    return table.round({"same_partner": 9, **dict.fromkeys(ENDS, 9)})


def _of_run(run: Run) -> list[dict[str, object]]:
    base = measures(run, stable(run, POLICIES[STATUS_QUO]).partner)["achievement"]
    rows = []
    for setting in SETTINGS:
        policy = POLICIES[setting]
        teachers = run.lists("teachers", policy.teachers, policy.options)
        every = stable_set(teachers, run.lists("principals", policy.principals, policy.options))
        matched = every.row_best >= 0
        count = _count(every)
        value_added = run.market.value_added
        ends = {
            "lowest": every.best(-value_added),
            "teacher_optimal": every.row_best,
            "median": _median(every, teachers.place) if count <= MOST else None,
            "school_optimal": every.column_best,
            "highest": every.best(value_added),
        }
        gains = {
            name: np.nan if one is None else measures(run, one)["achievement"] - base
            for name, one in ends.items()
        }
        same = (every.row_best == every.column_best)[matched].mean()
        rows.append(
            {"run": run.number, "setting": setting, "teachers": int(matched.sum())}
            | {"same_partner": same, "rotations": len(every), "matchings": count, **gains}
        )
    return rows


def _count(every: StableSet) -> float:
    try:
        return float(every.count())
    except UnboundedCount:
        return float("nan")


def _median(every: StableSet, place: np.ndarray) -> np.ndarray:
    """The stable matching that gives each row the median of its partners in all stable ones.

    Of an even number the lower median, the one that rows like more (Teo and Sethuraman 1998).
    """
    partners = every.matchings()
    rows = np.flatnonzero(every.row_best >= 0)
    places = place[rows, partners[:, rows]]
    middle = (len(partners) - 1) // 2
    at = np.argpartition(places, middle, axis=0)[middle]  # equal places are equal partners
    result = every.row_best.copy()
    result[rows] = partners[at, rows]
    return result


def stable_set_table(sets: pd.DataFrame) -> pd.DataFrame:
    """Means over runs, by setting.

    Columns: setting, same_partner, rotations, matchings (mean of the runs where they were counted),
    lowest, teacher_optimal, median, school_optimal, highest (gains over the status quo), range
    (mean of highest less lowest), unique (share of runs with one stable allocation), counted
    (share of runs where they were counted), runs.
    """
    names = ["same_partner", "rotations", "matchings", *ENDS]
    with_range = sets.assign(
        range=sets["highest"] - sets["lowest"],
        unique=(sets["rotations"] == 0).astype(float),
        counted=sets["matchings"].notna().astype(float),
    )
    by_setting = with_range.groupby("setting", sort=False)
    table = by_setting[[*names, "range", "unique", "counted"]].mean()
    table["runs"] = by_setting.size()
    return table.round(9).reset_index()
