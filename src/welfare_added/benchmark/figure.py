"""Figure of seconds by number of classes in a cell, one line per method."""

import pandas as pd
from matplotlib.figure import Figure

from welfare_added.exhibits.style import house_style, legend_below, panels

NAMES = {
    "ours": "This package",
    "lsa": "scipy, linear sum assignment",
    "lapx": "lapx",
    "ortools": "OR-tools",
    "highs_dense_warm": "HiGHS, all arcs, warm",
    "highs_dense_cold": "HiGHS, all arcs, cold",
    "pulp_cbc": "PuLP and CBC",
}
COLOURS = ("#000000", "#0072B2", "#56B4E9", "#009E73", "#E69F00", "#D55E00", "#CC79A7")
MARKS = ("o", "s", "^", "v", "D", "P", "X")
TASKS = {"sweep": "101 weights", "single": "One weight"}


def benchmark_data(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the tasks that all methods are timed on; columns task, method, n, seconds."""
    rows = table[table["task"].isin(TASKS)]
    return rows[["task", "method", "n", "seconds"]].reset_index(drop=True)


@house_style
def draw_benchmark(data: pd.DataFrame) -> Figure:
    """Draw seconds by number of classes, both in logs, one panel per task."""
    figure, [row] = panels(columns=2, height=3.8, sharey=True)
    for axes, (task, title) in zip(row, TASKS.items(), strict=True):
        for (method, name), colour, mark in zip(NAMES.items(), COLOURS, MARKS, strict=True):
            line = data[(data["task"] == task) & (data["method"] == method)].sort_values("n")
            axes.plot(
                line["n"],
                line["seconds"],
                color=colour,
                marker=mark,
                markersize=4,
                linewidth=1.6 if method == "ours" else 0.9,
                label=name,
            )
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_title(title)
        axes.set_xlabel("Classes in a cell")
    row[0].set_ylabel("Seconds")
    legend_below(figure, row[0], columns=4)
    return figure
