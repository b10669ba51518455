"""Ours: shadow prices of districts, and ways to choose offers."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from welfare_added.exhibits.biasi_2017.cells import count
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import Look, house_style, legend_below, panels, stamp

WORLDS = {"state": "State", "laboratory": "Laboratory"}
CONSTRAINTS = {
    "both": "Both bind",
    "capacity": "Capacity alone binds",
    "budget": "Budget alone binds",
    "neither": "Neither binds",
    "closed": "No offers: stayers exceed either",
}
PRICES = ["budget", "capacity", "left_budget", "left_capacity", "expected_hires", "expected_pay"]
PRICES += ["capacity_price", "budget_price", "budget_binds", "capacity_binds", "closed"]


def _prices(state: pd.DataFrame, laboratory: pd.DataFrame) -> pd.DataFrame:
    """Districts of both worlds, with which of their constraints bind."""
    parts = [
        pick(table, ["market", "district", *PRICES]).assign(world=world)
        for world, table in zip(WORLDS, (state, laboratory), strict=True)
    ]
    data = pd.concat(parts, ignore_index=True)
    budget, capacity, closed = (
        data[name].astype(str).eq("True") for name in ("budget_binds", "capacity_binds", "closed")
    )
    cases = [closed, budget & capacity, capacity, budget]
    data["binds"] = np.select(cases, ["closed", "both", "capacity", "budget"], "neither")
    return data[["world", "market", "district", "binds", *PRICES]]


def table_shadow_prices(prices: pd.DataFrame, laboratory: pd.DataFrame, *, note: str) -> Drawn:
    """Districts by which constraints bind, with mean shadow prices.

    Data: world, binds (both, capacity, budget, neither, closed), districts, expected_hires (of all
    of them), capacity_price and budget_price (means; SDs of the shock a post, and $1,000).
    """
    by = _prices(prices, laboratory).groupby(["world", "binds"])
    data = by.agg(
        districts=("district", "size"),
        expected_hires=("expected_hires", "sum"),
        capacity_price=("capacity_price", "mean"),
        budget_price=("budget_price", "mean"),
    )
    keys = pd.MultiIndex.from_product([WORLDS, CONSTRAINTS], names=["world", "binds"])
    data = data.reindex(keys)
    data["districts"] = data["districts"].fillna(0).astype(int)
    data = data.reset_index()
    parts = {
        title: [
            [
                CONSTRAINTS[row.binds],
                count(row.districts),
                number(row.expected_hires, 1, undefined=""),
                number(row.capacity_price, 3, undefined=""),
                number(row.budget_price, 4, undefined=""),
            ]
            for row in data[data["world"] == world].itertuples()
        ]
        for world, title in WORLDS.items()
    }
    heads = ["", "Districts", "Expected hires", "A post", "\\$1,000"]
    return data, tabular(heads, parts, note)


KINDS = {
    "capacity_price": ("(a) A post", "SDs of the districts' shock"),
    "budget_price": ("(b) \\$1,000 of budget", "SDs of the districts' shock"),
}
# Where both are zero the smaller marks lie within the larger, hollow ones.
SERIES = {
    "laboratory": ("Laboratory", Look("#0072B2", "none", "s", filled=False), 6.0),
    "state": ("State", Look("#D55E00", "none", "."), 2.5),
}


@house_style
def figure_shadow_prices(prices: pd.DataFrame, laboratory: pd.DataFrame, *, note: str) -> Drawn:
    """Districts ordered by the value of a post, and of $1,000.

    Data: world, market, district, binds, and the columns of shadow prices.
    """
    data = _prices(prices, laboratory)
    return data, draw_prices(data, note)


def draw_prices(data: pd.DataFrame, note: str) -> Figure:
    """A panel a price: districts of each world from the lowest to the highest."""
    figure, [row] = panels(height=3.2)
    for axes, (name, (title, unit)) in zip(row, KINDS.items(), strict=True):
        for world, (label, look, size) in SERIES.items():
            own = np.sort(data.loc[data["world"] == world, name].dropna())
            at = (np.arange(len(own)) + 0.5) / max(len(own), 1)
            axes.plot(at, own, label=label, **look.marker_style(size))
        axes.set_title(title, loc="left")
        axes.set_ylabel(unit)
        axes.set_xlabel("Share of districts, from the lowest price")
        axes.margins(y=0.08)
    legend_below(figure, row[0], columns=2)
    stamp(figure, note)
    return figure


WAYS = {
    "linear": "Linear optimum (bound)",
    "whole": "Best whole offers",
    "floor": "Floor of the linear optimum",
    "corrected": "Appendix E, corrected",
    "printed": "Appendix E, as printed",
}


def table_ways(ways: pd.DataFrame, *, note: str) -> Drawn:
    """Ways to choose a district's offers.

    Data: way, offers, value, hires, pay [$1,000], capacity_price, lost (value below the linear
    optimum's, percent).
    """
    columns = ["way", "offers", "value", "hires", "pay", "capacity_price"]
    rows = pick(choose(ways, way=list(WAYS)), columns).set_index("way").loc[list(WAYS)]
    best = rows.loc["linear", "value"]
    data = rows.assign(lost=100 * (best - rows["value"]) / best).reset_index()
    cells = [
        [
            WAYS[row.way],
            count(row.offers),
            number(row.value, 3),
            number(row.lost, 3),
            number(row.hires, 3),
            number(row.pay, 1),
            number(row.capacity_price, 3, undefined=""),
        ]
        for row in data.itertuples()
    ]
    heads = ["", "Offers", "Value", "Lost, %", "Hires", "Pay, \\$1,000", "Price of a post"]
    return data, tabular(heads, {"": cells}, note)
