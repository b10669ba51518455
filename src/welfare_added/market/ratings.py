"""Principals' ratings of applications as arrays, and which applications a principal chose among."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from welfare_added.market import features
from welfare_added.market.teacher_choices import forecasts
from welfare_added.run.errors import UserError

# Covariates of Bates et al. (2022), table 6, each also times Title I.
RATED = (
    "value_added",
    "experience_2_3",
    "experience_4_6",
    "experience_7",
    "experience_missing",
    "masters",
    "black",
    "black_black_share",
    "hispanic",
    "hispanic_hispanic_share",
    "female",
    "gender_missing",
    "race_missing",
    "value_added_missing",
)
PRINCIPAL = ("constant", "title1", *RATED, *(f"{name}_x" for name in RATED))
SPREAD = "random_effect_sd"
HIRED = ("hired", "hired_elsewhere", "hired_out")
POSITIVE = (*HIRED, "interview", "positive")
UNRATED = ("none", "withdrew")
OUTCOMES = (*POSITIVE, "declined", "middle", "negative", *UNRATED)
SAMPLES = ("all", "near_hire", "first_half", "second_half", "active")


@dataclass(frozen=True)
class Ratings:
    """N applications to positions, as their principals saw them.

    Attributes
    ----------
    positions
        (N,) code of the position.
    covariates
        (N, 30) in the order of `PRINCIPAL`.
    outcomes
        (N,) names of `OUTCOMES`.
    days
        (N,) of the applications.

    """

    positions: np.ndarray
    covariates: np.ndarray
    outcomes: np.ndarray
    days: np.ndarray

    def only(self, keep: np.ndarray) -> "Ratings":
        """Those applications for which ``keep`` (N,) is true."""
        return replace(self, **{name: value[keep] for name, value in self.__dict__.items()})

    def positive(self, declined: bool = False, hired_only: bool = False) -> np.ndarray:
        """Whether (N,) the principal's answer was positive.

        Positive are hires, interviews and positive ratings (Bates et al. 2022, table 6), and with
        ``declined`` also offers that were declined; with ``hired_only`` hires alone.
        """
        names = HIRED if hired_only else (*POSITIVE, *(["declined"] if declined else []))
        return np.isin(self.outcomes, names)


def ratings(
    applicants: pd.DataFrame, positions: pd.DataFrame, applications: pd.DataFrame
) -> Ratings:
    """Arrays of all applications.

    Parameters
    ----------
    applicants, positions
        Tables of the platform; a row's number is its code.
    applications
        applicant, position (codes), day, outcome.

    Raises
    ------
    UserError
        If an outcome is not among those of the layout, or masters or title1 is missing.

    """
    outcomes = applications["outcome"].astype(str).to_numpy()
    if wrong := int((~np.isin(outcomes, OUTCOMES)).sum()):
        raise UserError(
            f"applications: outcome of {wrong} rows is not one of {', '.join(OUTCOMES)}"
        )
    of_position = applications["position"].to_numpy()
    who = applicants.iloc[applications["applicant"].to_numpy()]
    where = positions.iloc[of_position]
    return Ratings(
        positions=of_position,
        covariates=principal_columns(*applicant_traits(who), *position_traits(where)),
        outcomes=outcomes,
        days=applications["day"].to_numpy(),
    )


def applicant_traits(applicants: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Forecasts (J, 3) and traits (J, 11) that `principal_columns` takes."""
    names = [name for name in RATED if name != "value_added" and "share" not in name]
    columns = ["va_missing" if name == "value_added_missing" else name for name in names]
    traits = _complete(applicants, columns, "applicants")
    return np.column_stack(forecasts(applicants)), traits


def position_traits(positions: pd.DataFrame) -> tuple[np.ndarray]:
    """Class size, share disadvantaged, share Black, share Hispanic and Title I (P, 5)."""
    names = ["class_size", "share_disadvantaged", "share_black", "share_hispanic", "title1"]
    return (_complete(positions, names, "positions"),)


def principal_columns(forecast: np.ndarray, traits: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Covariates (..., 30) in the order of `PRINCIPAL` (Bates et al. 2022, eq. 15).

    Arguments broadcast: applicants' may be (J, 1, ·) and positions' (1, P, ·).

    Parameters
    ----------
    forecast
        (..., 3) mu_0, mu_1 and experience effect.
    traits
        (..., 11) the applicant's, in the order of `RATED` without interactions.
    place
        (..., 5) as `position_traits`.

    """
    size, share, black_share, hispanic_share, title1 = np.moveaxis(place, -1, 0)
    per_student = features.value_added_per_student(*np.moveaxis(forecast, -1, 0), share)
    own = iter(np.moveaxis(traits, -1, 0))
    made = {"value_added": features.total_value_added(per_student, size)}
    for name in RATED:
        if name == "black_black_share":
            made[name] = made["black"] * black_share
        elif name == "hispanic_hispanic_share":
            made[name] = made["hispanic"] * hispanic_share
        elif name != "value_added":
            made[name] = next(own)
    shape = np.broadcast_shapes(forecast.shape[:-1], place.shape[:-1])
    out = np.empty((*shape, len(PRINCIPAL)))
    out[..., 0], out[..., 1] = 1.0, title1
    for column, name in enumerate(RATED, start=2):
        out[..., column] = made[name]
        out[..., column + len(RATED)] = made[name] * title1
    return out


def chosen_among(
    applications: Ratings, positions: pd.DataFrame, sample: str, days: int = 14
) -> Ratings:
    """Applications that principals are taken to have chosen among (Bates et al. 2022, table 7).

    Parameters
    ----------
    applications
        All of them.
    positions
        first_day and last_day of each position's window.
    sample
        ``all``; ``near_hire``: at most ``days`` from that of a hired applicant, of positions that
        hired; ``first_half`` or ``second_half`` of the position's window; ``active``: rated ones.

    Raises
    ------
    UserError
        If the sample is another, or empty.

    """
    if sample not in SAMPLES:
        raise UserError(f"principals' applications {sample!r}: want one of {', '.join(SAMPLES)}")
    where, day = applications.positions, applications.days
    if sample == "all":
        return applications
    if sample == "active":
        keep = ~np.isin(applications.outcomes, UNRATED)
    elif sample == "near_hire":
        keep = _near_hires(applications, days)
    else:
        middle = (positions["first_day"] + positions["last_day"]).to_numpy()[where] / 2
        keep = day <= middle if sample == "first_half" else day > middle
    if not keep.any():
        raise UserError(f"principals' applications: none are left of sample {sample}")
    return applications.only(keep)


def _near_hires(applications, days) -> np.ndarray:
    hired = np.isin(applications.outcomes, HIRED)
    near = np.zeros(len(hired), dtype=bool)
    table = pd.DataFrame({"position": applications.positions, "day": applications.days})
    table["row"] = np.arange(len(table))
    both = table.merge(table[hired], on="position", suffixes=("", "_hired"))
    near[both.loc[(both["day"] - both["day_hired"]).abs() <= days, "row"]] = True
    return near


def ranks(outcomes: np.ndarray, order: Mapping[str, int]) -> np.ndarray:
    """Place (N,) of each outcome in an order from the best; raises UserError without a place."""
    places = pd.Series(outcomes).map(order)
    if lacking := sorted(set(pd.Series(outcomes)[places.isna()])):
        raise UserError(f"order of outcomes: no place for {', '.join(lacking)}")
    return places.to_numpy(dtype=np.int64)


def _complete(table, names, what) -> np.ndarray:
    values = table[names].astype(float)
    missing = values.isna().sum()
    if (missing > 0).any():
        which = ", ".join(f"{name} ({count} rows)" for name, count in missing.items() if count)
        raise UserError(f"{what}: missing in {which}")
    return values.to_numpy()
