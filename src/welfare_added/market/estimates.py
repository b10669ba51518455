"""Estimates of preferences: parameters by name, their covariance, and how the search ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.value_added.significant import significant

DIGITS = 6  # significant, of what is written: estimates are the same to more on any machine


class NotEstimatedError(UserError):
    """A variant of the preferences that this run could not estimate; the text says why."""


@dataclass(frozen=True)
class Estimates:
    """Maximum likelihood estimates of D parameters.

    Attributes
    ----------
    names, parameters
        (D,) of the parameters; standard deviations are positive.
    covariance
        (D, D) of the estimates.
    log_likelihood
        Sum over agents.
    agents, choices
        Number of agents, and of choices of yes or no.
    evaluations
        Of the log-likelihood and its scores.
    message
        How the search ended.
    left_out
        Covariates that could not be estimated.

    """

    names: tuple[str, ...]
    parameters: np.ndarray
    covariance: np.ndarray = field(repr=False)
    log_likelihood: float
    agents: int
    choices: int
    evaluations: int
    message: str
    left_out: tuple[str, ...] = ()

    @property
    def standard_errors(self) -> np.ndarray:
        """(D,) roots of the covariance's diagonal."""
        return np.sqrt(np.diag(self.covariance))

    def values(self, names: Sequence[str]) -> np.ndarray:
        """Estimates of these parameters; zero of those that were left out of the model."""
        found = dict(zip(self.names, self.parameters, strict=True))
        return np.array([found.get(name, 0.0) for name in names])

    def at(self, parameters: np.ndarray) -> "Estimates":
        """The same with other parameters, such as a draw from the estimates' law."""
        if np.shape(parameters) != self.parameters.shape:
            raise UserError(f"parameters: want {len(self.names)}, in the order of names")
        return replace(self, parameters=np.asarray(parameters, dtype=float))

    def draws(self, number: int, seed: np.random.SeedSequence) -> np.ndarray:
        """Draws (number, D) from the normal law of the estimates; those at a bound stay there."""
        out = np.tile(self.parameters, (number, 1))
        known = np.isfinite(np.diag(self.covariance))
        root = np.linalg.cholesky(self.covariance[np.ix_(known, known)])
        normals = np.random.default_rng(seed).standard_normal((number, known.sum()))
        out[:, known] += normals @ root.T
        return out

    def with_zero(self, name: str) -> "Estimates":
        """The same with a standard deviation that is at its bound, zero, without standard error."""
        count = len(self.names)
        covariance = np.full((count + 1, count + 1), np.nan)
        covariance[:count, :count] = self.covariance
        return replace(
            self,
            names=(*self.names, name),
            parameters=np.append(self.parameters, 0.0),
            covariance=covariance,
        )


def estimates_table(estimates: Estimates) -> pd.DataFrame:
    """Table of parameter, estimate and standard_error, to six significant digits."""
    return pd.DataFrame(
        {
            "parameter": estimates.names,
            "estimate": significant(estimates.parameters, DIGITS),
            "standard_error": significant(estimates.standard_errors, DIGITS),
        }
    )


def covariance_table(estimates: Estimates) -> pd.DataFrame:
    """Covariance matrix of the estimates with its names as columns and in column parameter."""
    table = pd.DataFrame(significant(estimates.covariance, DIGITS), columns=list(estimates.names))
    table.insert(0, "parameter", estimates.names)
    return table


def read_estimates(table: pd.DataFrame, covariance: pd.DataFrame) -> Estimates:
    """Estimates from the two tables that were written.

    Raises UserError if they do not have the same parameters, and NotEstimatedError where there are
    none, with the reason that was written in their place.
    """
    if "note" in table:
        raise NotEstimatedError(f"not estimated: {table['note'].iloc[0]}")
    names = tuple(table["parameter"])
    if tuple(covariance["parameter"]) != names or tuple(covariance.columns[1:]) != names:
        raise UserError("preferences: the covariance's parameters are not those of the estimates")
    return Estimates(
        names=names,
        parameters=table["estimate"].to_numpy(dtype=float),
        covariance=covariance[list(names)].to_numpy(dtype=float),
        log_likelihood=np.nan,
        agents=0,
        choices=0,
        evaluations=0,
        message="read from a file",
    )
