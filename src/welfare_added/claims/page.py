"""The claims as a page to read: no network, no script, legible in grey."""

import math
from collections import Counter
from pathlib import Path

import jinja2

from welfare_added.claims.answers import Number
from welfare_added.claims.document import Document
from welfare_added.claims.verdicts import AGREES, DISAGREES, NOT_AVAILABLE, Verdict

MARKS = {
    **dict.fromkeys(AGREES.values(), "✓"),
    **dict.fromkeys(DISAGREES.values(), "✗"),
    NOT_AVAILABLE: "–",
}


def page(document: Document, verdicts: list[Verdict], district: str, template: Path | str) -> str:
    """Write the page.

    Parameters
    ----------
    document
        The claims.
    verdicts
        What became of them, in the paper's order.
    district
        What the numbers come from, from `describe`.
    template
        The page's jinja2 template.

    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"published": published, "reproduced": reproduced, "allowed": allowed}
    return environment.from_string(Path(template).read_text(encoding="utf-8")).render(
        document=document,
        verdicts=verdicts,
        sections=sections(verdicts),
        counts=counts(verdicts),
        marks=MARKS,
        district=district,
    )


def describe(source: str, size: str | None) -> str:
    """Say what district the numbers come from (config.yaml, district.source and size)."""
    if source != "synthetic":
        return (
            "The district is given by tables of the user's own, not by the paper's records: "
            "nothing here was calibrated, inputs included."
        )
    if size == "full":
        return (
            "The district is synthetic: calibrated to the inputs that the paper states and to none "
            "of its results. Inputs were aimed at, predictions were not."
        )
    return (
        f"The district is synthetic and {size}: for trying the pipeline out. Neither its counts "
        "nor its gains are those of a district of the paper's size."
    )


def sections(verdicts: list[Verdict]) -> dict[str, list[Verdict]]:
    """Group verdicts by the first part of their location, sections in the paper's order."""
    grouped: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        grouped.setdefault(verdict.claim.location.split(",")[0], []).append(verdict)
    return grouped


def counts(verdicts: list[Verdict]) -> dict[str, dict[str, int]]:
    """Count verdicts by kind and verdict, all kinds of the page by all verdicts of the page."""
    found = Counter((verdict.claim.kind, verdict.verdict) for verdict in verdicts)
    columns = [word for word in MARKS if any(word == verdict for _, verdict in found)]
    return {kind: {word: found[kind, word] for word in columns} for kind in AGREES}


def published(verdict: Verdict) -> str:
    """Write the published number as printed, with its qualifier."""
    bound = (verdict.claim.bound or "").replace("_", " ")
    return f"{bound} {_shown(verdict.claim.published, verdict.claim.digit)}".strip()


def reproduced(verdict: Verdict) -> str:
    """Write our number with one digit more than the published one; nothing if not available."""
    if verdict.reproduced is None:
        return ""
    return _shown(verdict.reproduced, verdict.claim.digit / 10)


def allowed(verdict: Verdict) -> str:
    """Write the tolerance with two digits, and to which sides."""
    if verdict.tolerance == 0:
        return "exact"
    step = 10.0 ** (math.floor(math.log10(verdict.tolerance)) - 1)
    side = {"at_least": "−", "at_most": "+"}.get(verdict.claim.bound or "", "±")
    return f"{side} {_shown(verdict.tolerance, step)}"


def _shown(number: Number, step: float) -> str:
    if isinstance(number, tuple):
        return f"{_shown(number[0], step)} to {_shown(number[1], step)}"
    if not math.isfinite(number):
        return f"{number}"
    if step:
        decimals = -math.floor(math.log10(step) + 1e-9)
        text = f"{round(number, decimals):,.{max(decimals, 0)}f}"
    else:
        text = f"{number:,.6g}"
    return text.replace(",", "") if abs(number) < 10_000 else text
