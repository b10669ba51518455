"""HTML page of the report: one file, no network; only the explorer needs a script."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import jinja2
import pandas as pd
from docutils.core import publish_parts
from markupsafe import Markup

from welfare_added.claims.digits import texts_of_row

HERE = Path(__file__).parent
PARTS = ("page.html.j2", "page.css", "claims.js", "explorer.js")


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


def render(
    study: str,
    stamp: str,
    exhibits: Iterable[Exhibit],
    skipped: pd.DataFrame,
    claims: pd.DataFrame | None,
    calibration: pd.DataFrame | None,
    explorer: Mapping | None,
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
        From `explorer.explorer_data`; None if the paper has no planner.

    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    # "</" would end the script that holds the numbers.
    numbers = explorer and json.dumps(explorer, separators=(",", ":")).replace("</", "<\\/")
    return environment.from_string(_part("page.html.j2")).render(
        study=study,
        stamp=stamp,
        exhibits=[(head, list(some)) for head, some in groupby(exhibits, _category)],
        skipped=skipped.to_dict("records"),
        claims=None if claims is None else claim_rows(claims),
        calibration=None if calibration is None else Markup(as_table(calibration)),
        explorer=numbers and Markup(numbers),
        style=Markup(_part("page.css")),
        scripts=[Markup(_part(name)) for name in ("claims.js", *["explorer.js"][: bool(numbers)])],
    )


def claim_rows(claims: pd.DataFrame) -> list[dict[str, str]]:
    """Rows of claims.csv as text, with numbers rounded for display."""
    rows = claims.to_dict("records")
    return [row | texts_of_row(row) for row in rows]


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


def _part(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
