"""Table 3, figures 2, A5 and A8: spread of salaries, and what is paid for value added."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from welfare_added.exhibits.biasi_2017.cells import count, in_parentheses
from welfare_added.exhibits.biasi_2017.labels import (
    BLACK,
    BLUE,
    PERIODS,
    REGIMES,
)
from welfare_added.exhibits.biasi_2017.series import band, zero
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import (
    REFERENCE,
    dollars,
    house_style,
    legend_below,
    panels,
    stamp,
)

TERMS = {"treated": "IS", "post": "post", "treated_x_post": "IS x post"}
SAMPLES = {
    "all": "All",
    "MA": "Master",
    "MA_below_10": "Master, under 10 years",
    "10_and_more": "10 years and more",
}


def table_03(ranges: pd.DataFrame, *, note: str) -> Drawn:
    """Interquantile ranges of log salary residuals.

    Data: sample, low, high (quantiles), term, estimate, standard_error, n, clusters, replications.
    """
    columns = ["sample", "low", "high", "term", "estimate", "standard_error", "n"]
    rows = choose(ranges, sample=list(SAMPLES), term=list(TERMS))
    data = pick(rows, [*columns, *rows.columns.difference(columns, sort=False)])
    parts = {}
    for (low, high), own in data.groupby(["low", "high"], sort=False):
        title = f"{100 * high:.0f}th less {100 * low:.0f}th percentile"
        parts[title] = _terms(own.set_index(["term", "sample"]))
    first = data.drop_duplicates("sample").set_index("sample")["n"]
    parts["Number"] = [["Observations", *(count(first[name]) for name in SAMPLES)]]
    return data, tabular(["", *SAMPLES.values()], parts, note)


def _terms(of: pd.DataFrame) -> list[list[str]]:
    rows = []
    for term, label in TERMS.items():
        own = [of.loc[(term, name)] for name in SAMPLES]
        rows.append([label, *(number(one["estimate"], 4) for one in own)])
        rows.append(["", *(in_parentheses(one["standard_error"], 4) for one in own)])
    return rows


@house_style
def figure_02(fit_lines: pd.DataFrame, *, note: str) -> Drawn:
    """Residual salary on residual value added.

    Data: period (before, after), regime, value_added [SD], salary, low, high [dollars, 95%], slope,
    slope_error [dollars a SD], n.
    """
    columns = ["period", "regime", "value_added", "salary", "low", "high", "slope", "slope_error"]
    data = pick(choose(fit_lines, period=list(PERIODS), regime=list(REGIMES)), [*columns, "n"])
    return data, draw_fits(data, note)


def draw_fits(data: pd.DataFrame, note: str) -> Figure:
    """A panel a period: lines with their bands."""
    figure, [row] = panels(height=3.3, sharey=True)
    for axes, (period, title) in zip(row, PERIODS.items(), strict=True):
        own = data[data["period"] == period]
        for regime, (label, look) in REGIMES.items():
            rows = own[own["regime"] == regime].sort_values("value_added")
            band(axes, rows, "value_added", ("low", "high"), look)
            axes.plot(rows["value_added"], rows["salary"], label=label, **look.line_style())
        zero(axes)
        axes.set_title(title, loc="left")
        axes.set_xlabel("Residual value added, SD")
        axes.yaxis.set_major_formatter(dollars)
    row[0].set_ylabel("Residual salary")
    legend_below(figure, row[0], columns=2)
    stamp(figure, note)
    return figure


@house_style
def figure_a5(densities: pd.DataFrame, *, note: str) -> Drawn:
    """Densities of delta by regime and period; data: period, regime, delta [dollars], density."""
    columns = ["period", "regime", "delta", "density"]
    data = pick(choose(densities, period=list(PERIODS), regime=list(REGIMES)), columns)
    return data, draw_deltas(data, note)


def draw_deltas(data: pd.DataFrame, note: str) -> Figure:
    """A panel a period, a line a regime."""
    figure, [row] = panels(height=3.1, sharey=True, sharex=True)
    for axes, (period, title) in zip(row, PERIODS.items(), strict=True):
        for regime, (label, look) in REGIMES.items():
            own = data[(data["period"] == period) & (data["regime"] == regime)]
            own = own.sort_values("delta")
            axes.plot(own["delta"], 1000 * own["density"], label=label, **look.line_style())
        axes.axvline(0, color=REFERENCE, linewidth=0.7, zorder=0)
        axes.set_title(title, loc="left")
        axes.set_xlabel("Estimate of delta, a district")
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(dollars)
        axes.set_ylim(bottom=0)
    row[0].set_ylabel("Density per \\$1,000")
    legend_below(figure, row[0], columns=2)
    stamp(figure, note)
    return figure


COVARIATES = {
    "disadvantaged_percent": "Disadvantaged students, %",
    "value_added": "Mean value added, SD",
    "math": "Test scores, mathematics",
}


@house_style
def figure_a8(districts: pd.DataFrame, slopes: pd.DataFrame, *, note: str) -> Drawn:
    """Characteristics of districts against delta after Act 10.

    Data: covariate, delta [dollars], value, n (teacher-years: the weights), slope [units of the
    covariate a dollar], slope_error, p.
    """
    own = choose(districts, period="after")
    own = pick(own, ["delta", "n", *COVARIATES]).dropna(subset=["delta"])
    lines = choose(slopes, covariate=list(COVARIATES), term=["delta"])
    fits = pick(lines, ["covariate", "estimate", "standard_error", "p"])
    fits = fits.set_axis(["covariate", "slope", "slope_error", "p"], axis=1)
    long = own.melt(["delta", "n"], var_name="covariate", value_name="value").dropna()
    data = long.merge(fits, on="covariate")[
        ["covariate", "delta", "value", "n", "slope", "slope_error", "p"]
    ]
    return data, draw_covariates(data, note)


def draw_covariates(data: pd.DataFrame, note: str) -> Figure:
    """A panel a characteristic: a mark a district, and the weighted line."""
    figure, [row] = panels(columns=len(COVARIATES), height=2.9)
    for axes, (name, label) in zip(row, COVARIATES.items(), strict=True):
        own = data[data["covariate"] == name]
        _with_line(axes, own)
        axes.set_title(label, loc="left", fontsize=8.0)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.xaxis.set_major_formatter(
            lambda value, _: f"{value / 1000:g}".replace("-", "\N{MINUS SIGN}")
        )
    row[1].set_xlabel("Estimate of delta after Act 10, \\$1,000")
    stamp(figure, note)
    return figure


def _with_line(axes: Axes, own: pd.DataFrame) -> None:
    """Marks, and the line of the given slope through the weighted means."""
    size = 2.0 + 20.0 * np.sqrt(own["n"] / own["n"].max())
    axes.scatter(own["delta"], own["value"], s=size, color=BLUE.colour, alpha=0.5, linewidths=0)
    middle = [np.average(own[one], weights=own["n"]) for one in ("delta", "value")]
    ends = np.array([own["delta"].min(), own["delta"].max()])
    level = middle[1] + own["slope"].iloc[0] * (ends - middle[0])
    axes.plot(ends, level, color=BLACK.colour, linewidth=1.2)
