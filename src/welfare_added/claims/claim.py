"""Types of a claim: a number of the paper, its place, and the tolerance for our result."""

from dataclasses import dataclass

Number = float | tuple[float, float]
RECOVERY = "recovery"
KINDS = ("input", "prediction", "arithmetic", "assumption", RECOVERY)
BOUNDS = ("at_least", "at_most", "about")


@dataclass(frozen=True)
class Tolerance:
    """How far a reproduced number may lie from a published one, beyond the printed digit.

    Attributes
    ----------
    relative
        Share of the published number (plus ``offset``).
    absolute
        In the claim's unit.
    offset
        Added before ``relative`` applies: 100 for "percent more", so that the ratio's error counts.
    standard_errors
        For a recovery: number of standard errors of the estimate; replaces the others.
    interval
        The kept 90% interval over worlds decides, in place of the others.
    why
        Reason for the tolerance.

    """

    why: str
    relative: float = 0.0
    absolute: float = 0.0
    offset: float = 0.0
    standard_errors: float = 0.0
    interval: bool = False


@dataclass(frozen=True)
class Cell:
    """Place of a claim in a published table.

    Attributes
    ----------
    table
        Id of the published table.
    panel, row, column
        Labels as printed; an empty panel where the table has none.
    source
        File and line of the cell, ``claims/table_3.csv line 7``.

    """

    table: str
    panel: str
    row: str
    column: str
    source: str


@dataclass(frozen=True)
class Claim:
    """A number that the paper states.

    Attributes
    ----------
    published
        A number, or the two ends of a range, in ``unit``. For a recovery the planted truth, None
        until it is read from the results.
    digit
        One unit of the last digit printed; 0 for an exact number.
    kind
        input, prediction, arithmetic, assumption or recovery.
    bound
        None, or at_least, at_most (one-sided), or about (two-sided; the digit says how coarse).
    answer
        How our number is computed, see `welfare_added.claims.answers.answer`; for a recovery an
        answer each for ``estimate``, ``standard_error`` and ``truth``.
    cell
        Its place in a published table, if it is in one.

    """

    id: str
    location: str
    quantity: str
    unit: str
    kind: str
    tolerance: str
    answer: object
    quote: str = ""
    published: Number | None = None
    digit: float = 0.0
    bound: str | None = None
    note: str = ""
    cell: Cell | None = None


@dataclass(frozen=True)
class PublishedTable:
    """A table of the paper whose cells are claims.

    Attributes
    ----------
    cells
        Path of its CSV, beside the claims file.

    """

    id: str
    location: str
    quantity: str
    cells: str
    note: str = ""


def ends(number: Number) -> tuple[float, ...]:
    """The two ends of a range, or the one number."""
    return number if isinstance(number, tuple) else (number,)
