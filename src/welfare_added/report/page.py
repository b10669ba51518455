"""HTML page of the report: one file, no network; only the explorer needs a script."""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import jinja2
import pandas as pd
from docutils.core import publish_parts
from markupsafe import Markup

from welfare_added.report.amounts import texts_of_claim
from welfare_added.report.numbers import compact_json
from welfare_added.report.parts import (
    CLAIMS_SCRIPT,
    FRAGMENT,
    PAGE,
    PAGE_STYLE,
    SCRIPT,
    STYLE,
    explorer_parts,
    part,
)


@dataclass(frozen=True)
class Exhibit:
    """An exhibit of the page.

    Attributes
    ----------
    name, title, category
        figure_04, Figure 4, the heading under which it stands.
    caption
        HTML.
    image
        PNG as a data URI; empty for a table.
    data
        The table as a data URI.
    table
        The table as HTML, where it is the exhibit; else empty.
    links
        Other files, relative to the page, by kind.
    trace
        Where it comes from.

    """

    name: str
    title: str
    category: str
    caption: str
    image: str
    data: str
    table: str
    links: Mapping[str, str]
    trace: "Source"


@dataclass(frozen=True)
class Source:
    """A file and what it was made from.

    Attributes
    ----------
    name, digest
        Below results/, and the beginning of its SHA-256 (or keyed digest).
    rule, lines
        Of the job that made it; empty for a source, lines also if shown above.
    above
        Whether its job is shown above.
    made_from
        Its inputs.

    """

    name: str
    digest: str
    rule: str = ""
    lines: tuple[str, ...] = ()
    above: bool = False
    made_from: tuple["Source", ...] = field(default=())


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


def exhibit(
    name: str, title: str, category: str, caption: str, folder: Path, trace: Source
) -> Exhibit:
    """Read an exhibit's files.

    Parameters
    ----------
    name, title, category
        figure_04, Figure 4, the heading under which it stands.
    caption
        reStructuredText.
    folder
        results/<study>.
    trace
        Where it comes from.

    """
    drawn = name.startswith("figure")
    place = folder / ("figures" if drawn else "tables")
    others = ("pdf", "png", "csv") if drawn else ("tex", "csv")
    return Exhibit(
        name=name,
        title=title,
        category=category,
        caption=as_html(caption),
        image=data_uri(place / f"{name}.png", "image/png") if drawn else "",
        data=data_uri(place / f"{name}.csv", "text/csv"),
        table="" if drawn else as_table(pd.read_csv(place / f"{name}.csv")),
        links={kind: f"../{place.name}/{name}.{kind}" for kind in others},
        trace=trace,
    )


def shown_file(name: str, folder: Path) -> str:
    """File that the page shows of an exhibit, below results/. folder: results/<study>."""
    kind = "figures/{}.png" if name.startswith("figure") else "tables/{}.csv"
    return f"{folder.name}/{kind.format(name)}"


def render(
    study: str,
    stamp: str,
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
    stamp
        Whether the records are synthetic, public or confidential.
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
    scripts = [CLAIMS_SCRIPT, *filter(None, [own.get(SCRIPT)])]
    return environment.from_string(part(PAGE)).render(
        study=study,
        stamp=stamp,
        exhibits=[(head, list(some)) for head, some in groupby(exhibits, _category)],
        skipped=skipped.to_dict("records"),
        claims=None if claims is None else claim_rows(claims),
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


def claim_rows(claims: pd.DataFrame) -> list[dict[str, str]]:
    """Rows of claims.csv as text, with numbers rounded for display."""
    rows = claims.to_dict("records")
    return [row | texts_of_claim(row) for row in rows]


def trace(history: Mapping, name: str, lines: Mapping[str, tuple[str, ...]]) -> Source:
    """Where a file comes from, down to the sources; a job shown once is not shown again.

    Parameters
    ----------
    history
        As `release.history.lineage` makes it.
    name
        The file.
    lines
        File and line of the code, by job.

    """
    seen: set[str] = set()

    def node(name: str) -> Source:
        entry = history["files"][name]
        digest = (entry.get("sha256") or entry["keyed_digest"])[:12]
        job = entry["job"]
        if job is None:
            return Source(name, digest)
        rule = history["jobs"][job]["rule"]
        if job in seen:
            return Source(name, digest, rule, above=True)
        seen.add(job)
        inputs = tuple(node(one) for one in history["jobs"][job]["inputs"])
        return Source(name, digest, rule, lines[job], made_from=inputs)

    return node(name)


def as_html(caption: str) -> str:
    """HTML of a caption in reStructuredText."""
    parts = publish_parts(caption, writer="html5", settings_overrides={"report_level": 5})
    return Markup(parts["body"])


def as_table(table: pd.DataFrame) -> str:
    """HTML of a table, numbers to five significant digits."""
    text = table.to_html(
        index=False, border=0, float_format=lambda value: f"{value:.5g}", na_rep="", classes="data"
    )
    return Markup(text)


def data_uri(path: Path, kind: str) -> str:
    """A file's content as a data URI."""
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


_category = attrgetter("category")
