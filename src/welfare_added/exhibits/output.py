"""Read and check exhibits' tables, and write figures whose bytes depend on data alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from welfare_added.exhibits.style import house_style
from welfare_added.run.errors import UserError
from welfare_added.run.writing import replace_atomically, write_csv, write_text

# What an exhibit's program returns: the data shown, and a figure or a table in LaTeX.
Drawn = tuple[pd.DataFrame, Figure | str]

PDF_DPI = 300
UTILITARIAN = 0.5
NAMES = ("school", "tuned_at")  # text, even if a user's schools are numbered


def read(path: Path | str) -> pd.DataFrame:
    """Read a CSV or parquet table that must hold at least one row.

    Raises
    ------
    UserError
        If the table has no rows.

    """
    path = Path(path)
    of_names = dict.fromkeys(NAMES, str)
    parquet = path.suffix == ".parquet"
    table = pd.read_parquet(path) if parquet else pd.read_csv(path, dtype=of_names)
    if table.empty:
        raise UserError(
            f"{path}: the table has no rows, so there is nothing to draw. "
            "The log of the rule that writes it says why."
        )
    table.attrs["path"] = str(path)
    return table


def pick(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Select columns, in this order.

    Raises
    ------
    UserError
        If one is missing.

    """
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise UserError(
            f"{_name(table)}: no column {', '.join(missing)}; it holds "
            f"{', '.join(table.columns)}. Delete the file and run again."
        )
    return table[columns]


def _name(table: pd.DataFrame) -> str:
    return table.attrs.get("path", "the table")


def choose(table: pd.DataFrame, **values: str | list[str]) -> pd.DataFrame:
    """Keep the rows whose columns equal ``values`` (or are among a list of them).

    Raises
    ------
    UserError
        If a column is missing or a wanted value occurs in no row.

    """
    kept = table
    pick(table, list(values))
    for column, value in values.items():
        wanted = [value] if isinstance(value, str) else list(value)
        absent = [one for one in wanted if not (kept[column] == one).any()]
        if absent:
            held = ", ".join(map(str, sorted(kept[column].unique())[:8])) or "no rows at all"
            so_far = {name: values[name] for name in values if name != column}
            raise UserError(
                f"{_name(table)}: no row where {column} is "
                f"{' or '.join(absent)} (looked among {so_far or 'all rows'}; {column} holds "
                f"{held}). Run again the rule that writes this table."
            )
        kept = kept[kept[column].isin(wanted)]
    return kept.reset_index(drop=True)


def at_weight(table: pd.DataFrame, weight: float = UTILITARIAN) -> pd.DataFrame:
    """Return the rows of one social weight, by default the test-score-maximising one.

    Raises
    ------
    UserError
        If the table holds no such weight.

    """
    rows = table[np.isclose(table["weight"], weight, atol=1e-9)]
    if rows.empty:
        raise UserError(
            f"no allocation at weight {weight:g}, which the figure marks; let allocation.weights "
            "in config.yaml be an odd number, so that the grid from 0 to 1 contains it"
        )
    return rows


def quantity(table: pd.DataFrame, name: str) -> float:
    """Look up one line of a table of ``quantity`` and ``value``.

    Raises
    ------
    UserError
        If the quantity is not there exactly once.

    """
    rows = table.loc[table["quantity"] == name, "value"]
    if len(rows) != 1:
        raise UserError(
            f"{_name(table)}: {len(rows)} rows where quantity is {name}, "
            "one is needed. Run again the rule that writes this table."
        )
    return float(rows.iloc[0])


def _rasterise_beyond(figure: Figure, most_points: int) -> None:
    """Rasterise the largest layers until at most ``most_points`` marks are vectors."""
    layers = []
    for axes in figure.axes:
        for artist in [*axes.lines, *axes.collections]:
            if artist.get_rasterized():
                continue
            if isinstance(artist, PathCollection):
                layers.append((len(artist.get_offsets()), artist))
            elif hasattr(artist, "get_xdata"):
                layers.append((len(artist.get_xdata()), artist))
    total = sum(size for size, _ in layers)
    for size, artist in sorted(layers, key=lambda layer: -layer[0]):
        if total <= most_points:
            return
        artist.set_rasterized(True)
        total -= size


@dataclass(frozen=True)
class Sheet:
    """Output files of an exhibit, and how they are written.

    Attributes
    ----------
    files
        Path by kind: pdf, png and csv of a figure, csv and tex of a table.
    dpi
        Resolution of the PNG.
    most_points
        Largest number of marks drawn as vectors; beyond it the largest layers become pixels.
    note
        Small print under the exhibit; may be empty.
    origin
        Rule and digest of inputs, for the metadata of PDF and PNG; may be empty.

    """

    files: Mapping[str, Path | str]
    dpi: int
    most_points: int
    note: str = ""
    origin: str = ""


def sheet_of(snakemake, origin: str) -> Sheet:
    """Sheet of a rule: outputs named by kind, parameters dpi, most_points and note."""
    params = snakemake.params
    files = dict(snakemake.output.items())
    return Sheet(files, params.dpi, params.most_points, params.get("note", ""), origin)


def program(paper: str, name: str) -> Callable[..., Drawn]:
    """The function ``module.function`` of a paper's exhibits; raises AttributeError without one."""
    module, function = name.split(".")
    return getattr(import_module(f"welfare_added.exhibits.{paper}.{module}"), function)


def write_exhibit(drawing: Figure | str, data: pd.DataFrame, sheet: Sheet) -> None:
    """Write a figure (or a table's LaTeX), and as CSV the ``data`` that it shows."""
    write_csv(data, sheet.files["csv"])
    if isinstance(drawing, str):
        write_text(drawing, sheet.files["tex"])
    else:
        save(drawing, sheet)


@house_style
def save(figure: Figure, sheet: Sheet) -> None:
    """Write a figure as vector PDF (fonts embedded) and PNG, without dates or versions."""
    files = sheet.files
    # Axes of equal aspect change what the layout rests on, so that only the second draw is right.
    figure.draw_without_rendering()
    png = {"Software": None, "Source": sheet.origin}
    replace_atomically(files["png"], lambda part: figure.savefig(part, dpi=sheet.dpi, metadata=png))
    _rasterise_beyond(figure, sheet.most_points)
    pdf = {"CreationDate": None, "Creator": None, "Producer": None, "Subject": sheet.origin}
    replace_atomically(files["pdf"], lambda part: figure.savefig(part, dpi=PDF_DPI, metadata=pdf))
