"""The market's arrays from tables: teachers with value added and positions of one cycle."""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.market import features
from welfare_added.market.commutes import Commutes
from welfare_added.market.estimates import Estimates
from welfare_added.market.platform import MINUTES_DECIMALS
from welfare_added.market.ratings import (
    PRINCIPAL,
    applicant_traits,
    position_traits,
    principal_columns,
)
from welfare_added.market.setting import MarketArrays
from welfare_added.run.errors import UserError

log = logging.getLogger(__name__)
COEFFICIENTS = ("best", "mean", "draw")


@dataclass(frozen=True)
class Participants:
    """Who takes part in one cycle.

    Attributes
    ----------
    teachers
        Rows of the table of applicants: those of the cycle with value added and a window.
    positions
        Rows of the table of positions: those of the cycle with a window.
    meets
        (J, P) bool, whether the active windows of teacher and position share a day.

    """

    teachers: pd.DataFrame
    positions: pd.DataFrame
    meets: np.ndarray


def participants(
    applicants: pd.DataFrame, positions: pd.DataFrame, cycle: int, least_applications: int = 1
) -> Participants:
    """Teachers with value added and positions of a cycle (Bates et al. 2022, section 7.1).

    Without an application a position has no observed window, nor a teacher: they are left out, and
    logged. least_applications: of a teacher (table 7: 2 drops those with a single one).
    Raises UserError where the cycle has no teacher or no position.
    """
    of_cycle = applicants[(applicants["year"] == cycle) & (applicants["va_missing"] == 0)]
    windowed = of_cycle[["first_day", "last_day"]].notna().all(axis=1)
    teachers = of_cycle[windowed & (of_cycle["applications"] >= least_applications)]
    every = positions[positions["year"] == cycle]
    some = every[every[["first_day", "last_day"]].notna().all(axis=1)]
    if teachers.empty or some.empty:
        raise UserError(
            f"config.yaml, market.cycle: in {cycle} there are {len(teachers)} teachers with value "
            f"added and {len(some)} positions with applications. Years of positions are "
            f"{', '.join(map(str, sorted(positions['year'].unique())))}"
        )
    log.info(
        "cycle %d: %d teachers (%d without window or with few applications left out), %d positions "
        "(%d without application left out)",
        cycle, len(teachers), len(of_cycle) - len(teachers), len(some), len(every) - len(some),
    )  # fmt: skip
    first, last = (teachers[[name]].to_numpy(float) for name in ("first_day", "last_day"))
    opens, closes = (some[name].to_numpy(float) for name in ("first_day", "last_day"))
    return Participants(teachers, some, (first <= closes) & (opens <= last))


def commutes_of(
    who: Participants,
    applicants: pd.DataFrame,
    schools: pd.DataFrame,
    minutes_a_km: float,
    at_least: float,
    given: pd.DataFrame | None = None,
) -> np.ndarray:
    """Minutes one way of all pairs (J, P), NaN where unknown, as choice sets have them.

    applicants: all of the platform, with coordinates. schools: school_id, latitude, longitude.
    minutes_a_km, at_least, given: see `Commutes`.
    """
    places = schools[schools["school_id"].isin(who.positions["school_id"])]
    places = places.drop_duplicates("school_id")
    commutes = Commutes(
        applicants, places, minutes_a_km=minutes_a_km, at_least=at_least, given=given
    )
    school = commutes.schools.get_indexer(who.positions["school_id"])
    shape = len(who.teachers), len(who.positions)
    row = applicants.index.get_indexer(who.teachers.index)
    found = commutes.minutes(np.repeat(row, shape[1]), np.tile(school, shape[0]))
    return found.reshape(shape).round(MINUTES_DECIMALS)


def market_arrays(
    who: Participants,
    minutes: np.ndarray,
    representative: pd.Series,
    teachers: Estimates,
    principals: Estimates,
    deviations: np.ndarray,
    school_effects: np.ndarray | float = 0.0,
    kind: str = "per_student",
    experienced: float = 3,
) -> MarketArrays:
    """Arrays of the market at estimates of preferences.

    Parameters
    ----------
    who
        See `participants`.
    minutes
        (J, P) one-way commute, NaN where missing.
    representative
        class_size and share_disadvantaged of the district's representative school in the cycle.
    teachers, principals
        Estimates of preferences. What is the same for all of a teacher's positions, or for all of a
        position's teachers, changes no ranking and is left out.
    deviations
        (J, 6) of teachers' random coefficients from their means, in the order of `RANDOM`.
    school_effects
        (P,) of teachers' preferences, where the model has effects of schools; else zero.
    kind
        Of absolute advantage in teachers' preferences: ``per_student`` or ``total``; the arrays
        hold it per student.
    experienced
        Years from which a teacher counts as experienced.

    Raises
    ------
    UserError
        If the coefficient of commute is not negative: nothing can then be valued in minutes.

    """
    places = who.positions
    forecast, traits = applicant_traits(who.teachers)
    mu = forecast[:, :2] + forecast[:, 2:]
    size = places["class_size"].to_numpy(float)
    share = places["share_disadvantaged"].to_numpy(float)
    advantage = {
        one: features.absolute_advantage(
            *forecast.T,
            representative["share_disadvantaged"],
            representative["class_size"],
            one,
        )
        for one in ("per_student", kind)
    }
    total = mu @ (size[:, None] * np.stack([1 - share, share], axis=1)).T
    pair = features.pair_columns(
        np.where(np.isnan(minutes), 0.0, minutes),
        np.isnan(minutes).astype(float),
        total,
        places[list(features.SHARE_COLUMNS)].to_numpy(float)[None],
        advantage[kind][:, None],
        who.teachers["black"].to_numpy(float)[:, None],
        who.teachers["hispanic"].to_numpy(float)[:, None],
    )
    random = features.random_columns(pair)[..., :-1] @ deviations[:, :-1, None]
    columns = principal_columns(
        forecast[:, None], traits[:, None], position_traits(places)[0][None]
    )
    return MarketArrays(
        mu=mu,
        class_size=size,
        share_1=share,
        utility=pair @ teachers.values(features.PAIR) + random[..., 0] + school_effects,
        gamma=-float(teachers.values(["commute"])[0]),
        principal=columns @ principals.values(PRINCIPAL),
        meets=who.meets,
        absolute_advantage=advantage["per_student"],
        teacher_traits=teacher_traits(who.teachers, experienced),
        position_traits={"share_black": places["share_black"].to_numpy(float)},
        minutes=minutes,
    )


def teacher_traits(teachers: pd.DataFrame, experienced: float) -> dict[str, np.ndarray]:
    """Experience in years, whether it is as long as ``experienced``, and whether Black, (J,) each.

    Missing experience counts as none where teachers pick by it, and is missing in figures.
    """
    years = teachers["experience"].astype(float).to_numpy()
    black = teachers["black"].astype(float).to_numpy(copy=True)
    black[teachers["race_missing"].to_numpy() == 1] = np.nan
    return {
        "experience": np.where(np.isnan(years), 0.0, years),
        "experienced": np.where(np.isnan(years), np.nan, years >= experienced),
        "black": black,
    }


def random_coefficients(
    table: pd.DataFrame, teachers: pd.DataFrame, kind: str = "best"
) -> np.ndarray:
    """Deviations (J, 6) of teachers' random coefficients, in the order of `RANDOM`.

    table: applicant, kind, a column each. kind: ``best`` (the draw that makes the teacher's choices
    most likely, as published), ``mean`` or ``draw`` (mean of, and a draw from, their law given the
    choices). All are zero where the table has no rows: no coefficient of the model is random.
    Raises UserError where some teachers have none.
    """
    if kind not in COEFFICIENTS:
        raise UserError(
            f"config.yaml, market.random_coefficients: {kind!r}; want {', '.join(COEFFICIENTS)}"
        )
    if table.empty:
        return np.zeros((len(teachers), len(features.RANDOM)))
    own = table[table["kind"] == kind].set_index("applicant")[list(features.RANDOM)]
    lacking = ~teachers["applicant"].isin(own.index)
    if lacking.any():
        raise UserError(
            f"random coefficients: {int(lacking.sum())} of {len(teachers)} teachers of the market "
            "have none: they were not among those whose preferences were estimated"
        )
    return own.loc[teachers["applicant"]].to_numpy(float)


def effects_of_schools(table: pd.DataFrame, positions: pd.DataFrame) -> np.ndarray:
    """Effect (P,) of each position's school in teachers' preferences; zero without any.

    table: school_id, effect. A school without choices has the mean effect.
    """
    if table.empty:
        return np.zeros(len(positions))
    effects = table.set_index("school_id")["effect"]
    own = positions["school_id"].astype(str).map(effects)
    if unknown := int(own.isna().sum()):
        log.info("%d positions: the school has no effect of its own; it has the mean", unknown)
    return own.fillna(effects.mean()).to_numpy(dtype=float)
