"""Least squares with standard errors clustered by teacher."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from welfare_added.run.errors import UserError

DEPENDENT = 1e-10  # share of a column's norm that others leave, below which it is theirs


@dataclass(frozen=True)
class Regression:
    """Coefficients by name, their covariance, and the sample.

    names: (k,); estimate: (k,); covariance: (k, k); n: rows; clusters; mean: of the outcome.
    """

    names: tuple[str, ...]
    estimate: np.ndarray
    covariance: np.ndarray
    n: int
    clusters: int
    mean: float

    @property
    def standard_error(self) -> np.ndarray:
        """Standard errors, (k,)."""
        return np.sqrt(np.diag(self.covariance))

    def of(self, name: str) -> tuple[float, float]:
        """Estimate and standard error of a regressor."""
        at = self.names.index(name)
        return float(self.estimate[at]), float(self.standard_error[at])

    def p_equal(self, names: list[str]) -> float:
        """P-value of the F-test that several coefficients are equal, clusters - 1 as freedom."""
        at = [self.names.index(name) for name in names]
        contrasts = np.zeros((len(at) - 1, len(self.names)))
        for row, other in enumerate(at[1:]):
            contrasts[row, at[0]], contrasts[row, other] = 1.0, -1.0
        difference = contrasts @ self.estimate
        spread = contrasts @ self.covariance @ contrasts.T
        statistic = difference @ np.linalg.solve(spread, difference) / len(contrasts)
        return float(stats.f.sf(statistic, len(contrasts), self.clusters - 1))


def regress(
    outcome: np.ndarray, regressors: dict[str, np.ndarray], cluster: np.ndarray
) -> Regression:
    """Regress an outcome (n,) on regressors of (n,) values, errors clustered by a label (n,).

    Small-sample correction G / (G - 1) (n - 1) / (n - k). A constant is a regressor like others.

    Raises
    ------
    UserError
        If rows or clusters are too few, or a regressor is a linear combination of others.

    """
    names, x = tuple(regressors), np.column_stack(list(regressors.values())).astype(float)
    n, k = x.shape
    codes, labels = np.unique(cluster, return_inverse=True)[::-1]
    clusters = len(labels)
    if n <= k or clusters < 2:
        raise UserError(
            f"forecast tests: {n:,} teacher-years of {clusters:,} teachers are too few for "
            f"{', '.join(names)}; study more years"
        )
    scale = np.linalg.norm(x, axis=0)
    orthogonal, triangle = np.linalg.qr(x / np.where(scale > 0, scale, 1.0))
    if (np.abs(np.diag(triangle)) < DEPENDENT).any():
        at = int(np.flatnonzero(np.abs(np.diag(triangle)) < DEPENDENT)[0])
        raise UserError(
            f"forecast tests: {names[at]} does not vary beside {', '.join(names[:at])} among "
            f"{n:,} teacher-years; study more years"
        )
    inverse = np.linalg.inv(triangle) / scale[:, None]
    estimate = inverse @ (orthogonal.T @ outcome)
    scores = orthogonal * (outcome - x @ estimate)[:, None]
    sums = np.column_stack([np.bincount(codes, column, clusters) for column in scores.T])
    middle = sums.T @ sums * clusters / (clusters - 1) * (n - 1) / (n - k)
    covariance = inverse @ middle @ inverse.T
    return Regression(names, estimate, covariance, n, clusters, float(np.mean(outcome)))
