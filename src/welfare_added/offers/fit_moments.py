"""Moments of moves and exits, of the model and of the data (table 14)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from welfare_added.offers.discrete import Equilibrium
from welfare_added.offers.market import ENTRANT, EXIT, Market, Prepared
from welfare_added.offers.thresholds import Thresholds

GROUPS = ("all", "VA > 0", "VA < 0", "without VA")


def fit_moments(
    markets: Sequence[Prepared], equilibria: Sequence[Thresholds | Equilibrium]
) -> pd.DataFrame:
    """Shares of incumbents who move and who exit: columns moment, group, model, data, teachers.

    Entrants are left out: they have no post to leave. "all" holds teachers without value added,
    of whom the paper's table has no row of its own. ``data`` is nan where matches are missing.
    """
    parts = [_incumbents(prepared, one) for prepared, one in zip(markets, equilibria, strict=True)]
    value_added, *rest = (np.concatenate(column) for column in zip(*parts, strict=True))
    masks = group_masks(value_added)
    moves, exits, moved, left = rest
    rows = []
    for moment, model, data in (("move", moves, moved), ("exit", exits, left)):
        for group in GROUPS:
            who = masks[group]
            shares = [float(x[who].mean()) if who.any() else np.nan for x in (model, data)]
            rows.append((moment, group, *shares, int(who.sum())))
    return pd.DataFrame(rows, columns=["moment", "group", "model", "data", "teachers"])


def group_masks(value_added: np.ndarray) -> dict[str, np.ndarray]:
    """Who is in each of `GROUPS`; value_added: (n,), nan of those without."""
    who = (
        np.ones(len(value_added), dtype=bool),
        value_added > 0,
        value_added < 0,
        np.isnan(value_added),
    )
    return dict(zip(GROUPS, who, strict=True))


def moved_and_left(market: Market) -> tuple[np.ndarray, np.ndarray]:
    """Whether each incumbent moved to another district, and whether she left, (n,) bool each."""
    here = market.origin != ENTRANT
    match, origin = market.match[here], market.origin[here]
    return (match != origin) & (match != EXIT), match == EXIT


def _incumbents(prepared: Prepared, equilibrium: Thresholds | Equilibrium) -> tuple:
    market = prepared.market
    here = np.flatnonzero(market.origin != ENTRANT)
    origin = market.origin[here]
    matches = equilibrium.matches(prepared)[here]
    moves = matches.sum(axis=1) - matches[np.arange(len(here)), origin]
    if market.match is None:
        moved = left = np.full(len(here), np.nan)
    else:
        moved, left = (did.astype(float) for did in moved_and_left(market))
    return market.value_added[here], moves, equilibrium.exits[here], moved, left
