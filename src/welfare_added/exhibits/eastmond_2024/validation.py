"""Figures D.6 and D.7: persistence of estimates, and their effects on later outcomes."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import (
    LOOKS,
    REFERENCE,
    SUBJECTS,
    Look,
    house_style,
    legend_below,
    panels,
    stamp,
)

GROUPS = {"lower": "Lower-scoring", "higher": "Higher-scoring"}
EVERYONE = Look("#000000", "-", "o")
YEARS = ["never", "fewer than half", "half or more", "always"]
MEASURES = {
    "standard": "Standard value added",
    "lower": "For lower-scoring students",
    "higher": "For higher-scoring students",
}
OUTCOMES = {
    "graduated_high_school": "High school graduation",
    "two_year_college": "Two-year college",
    "four_year_college": "Four-year college",
    "any_college": "Any college",
    "bachelors_in_six_years": "Bachelor's in six years",
}
NORMAL_95 = 1.959964


def figure_d6(persistence: pd.DataFrame, *, note: str) -> Drawn:
    """Persistence of comparative advantage and of estimates over years."""
    data = persistence_data(persistence)
    return data, draw_persistence(data, note)


def figure_d7(outcomes: pd.DataFrame, *, note: str) -> Drawn:
    """Value added and later outcomes (eq. 29)."""
    data = outcomes_data(outcomes)
    return data, draw_outcomes(data, note)


def persistence_data(persistence: pd.DataFrame) -> pd.DataFrame:
    """Select figure D.6: correlations by lag, and years better with lower-scoring students.

    Returns
    -------
    DataFrame
        Columns subject, quantity (share_of_years|year_to_year_correlation), group, lag (years),
        value, teachers.

    """
    columns = ["subject", "quantity", "group", "lag", "value", "teachers"]
    rows = pick(choose(persistence, subject=list(SUBJECTS)), columns)
    years = choose(rows, quantity="share_of_years", group=YEARS)
    lags = choose(rows, quantity="year_to_year_correlation", group=list(GROUPS))
    order = years["group"].map(YEARS.index)
    years = years.iloc[np.lexsort((order, years["subject"]))]
    return pd.concat([years, lags.sort_values(["subject", "group", "lag"])], ignore_index=True)


@house_style
def draw_persistence(data: pd.DataFrame, note: str) -> Figure:
    """Draw figure D.6 from :func:`persistence_data`."""
    figure, axes = panels(columns=2, rows=len(SUBJECTS), height=4.6, sharex="col", sharey="col")
    shares = data[data["quantity"] == "share_of_years"]
    lags = data[data["quantity"] == "year_to_year_correlation"]
    for (bars, lines), (subject, title) in zip(axes, SUBJECTS.items(), strict=True):
        _bars(bars, shares[shares["subject"] == subject].set_index("group")["value"])
        _correlations(lines, lags[lags["subject"] == subject])
        for panel in (bars, lines):
            panel.set_title(title, loc="left")
    axes[-1][0].set_xlabel("Years better with lower-scoring students")
    axes[-1][1].set_xlabel("Years apart")
    axes[0][0].set_ylim(0, 1.05 * shares["value"].max())
    axes[0][1].set_ylim(min(0, lags["value"].min()), 1.02)
    legend_below(figure, axes[0][1], columns=2)
    stamp(figure, note)
    return figure


def _correlations(panel: Axes, rows: pd.DataFrame) -> None:
    for group, label in GROUPS.items():
        part, look = rows[rows["group"] == group], LOOKS[group]
        panel.plot(
            part["lag"],
            part["value"],
            marker=look.marker,
            label=f"{label} students",
            **look.line_style(),
        )
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    panel.set_ylabel("Correlation of estimates")


def _bars(panel: Axes, shares: pd.Series) -> None:
    panel.bar(range(len(YEARS)), shares.reindex(YEARS), width=0.6, color=REFERENCE)
    panel.set_xticks(range(len(YEARS)), [name.replace(" ", "\n", 1) for name in YEARS])
    panel.tick_params(axis="x", length=0, labelsize=6.5)
    panel.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    panel.set_ylabel("Share of teachers")


def outcomes_data(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Select figure D.7: effects of a teacher SD of value added on the outcomes that are recorded.

    Returns
    -------
    DataFrame
        Columns outcome, measure, effect [share of students per teacher SD], low, high (95%
        interval, errors clustered by teacher), observations.

    """
    recorded = [name for name in OUTCOMES if (outcomes["outcome"] == name).any()]
    rows = choose(outcomes, outcome=recorded, measure=list(MEASURES))
    columns = ["outcome", "measure", "per_teacher_sd", "per_teacher_sd_error", "observations"]
    rows = pick(rows, columns).rename(columns={"per_teacher_sd": "effect"})
    half = NORMAL_95 * rows.pop("per_teacher_sd_error")
    rows.insert(3, "low", rows["effect"] - half)
    rows.insert(4, "high", rows["effect"] + half)
    place = rows["outcome"].map(list(OUTCOMES).index)
    turn = rows["measure"].map(list(MEASURES).index)
    return rows.iloc[np.lexsort((turn, place))].reset_index(drop=True)


@house_style
def draw_outcomes(data: pd.DataFrame, note: str) -> Figure:
    """Draw figure D.7 from :func:`outcomes_data`."""
    figure, [[panel]] = panels(columns=1, height=3.6)
    panel.axvline(0, color=REFERENCE, linewidth=0.7)
    for order, (measure, label) in enumerate(MEASURES.items()):
        rows = data[data["measure"] == measure]
        height = np.arange(len(rows)) + 0.22 * (order - 1)
        look = LOOKS[measure] if measure in GROUPS else EVERYONE
        panel.hlines(height, rows["low"], rows["high"], color=look.colour, linewidth=1.1)
        panel.plot(rows["effect"], height, label=label, **look.marker_style(4.5))
    names = [label for name, label in OUTCOMES.items() if (data["outcome"] == name).any()]
    panel.set_yticks(range(len(names)), names)
    panel.set_ylim(len(names) - 0.5, -0.5)
    panel.tick_params(axis="y", length=0)
    panel.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    panel.xaxis.set_major_formatter(PercentFormatter(1))
    panel.set_xlabel("Students per teacher SD of value added\n(95% intervals)")
    legend_below(figure, panel, columns=3)
    stamp(figure, note)
    return figure
