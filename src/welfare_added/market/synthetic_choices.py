"""Applications on the synthetic platform by the model's rule (Bates et al. 2022, eqs. 7 to 12)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import logit

from welfare_added.market import features
from welfare_added.market.positions import school_years
from welfare_added.market.synthetic_loops import expected_applications
from welfare_added.market.windows import Pairs
from welfare_added.run.errors import UserError
from welfare_added.run.options import check_option

OUTSIDE_ERRORS = ("per_position", "common")
WIDEST = 30.0  # bracket of the constants


@dataclass(frozen=True)
class Utilities:
    """Representative utility of pairs and of present positions, without the constant.

    Attributes
    ----------
    pair : (N,) array
        Of each pair (eq. 8 without its error).
    present : (A,) array
        Of each applicant's present position; -inf for those not in the district.

    """

    pair: np.ndarray
    present: np.ndarray


@dataclass(frozen=True)
class Parts:
    """What utilities are made of, in whatever choice sets.

    Attributes
    ----------
    pair : (N,) array
        Utility of each pair without what an applicant's pairs have in common.
    mean : (N,) array
        What each pair adds to its applicant's utility when averaged over the choice set (eq. 11).
    teacher : (A,) array
        The applicants' own part of eq. 11.
    present : (A,) array
        As `pair`, of present positions; -inf for those not in the district.

    """

    pair: np.ndarray
    mean: np.ndarray
    teacher: np.ndarray
    present: np.ndarray

    def utilities(self, applicant: np.ndarray, rows: np.ndarray | slice = slice(None)) -> Utilities:
        """Utilities where choice sets are ``rows``; applicant: (n,) code of each of these."""
        number = len(self.teacher)
        size = np.bincount(applicant, minlength=number)
        total = np.bincount(applicant, self.mean[rows], minlength=number)
        own = self.teacher + total / np.maximum(size, 1)
        return Utilities(self.pair[rows] + own[applicant], self.present + own)


def utilities(
    applicants: pd.DataFrame,
    positions: pd.DataFrame,
    schools: pd.DataFrame,
    pairs: Pairs,
    minutes: np.ndarray,
    truth: Mapping[str, float],
    normals: np.ndarray,
) -> Utilities:
    """Utilities at given parameters and random coefficients, in the choice sets of ``pairs``.

    Arguments are those of `parts`.
    """
    made = parts(applicants, positions, schools, pairs, minutes, truth, normals)
    return made.utilities(pairs.applicant)


def parts(
    applicants: pd.DataFrame,
    positions: pd.DataFrame,
    schools: pd.DataFrame,
    pairs: Pairs,
    minutes: np.ndarray,
    truth: Mapping[str, float],
    normals: np.ndarray,
) -> Parts:
    """Parts of utilities at given parameters and random coefficients.

    Parameters
    ----------
    applicants, positions, schools
        From `applicant_table` (with the present commute), `position_table` and records.
    pairs, minutes
        Pairs sorted by cycle, and the commute of each, nan where it is missing.
    truth
        Parameters by name as in `features`; those left out are zero.
    normals
        (A, 6) standard normal draws, in the order of `features.RANDOM`.

    """
    advantage = advantages(applicants, schools)
    fixed, random = _values(truth, features.PAIR), _values(truth, features.SPREADS) * normals
    teacher = features.teacher_columns(applicants) @ _values(truth, features.TEACHER)
    of_means = _values(truth, features.MEANS)
    pair, mean = np.empty(len(pairs.applicant)), np.empty(len(pairs.applicant))
    sizes = positions["class_size"].to_numpy()
    for rows in _blocks(pairs.applicant, applicants["year"].to_numpy()):
        who, at = pairs.applicant[rows], pairs.position[rows]
        columns = _columns(applicants, advantage, who, positions, at, minutes[rows])
        pair[rows] = _linear(columns, who, fixed, random)
        mean[rows] = columns @ of_means[:-1] + of_means[-1] * sizes[at]
    present = np.full(len(applicants), -np.inf)
    here = np.flatnonzero(applicants["in_district"] == 1)
    at = _present(applicants.iloc[here], schools)
    commute = applicants["current_minutes"].to_numpy()[here].copy()
    commute[applicants["current_commute_missing"].to_numpy()[here] == 1] = np.nan
    columns = _columns(applicants, advantage, here, schools, at, commute)
    present[here] = _linear(columns, here, fixed, random)
    return Parts(pair, mean, teacher, present)


def advantages(applicants: pd.DataFrame, schools: pd.DataFrame) -> np.ndarray:
    """Forecast value added of applicants at their year's representative school [student SD]."""
    typical = features.representative_schools(schools).loc[applicants["year"].to_numpy()]
    return features.absolute_advantage(
        *(applicants[name].to_numpy() for name in ("mu_0", "mu_1", "experience_effect")),
        typical["share_disadvantaged"].to_numpy(),
        typical["class_size"].to_numpy(),
    )


def _values(truth: Mapping[str, float], names: tuple[str, ...]) -> np.ndarray:
    return np.array([truth.get(name, 0.0) for name in names])


def _blocks(applicant: np.ndarray, year: np.ndarray) -> list[slice]:
    """Pairs of one cycle after the other."""
    bounds = np.flatnonzero(np.diff(year[applicant])) + 1
    return [slice(*one) for one in zip([0, *bounds], [*bounds, len(applicant)], strict=True)]


def _present(incumbents: pd.DataFrame, schools: pd.DataFrame) -> np.ndarray:
    return school_years(incumbents.rename(columns={"current_school": "school_id"}), schools)


def _columns(
    applicants, advantage, who, places: pd.DataFrame, at: np.ndarray, minutes: np.ndarray
) -> np.ndarray:
    """Covariates (n, 13) of applicants ``who`` at as many places, rows ``at`` of a table."""
    of_teacher = {
        name: applicants[name].to_numpy()[who]
        for name in ("mu_0", "mu_1", "experience_effect", "va_missing", "black", "hispanic")
    }
    per_student = features.value_added_per_student(
        of_teacher["mu_0"],
        of_teacher["mu_1"],
        of_teacher["experience_effect"],
        places["share_disadvantaged"].to_numpy()[at],
    )
    return features.pair_columns(
        np.nan_to_num(minutes),
        np.isnan(minutes),
        features.total_value_added(per_student, places["class_size"].to_numpy()[at]),
        places[list(features.SHARE_COLUMNS)].to_numpy()[at],
        advantage[who],
        of_teacher["black"],
        of_teacher["hispanic"],
    )


def _linear(columns, who, fixed: np.ndarray, random: np.ndarray) -> np.ndarray:
    """Utilities of pairs: fixed coefficients (13,), and random ones (A, 6) of each applicant."""
    first, number = features.PAIR.index("value_added"), random.shape[1] - 1
    of_pair = random[who]
    total = columns @ fixed + of_pair[:, -1]
    for column in range(number):
        total += columns[:, first + column] * of_pair[:, column]
    return total


def thresholds(present: np.ndarray, constant: np.ndarray | float) -> np.ndarray:
    """log(1 + exp(V_c)) of each applicant, 0 for those not in the district (eq. 12)."""
    return np.logaddexp(0.0, present + constant)


def constants(
    utility: Utilities,
    applicant: np.ndarray,
    without: np.ndarray,
    rate: float,
    share: float,
    weight: float = 1.0,
) -> tuple[float, float]:
    """Constants of applicants with and without a forecast that give wanted shares.

    Parameters
    ----------
    applicant
        (N,) code of the applicant of each pair.
    without
        (A,) bool, whether there is no forecast.
    rate
        Share of pairs that are applied to.
    share
        Share of applications that are of applicants with a forecast.
    weight
        Applicants for whom each without a forecast stands, in a sample of these.

    Raises
    ------
    UserError
        If no constant gives the share.

    """
    lacks = without[applicant]
    wanted = rate * ((~lacks).sum() + weight * lacks.sum())
    found = []
    for rows, part in ((~lacks, share), (lacks, (1 - share) / weight)):
        who, value = applicant[rows], utility.pair[rows]

        def excess(constant, who=who, value=value, part=part):
            bars = constant - thresholds(utility.present, constant)
            return expected_applications(value, who, bars) - part * wanted

        if excess(WIDEST) < 0:
            raise UserError(
                "calibration/parameters.yaml: applications_with_value_added asks for more "
                "applications of one group than it has pairs; change with_value_added of the size"
            )
        found.append(brentq(excess, -WIDEST, WIDEST, xtol=1e-9))
    return found[0], found[1]


def margins(
    utility: Utilities, constant: np.ndarray, pairs: Pairs, outside: str, rng: np.random.Generator
) -> np.ndarray:
    """By how much each position is preferred to the best alternative, errors included, (N,).

    An application is made where it is positive.

    Parameters
    ----------
    constant
        (A,) constant of each applicant.
    outside
        ``per_position``: the errors of the present position and of the outside option are drawn
        for each pair, as the likelihood has it (eq. 13). ``common``: one draw of both an applicant
        and cycle, as the decision has it (eq. 7).

    Raises
    ------
    UserError
        If ``outside`` is neither.

    """
    check_option("platform.outside_errors", outside, OUTSIDE_ERRORS)
    bars = thresholds(utility.present, constant)
    value = utility.pair + constant[pairs.applicant] - bars[pairs.applicant]
    if outside == "per_position":
        return value - logit(rng.random(len(value)))
    best = rng.gumbel(size=len(constant))
    return value + rng.gumbel(size=len(value)) - best[pairs.applicant]
