"""Numbers of the text of sections 5 to 8, from the tables of the market."""

import numpy as np
import pandas as pd

from welfare_added.market.setting import MarketArrays

DECIMALS = 9


def market_numbers(
    market: MarketArrays,
    runs: int,
    tables: dict[str, pd.DataFrame],
    spending: float,
) -> dict[str, float]:
    """Numbers by name; NaN where a table lacks what they are made from.

    tables: policies, frontier, bonuses, ranks and own_rank, as they are written. spending:
    minutes per teacher at which the text gives the gain of bonuses for output.
    """
    teachers, positions = market.utility.shape
    numbers: dict[str, float] = {"teachers": teachers, "positions": positions}
    numbers["runs"] = runs
    numbers |= _of_policies(tables["policies"].set_index("policy"))
    numbers |= _of_frontier(tables["frontier"])
    numbers |= _of_bonuses(tables["bonuses"], tables["policies"].set_index("policy"), spending)
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


def _of_bonuses(bonuses: pd.DataFrame, policies: pd.DataFrame, at: float) -> dict[str, float]:
    own = bonuses[bonuses["principals"] == "estimated"].sort_values(["scheme", "rate"])
    output = own[own["scheme"] == "output"]
    single = own[own["scheme"] == "teacher_specific"]
    spending, gain = output["spending"].to_numpy(), output["gain"].to_numpy()
    return {
        f"bonus_gain_at_{at:g}": crossing(spending, gain, at),
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
    return numbers


def numbers_table(numbers: dict[str, float]) -> pd.DataFrame:
    """Numbers as name and value."""
    rows = [
        {"name": name, "value": round(float(value), DECIMALS)} for name, value in numbers.items()
    ]
    return pd.DataFrame(rows)


def reallocation_numbers(
    moved: pd.DataFrame, replaced: pd.DataFrame, share_moved: float, share_replaced: float
) -> dict[str, float]:
    """Gains at a share of teachers moved, and at a share replaced; on the line between points."""
    parts = {
        f"moved_{round(100 * share_moved)}_gain": (moved, share_moved),
        "replaced_half_gain": (replaced, share_replaced),
    }
    return {
        name: float(np.interp(at, table["share"], table["gain"]))
        for name, (table, at) in parts.items()
    }
