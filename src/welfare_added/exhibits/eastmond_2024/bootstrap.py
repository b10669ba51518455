"""Our own exhibits: frontiers with their sampling error, and standard errors of the headline."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from welfare_added.exhibits.eastmond_2024.frontiers import GROUP_GAINS, mark_status_quo, round_ticks
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import (
    LOOKS,
    SCOPES,
    SUBJECTS,
    house_style,
    legend_below,
    stamp,
    subject_panels,
)

LABELS = ["subject", "scope", "information"]
NUMBERS = ["estimate", "standard_error", "low", "high", "bias"]
HELD_OUT = ("held_out_higher", "held_out_lower")
BY = {"heterogeneous": "by group", "standard": "standard"}
# Title, quantities with their names, unit in which they are shown, decimals.
PANELS = {
    "Mean gain at equal weights (student SD)": ({"gain_mean": ""}, 1.0, 4),
    "The same by the year that estimates leave out (student SD)": ({"held_out_mean": ""}, 1.0, 4),
    "Gain by estimates less that by the year left out (student SD)": ({"overstated": ""}, 1.0, 4),
    "Gain of value added by group over standard (percent)": (
        {"over_standard": "estimates", "held_out_over_standard": "year left out"},
        0.01,
        1,
    ),
    "Higher- over lower-scoring students' gain (ratio)": ({"higher_over_lower": ""}, 1.0, 2),
    "Lifetime earnings at equal weights (dollars a student)": ({"earnings_mean": ""}, 1.0, 0),
    "Largest bonus with an infinite value of public funds (dollars)": (
        {"break_even_bonus": ""},
        1.0,
        0,
    ),
}


def figure_bands(errors: pd.DataFrame, *, note: str) -> Drawn:
    """Frontiers with bands from the bootstrap over schools, and by the year left out."""
    data = bands_data(errors)
    return data, draw_bands(data, note)


def table_standard_errors(errors: pd.DataFrame, *, note: str) -> Drawn:
    """Headline quantities with standard errors; the drawing is LaTeX."""
    data = errors_data(errors)
    return data, errors_tex(data, note)


def bands_data(errors: pd.DataFrame) -> pd.DataFrame:
    """Frontiers by value added by group, with the inner and the outer end of their bands.

    At weight w the frontier's distance from the status quo in the direction (1 - w, w) of higher-
    and lower-scoring students is what the planner maximises, for groups of one size; the band is
    the interval of that distance (quantity index), drawn in this direction.

    Returns
    -------
    DataFrame
        Columns subject, scope, weight, gain_higher, gain_lower, and the same of the band's ends
        inner_* and outer_*, and by the year left out held_out_*, missing if there is none
        [student SD].

    """
    rows = choose(errors, subject=list(SUBJECTS), information="heterogeneous", scope=list(SCOPES))
    keys = ["subject", "scope", "weight"]
    wide = rows.pivot(index=keys, columns="quantity", values="estimate").sort_index()
    index = rows[rows["quantity"] == "index"].set_index(keys).sort_index()
    table = pick(wide.reset_index(), [*keys, *GROUP_GAINS]).copy()
    weight = table["weight"]
    direction = {"gain_higher": 1 - weight, "gain_lower": weight}
    length = (1 - weight) ** 2 + weight**2
    for end, column in (("inner", "low"), ("outer", "high")):
        step = index[column].to_numpy() - index["estimate"].to_numpy()
        for gain, share in direction.items():
            name = gain.replace("gain", end)
            table[name] = table[gain] + step * share / length
    for column in HELD_OUT:
        table[column] = wide[column].to_numpy() if column in wide else np.nan
    return table.rename_axis(columns=None)


@house_style
def draw_bands(data: pd.DataFrame, note: str) -> Figure:
    """Draw the frontiers, their bands and what the year left out says, from `bands_data`."""
    figure, axes = subject_panels(height=3.5, sharex=True, sharey=True)
    for subject, panel in axes.items():
        for scope, label in SCOPES.items():
            chosen = (data["subject"] == subject) & (data["scope"] == scope)
            _band(panel, data[chosen], scope, label)
        mark_status_quo(panel)
        round_ticks(panel)
        panel.set_xlabel(GROUP_GAINS["gain_higher"])
    axes["ela"].set_ylabel(GROUP_GAINS["gain_lower"])
    legend_below(figure, axes["ela"], columns=3)
    stamp(figure, note)
    return figure


def _band(panel: Axes, rows: pd.DataFrame, scope: str, label: str) -> None:
    look = LOOKS[scope]
    around = pd.concat(
        [
            rows[["inner_higher", "inner_lower"]].set_axis([*GROUP_GAINS], axis=1),
            rows[["outer_higher", "outer_lower"]].set_axis([*GROUP_GAINS], axis=1)[::-1],
        ]
    )
    panel.fill(around["gain_higher"], around["gain_lower"], color=look.colour, alpha=0.2, lw=0)
    panel.plot(rows["gain_higher"], rows["gain_lower"], label=label, **look.line_style())
    held_out = rows[[*HELD_OUT]].dropna()
    if len(held_out):
        marks = look.marker_style() | {"markerfacecolor": "white"}
        panel.plot(*held_out.to_numpy().T, label=f"{label}, year left out", **marks)


def errors_data(errors: pd.DataFrame) -> pd.DataFrame:
    """Select the headline quantities at equal weights, in the units in which they are shown.

    Returns
    -------
    DataFrame
        Columns panel, quantity, subject, scope, information, estimate, standard_error, low, high,
        bias.

    """
    half = errors[np.isclose(errors["weight"], 0.5)]
    parts = []
    for panel, (names, unit, _) in PANELS.items():
        rows = half[half["quantity"].isin([*names])]
        values = rows[NUMBERS] / unit
        parts.append(rows[["quantity", *LABELS]].join(values).assign(panel=panel))
    return pd.concat(parts, ignore_index=True)[["panel", "quantity", *LABELS, *NUMBERS]]


def errors_tex(table: pd.DataFrame, note: str) -> str:
    """Write the headline quantities as LaTeX for booktabs, ``note`` as the last line."""
    heads = ["", "Estimate", "Standard error", "Low", "High", "Bias"]
    panels = {}
    for title, (names, _, decimals) in PANELS.items():
        rows = table[table["panel"] == title]
        panels[title] = [
            [_row_name(row, names[row["quantity"]])]
            + [number(row[column], decimals) for column in NUMBERS]
            for row in rows.to_dict("records")
        ]
    return tabular(heads, {title: rows for title, rows in panels.items() if rows}, note)


def _row_name(row: dict, of: str) -> str:
    subject = SUBJECTS.get(row["subject"], "Both subjects")
    words = [subject, SCOPES[row["scope"]].lower(), of or BY[row["information"]]]
    return ", ".join(words)
