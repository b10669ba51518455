"""Teachers' preferences from their applications: table 5 of Bates et al. (2022)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from welfare_added import choice
from welfare_added.market import features
from welfare_added.market.columns import usable, without_separating
from welfare_added.market.estimates import Estimates
from welfare_added.market.teacher_choices import TeacherChoices
from welfare_added.run.errors import UserError

# How random coefficients are integrated out: the published way, evenly spread draws of the same
# normals, and draws around each teacher's mode.
INTEGRATORS = {"prior": "pseudo_random", "sobol": "sobol", "adaptive": "adaptive"}
INFERENCE = ("scores", "sandwich", "bootstrap")


@dataclass(frozen=True)
class TeacherModel:
    """A logit of applications, and which covariates it has.

    Attributes
    ----------
    model
        Of `choice.binary_logit`.
    clusters
        (A,) person of each agent.
    left_out
        Covariates that could not be told apart from others, or vary with no choice.
    choices
        Number of positions in all choice sets.

    """

    model: object = field(repr=False)
    clusters: np.ndarray = field(repr=False)
    left_out: tuple[str, ...]
    choices: int


@dataclass(frozen=True)
class TeacherEstimates:
    """Estimates, and what they say of each applicant's random coefficients.

    Attributes
    ----------
    estimates
        Parameters with their covariance.
    applicants
        (A,) codes.
    best, mean, draw
        (A, 6) deviations of random coefficients from their means, in the order of
        `features.RANDOM`: at the draw that makes the applicant's choices most likely, their mean
        given the choices, and a draw from their law given the choices.
    effective
        (A,) number of draws that count in each applicant's integral.

    """

    estimates: Estimates
    applicants: np.ndarray = field(repr=False)
    best: np.ndarray = field(repr=False)
    mean: np.ndarray = field(repr=False)
    draw: np.ndarray = field(repr=False)
    effective: np.ndarray = field(repr=False)


def teacher_model(
    choices: TeacherChoices,
    integrator: str = "adaptive",
    draws: int = 128,
    seed: int = 1,
    *,
    correlated: Sequence[str] = (),
    separated: str = "refuse",
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
    separated
        Dummies that decide choices: ``refuse``, or ``drop``.
    threads
        Of the compiled loops; results do not depend on them.

    Raises
    ------
    UserError
        If the integrator is another, or a dummy separates choices.

    """
    if integrator not in INTEGRATORS:
        raise UserError(f"integrator {integrator!r}: want {', '.join(INTEGRATORS)}")
    pair, teacher, names = estimable(choices, separated)
    labels, incumbents = np.arange(len(choices.applicants)), np.flatnonzero(choices.incumbent)
    kept = np.array([features.PAIR.index(name) for name in names[0]])
    present = choice.PresentPositions(
        agent=incumbents,
        covariates=choices.present[incumbents][:, kept],
        random=features.random_columns(choices.present[incumbents]),
    )
    model = choice.binary_logit(
        pair,
        choices.taken,
        choices.agent,
        names=names[0],
        random=features.random_columns(choices.pair),
        random_names=list(features.RANDOM),
        correlated=_blocks(correlated),
        trials=choices.trials,
        agent_covariates=choice.AgentCovariates(agent=labels, values=teacher, names=names[1]),
        present=present if len(incumbents) else None,
        nodes=choice.Integrator(INTEGRATORS[integrator], draws=draws, seed=seed),
        threads=threads,
    )
    all_names = (*features.PAIR, *features.TEACHER, *features.MEANS)
    left_out = tuple(name for name in all_names if name not in {*names[0], *names[1]})
    return TeacherModel(model, choices.people, left_out, int(choices.trials.sum()))


def estimable(
    choices: TeacherChoices, separated: str = "refuse"
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


def _blocks(correlated: Sequence[str]) -> object:
    """What `choice.binary_logit` takes as correlated: False, or groups of random coefficients."""
    if not correlated:
        return False
    if wrong := [name for name in correlated if name not in features.RANDOM]:
        raise UserError(f"correlated: {', '.join(wrong)} has no random coefficient")
    return [tuple(features.RANDOM.index(name) for name in correlated)]
