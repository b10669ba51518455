"""State of a chain: parameters and latent effects."""

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from welfare_added.selection.arrays import System
from welfare_added.selection.pairs import Pairs
from welfare_added.selection.priors import Priors


@dataclass(frozen=True)
class Scales:
    """Standard deviations, and loadings that stand for correlations.

    With independent standard normals z, and factors ordered by how much data each has,

        theta = sd_theta z_1,   phi = sd_phi (a z_1 + z_2) / sqrt(a^2 + 1)
        eta^u = sd_eta_u z_u,   eta^v = sd_eta_v (b z_u + z_v) / sqrt(b^2 + 1)
        eta^y = sd_eta_y (c z_u + d z_v + z_y) / sqrt(c^2 + d^2 + 1)

    with loadings a, b, c, d of phi_theta, v_u, y_u, y_v. Both covariances are unrestricted.

    """

    sd_eps: float
    sd_theta: float
    sd_phi: float
    sd_school: float
    sd_eta_u: float
    sd_eta_v: float
    sd_eta_y: float
    phi_theta: float
    v_u: float
    y_u: float
    y_v: float

    @cached_property
    def phi_weights(self) -> np.ndarray:
        """(2,) weights of z_1 and z_2 in phi; the first is its correlation with theta."""
        return _unit(self.phi_theta, 1)

    @cached_property
    def v_weights(self) -> np.ndarray:
        """(2,) weights of z_u and z_v in eta^v; the first is its correlation with eta^u."""
        return _unit(self.v_u, 1)

    @cached_property
    def y_weights(self) -> np.ndarray:
        """(3,) weights of z_u, z_v and z_y in eta^y; the first is its correlation with eta^u."""
        return _unit(self.y_u, self.y_v, 1)

    @property
    def correlation_y_v(self) -> float:
        """Correlation of eta^y and eta^v."""
        return float(self.y_weights[:2] @ self.v_weights)


def _none() -> np.ndarray:
    return np.empty(0)


@dataclass(frozen=True)
class State:
    """Where a chain is; p, q, k regressors of outcomes, supply (inertia comes last) and demand.

    Attributes
    ----------
    scales
        Standard deviations and loadings.
    outcome, supply, demand
        Coefficients (p,), (q + 1,) and (k,).
    school_effect, school_mean
        (S,) effects of schools on teachers' utility, and their mean.
    theta, phi
        (T,) teachers' effectiveness, and schools' common taste for them (of teachers on no list
        drawn given theta only).
    eta_u, eta_v, eta_y
        (P,), (V,) and (J,) effects of pairs, of listed pairs and of cells.
    utility, fallback
        (R,) and (M,) utilities u of vacancies on menus and of menus' fallbacks.
    value
        (D,) schools' utilities v of candidates.
    difference
        (E,) differences between cells of teammates that are added as data (see `teams`).

    """

    scales: Scales
    outcome: np.ndarray = field(repr=False)
    supply: np.ndarray = field(repr=False)
    demand: np.ndarray = field(repr=False)
    school_effect: np.ndarray = field(repr=False)
    school_mean: float
    theta: np.ndarray = field(repr=False)
    phi: np.ndarray = field(repr=False)
    eta_u: np.ndarray = field(repr=False)
    eta_v: np.ndarray = field(repr=False)
    eta_y: np.ndarray = field(repr=False)
    utility: np.ndarray = field(repr=False)
    fallback: np.ndarray = field(repr=False)
    value: np.ndarray = field(repr=False)
    difference: np.ndarray = field(default_factory=_none, repr=False)


def prior_parameters(
    priors: Priors, sizes: tuple[int, int, int], schools: int, rng: np.random.Generator
) -> dict:
    """Parameters from their priors, as keywords of `State`.

    Parameters
    ----------
    priors
        All priors.
    sizes
        Numbers p, q and k of regressors.
    schools
        Number S of schools.
    rng
        Generator.

    """
    sds = [name for name in Scales.__dataclass_fields__ if name.startswith("sd_")]
    loadings = [name for name in Scales.__dataclass_fields__ if not name.startswith("sd_")]
    scales = Scales(
        **{name: getattr(priors, name).draw(rng) for name in sds},
        **{name: float(np.sqrt(priors.loading) * rng.standard_normal()) for name in loadings},
    )
    p, q, k = sizes
    mean = float(np.sqrt(priors.school_mean) * rng.standard_normal())
    return {
        "scales": scales,
        "outcome": np.sqrt(priors.outcome) * rng.standard_normal(p),
        "supply": np.sqrt(priors.supply) * rng.standard_normal(q + 1),
        "demand": np.sqrt(priors.demand) * rng.standard_normal(k),
        "school_mean": mean,
        "school_effect": mean + scales.sd_school * rng.standard_normal(schools),
    }


def draw_effects(scales: Scales, pairs: Pairs, teachers: int, rng: np.random.Generator) -> dict:
    """Teachers' and pairs' effects given scales, as keywords of `State`."""
    first, second = rng.standard_normal((2, teachers))
    z_u = rng.standard_normal(len(pairs.teacher))
    z_v = rng.standard_normal(len(pairs.teacher))
    z_y = rng.standard_normal(len(pairs.of_cell))
    phi, v, y = scales.phi_weights, scales.v_weights, scales.y_weights
    cell = pairs.of_cell
    return {
        "theta": scales.sd_theta * first,
        "phi": scales.sd_phi * (phi[0] * first + phi[1] * second),
        "eta_u": scales.sd_eta_u * z_u,
        "eta_v": scales.sd_eta_v * (v[0] * z_u + v[1] * z_v)[pairs.listed],
        "eta_y": scales.sd_eta_y * (y[0] * z_u[cell] + y[1] * z_v[cell] + y[2] * z_y),
    }


def sizes_of(system: System) -> tuple[int, int, int]:
    """Numbers of regressors of outcomes, supply (without inertia) and demand."""
    return tuple(len(part.names) for part in (system.outcomes, system.supply, system.demand))


def _unit(*loadings):
    length = math.hypot(*loadings)
    return np.array([loading / length for loading in loadings])
