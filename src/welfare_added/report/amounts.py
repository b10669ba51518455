"""Numbers as a reader of the page sees them: to the digits that count, with units and thousands."""

import math

from welfare_added.claims.claim import RECOVERY
from welfare_added.claims.digits import two_digits_of

MINUS = "\N{MINUS SIGN}"
SIZES = {1e9: " billion", 1e6: " million"}
GROUPED_FROM = 10_000  # so that years have no thousands separator; dollars have one from 1,000 on
EXACT_FIGURES = 4  # significant digits of a number that is compared with an exact one


def amount(value: float, step: float, unit: str) -> str:
    """A number rounded to ``step``, with the sign of its currency or of percent.

    Parameters
    ----------
    value
        The number, in ``unit``.
    step
        One unit of its last digit that counts; 0 for an exact number.
    unit
        As in claims.yaml. One that begins with dollars or percent has its sign written; of others
        nothing is.

    """
    first = unit.split(" ")[0]
    money, percent = first == "dollars" and unit != "dollars per dollar", first == "percent"
    if not math.isfinite(value):
        return f"{MINUS if value < 0 else ''}\N{INFINITY}"
    size = next((one for one in SIZES if money and _counted_in(value, step, one)), 1.0)
    places = _places(value, step, size)
    rounded = round(value / size, places)
    grouped = abs(rounded) >= GROUPED_FROM or money
    digits = f"{abs(rounded):{',' if grouped else ''}.{max(places, 0)}f}"
    if not step and "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    sign = MINUS if rounded < 0 else ""
    return f"{sign}{'$' if money else ''}{digits}{SIZES.get(size, '')}{'%' if percent else ''}"


def _counted_in(value: float, step: float, size: float) -> bool:
    """Whether an amount is said in millions, say: it has some, and no more than three decimals."""
    return abs(value) >= size and step >= size / 1000


def _places(value: float, step: float, size: float) -> int:
    """Decimals of value / size."""
    if step:
        return -math.floor(math.log10(step / size) + 1e-9)
    return max(0, EXACT_FIGURES - (math.floor(math.log10(abs(value))) + 1 if value else 1))


def with_figures(value: float, figures: int, unit: str) -> str:
    """`amount` with so many significant digits; a whole number keeps all before its point."""
    if not value or not math.isfinite(value):
        return amount(value, 0, unit)
    return amount(value, 10.0 ** (math.floor(math.log10(abs(value))) + 1 - figures), unit)


def four_digits(value: float) -> str:
    """A number of a table: four significant digits and all before the point; 1e-05 as it is."""
    text = f"{value:,.0f}" if abs(value) >= GROUPED_FROM else f"{value:.4g}"
    return text.replace("-", MINUS)


def texts_of_claim(row: dict[str, str]) -> dict[str, str]:
    """``published`` and ``reproduced`` of a row of claims.csv, to the digits that the paper prints.

    A recovery is shown to two significant digits of its tolerance, some standard errors; the truth
    of one that was not estimated as it is. Where claims are judged by intervals, also
    ``interval``: mean and 90% interval.
    """
    step = float(row["digit"] or 0)
    if row["kind"] == RECOVERY and row["tolerance"]:
        step = two_digits_of(float(row["tolerance"]))
    bound = row["bound"].replace("_", " ")
    texts = {name: _ends(row[name], step, row["unit"]) for name in ("published", "reproduced")}
    if row.get("interval_mean"):
        pair = (_ends(row[f"interval_{name}"], step, row["unit"]) for name in ("low", "high"))
        mean = _ends(row["interval_mean"], step, row["unit"])
        texts["interval"] = f"{mean} [{', '.join(pair)}]" + (" wide" if row["wide"] else "")
    return texts | {"published": f"{bound} {texts['published']}".strip()}


def _ends(number: str, step: float, unit: str) -> str:
    """A number, or the two ends of a range."""
    ends = number.split(" to ") if number else []
    return " to ".join(amount(float(end), step, unit) for end in ends)
