"""Our own exhibits: effect of every open choice, and gains by the groups' true correlation."""

from textwrap import fill

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from welfare_added.exhibits.eastmond_2024.validation import NORMAL_95
from welfare_added.exhibits.latex import tabular
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import (
    LOOKS,
    REFERENCE,
    SCOPES,
    SUBJECTS,
    Look,
    house_style,
    legend_below,
    panels,
    stamp,
)

EFFECTS = [
    *("choice", "choice_label", "headline", "headline_label", "unit"),
    *("default", "default_sd", "difference", "standard_error", "worlds"),
]
COLUMNS = 3
TITLE = 24  # letters a line
TICKS = 3  # spaces between them, at most
APART = 0.0013  # marks at one correlation stand side by side, so that none hides another
FIGURES = 3  # significant digits of the table
SERIES = {  # plan and what it is scored by
    ("separate", "separate"): ("Groups separately, claimed", Look("#D55E00", "-", "o")),
    ("separate", "truth"): ("Groups separately, delivered", Look("#D55E00", ":", "o", False)),
    ("joint", "joint"): ("Groups jointly, claimed", Look("#0072B2", "-", "s")),
    ("joint", "truth"): ("Groups jointly, delivered", Look("#0072B2", ":", "s", False)),
    ("standard", "truth"): ("Standard, delivered", Look("#56B4E9", (0, (5, 1.5)), "^", False)),
}


def figure_choices(choices: pd.DataFrame, *, note: str) -> Drawn:
    """Effect of every open choice on the headline numbers."""
    data = choices_data(choices)
    return data, draw_choices(data, note)


def choices_data(choices: pd.DataFrame) -> pd.DataFrame:
    """Effects as shares of the headline numbers under the default choices.

    Returns
    -------
    DataFrame
        Columns of the effects, then effect, low and high (95% interval over worlds), and spread
        (SD of the headline number over worlds), all as shares of ``default``.

    """
    rows = pick(choices, EFFECTS).copy()
    rows["effect"] = rows["difference"] / rows["default"]
    margin = NORMAL_95 * rows["standard_error"] / rows["default"]
    rows["low"], rows["high"] = rows["effect"] - margin, rows["effect"] + margin
    return rows.assign(spread=rows["default_sd"] / rows["default"])


@house_style
def draw_choices(data: pd.DataFrame, note: str) -> Figure:
    """Draw the effects of open choices from :func:`choices_data`, a panel a headline number."""
    headlines = data["headline"].drop_duplicates().tolist()
    rows = -(-len(headlines) // COLUMNS)
    figure, axes = panels(columns=COLUMNS, rows=rows, height=2.3 * rows, sharey=True)
    every = [panel for row in axes for panel in row]
    for panel, headline in zip(every, headlines, strict=False):
        _effects(panel, data[data["headline"] == headline])
    for panel in every[len(headlines) :]:
        panel.set_visible(False)
    stamp(figure, note)
    return figure


def _effects(panel: Axes, rows: pd.DataFrame) -> None:
    height = range(len(rows))
    spread = rows["spread"].iloc[0]
    panel.axvspan(-spread, spread, color="#E4E4E4", linewidth=0)
    panel.axvline(0, color=REFERENCE, linewidth=0.7)
    panel.hlines(list(height), rows["low"], rows["high"], color="black", linewidth=0.9)
    panel.plot(rows["effect"], list(height), **LOOKS["district"].marker_style(3.0))
    panel.set_yticks(list(height), list(rows["choice_label"]), fontsize=6.0)
    panel.set_ylim(len(rows) - 0.4, -0.6)
    panel.tick_params(axis="y", length=0)
    panel.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    panel.xaxis.set_major_locator(MaxNLocator(TICKS))
    panel.set_title(fill(rows["headline_label"].iloc[0], TITLE), loc="left", fontsize=7)


def table_choices(choices: pd.DataFrame, *, note: str) -> Drawn:
    """Effect of every open choice on the headline numbers, with standard errors."""
    data = pick(choices, EFFECTS)
    return data, choices_tex(data, note)


def choices_tex(data: pd.DataFrame, note: str) -> str:
    """Write the effects as LaTeX for booktabs, ``note`` as the last line.

    A headline number a line with its default, then a line a choice: difference, standard error.
    """
    panels = {}
    for _, rows in data.groupby("headline", sort=False):
        first = rows.iloc[0]
        head = f"{first['headline_label']} [{first['unit']}], default {_short(first['default'])}"
        panels[head] = [
            [row.choice_label, _short(row.difference), _short(row.standard_error)]
            for row in rows.itertuples()
        ]
    return tabular(["Choice", "Difference", "Standard error"], panels, note)


def _short(value: float) -> str:
    text = f"{value:.{FIGURES}g}" if abs(value) < 10**FIGURES else f"{value:.0f}"
    return text.replace("-", "$-$")


def figure_true_correlation(delivered: pd.DataFrame, *, note: str) -> Drawn:
    """Gains that plans claim and deliver, by the true correlation of effects on the groups."""
    data = true_correlation_data(delivered)
    return data, draw_true_correlation(data, note)


def true_correlation_data(delivered: pd.DataFrame) -> pd.DataFrame:
    """Select gains by the plan's own estimates (claimed) and by the truth (delivered).

    Returns
    -------
    DataFrame
        Columns subject, scope, plan, scored_by, correlation, mean, q05, q95 [student SD], worlds.

    """
    columns = ["subject", "scope", "plan", "scored_by", "correlation"]
    rows = pick(
        choose(delivered, plan=list(dict.fromkeys(plan for plan, _ in SERIES))),
        [*columns, "mean", "q05", "q95", "worlds"],
    )
    shown = pd.MultiIndex.from_frame(rows[["plan", "scored_by"]]).isin(list(SERIES))
    return rows[shown].sort_values(columns, ignore_index=True)


@house_style
def draw_true_correlation(data: pd.DataFrame, note: str) -> Figure:
    """Draw claimed and delivered gains from :func:`true_correlation_data`."""
    figure, axes = panels(columns=2, rows=2, height=4.8, sharex=True)
    for row, (scope, place) in zip(axes, SCOPES.items(), strict=True):
        for panel, (subject, name) in zip(row, SUBJECTS.items(), strict=True):
            own = data[(data["scope"] == scope) & (data["subject"] == subject)]
            for number, ((plan, scored), (label, look)) in enumerate(SERIES.items()):
                line = own[(own["plan"] == plan) & (own["scored_by"] == scored)]
                at = line["correlation"] + APART * (number - len(SERIES) // 2)
                panel.fill_between(at, line["q05"], line["q95"], color=look.colour, alpha=0.12)
                marks = look.marker_style(3.4) | look.line_style()
                panel.plot(at, line["mean"], label=label, **marks)
            panel.set_title(f"{name}, {place.lower()}", loc="left")
            panel.set_ylim(bottom=0)
        row[0].set_ylabel("Mean gain (student SD)")
    for panel in axes[-1]:
        panel.set_xlabel("True correlation of effects on the groups")
    legend_below(figure, axes[0][0], columns=3)
    stamp(figure, note)
    return figure
