"""Salaries under quality pay, budget-neutral (Biasi 2017, section 8.1)."""

from dataclasses import dataclass, replace

import numpy as np

from welfare_added.offers.market import Market
from welfare_added.run.errors import UserError

SHAPES = ("logistic", "linear")
BALANCES = ("mean", "printed")


class UnpayableError(UserError):
    """A scheme under which salaries would be zero or less."""


@dataclass(frozen=True)
class Scheme:
    """How quality is paid.

    Attributes
    ----------
    shape
        f of value added: "logistic", 1 / (1 + exp(-x)) (eq. 16), or "linear" (section 8.1).
    balance
        "mean": base salaries fall by the change of delta times the mean of f over the district's
        teachers, so that what it pays them stays. "printed": they rise by the change times the
        sum of f, which is the wrong sign, and the number of teachers too much.

    """

    shape: str = "logistic"
    balance: str = "mean"

    def check(self) -> None:
        """Raise `UserError` on an unknown word."""
        if self.shape not in SHAPES or self.balance not in BALANCES:
            raise UserError(
                f"scheme {self.shape!r}, {self.balance!r}: want {' or '.join(SHAPES)}, and "
                f"{' or '.join(BALANCES)}"
            )

    def quality(self, value_added: np.ndarray) -> np.ndarray:
        """f of value added, nan where missing."""
        return value_added if self.shape == "linear" else 1 / (1 + np.exp(-value_added))


def with_quality_pay(market: Market, delta: np.ndarray, new: np.ndarray, scheme: Scheme) -> Market:
    """The market with another pay for quality; budgets and capacities stay.

    delta, new: (J,) $ for a unit of f, in the salaries given and to be paid; see `scheme_salaries`.

    Raises
    ------
    UserError
        On an unknown word.
    UnpayableError
        If salaries would be zero or less.

    """
    salary = scheme_salaries(market, delta, new, scheme)
    if bad := int((salary <= 0).sum()):
        raise UnpayableError(
            f"market {market.name}: {bad} salaries of zero or less under the scheme; want less "
            "quality pay"
        )
    return replace(market, salary=salary)


def scheme_salaries(
    market: Market, delta: np.ndarray, new: np.ndarray, scheme: Scheme
) -> np.ndarray:
    """Salaries (N, J) [$1,000] under another pay for quality, whatever their sign.

    Teachers without value added count at the mean of f, so that their salaries do not change under
    "mean". A district without teachers with value added keeps its base. Arguments and errors as of
    `with_quality_pay`.
    """
    scheme.check()
    quality = scheme.quality(market.value_added)
    valued = np.isfinite(quality)
    districts = market.salary.shape[1]
    employed = market.origin >= 0
    with_value = employed & valued
    number = np.bincount(market.origin[with_value], minlength=districts)
    total = np.bincount(market.origin[with_value], quality[with_value], districts)
    mean = np.divide(total, number, out=np.zeros(districts), where=number > 0)
    change = (np.asarray(new, dtype=float) - delta) / 1000.0
    filled = np.where(valued[:, None], np.where(valued, quality, 0.0)[:, None], mean)
    staff = np.bincount(market.origin[employed], minlength=districts)
    base = -mean if scheme.balance == "mean" else mean * staff
    return market.salary + change * (filled + np.where(number > 0, base, 0.0))
