"""Bytes, sizes, marks and colours of what is written, and what is said when it cannot be."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from drawn_checks import check_boxes
from exhibits_cases import drawings, frontiers, moments, value_added
from figure_ink import edges_with_ink
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from welfare_added.exhibits import output, style
from welfare_added.exhibits.declarations import Study, read_exhibits
from welfare_added.exhibits.eastmond_2024.scatter import draw_groups, group_data
from welfare_added.run.choices import overridden, read_config

ROOT = Path(__file__).parents[2]
EXHIBITS = read_exhibits(
    ROOT / "workflow/papers/eastmond_2024/exhibits.yaml",
    ROOT / "workflow/schemas/exhibits.schema.json",
)
MADE = drawings()
STAR = overridden(read_config(ROOT), {"value_added": {"estimator": "empirical_bayes"}})
LONGEST = drawings(EXHIBITS.note(Study(STAR, synthetic=True, confidential=False)))


def sheet(folder: Path, name: str, most_points: int = 2000) -> output.Sheet:
    paths = {kind: folder / f"{name}.{kind}" for kind in ("pdf", "png", "csv")}
    return output.Sheet(paths, 80, most_points, origin="rule, made from 0123")


def digest(files: output.Sheet) -> list[str]:
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files.files.values()]


@pytest.mark.parametrize("name", MADE)
def test_every_exhibit_is_written_small_with_its_data(name, tmp_path):
    data, draw = MADE[name]
    files = sheet(tmp_path, name)
    output.write_exhibit(draw(data), data, files)
    assert files.files["pdf"].stat().st_size < 400_000
    assert files.files["png"].read_bytes().startswith(b"\x89PNG")
    written = pd.read_csv(files.files["csv"])
    pd.testing.assert_frame_equal(written, data.reset_index(drop=True), check_dtype=False)
    content = files.files["pdf"].read_bytes()
    assert b"/FontFile2" in content and b"DejaVu" in content
    assert b"CreationDate" not in content and b"/Type3" not in content
    assert edges_with_ink(files.files["png"]) == []


def test_titles_of_square_panels_are_whole_on_the_page(tmp_path):
    """Their layout settles at the second draw only."""
    output.save(draw_groups(group_data(value_added(3000), moments()), ""), sheet(tmp_path, "a"))
    assert edges_with_ink(tmp_path / "a.png") == []


@pytest.mark.parametrize("edge, x, y", [("left", 0, 0.5), ("top", 0.5, 1), ("right", 1, 0.5)])
def test_a_text_cut_off_at_an_edge_is_seen(edge, x, y, tmp_path):
    figure, _ = style.house_style(style.panels)(columns=1)
    along = 0 if edge == "top" else 90
    figure.text(x, y, "cut off", ha="center", va="center", rotation=along)
    files = sheet(tmp_path, "cut")
    output.save(figure, files)
    assert edges_with_ink(files.files["png"]) == [edge]


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from exhibits_cases import drawings
from welfare_added.exhibits.output import Sheet, write_exhibit
made = drawings()
for name in ("figure_02", "figure_07", "figure_10"):
    data, draw = made[name]
    files = {kind: Path(sys.argv[1], f"{name}.{kind}") for kind in ("pdf", "png", "csv")}
    write_exhibit(draw(data), data, Sheet(files, 80, 2000))
"""


def test_bytes_do_not_depend_on_the_process(tmp_path):
    sums = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        subprocess.run(
            [sys.executable, "-c", CHILD, str(folder), str(Path(__file__).parent)],
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        )
        sums.append(
            {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
        )
    assert len(sums[0]) == 9
    assert sums[0] == sums[1]


def test_bytes_do_not_depend_on_the_users_settings(tmp_path):
    data, draw = MADE["figure_07"]
    plain, other = sheet(tmp_path, "plain"), sheet(tmp_path, "other")
    output.write_exhibit(draw(data), data, plain)
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "red", "pdf.fonttype": 3}):
        output.write_exhibit(draw(data), data, other)
    assert digest(plain) == digest(other)


def vector_marks(path: Path) -> int:
    """Count painted paths and stamped markers in an uncompressed PDF."""
    content = path.read_bytes()
    return len(re.findall(rb"(?:^|\s)(?:f|B|b|S|s|f\*|B\*|/M\d+ Do)(?=\s)", content))


@pytest.fixture
def uncompressed(monkeypatch):
    monkeypatch.setitem(style._SETTINGS, "pdf.compression", 0)


def test_thousands_of_dots_are_pixels_in_the_pdf(tmp_path, uncompressed):
    data = group_data(value_added(3000), moments())
    figure = draw_groups(data, "")
    output.save(figure, sheet(tmp_path, "a"))
    assert vector_marks(tmp_path / "a.pdf") < 200
    assert b"/Subtype /Image" in (tmp_path / "a.pdf").read_bytes()


def test_marks_beyond_the_limit_become_pixels(tmp_path, uncompressed):
    def draw():
        figure, [[axes]] = style.house_style(style.panels)(columns=1)
        axes.plot(np.arange(900), np.arange(900) % 7, "o")
        axes.plot(np.arange(50), np.arange(50) % 5, "s")
        return figure

    output.save(draw(), sheet(tmp_path, "few", 950))
    output.save(draw(), sheet(tmp_path, "many", 949))
    assert vector_marks(tmp_path / "few.pdf") > 950
    assert 50 < vector_marks(tmp_path / "many.pdf") < 200


def linear(colour: str) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
# Viénot, Brettel & Mollon (1999): a deuteranope's view, in linear RGB.
DEUTERANOPE = np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]])


def lab(rgb: np.ndarray) -> np.ndarray:
    ratio = TO_XYZ @ np.clip(rgb, 0, 1) / np.array([0.9505, 1.0, 1.089])
    root = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


@pytest.mark.parametrize("one, other", style.PAIRS)
def test_series_of_one_panel_differ_in_grey_and_to_the_colour_blind(one, other):
    first, second = (style.LOOKS[name] for name in (one, other))
    light = [lab(linear(look.colour))[0] for look in (first, second)]
    assert abs(light[0] - light[1]) >= 14
    seen = [lab(DEUTERANOPE @ linear(look.colour)) for look in (first, second)]
    assert np.linalg.norm(seen[0] - seen[1]) >= 30
    assert first.line != second.line and first.marker != second.marker


def test_the_darker_of_a_pair_comes_first():
    for one, other in style.PAIRS:
        assert lab(linear(style.LOOKS[one].colour))[0] < lab(linear(style.LOOKS[other].colour))[0]


def written_outside_panels(figure: Figure) -> list[tuple[str, object]]:
    """Text and box [pixels] of titles, axis labels, stamp and legends."""
    texts = list(figure.texts)
    for axes in figure.axes:
        texts += [axes._left_title, axes.xaxis.label, axes.yaxis.label]
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts if text.get_text()]
    return boxes + [("legend", legend.get_window_extent()) for legend in figure.legends]


@pytest.mark.parametrize("name", LONGEST)
def test_texts_stay_on_the_page_and_off_each_other(name):
    data, draw = LONGEST[name]
    figure = draw(data)
    style.house_style(figure.draw_without_rendering)()
    check_boxes(figure, written_outside_panels(figure))


def test_empty_table_is_an_error_that_names_the_file(files):
    path = files("welfare/equal_gain_index.csv", pd.DataFrame(columns=["subject", "weight"]))
    with pytest.raises(
        ValueError, match=r"welfare/equal_gain_index\.csv: the table has no rows, so there is"
    ):
        output.read(path)


def test_missing_rows_name_file_column_and_what_is_there(files):
    path = files("frontiers.csv", frontiers().query("scope == 'school'"))
    with pytest.raises(
        ValueError,
        match=r"frontiers\.csv: no row where scope is district \(looked among .*; scope holds school\)",
    ):
        output.choose(output.read(path), subject="ela", scope=["district", "school"])


def test_missing_column_is_named(files):
    path = files("frontiers.csv", frontiers().drop(columns="gain_lower"))
    with pytest.raises(ValueError, match=r"frontiers\.csv: no column gain_lower; it holds subject"):
        output.pick(output.read(path), ["subject", "gain_lower"])
    with pytest.raises(ValueError, match=r"frontiers\.csv: no column planner; it holds"):
        output.choose(output.read(path), planner="x")


def test_missing_quantity_and_weight_are_named(files):
    path = files("moments.csv", moments())
    with pytest.raises(ValueError, match=r"moments\.csv: 0 rows where quantity is a\.b, one is"):
        output.quantity(output.read(path), "a.b")
    with pytest.raises(ValueError, match=r"no allocation at weight 0\.5, .* an odd number"):
        output.at_weight(pd.DataFrame({"weight": [0.0, 1.0]}))


def test_weights_read_from_text_are_still_found():
    assert len(output.at_weight(pd.DataFrame({"weight": [0.0, 0.5 + 1e-13, 1.0]}))) == 1
