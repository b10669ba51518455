"""Nearest-neighbour matching of districts, with replacement (section 5.2, tables 2, A3 to A5)."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from scipy.spatial.distance import cdist
from statsmodels.tools.sm_exceptions import PerfectSeparationError, PerfectSeparationWarning

from welfare_added.run.errors import UserError
from welfare_added.sorting.panel import INDIVIDUAL, REGIMES, SCHEDULE

WEIGHTS = ("set", "frequency")
TIE = 1e-9  # relative difference of distances that is rounding
DEPENDENT = 1e-9


@dataclass(frozen=True)
class Matches:
    """Nearest salary-schedule district of each individual-salary district.

    pairs: district_id, matched_id, distance, tied (controls as near as the nearest, beside it: the
    first by district_id is taken); covariates: those used.
    """

    pairs: pd.DataFrame = field(repr=False)
    covariates: tuple[str, ...]

    def sample(self, weights: str) -> dict[str, float]:
        """Weight of districts of the matched sample.

        ``set``: one for each district that is matched at all (the 64 of the paper); ``frequency``:
        controls count as often as they are matched.

        Raises UserError for other weights.
        """
        if weights not in WEIGHTS:
            raise UserError(f"matching.weights: {weights!r}; want {', '.join(WEIGHTS)}")
        counts = self.pairs["matched_id"].value_counts().sort_index()
        own = {name: 1.0 for name in self.pairs["district_id"]}
        return own | {
            name: float(count) if weights == "frequency" else 1.0 for name, count in counts.items()
        }


def district_means(
    districts: pd.DataFrame, columns: Sequence[str], years: tuple[int, int]
) -> pd.DataFrame:
    """Means of columns by district over its years from the first to the last, without weights.

    districts: district_id, year, regime and the columns. Returns district_id, regime, the columns.

    Raises UserError if a district changes its regime.
    """
    rows = districts[districts["year"].between(*years)]
    if changing := int((rows.groupby("district_id")["regime"].nunique() > 1).sum()):
        raise UserError(f"districts, column regime: {changing:,} districts have two; want one each")
    by = rows.groupby(["district_id", "regime"], sort=True)[list(columns)]
    return by.mean().reset_index()


def match_mahalanobis(means: pd.DataFrame, covariates: Sequence[str]) -> Matches:
    """Match on the Mahalanobis distance of covariates.

    The metric is the inverse covariance of all districts of the two regimes.

    Parameters
    ----------
    means
        From `district_means`: one row a district.
    covariates
        Numeric columns; indicators are kept in the metric.

    Raises
    ------
    UserError
        If a value is missing, a regime has no district, or covariates are linearly dependent.

    """
    treated, controls = _regimes(means, covariates)
    both = np.vstack([treated[covariates], controls[covariates]]).astype(float)
    spread = both.std(axis=0)
    if (spread == 0).any():
        name = list(covariates)[int(np.flatnonzero(spread == 0)[0])]
        raise UserError(f"matching: {name} is the same in all districts; leave it out")
    scaled = (both - both.mean(axis=0)) / spread
    factor = np.linalg.qr(scaled, mode="r")
    small = np.abs(np.diag(factor)) < DEPENDENT * np.sqrt(len(scaled))
    if small.any():
        at = int(np.flatnonzero(small)[0])
        raise UserError(
            f"matching: {list(covariates)[at]} is a linear combination of "
            f"{', '.join(list(covariates)[:at])}; leave one of them out"
        )
    # Rows times the inverse factor have the identity as covariance.
    whitened = np.linalg.solve(factor.T, scaled.T).T * np.sqrt(len(scaled) - 1)
    first = len(treated)
    distance = cdist(whitened[:first], whitened[first:])
    return Matches(_nearest(treated, controls, distance), tuple(covariates))


def probit(means: pd.DataFrame, covariates: Sequence[str]) -> tuple[pd.DataFrame, pd.Series]:
    """Probit of individual salaries on covariates (table A3), and propensities by district_id.

    The table has term, estimate, standard_error, p, n. Covariates are scaled in the search and
    estimates given in their own units.

    Raises
    ------
    UserError
        If a value is missing, covariates are dependent or separate the regimes, or the search does
        not converge.

    """
    treated, controls = _regimes(means, covariates)
    rows = pd.concat([treated, controls], ignore_index=True)
    outcome = (rows["regime"] == INDIVIDUAL).astype(float)
    values = rows[list(covariates)].astype(float)
    centre, scale = values.mean(), values.std(ddof=0)
    if (scale == 0).any():
        raise UserError(f"probit: {scale.index[scale == 0][0]} is the same in all districts")
    x = sm.add_constant((values - centre) / scale, has_constant="add")
    if np.linalg.matrix_rank(x.to_numpy()) < x.shape[1]:
        raise UserError(f"probit: {', '.join(covariates)} are linearly dependent; leave one out")
    try:
        fit = _converged(sm.Probit(outcome, x))
    except (PerfectSeparationError, np.linalg.LinAlgError) as error:
        raise UserError(
            f"probit: {', '.join(covariates)} tell the regimes apart without error; use fewer"
        ) from error
    turned = np.diag(np.r_[1.0, 1 / scale])
    turned[0, 1:] = -(centre / scale)
    estimate = turned @ fit.params.to_numpy()
    error = np.sqrt(np.diag(turned @ fit.cov_params().to_numpy() @ turned.T))
    table = pd.DataFrame({"term": ["constant", *covariates], "estimate": estimate})
    z = np.abs(estimate / error)
    table = table.assign(standard_error=error, p=2 * stats.norm.sf(z), n=len(rows))
    chance = pd.Series(fit.predict(x).to_numpy(), index=rows["district_id"], name="propensity")
    return table, chance


def match_propensity(means: pd.DataFrame, covariates: Sequence[str]) -> Matches:
    """Match on the probability of individual salaries, from `probit` (table A5)."""
    treated, controls = _regimes(means, covariates)
    chance = probit(means, covariates)[1]
    own, others = (chance[one["district_id"]].to_numpy() for one in (treated, controls))
    distance = np.abs(own[:, None] - others[None, :])
    return Matches(_nearest(treated, controls, distance), tuple(covariates))


def _regimes(means: pd.DataFrame, covariates) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Districts of individual salaries, and of schedules, sorted by district_id."""
    columns = list(covariates)
    if unknown := [name for name in columns if name not in means]:
        raise UserError(f"matching: no column {', '.join(unknown)}")
    rows = means[means["regime"].isin(REGIMES)].sort_values("district_id", ignore_index=True)
    lacking = rows[columns].isna()
    if lacking.any(axis=None):
        name = lacking.any().idxmax()
        raise UserError(
            f"matching, {name}: missing in {int(lacking[name].sum()):,} districts; add it or leave "
            "the column out"
        )
    parts = [rows[rows["regime"] == name].reset_index(drop=True) for name in (INDIVIDUAL, SCHEDULE)]
    for part, name in zip(parts, (INDIVIDUAL, SCHEDULE), strict=True):
        if part.empty:
            raise UserError(f"matching: no district of regime {name}")
    return parts[0], parts[1]


def _nearest(treated: pd.DataFrame, controls: pd.DataFrame, distance: np.ndarray) -> pd.DataFrame:
    """Pairs from distances (n treated, m controls) of districts sorted by identifier."""
    least = distance.min(axis=1)
    near = distance <= (least * (1 + TIE) + TIE * distance.max())[:, None]
    at = near.argmax(axis=1)
    return pd.DataFrame(
        {
            "district_id": treated["district_id"],
            "matched_id": controls["district_id"].to_numpy()[at],
            "distance": least,
            "tied": near.sum(axis=1) - 1,
        }
    )


def _converged(model: sm.Probit):
    with warnings.catch_warnings():
        warnings.simplefilter("error", PerfectSeparationWarning)
        try:
            fit = model.fit(disp=0, maxiter=200, method="newton")
        except PerfectSeparationWarning as warning:
            raise PerfectSeparationError from warning
    if not fit.mle_retvals["converged"]:
        raise UserError("probit: the likelihood has no maximum that the search reaches")
    return fit
