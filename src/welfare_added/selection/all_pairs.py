"""Effects of every teacher in every school, as reassignment needs them."""

from dataclasses import dataclass, field

import numpy as np

from welfare_added.selection.factors import drawn_matches
from welfare_added.selection.matches import standard_v
from welfare_added.selection.model import Model
from welfare_added.selection.state import State


@dataclass(frozen=True)
class Matches:
    """eta^y, eta^u and eta^v of every teacher and school, (T, S) each."""

    eta_y: np.ndarray = field(repr=False)
    eta_u: np.ndarray = field(repr=False)
    eta_v: np.ndarray = field(repr=False)


def matches_of_all_pairs(model: Model, state: State, rng: np.random.Generator) -> Matches:
    """Draw the matches of all pairs given a state's.

    Pairs keep what the state has of them: eta^u where the data know the pair, eta^y where there are
    scores, eta^v where she is on a list. What is missing is drawn given what is there, and from the
    prior where nothing is.

    """
    pairs, scales = model.pairs, state.scales
    z_u, z_v, z_y = rng.standard_normal((3, model.teachers, model.schools))
    weights = scales.y_weights
    eta_u = scales.sd_eta_u * z_u
    eta_v = scales.sd_eta_v * (scales.v_weights[0] * z_u + scales.v_weights[1] * z_v)
    eta_y = scales.sd_eta_y * (weights[0] * z_u + weights[1] * z_v + weights[2] * z_y)
    at = pairs.teacher, pairs.school
    eta_u[at] = state.eta_u
    eta_y[at], eta_v[at] = drawn_matches(model, state, rng)
    return Matches(eta_y, eta_u, eta_v)


def expected_matches(model: Model, state: State) -> Matches:
    """The same in expectation given the state: 0 where nothing is known of a pair."""
    pairs, scales = model.pairs, state.scales
    shape = model.teachers, model.schools
    eta_y, eta_u, eta_v = (np.zeros(shape) for _ in range(3))
    at = pairs.teacher, pairs.school
    z_u, z_v = state.eta_u / scales.sd_eta_u, np.zeros(len(state.eta_u))
    z_v[pairs.listed] = standard_v(scales, pairs, state.eta_u, state.eta_v)
    weights = scales.y_weights
    of_pairs = scales.sd_eta_y * (weights[0] * z_u + weights[1] * z_v)
    of_pairs[pairs.of_cell] = state.eta_y
    of_lists = scales.sd_eta_v * scales.v_weights[0] * z_u
    of_lists[pairs.listed] = state.eta_v
    eta_u[at], eta_y[at], eta_v[at] = state.eta_u, of_pairs, of_lists
    return Matches(eta_y, eta_u, eta_v)
