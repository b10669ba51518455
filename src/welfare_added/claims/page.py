"""HTML page of the claims; needs no network and no script."""

import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import jinja2

from welfare_added.claims import digits
from welfare_added.claims.claim import ends
from welfare_added.claims.document import Document
from welfare_added.claims.grid import Grid, grid
from welfare_added.claims.intervals import is_wide
from welfare_added.claims.verdicts import AGREES, DISAGREES, NOT_AVAILABLE, NOT_JUDGED, Verdict

MARKS = {
    **dict.fromkeys(AGREES.values(), "✓"),
    **dict.fromkeys(DISAGREES.values(), "✗"),
    NOT_AVAILABLE: "–",
    NOT_JUDGED: "–",
}


@dataclass(frozen=True)
class Section:
    """A section, table or figure of the paper: single claims, then published tables."""

    title: str
    rows: list[Verdict] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)


def page(
    document: Document,
    verdicts: list[Verdict],
    district: str,
    template: Path | str,
    stale: bool = False,
) -> str:
    """Write the page.

    Parameters
    ----------
    document
        The claims.
    verdicts
        One per claim, in the paper's order.
    district
        Where our numbers come from, in a sentence or two.
    template
        The page's jinja2 template.
    stale
        Whether the kept intervals were made by other code.

    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"published": published, "reproduced": reproduced, "allowed": allowed}
    environment.filters |= {"mean": mean, "spread": spread}
    return environment.from_string(Path(template).read_text(encoding="utf-8")).render(
        document=document,
        verdicts=verdicts,
        sections=sections(document, verdicts),
        counts=counts(verdicts),
        marks=MARKS,
        district=district,
        by_interval=any(document.tolerances[one.claim.tolerance].interval for one in verdicts),
        stale=stale,
    )


def sections(document: Document, verdicts: list[Verdict]) -> list[Section]:
    """Group verdicts by the first part of their location, sections in the order of the claims."""
    grouped: dict[str, Section] = {}
    cells: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.claim.cell is None:
            _section(verdict.claim.location, grouped).rows.append(verdict)
        else:
            cells.setdefault(verdict.claim.cell.table, []).append(verdict)
    for table in document.published_tables:
        _section(table.location, grouped).grids.append(grid(table, cells[table.id]))
    return list(grouped.values())


def _section(location: str, grouped: dict[str, Section]) -> Section:
    title = location.split(",")[0]
    return grouped.setdefault(title, Section(title))


def counts(verdicts: list[Verdict]) -> dict[str, dict[str, int]]:
    """Number of claims by kind and verdict, for all kinds and verdicts that occur."""
    number = Counter((verdict.claim.kind, verdict.verdict) for verdict in verdicts)
    columns = [word for word in MARKS if any(word == verdict for _, verdict in number)]
    kinds = [kind for kind in AGREES if any(kind == one for one, _ in number)]
    return {kind: {word: number[kind, word] for word in columns} for kind in kinds}


def published(verdict: Verdict) -> str:
    """Write the published number as printed, with its qualifier."""
    bound = (verdict.claim.bound or "").replace("_", " ")
    return f"{bound} {digits.published_text(verdict.claim)}".strip()


def reproduced(verdict: Verdict) -> str:
    """Write our number with two digits more than the published one; empty if unavailable."""
    return digits.reproduced_text(verdict.claim, verdict.reproduced, verdict.tolerance)


def allowed(verdict: Verdict) -> str:
    """Write the tolerance with two digits and its sign; empty if there is none."""
    if math.isnan(verdict.tolerance):
        return ""
    if verdict.tolerance == 0:
        return "exact"
    side = {"at_least": "−", "at_most": "+"}.get(verdict.claim.bound or "", "±")
    return f"{side} {digits.shown(verdict.tolerance, digits.two_digits_of(verdict.tolerance))}"


def mean(verdict: Verdict) -> str:
    """Write the Monte Carlo mean with the digits of our number; empty if there is no interval."""
    one = verdict.interval
    return digits.reproduced_text(verdict.claim, one.mean, verdict.tolerance) if one else ""


def spread(verdict: Verdict) -> str:
    """Write the 90% interval, of a range that of each end, and whether it is wide."""
    one = verdict.interval
    if one is None:
        return ""
    pairs = zip(ends(one.low), ends(one.high), strict=True)
    texts = [
        f"{digits.reproduced_text(verdict.claim, low, 0)} to "
        f"{digits.reproduced_text(verdict.claim, high, 0)}"
        for low, high in pairs
    ]
    return "; ".join(texts) + (" (wide)" if is_wide(verdict.claim, one) else "")
