"""Planted values of the parameters that the sampler reports."""

import numpy as np
import pandas as pd

from welfare_added.selection.parameters import CORRELATIONS, SCALES
from welfare_added.transfers.design import Design
from welfare_added.transfers.planted_truth import Truth


def planted_values(truth: Truth, design: Design) -> pd.Series:
    """Planted values, by the names of `selection.parameters.parameter_names` and in their order.

    Standard deviations and correlations are those from which effects were drawn. The fallback of a
    displaced teacher is worth 0; vacancies are those on the design's menus.
    """
    system, spreads = design.system, truth.spreads
    widened = np.sqrt(1 + spreads["sd_eta_v"] ** 2)
    parts = {
        "outcomes: ": zip(system.outcomes.names, truth.outcomes, strict=True),
        "supply: ": [
            *zip(system.supply.names, truth.supply, strict=True),
            ("inertia", spreads["inertia"]),
        ],
        "demand: ": zip(system.demand.names, truth.demand, strict=True),
        "demand standardised: ": zip(system.demand.names, truth.demand / widened, strict=True),
        "sd ": [(name, _sd(spreads, name)) for name in SCALES],
        "correlation ": [(pair, spreads[pair.replace(" ", "_")]) for pair in CORRELATIONS],
        "fallback less ": [
            ("schools", -truth.attraction.mean()),
            ("vacancies", -_mean_of_vacancies(truth, design)),
        ],
        "school effect ": list(enumerate(truth.attraction)),
    }
    values = {f"{part}{name}": value for part, named in parts.items() for name, value in named}
    return pd.Series(values, dtype=float, name="truth")


def _sd(spreads, name: str) -> float:
    return spreads["supply_sd_school_effects" if name == "school" else f"sd_{name}"]


def _mean_of_vacancies(truth: Truth, design: Design) -> float:
    supply = design.system.supply
    teacher = supply.teacher[design.menu_rows["menu"].to_numpy()]
    means = supply.regressors @ truth.supply + truth.attraction[supply.school]
    return float((means + truth.eta_u[teacher, supply.school]).mean())
