"""Numbers of an explorer as JSON: few digits, null where one is missing."""

import json
import math
from collections.abc import Iterable, Mapping

DIGITS = 6


def number(value: float, digits: int = DIGITS) -> float | None:
    """A number with so many significant digits; None where it is missing or not finite."""
    return float(f"{value:.{digits}g}") if math.isfinite(value) else None


def listed(values: Iterable[float], digits: int = DIGITS) -> list[float | None]:
    """`number` of each."""
    return [number(value, digits) for value in values]


def compact_json(content: Mapping) -> str:
    """JSON without spaces, keys in their order. Raises ValueError where a number is not finite."""
    return json.dumps(content, separators=(",", ":"), allow_nan=False)
