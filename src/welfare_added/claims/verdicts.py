"""Published beside reproduced: tolerance and verdict, computed and never written by hand."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from welfare_added.claims import expressions
from welfare_added.claims.answers import Number, Sources, answer, parts
from welfare_added.claims.document import Claim, Document
from welfare_added.claims.selectors import AnswerError, NotAvailableError

AGREES = {
    "input": "reproduced",
    "prediction": "reproduced",
    "arithmetic": "adds up",
    "assumption": "assumed",
}
DISAGREES = {
    "input": "differs",
    "prediction": "differs",
    "arithmetic": "does not add up",
    "assumption": "differs",
}
NOT_AVAILABLE = "not available"
SLACK = 1e-9


@dataclass(frozen=True)
class Verdict:
    """What became of a claim.

    Attributes
    ----------
    claim
        The claim.
    reproduced
        Our number or range in the claim's unit; None if not available.
    tolerance
        Largest distance from the published number that still agrees, in the claim's unit.
    verdict
        reproduced, differs, adds up, does not add up, assumed, or not available.
    reason
        Why it is not available, else empty.

    """

    claim: Claim
    reproduced: Number | None
    tolerance: float
    verdict: str
    reason: str = ""


def judge(claim: Claim, document: Document, sources: Sources) -> Verdict:
    """Answer one claim and compare.

    Raises
    ------
    AnswerError
        Naming the claim, if its answer names a table, column, row or choice that is not there.

    """
    tolerance = tolerance_of(claim, document)
    try:
        reproduced = answer(claim.answer, sources)
    except NotAvailableError as reason:
        return Verdict(claim, None, tolerance, NOT_AVAILABLE, str(reason))
    except AnswerError as error:
        raise AnswerError(f"claim {claim.id}: {error}") from None
    words = AGREES if agrees(claim, reproduced, tolerance) else DISAGREES
    return Verdict(claim, reproduced, tolerance, words[claim.kind])


def tolerance_of(claim: Claim, document: Document) -> float:
    """Half the last printed digit, plus the class's allowance, plus what rounding passes on.

    What the rounding of an expression's inputs can do to its result is the sum, over inputs, of
    half the change in the result when that input goes from half a digit below to half above.
    """
    rule = document.tolerances[claim.tolerance]
    ends = claim.published if isinstance(claim.published, tuple) else (claim.published,)
    size = max(abs(end) for end in ends)
    allowance = rule.absolute + rule.relative * (rule.offset + size)
    return claim.digit / 2 + allowance + _passed_on(claim, document)


def _passed_on(claim: Claim, document: Document) -> float:
    published = published_of(document)
    total = 0.0
    for part in parts(claim.answer, document.shared):
        for name in sorted(expressions.names(part["expression"])) if "expression" in part else ():
            half = document.claim(name.partition(".")[0]).digit / 2
            sides = [
                expressions.evaluate(
                    part["expression"],
                    lambda other, name=name, step=step: published(other) + step * (other == name),
                )
                for step in (-half, half)
            ]
            total += abs(sides[1] - sides[0]) / 2
    return total


def published_of(document: Document) -> Callable[[str], float]:
    """Published number of a claim by ``id``, ``id.low`` or ``id.high``."""
    numbers: dict[str, float] = {}
    for claim in document.claims:
        if isinstance(claim.published, tuple):
            low, high = claim.published
            numbers |= {f"{claim.id}.low": low, f"{claim.id}.high": high}
        else:
            numbers[claim.id] = float(claim.published)
    return numbers.__getitem__


def agrees(claim: Claim, reproduced: Number, tolerance: float) -> bool:
    """Whether a reproduced number lies within the tolerance of the published one.

    A range agrees with a range if both ends do, a number with a range if it lies inside, and a
    range with a number if it lies around or beside it within the tolerance at both ends.
    """
    low, high = _ends(claim.published)
    ours_low, ours_high = _ends(reproduced)
    if not all(math.isfinite(end) for end in (ours_low, ours_high)):
        return False
    slack = tolerance + SLACK * max(1.0, abs(low), abs(high))
    if claim.bound == "at_least":
        return ours_low >= low - slack
    if claim.bound == "at_most":
        return ours_high <= high + slack
    if isinstance(claim.published, tuple) and isinstance(reproduced, tuple):
        return abs(ours_low - low) <= slack and abs(ours_high - high) <= slack
    return low - slack <= ours_low and ours_high <= high + slack


def _ends(number: Number) -> tuple[float, float]:
    return number if isinstance(number, tuple) else (number, number)
