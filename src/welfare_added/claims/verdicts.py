"""Compare published and reproduced numbers: tolerance or interval, and verdict."""

import math
from dataclasses import dataclass, replace

from welfare_added.claims import expressions
from welfare_added.claims.answers import Sources, answer, parts
from welfare_added.claims.claim import RECOVERY, Claim, Number, ends
from welfare_added.claims.document import Document
from welfare_added.claims.intervals import Interval, Intervals, compatible
from welfare_added.claims.selectors import AnswerError, NotAvailableError

AGREES = {
    "input": "reproduced",
    "prediction": "reproduced",
    "arithmetic": "adds up",
    "assumption": "assumed",
    "recovery": "recovered",
}
DISAGREES = {
    "input": "differs",
    "prediction": "differs",
    "arithmetic": "does not add up",
    "assumption": "differs",
    "recovery": "not recovered",
}
NOT_AVAILABLE = "not available"
NOT_JUDGED = "not judged"
NO_INTERVALS = Intervals()
SLACK = 1e-9
CELL_REMEDY = "map a label that the output words otherwise by the answer's rows, columns or panels"


@dataclass(frozen=True)
class Verdict:
    """Outcome of a claim.

    Attributes
    ----------
    claim
        The claim; of a recovery, with the planted truth as its published number.
    reproduced
        Our number or range in the claim's unit; None if not available.
    tolerance
        Largest distance from the published number that still agrees, in the claim's unit; NaN if
        a recovery has no standard error.
    verdict
        reproduced, differs, adds up, does not add up, assumed, recovered, not recovered, not
        available, or not judged (by an interval, which is not of this run).
    reason
        Why it is not available or not judged, else empty.
    interval
        Of a claim that is judged by one.

    """

    claim: Claim
    reproduced: Number | None
    tolerance: float
    verdict: str
    reason: str = ""
    interval: Interval | None = None


def judge(
    claim: Claim, document: Document, sources: Sources, intervals: Intervals = NO_INTERVALS
) -> Verdict:
    """Compute our number for one claim and compare it with the published one.

    Raises
    ------
    AnswerError
        Naming the claim, if its answer names a table, column, row or choice that does not exist.

    """
    try:
        if claim.kind == RECOVERY:
            return _judge_recovery(claim, document, sources)
        if document.tolerances[claim.tolerance].interval:
            return _judge_by_interval(claim, document, sources, intervals)
        return _judge_published(claim, document, sources)
    except AnswerError as error:
        where = f" (cell of {claim.cell.source}; {CELL_REMEDY})" if claim.cell else ""
        raise AnswerError(f"claim {claim.id}: {error}{where}") from None


def _judge_published(claim: Claim, document: Document, sources: Sources) -> Verdict:
    tolerance = tolerance_of(claim, document)
    try:
        reproduced = answer(claim.answer, sources)
    except NotAvailableError as reason:
        return Verdict(claim, None, tolerance, NOT_AVAILABLE, str(reason))
    words = AGREES if agrees(claim, reproduced, tolerance) else DISAGREES
    return Verdict(claim, reproduced, tolerance, words[claim.kind])


def _judge_by_interval(
    claim: Claim, document: Document, sources: Sources, intervals: Intervals
) -> Verdict:
    """Whether the published number is among those that other worlds with the same inputs have."""
    half = claim.digit / 2
    try:
        reproduced = answer(claim.answer, sources)
    except NotAvailableError as reason:
        return Verdict(claim, None, half, NOT_AVAILABLE, str(reason))
    if lack := intervals.unusable(claim, document):
        return Verdict(claim, reproduced, half, NOT_JUDGED, lack)
    interval = intervals.by_id[claim.id]
    words = AGREES if compatible(claim, interval) else DISAGREES
    return Verdict(claim, reproduced, half, words[claim.kind], interval=interval)


def _judge_recovery(claim: Claim, document: Document, sources: Sources) -> Verdict:
    """Whether an estimate lies within so many of its standard errors of the planted truth."""
    try:
        truth = answer(claim.answer["truth"], sources)
        claim = replace(claim, published=truth)
        estimate = answer(claim.answer["estimate"], sources)
        error = answer(claim.answer["standard_error"], sources)
        if error < 0:
            raise AnswerError(f"its standard error is {error:g}; name the column that holds it")
        if not (error > 0 and math.isfinite(error)):
            raise NotAvailableError(f"the standard error is {error:g} in this run")
    except NotAvailableError as reason:
        return Verdict(claim, None, math.nan, NOT_AVAILABLE, str(reason))
    tolerance = document.tolerances[claim.tolerance].standard_errors * error
    words = AGREES if agrees(claim, estimate, tolerance) else DISAGREES
    return Verdict(claim, estimate, tolerance, words[claim.kind])


def tolerance_of(claim: Claim, document: Document) -> float:
    """Half the last printed digit, plus the allowance, plus the rounding error of inputs.

    The rounding error that inputs pass to an expression is the sum, over inputs, of half the
    change in the result as the input goes from half a digit below to half a digit above.
    """
    rule = document.tolerances[claim.tolerance]
    size = max(abs(end) for end in ends(claim.published))
    allowance = rule.absolute + rule.relative * (rule.offset + size)
    return claim.digit / 2 + allowance + _input_rounding(claim, document)


def _input_rounding(claim: Claim, document: Document) -> float:
    published = document.published_number
    total = 0.0
    for part in parts(claim.answer, document.shared):
        for name in sorted(expressions.names(part["expression"])) if "expression" in part else ():
            half = document.named(name)[0].digit / 2
            sides = [
                expressions.evaluate(
                    part["expression"],
                    lambda other, name=name, step=step: published(other) + step * (other == name),
                )
                for step in (-half, half)
            ]
            total += abs(sides[1] - sides[0]) / 2
    return total


def agrees(claim: Claim, reproduced: Number, tolerance: float) -> bool:
    """Whether a reproduced number lies within the tolerance of the published one.

    A range agrees with a range if both ends do, and with a number if both ends lie within the
    tolerance of it; a number agrees with a range if it lies inside.
    """
    low, high = ends(claim.published)[0], ends(claim.published)[-1]
    ours_low, ours_high = ends(reproduced)[0], ends(reproduced)[-1]
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
