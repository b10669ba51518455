"""Search of the synthetic applicants' parameters, on the published inputs alone.

First where applicants live and move, on tiers by cohort and the tables of moves; then, with homes
fixed, who they are, how they score and what they list, on all other moments.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from welfare_added.admissions.moments import Conventions, moments, residence_moments
from welfare_added.admissions.published import published
from welfare_added.admissions.world import draws_of, homes_of, world
from welfare_added.calibration.least_squares import (
    Problem,
    flat,
    gauss_newton,
    nested,
    pattern_search,
    priors,
)

RESIDENCE = ("tiers.applicants.", "residence.grade_")
TRAITS = (
    *("tiers.top_decile.", "tiers.payton_northside."),
    *("minority_on_tract_indicator.", "minority_and_frpl_score_96."),
    *("current_classes.", "current_other_schools."),
)


def calibrate(
    start: Mapping,
    inputs: Mapping,
    tracts: pd.DataFrame,
    choices: Conventions,
    search: Mapping,
    *,
    seed: int,
    report: Callable[[str], None],
) -> dict:
    """Search from ``start``; the same seed and start give the same parameters.

    Parameters
    ----------
    start
        Parameters as in calibration/parameters.yaml.
    inputs, search
        Content of calibration/inputs.yaml and calibration/search.yaml.
    tracts
        From `read_tracts`.
    seed
        Of the world that is to meet the inputs.
    report
        Called with a line about each round.

    Returns
    -------
    dict
        Parameters as in calibration/parameters.yaml, free ones rounded.

    """
    target = targets(inputs, search["left_out"])
    parameters = flat(start)
    counts = {year: section["applicants"] for year, section in start["years"].items()}
    draws = draws_of(counts, len(start["schools"]), seed)
    times = search["larger"]["times"]
    many = {year: times * number for year, number in counts.items()}
    larger = draws_of(many, len(start["schools"]), search["larger"]["seed"])

    def lived(parameters: Mapping) -> pd.Series:
        return pd.Series(residence_moments(homes_of(draws, tracts, nested(parameters, start))))

    centre, sd = priors(parameters, search["residence"])
    problem = Problem(lived, lived, chosen(target, RESIDENCE), 1.0, centre, sd)
    parameters = _searched(problem, parameters, search, report)

    homes = homes_of(draws, tracts, nested(parameters, start))
    larger_homes = homes_of(larger, tracts, nested(parameters, start))

    def met(parameters: Mapping) -> pd.Series:
        return moments(world(draws, tracts, nested(parameters, start), homes), choices)

    def met_larger(parameters: Mapping) -> pd.Series:
        more = with_seats(nested(parameters, start), times)
        found = moments(world(larger, tracts, more, larger_homes), choices)
        errors = found.index.str.contains("standard_errors")
        return found.where(~errors, found * np.sqrt(times))  # as in a world of the usual size

    centre, sd = priors(parameters, search["traits"])
    problem = Problem(met, met_larger, chosen(target, TRAITS), 1.0, centre, sd)
    parameters = _searched(problem, parameters, search, report)
    return nested(parameters, start)


def _searched(
    problem: Problem,
    parameters: Mapping[str, float],
    search: Mapping,
    report: Callable[[str], None],
) -> dict[str, float]:
    """Gauss-Newton steps, then the pattern search.

    From a start that is far from some target the larger world is searched first: as its moments
    are smoother, the search does not get caught in what is chance in the world itself.
    """
    newton = replace(problem, tolerance=search["tolerance"])
    if np.abs(newton.units(newton.moments(parameters))).max() > search["far"]:
        larger = replace(newton, moments=newton.larger)
        parameters = gauss_newton(larger, parameters, **search["gauss_newton"], report=report)
    parameters = gauss_newton(newton, parameters, **search["gauss_newton"], report=report)
    pattern = replace(problem, **search["nearer"])
    return pattern_search(pattern, parameters, **search["pattern"], report=report)


def targets(inputs: Mapping, left_out: Mapping[str, str]) -> pd.Series:
    """Published numbers by name, without those that the search leaves out."""
    table = published(inputs)
    target = table[table["target"].notna()].set_index("quantity")["target"]
    return target.drop(list(left_out))


def chosen(target: pd.Series, starts: tuple[str, ...]) -> pd.Series:
    """Targets whose name starts with one of ``starts``."""
    return target[target.index.str.startswith(starts)]


def with_seats(parameters: Mapping, times: int) -> dict:
    """Parameters with ``times`` the seats, for as many times the applicants."""
    schools = {
        name: {**school, "seats": times * school["seats"]}
        for name, school in parameters["schools"].items()
    }
    return {**parameters, "schools": schools}
