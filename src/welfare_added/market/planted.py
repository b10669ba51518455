"""Published preferences, as the truth that is planted in synthetic worlds."""

from collections.abc import Mapping

from welfare_added.market import features
from welfare_added.market.ratings import PRINCIPAL, SPREAD
from welfare_added.run.errors import UserError

# Published names of what has another name among the means of choice sets.
MEAN_OF = {f"mean_{name}": name for name in features.PAIR} | {"mean_students": "students"}


def planted_teachers(published: Mapping, smallest_t: float = 0.0) -> dict[str, float]:
    """Teachers' parameters by name: the published estimates, or zero where these are noise.

    Parameters
    ----------
    published
        Section teacher_preferences of the calibration's inputs: [estimate, standard error] by
        name, with the means of choice sets under ``means``.
    smallest_t
        Means of choice sets whose estimate is smaller, in standard errors, are zero.

    Returns
    -------
    dict
        Values of `features.PAIR`, `features.TEACHER` (indicators of missing traits, which are not
        published, are zero), `features.MEANS` and `features.SPREADS`.

    Raises
    ------
    UserError
        If a parameter is missing.

    """
    truth = {}
    for name in (*features.PAIR, *features.TEACHER, *features.SPREADS):
        if name in published:
            truth[name] = float(published[name][0])
        elif name.endswith("_missing") and name in features.TEACHER:
            truth[name] = 0.0
        else:
            raise UserError(f"teacher_preferences: {name} is missing from the published inputs")
    for name in features.MEANS:
        if MEAN_OF[name] not in published["means"]:
            raise UserError(f"teacher_preferences: means.{MEAN_OF[name]} is missing")
        estimate, error = published["means"][MEAN_OF[name]]
        truth[name] = float(estimate) if abs(estimate) >= smallest_t * error else 0.0
    return truth


def planted_principals(published: Mapping) -> dict[str, float]:
    """Principals' parameters by name: the published estimates.

    Parameters
    ----------
    published
        Section principal_preferences of the calibration's inputs.

    Returns
    -------
    dict
        Values of `ratings.PRINCIPAL` and `ratings.SPREAD`.

    Raises
    ------
    UserError
        If a parameter is missing.

    """
    names = (*PRINCIPAL, SPREAD)
    if lacking := [name for name in names if name not in published]:
        raise UserError(f"principal_preferences: {', '.join(lacking)} missing from the inputs")
    return {name: float(published[name][0]) for name in names}
