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
from welfare_added.market.teacher_choices import TeacherChoices, teacher_choices

SEASON = 140  # days
FIRST_YEAR, CYCLES = 2010, 10
SCHOOLS = 120
OPEN_DAYS = (20, 60)  # of a position
SEARCH_DAYS = (3, 40)  # of an applicant
MINUTES_A_UNIT = 40.0  # of distance between points of a unit square
TRAITS = ("black", "hispanic", "female", "masters")


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
    schools = _schools(streams[0])
    posted = _positions(streams[1], schools, positions)
    people = _applicants(streams[2], schools, applicants)
    pairs = _true_pairs(streams[3], people, posted, schools)
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


def _schools(rng) -> pd.DataFrame:
    """Shares and class sizes by school and year; a third of the schools are all disadvantaged."""
    poor = np.where(rng.random(SCHOOLS) < 1 / 3, 1.0, rng.beta(1.2, 1.8, SCHOOLS))
    black = np.clip(0.15 + 0.45 * poor + rng.normal(0, 0.15, SCHOOLS), 0.01, 0.9)
    hispanic = (1 - black) * np.clip(0.1 + 0.3 * poor + rng.normal(0, 0.1, SCHOOLS), 0.01, 0.9)
    above = np.clip(0.8 - 0.5 * poor + rng.normal(0, 0.1, SCHOOLS), 0.02, 0.98)
    size = np.clip(24 - 5 * poor + rng.normal(0, 3, SCHOOLS), 10, 34)
    place = rng.random((SCHOOLS, 2))
    rows = []
    for year in range(FIRST_YEAR, FIRST_YEAR + CYCLES):
        wobble = rng.normal(0, 0.03, (4, SCHOOLS))
        shares = np.clip(np.stack([poor, black, hispanic, above]) + wobble, 0, 1)
        shares[0, poor == 1.0] = 1.0
        named = dict(zip(features.SHARE_COLUMNS, shares, strict=True))
        rows.append(
            pd.DataFrame(
                {
                    "school_id": [f"s{number:03d}" for number in range(SCHOOLS)],
                    "year": year,
                    "in_market": True,
                    "students": np.round(size * rng.uniform(8, 20, SCHOOLS)),
                    "class_size": np.clip(size + rng.normal(0, 1.0, SCHOOLS), 8, 36),
                    **named,
                    "title1": (shares[0] > 0.75).astype(int),
                    "latitude": place[:, 0],
                    "longitude": place[:, 1],
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def _positions(rng, schools, number) -> pd.DataFrame:
    chosen = schools.iloc[np.sort(rng.integers(len(schools), size=number))]
    table = chosen.drop(columns=["in_market", "students"]).reset_index(drop=True)
    table["open_day"] = rng.integers(0, SEASON, number)
    table["close_day"] = table["open_day"] + rng.integers(*OPEN_DAYS, number)
    return table


def _applicants(rng, schools, number) -> pd.DataFrame:
    person = rng.integers(0, max(number * 3 // 4, 1), number)
    once = pd.Series(person).drop_duplicates().to_numpy()
    traits = pd.DataFrame(
        {
            "black": rng.random(len(once)) < 0.3,
            "hispanic": rng.random(len(once)) < 0.12,
            "female": rng.random(len(once)) < 0.8,
            "masters": rng.random(len(once)) < 0.3,
            "inside": rng.random(len(once)) < 0.4,
            "latitude": rng.random(len(once)),
            "longitude": rng.random(len(once)),
        },
        index=once,
    )
    table = traits.loc[person].reset_index(drop=True)
    table["hispanic"] &= ~table["black"]
    table.insert(0, "applicant_id", person)
    table["year"] = np.sort(rng.integers(FIRST_YEAR, FIRST_YEAR + CYCLES, number))
    twice = table.duplicated(["applicant_id", "year"])
    table.loc[twice, "applicant_id"] = number + np.arange(twice.sum())  # one row a person and year
    _add_value_added(rng, table)
    _add_missing(rng, table)
    ids = schools["school_id"].unique()
    where = rng.integers(len(ids), size=number)
    inside = table.pop("inside").to_numpy()
    table["in_district"] = inside.astype(int)
    table["current_school"] = np.where(inside, ids[where], None)
    minutes, unknown = _minutes(table, schools.iloc[where], rng.random(number) < 0.05)
    table["current_minutes"] = np.where(inside, minutes, 0.0)
    table["current_commute_missing"] = np.where(inside, unknown, 0)
    table["start_day"] = rng.integers(0, SEASON - 20, number)
    table["end_day"] = table["start_day"] + rng.integers(*SEARCH_DAYS, number)
    table[list(TRAITS)] = table[list(TRAITS)].astype(int)
    return table


def _add_value_added(rng, table) -> None:
    """Experience, and forecasts for most of those in the district and few others."""
    number = len(table)
    band = rng.choice(4, number, p=[0.4, 0.2, 0.2, 0.2])
    for code, name in enumerate(("experience_2_3", "experience_4_6", "experience_7"), start=1):
        table[name] = (band == code).astype(int)
    has = rng.random(number) < np.where(table["inside"], 0.7, 0.1)
    common, own = rng.normal(size=number), rng.normal(size=(2, number))
    mu = 0.2 * (np.sqrt(0.86) * common + np.sqrt(0.14) * own)
    table["mu_0"], table["mu_1"] = np.where(has, mu, 0.0)
    table["experience_effect"] = np.where(has, np.array([0.0, 0.04, 0.06, 0.07])[band], 0.0)
    table["va_missing"] = (~has).astype(int)


def _add_missing(rng, table) -> None:
    """Traits that newcomers may lack."""
    chance = np.where(table["inside"], 0.0, 0.1)
    race, gender, past = rng.random((3, len(table))) < chance
    table["race_missing"] = race.astype(int)
    table["gender_missing"] = gender.astype(int)
    table["experience_missing"] = past.astype(int)
    table.loc[race, ["black", "hispanic"]] = False
    table.loc[gender, "female"] = False
    table.loc[past, ["experience_2_3", "experience_4_6", "experience_7"]] = 0


def _minutes(homes, places, missing) -> tuple[np.ndarray, np.ndarray]:
    columns = ["latitude", "longitude"]
    distance = homes[columns].to_numpy() - places[columns].to_numpy()
    minutes = np.round(5 + MINUTES_A_UNIT * np.hypot(*distance.T), 1)
    return np.where(missing, 0.0, minutes), missing.astype(np.int8)


def _true_pairs(rng, people, posted, schools) -> pd.DataFrame:
    """Pairs of a cycle whose true windows meet; some addresses of homes and schools are unknown."""
    homes = rng.random(len(people)) < 0.04
    ids = pd.Index(schools["school_id"].unique())
    lost = rng.random((len(people), len(ids))) < 0.03
    found = overlapping(
        people["year"], posted["year"], *(people[f"{one}_day"] for one in ("start", "end")),
        *(posted[f"{one}_day"] for one in ("open", "close")),
    )  # fmt: skip
    applicant, position = found
    school = ids.get_indexer(posted["school_id"])[position]
    missing = homes[applicant] | lost[applicant, school]
    minutes, unknown = _minutes(people.iloc[applicant], posted.iloc[position], missing)
    return pd.DataFrame(
        {
            "applicant": applicant,
            "position": position,
            "minutes": minutes,
            "commute_missing": unknown,
        }
    )


def overlapping(year, cycle, start, end, opened, closed) -> tuple[np.ndarray, np.ndarray]:
    """Applicants and positions of one cycle whose windows have a day in common, as codes."""
    meet = np.asarray(year)[:, None] == np.asarray(cycle)
    meet &= np.asarray(start)[:, None] <= np.asarray(closed)
    meet &= np.asarray(end)[:, None] >= np.asarray(opened)
    return np.nonzero(meet)


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
    schools = _schools(streams[0])
    posted = _positions(streams[1], schools, positions)
    people = _applicants(streams[2], schools, 10 * applications)
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
