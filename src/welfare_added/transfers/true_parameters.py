"""Planted values of the parameters that the sampler reports, by their names there."""

import numpy as np
import pandas as pd

from welfare_added.selection.arrays import Supply
from welfare_added.transfers.design import Design
from welfare_added.transfers.planted_truth import Truth

SCALES = {
    **{f"sd {name}": f"sd_{name}" for name in ("eps", "theta", "phi", "eta_u", "eta_v", "eta_y")},
    "sd school": "supply_sd_school_effects",
    "correlation theta phi": "theta_phi",
    **{
        f"correlation {name}": name.replace(" ", "_")
        for name in ("eta_y eta_u", "eta_y eta_v", "eta_u eta_v")
    },
    "supply: inertia": "inertia",
}


def true_parameters(truth: Truth, design: Design) -> dict[str, float]:
    """Planted values by the names of `selection.parameters.parameter_names`."""
    system, spreads = design.system, truth.spreads
    standard = np.sqrt(1 + spreads["sd_eta_v"] ** 2)
    parts = (
        ("outcomes", system.outcomes.names, truth.outcomes),
        ("supply", system.supply.names, truth.supply),
        ("demand", system.demand.names, truth.demand),
        ("demand standardised", system.demand.names, truth.demand / standard),
        ("school effect", range(system.schools), truth.attraction),
    )
    values = {
        f"{part} {name}" if part == "school effect" else f"{part}: {name}": float(value)
        for part, names, numbers in parts
        for name, value in zip(names, numbers, strict=True)
    }
    return {
        **values,
        **{name: float(spreads[planted]) for name, planted in SCALES.items()},
        "fallback less schools": -float(truth.attraction.mean()),
        "fallback less vacancies": -_mean_of_vacancies(truth, system.supply),
    }


def _mean_of_vacancies(truth: Truth, supply: Supply) -> float:
    """Mean utility of the vacancies on all menus, without errors."""
    teacher = np.repeat(supply.teacher, np.diff(supply.first))
    mean = supply.regressors @ truth.supply + truth.attraction[supply.school]
    return float((mean + truth.eta_u[teacher, supply.school]).mean())


def with_truth(table: pd.DataFrame, planted: dict[str, float] | None) -> pd.DataFrame:
    """A table of parameters with a column truth, empty where nothing was planted."""
    values = planted or {}
    return table.assign(truth=table["parameter"].map(values).astype(float))
