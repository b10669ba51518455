"""Round numbers for display: to the digits that the paper prints, and two more."""

import math
from decimal import Decimal

from welfare_added.claims.claim import RECOVERY, Claim, Number, ends

MORE = 2  # digits of our number beyond the published ones
SIGNIFICANT = 6


def published_text(claim: Claim) -> str:
    """Published number of a claim, to its last printed digit; empty if there is none."""
    if claim.published is None:
        return ""
    return shown(claim.published, claim.digit)


def reproduced_text(claim: Claim, reproduced: Number | None, tolerance: float) -> str:
    """Our number to the digits of the published one and two more; empty for None.

    A recovery is shown to two significant digits of its tolerance, some standard errors. An exact
    published number has the decimals needed to write it; what is only said to be above or below
    zero is shown to MORE significant digits.
    """
    if reproduced is None:
        return ""
    if claim.kind == RECOVERY:
        return shown(reproduced, two_digits_of(tolerance))
    if claim.digit:
        return shown(reproduced, claim.digit / 10**MORE)
    if not any(ends(claim.published)):
        return _for_each_end(reproduced, lambda end: _to_step(float(f"{end:.{MORE}g}"), 0))
    places = max(_decimals_needed(end) for end in ends(claim.published))
    return _for_each_end(reproduced, lambda end: _without_zeros(_rounded(end, places + MORE)))


def shown(number: Number, step: float) -> str:
    """A number rounded to ``step``, a power of ten; to SIGNIFICANT digits if it is 0."""
    return _for_each_end(number, lambda end: _to_step(end, step))


def two_digits_of(size: float) -> float:
    """Step that leaves two significant digits of a positive number."""
    return 10.0 ** (math.floor(math.log10(size)) - 1)


def _to_step(number: float, step: float) -> str:
    if not math.isfinite(number):
        return f"{number}"
    if not step:
        return _grouped(f"{number:,.{SIGNIFICANT}g}", number)
    return _rounded(number, _places(step))


def decimals(digit: float) -> int:
    """Decimals of a number whose last digit stands for ``digit``; 0 if that is 1 or more."""
    return max(0, _places(digit))


def _places(step: float) -> int:
    return -math.floor(math.log10(step) + 1e-9)


def _rounded(number: float, places: int) -> str:
    return _grouped(f"{round(number, places):,.{max(places, 0)}f}", number)


def _grouped(text: str, number: float) -> str:
    """Thousands separators from 10,000 on, so that years have none."""
    return text.replace(",", "") if abs(number) < 10_000 else text


def _decimals_needed(number: float) -> int:
    if not math.isfinite(number):
        return 0
    return max(0, -Decimal(repr(float(number))).normalize().as_tuple().exponent)


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def _for_each_end(number: Number, write) -> str:
    return " to ".join(write(end) for end in ends(number))
