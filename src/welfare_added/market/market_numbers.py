"""Numbers of the text of sections 5 to 8, from the tables of the market."""

import numpy as np
import pandas as pd

from welfare_added.market.setting import MarketArrays
from welfare_added.market.simulate import Choices

DECIMALS = 9
SHORT, LONG = 5, 25  # minutes of commute at which the text compares ranks
MOST = 100  # minutes of spending up to which figure 10 is drawn


def market_numbers(
    market: MarketArrays, choices: Choices, tables: dict[str, pd.DataFrame]
) -> dict[str, float]:
    """Numbers by name; NaN where a table lacks what they are made from.

    tables: policies, frontier, bonuses, ranks and own_rank, as they are written.
    """
    teachers, positions = market.utility.shape
    numbers: dict[str, float] = {"teachers": teachers, "positions": positions}
    numbers["runs"] = choices.runs
    numbers |= _of_policies(tables["policies"].set_index("policy"))
    numbers |= _of_frontier(tables["frontier"])
    numbers |= _of_bonuses(tables["bonuses"], tables["policies"].set_index("policy"))
    numbers |= _of_ranks(tables["ranks"])
    slopes = tables["own_rank"].groupby("policy")["slope"].first()
    return numbers | {f"own_rank_slope_{name}": slopes[name] for name in slopes.index}


def _of_policies(policies: pd.DataFrame) -> dict[str, float]:
    gap = policies["achievement_1"] - policies["achievement_0"]
    return {
        "gap_status_quo": gap["status_quo"],
        "gap_best": gap["best"],
        "gap_principals": gap["principals"],
    }


def _of_frontier(frontier: pd.DataFrame) -> dict[str, float]:
    first, last = frontier.iloc[0], frontier.iloc[-1]
    return {
        "frontier_achievement_gap": last["achievement"] - first["achievement"],
        "frontier_utility_gap": first["utility_minutes"] - last["utility_minutes"],
    }


def _of_bonuses(bonuses: pd.DataFrame, policies: pd.DataFrame) -> dict[str, float]:
    own = bonuses[bonuses["principals"] == "estimated"].sort_values(["scheme", "rate"])
    output = own[own["scheme"] == "output"]
    single = own[own["scheme"] == "teacher_specific"]
    spending, gain = output["spending"].to_numpy(), output["gain"].to_numpy()
    return {
        "bonus_gain_at_100": crossing(spending, gain, MOST),
        "bonus_spending_as_all_options": crossing(
            gain, spending, policies.loc["all_options", "gain"]
        ),
        "flexible_cost_of_best": single["spending"].iloc[-1] if len(single) else np.nan,
    }


def crossing(x: np.ndarray, y: np.ndarray, at: float) -> float:
    """y on the line through the points, in order, where x first reaches ``at``; NaN if never."""
    over = np.flatnonzero(x >= at)
    if not len(over):
        return float("nan")
    step = over[0]
    if step == 0:
        return float(y[0]) if x[0] == at else float("nan")
    part = (at - x[step - 1]) / (x[step] - x[step - 1])
    return float(y[step - 1] + part * (y[step] - y[step - 1]))


def _of_ranks(ranks: pd.DataFrame) -> dict[str, float]:
    panel = {name: part for name, part in ranks.groupby("panel")}

    def span(name: str) -> float:
        return float(panel[name]["percentile"].iloc[-1] - panel[name]["percentile"].iloc[0])

    numbers = {
        "rank_disadvantaged_range": -span("disadvantaged"),
        "rank_advantage_range": span("comparative_advantage"),
        "rank_principal_low": float(panel["principal_value_added"]["percentile"].iloc[0]),
        "rank_principal_high": float(panel["principal_value_added"]["percentile"].iloc[-1]),
    }
    for minutes in (SHORT, LONG):
        numbers[f"rank_at_{minutes}_minutes"] = (
            _interpolated(panel["commute"], minutes) if "commute" in panel else np.nan
        )
    return numbers


def _interpolated(part: pd.DataFrame, at: float) -> float:
    """Percentile at a value of x between the bins' means; NaN outside of them."""
    x, y = part["x"].to_numpy(), part["percentile"].to_numpy()
    return float(np.interp(at, x, y, left=np.nan, right=np.nan))


def numbers_table(numbers: dict[str, float]) -> pd.DataFrame:
    """Numbers as name and value."""
    rows = [
        {"name": name, "value": round(float(value), DECIMALS)} for name, value in numbers.items()
    ]
    return pd.DataFrame(rows)
