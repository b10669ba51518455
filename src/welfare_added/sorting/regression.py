"""Least squares with absorbed effects, weights, and errors clustered by district or school."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from welfare_added.run.errors import UserError
from welfare_added.sorting.design import DEPENDENT, Design, design

LEVEL = 0.95  # of intervals


@dataclass(frozen=True)
class Fit:
    """Coefficients by name with their covariance.

    names: (k,); estimate: (k,); covariance: (k, k), clustered; n: rows; clusters; mean: of the
    outcome; singletons and missing: rows left out, as in `Design`.
    """

    names: tuple[str, ...]
    estimate: np.ndarray
    covariance: np.ndarray
    n: int
    clusters: int
    mean: float
    singletons: int
    missing: int

    @property
    def standard_error(self) -> np.ndarray:
        """Standard errors, (k,)."""
        return np.sqrt(np.diag(self.covariance))

    def tidy(self) -> pd.DataFrame:
        """Columns term, estimate, standard_error, p, low, high, n, clusters, mean, left out.

        p and the 95 percent interval are of Student's t with clusters - 1 degrees of freedom.
        """
        freedom, error = self.clusters - 1, self.standard_error
        half = stats.t.ppf((1 + LEVEL) / 2, freedom) * error
        return pd.DataFrame(
            {
                "term": self.names,
                "estimate": self.estimate,
                "standard_error": error,
                "p": 2 * stats.t.sf(np.abs(self.estimate) / error, freedom),
                "low": self.estimate - half,
                "high": self.estimate + half,
                "n": self.n,
                "clusters": self.clusters,
                "mean": self.mean,
                "singletons": self.singletons,
                "missing": self.missing,
            }
        )

    def wald(self, contrasts: np.ndarray) -> tuple[float, float]:
        """F statistic and p-value that (q, k) contrasts of the coefficients are zero.

        F has q and clusters - 1 degrees of freedom.
        """
        difference = contrasts @ self.estimate
        spread = contrasts @ self.covariance @ contrasts.T
        statistic = difference @ np.linalg.solve(spread, difference) / len(contrasts)
        return float(statistic), float(stats.f.sf(statistic, len(contrasts), self.clusters - 1))


def least_squares(
    frame: pd.DataFrame,
    outcome: str,
    regressors: Sequence[str],
    *,
    cluster: str,
    effects: Sequence[str] = (),
    weights: str | None = None,
    keep_singletons: bool = False,
) -> Fit:
    """Regress a column on others with absorbed effects; arguments as `design`.

    The covariance is the sandwich of scores summed by cluster, times G / (G - 1) (n - 1) / (n - k)
    for G clusters, where k counts regressors and effects as `Design.absorbed` does.
    """
    return solve(
        design(
            frame,
            outcome,
            regressors,
            cluster=cluster,
            effects=effects,
            weights=weights,
            keep_singletons=keep_singletons,
        )
    )


def solve(design: Design) -> Fit:
    """Coefficients and clustered covariance of a design.

    Raises UserError if a regressor is a linear combination of those before it.
    """
    x, y, k = design.regressors, design.outcome, len(design.names)
    scale = np.linalg.norm(x, axis=0)
    orthogonal, triangle = np.linalg.qr(x / scale)
    small = np.abs(np.diag(triangle)) < DEPENDENT
    if small.any():
        at = int(np.flatnonzero(small)[0])
        raise UserError(
            f"regression: {design.names[at]} is a linear combination of "
            f"{', '.join(design.names[:at])} and the effects; leave one out"
        )
    inverse = np.linalg.inv(triangle) / scale[:, None]
    estimate = inverse @ (orthogonal.T @ y)
    scores = orthogonal * (y - x @ estimate)[:, None]
    sums = np.column_stack(
        [np.bincount(design.cluster, column, design.clusters) for column in scores.T]
    )
    spread = inverse @ sums.T
    factor = correction(len(y), k + design.absorbed, design.clusters)
    return Fit(
        names=design.names,
        estimate=estimate,
        covariance=spread @ spread.T * factor,
        n=len(y),
        clusters=design.clusters,
        mean=design.mean,
        singletons=design.singletons,
        missing=design.missing,
    )


def correction(n: int, k: int, clusters: int) -> float:
    """Small-sample factor of a clustered covariance, G / (G - 1) (n - 1) / (n - k).

    Raises UserError if there are no more rows than coefficients.
    """
    if n <= k:
        raise UserError(f"regression: {n:,} rows are too few for {k:,} coefficients and effects")
    return clusters / (clusters - 1) * (n - 1) / (n - k)
