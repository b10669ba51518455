"""Joint density of what teachers' decisions depend on, errors of vacancies integrated out.

Parameters p are the coefficients (inertia last), schools' effects and l = log SD of eta^u. Latents
are xi of each pair and the fallback u_0 of each menu. With z = eta^u / SD and c in [0, 1) a pair's
centring, z = xi exp(-c (l - l_0)): with c = 0 the prior of xi does not depend on the SD, near 1
eta^u does not.
"""

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from welfare_added.selection.density_loops import decision_terms, fill_chances
from welfare_added.selection.priors import Priors
from welfare_added.selection.state import State
from welfare_added.selection.supply import Menus, school_precision

# Where log chances come from a table, and how many nodes it has a unit.
CHANCE_LOW, CHANCE_HIGH, CHANCE_STEPS = -16.0, 9.0, 64.0


@dataclass(frozen=True)
class Terms:
    """Decisions as terms (K,): merged vacancies, then those with concurrent offers, then own.

    Attributes
    ----------
    regressors, school, pair, place, menu, side
        See `density_loops.decision_terms`: a teacher's regressors in a school are the same in both
        rounds of a year.
    offered
        Vacancies (G,) with concurrent offers.
    offered_menu
        (G,) menu of each.
    merged
        Number of the first terms.

    """

    regressors: np.ndarray = field(repr=False)
    school: np.ndarray = field(repr=False)
    pair: np.ndarray = field(repr=False)
    place: np.ndarray = field(repr=False)
    menu: np.ndarray = field(repr=False)
    side: np.ndarray = field(repr=False)
    offered: np.ndarray = field(repr=False)
    offered_menu: np.ndarray = field(repr=False)
    merged: int


@dataclass(frozen=True)
class Target:
    """What is held during one move.

    Attributes
    ----------
    terms, menus, priors
        Decisions and priors.
    gap
        (K,) utility less fallback of vacancies with concurrent offers: orders survive any shift of
        the fallback, and no bound is left. 0 for the other terms.
    taste_precision, taste_product
        (P,) what lists and scores tell of z (see `matches.taste_terms`).
    school_precision
        (S, S) of the prior of schools' effects, their mean integrated out: the mean is stale after
        a move, and to be drawn before it is used.

    """

    terms: Terms = field(repr=False)
    menus: Menus = field(repr=False)
    priors: Priors
    gap: np.ndarray = field(repr=False)
    taste_precision: np.ndarray = field(repr=False)
    taste_product: np.ndarray = field(repr=False)
    school_precision: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Centring:
    """Centring (P,) of pairs' tastes, and the l_0 at which xi is z."""

    weight: np.ndarray = field(repr=False)
    log_sd: float


def terms_of(menus: Menus) -> Terms:
    """Merge vacancies that are equal in menu, school, regressors and decision."""
    data, pairs = menus.data, menus.pairs
    menu = np.repeat(np.arange(len(data.teacher)), np.diff(data.first))
    plain = np.flatnonzero(data.offer == 0)
    keys = np.column_stack([menu, data.school, data.applied])[plain].astype(np.int64)
    code = (keys[:, 0] * menus.schools + keys[:, 1]) * 2 + keys[:, 2]
    _, at, number = np.unique(code, return_index=True, return_inverse=True)
    differ = (menus.regressors[plain] != menus.regressors[plain[at]][number]).any(axis=1)
    differ[at] = False
    alone = np.bincount(number, ~differ, minlength=len(at))
    merged = np.concatenate([plain[at], plain[differ]])
    count = np.concatenate([alone, np.ones(int(differ.sum()))])
    offered, own = np.flatnonzero(data.offer > 0), np.flatnonzero(~data.displaced)
    rows = np.concatenate([merged, offered])
    regressors = np.vstack([menus.regressors[rows], menus.own_regressors[own]])
    pair = np.concatenate([pairs.of_row[rows], pairs.of_own[own]])
    first, place = _distinct(pair, regressors)
    return Terms(
        regressors=np.ascontiguousarray(regressors[first]),
        school=np.concatenate([data.school[rows], data.own_school[own]])[first],
        pair=pair[first],
        place=place,
        menu=np.concatenate([menu[rows], own]),
        side=np.concatenate(
            [np.where(data.applied[merged], count, -count), np.zeros(len(offered) + len(own))]
        ),
        offered=offered,
        offered_menu=menu[offered],
        merged=len(merged),
    )


def _distinct(pair: np.ndarray, regressors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First row of each distinct pair and regressors, and which of these each row is."""
    keys = np.ascontiguousarray(np.column_stack([pair, regressors]))
    whole = keys.view(np.dtype((np.void, keys.itemsize * keys.shape[1]))).ravel()
    _, first, place = np.unique(whole, return_index=True, return_inverse=True)
    order = np.argsort(first)  # in the order of the rows, so that neighbours stay neighbours
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    return first[order], number[place]


@cache
def chance_table() -> np.ndarray:
    """Table of `density_loops.near_chance`."""
    table = np.empty((int((CHANCE_HIGH - CHANCE_LOW) * CHANCE_STEPS), 6))
    fill_chances(table, CHANCE_LOW, CHANCE_STEPS)
    return table


def target_of(
    terms: Terms,
    menus: Menus,
    priors: Priors,
    state: State,
    taste_terms: tuple[np.ndarray, np.ndarray],
) -> Target:
    """What a move from a state holds fixed."""
    gap = np.zeros(len(terms.side))
    kept = slice(terms.merged, terms.merged + len(terms.offered))
    gap[kept] = state.utility[terms.offered] - state.fallback[terms.offered_menu]
    return Target(
        terms=terms,
        menus=menus,
        priors=priors,
        gap=gap,
        taste_precision=taste_terms[0],
        taste_product=taste_terms[1],
        school_precision=school_precision(menus.schools, state.scales.sd_school, priors),
    )


def log_density(
    target: Target, centring: Centring, parameters: np.ndarray, latents: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Log density up to a constant, and its derivatives.

    Parameters
    ----------
    target, centring
        What is held; how tastes are centred.
    parameters
        (q + 1 + S + 1,) coefficients, schools' effects, log SD.
    latents
        (P + M,) xi and u_0.

    """
    priors, c = target.priors, centring.weight
    pairs, q = len(c), target.terms.regressors.shape[1]
    coefficients, effects, log_sd = parameters[:q], parameters[q:-1], parameters[-1]
    xi, fallback = latents[:pairs], latents[pairs:]
    shrink = np.exp(-c * (log_sd - centring.log_sd))
    z, sd = xi * shrink, np.exp(log_sd)
    value, by_coefficient, by_effect, by_taste, by_fallback = _of_decisions(
        target, coefficients, effects, sd * z, fallback
    )
    free = target.menus.fallbacks.free
    school_pull = target.school_precision @ effects
    pull = target.taste_product - (1 + target.taste_precision) * z
    value += (
        -0.5 * (fallback[free] @ fallback[free])
        - 0.5 * (coefficients @ coefficients) / priors.supply
        - 0.5 * (effects @ school_pull)
        + 0.5 * z @ (target.taste_product + pull)
        - c.sum() * (log_sd - centring.log_sd)
        + priors.sd_eta_u.log_density(log_sd)
    )
    by_fallback[free] -= fallback[free]
    by_coefficient -= coefficients / priors.supply
    by_effect -= school_pull
    by_log_sd = (sd * by_taste * (1 - c) - c * pull) @ z - c.sum() + priors.sd_eta_u.slope(log_sd)
    by_xi = (sd * by_taste + pull) * shrink
    by_parameter = np.concatenate([by_coefficient, by_effect, [by_log_sd]])
    return float(value), by_parameter, np.concatenate([by_xi, by_fallback])


def _of_decisions(target, coefficients, effects, tastes, fallback):
    """Log density of decisions, and its derivatives by all that it depends on."""
    terms, given = target.terms, (coefficients, effects, tastes, fallback)
    slopes = [np.zeros(len(values)) for values in given]
    value = decision_terms(
        terms.regressors,
        terms.school,
        terms.pair,
        terms.place,
        terms.menu,
        terms.side,
        target.gap,
        *given,
        chance_table(),
        CHANCE_LOW,
        CHANCE_STEPS,
        *slopes,
    )
    return value + _of_scrambles(target.menus, given, slopes), *slopes


def _of_scrambles(menus, given, slopes):
    """Log density of fallbacks that are means of vacancies; its derivatives are added to slopes."""
    fallbacks = menus.fallbacks
    if len(fallbacks.scrambled) == 0:
        return 0.0
    x = fallbacks.regressors[fallbacks.scrambled]
    schools, pairs = fallbacks.scrambled_schools, fallbacks.scrambled_pairs
    coefficients, effects, tastes, fallback = given
    error = fallback[fallbacks.scrambled] - x @ coefficients - schools @ effects - pairs @ tastes
    slopes[0] += x.T @ error
    slopes[1] += schools.T @ error
    slopes[2] += pairs.T @ error
    slopes[3][fallbacks.scrambled] -= error
    return -0.5 * float(error @ error)


def point_of(state: State, centring: Centring) -> tuple[np.ndarray, np.ndarray]:
    """Parameters and latents of a state."""
    log_sd = np.log(state.scales.sd_eta_u)
    parameters = np.concatenate([state.supply, state.school_effect, [log_sd]])
    xi = state.eta_u / state.scales.sd_eta_u
    xi = xi * np.exp(centring.weight * (log_sd - centring.log_sd))
    return parameters, np.concatenate([xi, state.fallback])
