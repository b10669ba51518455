"""Teachers' choice sets as arrays: a row a school in a year that an applicant could apply to."""

import logging
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from welfare_added.market import features
from welfare_added.market.positions import school_years
from welfare_added.run.errors import UserError

log = logging.getLogger(__name__)
PLACE = ["school_id", "year", "class_size", *features.SHARE_COLUMNS]


@dataclass(frozen=True)
class TeacherChoices:
    """Applications of A applicants in a year to N schools of their choice sets.

    Positions that are alike to a teacher, those of one school and year, are one row: the product
    of their probabilities is that of so many trials, whose binomial coefficient does not matter.

    Attributes
    ----------
    applicants
        (A,) codes of applicants, ascending; those without a position are left out.
    people
        (A,) code of the person, who may apply in several years.
    years
        (A,) of the jobs.
    first
        (A + 1,) first row of each applicant, and N.
    schools
        (N,) code of the row's school, the same in all years.
    school_ids
        (S,) identifier of each code of a school.
    pair
        (N, 13) covariates of `features.PAIR`.
    taken, trials
        (N,) number of applications, and of positions.
    class_size
        (N,) students a class.
    teacher, means
        (A, 14) covariates of `features.TEACHER` and `features.MEANS`.
    incumbent
        (A,) whether the applicant has a present position in the district.
    present
        (A, 13) covariates of it, zero for others.

    """

    applicants: np.ndarray
    people: np.ndarray
    years: np.ndarray
    first: np.ndarray
    schools: np.ndarray
    school_ids: np.ndarray
    pair: np.ndarray
    taken: np.ndarray
    trials: np.ndarray
    class_size: np.ndarray
    teacher: np.ndarray
    means: np.ndarray
    incumbent: np.ndarray
    present: np.ndarray

    @property
    def agent(self) -> np.ndarray:
        """(N,) number of each row's applicant, from 0 to A - 1."""
        return np.repeat(np.arange(len(self.applicants)), np.diff(self.first))

    def only(self, keep: np.ndarray) -> "TeacherChoices":
        """Those applicants for whom ``keep`` (A,) is true."""
        rows = np.repeat(keep, np.diff(self.first))
        first = np.concatenate([[0], np.diff(self.first)[keep].cumsum()])
        of_rows = {name: getattr(self, name)[rows] for name in _OF_ROWS}
        of_agents = {name: getattr(self, name)[keep] for name in _OF_AGENTS}
        return replace(self, first=first, **of_rows, **of_agents)


_OF_ROWS = ("schools", "pair", "taken", "trials", "class_size")
_OF_AGENTS = ("applicants", "people", "years", "teacher", "means", "incumbent", "present")


def teacher_choices(
    applicants: pd.DataFrame,
    positions: pd.DataFrame,
    pairs: pd.DataFrame,
    schools: pd.DataFrame,
    *,
    advantage: str = "per_student",
) -> TeacherChoices:
    """Arrays of all choice sets.

    Parameters
    ----------
    applicants, positions
        Tables of the platform; a row's number is its code.
    pairs
        applicant, position (codes), applied (0 or 1), minutes (0 if missing), commute_missing,
        a row a position of an applicant's choice set.
    schools
        Shares and class sizes by school_id and year, of present positions and of the
        representative school.
    advantage
        Absolute advantage ``per_student`` or ``total``.

    Raises
    ------
    UserError
        If columns, schools or values are missing; each with its count.

    """
    _check_pairs(pairs, len(applicants), len(positions))
    advantages = advantage_of(applicants, schools, advantage)
    place, places = place_codes(positions)
    applicant, where, order, start = _collapsed(pairs, place, len(places))
    minutes = _same_in_group(pairs, "minutes", order, start)
    unknown = _same_in_group(pairs, "commute_missing", order, start)
    taken = np.add.reduceat(pairs["applied"].to_numpy()[order], start, dtype=float)
    trials = np.diff(np.append(start, len(order))).astype(float)
    pair = _pairs_at(
        applicants.iloc[applicant], places.iloc[where], minutes, unknown, advantages[applicant]
    )
    agents, first = np.unique(applicant, return_index=True)
    if without := len(applicants) - len(agents):
        log.info("%d applicants of %d have no position in their window", without, len(applicants))
    chosen = applicants.iloc[agents]
    class_size = places["class_size"].to_numpy(dtype=float)[where]
    first = np.append(first, len(applicant))
    incumbent, present = present_positions(chosen, schools, advantages[agents])
    school_ids, school = np.unique(places["school_id"].astype(str), return_inverse=True)
    return TeacherChoices(
        applicants=agents,
        people=pd.factorize(chosen["applicant_id"])[0],
        years=chosen["year"].to_numpy(),
        first=first,
        schools=school[where],
        school_ids=school_ids,
        pair=pair,
        taken=taken,
        trials=trials,
        class_size=class_size,
        teacher=features.teacher_columns(chosen),
        means=features.choice_set_means(pair, class_size, trials, first),
        incumbent=incumbent,
        present=present,
    )


def advantage_of(applicants: pd.DataFrame, schools: pd.DataFrame, kind: str) -> np.ndarray:
    """Absolute advantage (J,) of applicants at their year's representative school.

    Raises UserError naming years without schools of the market district.
    """
    typical = features.representative_schools(schools)
    years = applicants["year"].to_numpy()
    if lacking := sorted(set(years) - set(typical.index)):
        raise UserError(
            f"schools: no rows of the market district in {lacking}, years of applicants"
        )
    at = typical.loc[years]
    return features.absolute_advantage(
        *forecasts(applicants),
        at["share_disadvantaged"].to_numpy(),
        at["class_size"].to_numpy(),
        kind,
    )


def forecasts(applicants: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """mu_0, mu_1 and experience effect (J,) [student SD], zero where value added is missing."""
    names = ("mu_0", "mu_1", "experience_effect")
    return tuple(applicants[name].to_numpy(dtype=float) for name in names)


def place_codes(positions: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """Code (P,) of each position's school and year, and a row for each with its covariates.

    Positions of one school and year that differ in a covariate have codes of their own. Raises
    UserError if covariates are missing.
    """
    missing = positions[PLACE].isna().sum()
    if (missing > 0).any():
        which = ", ".join(f"{name} ({count} rows)" for name, count in missing.items() if count)
        raise UserError(f"positions: missing in {which}; they come from the table of schools")
    code = positions.groupby(PLACE, sort=True).ngroup().to_numpy()
    first = np.unique(code, return_index=True)[1]
    return code, positions[PLACE].iloc[first].reset_index(drop=True)


def present_positions(
    applicants: pd.DataFrame, schools: pd.DataFrame, advantages: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Whether applicants (A,) have a present position, and its covariates (A, 13), else zero.

    Parameters
    ----------
    applicants
        in_district, current_school (missing if new), current_minutes, current_commute_missing.
    schools
        Covariates by school_id and year; those of the applicant's year count, or else the latest
        before.
    advantages
        (A,) absolute advantage.

    Raises
    ------
    UserError
        If a present school has no row, or covariates missing.

    """
    inside = applicants["in_district"].to_numpy() == 1
    named = applicants["current_school"].notna().to_numpy()
    if lacking := int((inside & ~named).sum()):
        log.info("%d applicants of the district have no current_school: taken as new", lacking)
    incumbent = inside & named
    present = np.zeros((len(applicants), len(features.PAIR)))
    own = applicants[incumbent]
    row = school_years(own.rename(columns={"current_school": "school_id"}), schools)
    columns = ["class_size", *features.SHARE_COLUMNS]
    at = schools.iloc[row][columns]
    if lacking := int(((row < 0) | at.isna().any(axis=1).to_numpy()).sum()):
        raise UserError(
            f"applicants: current_school of {lacking} rows has no row, or no class_size or shares, "
            "in the table of schools in that year or before; leave it empty if it is elsewhere"
        )
    present[incumbent] = _pairs_at(
        own,
        at,
        own["current_minutes"].to_numpy(dtype=float),
        own["current_commute_missing"].to_numpy(dtype=float),
        advantages[incumbent],
    )
    return incumbent, present


def _pairs_at(applicants, places, minutes, unknown, advantages) -> np.ndarray:
    """Covariates of pairs: rows of both tables side by side."""
    per_student = features.value_added_per_student(
        *forecasts(applicants), places["share_disadvantaged"].to_numpy(dtype=float)
    )
    size = places["class_size"].to_numpy(dtype=float)
    return features.pair_columns(
        minutes,
        unknown,
        features.total_value_added(per_student, size),
        places[list(features.SHARE_COLUMNS)].to_numpy(dtype=float),
        advantages,
        applicants["black"].to_numpy(dtype=float),
        applicants["hispanic"].to_numpy(dtype=float),
    )


def _check_pairs(pairs, applicants, positions) -> None:
    if pairs.empty:
        raise UserError("pairs: no applicant has a position in its window")
    for name, count in (("applicant", applicants), ("position", positions)):
        codes = pairs[name].to_numpy()
        if wrong := int(((codes < 0) | (codes >= count)).sum()):
            raise UserError(f"pairs: {name} of {wrong} rows is not a row of its table")
    if wrong := int((~pairs["applied"].isin([0, 1])).sum()):
        raise UserError(f"pairs: applied is neither 0 nor 1 in {wrong} rows")


def _collapsed(pairs, place, places):
    """Applicant and place of each group of pairs, the order of pairs by group, and its starts."""
    key = pairs["applicant"].to_numpy().astype(np.int64) * places
    key += place[pairs["position"].to_numpy()]
    order = np.argsort(key, kind="stable")
    key = key[order]
    start = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    applicant, where = np.divmod(key[start], places)
    return applicant, where, order, start


def _same_in_group(pairs, name, order, start) -> np.ndarray:
    """Value of each group of pairs; refused if it varies within one."""
    values = pairs[name].to_numpy()[order]
    low, high = np.minimum.reduceat(values, start), np.maximum.reduceat(values, start)
    if differ := int((low != high).sum()):
        raise UserError(
            f"pairs: {name} differs between positions of one school and year for one applicant, in "
            f"{differ} cases; commutes are to schools"
        )
    return low.astype(float)
