"""LASSO prediction of minority status, as R's glmnet does it (Ellison and Pathak 2020, A.4.4).

Least squares on a 0/1 outcome: minimise ||y - a - x b||^2 / (2 n) + penalty sum_j s_j |b_j|, with
s_j the standard deviation of column j (divisor n). Columns are standardised, in each fold anew,
and weights are reported on the scale of the inputs.
"""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd

from welfare_added.admissions import lasso_path
from welfare_added.admissions.lasso_path import NOISE, LassoError, Standardised
from welfare_added.admissions.sample import check_inputs, check_outcome, significant
from welfare_added.run.errors import UserError

RULES = ("one_se", "minimum")
DECIMALS = 10  # of weights per standard deviation that are kept
DECIMALS_FITTED = 8
KKT_KEPT = 1e-7  # [share] of the rounded weights
NEAR = 1e-9  # of a weight, or relative distance from the penalty, of a column at its threshold
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CrossValidation:
    """Squared prediction error in the applicants left out, by penalty, largest penalty first.

    penalties, mean, standard_error: (m,) [share, share squared, share squared]; picked: (m,)
    columns with a weight in the fit to all applicants; minimum, one_se: positions of the two
    choices; margin: relative distance from a tie of the comparison that came closest to one.
    """

    penalties: np.ndarray
    mean: np.ndarray
    standard_error: np.ndarray
    picked: np.ndarray
    minimum: int
    one_se: int
    margin: float

    @property
    def is_tied(self) -> bool:
        """Whether a choice was closer to a tie than rounding allows to tell."""
        return self.margin < NOISE


@dataclass(frozen=True)
class Lasso:
    """LASSO at the penalty that cross-validation chose.

    names: (p,); coefficients: (p,) [share per unit of the input]; intercept, fitted: (n,) [share,
    not confined to 0-1]; picked: columns with a weight. Relative to half the outcome's variance,
    duality_gap bounds what another solution could gain; kkt_residual [share] is the largest
    violation of |x_j'r| / n <= penalty, with equality where there is a weight. constant: columns
    without variation; repeated: columns that equal an earlier one up to scale, sign and origin;
    both have weight zero. undecided: columns so close to entering or leaving that rounding could
    decide. validation: how the penalty was chosen.
    """

    names: tuple[str, ...]
    penalty: float
    coefficients: np.ndarray
    intercept: float
    fitted: np.ndarray
    picked: int
    duality_gap: float
    kkt_residual: float
    constant: tuple[str, ...]
    repeated: tuple[str, ...]
    undecided: tuple[str, ...]
    validation: CrossValidation

    def weights(self) -> pd.DataFrame:
        """Table A.5: variable, weight [share per unit]; largest first, zeros left out."""
        table = pd.DataFrame({"variable": self.names, "weight": self.coefficients})
        table = table[table["weight"] != 0]
        return table.sort_values("weight", key=np.abs, ascending=False, kind="stable").reset_index(
            drop=True
        )


def draw_folds(
    applicants: int, folds: int, generator: np.random.Generator, *, tract: np.ndarray | None = None
) -> np.ndarray:
    """Fold of each applicant, (n,) from 0: as many of each, to within one, in random order.

    With ``tract`` (n,), whole tracts are drawn instead, as many to each fold: inputs that do not
    vary within a tract otherwise tell of the applicants left out.
    """
    if tract is None:
        return generator.permutation(np.arange(applicants) % folds)
    labels, codes = np.unique(np.asarray(tract), return_inverse=True)
    return generator.permutation(np.arange(len(labels)) % folds)[codes]


def lasso(
    outcome: np.ndarray,
    inputs: pd.DataFrame,
    *,
    folds: np.ndarray,
    rule: str = "one_se",
    penalties: np.ndarray | None = None,
) -> Lasso:
    """Choose a penalty by cross-validation and fit the LASSO to all applicants.

    Errors are averaged within folds; their mean and standard error over folds weight each fold by
    its applicants, and the standard error divides the weighted variance by K - 1, as in glmnet.
    ``minimum`` is the penalty of smallest error, ``one_se`` the largest within one standard error
    of it. Of penalties that tie to within 1e-11, both take the largest. glmnet by default ends its
    path where the fit no longer gains, and interpolates each fold's own path; here every fold is
    solved at every penalty, which is glmnet given the penalties.

    Parameters
    ----------
    outcome
        (n,), 0 or 1.
    inputs
        (n, p); any scale.
    folds
        (n,) integers, three or more different ones: from `draw_folds`, or one's own.
    rule
        one_se (A.4.4) or minimum.
    penalties
        (m,); default: 100 in equal ratios from the smallest at which no column is picked, to
        1e-4 of it (1e-2 with fewer applicants than columns).

    Returns
    -------
    Lasso
        Weights per standard deviation are rounded to 1e-10 before all else is computed from them,
        fitted shares to 1e-8, checks to two and the rest to ten significant digits: the same on
        every machine.

    Raises UserError if the outcome is not 0 or 1 or does not vary, if inputs are missing or none
    varies, if there are fewer than three folds, or if a rule is unknown; LassoError if a
    solution is not one.

    """
    if rule not in RULES:
        raise UserError(f"rule {rule!r} is unknown; use {' or '.join(RULES)}")
    y = check_outcome(outcome)
    x = check_inputs(inputs, len(y))
    names = tuple(map(str, inputs.columns))
    fold = _fold_codes(folds, len(y))
    whole = lasso_path.standardise(x, y)
    if not whole.used.any():
        raise UserError(f"inputs: none of {len(names)} columns varies among these applicants")
    if penalties is None:
        penalties = lasso_path.grid(whole, x.shape)
    penalties = np.sort(penalties)[::-1].astype(float)
    weights = lasso_path.path(whole, penalties)
    picked = np.count_nonzero(np.round(weights, DECIMALS), axis=0)
    validation = _cross_validate(x, y, fold, penalties, picked)
    chosen = getattr(validation, rule)
    return _result(names, whole, weights[:, chosen], penalties[chosen], validation)


def _fold_codes(folds: np.ndarray, applicants: int) -> np.ndarray:
    """Folds as codes from 0, (n,)."""
    folds = np.asarray(folds)
    if folds.shape != (applicants,):
        raise UserError(f"folds: {folds.size:,} for {applicants:,} applicants")
    labels, codes = np.unique(folds, return_inverse=True)
    if len(labels) < 3:
        raise UserError(f"folds: cross-validation needs three or more, and there are {len(labels)}")
    return codes


def _cross_validate(
    x: np.ndarray, y: np.ndarray, fold: np.ndarray, penalties: np.ndarray, picked: np.ndarray
) -> CrossValidation:
    sizes = np.bincount(fold)
    errors = np.array([_fold_errors(x, y, fold == k, penalties) for k in range(len(sizes))])
    mean = np.average(errors, axis=0, weights=sizes)
    variance = np.average((errors - mean) ** 2, axis=0, weights=sizes)
    spread = np.sqrt(variance / (len(sizes) - 1))
    minimum, least = _first_within(mean, mean.min(), np.argmin(mean))
    one_se, bound = _first_within(mean, mean[minimum] + spread[minimum], minimum)
    validation = CrossValidation(
        penalties=significant(penalties),
        mean=significant(mean),
        standard_error=significant(spread),
        picked=picked,
        minimum=minimum,
        one_se=one_se,
        margin=min(least, bound),
    )
    if validation.is_tied:
        log.warning("LASSO: two penalties tie in cross-validation; the larger is taken")
    return validation


def _fold_errors(
    x: np.ndarray, y: np.ndarray, left_out: np.ndarray, penalties: np.ndarray
) -> np.ndarray:
    """Mean squared prediction error in the fold left out, at each penalty, (m,)."""
    data = lasso_path.standardise(x[~left_out], y[~left_out])
    weights = lasso_path.path(data, penalties)
    predicted = data.mean + (x[left_out] - data.centre) / data.scale @ weights
    return np.mean((y[left_out, None] - predicted) ** 2, axis=0)


def _first_within(errors: np.ndarray, bound: float, own: int) -> tuple[int, float]:
    """First error not above a bound, to within a tie; relative distance of the closest to it.

    own: the error that defines the bound, whose distance from it does not count.
    """
    distance = errors / bound - 1
    others = np.abs(np.delete(distance, own))
    return int(np.argmax(distance <= NOISE)), float(others.min(initial=np.inf))


def _result(
    names: tuple[str, ...],
    data: Standardised,
    exact: np.ndarray,
    penalty: float,
    validation: CrossValidation,
) -> Lasso:
    weights = np.round(exact, DECIMALS) + 0.0
    residual = float(lasso_path.kkt_residual(data, weights[:, None], penalty)[0])
    if residual > KKT_KEPT:
        raise LassoError(f"LASSO: rounded weights violate the conditions by {residual:.2g}")
    slope = np.abs(data.crossed - data.gram @ exact)
    near = np.where(exact != 0, np.abs(exact) < NEAR, np.abs(slope - penalty) < NEAR * penalty)
    coefficients = significant(weights / data.scale)
    fitted = data.mean + data.z @ weights
    return Lasso(
        names=names,
        penalty=float(significant(penalty)),
        coefficients=coefficients,
        intercept=float(significant(data.mean - coefficients @ data.centre)),
        fitted=np.round(fitted, DECIMALS_FITTED) + 0.0,
        picked=int(np.count_nonzero(weights)),
        duality_gap=float(significant(lasso_path.duality_gap(data, weights, penalty), 2)),
        kkt_residual=float(significant(residual, 2)),
        constant=_named(names, ~data.varies),
        repeated=_named(names, data.varies & ~data.used),
        undecided=_named(names, near & data.used),
        validation=validation,
    )


def _named(names: tuple[str, ...], where: np.ndarray) -> tuple[str, ...]:
    return tuple(name for name, is_there in zip(names, where, strict=True) if is_there)
