"""HTML page of the report: one file, no network; only the explorer needs a script."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import jinja2
import pandas as pd
from markupsafe import Markup

from welfare_added.report.amounts import texts_of_claim
from welfare_added.report.exhibits import Exhibit, as_table
from welfare_added.report.front import Sentence
from welfare_added.report.numbers import compact_json
from welfare_added.report.parts import (
    CLAIMS_SCRIPT,
    FRAGMENT,
    PAGE,
    PAGE_STYLE,
    RUN_SCRIPT,
    SCRIPT,
    STYLE,
    explorer_parts,
    part,
)


@dataclass(frozen=True)
class Head:
    """Head of the page.

    Attributes
    ----------
    title, authors, edition
        Of the paper.
    district
        Whose records they are; empty for the paper's own or synthetic ones.
    stamp
        Whether the records are synthetic, public or confidential.
    findings
        What came out, in a few sentences.
    run
        Path of the audit's run.js from the page, which names commit, date and machine; empty if
        the audit is not published with it.

    """

    title: str
    authors: Sequence[str]
    edition: str
    district: str
    stamp: str
    findings: Sequence[Sentence]
    run: str


@dataclass(frozen=True)
class Explorer:
    """A paper's explorer of plans.

    Attributes
    ----------
    paper
        The paper, whose folder beside this module holds the explorer's parts.
    numbers
        What its script shows, ready for JSON.

    """

    paper: str
    numbers: Mapping


def render(
    study: str,
    head: Head,
    exhibits: Iterable[Exhibit],
    skipped: pd.DataFrame,
    claims: pd.DataFrame | None,
    calibration: pd.DataFrame | None,
    explorer: Explorer | None,
    no_explorer: str = "",
) -> str:
    """Write the page.

    Parameters
    ----------
    study
        Name of the study.
    head
        Head of the page.
    exhibits
        In the paper's order.
    skipped
        exhibit, reason.
    claims, calibration
        ``claims.csv``, as text, and ``calibration.csv``; None if the study has none.
    explorer
        None if there is none.
    no_explorer
        Why a paper's explorer is left out of this study; else empty.

    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    own = explorer_parts(explorer.paper) if explorer else {}
    styles = [PAGE_STYLE, *filter(None, [own.get(STYLE)])]
    scripts = [CLAIMS_SCRIPT, RUN_SCRIPT, *filter(None, [own.get(SCRIPT)])]
    return environment.from_string(part(PAGE)).render(
        study=study,
        head=head,
        findings=[_sentence(one) for one in head.findings if not one.lack],
        lacking=sorted({one.lack for one in head.findings if one.lack}),
        exhibits=[(head, list(some)) for head, some in groupby(exhibits, _category)],
        skipped=skipped.to_dict("records"),
        claims=None if claims is None else claim_rows(claims),
        counts=None if claims is None else counts(claims),
        by_interval=claims is not None and "interval_mean" in claims,
        calibration=None if calibration is None else Markup(as_table(calibration)),
        explorer=explorer and _explorer(explorer, environment),
        no_explorer=no_explorer,
        style=Markup("".join(map(part, styles))),
        scripts=[Markup(part(name)) for name in scripts],
    )


def _explorer(explorer: Explorer, environment: jinja2.Environment) -> dict[str, Markup]:
    """HTML of the controls, and the numbers as JSON."""
    # "</" would end the script that holds the numbers.
    numbers = compact_json(explorer.numbers).replace("</", "<\\/")
    controls = environment.from_string(part(explorer_parts(explorer.paper)[FRAGMENT]))
    return {"fragment": Markup(controls.render(explorer.numbers)), "numbers": Markup(numbers)}


def _sentence(sentence: Sentence) -> Markup:
    """HTML of a finding, its numbers emphasised."""
    numbers = {name: Markup("<b>{}</b>").format(text) for name, text in sentence.numbers.items()}
    return Markup.escape(sentence.text).format(**numbers)


def counts(claims: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Number of claims by kind and verdict, the most frequent verdict first."""
    kinds = dict.fromkeys(claims["kind"])
    return {
        kind: dict(Counter(claims.loc[claims["kind"] == kind, "verdict"]).most_common())
        for kind in kinds
    }


def claim_rows(claims: pd.DataFrame) -> list[dict[str, str]]:
    """Rows of claims.csv as text, with numbers rounded for display."""
    rows = claims.to_dict("records")
    return [row | texts_of_claim(row) for row in rows]


_category = attrgetter("category")
