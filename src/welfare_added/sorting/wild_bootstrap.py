"""Wild cluster bootstrap of one coefficient, for samples in which few clusters decide it.

Cameron, Gelbach and Miller (2008), with the null hypothesis imposed: residuals of the restricted
regression are multiplied by one random weight a cluster. All replications are computed from the
sums of scores by pairs of clusters, exactly.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.run.errors import UserError
from welfare_added.sorting.design import Design
from welfare_added.sorting.regression import LEVEL, correction

WEBB = np.sqrt([1.5, 1.0, 0.5])
WEIGHTS = {
    "rademacher": np.array([-1.0, 1.0]),
    "webb": np.r_[-WEBB, WEBB[::-1]],
}
HALVINGS = 60  # of the bracket of an end of the interval
DOUBLINGS = 40
AT_ONCE = 32  # columns whose effects are removed together
NEGLIGIBLE = 1e-9  # difference of statistics, relative, that is rounding


@dataclass(frozen=True)
class WildBootstrap:
    """A test that a coefficient is zero, and the interval of values that are not rejected.

    term; estimate; t: estimate over its clustered error; p: share of replications whose statistic
    is at least as large; low and high: 95 percent interval, infinite if no value on that side is
    rejected; weights: their law; replications; clusters; informative: clusters in which the
    regressor varies beside the others.
    """

    term: str
    estimate: float
    t: float
    p: float
    low: float
    high: float
    weights: str
    replications: int
    clusters: int
    informative: int

    def tidy(self) -> pd.DataFrame:
        """One row, with the attributes as columns."""
        return pd.DataFrame([vars(self)])


def wild_bootstrap(
    design: Design, term: str, *, weights: str, replications: int, seed: int
) -> WildBootstrap:
    """Test that the coefficient of ``term`` is zero.

    Parameters
    ----------
    design
        From `design.design`.
    term
        One of its regressors.
    weights
        ``rademacher`` (-1 or 1) or ``webb`` (six values, for few clusters).
    replications, seed
        Of the weights.

    Raises
    ------
    UserError
        If the law of weights or the regressor is none of those that there are.

    """
    if weights not in WEIGHTS:
        raise UserError(f"wild bootstrap: weights {weights!r}; want {', '.join(WEIGHTS)}")
    if term not in design.names:
        raise UserError(f"wild bootstrap: no regressor {term}; want {', '.join(design.names)}")
    sums = _Sums(design, design.names.index(term))
    rng = np.random.default_rng(np.random.SeedSequence(seed))
    values = WEIGHTS[weights]
    drawn = values[rng.integers(0, len(values), (replications, design.clusters))]
    statistics = sums.replicate(drawn)
    low, high = (_end(statistics, sums, side) for side in (-1.0, 1.0))
    return WildBootstrap(
        term=term,
        estimate=sums.estimate,
        t=sums.estimate / sums.error,
        p=statistics.p(0.0),
        low=low,
        high=high,
        weights=weights,
        replications=replications,
        clusters=design.clusters,
        informative=int((sums.information > NEGLIGIBLE * sums.information.max()).sum()),
    )


class _Sums:
    """Scores of the tested regressor, all others removed, by cluster (G,) and pair (G, G)."""

    def __init__(self, design: Design, at: int) -> None:
        others = np.delete(design.regressors, at, axis=1)
        basis = np.linalg.qr(others)[0]
        self.basis, self.design = basis, design
        x = design.regressors[:, at] - basis @ (basis.T @ design.regressors[:, at])
        y = design.outcome - basis @ (basis.T @ design.outcome)
        self.x, self.square = x, float(x @ x)
        self.estimate = float(x @ y) / self.square
        self.information = np.bincount(design.cluster, x * x, design.clusters)
        k = len(design.names) + design.absorbed
        self.factor = correction(len(y), k, design.clusters)
        self.error = self._error(y - self.estimate * x)
        # One part of the restricted residuals is y, the other, times the value tested, x.
        self.own = [np.bincount(design.cluster, x * part, design.clusters) for part in (y, x)]
        self.crossed = [self._crossed(part) for part in (y, x)]

    def _error(self, residuals: np.ndarray) -> float:
        scores = np.bincount(self.design.cluster, self.x * residuals, self.design.clusters)
        return float(np.sqrt(self.factor * (scores @ scores)) / self.square)

    def _crossed(self, part: np.ndarray) -> np.ndarray:
        """Entry g, h: score of cluster g with cluster h's residuals, all else removed, (G, G)."""
        design, groups = self.design, self.design.clusters
        out = np.empty((groups, groups))
        root = design.root_weight[:, None]
        for first in range(0, groups, AT_ONCE):
            members = np.arange(first, min(first + AT_ONCE, groups))
            columns = np.where(design.cluster[:, None] == members, part[:, None], 0.0)
            if design.effects is not None:
                columns = design.effects.residuals(columns / root) * root
            columns -= self.basis @ (self.basis.T @ columns)
            columns *= self.x[:, None]
            for place, column in zip(members, columns.T, strict=True):
                out[:, place] = np.bincount(design.cluster, column, groups)
        return out

    def replicate(self, drawn: np.ndarray) -> "_Replications":
        """Numerators (R,) and scores (R, G) of replications, in parts of y and of x."""
        numerators = [drawn @ own / self.square for own in self.own]
        scores = [
            drawn @ crossed.T - numerator[:, None] * self.information
            for crossed, numerator in zip(self.crossed, numerators, strict=True)
        ]
        # Weights that leave the regressor proportional to itself leave no residuals of it.
        rounding = NEGLIGIBLE * self.information.max()
        scores[1] = np.where(np.abs(scores[1]) > rounding, scores[1], 0.0)
        return _Replications(self, numerators, scores)


class _Replications:
    """Statistics of replications as functions of the value that is tested."""

    def __init__(self, sums, numerators, scores) -> None:
        self.sums, self.numerators = sums, numerators
        y, x = scores
        products = ((y * y), (y * x), (x * x))
        self.quadratic = [sums.factor * one.sum(axis=1) / sums.square**2 for one in products]

    def p(self, value: float) -> float:
        """Share of replications at least as far from the null as the sample."""
        numerator = self.numerators[0] - value * self.numerators[1]
        yy, yx, xx = self.quadratic
        variance = np.maximum(yy - 2 * value * yx + value**2 * xx, 0.0)
        sample = ((self.sums.estimate - value) / self.sums.error) ** 2
        return float(np.mean(numerator**2 >= sample * (1 - NEGLIGIBLE) * variance))


def _end(statistics: _Replications, sums: _Sums, side: float) -> float:
    """End of the interval on one side of the estimate, where p passes 1 - `LEVEL`."""
    inside, step = sums.estimate, sums.error
    for _ in range(DOUBLINGS):
        outside = sums.estimate + side * step
        if statistics.p(outside) < 1 - LEVEL:
            break
        inside, step = outside, 2 * step
    else:
        return side * np.inf
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        if statistics.p(middle) < 1 - LEVEL:
            outside = middle
        else:
            inside = middle
    return float(inside)
