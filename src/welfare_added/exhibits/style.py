"""Style of all figures: sizes, lines, fonts, and colours that differ in greyscale."""

import functools
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

PAGE_WIDTH = 6.5
FOOT = 0.29
SUBJECTS = {"ela": "ELA", "math": "Math"}
SCOPES = {"district": "District-wide", "school": "Within-school"}
INFORMATION = {"heterogeneous": "Heterogeneous value added", "standard": "Standard value added"}
WEIGHT_LABEL = "Weight on lower-scoring students, $\\omega_L$"
REFERENCE = "#8C8C8C"


@dataclass(frozen=True)
class Look:
    """Colour, line and marker of a series; series drawn together differ in all three."""

    colour: str
    line: str
    marker: str
    filled: bool = True

    def line_style(self) -> dict:
        """Return the arguments of ``Axes.plot`` for a line of this series."""
        return {"color": self.colour, "linestyle": self.line}

    def marker_style(self, size: float = 4.0) -> dict:
        """Return the arguments of ``Axes.plot`` for unconnected marks of this series."""
        return {
            "color": self.colour,
            "linestyle": "none",
            "marker": self.marker,
            "markersize": size,
            "markerfacecolor": self.colour if self.filled else "white",
        }


LOOKS = {
    "district": Look("#0072B2", "-", "o"),
    "school": Look("#E69F00", (0, (5, 1.5)), "^"),
    "heterogeneous": Look("#D55E00", "-", "o"),
    "standard": Look("#56B4E9", (0, (5, 1.5)), "^", filled=False),
    "ela": Look("#000000", "-", "o"),
    "math": Look("#CC79A7", (0, (5, 1.5)), "s", filled=False),
    "lower": Look("#0072B2", "-", "v"),
    "higher": Look("#E69F00", (0, (5, 1.5)), "^"),
}
PAIRS = [
    ("district", "school"),
    ("heterogeneous", "standard"),
    ("ela", "math"),
    ("lower", "higher"),
]

_SETTINGS = {
    "font.family": "DejaVu Sans",
    "font.size": 8.0,
    "mathtext.fontset": "dejavusans",
    "axes.titlesize": 9.0,
    "axes.titleweight": "bold",
    "axes.labelsize": 8.0,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "lines.linewidth": 1.4,
    "lines.markeredgewidth": 0.9,
    "legend.fontsize": 7.5,
    "legend.frameon": False,
    "legend.handlelength": 2.6,
    "figure.dpi": 100,
    "pdf.fonttype": 42,
    "pdf.compression": 6,
    "path.simplify": False,
    "svg.hashsalt": "welfare-added",
}


@functools.cache
def _own_fonts_only() -> None:
    """Restrict matplotlib to the DejaVu fonts it ships, whatever fonts are installed."""
    folder = Path(mpl.get_data_path())
    manager = font_manager.fontManager
    manager.ttflist = [font for font in manager.ttflist if folder in Path(font.fname).parents]


def house_style(function: Callable) -> Callable:
    """Decorator: run a drawing function with the settings of this module and no others."""

    @functools.wraps(function)
    def styled(*args, **kwargs):
        _own_fonts_only()
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(_SETTINGS)
            return function(*args, **kwargs)

    return styled


def page(width: float = PAGE_WIDTH, height: float = 3.1) -> Figure:
    """Start an empty figure (sizes in inches) with space below for the note of `stamp`."""
    figure = Figure(figsize=(width, height), layout="constrained")
    foot = FOOT / height
    figure.get_layout_engine().set(rect=(0, foot, 1, 1 - foot))
    return figure


def panels(
    columns: int = 2, rows: int = 1, height: float = 3.1, width: float = PAGE_WIDTH, **shared
) -> tuple[Figure, list[list[Axes]]]:
    """Start a figure with ``rows`` by ``columns`` axes, as nested lists; sizes in inches."""
    figure = page(width, height)
    axes = figure.subplots(rows, columns, squeeze=False, **shared)
    return figure, axes.tolist()


def subject_panels(height: float = 3.1, **shared) -> tuple[Figure, dict[str, Axes]]:
    """Start a figure with ELA on the left and Math on the right."""
    figure, [row] = panels(columns=len(SUBJECTS), height=height, **shared)
    for axes, title in zip(row, SUBJECTS.values(), strict=True):
        axes.set_title(title, loc="left")
    return figure, dict(zip(SUBJECTS, row, strict=True))


def single_panel(height: float = 3.5) -> tuple[Figure, Axes]:
    """Start a figure of one panel, narrower than the page."""
    figure, [[axes]] = panels(columns=1, height=height, width=4.6)
    return figure, axes


def stamp(figure: Figure, note: str) -> None:
    """Write ``note`` in small grey letters under the figure; an empty note leaves none."""
    if note:
        lines = textwrap.wrap(note, width=int(20.5 * figure.get_figwidth()))
        figure.text(
            0.995, 0.006, "\n".join(lines), ha="right", va="bottom", fontsize=6.5, color="#6E6E6E"
        )


def legend_below(figure: Figure, axes: Axes, columns: int) -> None:
    """Put one legend for the whole figure under its panels, where it covers no data."""
    handles, labels = axes.get_legend_handles_labels()
    raised = FOOT * 72 / mpl.rcParams["legend.fontsize"]
    figure.legend(handles, labels, loc="outside lower center", ncols=columns, borderaxespad=raised)


@FuncFormatter
def dollars(value: float, _position: int | None = None) -> str:
    """Format a dollar amount with the sign before the currency."""
    sign = "\N{MINUS SIGN}" if round(value) < 0 else ""
    return f"{sign}\\${abs(value):,.0f}"
