"""Kept Monte Carlo intervals of predictions, and whether they are of this run's choices."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from welfare_added.claims.answers import expanded
from welfare_added.claims.claim import Claim, Number, ends
from welfare_added.claims.document import Document
from welfare_added.run.choices import flat
from welfare_added.run.digests import digest, sha256

READING = "searched"  # what the published inputs leave open: the reading by which claims are judged
FEWEST = 20  # worlds of an interval that decides
SHOWN = 8  # digits of an answer's digest
WIDE = 0.25  # half-width over the published number from which an interval is called wide
SECTIONS = ("district", "value_added", "allocation", "welfare")
SLACK = 1e-9
CLAIMS, PROVENANCE = "intervals/claims.csv", "intervals/provenance.json"  # in the paper's folder


@dataclass(frozen=True)
class Interval:
    """Mean and 90% interval of a claim over worlds; of a range, both ends of each.

    Attributes
    ----------
    mean, low, high
        Mean, 5% and 95% quantiles.
    worlds
        Number of worlds.
    answer
        Digest of the answer whose interval it is.

    """

    mean: Number
    low: Number
    high: Number
    worlds: int
    answer: str


@dataclass(frozen=True)
class Intervals:
    """Intervals by claim; ``differs`` says why they are not of this run, if they are not."""

    by_id: Mapping[str, Interval] = field(default_factory=dict)
    differs: tuple[str, ...] = ()

    def unusable(self, claim: Claim, document: Document) -> str:
        """Why a claim has no interval that decides; empty if it has one."""
        one = self.by_id.get(claim.id)
        if self.differs:
            return f"the kept intervals are of other choices: {'; '.join(self.differs)}"
        if one is None:
            return "no interval is kept for it"
        if one.answer != answer_digest(claim, document):
            return "its answer has changed since its interval was made"
        if one.worlds < FEWEST:
            return f"its interval is of {one.worlds} worlds, and {FEWEST} are needed"
        return ""


def answer_digest(claim: Claim, document: Document) -> str:
    """First digits of the digest of a claim's answer, shared answers written out."""
    return digest(expanded(claim.answer, document.shared))[:SHOWN]


def read_intervals(path: Path | str, differs: Iterable[str] = ()) -> Intervals:
    """Read a kept claims.csv: id, end, reading, answer, mean, q05, q95, worlds."""
    table = pd.read_csv(path, keep_default_na=False, dtype={"answer": str})
    chosen = table[table["reading"] == READING]
    by_id = {name: _interval(rows) for name, rows in chosen.groupby("id", sort=False)}
    return Intervals(by_id, tuple(differs))


def _interval(rows: pd.DataFrame) -> Interval:
    rows = rows.set_index("end")
    names = ["low", "high"] if "low" in rows.index else [""]

    def number(column: str) -> Number:
        values = tuple(float(rows.loc[name, column]) for name in names)
        return values if len(values) == 2 else values[0]

    worlds, answer = int(rows["worlds"].min()), rows["answer"].iloc[0]
    return Interval(number("mean"), number("q05"), number("q95"), worlds, answer)


def compatible(claim: Claim, interval: Interval) -> bool:
    """Whether the published number, give or take half its last digit, meets the 90% interval.

    Of a range both ends must; a published range and one number of ours must meet; a floor must not
    lie above the interval, a ceiling not below it.
    """
    published, half = ends(claim.published), claim.digit / 2
    half += SLACK * max(1.0, *map(abs, published))
    lows, highs = ends(interval.low), ends(interval.high)
    if claim.bound == "at_least":
        return highs[0] >= published[0] - half
    if claim.bound == "at_most":
        return lows[-1] <= published[-1] + half
    if len(published) == 2 and len(lows) == 1:
        return lows[0] <= published[1] + half and highs[0] >= published[0] - half
    printed = published if len(published) == len(lows) else published * len(lows)
    pairs = zip(printed, lows, highs, strict=True)
    return all(low <= number + half and high >= number - half for number, low, high in pairs)


def is_wide(claim: Claim, interval: Interval) -> bool:
    """Whether half the interval's width exceeds a quarter of the published number, at any end.

    A number that is only said to be above or below zero has no such measure.
    """
    lows, highs = ends(interval.low), ends(interval.high)
    printed = ends(claim.published)
    printed = printed if len(printed) == len(lows) else (max(printed, key=abs),) * len(lows)
    pairs = zip(printed, lows, highs, strict=True)
    return any(number and (high - low) / 2 > WIDE * abs(number) for number, low, high in pairs)


def choices_kept(config: Mapping, indifferent: Iterable[str]) -> dict[str, object]:
    """Choices that an interval depends on, by dotted path."""
    left_out = set(indifferent)
    chosen = flat({section: config[section] for section in SECTIONS})
    return {path: value for path, value in chosen.items() if path not in left_out}


def differences(folder: Path, config: Mapping) -> list[str]:
    """Why the intervals kept in a paper's folder are not of this run: what differs.

    Parameters
    ----------
    folder
        The paper's, with intervals/provenance.json.
    config
        The run's configuration.

    """
    kept = provenance_of(folder)
    here, there = choices_kept(config, kept["indifferent"]), kept["choices"]
    none = "not a choice"
    wrong = [
        f"{path} is {here.get(path, none)}, theirs {there.get(path, none)}"
        for path in sorted({*here, *there})
        if json.dumps(here.get(path, none)) != json.dumps(there.get(path, none))
    ]
    return wrong + [
        f"{name} has changed" for name, sha in kept["files"].items() if sha256(folder / name) != sha
    ]


def is_stale(folder: Path, code: str) -> bool:
    """Whether the intervals kept in a paper's folder were made by other code."""
    return provenance_of(folder)["code"] != code


def provenance_of(folder: Path) -> dict:
    """How the intervals kept in a paper's folder were made."""
    return json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
