"""Scores by year, grade and school on the page of a district's tables: a figure and its table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from welfare_added.district.score_statistics import median_of_others, statistics
from welfare_added.district.studied import SCORES, Studied

PANELS = {  # statistic: title
    "correlation": "correlation with last year's score",
    "mean": "mean [scale points]",
    "sd": "standard deviation [scale points]",
}
ENOUGH = 20  # students of a school and grade whose statistics are drawn
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 300, 170, 46, 26, 26  # pixels of a panel and its margins
COLOURS = ("#0b3c5d", "#b5482f", "#5a7d2a", "#7a4f9a", "#b08a00", "#2a8c8c", "#777777")


@dataclass(frozen=True)
class Frame:
    """Where a panel is drawn: pixels of its corner, and the ranges of its axes."""

    x: float
    y: float
    years: tuple[float, float]
    values: tuple[float, float]

    def across(self, year: float) -> float:
        """Pixels from the left of a year."""
        first, last = self.years
        return self.x + LEFT + (year - first + 0.5) / (last - first + 1) * (WIDTH - LEFT - 12)

    def down(self, value: float) -> float:
        """Pixels from the top of a value."""
        low, high = self.values
        return self.y + HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM)


def score_overview(studied: Studied) -> dict:
    """Scores by year, grade and school, for the template.

    Returns
    -------
    dict
        figure, an inline SVG: correlation with last year's score, mean and standard deviation by
        year and grade, and the range of the schools; table, see `score_table`.

    """
    cells = statistics(studied, studied.cells, studied.cell)
    schools = statistics(studied, studied.places, studied.place)
    schools = schools[schools["tested"] >= ENOUGH]
    return {"figure": Markup(_svg(cells, schools)), "table": score_table(cells, schools)}


def score_table(cells: pd.DataFrame, schools: pd.DataFrame) -> pd.DataFrame:
    """Scores of each subject, year and grade, and how far they are from their neighbours.

    Returns
    -------
    DataFrame
        score, year, grade, tested, mean, SD, correlation; correlation less the median of the
        grade's other years; lowest correlation of a school; largest distance of a school's mean
        rank (0 to 1) from the same school's in other years.

    """
    keys = ["column", "year", "grade"]
    cells = cells.sort_values(keys, ignore_index=True)
    off = cells["correlation"] - median_of_others(cells, ["column", "grade"], "correlation")
    moved = schools["mean_rank"] - median_of_others(
        schools, ["column", "grade", "school_id"], "mean_rank"
    )
    of_schools = schools.assign(
        moved=moved.abs(), correlation=schools["correlation"].where(schools["pairs"] >= ENOUGH)
    )
    of_schools = of_schools.groupby(keys).agg(
        lowest=("correlation", "min"), farthest=("moved", "max")
    )
    cells = cells.assign(off=off).merge(of_schools, on=keys, how="left")
    table = cells[
        [*keys, "tested", "mean", "sd", "correlation", "off", "lowest", "farthest"]
    ].round({"mean": 2, "sd": 2, "correlation": 3, "off": 3, "lowest": 3, "farthest": 3})
    names = ["correlation less other years'", "lowest of a school", "a school's mean rank moved"]
    return table.set_axis([*keys, "tested", "mean", "SD", "correlation", *names], axis=1)


def _svg(cells: pd.DataFrame, schools: pd.DataFrame) -> str:
    width, height = WIDTH * len(PANELS), HEIGHT * len(SCORES) + 22
    parts = [
        f'<svg viewBox="0 0 {width} {height}" role="img" xmlns="http://www.w3.org/2000/svg" '
        'font-family="inherit" font-size="11">',
        "<title>Correlation with last year's score, mean and standard deviation of the scores by "
        "year and grade, with the range of the schools</title>",
    ]
    grades = sorted(cells["grade"].unique())
    colours = {grade: COLOURS[i % len(COLOURS)] for i, grade in enumerate(grades)}
    for row, column in enumerate(SCORES):
        own, theirs = cells[cells["column"] == column], schools[schools["column"] == column]
        for place, (name, title) in enumerate(PANELS.items()):
            corner = (place * WIDTH, row * HEIGHT)
            parts += _panel(corner, f"{column}: {title}", name, own, theirs, colours)
    for i, (grade, colour) in enumerate(colours.items()):
        x, y = LEFT + 90 * i, height - 8
        parts.append(f'<circle cx="{x}" cy="{y - 4}" r="3.5" fill="{colour}"/>')
        parts.append(f'<text x="{x + 8}" y="{y}">grade {grade}</text>')
    return "\n".join([*parts, "</svg>"])


def _panel(
    corner: tuple[int, int],
    title: str,
    name: str,
    cells: pd.DataFrame,
    schools: pd.DataFrame,
    colours: Mapping[int, str],
) -> Iterator[str]:
    """A panel: a mark a year and grade, and a line from its lowest to its highest school."""
    x, y = corner
    enough = schools["pairs" if name == "correlation" else "tested"] >= ENOUGH
    ranges = schools[enough].groupby(["year", "grade"])[name].agg(["min", "max"])
    values = [*cells[name].dropna(), *ranges["min"].dropna(), *ranges["max"].dropna()]
    yield f'<text x="{x + LEFT - 30}" y="{y + 14}" font-weight="bold">{escape(title)}</text>'
    if not values:
        return
    low, high = min(values), max(values)
    room = 0.06 * (high - low) or 1.0
    frame = Frame(x, y, (cells["year"].min(), cells["year"].max()), (low - room, high + room))
    yield from _axes(frame, name)
    step = 0.6 / max(len(colours), 1)
    for i, (grade, colour) in enumerate(colours.items()):
        own = cells[(cells["grade"] == grade) & cells[name].notna()]
        for year, value in zip(own["year"], own[name], strict=True):
            at = frame.across(year + step * (i - (len(colours) - 1) / 2))
            if (year, grade) in ranges.index:
                ends = ranges.loc[(year, grade)]
                yield (
                    f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{frame.down(ends["min"]):.1f}" '
                    f'y2="{frame.down(ends["max"]):.1f}" stroke="{colour}" stroke-opacity="0.35"/>'
                )
            yield f'<circle cx="{at:.1f}" cy="{frame.down(value):.1f}" r="2.6" fill="{colour}"/>'


def _axes(frame: Frame, name: str) -> Iterator[str]:
    left, right = frame.x + LEFT, frame.x + WIDTH - 12
    bottom = frame.y + HEIGHT - BOTTOM
    yield f'<line x1="{left}" x2="{right}" y1="{bottom}" y2="{bottom}" stroke="#111"/>'
    digits = 2 if name == "correlation" else 0 if frame.values[1] - frame.values[0] > 8 else 1
    for value in np.linspace(*frame.values, 4):
        y = frame.down(value)
        yield f'<line x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        yield f'<text x="{left - 5}" y="{y + 4:.1f}" text-anchor="end">{value:.{digits}f}</text>'
    first, last = (int(year) for year in frame.years)
    every = max(1, -(-(last - first + 1) // 6))
    for year in range(first, last + 1, every):
        x = frame.across(year)
        yield f'<text x="{x:.1f}" y="{bottom + 15}" text-anchor="middle">{year}</text>'
