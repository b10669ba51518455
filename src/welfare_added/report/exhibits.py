"""Exhibits as the page shows them: picture or table, caption, data, and where they come from."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from docutils.core import publish_parts
from markupsafe import Markup
from PIL import Image

from welfare_added.exhibits.style import PAGE_WIDTH
from welfare_added.report.amounts import four_digits


@dataclass(frozen=True)
class Exhibit:
    """An exhibit of the page.

    Attributes
    ----------
    name, title, subject, category
        figure_04, Figure 4, its title in words (empty if that is all it has), the heading under
        which it stands.
    caption
        HTML.
    alternative
        What the figure shows, in words; empty for a table.
    image, width
        PNG as a data URI, and its width [percent of the widest that fits a page]; empty and 0 for a
        table.
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
    subject: str
    category: str
    caption: str
    alternative: str
    image: str
    width: int
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


def exhibit(described: Mapping[str, str], folder: Path, trace: Source) -> Exhibit:
    """Read an exhibit's files.

    Parameters
    ----------
    described
        name (figure_04), label (Figure 4), subject (Frontiers by scope), category (the heading
        under which it stands), caption (reStructuredText), note (small print, may be empty) and
        shows (of a figure: what there is to see).
    folder
        results/<study>.
    trace
        Where it comes from.

    """
    name, label = described["name"], described["label"]
    drawn = name.startswith("figure")
    place = folder / ("figures" if drawn else "tables")
    others = ("pdf", "png", "csv") if drawn else ("tex", "csv")
    table = pd.read_csv(place / f"{name}.csv")
    return Exhibit(
        name=name,
        title=label,
        subject=described["subject"],
        category=described["category"],
        caption=as_html(f"{described['caption']}\n\n{described['note']}"),
        alternative=alternative(label, described["shows"], table) if drawn else "",
        image=data_uri(place / f"{name}.png", "image/png") if drawn else "",
        width=page_share(place / f"{name}.png") if drawn else 0,
        data=data_uri(place / f"{name}.csv", "text/csv"),
        table="" if drawn else as_table(table),
        links={kind: f"../{place.name}/{name}.{kind}" for kind in others},
        trace=trace,
    )


def page_share(png: Path) -> int:
    """Width of a figure [percent of PAGE_WIDTH, at most 100]."""
    with Image.open(png) as image:
        inches = image.width / image.info["dpi"][0]
    return min(100, round(100 * inches / PAGE_WIDTH))


def alternative(label: str, shows: str, plotted: pd.DataFrame) -> str:
    """What a figure shows, for who does not see it: in words, and the range of what is plotted."""
    numbers = plotted.select_dtypes("number")
    ranges = [
        f"{name.replace('_', ' ')} {low:.3g} to {high:.3g}"
        for name, low, high in zip(numbers, numbers.min(), numbers.max(), strict=True)
        if low < high
    ]
    plotted_range = f" Range of the data: {', '.join(ranges)}." if ranges else ""
    return f"{label}. {shows}{plotted_range}"


def shown_file(name: str, folder: Path) -> str:
    """File that the page shows of an exhibit, below results/. folder: results/<study>."""
    kind = "figures/{}.png" if name.startswith("figure") else "tables/{}.csv"
    return f"{folder.name}/{kind.format(name)}"


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
    """HTML of a table, numbers to four significant digits."""
    text = table.rename(columns=lambda name: name.replace("_", " ")).to_html(
        index=False, border=0, float_format=four_digits, na_rep="", classes="data"
    )
    return Markup(text)


def data_uri(path: Path, kind: str) -> str:
    """A file's content as a data URI."""
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
