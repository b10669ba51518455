"""Value added: tables 1, A.2, A.3, A.6 and A.7, figures 1, 2b and A.1 to A.5."""

import pandas as pd
from matplotlib.figure import Figure

from welfare_added.exhibits.bates_2022.bins import (
    BLACK,
    BLUE,
    ORANGE,
    one_scatter,
    zero,
)
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import house_style, legend_below, panels, single_panel, stamp

TABLE_1 = {
    "va": "VA (both types)",
    "va_diff": "VA difference",
    "post_transfer": "Post transfer",
    "va_x_post_transfer": "VA x post transfer",
    "va_below_10_disadvantaged": "VA, below 10th (disadv.)",
    "va_10_90_disadvantaged": "VA, 10th-90th (disadv.)",
    "va_above_90_disadvantaged": "VA, above 90th (disadv.)",
    "va_below_10_size": "VA, below 10th (size)",
    "va_10_90_size": "VA, 10th-90th (size)",
    "va_above_90_size": "VA, above 90th (size)",
    "constant": "Constant",
}
BELOW = {
    "p_equal": ("p, equal slopes", 3),
    "mean_dependent": ("Mean of outcome", 4),
    "clusters": ("Teachers", 0),
    "n": ("N", 0),
}
OUTCOMES = ("Mean", "Difference", "Mean", "Mean", "Mean", "Mean")
FORECAST = ("x", "Forecast from past years, student SD")
REALISED = ("y", "Mean residual score, student SD")


def table_01(tests: pd.DataFrame, *, note: str) -> Drawn:
    """Tests of forecast unbiasedness; data: column, row, estimate, standard_error."""
    data = pick(tests, ["column", "row", "estimate", "standard_error"])
    cells = data.set_index(["column", "row"])
    columns = sorted(data["column"].unique())
    rows = []
    for name, label in TABLE_1.items():
        there = {c: cells.loc[(c, name)] for c in columns if (c, name) in cells.index}
        rows.append([label, *(number(there[c].estimate, 3) if c in there else "" for c in columns)])
        rows.append(["", *(_error(there[c]) if c in there else "" for c in columns)])
    below = [
        [
            label,
            *(
                number(cells.loc[(c, name)].estimate, decimals) if (c, name) in cells.index else ""
                for c in columns
            ),
        ]
        for name, (label, decimals) in BELOW.items()
    ]
    heads = ["", *(f"({c}) {OUTCOMES[int(c) - 1]}" for c in columns)]
    return data, tabular(heads, {"": rows, " ": below}, note)


def _error(row: pd.Series) -> str:
    return "" if row.standard_error != row.standard_error else f"({row.standard_error:.4f})"


def _bins(bins: pd.DataFrame, figure: str) -> pd.DataFrame:
    rows = choose(bins, figure=figure)
    return pick(rows, ["bin", "x", "y", "teacher_years", "teachers", "slope", "intercept"])


def _draw(
    data: pd.DataFrame, across: tuple[str, str], up: tuple[str, str], note: str, *, equal: bool
) -> Figure:
    """Marks of bins and the slope over all teacher-years; equal: with the 45 degree line."""
    figure = one_scatter(data, across, up, note, equal=equal)
    slope = number(data["slope"].iloc[0], 2, undefined="withheld")
    axes = figure.axes[0]
    axes.text(0.03, 0.97, f"Slope {slope}", transform=axes.transAxes, va="top", fontsize=7.5)
    return figure


@house_style
def figure_01(bins: pd.DataFrame, *, note: str) -> Drawn:
    """Realised on predicted value added, all teacher-years; data: bin, x, y and their line."""
    data = _bins(bins, "figure_01")
    return data, _draw(data, FORECAST, REALISED, note, equal=True)


@house_style
def figure_a2(bins: pd.DataFrame, *, note: str) -> Drawn:
    """Realised on predicted difference between both types of students; data as of `figure_01`."""
    data = _bins(bins, "figure_a02")
    across = ("x", "Forecast difference between types, student SD")
    up = ("y", "Difference of mean residuals, student SD")
    return data, _draw(data, across, up, note, equal=True)


@house_style
def figure_a4a(bins: pd.DataFrame, *, note: str) -> Drawn:
    """Realised on predicted value added where class size falls most; data as of `figure_01`."""
    data = _bins(bins, "figure_a04a")
    return data, _draw(data, FORECAST, REALISED, note, equal=True)


@house_style
def figure_a4b(bins: pd.DataFrame, *, note: str) -> Drawn:
    """Realised on predicted value added where class size rises most; data as of `figure_01`."""
    data = _bins(bins, "figure_a04b")
    return data, _draw(data, FORECAST, REALISED, note, equal=True)


@house_style
def figure_02b(bins: pd.DataFrame, *, note: str) -> Drawn:
    """Comparative advantage by absolute advantage of teachers; data as of `figure_01`."""
    data = _bins(bins, "figure_02b")
    across = ("x", "Absolute advantage: mean over both types, student SD")
    return data, _draw(data, across, ("y", "Comparative advantage, student SD"), note, equal=False)


PAIRS = {
    "type_0": ("Not disadvantaged", ORANGE),
    "type_1": ("Disadvantaged", BLUE),
    "between_types": ("Across types", BLACK),
}


@house_style
def figure_a1(drift: pd.DataFrame, *, note: str) -> Drawn:
    """Correlation of value added between years, by distance and pair of types."""
    data = pick(drift, ["pair", "lag", "covariance", "correlation", "pairs"])
    unknown = sorted({*data["pair"]} ^ {*PAIRS})
    if unknown:
        raise ValueError(f"drift.csv: pairs {', '.join(unknown)} are unknown or missing")
    return data, draw_drift(data, note)


def draw_drift(data: pd.DataFrame, note: str) -> Figure:
    """Covariance left, correlation right, a line a pair of types."""
    figure, [row] = panels(height=3.4)
    titles = {"covariance": "Covariance, student SD²", "correlation": "Correlation"}
    for axes, (column, title) in zip(row, titles.items(), strict=True):
        for pair, (label, look) in PAIRS.items():
            own = data[(data["pair"] == pair) & data[column].notna()]
            # No marks: both panels draw the same rows.
            axes.plot(own["lag"], own[column], label=label, **look.line_style())
        axes.set_title(title, loc="left")
        axes.set_xlabel("Years between")
        axes.set_ylim(bottom=0)
    legend_below(figure, row[0], columns=len(PAIRS))
    stamp(figure, note)
    return figure


@house_style
def figure_a3(event_study: pd.DataFrame, *, note: str) -> Drawn:
    """Mean residual before and after a transfer, with 95% intervals."""
    columns = ["event_year", "estimate", "standard_error", "teacher_years"]
    data = pick(event_study, columns)
    figure, axes = single_panel()
    zero(axes)
    axes.axvline(-0.5, color="#8C8C8C", linewidth=0.7, linestyle=(0, (2, 2)))
    axes.errorbar(
        data["event_year"],
        data["estimate"],
        yerr=1.96 * data["standard_error"].fillna(0),
        ecolor=BLUE.colour,
        elinewidth=1,
        **BLUE.marker_style(),
    )
    axes.set_xlabel("Years since the transfer")
    axes.set_ylabel("Mean residual score, student SD")
    stamp(figure, note)
    return data, figure


@house_style
def figure_a5(distribution: pd.DataFrame, *, note: str) -> Drawn:
    """Distribution of forecasts among the teachers of the district.

    Data: low, high [student SD], teachers, height (teachers for each narrowest bin's width, so that
    areas are in proportion to teachers).
    """
    data = pick(distribution, ["low", "high", "teachers"]).copy()
    width = data["high"] - data["low"]
    narrowest = round(float(width.min()), 9)
    data["height"] = (data["teachers"] * narrowest / width).round(9)
    figure, axes = single_panel()
    axes.bar(
        data["low"],
        data["height"],
        width=width,
        align="edge",
        color=BLUE.colour,
        edgecolor="white",
        linewidth=0.4,
    )
    axes.set_xlabel("Predicted value added, student SD")
    axes.set_ylabel(f"Teachers per {narrowest:g} SD")
    stamp(figure, note)
    return data, figure


STRUCTURE = {
    "sd_0": "SD, students not disadvantaged",
    "sd_1": "SD, disadvantaged students",
    "correlation": "Correlation",
    "shock_sd_0": "SD of class shocks, not disadvantaged",
    "shock_sd_1": "SD of class shocks, disadvantaged",
    "shock_correlation": "Correlation of class shocks",
    "class_sd_0": "SD of both, not disadvantaged",
    "class_sd_1": "SD of both, disadvantaged",
    "persistence_0": "Persistence a year, not disadvantaged",
    "persistence_1": "Persistence a year, disadvantaged",
    "student_sd_0": "SD within class, not disadvantaged",
    "student_sd_1": "SD within class, disadvantaged",
    "likelihood_sd_0": "SD by likelihood, not disadvantaged",
    "likelihood_sd_1": "SD by likelihood, disadvantaged",
    "likelihood_correlation": "Correlation by likelihood",
    "likelihood_permanent_share": "Permanent share by likelihood",
    "likelihood_persistence": "Persistence of the rest by likelihood",
    "likelihood_ratio": "Likelihood ratio, one dimension",
    "likelihood_ratio_p": "p of the likelihood ratio",
    "corrected_sd_0": "SD, corrected for schools' errors, not disadvantaged",
    "corrected_sd_1": "SD, corrected for schools' errors, disadvantaged",
    "corrected_correlation": "Correlation, corrected for schools' errors",
}
INTERVAL = ["estimate", "low", "high"]
HEADS = ["", "Estimate", "95% low", "95% high"]


def table_a2(structure: pd.DataFrame, *, note: str) -> Drawn:
    """Structural parameters of value added with their intervals, those of `STRUCTURE`."""
    data = pick(structure, ["parameter", *INTERVAL])
    data = data[data["parameter"].isin(STRUCTURE)].reset_index(drop=True)
    rows = [_interval(row, STRUCTURE) for row in data.to_dict("records")]
    return data, tabular(HEADS, {"": rows}, note)


TYPES = {"sd_0": "SD, first type", "sd_1": "SD, second type", "correlation": "Correlation"}
SPLITS = {
    "disadvantaged": "Economic disadvantage: not, or disadvantaged",
    "race": "Race: White, or not",
    "achievement": "Lagged achievement: below, or above the median",
}


def table_a7(
    disadvantaged: pd.DataFrame, race: pd.DataFrame, achievement: pd.DataFrame, *, note: str
) -> Drawn:
    """Spread and correlation for three splits of students into two types.

    Data: split, parameter, estimate, low, high.
    """
    tables = zip(SPLITS, (disadvantaged, race, achievement), strict=True)
    data = pd.concat(
        choose(table, parameter=list(TYPES)).assign(split=split) for split, table in tables
    )
    data = pick(data, ["split", "parameter", *INTERVAL]).reset_index(drop=True)
    parts = {
        title: [_interval(row, TYPES) for row in data[data["split"] == split].to_dict("records")]
        for split, title in SPLITS.items()
    }
    return data, tabular(HEADS, parts, note)


def _interval(row: dict, labels: dict[str, str]) -> list[str]:
    name = row["parameter"]
    label = labels.get(name, name.replace("_", " ").capitalize())
    return [label, *(number(row[column], 3, undefined="") for column in INTERVAL)]


def table_a3(experience: pd.DataFrame, *, note: str) -> Drawn:
    """Returns to experience by bin."""
    data = pick(experience, ["experience", "estimate", "standard_error"])
    rows = [
        [str(row.experience), number(row.estimate, 3), _error(row)] for row in data.itertuples()
    ]
    return data, tabular(["Prior years", "Return", "SE"], {"": rows}, note)


def table_a6(same: pd.DataFrame, *, note: str) -> Drawn:
    """Effects of having the student's race or gender."""
    data = pick(same, ["trait", "row", "estimate", "standard_error", "n"])
    parts = {
        str(trait).capitalize(): [
            [
                str(row.row).replace("_", " ").capitalize(),
                number(row.estimate, 4),
                _error(row),
                number(row.n, 0),
            ]
            for row in rows.itertuples()
        ]
        for trait, rows in data.groupby("trait", sort=False)
    }
    return data, tabular(["", "Estimate", "SE", "N"], parts, note)
