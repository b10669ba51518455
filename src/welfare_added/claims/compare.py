"""Compare all claims of a paper with the results, and lay them out as claims.csv."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from welfare_added.claims.answers import Sources
from welfare_added.claims.claim import RECOVERY, Claim, Number, ends
from welfare_added.claims.digits import decimals
from welfare_added.claims.document import ClaimsError, Document
from welfare_added.claims.intervals import Intervals, is_wide
from welfare_added.claims.selectors import Tables
from welfare_added.claims.verdicts import NO_INTERVALS, NOT_JUDGED, Verdict, judge
from welfare_added.run.choices import ConfigError, choice


def compare(
    document: Document,
    tables: Mapping[str, Path | str],
    choices: Mapping[str, object],
    intervals: Intervals = NO_INTERVALS,
) -> list[Verdict]:
    """Compute our number for every claim and compare it with the published one.

    Parameters
    ----------
    document
        The claims.
    tables
        File of each table that they use, by its path below results/<study>.
    choices
        Value of each key of config.yaml that they use, by dotted path.
    intervals
        Of claims that are judged by one.

    Raises
    ------
    AnswerError
        Naming the claim, if its answer names a table, column, row or choice that does not exist.

    """
    sources = Sources(Tables(tables), choices, document.shared, document.published_number)
    return [judge(claim, document, sources, intervals) for claim in document.claims]


def as_table(verdicts: list[Verdict]) -> pd.DataFrame:
    """Lay out verdicts as claims.csv, in the paper's order.

    Returns
    -------
    DataFrame
        id, location, quantity, unit, kind, published, reproduced, tolerance [the claim's unit],
        verdict, reason, bound, digit (one unit of the last printed digit, 0 of an exact number,
        empty for a recovery), quote, note, answer. Ranges read ``low to high``; the number of a
        table's cell has the digits that the paper prints. If any claim is judged by an interval,
        also interval_mean, interval_low and interval_high (90%), and wide (yes if half the width
        exceeds a quarter of the published number).

    """
    table = pd.DataFrame(
        {
            "id": verdict.claim.id,
            "location": verdict.claim.location,
            "quantity": verdict.claim.quantity,
            "unit": verdict.claim.unit,
            "kind": verdict.claim.kind,
            "published": _published(verdict.claim),
            "reproduced": as_text(verdict.reproduced),
            "tolerance": verdict.tolerance,
            "verdict": verdict.verdict,
            "reason": verdict.reason,
            "bound": verdict.claim.bound or "",
            "digit": "" if verdict.claim.kind == RECOVERY else as_text(verdict.claim.digit),
            "quote": verdict.claim.quote,
            "note": verdict.claim.note,
            "answer": json.dumps(verdict.claim.answer),
        }
        for verdict in verdicts
    )
    if any(verdict.interval or verdict.verdict == NOT_JUDGED for verdict in verdicts):
        table = table.join(pd.DataFrame([_interval_texts(verdict) for verdict in verdicts]))
    return table


def _interval_texts(verdict: Verdict) -> dict[str, str]:
    """Interval of a claim as columns; empty texts if it has none."""
    one = verdict.interval
    wide = one is not None and is_wide(verdict.claim, one)
    numbers = {name: as_text(getattr(one, name, None)) for name in ("mean", "low", "high")}
    return {f"interval_{name}": text for name, text in numbers.items()} | {
        "wide": "yes" if wide else ""
    }


def _published(claim: Claim) -> str:
    if claim.cell is None or not claim.digit:
        return as_text(claim.published)
    return f"{claim.published:.{decimals(claim.digit)}f}"


def as_text(number: Number | None, digits: int = 12) -> str:
    """Write a number or range with ``digits`` significant digits; empty for None."""
    if number is None:
        return ""
    return " to ".join(f"{end:.{digits}g}" for end in ends(number))


def choices_of(paths: Iterable[str], config: Mapping) -> dict[str, object]:
    """Values of the keys of the configuration that the claims use, by dotted path.

    Raises
    ------
    ClaimsError
        If the config has no such key.

    """
    try:
        return {path: choice(config, path) for path in paths}
    except ConfigError as error:
        raise ClaimsError(f"claims.yaml: {error}") from None
