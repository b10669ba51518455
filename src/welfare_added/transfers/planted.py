"""Published parameters, as the truth that is planted in synthetic transfer systems."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from welfare_added.run.errors import UserError
from welfare_added.transfers.regressors import DEMAND, OUTCOMES, SUPPLY

# Names in inputs.yaml of what has another name among the regressors.
SUPPLY_NAMES = {"share_low_income": "free_lunch"}
DEMAND_NAMES = {
    "match_minority_students": "match_race_students",
    "match_minority_teachers": "match_race_teachers",
}
SPREADS = {
    "outcomes": ("sd_theta", "sd_eta_y", "sd_eps", "sd_school_effects", "sd_year_effects"),
    "supply": ("inertia", "sd_eta_u", "sd_school_effects", "displaced_fallback"),
    "demand": ("sd_phi", "sd_eta_v"),
    "correlations": ("theta_phi", "eta_y_eta_u", "eta_y_eta_v", "eta_u_eta_v"),
}


@dataclass(frozen=True)
class Planted:
    """Parameters of a synthetic world.

    Attributes
    ----------
    outcomes, supply, demand
        Coefficients in the order of `OUTCOMES`, `SUPPLY` and `DEMAND`; 0 where none is printed.
    spreads
        Inertia, standard deviations and correlations, by the names of `SPREADS`, with the part in
        front where two parts have the name (outcomes_sd_school_effects).

    """

    outcomes: np.ndarray
    supply: np.ndarray
    demand: np.ndarray
    spreads: Mapping[str, float]

    @property
    def eta(self) -> np.ndarray:
        """Covariance (3, 3) of eta^y, eta^u and eta^v (section 3)."""
        one = self.spreads
        correlation = np.array(
            [
                [1.0, one["eta_y_eta_u"], one["eta_y_eta_v"]],
                [one["eta_y_eta_u"], 1.0, one["eta_u_eta_v"]],
                [one["eta_y_eta_v"], one["eta_u_eta_v"], 1.0],
            ]
        )
        sd = np.array([one["sd_eta_y"], one["sd_eta_u"], one["sd_eta_v"]])
        return correlation * sd * sd[:, None]

    @property
    def theta_phi(self) -> np.ndarray:
        """Covariance (2, 2) of theta and phi."""
        sd = np.array([self.spreads["sd_theta"], self.spreads["sd_phi"]])
        between = self.spreads["theta_phi"]
        return np.array([[1.0, between], [between, 1.0]]) * sd * sd[:, None]


def planted(inputs: Mapping, scenario: Mapping[str, float]) -> Planted:
    """Published values of inputs.yaml, some replaced by those of a scenario.

    Raises
    ------
    UserError
        If a parameter is missing, a published coefficient has no regressor, a scenario names
        something else, or the correlations are not those of any distribution.

    """
    published = inputs["planted"]
    spreads = {}
    for part, names in SPREADS.items():
        for name in names:
            if name not in published[part]:
                raise UserError(f"inputs.yaml: planted.{part}.{name} is missing")
            key = f"{part}_{name}" if name == "sd_school_effects" else name
            spreads[key] = float(published[part][name])
    if unknown := sorted(set(scenario) - set(spreads)):
        raise UserError(f"scenario: {', '.join(unknown)} unknown; choose of {', '.join(spreads)}")
    spreads |= {name: float(value) for name, value in scenario.items()}
    coefficients = {
        part: _coefficients(published[part], part, names, SPREADS[part])
        for part, names in (("outcomes", OUTCOMES), ("supply", SUPPLY), ("demand", DEMAND))
    }
    made = Planted(**coefficients, spreads=spreads)
    for matrix in (made.eta, made.theta_phi):
        if np.linalg.eigvalsh(matrix).min() < -1e-12:
            raise UserError("inputs.yaml: correlations that no distribution has")
    return made


def _coefficients(published, part, names, spreads) -> np.ndarray:
    """Coefficients in the order of ``names``; refuses printed ones that have no regressor."""
    theirs = {"supply": SUPPLY_NAMES, "demand": DEMAND_NAMES}.get(part, {})
    own = {name: theirs.get(name, name) for name in names}
    known = {*own.values(), *spreads, "not_printed"}
    if strange := sorted(set(published) - known):
        raise UserError(f"inputs.yaml: {part}.{', '.join(strange)} has no regressor")
    return np.array([float(published.get(own[name], 0.0)) for name in names])


def with_planted(inputs: Mapping, values: Mapping[str, Mapping[str, float]]) -> dict:
    """Content of inputs.yaml with other planted values, to see what an estimate makes of them.

    Parameters
    ----------
    inputs
        Content of calibration/inputs.yaml.
    values
        By part (outcomes, supply, demand, correlations) and name in inputs.yaml.

    Raises
    ------
    UserError
        If inputs.yaml has no such part or name.

    """
    published = dict(inputs["planted"])
    for part, named in values.items():
        strange = sorted(set(named) - set(published.get(part, {})))
        if part not in published or strange:
            raise UserError(f"inputs.yaml: planted.{part} has no {', '.join(strange) or 'values'}")
        published[part] = {**published[part], **named}
    return {**inputs, "planted": published}
