"""Rows of table 7: five policies' gains over the status quo, in one market or another."""

import re

import numpy as np
import pandas as pd

from welfare_added.market.policies import STATUS_QUO
from welfare_added.market.policy_tables import policy_table, simulate_policies
from welfare_added.market.setting import MarketArrays
from welfare_added.market.simulate import Choices

COLUMNS = ("all_options", "principals", "teachers", "both", "best")
ORDER = ("all_options", "teachers", "both", "best")
YEAR = re.compile(r"year_\d{4}")  # rows of other cycles, which are a choice
ROWS = (
    "baseline",
    *("split_achievement", "split_race"),
    *("buffer_7", "first_day", "drop_single"),
    *("teachers_none", "teachers_school_fe", "teachers_school_re", "teachers_teacher_fe"),
    *("teachers_teacher_re", "teachers_teacher_re_school_fe", "teachers_teacher_fe_school_fe"),
    "teachers_correlated",
    *("principals_two_weeks", "principals_first_half", "principals_second_half"),
    *("principals_rank_all", "principals_rank_active", "principals_hire_only"),
    *("constant_class_size", "full_sample"),
)
DECIMALS = 9


def robustness_row(
    row: str, market: MarketArrays, choices: Choices, threads: int = 1
) -> dict[str, object]:
    """A row of table 7: gains of `COLUMNS` [student SD], each with its standard error over runs.

    Keys: row, the columns, ``<column>_se``, ordered (share of runs in which all options < teachers
    < both < first best, as table 7's baseline has it), market_teachers and market_positions (their
    numbers), note (empty). Errors and the positions dropped are the same in all rows of as many
    teachers and positions.
    """
    runs = simulate_policies(market, choices, (STATUS_QUO, *COLUMNS), threads)
    table = policy_table(runs).set_index("policy")
    found: dict[str, object] = {"row": row}
    for column in COLUMNS:
        found[column] = table.loc[column, "gain"]
        found[f"{column}_se"] = table.loc[column, "gain_se"]
    by_run = runs.pivot(index="run", columns="policy", values="achievement")[list(ORDER)]
    found["ordered"] = float((np.diff(by_run.to_numpy(), axis=1) > 0).all(axis=1).mean())
    teachers, positions = market.utility.shape
    return found | {"market_teachers": teachers, "market_positions": positions, "note": ""}


def full_sample_row(reallocation: pd.DataFrame, teachers: int) -> dict[str, object]:
    """Last row: all teachers of the district, over the actual allocation; two columns alone.

    reallocation: of `reallocation_table`. teachers: their number.
    """
    gain = reallocation.set_index("allocation")["gain"]
    found = {"row": "full_sample", "both": gain["both"], "best": gain["best"]}
    return found | {"market_teachers": teachers, "market_positions": teachers, "note": ""}


def empty_row(row: str, note: str) -> dict[str, object]:
    """A row that this run does not make, and why."""
    return {"row": row, "note": note}


def robustness_table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """All rows in the order of table 7, other cycles second.

    Raises ValueError where a row is missing, unknown or made twice.
    """
    names = [row["row"] for row in rows]
    years = sorted(name for name in names if YEAR.fullmatch(name))
    order = [*ROWS[:1], *years, *ROWS[1:]]
    if sorted(names) != sorted({*order}):
        wrong = sorted({*order} ^ {*names}) or names
        raise ValueError(f"rows {wrong} are missing, unknown or repeated")
    columns = ["row", *(name for one in COLUMNS for name in (one, f"{one}_se"))]
    columns += ["ordered", "market_teachers", "market_positions", "note"]
    table = pd.DataFrame(rows).set_index("row").loc[order].reset_index()
    return table.reindex(columns=columns).round(DECIMALS)
