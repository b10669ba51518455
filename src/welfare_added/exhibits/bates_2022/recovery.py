"""Ours: estimates against the planted truth, by integrator and by choice set."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from welfare_added.exhibits.bates_2022.bins import BLUE
from welfare_added.exhibits.bates_2022.labels import PARAMETERS, teacher_parameter
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import Look, house_style, legend_below, page, stamp

BAND = 1.96
FARTHEST = 12.0
SHIFT = 0.27  # between the marks of two series in one row
TITLES = {"teachers": "Teachers (table 5)", "principals": "Principals (table 6)"}
ESTIMATES = ["parameter", "truth", "estimate", "standard_error"]


def table_recovery(recovery: pd.DataFrame, *, note: str) -> Drawn:
    """Truth, estimate, standard error and 95% interval of every parameter; whether it covers.

    Data: side, parameter, truth, estimate, standard_error, low, high, covers (0 or 1).
    """
    data = pick(choose(recovery, side=list(TITLES)), ["side", *ESTIMATES]).copy()
    data["low"] = data["estimate"] - BAND * data["standard_error"]
    data["high"] = data["estimate"] + BAND * data["standard_error"]
    data["covers"] = data["truth"].between(data["low"], data["high"]).astype(int)
    parts = {
        title: [
            [
                PARAMETERS[side](row.parameter),
                *(number(v, 3) for v in (row.truth, row.estimate, row.standard_error)),
                f"[{number(row.low, 3)}, {number(row.high, 3)}]",
                "yes" if row.covers else "no",
            ]
            for row in data[data["side"] == side].itertuples()
        ]
        for side, title in TITLES.items()
    }
    heads = ["", "Truth", "Estimate", "SE", "95% interval", "Covers"]
    return data, tabular(heads, parts, note)


@house_style
def figure_recovery(recovery: pd.DataFrame, *, note: str) -> Drawn:
    """Distance of every estimate from the planted truth in its own standard errors.

    Data: side, parameter, truth, estimate, standard_error, distance.
    """
    data = _distances(pick(choose(recovery, side=list(TITLES)), ["side", *ESTIMATES]))
    return data, draw_recovery(data, note)


def _distances(rows: pd.DataFrame) -> pd.DataFrame:
    gap = rows["estimate"] - rows["truth"]
    error = rows["standard_error"].where(rows["standard_error"] > 0)
    return rows.assign(distance=gap / error).reset_index(drop=True)


def draw_recovery(data: pd.DataFrame, note: str) -> Figure:
    """A column a side of the market, a row a parameter."""
    most = data.groupby("side").size().max()
    figure = page(height=0.165 * most + 1.0)
    row = figure.subplots(1, len(TITLES))
    for axes, (side, title) in zip(row, TITLES.items(), strict=True):
        own = data[data["side"] == side].reset_index(drop=True)
        labels = [PARAMETERS[side](name) for name in own["parameter"]]
        _rows(axes, own, labels, {"": ("", BLUE)}, None)
        held = (own["distance"].abs() <= BAND).sum()
        axes.set_title(f"{title}: {held} of {own['distance'].notna().sum()}", loc="right")
    stamp(figure, note)
    return figure


def _rows(
    axes: Axes,
    data: pd.DataFrame,
    labels: list[str],
    series: Mapping[str, tuple[str, Look]],
    column: str | None,
) -> None:
    """Marks of distances by row, series one above another; clipped at FARTHEST; grey: 95%."""
    axes.axvspan(-BAND, BAND, color="#E4E4E4", linewidth=0)
    axes.axvline(0, color="#8C8C8C", linewidth=0.7)
    reach = min(FARTHEST, max(4.0, float(data["distance"].abs().max()) * 1.05))
    order = list(dict.fromkeys(data["parameter"])) if column else None
    shifts = SHIFT * (np.arange(len(series)) - (len(series) - 1) / 2)
    for shift, (value, (label, look)) in zip(shifts, series.items(), strict=True):
        own = data[data[column] == value] if column else data
        at = [order.index(one) for one in own["parameter"]] if column else range(len(own))
        clipped = np.clip(own["distance"], -reach, reach)
        axes.plot(clipped, np.asarray(at) + shift, label=label or None, **look.marker_style(3.6))
    axes.set_yticks(range(len(labels)), labels, fontsize=6.2)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_xlim(-1.06 * reach, 1.06 * reach)
    axes.grid(axis="y", color="#EFEFEF", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("(Estimate less truth) / SE")


INTEGRATORS = {
    "prior": ("100 draws from the prior (paper)", Look("#D55E00", "none", "^")),
    "sobol": ("Sobol draws from the prior", Look("#E69F00", "none", "s", filled=False)),
    "adaptive": ("Importance sampling at the mode", Look("#0072B2", "none", "o")),
}
CHOICE_SETS = {
    "observed": (
        "First to last application (paper)",
        Look("#D55E00", "none", "^"),
    ),
    "posted": ("From postings", Look("#E69F00", "none", "s", filled=False)),
    "true": ("True windows", Look("#0072B2", "none", "o")),
}


@house_style
def figure_integrators(integrators: pd.DataFrame, *, note: str) -> Drawn:
    """What each integrator makes of one world: distances from the truth, by parameter.

    Data: integrator, parameter, truth, estimate, standard_error, distance.
    """
    return _compared(integrators, "integrator", INTEGRATORS, note)


@house_style
def figure_choice_sets(choice_sets: pd.DataFrame, *, note: str) -> Drawn:
    """What each definition of choice sets makes of one world; data as of `figure_integrators`."""
    return _compared(choice_sets, "choice_set", CHOICE_SETS, note)


def _compared(
    table: pd.DataFrame, column: str, series: Mapping[str, tuple[str, Look]], note: str
) -> Drawn:
    there = {name: one for name, one in series.items() if (table[column] == name).any()}
    rows = choose(table, **{column: list(there)})
    data = _distances(pick(rows, [column, *ESTIMATES]))
    names = list(dict.fromkeys(data["parameter"]))
    figure = page(height=0.19 * len(names) + 1.4)
    axes = figure.subplots()
    held = {
        name: (
            f"{label}: {(data.loc[data[column] == name, 'distance'].abs() <= BAND).sum()} of "
            f"{data.loc[data[column] == name, 'distance'].notna().sum()}",
            look,
        )
        for name, (label, look) in there.items()
    }
    truth = data.drop_duplicates("parameter").set_index("parameter")["truth"]
    labels = [f"{teacher_parameter(name)} ({truth[name]:.3g})" for name in names]
    _rows(axes, data, labels, held, column)
    legend_below(figure, axes, columns=2)
    stamp(figure, note)
    return data, figure


WORLDS = {
    "draws": ("Draws", 0),
    "worlds": ("Worlds", 0),
    "failed": ("Failed", 0),
    "parameters": ("Parameters", 0),
    "coverage": ("Coverage of 95%", 3),
    "coverage_low": ("Least", 3),
    "coverage_high": ("Largest", 3),
    "likelihood_ratio": ("LR at the truth", 1),
    "degrees": ("Degrees", 0),
    "max_abs_z": ("Max |z|", 1),
}


SIMULATED = "Draws from the prior, shared"


def table_integrators(worlds: pd.DataFrame, *, note: str) -> Drawn:
    """Integrators over fresh planted worlds: coverage, and likelihood ratio at the truth."""
    data = pick(choose(worlds, side=list(TITLES)), ["side", "integrator", *WORLDS])
    parts = {
        title: [
            [
                INTEGRATORS.get(row["integrator"], (SIMULATED,))[0],
                *(number(row[name], decimals) for name, (_, decimals) in WORLDS.items()),
            ]
            for row in data[data["side"] == side].to_dict("records")
        ]
        for side, title in TITLES.items()
    }
    return data, tabular(["", *(head for head, _ in WORLDS.values())], parts, note)


SIZES = {
    "applicants": ("Applicants", 0),
    "pairs": ("Pairs", 0),
    "application_rate": ("Application rate", 3),
    "single": ("With one application", 3),
}


def table_choice_sets(sizes: pd.DataFrame, *, note: str) -> Drawn:
    """What each definition of choice sets keeps of one world."""
    data = pick(sizes, ["choice_set", *SIZES])
    rows = [
        [
            CHOICE_SETS.get(row["choice_set"], (row["choice_set"],))[0],
            *(number(row[name], decimals) for name, (_, decimals) in SIZES.items()),
        ]
        for row in data.to_dict("records")
    ]
    return data, tabular(["", *(head for head, _ in SIZES.values())], {"": rows}, note)
