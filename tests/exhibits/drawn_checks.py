"""What every paper's figures and tables must show, whatever is on them."""

from itertools import combinations
from pathlib import Path

import pandas as pd
from figure_ink import edges_with_ink, texts_of

from welfare_added.exhibits import style
from welfare_added.exhibits.output import Sheet, write_exhibit


def check_room(figure, folder: Path, written=texts_of) -> None:
    """Nothing is cut off at the edge, and no text lies on another; written: finds the texts."""
    style.house_style(figure.draw_without_rendering)()
    style.house_style(figure.savefig)(folder / "one.png", dpi=60)
    assert edges_with_ink(folder / "one.png") == []
    style.house_style(figure.draw_without_rendering)()
    boxes = written(figure)
    assert len(boxes) > 2
    check_boxes(figure, boxes)


def check_boxes(figure, boxes: list[tuple[str, object]]) -> None:
    """Texts, each with its box [pixels], stay on the page and off each other."""
    for text, box in boxes:
        assert min(box.x0, box.y0) > -1, text
        assert box.x1 < figure.bbox.x1 + 1 and box.y1 < figure.bbox.y1 + 1, text
    for (text, box), (other, another) in combinations(boxes, 2):
        assert not box.padded(-0.5).overlaps(another.padded(-0.5)), (text, other)


def check_files(data: pd.DataFrame, figure, folder: Path) -> None:
    """A figure is written with the data that it shows."""
    files = {kind: folder / f"one.{kind}" for kind in ("pdf", "png", "csv")}
    write_exhibit(figure, data, Sheet(files, 60, 3000))
    written = pd.read_csv(files["csv"])
    pd.testing.assert_frame_equal(written, data.reset_index(drop=True), check_dtype=False)


def check_latex(data: pd.DataFrame, tex: str, small_print: str) -> None:
    """A table has a row for each line, all of as many cells, and its small print."""
    assert len(data) and tex.startswith(r"\begin{tabular}") and small_print.split(".")[0] in tex
    heads = tex.splitlines()[2].count("&")
    rows = [line for line in tex.splitlines() if line.endswith(r"\\") and "multicolumn" not in line]
    assert len(rows) > 1 and {row.count("&") for row in rows} == {heads}
    assert "nan" not in tex
