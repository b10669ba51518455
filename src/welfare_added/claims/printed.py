"""Parse a printed table: numbers with their last digit, and labels as parts of ids."""

import keyword
import re
import unicodedata
from decimal import Decimal

# Parentheses, brackets, currency, percent and stars surround a number and are no part of it.
NUMBER = re.compile(
    r"[(\[]?\s*(?P<sign>[-−–+]?)\s*[$£€]?\s*"
    r"(?P<number>(\d{1,3}(,\d{3})+|\d+)(\.\d*)?([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?)"
    r"\s*%?\s*[*†‡]*\s*[)\]]?\s*[*†‡]*"
)
MINUS = ("-", "−", "–")


def printed_number(text: str) -> tuple[float, float]:
    """Number in a printed text, and one unit of its last digit.

    ``0.120`` gives 0.12 and 0.001, ``(1,234)***`` gives 1234 and 1.

    Raises
    ------
    ValueError
        If the text holds no number, several, or something else beside it.

    """
    match = NUMBER.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not one printed number")
    number = Decimal(match["number"].replace(",", ""))
    digit = float(Decimal(1).scaleb(number.as_tuple().exponent))
    return float(-number if match["sign"] in MINUS else number), digit


def part_of_id(label: str) -> str:
    """Label as a part of an id that expressions can name: ``% Black, 2012`` gives black_2012.

    A leading digit gets an underscore before it, and Python's keywords one behind. A label
    without digits and letters a to z gives an empty text.
    """
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    part = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if part[:1].isdigit():
        return f"_{part}"
    return f"{part}_" if keyword.iskeyword(part) else part
