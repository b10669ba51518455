"""Factors of the effects as the paper's appendix B orders them, and their scales.

eta^y = f1;  eta^u = b1u f1 + f2;  eta^v = b1v f1 + b2v f2 + f3;  phi = f4;  theta = b4 f4 + f5
"""

from dataclasses import dataclass, field, replace

import numpy as np

from welfare_added.selection.matches import standard_v
from welfare_added.selection.model import Model
from welfare_added.selection.priors import Priors
from welfare_added.selection.state import Scales, State


@dataclass(frozen=True)
class Factors:
    """Loadings, standard deviations (5,) and factors: f1, f2 (P,), f3 (V,), f4, f5 (T,)."""

    b1u: float
    b1v: float
    b2v: float
    b4: float
    sd: np.ndarray
    f: tuple[np.ndarray, ...] = field(repr=False)


def with_all_matches(model: Model, state: State, rng: np.random.Generator) -> State:
    """Add eta^y of pairs without scores, given eta^u and eta^v, to a state with that of cells."""
    return replace(state, eta_y=drawn_matches(model, state, rng)[0])


def drawn_matches(
    model: Model, state: State, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """eta^y and eta^v (P,) of all pairs: as the state has them, or drawn given what it has."""
    scales, pairs = state.scales, model.pairs
    weights, noise = scales.y_weights, rng.standard_normal((2, len(state.eta_u)))
    z_v = noise[0]
    z_v[pairs.listed] = standard_v(scales, pairs, state.eta_u, state.eta_v)
    z_u = state.eta_u / scales.sd_eta_u
    eta_y = scales.sd_eta_y * (weights[0] * z_u + weights[1] * z_v + weights[2] * noise[1])
    eta_y[pairs.of_cell] = state.eta_y
    eta_v = scales.sd_eta_v * (scales.v_weights[0] * z_u + scales.v_weights[1] * z_v)
    eta_v[pairs.listed] = state.eta_v
    return eta_y, eta_v


def factors_of(state: State, listed: np.ndarray) -> Factors:
    """Factors of a state."""
    scales = state.scales
    u, v, y = scales.sd_eta_u, scales.sd_eta_v, scales.sd_eta_y
    own = np.array([y * scales.y_weights, [u, 0, 0], [*(v * scales.v_weights), 0]])
    lower = _triangular(own)  # rows eta^y, eta^u, eta^v; columns f1, f2, f3 of SD one
    b1u, b1v = lower[1:, 0] / lower[0, 0]
    b2v = lower[2, 1] / lower[1, 1]
    phi_weights = scales.phi_weights
    b4 = scales.sd_theta / scales.sd_phi * phi_weights[0]
    left_theta = scales.sd_theta * phi_weights[1]
    f1, f2 = state.eta_y, state.eta_u - b1u * state.eta_y
    f3 = state.eta_v - (b1v * f1 + b2v * f2)[listed]
    sd = np.array([*np.diag(lower), scales.sd_phi, left_theta])
    return Factors(b1u, b1v, b2v, b4, sd, (f1, f2, f3, state.phi, state.theta - b4 * state.phi))


def with_factors(state: State, factors: Factors, listed: np.ndarray) -> State:
    """State with these factors in place of its scales and effects."""
    f1, f2, f3, f4, f5 = factors.f
    return replace(
        state,
        scales=scales_of(factors, state.scales),
        eta_y=f1,
        eta_u=factors.b1u * f1 + f2,
        eta_v=(factors.b1v * f1 + factors.b2v * f2)[listed] + f3,
        phi=f4,
        theta=factors.b4 * f4 + f5,
    )


def scales_of(factors: Factors, others: Scales) -> Scales:
    """Scales of the factors; SDs of eps and of schools are those of others."""
    root = np.array(  # rows u, v, y; columns f1, f2, f3
        [
            [factors.b1u, 1, 0],
            [factors.b1v, factors.b2v, 1],
            [1, 0, 0],
        ]
    )
    lower = _triangular(root * factors.sd[:3])
    theta_root = np.array([[factors.b4, 1], [1, 0]]) * factors.sd[3:]
    teacher = _triangular(theta_root)
    sds = np.sqrt((lower**2).sum(axis=1))
    return Scales(
        sd_eps=others.sd_eps,
        sd_theta=float(teacher[0, 0]),
        sd_phi=float(np.hypot(*teacher[1])),
        sd_school=others.sd_school,
        sd_eta_u=float(sds[0]),
        sd_eta_v=float(sds[1]),
        sd_eta_y=float(sds[2]),
        phi_theta=float(teacher[1, 0] / teacher[1, 1]),
        v_u=float(lower[1, 0] / lower[1, 1]),
        y_u=float(lower[2, 0] / lower[2, 2]),
        y_v=float(lower[2, 1] / lower[2, 2]),
    )


def _triangular(root: np.ndarray) -> np.ndarray:
    """Lower triangular matrix with the same product with its transpose, and a positive diagonal.

    Not by the product itself, of which nothing is left where a factor's SD has all but vanished.
    """
    lower = np.linalg.qr(root.T, mode="r").T
    return lower * np.where(np.diag(lower) < 0, -1.0, 1.0)


def draw_scales(priors: Priors, rng: np.random.Generator) -> Scales:
    """Scales from the priors that the published order has: of loadings and of factors' SDs."""
    each = (priors.sd_eta_y, priors.sd_eta_u, priors.sd_eta_v, priors.sd_phi, priors.sd_theta)
    sd = np.array([prior.draw(rng) for prior in each])
    variances = (priors.supply, priors.demand, priors.demand, priors.outcome)
    loadings = (float(np.sqrt(v) * rng.standard_normal()) for v in variances)
    others = Scales(
        **{name: 1.0 for name in Scales.__dataclass_fields__}
        | {"sd_eps": priors.sd_eps.draw(rng), "sd_school": priors.sd_school.draw(rng)}
    )
    return scales_of(Factors(*loadings, sd, ()), others)
