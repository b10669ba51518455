"""The marginal value of public funds of a teacher bonus (section 5.2)."""

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.welfare.reallocations import utilitarian_position

POINTS_PER_DECADE = 100


def marginal_value(
    bonus: np.ndarray, total: float, teachers: float, tax_rate: float
) -> tuple[float, np.ndarray, np.ndarray]:
    """Benefits, net cost and marginal value of public funds (Eastmond et al., 2024, eq. 10).

    Parameters
    ----------
    bonus : array
        Paid to every teacher, moved or not [$ a year].
    total : float
        Present value of students' earnings gains before tax [$ a year].
    teachers : float
        Teachers a year.
    tax_rate : float
        Marginal tax rate on the gains.

    Returns
    -------
    benefits : float
        After-tax gains of students [$ a year].
    net_cost : array
        Bonuses less the tax recouped [$ a year].
    mvpf : array
        Benefits over net cost; infinite where the net cost is not positive.

    """
    benefits = (1.0 - tax_rate) * total
    net_cost = teachers * np.asarray(bonus, dtype=float) - tax_rate * total
    paid = net_cost > 0.0
    mvpf = np.full(net_cost.shape, np.inf)
    mvpf[paid] = benefits / net_cost[paid]
    return benefits, net_cost, mvpf


def break_even_bonus(total: float, teachers: float, tax_rate: float) -> float:
    """Largest bonus that the tax on the gains pays for [$ a teacher and year]."""
    return tax_rate * total / teachers


def bonus_grid(bonuses: tuple[float, float]) -> np.ndarray:
    """Bonuses evenly spaced in logs, both ends among them [$].

    Raises
    ------
    ValueError
        If the range is not positive and increasing.

    """
    low, high = bonuses
    if not 0 < low < high:
        raise UserError(
            f"welfare.bonuses is [{low}, {high}]: the first must be positive and below the second"
        )
    points = round(POINTS_PER_DECADE * np.log10(high / low)) + 1
    return np.geomspace(low, high, max(points, 2))


def utilitarian_totals(earnings: pd.DataFrame) -> pd.Series:
    """Gains a year of the utilitarian heterogeneous plan by scope [$], from ``earnings.csv``."""
    chosen = earnings[earnings["information"] == "heterogeneous"]
    totals = {
        scope: rows["total_per_year"].iloc[utilitarian_position(rows["weight"].to_numpy())]
        for scope, rows in chosen.groupby("scope", sort=True)
    }
    return pd.Series(totals, dtype=float)


def public_funds_table(
    earnings: pd.DataFrame, teachers: float, tax_rate: float, bonuses: tuple[float, float]
) -> pd.DataFrame:
    """MVPF of both scopes over the range of bonuses; columns as in ``welfare/mvpf.csv``."""
    grid = bonus_grid(bonuses)
    tables = []
    for scope, total in utilitarian_totals(earnings).items():
        benefits, net_cost, mvpf = marginal_value(grid, total, teachers, tax_rate)
        tables.append(
            pd.DataFrame(
                {
                    "scope": scope,
                    "bonus": grid,
                    "benefits": benefits,
                    "net_cost": net_cost,
                    "mvpf": mvpf,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)
