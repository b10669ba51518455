"""Coordinates in which the density of decisions is close to independent standard normals.

Latents are at their conditional mode given parameters p_0 (Newton's method, one block a teacher).
With H minus the second derivatives there, B = -H_ll^-1 H_lp is the response of the mode, and
S = H_pp - H_pl H_ll^-1 H_lp the marginal precision of p. Then

    p = p_0 + L y_p,  L L' = S^-1;   latents = mode + B (p - p_0) + R y_l,  R R' = H_ll^-1

By the log SD, H is its mean over the latents' conditional normal distribution, not its value at
their mode: tastes spread around the mode inform of it, which adds 2 sum c (1 - c). A pair's
centring c, 1 less the share of what is known of its z without menus, makes this least.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import cho_factor, cho_solve, cholesky, solve_triangular
from scipy.sparse import block_diag, csr_array, diags_array

from welfare_added.selection.decision_density import Centring, Target
from welfare_added.selection.density_loops import slopes_and_curvatures

NEWTON_STEPS, CLOSE = 50, 1e-6
LEAST_LOG_SD_PRECISION = 4.0  # its density is not concave; flatter than this it is not followed


@dataclass(frozen=True)
class Coordinates:
    """A map from y to parameters and latents, frozen after the pilot.

    Attributes
    ----------
    centring
        Of tastes.
    parameters, root, inverse_root
        p_0 (D,); L (D, D); its inverse.
    mode, response
        (P + M,) and B L (P + M, D) of the latents.
    spread, inverse_spread
        R (P + M, P + M), a triangular block a teacher; its inverse.

    """

    centring: Centring
    parameters: np.ndarray = field(repr=False)
    root: np.ndarray = field(repr=False)
    inverse_root: np.ndarray = field(repr=False)
    mode: np.ndarray = field(repr=False)
    response: np.ndarray = field(repr=False)
    spread: csr_array = field(repr=False)
    inverse_spread: csr_array = field(repr=False)

    def to_point(self, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Parameters and latents at y."""
        size = len(self.parameters)
        latents = self.mode + self.response @ y[:size] + self.spread @ y[size:]
        return self.parameters + self.root @ y[:size], latents

    def from_point(self, parameters: np.ndarray, latents: np.ndarray) -> np.ndarray:
        """The y of parameters and latents."""
        first = self.inverse_root @ (parameters - self.parameters)
        rest = latents - self.mode - self.response @ first
        return np.concatenate([first, self.inverse_spread @ rest])

    def pull_back(self, by_parameter: np.ndarray, by_latent: np.ndarray) -> np.ndarray:
        """Derivatives by y from those by parameters and latents."""
        first = self.root.T @ by_parameter + self.response.T @ by_latent
        return np.concatenate([first, self.spread.T @ by_latent])


@dataclass(frozen=True)
class _Teacher:
    """Terms of one teacher, and her latents: pairs, then menus.

    Fallbacks that are means of vacancies are the last of her terms.
    """

    latents: np.ndarray
    loads: np.ndarray  # (terms, latents): lead by sd z of pairs and by u_0
    columns: np.ndarray  # (terms, q + 1 + S): lead by coefficients and schools' effects
    systematic: np.ndarray  # (terms,) the part of the lead that these make at p_0
    side: np.ndarray
    gap: np.ndarray
    pairs: int


def find_coordinates(target: Target, parameters: np.ndarray, latents: np.ndarray) -> Coordinates:
    """Coordinates around parameters p_0.

    Parameters
    ----------
    target
        What is held; lists and scores included.
    parameters
        (D,) p_0.
    latents
        (P + M,) z and u_0 where the search for the mode starts.

    """
    pairs, log_sd = len(target.taste_precision), float(parameters[-1])
    sd = np.exp(log_sd)
    teachers = _by_teacher(target, parameters)
    mode, size = latents.copy(), len(parameters)
    mode[:pairs] = np.where(
        target.menus.rows_of_pair > 0,
        mode[:pairs],
        target.taste_product / (1 + target.taste_precision),
    )
    blocks = []
    for teacher in teachers:
        _to_mode(teacher, target, sd, mode)
        blocks.append(_block(teacher, target, sd, mode))
    weight = np.zeros(pairs)
    for teacher, (hessian, _, _) in zip(teachers, blocks, strict=True):
        own = teacher.latents[: teacher.pairs]
        information = np.diag(hessian)[: teacher.pairs]
        weight[own] = 1 - (1 + target.taste_precision[own]) / information
    response = np.zeros((len(mode), size))
    precision = _prior_precision(target, parameters)
    precision[-1, -1] += 2 * (weight * (1 - weight)).sum()
    for teacher, (hessian, slope, curvature) in zip(teachers, blocks, strict=True):
        here = teacher.latents
        own, crossed = _parameter_blocks(teacher, target, slope, curvature, sd, mode, weight)
        answer = -cho_solve(cho_factor(hessian), crossed)
        precision += own + crossed.T @ answer
        response[here] = answer
    root, inverse = _roots(_usable(precision))
    spread, inverse_spread = _spreads(target, teachers, [hessian for hessian, _, _ in blocks])
    return Coordinates(
        centring=Centring(weight, log_sd),
        parameters=parameters.copy(),
        root=root,
        inverse_root=inverse,
        mode=mode,
        response=np.ascontiguousarray(response @ root),
        spread=spread,
        inverse_spread=inverse_spread,
    )


def _by_teacher(target: Target, parameters: np.ndarray) -> list[_Teacher]:
    terms, fallbacks = target.terms, target.menus.fallbacks
    of_menu = target.menus.data.teacher
    menu = np.concatenate([terms.menu, fallbacks.scrambled])
    owner = of_menu[menu]
    order = np.argsort(owner, kind="stable")
    edges = np.flatnonzero(np.diff(owner[order])) + 1
    return [
        _teacher(target, parameters, rows, menu[rows], np.flatnonzero(of_menu == owner[rows[0]]))
        for rows in np.split(order, edges)
    ]


def _teacher(target, parameters, rows, menu, own_menus):
    """One teacher of these terms, rows beyond whose number are fallbacks of several vacancies."""
    terms, fallbacks = target.terms, target.menus.fallbacks
    count, q = len(terms.side), terms.regressors.shape[1]
    plain, mixed = rows[rows < count], rows[rows >= count] - count
    place = terms.place[plain]
    shares = fallbacks.scrambled_pairs[mixed]
    own_pairs = np.unique(np.concatenate([terms.pair[place], shares.indices]))
    loads = np.zeros((len(rows), len(own_pairs) + len(own_menus)))
    columns = np.zeros((len(rows), q + target.menus.schools))
    at, rest = np.arange(len(plain)), np.arange(len(plain), len(rows))
    loads[at, np.searchsorted(own_pairs, terms.pair[place])] = 1
    columns[at, :q] = terms.regressors[place]
    columns[at, q + terms.school[place]] = 1
    if len(mixed):
        loads[rest, : len(own_pairs)] = shares[:, own_pairs].toarray()
        columns[rest, :q] = fallbacks.regressors[fallbacks.scrambled[mixed]]
        columns[rest, q:] = fallbacks.scrambled_schools[mixed].toarray()
    loads[np.arange(len(rows)), len(own_pairs) + np.searchsorted(own_menus, menu)] = -1
    nothing = np.zeros(len(mixed))
    return _Teacher(
        latents=np.concatenate([own_pairs, len(target.taste_precision) + own_menus]),
        loads=loads,
        columns=columns,
        systematic=columns @ parameters[:-1],
        side=np.concatenate([terms.side[plain], nothing]),
        gap=np.concatenate([target.gap[plain], nothing]),
        pairs=len(own_pairs),
    )


def _block(teacher, target, sd, latents):
    """Minus the second derivatives of a teacher's latents; slopes and curvatures of her terms."""
    loads = teacher.loads.copy()
    loads[:, : teacher.pairs] *= sd
    lead = teacher.systematic + loads @ latents[teacher.latents]
    slope, curvature = slopes_and_curvatures(lead, teacher.side, teacher.gap)
    hessian = loads.T @ (curvature[:, None] * loads)
    hessian[np.diag_indices_from(hessian)] += _own_precision(teacher, target)
    return hessian, slope, curvature


def _own_precision(teacher, target):
    pairs = len(target.taste_precision)
    own, menus = teacher.latents[: teacher.pairs], teacher.latents[teacher.pairs :] - pairs
    return np.concatenate(
        [1 + target.taste_precision[own], target.menus.fallbacks.free[menus].astype(float)]
    )


def _to_mode(teacher, target, sd, latents):
    """Newton's method on a concave density, in place; steps are halved where they overshoot."""
    own = teacher.latents[: teacher.pairs]
    product = np.zeros(len(teacher.latents))
    product[: teacher.pairs] = target.taste_product[own]
    sized = np.where(np.arange(len(product)) < teacher.pairs, sd, 1.0)
    prior = _own_precision(teacher, target)
    for _ in range(NEWTON_STEPS):
        hessian, slope, _ = _block(teacher, target, sd, latents)
        at = latents[teacher.latents]
        gradient = sized * (teacher.loads.T @ slope) + product - prior * at
        step = cho_solve(cho_factor(hessian), gradient)
        decrement = np.sqrt(gradient @ step)
        latents[teacher.latents] = at + step / (1 + max(decrement - 1, 0))
        if decrement < CLOSE:
            return


def _parameter_blocks(teacher, target, slope, curvature, sd, mode, weight):
    """Minus second derivatives by parameters (D, D), and by latents and parameters (n, D)."""
    n = teacher.pairs
    own = teacher.latents[:n]
    z, c = mode[own], weight[own]
    eta = teacher.loads[:, :n] @ (sd * (1 - c) * z)
    columns = np.column_stack([teacher.columns, eta])
    weighted = curvature[:, None] * columns
    loads = teacher.loads.copy()
    loads[:, :n] *= sd
    precision, crossed = columns.T @ weighted, loads.T @ weighted
    by_taste = sd * (teacher.loads[:, :n].T @ slope)
    pull = target.taste_product[own] - (1 + target.taste_precision[own]) * z
    precision[-1, -1] += (
        -by_taste @ ((1 - c) ** 2 * z)
        + (1 + target.taste_precision[own]) @ (c * z) ** 2
        - pull @ (c**2 * z)
    )
    crossed[:n, -1] += -by_taste * (1 - c) - (1 + target.taste_precision[own]) * c * z + pull * c
    return precision, crossed


def _prior_precision(target, parameters):
    q, priors = target.terms.regressors.shape[1], target.priors
    precision = np.zeros((len(parameters), len(parameters)))
    precision[range(q), range(q)] = 1 / priors.supply
    precision[q:-1, q:-1] = target.school_precision
    ends = (priors.sd_eta_u.slope(parameters[-1] + side) for side in (-1e-4, 1e-4))
    precision[-1, -1] = -np.subtract(*reversed(list(ends))) / 2e-4
    return precision


def _usable(precision):
    """The precision, with log SD's made usable."""
    rest, crossed = precision[:-1, :-1], precision[:-1, -1]
    left = precision[-1, -1] - crossed @ cho_solve(cho_factor(rest), crossed)
    usable = precision.copy()
    usable[-1, -1] += max(LEAST_LOG_SD_PRECISION - left, 0)
    return usable


def _roots(precision):
    """L with L L' = precision^-1, upper triangular, and its inverse."""
    inverse = cholesky(precision, lower=True).T
    return solve_triangular(inverse, np.eye(len(precision))), inverse


def _spreads(target, teachers, hessians):
    """R of all latents and its inverse; pairs that are on no menu have but a prior."""
    pairs = len(target.taste_precision)
    own = [teacher.latents for teacher in teachers]
    alone = np.setdiff1d(np.arange(pairs), np.concatenate(own))
    inverse = np.sqrt(1 + target.taste_precision[alone])
    place = np.argsort(np.concatenate([*own, alone]))
    roots, inverses = zip(*(_roots(hessian) for hessian in hessians), strict=True)
    return _in_place([*roots, diags_array(1 / inverse)], place), _in_place(
        [*inverses, diags_array(inverse)], place
    )


def _in_place(blocks, place):
    """Sparse matrix of blocks on the diagonal, its rows and columns put in place."""
    found = csr_array(block_diag(blocks, format="csr")[place][:, place])
    found.eliminate_zeros()  # tastes of a teacher meet in her fallbacks alone
    found.sort_indices()
    return found
