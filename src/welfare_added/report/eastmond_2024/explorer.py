"""Data of the report's explorer: gains, gaps, earnings and moves by plan and weight."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.report.numbers import listed, number

PLAN = ["subject", "scope", "information"]
GAINS = ["gain_lower", "gain_higher", "gain_mean"]
GAPS = ["change_higher_lower", "baseline_higher_lower", "change_racial", "baseline_racial"]
STUDENTS = ["share_harmed", "mean_loss", "share_helped", "mean_win", "share_moved"]
EARNINGS = ["earnings_lower", "earnings_higher", "earnings_mean", "total_per_year"]
SUBJECTS = ["weight_ela", "gain_ela", "gain_math", "earnings_mean"]
VERTICES = 400  # of an exact frontier; more would not be visible


def explorer_data(tables: Mapping[str, pd.DataFrame], tax_rate: float) -> dict:
    """Data of the explorer, ready for JSON.

    Parameters
    ----------
    tables
        frontiers, gaps, winners, earnings, subjects, text_numbers, mvpf and, if there is one,
        exact: the results of these names.
    tax_rate
        Share of earnings gains that is recouped (welfare.tax_rate).

    Returns
    -------
    dict
        weights; plans: by "subject|scope|information" one list per quantity, in the order of the
        weights, earnings only of plans for both subjects; exact: gains of higher- and
        lower-scoring students along each exact frontier; subjects: by scope one list per quantity;
        teachers a year, tax_rate, bonuses (lowest, highest). Missing numbers are null.

    """
    plans = tables["frontiers"][[*PLAN, "weight", *GAINS]]
    keys = [*PLAN, "weight"]
    for name, columns in (("gaps", GAPS), ("winners", STUDENTS)):
        plans = plans.merge(tables[name][[*keys, *columns]], on=keys, how="left")
    earnings = tables["earnings"].assign(subject="both")
    plans = plans.merge(earnings[[*keys, *EARNINGS]], on=keys, how="left")
    plans = plans.sort_values(keys, ignore_index=True)
    numbers = tables["text_numbers"].set_index("quantity")["value"]
    bonuses = tables["mvpf"]["bonus"]
    quantities = [*GAINS, *GAPS, *STUDENTS, *EARNINGS]
    return {
        "weights": listed(pd.Series(sorted(plans["weight"].unique()))),
        "plans": {
            "|".join(plan): {name: listed(rows[name]) for name in quantities}
            for plan, rows in plans.groupby(PLAN)
        },
        "exact": _curves(tables["exact"]) if "exact" in tables else {},
        "subjects": {
            scope: {name: listed(rows[name]) for name in SUBJECTS}
            for scope, rows in tables["subjects"].sort_values("weight_ela").groupby("scope")
        },
        "teachers": number(numbers["teachers_per_year"]),
        "tax_rate": tax_rate,
        "bonuses": [number(bonuses.min()), number(bonuses.max())],
    }


def _curves(exact: pd.DataFrame) -> dict[str, list[list[float]]]:
    """Vertices at about even distances along each exact frontier, both ends included."""
    curves = {}
    for plan, rows in exact.sort_values([*PLAN, "weight_from"]).groupby(PLAN):
        points = rows[["gain_higher", "gain_lower"]].to_numpy()
        length = np.append(0, np.hypot(*np.diff(points, axis=0).T).cumsum())
        at = np.searchsorted(length, np.linspace(0, length[-1], VERTICES))
        chosen = points[np.unique(np.minimum(at, len(points) - 1))]
        curves["|".join(plan)] = [[number(value) for value in point] for point in chosen]
    return curves
