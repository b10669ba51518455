"""Value added corrected for errors of school effects; see `type_simulation`."""

import logging
from dataclasses import replace

import numpy as np
import pandas as pd

from welfare_added.value_added.type_model import TypeModel
from welfare_added.value_added.type_simulation import SMALLEST, SchoolSpread, Simulated
from welfare_added.value_added.type_structure import interval, parameters

COLUMNS = ["parameter", "estimate", "low", "high"]
CORRECTED = ("sd_0", "sd_1", "correlation", "shock_sd_0", "shock_sd_1")
log = logging.getLogger(__name__)


def school_spread(simulated: Simulated, school: np.ndarray, students: np.ndarray) -> SchoolSpread:
    """Spread of true effects, and shares, from simulated errors; arguments as in `corrections`."""
    error = (simulated.school**2).mean(axis=0)
    variance = np.average(school**2 - error, weights=students)
    if variance <= 0:
        log.warning("estimated school effects vary less than their errors: none is subtracted")
    variance = max(float(variance), 0.0)
    return SchoolSpread(float(np.sqrt(variance)), variance / np.maximum(variance + error, SMALLEST))


def corrections(
    model: TypeModel, simulated: Simulated, school: np.ndarray, students: np.ndarray
) -> pd.DataFrame:
    """Parameters less the bias that the simulation shows, and the errors of school effects.

    Parameters
    ----------
    model, simulated
        The estimates, and those from simulated samples.
    school, students : (S,) array
        Estimated school effects [student SD], and students.

    Returns
    -------
    DataFrame
        parameter, estimate, low, high (percentiles, 95 percent, of simulated errors):
        corrected_sd_0 and others of `CORRECTED`; school_sd, of estimated effects;
        school_error_sd, of their errors; corrected_school_sd, of true ones (missing if negative);
        `forecast_slopes`, which are one where school effects have no error. SDs of schools are
        weighted by students.

    """
    drawn, estimate = simulated.moments, model.moments
    own = estimate.own_year - (drawn.own_year.mean(axis=0) - simulated.own_year)
    between = estimate.between - (drawn.between.mean(axis=0) - simulated.between)
    corrected = parameters(replace(estimate, own_year=own, between=between), model.student)
    spread = parameters(
        replace(
            drawn,
            own_year=own + drawn.own_year - drawn.own_year.mean(axis=0),
            between=between + drawn.between - drawn.between.mean(axis=0),
        ),
        model.student,
    )
    rows = [
        (f"corrected_{name}", float(corrected[name][0]), *interval(spread[name]))
        for name in CORRECTED
    ]
    error = np.average(simulated.school**2, axis=1, weights=students)
    variance = np.average(school**2, weights=students)
    rest = variance - error.mean()
    rows += [
        ("school_sd", float(np.sqrt(variance)), np.nan, np.nan),
        ("school_error_sd", float(np.sqrt(error.mean())), *interval(np.sqrt(error))),
        ("corrected_school_sd", float(np.sqrt(rest)) if rest > 0 else np.nan, np.nan, np.nan),
    ]
    return pd.concat(
        [pd.DataFrame(rows, columns=COLUMNS), forecast_slopes(simulated)], ignore_index=True
    )


def forecast_slopes(simulated: Simulated) -> pd.DataFrame:
    """Slope of a teacher's effect on its forecast, by type; columns as in `corrections`."""
    rows = [
        (f"forecast_slope_{kind}", float(slopes.mean()), *interval(slopes))
        for kind, slopes in enumerate(simulated.slopes.T)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)
