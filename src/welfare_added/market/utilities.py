"""Representative utilities of all teachers and positions of a market, from estimates."""

import numpy as np
import pandas as pd

from welfare_added.market import features
from welfare_added.market.estimates import Estimates
from welfare_added.market.ratings import (
    PRINCIPAL,
    applicant_traits,
    position_traits,
    principal_columns,
)
from welfare_added.market.teacher_choices import advantage_of, forecasts
from welfare_added.run.errors import UserError

KINDS = ("best", "mean", "draw")


def market_pairs(
    applicants: pd.DataFrame,
    positions: pd.DataFrame,
    schools: pd.DataFrame,
    minutes: np.ndarray,
    *,
    advantage: str = "per_student",
) -> np.ndarray:
    """Covariates (J, P, 13) of all pairs, in the order of `features.PAIR`.

    Parameters
    ----------
    applicants, positions
        J and P rows of the platform's tables.
    schools
        Of records, for the representative school.
    minutes
        (J, P) one-way commute; missing where unknown.
    advantage
        Absolute advantage ``per_student`` or ``total``.

    """
    of_teacher = [column[:, None] for column in forecasts(applicants)]
    place = {name: positions[name].to_numpy(dtype=float) for name in features.SHARE_COLUMNS}
    per_student = features.value_added_per_student(*of_teacher, place["share_disadvantaged"])
    shares = np.broadcast_to(np.column_stack([*place.values()]), (*minutes.shape, len(place)))
    return features.pair_columns(
        np.nan_to_num(minutes),
        np.isnan(minutes),
        features.total_value_added(per_student, positions["class_size"].to_numpy(dtype=float)),
        shares,
        advantage_of(applicants, schools, advantage)[:, None],
        applicants["black"].to_numpy(dtype=float)[:, None],
        applicants["hispanic"].to_numpy(dtype=float)[:, None],
    )


def teacher_utilities(
    estimates: Estimates,
    pair: np.ndarray,
    *,
    random: np.ndarray | None = None,
    school_effects: np.ndarray | None = None,
    own: np.ndarray | None = None,
) -> np.ndarray:
    """Representative utility (J, P) of positions to teachers (Bates et al. 2022, eq. 8).

    What is the same for all positions of a teacher, eta, changes no ranking; it is zero unless
    ``own`` is given.

    Parameters
    ----------
    estimates
        Of `estimate_teachers`, or of a variant.
    pair
        (J, P, 13) of `market_pairs`.
    random
        (J, 6) deviations of random coefficients, in the order of `features.RANDOM`; none if
        missing.
    school_effects
        (P,) effect of each position's school, of variants that have them.
    own
        (J, 28) covariates of `features.TEACHER` and `features.MEANS`.

    """
    utility = pair @ estimates.values(features.PAIR)
    if random is not None:
        utility += np.einsum("jpk,jk->jp", features.random_columns(pair), random)
    if school_effects is not None:
        utility += school_effects
    if own is not None:
        utility += (own @ estimates.values((*features.TEACHER, *features.MEANS)))[:, None]
    return utility


def utility_of_a_minute(estimates: Estimates) -> float:
    """Gamma, the utility of a minute less of commute; table 5 reports its negative."""
    return float(-estimates.values(["commute"])[0])


def principal_utilities(
    estimates: Estimates, applicants: pd.DataFrame, positions: pd.DataFrame
) -> np.ndarray:
    """Representative utility (J, P) of teachers to principals (Bates et al. 2022, eq. 15).

    The random effect of a position changes no ranking and is left out.
    """
    forecast, traits = applicant_traits(applicants)
    (place,) = position_traits(positions)
    columns = principal_columns(forecast[:, None], traits[:, None], place[None])
    return columns @ estimates.values(PRINCIPAL)


def random_coefficients(
    table: pd.DataFrame, applicants: pd.DataFrame, kind: str = "best"
) -> np.ndarray:
    """Deviations (J, 6) of applicants' random coefficients, from the file that estimation writes.

    Parameters
    ----------
    table
        applicant_id, year, kind, and a column for each of `features.RANDOM`.
    applicants
        J rows with applicant_id and year.
    kind
        ``best``: at the draw that makes the applicant's choices likeliest, as published; ``mean``
        given the choices; or a ``draw`` from their law given the choices.

    Raises
    ------
    UserError
        If the kind is another, or applicants are not in the table.

    """
    if kind not in KINDS:
        raise UserError(f"random coefficients {kind!r}: want {', '.join(KINDS)}")
    key = ["applicant_id", "year"]
    own = table[table["kind"] == kind].set_index(key)[list(features.RANDOM)]
    found = own.reindex(pd.MultiIndex.from_frame(applicants[key]))
    if lacking := int(found.isna().any(axis=1).sum()):
        raise UserError(
            f"random coefficients: none of {lacking} applicants; had they a choice set?"
        )
    return found.to_numpy(dtype=float)


def effects_of_schools(table: pd.DataFrame, positions: pd.DataFrame) -> np.ndarray:
    """Effect (P,) of each position's school, from the file that a variant writes.

    A school without choices has the mean effect, which is logged by estimation.
    """
    effects = table.set_index("school_id")["effect"]
    own = positions["school_id"].astype(str).map(effects)
    return own.fillna(effects.mean()).to_numpy(dtype=float)
