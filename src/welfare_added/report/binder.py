"""One PDF of all exhibits: a title page, then a page for each exhibit with its caption."""

import io
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from docutils.core import publish_doctree
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.generic import DictionaryObject, NameObject

from welfare_added.exhibits.style import house_style
from welfare_added.report.amounts import four_digits
from welfare_added.report.page import Head
from welfare_added.run.writing import replace_atomically

WIDTH, HEIGHT, MARGIN = 612.0, 792.0, 72.0  # points: a letter page
LINE = 1.35  # of the size of the letters
LETTERS = 88  # of text across a page
ACROSS = 0.602  # width of a letter of DejaVu Sans Mono, of its size
LARGEST = 8.0  # letters of a table [points]
FRAME = 7  # lines of a table besides its rows: head, rules, the sentence on rows left out


@dataclass(frozen=True)
class Text:
    """A paragraph: its lines, the size of its letters [points], and how it is written.

    Without lines it is a rule across the page.
    """

    lines: Sequence[str]
    size: float
    weight: str = "normal"
    family: str = "DejaVu Sans"

    @property
    def height(self) -> float:
        """Height of the lines and of the space below them [points]."""
        return (len(self.lines) + 0.7) * LINE * self.size


RULE = Text((), 6.0)


def write_binder(
    head: Head, exhibits: Sequence[Mapping[str, str]], folder: Path, out: Path | str
) -> None:
    """Write the PDF; its bytes depend on its content alone.

    Parameters
    ----------
    head
        Head of the study's page.
    exhibits
        In the paper's order: name, label, subject, caption (reStructuredText) and note (small
        print of tables; figures have theirs in their files) of each.
    folder
        results/<study>.
    out
        The PDF.

    """
    writer = PdfWriter()
    writer.metadata = None
    texts = [_title_page(head, folder.name), *(_texts(exhibit, folder) for exhibit in exhibits)]
    title, *pages = _printed(texts)
    writer.add_page(title)
    for exhibit, page, text in zip(exhibits, pages, texts[1:], strict=True):
        added = writer.add_page(page)
        if _is_figure(exhibit):
            _add_figure(added, folder / f"figures/{exhibit['name']}.pdf", _height(text))
        writer.add_outline_item(title=exhibit["label"], page_number=len(writer.pages) - 1)
    for page in writer.pages:
        page.compress_content_streams()
    replace_atomically(out, lambda part: _write(writer, part))


def _title_page(head: Head, study: str) -> list[Text]:
    findings = [one.text.format(**one.numbers) for one in head.findings if not one.lack]
    of = f", applied to {head.district}" if head.district else ""
    return [
        wrapped(head.title, 18, "bold"),
        wrapped(f"{', '.join(head.authors)} ({head.edition})", 11),
        wrapped(f"Replication{of}: all exhibits of the study {study}", 11),
        wrapped(head.stamp, 9),
        *[wrapped(one, 9) for one in findings],
    ]


def _write(writer: PdfWriter, path: Path) -> None:
    with path.open("wb") as stream:
        writer.write(stream)


def wrapped(text: str, size: float, weight: str = "normal") -> Text:
    """A paragraph broken into lines of the page's width."""
    letters = int(LETTERS * 9 / size * (0.9 if weight == "bold" else 1.0))
    return Text(textwrap.wrap(text, letters), size, weight)


def _is_figure(exhibit: Mapping[str, str]) -> bool:
    return exhibit["name"].startswith("figure")


def _height(texts: Sequence[Text]) -> float:
    return sum(text.height for text in texts)


def _texts(exhibit: Mapping[str, str], folder: Path) -> list[Text]:
    """What is printed of an exhibit: label and caption, and a table with its small print."""
    title = f"{exhibit['label']}  {exhibit['subject']}".strip()
    head = [wrapped(title, 12, "bold"), wrapped(plain(exhibit["caption"]), 9)]
    if _is_figure(exhibit):
        return head
    foot = [wrapped(exhibit["note"], 7)] if exhibit["note"] else []
    room = HEIGHT - 2 * MARGIN - _height([*head, *foot])
    return [*head, *_table(folder / f"tables/{exhibit['name']}.csv", room), *foot]


def _add_figure(page: PageObject, path: Path, used: float) -> None:
    """Draw a figure on a page, below the height that is used [points]."""
    drawn = PdfReader(path).pages[0]
    wide, high = float(drawn.mediabox.width), float(drawn.mediabox.height)
    room = HEIGHT - 2 * MARGIN - used
    scale = min(1.0, (WIDTH - 2 * MARGIN) / wide, room / high)
    left, low = (WIDTH - scale * wide) / 2, HEIGHT - MARGIN - used - scale * high
    page[NameObject("/Resources")] = _own_resources(page)
    page.merge_transformed_page(drawn, Transformation().scale(scale).translate(left, low))


def _own_resources(page: PageObject) -> DictionaryObject:
    """A page's resources apart from those of other pages, which would get its drawing's too."""
    own = DictionaryObject()
    for name, shared in page["/Resources"].items():
        content = shared.get_object()
        is_list = isinstance(content, DictionaryObject)
        own[name] = DictionaryObject(content) if is_list else shared
    return own


def plain(caption: str) -> str:
    """A caption in reStructuredText as one paragraph of text."""
    return " ".join(
        publish_doctree(caption, settings_overrides={"report_level": 5}).astext().split()
    )


def _table(path: Path, room: float) -> list[Text]:
    """A table in letters of one width, as small as its columns need; as many rows as have room.

    room: height that is free for it [points].
    """
    table = pd.read_csv(path)
    lines = table.to_string(index=False, float_format=four_digits, na_rep="").splitlines()
    across = max(map(len, lines))
    size = min(LARGEST, (WIDTH - 2 * MARGIN) / (ACROSS * across))
    rows = int(room / (LINE * size)) - FRAME
    head, body = (Text(some, size, family="DejaVu Sans Mono") for some in (lines[:1], lines[1:]))
    shown = [RULE, head, RULE, replace(body, lines=body.lines[:rows]), RULE]
    if len(table) <= rows:
        return shown
    rest = f"The first {rows} of {len(table):,} rows; all are in tables/{path.name}."
    return [*shown, wrapped(rest, LARGEST)]


@house_style
def _printed(pages: Sequence[Sequence[Text]]) -> list[PageObject]:
    """Pages of paragraphs, each from the top; one file, whose fonts are embedded once."""
    content = io.BytesIO()
    none = {"CreationDate": None, "Creator": None, "Producer": None}
    with PdfPages(content, metadata=none) as file:
        for texts in pages:
            file.savefig(_drawn(texts))
    return list(PdfReader(content).pages)


def _drawn(texts: Sequence[Text]) -> Figure:
    """A page of paragraphs from the top."""
    figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72))
    used = 0.0
    left = MARGIN / WIDTH
    for text in texts:
        up = 1 - (MARGIN + used) / HEIGHT
        if not text.lines:
            figure.add_artist(Line2D([left, 1 - left], [up, up], color="black", linewidth=0.6))
        figure.text(
            left,
            up,
            "\n".join(text.lines),
            size=text.size,
            weight=text.weight,
            family=text.family,
            linespacing=LINE,
            va="top",
            parse_math=False,
        )
        used += text.height
    return figure
