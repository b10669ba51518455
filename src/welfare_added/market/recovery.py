"""Whether estimators recover planted preferences: coverage, bias and likelihood ratios by world."""

import logging
from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import norm

from welfare_added.market.estimates import Estimates
from welfare_added.market.principals import StatedRatings, estimate_principals, principal_model
from welfare_added.market.ratings import SPREAD
from welfare_added.market.recovery_world import index_of, planted_ratings, planted_world
from welfare_added.market.teacher_choices import teacher_choices
from welfare_added.market.teacher_model import teacher_model
from welfare_added.market.teachers import estimate_teachers
from welfare_added.run.errors import UserError
from welfare_added.value_added.significant import significant

log = logging.getLogger(__name__)
LEVEL = 0.95
ROWS = ["world", "integrator", "parameter", "truth", "estimate", "standard_error", "ratio"]
DIGITS = 5  # significant, of what is written


def teacher_worlds(
    truth: Mapping[str, float],
    integrators: Mapping[str, int],
    *,
    worlds: int,
    seed: int,
    applicants: int,
    positions: int,
    application_rate: float,
    common_outside: bool = False,
    threads: int = 1,
) -> pd.DataFrame:
    """Estimate teachers' preferences in worlds in which they are planted.

    Parameters
    ----------
    truth
        Teachers' parameters; the constant is moved to the application rate.
    integrators
        Draws by integrator (`teachers.INTEGRATORS`).
    worlds, seed
        Number of worlds, and the seed from which those of each follow.
    applicants, positions
        Of each world.
    application_rate
        Share of pairs with an application.
    common_outside
        Whether applications are drawn with one error of the outside option an applicant (eq. 7).
    threads
        Of the likelihood; results do not depend on them.

    Returns
    -------
    DataFrame
        world, integrator, parameter, truth, estimate, standard_error, and ratio: twice the
        log-likelihood at the estimates less that at the truth. A search without maximum is a row
        of missing estimates.

    """
    tables = []
    for number, own in enumerate(np.random.SeedSequence(seed).spawn(worlds)):
        world = planted_world(
            truth,
            own,
            applicants=applicants,
            positions=positions,
            application_rate=application_rate,
            common_outside=common_outside,
        )
        choices = teacher_choices(world.applicants, world.positions, world.pairs, world.schools)
        draws_seed = int(own.generate_state(1)[0])
        for integrator, draws in integrators.items():
            stated = teacher_model(
                choices, integrator, draws, draws_seed, separated="drop", threads=threads
            )
            table = _estimated_teachers(stated, world.truth)
            tables.append(table.assign(world=number, integrator=integrator))
            log.info("world %d, %s: ratio %.1f", number, integrator, table["ratio"].iloc[0])
    return pd.concat(tables, ignore_index=True)[ROWS]


def _estimated_teachers(stated, truth) -> pd.DataFrame:
    names = stated.model.names
    planted = index_of(truth, names)
    try:
        found = estimate_teachers(stated)
    except UserError as error:
        log.info("no estimates: %s", error)
        lost = np.full(len(names), np.nan)
        columns = {"estimate": lost, "standard_error": lost, "ratio": np.nan}
        return pd.DataFrame({"parameter": names, "truth": planted, **columns})
    at_truth = found.model.renewed(planted).evaluate(planted)[0].sum()
    return _table(found.estimates, planted, float(at_truth))


def principal_worlds(
    truth: Mapping[str, float],
    integrators: Mapping[str, int],
    *,
    worlds: int,
    seed: int,
    positions: int,
    applications: int,
    inference: str = "hessian",
) -> pd.DataFrame:
    """Estimate principals' preferences in worlds in which they are planted.

    Parameters
    ----------
    truth
        Principals' parameters.
    integrators
        Nodes or draws by integrator (`principals.INTEGRATORS`).
    worlds, seed
        Number of worlds, and the seed from which those of each follow.
    positions, applications
        Of each world, and to each position.
    inference
        As `principals.estimate_principals`.

    Returns
    -------
    DataFrame
        As `teacher_worlds`; ratio is missing where the effects of positions have no spread.

    """
    tables = []
    for number, own in enumerate(np.random.SeedSequence(seed).spawn(worlds)):
        rated, positive = planted_ratings(
            truth, own, positions=positions, applications=applications
        )
        draws_seed = int(own.generate_state(1)[0])
        for integrator, nodes in integrators.items():
            stated = principal_model(
                rated,
                positive,
                integrator=integrator,
                nodes=nodes,
                seed=draws_seed,
                separated="drop",
            )
            table = _estimated_principals(stated, truth, inference)
            tables.append(table.assign(world=number, integrator=integrator))
            log.info("world %d, %s: ratio %.1f", number, integrator, table["ratio"].iloc[0])
    return pd.concat(tables, ignore_index=True)[ROWS]


def _estimated_principals(stated: StatedRatings, truth, inference) -> pd.DataFrame:
    found = estimate_principals(stated, inference)
    planted = index_of(truth, found.names)
    at_truth = np.nan
    if found.values([SPREAD])[0] > 0:  # else the estimates are of the model without effects
        at_truth = float(stated.model.evaluate(planted)[0].sum())
    return _table(found, planted, at_truth)


def _table(found: Estimates, planted: np.ndarray, at_truth: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "parameter": found.names,
            "truth": planted,
            "estimate": found.parameters,
            "standard_error": found.standard_errors,
            "ratio": 2 * (found.log_likelihood - at_truth),
        }
    )


def by_parameter(rows: pd.DataFrame) -> pd.DataFrame:
    """Recovery of each parameter: integrator, parameter, truth, worlds, mean, sd, standard_error
    (mean), bias (in mean standard errors) and coverage of intervals of 95%.
    """
    rows = rows.dropna(subset="estimate").assign(covered=_covered)
    table = rows.groupby(["integrator", "parameter"], sort=False).agg(
        truth=("truth", "mean"),
        worlds=("estimate", "size"),
        mean=("estimate", "mean"),
        sd=("estimate", "std"),
        standard_error=("standard_error", "mean"),
        coverage=("covered", "mean"),
    )
    table.insert(5, "bias", (table["mean"] - table["truth"]) / table["standard_error"])
    numbers = ["truth", "mean", "sd", "standard_error", "bias", "coverage"]
    table[numbers] = significant(table[numbers].to_numpy(), DIGITS)
    return table.reset_index()


def by_integrator(rows: pd.DataFrame, draws: Mapping[str, int]) -> pd.DataFrame:
    """Recovery over all parameters and worlds.

    Returns
    -------
    DataFrame
        integrator, draws, worlds, failed (worlds without a maximum), parameters, coverage (of
        intervals of 95%), coverage_low and coverage_high (least and largest of a world),
        likelihood_ratio (mean over worlds), degrees (of the chi-squared law that it has if the
        likelihood is right), max_abs_z (largest error, in standard errors).

    """
    found = rows.dropna(subset="estimate").assign(covered=_covered, z=_errors)
    tables = []
    for integrator, own in found.groupby("integrator", sort=False):
        worlds = own.groupby("world")
        of_all = rows.loc[rows["integrator"] == integrator, "world"].nunique()
        coverage = worlds["covered"].mean()
        tables.append(
            {
                "integrator": integrator,
                "draws": draws[integrator],
                "worlds": of_all,
                "failed": of_all - len(worlds),
                "parameters": own["parameter"].nunique(),
                "coverage": own["covered"].mean(),
                "coverage_low": coverage.min(),
                "coverage_high": coverage.max(),
                "likelihood_ratio": worlds["ratio"].first().mean(),
                "degrees": worlds.size().mean(),
                "max_abs_z": own["z"].abs().max(),
            }
        )
    table = pd.DataFrame(tables)
    numbers = ["coverage", "coverage_low", "coverage_high", "likelihood_ratio", "max_abs_z"]
    table[numbers] = significant(table[numbers].to_numpy(), DIGITS)
    return table


def _errors(rows: pd.DataFrame) -> pd.Series:
    return (rows["estimate"] - rows["truth"]) / rows["standard_error"]


def _covered(rows: pd.DataFrame) -> pd.Series:
    return _errors(rows).abs() <= norm.ppf(0.5 + LEVEL / 2)
