"""A rule by census tract that is set before the applicants are seen: on expected minority shares.

Within a tract the students differ to such a rule by their scores alone, so the best one, but for
the last student, admits by the score plus a bonus in proportion to the tract's expected share: an
index plan whose index is the predicted probability. What the rule of `tract_rule` gains on it is
due to the numbers of minority students of one year, which nobody knows beforehand.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import betaln

from welfare_added.admissions.quota import Unreachable
from welfare_added.admissions.sample import significant
from welfare_added.admissions.tract_bound import rule_bound
from welfare_added.run.errors import UserError

PARTS = 1 << 12  # of a share: shares are rounded to them
TAILS = (0.02, 0.98)  # predictions are held within these, so as to be probabilities
STRENGTHS = (1e-2, 1e4)  # applicants, between which the strength of a prediction is looked for


@dataclass(frozen=True)
class ExpectedRule:
    """A rule on expected shares, and how far from the best it can be.

    Attributes
    ----------
    admitted
        (n,) whether each applicant is admitted.
    bonus
        Added to the key of a student whose share is one, in units of keys.
    expected
        Minority students expected in the class.
    value, bound
        Sum of the keys of the class, and a bound on that of every rule that expects as many
        minority students as asked for: the linear programme's, rounded up to a whole number.

    """

    admitted: np.ndarray
    bonus: int
    expected: float
    value: int
    bound: int


def expected_rule(keys: np.ndarray, share: np.ndarray, seats: int, target: int) -> ExpectedRule:
    """Admit by key plus bonus times share, with the least bonus that expects the target.

    keys: (n,) whole numbers, all different. share: (n,) expected share of minority students where
    each applicant lives, 0 to 1; the same within a cell. target: minority students, at least as
    many of whom are expected. Equal sums are ordered by the keys.
    Raises Unreachable where no class of that size expects as many.
    """
    parts = np.rint(share * PARTS).astype(np.int64)
    by_key = np.argsort(-keys, kind="stable")

    def first(bonus: int) -> np.ndarray:
        reached = keys[by_key] * PARTS + bonus * parts[by_key]
        return by_key[np.argsort(-reached, kind="stable")[:seats]]

    def short(bonus: int) -> bool:
        return parts[first(bonus)].sum() < target * PARTS

    most = np.sort(parts)[::-1][:seats].sum() / PARTS
    if len(keys) < seats or most < target:
        raise Unreachable(
            f"no class of {seats} of the {len(keys)} applicants expects {target} minority students;"
            f" the largest number is {most:.1f}. Lower the target."
        )
    span = int(np.ptp(keys)) + 1  # so large a bonus for one part orders by the shares alone
    low, high = (0, span * PARTS) if short(0) else (-1, 0)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if short(middle) else (low, middle)
    here = first(high)
    admitted = np.zeros(len(keys), dtype=bool)
    admitted[here] = True
    alone = np.arange(len(keys) + 1)
    bound = rule_bound(keys * PARTS, parts, alone, seats, target * PARTS, exactly=False)
    expected = parts[here].sum() / PARTS
    return ExpectedRule(admitted, high, expected, int(keys[here].sum()), -(-bound.value // PARTS))


def smoothed_shares(
    minority: np.ndarray, cell: np.ndarray, predicted: pd.Series, strength: float
) -> pd.Series:
    """Expected minority share of every cell, 0 to 1: its applicants' share drawn to a prediction.

    (minority applicants + strength x predicted) / (applicants + strength), the posterior mean of
    a share with a beta prior. minority, cell: (n,) of applicants of earlier years. predicted: by
    cell, for all cells wanted; of a regression or LASSO on the tract's indicators, held within
    `TAILS`. strength: applicants that the prediction is worth, see `prior_strength`.
    Raises UserError where applicants' cells have no prediction.
    """
    seen = _counts(minority, cell, predicted)
    return (seen["minority"] + strength * seen["prior"]) / (seen["applicants"] + strength)


def prior_strength(minority: np.ndarray, cell: np.ndarray, predicted: pd.Series) -> float:
    """Applicants that a prediction is worth: the maximum of the beta-binomial likelihood.

    Arguments as of `smoothed_shares`. Two significant digits, within `STRENGTHS`.
    """
    seen = _counts(minority, cell, predicted)
    yes, prior = seen["minority"].to_numpy(), seen["prior"].to_numpy()
    no = seen["applicants"].to_numpy() - yes

    def loss(log_strength: float) -> float:
        a, b = np.exp(log_strength) * prior, np.exp(log_strength) * (1 - prior)
        return -float((betaln(a + yes, b + no) - betaln(a, b)).sum())

    fit = minimize_scalar(loss, bounds=np.log(STRENGTHS), method="bounded")
    return float(significant(np.exp(fit.x), 2))


def _counts(minority: np.ndarray, cell: np.ndarray, predicted: pd.Series) -> pd.DataFrame:
    """Applicants and minority applicants of every cell that has a prediction, and this."""
    rows = pd.DataFrame({"cell": cell, "minority": minority})
    without = rows.loc[~rows["cell"].isin(predicted.index), "cell"]
    if len(without):
        examples = ", ".join(map(str, without.unique()[:3]))
        raise UserError(
            f"predicted: no prediction for the cells of {len(without):,} of {len(rows):,} "
            f"applicants ({examples}). Predict for every cell, or leave these applicants out."
        )
    by_cell = rows.groupby("cell")["minority"].agg(["size", "sum"]).reindex(predicted.index)
    return pd.DataFrame(
        {
            "applicants": by_cell["size"].fillna(0),
            "minority": by_cell["sum"].fillna(0),
            "prior": predicted.clip(*TAILS),
        }
    )
