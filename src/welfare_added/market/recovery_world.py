"""A small platform with planted preferences, for tests of whether estimators recover them.

Tables have the columns of the platform's, so that estimation takes the same way as on records.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from welfare_added.market import features
from welfare_added.market.ratings import (
    PRINCIPAL,
    SPREAD,
    Ratings,
    applicant_traits,
    position_traits,
    principal_columns,
)
from welfare_added.market.recovery_tables import (
    made_applicants,
    made_positions,
    made_schools,
    true_pairs,
)
from welfare_added.market.teacher_choices import TeacherChoices, teacher_choices


@dataclass(frozen=True)
class PlantedWorld:
    """A platform, and the preferences from which its applications were drawn.

    Attributes
    ----------
    applicants, positions, schools
        Tables of the platform; columns open_day, close_day, start_day and end_day are true
        windows.
    pairs
        Choice sets in true windows: applicant, position, applied, minutes, commute_missing.
    truth
        Value of each of the teachers' parameters.
    normals
        (A, 6) of applicants with a choice set, in the order of `features.RANDOM`.

    """

    applicants: pd.DataFrame
    positions: pd.DataFrame
    schools: pd.DataFrame
    pairs: pd.DataFrame
    truth: dict[str, float]
    normals: np.ndarray


def planted_world(
    truth: Mapping[str, float],
    seed: np.random.SeedSequence,
    *,
    applicants: int = 2000,
    positions: int = 2400,
    application_rate: float | None = None,
    common_outside: bool = False,
) -> PlantedWorld:
    """Draw a platform in which teachers have given preferences.

    Parameters
    ----------
    truth
        Teachers' parameters (`planted.planted_teachers`).
    seed
        Of all draws.
    applicants, positions
        Numbers over ten cycles; an applicant's window meets about 90 of 2,400 positions.
    application_rate
        Share of pairs with an application, to which the constant is moved; None: as it is.
    common_outside
        Whether the errors of the present position and of the outside option are one draw an
        applicant in a year (Bates et al. 2022, eq. 7), and not a draw a pair (eq. 13).

    """
    streams = [np.random.default_rng(one) for one in seed.spawn(5)]
    schools = made_schools(streams[0])
    posted = made_positions(streams[1], schools, positions)
    people = made_applicants(streams[2], schools, applicants)
    pairs = true_pairs(streams[3], people, posted, schools)
    choices = teacher_choices(people, posted, pairs.assign(applied=0), schools)
    rng = streams[4]
    normals = rng.standard_normal((len(choices.applicants), len(features.RANDOM)))
    truth = dict(truth)
    if application_rate is not None:
        truth["constant"] = _constant(truth, choices, normals, application_rate)
    errors = _errors(rng, choices, common_outside)
    applied = _apply(truth, choices, normals, errors)
    pairs["applied"] = _spread(applied, choices, pairs, posted)
    hidden = ["latitude", "longitude"]
    return PlantedWorld(people.drop(columns=hidden), posted, schools, pairs, truth, normals)


def index_of(truth: Mapping[str, float], names: tuple[str, ...]) -> np.ndarray:
    """Values of parameters in the order of names."""
    return np.array([truth[name] for name in names])


def utilities(
    truth: Mapping[str, float], choices: TeacherChoices, normals: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Representative utility (N,) of rows, and (A,) of present positions, -inf where none is.

    Bates et al. (2022), eqs. 8 to 11, at given normals (A, 6).
    """
    own = choices.teacher @ index_of(truth, features.TEACHER)
    own += choices.means @ index_of(truth, features.MEANS)
    spread = normals * index_of(truth, features.SPREADS)
    slopes = index_of(truth, features.PAIR)
    agent = choices.agent
    random = (features.random_columns(choices.pair) * spread[agent]).sum(axis=1)
    rows = choices.pair @ slopes + own[agent] + random
    random = (features.random_columns(choices.present) * spread).sum(axis=1)
    present = choices.present @ slopes + own + random
    return rows, np.where(choices.incumbent, present, -np.inf)


def _constant(truth, choices, normals, wanted) -> float:
    def excess(constant):
        rows, present = utilities({**truth, "constant": constant}, choices, normals)
        chance = 1 / (1 + np.exp(-(rows - np.logaddexp(0, present)[choices.agent])))
        return np.average(chance, weights=choices.trials) - wanted

    return float(np.round(brentq(excess, -40, 40, xtol=1e-6), 5))


def _errors(rng, choices, common) -> tuple[np.ndarray, np.ndarray]:
    """Gumbel errors of each position, and logs of exponentials of the best alternative to it."""
    positions = int(choices.trials.sum())
    own = rng.gumbel(size=positions)
    if common:
        agents = np.repeat(choices.agent, choices.trials.astype(int))
        return own, rng.gumbel(size=len(choices.applicants))[agents]
    return own, rng.gumbel(size=positions)


def _apply(truth, choices, normals, errors) -> np.ndarray:
    """Whether each position, in the order of rows, is better than what the applicant has.

    The best of the outside option and the present position is Gumbel around log(1 + exp(V_c)).
    """
    rows, present = utilities(truth, choices, normals)
    better = rows - np.logaddexp(0, present)[choices.agent]
    own, other = errors
    return np.repeat(better, choices.trials.astype(int)) + own > other


def _spread(applied, choices, pairs, posted) -> np.ndarray:
    """Put applications, which are by row of the choices, at the pairs that the rows stand for."""
    place = posted.groupby(["school_id", "year"]).ngroup().to_numpy()[pairs["position"]]
    order = np.lexsort((pairs["position"], place, pairs["applicant"]))
    out = np.empty(len(pairs), dtype=np.int8)
    out[order] = applied
    return out


def planted_ratings(
    truth: Mapping[str, float],
    seed: np.random.SeedSequence,
    *,
    positions: int = 200,
    applications: int = 188,
) -> tuple[Ratings, np.ndarray]:
    """Draw applications to positions whose principals have given preferences, and their answers.

    Parameters
    ----------
    truth
        Principals' parameters (`planted.planted_principals`).
    seed
        Of all draws.
    positions, applications
        Number of positions, and of applications to each.

    Returns
    -------
    tuple
        Ratings with outcome positive or none, and whether they are positive (N,).

    """
    streams = [np.random.default_rng(one) for one in seed.spawn(4)]
    schools = made_schools(streams[0])
    posted = made_positions(streams[1], schools, positions)
    people = made_applicants(streams[2], schools, 10 * applications)
    rng = streams[3]
    where = np.repeat(np.arange(positions), applications)
    who = rng.integers(len(people), size=len(where))
    columns = principal_columns(
        *applicant_traits(people.iloc[who]), *position_traits(posted.iloc[where])
    )
    utility = columns @ index_of(truth, PRINCIPAL)
    utility += truth[SPREAD] * rng.standard_normal(positions)[where]
    positive = utility + rng.logistic(size=len(where)) > 0
    outcomes = np.where(positive, "positive", "none")
    return Ratings(where, columns, outcomes, np.zeros(len(where), dtype=int)), positive
