"""The PDF that gathers the exhibits."""

import re

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from pypdf import PdfReader

from welfare_added.exhibits import output, style
from welfare_added.report.binder import write_binder
from welfare_added.report.front import Sentence
from welfare_added.report.page import Head

FINDINGS = [Sentence("It is worth {gain}.", {"gain": "$5 to $7"}), Sentence("{lost}", {}, "gone")]
HEAD = Head("A title", ["Ann", "Bob"], "2030", "North", "All made.", FINDINGS, "")
EXHIBITS = [
    {
        **{"name": "figure_04", "label": "Figure 4", "subject": "Lines"},
        "caption": "**Figure 4.** Sums of *a* in $ from $5 to $7.",
        "note": "Synthetic.",
    },
    {
        **{"name": "table_a1", "label": "Table A.1", "subject": "", "note": "Synthetic."},
        "caption": "**Table A.1.** Rows.",
    },
]


@pytest.fixture
def folder(tmp_path):
    """Figures and tables of a study: a wide and high figure, and a long table."""
    for name in ("figures", "tables"):
        (tmp_path / name).mkdir()
    figure, [[axes]] = style.house_style(style.panels)(columns=1, height=14, width=9)
    axes.plot([0, 1], [0, 1])
    axes.set_title("Inside the drawing")
    files = {kind: tmp_path / f"figures/figure_04.{kind}" for kind in ("pdf", "png", "csv")}
    output.write_exhibit(figure, pd.DataFrame({"x": [0, 1]}), output.Sheet(files, 50, 2000))
    rows = pd.DataFrame({"mean_gain": np.arange(200) / 7, "name": "row"})
    rows.to_csv(tmp_path / "tables/table_a1.csv", index=False)
    return tmp_path


def test_each_exhibit_has_a_page_with_its_caption_and_a_bookmark(folder):
    write_binder(HEAD, EXHIBITS, folder, folder / "exhibits.pdf")
    reader = PdfReader(folder / "exhibits.pdf")
    title, drawn, table = (page.extract_text() for page in reader.pages)
    assert "A title" in title and "Ann, Bob (2030)" in title and "applied to North" in title
    assert "It is worth $5 to $7." in title and "{lost}" not in title
    assert "Figure 4. Sums of a in $ from $5 to $7." in drawn and "Inside the drawing" in drawn
    assert "Synthetic." in table and "mean_gain" in table
    [shown] = re.findall(r"The first (\d+) of 200 rows; all are in tables/table_a1\.csv", table)
    assert table.count("row\n") == int(shown) > 30
    marks = [(one.title, reader.get_destination_page_number(one)) for one in reader.outline]
    assert marks == [("Figure 4", 1), ("Table A.1", 2)]
    assert not reader.metadata and not reader.attachments


def test_a_drawing_larger_than_the_page_is_made_to_fit(folder):
    write_binder(HEAD, EXHIBITS[:1], folder, folder / "exhibits.pdf")
    page = PdfReader(folder / "exhibits.pdf").pages[1]
    assert (float(page.mediabox.width), float(page.mediabox.height)) == (612, 792)
    places = where(page)
    [(x, y)] = [place for text, place in places if "Inside" in text]
    assert 72 <= x <= 540 and 72 <= y <= 700


def test_nothing_runs_off_a_page(folder):
    write_binder(HEAD, EXHIBITS, folder, folder / "exhibits.pdf")
    for page in PdfReader(folder / "exhibits.pdf").pages:
        for text, (x, y) in where(page):
            if text.strip():
                assert 72 <= x <= 540 and 72 <= y <= 792 - 72, text


def test_pages_share_the_fonts_of_their_text(folder):
    write_binder(HEAD, EXHIBITS, folder, folder / "exhibits.pdf")
    title, drawn, table = (
        {one.idnum for one in page["/Resources"]["/Font"].values()}
        for page in PdfReader(folder / "exhibits.pdf").pages
    )
    assert title == table < drawn


def where(page):
    """Texts of a page, and where each begins [points from the lower left corner]."""
    places = []

    def note(text, cm, tm, *_):
        places.append((text, tuple(cm[k] * tm[4] + cm[k + 2] * tm[5] + cm[k + 4] for k in (0, 1))))

    page.extract_text(visitor_text=note)
    return places


def test_its_bytes_do_not_depend_on_time_or_the_users_settings(folder):
    write_binder(HEAD, EXHIBITS, folder, folder / "one.pdf")
    with mpl.rc_context({"font.size": 20, "pdf.fonttype": 3}):
        write_binder(HEAD, EXHIBITS, folder, folder / "other.pdf")
    assert (folder / "one.pdf").read_bytes() == (folder / "other.pdf").read_bytes()
