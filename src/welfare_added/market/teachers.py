"""Teachers' preferences from their applications: table 5 of Bates et al. (2022)."""

import logging
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from welfare_added.choice.binary_panel import BinaryLogit
from welfare_added.choice.maximum import TOLERANCE, Maximum, covariance, maximise
from welfare_added.choice.posteriors import posterior
from welfare_added.choice.resampling import bootstrap
from welfare_added.choice.settling import settle
from welfare_added.market import features
from welfare_added.market.estimates import DIGITS, Estimates
from welfare_added.market.outside import CommonOutside, outside_posterior
from welfare_added.market.polish import polished
from welfare_added.market.teacher_model import TeacherModel
from welfare_added.run.errors import UserError
from welfare_added.value_added.significant import significant

log = logging.getLogger(__name__)
INFERENCE = ("scores", "sandwich", "bootstrap")


@dataclass(frozen=True)
class TeacherEstimates:
    """Estimates, and what they say of each applicant's random coefficients.

    Attributes
    ----------
    estimates
        Parameters with their covariance.
    model
        At whose maximum they are, with its last proposals.
    applicants
        (A,) codes.
    best, mean, draw
        (A, 6) deviations of random coefficients from their means, in the order of
        `features.RANDOM`: at the draw that makes the applicant's choices most likely, their mean
        given the choices, and a draw from their law given the choices.
    effective
        (A,) number of draws that count in each applicant's integral.

    """

    estimates: Estimates
    model: BinaryLogit | CommonOutside = field(repr=False)
    applicants: np.ndarray = field(repr=False)
    best: np.ndarray = field(repr=False)
    mean: np.ndarray = field(repr=False)
    draw: np.ndarray = field(repr=False)
    effective: np.ndarray = field(repr=False)


def estimate_teachers(
    stated: TeacherModel,
    start: np.ndarray | None = None,
    *,
    inference: str = "scores",
    replications: int = 50,
    seed: int = 1,
) -> TeacherEstimates:
    """Estimate teachers' preferences.

    Parameters
    ----------
    stated
        Of `teacher_model`.
    start
        (D,) parameters from which to search; those of the logit without random coefficients if
        missing.
    inference
        Standard errors, of persons with all their years: ``scores``, ``sandwich`` or
        ``bootstrap``.
    replications
        Of the bootstrap.
    seed
        Of draws from the law of random coefficients given choices, and of the bootstrap.

    Raises
    ------
    UserError
        If the search does not converge, or standard errors cannot be calculated.

    """
    if inference not in INFERENCE:
        raise UserError(f"inference {inference!r}: want {', '.join(INFERENCE)}")
    start = stated.start if start is None else start
    if len(stated.model.centres):
        model, maximum, _ = settle(stated.model, start, TOLERANCE)
    else:
        model, maximum = _highest(stated.model, start)
    maximum.require_converged()
    model, maximum = _positive(model, maximum)
    of_agents = outside_posterior if isinstance(model, CommonOutside) else posterior
    own = of_agents(model, maximum.parameters, seed)
    estimates = Estimates(
        names=model.names,
        parameters=maximum.parameters,
        covariance=_covariance(model, maximum, stated.clusters, inference, replications, seed),
        log_likelihood=maximum.log_likelihood,
        agents=len(model.agents),
        choices=stated.choices,
        evaluations=maximum.evaluations,
        message=maximum.message,
        left_out=(*stated.left_out, *sorted(set(stated.model.names) - set(model.names))),
    )
    return TeacherEstimates(
        estimates, model, stated.applicants, own.best, own.mean, own.draw, own.effective
    )


def _highest(model: BinaryLogit, start: np.ndarray) -> tuple[BinaryLogit, Maximum]:
    """Maximum of a likelihood with draws that stay; standard deviations of zero are left out."""
    maximum = maximise(model, start)
    zero = (maximum.parameters == 0) & np.isin(np.arange(len(start)), model.even)
    if zero.any():
        log.info("zero: %s", ", ".join(np.array(model.names)[zero]))
        keep = ~zero
        names = tuple(name for name, one in zip(model.names, keep, strict=True) if one)
        model = replace(model, at=model.at[keep[model.fixed :]], names=names)
        maximum = maximise(model, maximum.parameters[keep])
    return model, polished(model, maximum)


def _positive(model, maximum: Maximum):
    """The same maximum with C's diagonal positive: signs of its columns are free.

    Normals of a column whose sign changes change theirs, at the proposals too.
    """
    root = model.root(maximum.parameters)
    sign = np.where(np.diag(root) < 0, -1.0, 1.0)
    parameters = maximum.parameters.copy()
    parameters[model.fixed :] *= sign[model.at[:, 1]]
    every = np.ones(model.points.shape[1])  # one more than random coefficients, with one outside
    every[: len(sign)] = sign
    model = replace(
        model,
        points=np.ascontiguousarray(model.points * every[:, None]),
        centres=model.centres * every,
        spreads=np.ascontiguousarray(model.spreads * np.multiply.outer(every, every)),
    )
    return model, replace(maximum, parameters=parameters)


def _covariance(model, maximum, clusters, inference, replications, seed) -> np.ndarray:
    if inference != "bootstrap":
        return covariance(model, maximum, inference, clusters)
    return np.cov(bootstrap(model, maximum, replications, seed, clusters).T)


def coefficients_table(estimated: TeacherEstimates) -> pd.DataFrame:
    """Random coefficients of applicants: applicant, kind (best, mean or draw), six deviations."""
    parts = []
    for kind in ("best", "mean", "draw"):
        part = pd.DataFrame(
            significant(getattr(estimated, kind), DIGITS).astype(np.float32),
            columns=list(features.RANDOM),
        )
        part.insert(0, "kind", kind)
        part.insert(0, "applicant", estimated.applicants)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)
