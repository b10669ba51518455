"""The mixed logit of teachers' applications (Bates et al. 2022, eqs. 7 to 14)."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from welfare_added.choice.binary_panel import (
    AgentCovariates,
    BinaryLogit,
    PresentPositions,
    binary_logit,
)
from welfare_added.choice.draws import Integrator, sobol
from welfare_added.market import features
from welfare_added.market.columns import usable, without_separating
from welfare_added.market.outside import CommonOutside, common_outside
from welfare_added.market.plain_logit import plain_logit
from welfare_added.market.teacher_choices import TeacherChoices
from welfare_added.run.errors import UserError

# How random coefficients are integrated out: the published way, evenly spread draws of the same
# normals, and draws around each teacher's mode.
INTEGRATORS = {"prior": "pseudo_random", "sobol": "sobol", "adaptive": "adaptive"}
OUTSIDE = ("per_position", "common")
# Standard deviations of random coefficients from which the search starts.
START = dict(zip(features.RANDOM, (0.1, 0.5, 0.5, 0.5, 0.5, 1.0), strict=True))


@dataclass(frozen=True)
class TeacherModel:
    """A logit of applications, and which covariates it has.

    Attributes
    ----------
    model
        Of `choice.binary_logit`.
    clusters
        (A,) person of each agent.
    applicants
        (A,) code of each agent.
    start
        (D,) parameters from which to search: the logit without random coefficients.
    left_out
        Covariates that could not be told apart from others, or vary with no choice.
    choices
        Number of positions in all choice sets.

    """

    model: BinaryLogit | CommonOutside = field(repr=False)
    clusters: np.ndarray = field(repr=False)
    applicants: np.ndarray = field(repr=False)
    start: np.ndarray = field(repr=False)
    left_out: tuple[str, ...]
    choices: int


def teacher_model(
    choices: TeacherChoices,
    integrator: str = "adaptive",
    draws: int = 128,
    seed: int = 1,
    *,
    correlated: Sequence[str] = (),
    outside: str = "per_position",
    separated: str = "refuse",
    at_least: int = 1,
    threads: int = 1,
) -> TeacherModel:
    """State the mixed logit of applications (Bates et al. 2022, eqs. 7 to 14).

    Parameters
    ----------
    choices
        Choice sets as arrays.
    integrator
        ``prior``: pseudo-random normals (eq. 13), ``sobol``: evenly spread ones, ``adaptive``:
        evenly spread around each teacher's mode.
    draws
        Number of draws a teacher in a year.
    seed
        Of the draws.
    correlated
        Names of `features.RANDOM` whose random coefficients are correlated.
    outside
        Errors of the present position and of the outside option: ``per_position``, as eq. 13
        multiplies, or ``common`` to all positions of a teacher in a year, as eq. 7 says; the latter
        with the adaptive integrator alone.
    separated, at_least
        Covariates that are not zero in fewer choices of yes or of no: ``refuse``, or ``drop``.
    threads
        Of the compiled loops; results do not depend on them.

    Raises
    ------
    UserError
        If the integrator is another, or a dummy separates choices.

    """
    if integrator not in INTEGRATORS:
        raise UserError(f"integrator {integrator!r}: want {', '.join(INTEGRATORS)}")
    if outside not in OUTSIDE or (outside == "common" and integrator != "adaptive"):
        raise UserError(f"outside {outside!r}, integrator {integrator!r}: no such likelihood")
    pair, teacher, names = estimable(choices, separated, at_least)
    labels, incumbents = np.arange(len(choices.applicants)), np.flatnonzero(choices.incumbent)
    kept = np.array([features.PAIR.index(name) for name in names[0]])
    present = PresentPositions(
        agent=incumbents,
        covariates=choices.present[incumbents][:, kept],
        random=features.random_columns(choices.present[incumbents]),
    )
    model = binary_logit(
        pair,
        choices.taken,
        choices.agent,
        names=names[0],
        random=features.random_columns(choices.pair),
        random_names=list(features.RANDOM),
        correlated=list(correlated),
        trials=choices.trials,
        agent_covariates=AgentCovariates(agent=labels, values=teacher, names=names[1]),
        present=present if len(incumbents) else None,
        nodes=Integrator(INTEGRATORS[integrator], draws=draws, seed=seed),
        threads=threads,
    )
    all_names = (*features.PAIR, *features.TEACHER, *features.MEANS)
    left_out = tuple(name for name in all_names if name not in {*names[0], *names[1]})
    model = _named(model, correlated)
    start = _start(model, choices, pair, teacher)
    if outside == "common":
        model = common_outside(model, sobol(len(labels), draws, len(features.RANDOM) + 1, seed))
    return TeacherModel(
        model, choices.people, choices.applicants, start, left_out, int(choices.trials.sum())
    )


def _start(model: BinaryLogit, choices: TeacherChoices, pair, teacher) -> np.ndarray:
    """Coefficients of the logit without random ones, and usual standard deviations."""
    plain = plain_logit(pair, teacher, choices.taken, choices.trials, choices.first)
    spreads = [START[features.RANDOM[k]] if k == m else 0.0 for k, m in model.at]
    return np.concatenate([plain, spreads])


def estimable(
    choices: TeacherChoices, separated: str = "refuse", at_least: int = 1
) -> tuple[np.ndarray, np.ndarray, tuple[list[str], list[str]]]:
    """Covariates of pairs (N, P) and of applicants (A, Q) that can be told apart, with names.

    The constant is kept first, then covariates of pairs, teachers' own, and means of choice sets.
    """
    own = np.column_stack([choices.teacher, choices.means])
    own_names = [*features.TEACHER, *features.MEANS]
    names = [*features.PAIR, *own_names]
    kept = usable(_products(choices, own), _order(names), "teachers' applications")
    order = [names.index(name) for name in _order(names)]
    keep = np.zeros(len(names), dtype=bool)
    keep[np.array(order)[kept]] = True
    of_pair, of_own = keep[: len(features.PAIR)], keep[len(features.PAIR) :]
    taken = np.add.reduceat(choices.taken, choices.first[:-1])
    trials = np.add.reduceat(choices.trials, choices.first[:-1])
    of_own[of_own] = without_separating(
        own[:, of_own],
        [name for name, one in zip(own_names, of_own, strict=True) if one],
        taken,
        trials,
        "teachers' applications",
        separated,
        at_least,
    )
    kept_names = (
        [name for name, one in zip(features.PAIR, of_pair, strict=True) if one],
        [name for name, one in zip(own_names, of_own, strict=True) if one],
    )
    return choices.pair[:, of_pair], own[:, of_own], kept_names


def _order(names: list[str]) -> list[str]:
    return ["constant", *(name for name in names if name != "constant")]


def _products(choices: TeacherChoices, own: np.ndarray) -> np.ndarray:
    """Sums over positions of products of all covariates, the constant first."""
    weight, first = choices.trials, choices.first[:-1]
    weighted = choices.pair * weight[:, None]
    sums = np.add.reduceat(weighted, first, axis=0)
    cross = sums.T @ own
    within = own.T @ (own * np.add.reduceat(weight, first)[:, None])
    whole = np.block([[choices.pair.T @ weighted, cross], [cross.T, within]])
    names = [*features.PAIR, *features.TEACHER, *features.MEANS]
    order = [names.index(name) for name in _order(names)]
    return whole[np.ix_(order, order)]


def _named(model: BinaryLogit, correlated: Sequence[str]) -> BinaryLogit:
    """The model with published names of standard deviations; others are of C's entries."""
    names = []
    for k, m in model.at:
        one, other = features.RANDOM[k], features.RANDOM[m]
        if one in correlated:
            names.append(f"cholesky_{one}" if k == m else f"cholesky_{one}_x_{other}")
        else:
            names.append(features.SPREADS[k])
    return replace(model, names=(*model.names[: model.fixed], *names))
