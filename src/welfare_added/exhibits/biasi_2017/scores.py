"""Tables 12 and A6, figure 8: test scores of grades by regime."""

import pandas as pd
from matplotlib.figure import Figure

from welfare_added.exhibits.biasi_2017.cells import by_column, footer
from welfare_added.exhibits.biasi_2017.labels import REGIMES, SAMPLES, SUBJECTS
from welfare_added.exhibits.biasi_2017.series import lines, over_years, zero
from welfare_added.exhibits.latex import tabular
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import house_style, legend_below, panels, stamp

COLUMNS = ["subject", "controls", "term", "estimate", "standard_error", "p", "n"]
CONTROLS = {"none": "None", "mean": "Mean", "quartiles": "Quartiles"}
TERM = {"individual_x_post": "IS x post"}


def table_12(scores: pd.DataFrame, *, note: str) -> Drawn:
    """Scores in IS and matched SS districts, with and without value added among the controls.

    Data: subject, controls (none, mean, quartiles), term, estimate, standard_error, p, n, and the
    other columns of regressions.
    """
    return _scores(scores, note)


def table_a6(scores: pd.DataFrame, *, note: str) -> Drawn:
    """The same in all districts of both regimes."""
    return _scores(scores, note)


def _scores(table: pd.DataFrame, note: str) -> Drawn:
    rows = choose(table, term=list(TERM))
    subjects, kinds = list(SUBJECTS), [one for one in CONTROLS if (rows["controls"] == one).any()]
    data = pick(rows, [*COLUMNS, *rows.columns.difference(COLUMNS, sort=False)])
    place = data["controls"].map(kinds.index) * len(subjects) + data["subject"].map(subjects.index)
    data = data.loc[place.sort_values().index].reset_index(drop=True)
    parts = {}
    for kind in kinds:
        own = data[data["controls"] == kind].rename(columns={"subject": "column"})
        keys = [one for one in subjects if (own["column"] == one).any()]
        below = footer(own, {"n": "Observations", "clusters": "Clusters"}, keys)
        parts[f"Value added among controls: {CONTROLS[kind].lower()}"] = [
            *by_column(own, TERM, 4, keys),
            *below,
        ]
    return data, tabular(["", *(SUBJECTS[one] for one in keys)], parts, note)


@house_style
def figure_08(scores: pd.DataFrame, *, note: str) -> Drawn:
    """Mean scores by regime over years.

    Data: sample (matched, full: SS districts), subject, regime, year, score.
    """
    columns = ["sample", "subject", "regime", "year", "score"]
    data = pick(choose(scores, sample=list(SAMPLES), regime=list(REGIMES)), columns)
    return data, draw_scores(data, note)


def draw_scores(data: pd.DataFrame, note: str) -> Figure:
    """A column a subject, a row a sample of SS districts, a line a regime."""
    there = [name for name in SUBJECTS if (data["subject"] == name).any()]
    shared = {"sharex": True, "sharey": True}
    figure, rows = panels(columns=len(there), rows=len(SAMPLES), height=4.8, **shared)
    for row, (sample, label) in zip(rows, SAMPLES.items(), strict=True):
        for axes, subject in zip(row, there, strict=True):
            own = data[(data["sample"] == sample) & (data["subject"] == subject)]
            lines(axes, own, ("regime", REGIMES), "year", "score")
            over_years(axes, own["year"])
            zero(axes)
            axes.set_title(SUBJECTS[subject], loc="left")
        row[0].set_ylabel(f"{label}\nMean score, SDs of pupils")
    rows[-1][len(there) // 2].set_xlabel("Spring of the school year")
    legend_below(figure, rows[0][0], columns=len(REGIMES))
    stamp(figure, note)
    return figure
