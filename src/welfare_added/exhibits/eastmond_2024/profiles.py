"""Figures 5, 7, 8, A.3 and A.4: effects of reallocation by the planner's social weight."""

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import (
    LOOKS,
    REFERENCE,
    SCOPES,
    SUBJECTS,
    WEIGHT_LABEL,
    house_style,
    legend_below,
    stamp,
    subject_panels,
)

KEYS = ["subject", "scope", "weight"]


@dataclass(frozen=True)
class Profile:
    """Quantity that a figure plots against the social weight.

    Attributes
    ----------
    column
        Of the table it is read from.
    label
        Of the vertical axis, with its unit.
    information
        The planner's information if the table has both; None if it has one.
    baseline
        Column of the level before any reallocation, written in each panel; None without it.
    share
        Whether the quantity is a share, shown in percent.
    loss
        Whether the column holds losses, plotted as negative changes.
    zero
        Whether to draw a line at zero.

    """

    column: str
    label: str
    information: str | None = "heterogeneous"
    baseline: str | None = None
    share: bool = False
    loss: bool = False
    zero: bool = True

    @property
    def plotted(self) -> str:
        """Name of the plotted column."""
        return self.column.replace("loss", "change") if self.loss else self.column


FIGURE_05 = Profile(
    "gain_over_utilitarian", "Equal-gain index, optimal less\nscore-maximising (student SD)", None
)
FIGURE_07 = Profile(
    "gain_over_standard", "Equal-gain index, heterogeneous\nless standard (student SD)", None
)
FIGURE_08A = Profile(
    "change_higher_lower",
    "Change in the gap, higher- less\nlower-scoring (student SD)",
    baseline="baseline_higher_lower",
)
FIGURE_08B = Profile(
    "change_racial",
    "Change in the gap, white and Asian\nless Black and Hispanic (student SD)",
    baseline="baseline_racial",
)
FIGURE_A3 = Profile(
    "gain_mean_over_standard", "Mean gain, heterogeneous\nless standard (student SD)", None
)
FIGURE_A4A = Profile(
    "share_harmed", "Students with lower\nvalue added than before", share=True, zero=False
)
FIGURE_A4B = Profile(
    "mean_loss", "Mean score change of\nharmed students (student SD)", loss=True, zero=False
)


def figure_05(index: pd.DataFrame, *, note: str) -> Drawn:
    """Welfare from distributional goals."""
    return _profile(index, FIGURE_05, note)


def figure_07(index: pd.DataFrame, *, note: str) -> Drawn:
    """Welfare from heterogeneous value added."""
    return _profile(index, FIGURE_07, note)


def figure_08a(gaps: pd.DataFrame, *, note: str) -> Drawn:
    """Change in the gap between higher- and lower-scoring students."""
    return _profile(gaps, FIGURE_08A, note)


def figure_08b(gaps: pd.DataFrame, *, note: str) -> Drawn:
    """Change in the racial gap."""
    return _profile(gaps, FIGURE_08B, note)


def figure_a3(index: pd.DataFrame, *, note: str) -> Drawn:
    """Mean gain from heterogeneous value added."""
    return _profile(index, FIGURE_A3, note)


def figure_a4a(winners: pd.DataFrame, *, note: str) -> Drawn:
    """Share of students harmed."""
    return _profile(winners, FIGURE_A4A, note)


def figure_a4b(winners: pd.DataFrame, *, note: str) -> Drawn:
    """Mean loss of the students harmed."""
    return _profile(winners, FIGURE_A4B, note)


def _profile(table: pd.DataFrame, profile: Profile, note: str) -> Drawn:
    data = profile_data(table, profile)
    return data, draw_profiles(data, profile, note)


def profile_data(table: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Select the plotted quantity by subject, scope and weight.

    Returns
    -------
    DataFrame
        Columns subject, scope, weight, the baseline if there is one, and last the plotted
        quantity; sorted by the first three.

    """
    source = {} if profile.information is None else {"information": profile.information}
    rows = choose(table, subject=list(SUBJECTS), scope=list(SCOPES), **source)
    columns = [*KEYS, *([profile.baseline] if profile.baseline else []), profile.column]
    data = pick(rows, columns).sort_values(KEYS, ignore_index=True)
    if profile.loss:
        data[profile.column] = -data[profile.column]
    return data.rename(columns={profile.column: profile.plotted})


@house_style
def draw_profiles(data: pd.DataFrame, profile: Profile, note: str) -> Figure:
    """Draw a profile from :func:`profile_data`, ELA and Math side by side.

    Parameters
    ----------
    data
        From :func:`profile_data`.
    profile
        The same as in that call.
    note
        Small print under the figure; may be empty.

    """
    figure, axes = subject_panels(sharey=True)
    for subject, panel in axes.items():
        rows = data[data["subject"] == subject]
        if profile.zero:
            panel.axhline(0, color=REFERENCE, linewidth=0.7)
        for scope in SCOPES:
            _line(panel, rows[rows["scope"] == scope], scope)
        panel.axvline(0.5, color=REFERENCE, linewidth=0.9, linestyle=":", label="Equal weights")
        if profile.share:
            panel.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        if profile.baseline:
            _baseline(panel, rows[profile.baseline].iloc[0])
        panel.set_xlim(0, 1)
        panel.margins(y=0.13)
        panel.set_xlabel(WEIGHT_LABEL)
    axes["ela"].set_ylabel(profile.label)
    legend_below(figure, axes["ela"], columns=3)
    stamp(figure, note)
    return figure


def _baseline(panel: Axes, level: float) -> None:
    panel.text(
        0.97, 0.97, f"gap before: {level:.2f}", transform=panel.transAxes, ha="right", va="top"
    )


def _line(panel: Axes, rows: pd.DataFrame, scope: str) -> None:
    look = LOOKS[scope]
    panel.plot(
        rows["weight"],
        rows.iloc[:, -1],
        marker=look.marker,
        markersize=3.6,
        markevery=(0, 10),
        label=SCOPES[scope],
        **look.line_style(),
    )
