"""The planted truth in the order of a design, for comparison with what is estimated from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from welfare_added.transfers.design import Design
from welfare_added.transfers.regressors import CONSTANT


@dataclass(frozen=True)
class Truth:
    """Planted values; T teachers and S schools by number.

    Attributes
    ----------
    outcomes
        (p,) coefficients of `Outcomes.names`, with constant and dummies.
    supply, attraction
        (q,) coefficients of `Supply.names`, and (S,) schools' effects. Being displaced is worth 0.
    demand
        (k,) coefficients of `Demand.names`.
    theta, phi
        (T,) general effectiveness, and schools' common taste.
    eta_y, eta_u, eta_v
        (T, S) matches.
    spreads
        inertia, SDs and correlations by name.

    """

    outcomes: np.ndarray = field(repr=False)
    supply: np.ndarray = field(repr=False)
    attraction: np.ndarray = field(repr=False)
    demand: np.ndarray = field(repr=False)
    theta: np.ndarray = field(repr=False)
    phi: np.ndarray = field(repr=False)
    eta_y: np.ndarray = field(repr=False)
    eta_u: np.ndarray = field(repr=False)
    eta_v: np.ndarray = field(repr=False)
    spreads: Mapping[str, float]


def planted_truth(tables: Mapping[str, pd.DataFrame], design: Design) -> Truth:
    """Truth of a synthetic system (`SyntheticSystem.truth`) by the numbers of its design."""
    records, system = design.records, design.system
    table = tables["parameters"].set_index(["part", "parameter"])["value"]
    schools = tables["schools"].set_index("school_id").reindex(records.schools)
    teachers = tables["teachers"].set_index("teacher_id").reindex(records.teachers)
    matches = tables["matches"].set_index(["teacher_id", "school_id"])
    eta = {
        name: matches[name]
        .unstack()
        .reindex(index=records.teachers, columns=records.schools)
        .to_numpy()
        for name in ("eta_y", "eta_u", "eta_v")
    }
    return Truth(
        outcomes=_outcomes(table["outcomes"], schools["outcome_effect"], tables, design),
        supply=table["supply"][list(system.supply.names)].to_numpy(),
        attraction=schools["supply_effect"].to_numpy(),
        demand=table["demand"][list(system.demand.names)].to_numpy(),
        theta=teachers["theta"].to_numpy(),
        phi=teachers["phi"].to_numpy(),
        spreads=table["spreads"].to_dict(),
        **eta,
    )


def _outcomes(table: pd.Series, schools: pd.Series, tables, design: Design) -> np.ndarray:
    """Coefficients of outcomes, with effects of schools and years less those of the first."""
    years = tables["years"].set_index("year")["outcome_effect"].reindex(design.records.years)
    values = {
        **table.to_dict(),
        **{f"school_{one}": effect - schools.iloc[0] for one, effect in schools.items()},
        **{f"year_{one}": effect - years.iloc[0] for one, effect in years.items()},
    }
    values[CONSTANT] = table[CONSTANT] + schools.iloc[0] + years.iloc[0]
    return np.array([values[name] for name in design.system.outcomes.names])
