"""Value added: tables 1, A.2, A.3, A.6 and A.7, figures 1, 2b and A.1 to A.5."""

import pandas as pd
from matplotlib.figure import Figure

from welfare_added.exhibits.bates_2022.bins import (
    BLACK,
    BLUE,
    ORANGE,
    line,
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
BELOW = {"mean_dependent": ("Mean of outcome", 4), "clusters": ("Teachers", 0), "n": ("N", 0)}
OUTCOMES = ("Mean", "Difference", "Mean", "Mean", "Mean", "Mean")
FORECAST = ("forecast", "Forecast from past years, student SD")
REALISED = ("realised", "Mean residual score, student SD")


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


def _bins(bins: pd.DataFrame, quantity: str, sample: str) -> pd.DataFrame:
    rows = choose(bins, quantity=quantity, sample=sample)
    return pick(rows, ["bin", "forecast", "realised", "teacher_years"])


@house_style
def figure_01(bins: pd.DataFrame, *, note: str) -> Drawn:
    """Realised on predicted value added, all teacher-years."""
    data = _bins(bins, "mean", "all")
    return data, one_scatter(data, FORECAST, REALISED, note, equal=True)


@house_style
def figure_a2(bins: pd.DataFrame, *, note: str) -> Drawn:
    """Realised on predicted difference between both types of students."""
    data = _bins(bins, "difference", "all")
    across = ("forecast", "Forecast difference between types, student SD")
    up = ("realised", "Difference of mean residuals, student SD")
    return data, one_scatter(data, across, up, note, equal=True)


@house_style
def figure_a4a(bins: pd.DataFrame, *, note: str) -> Drawn:
    """Realised on predicted value added where class size falls most."""
    data = _bins(bins, "mean", "size_below_10")
    return data, one_scatter(data, FORECAST, REALISED, note, equal=True)


@house_style
def figure_a4b(bins: pd.DataFrame, *, note: str) -> Drawn:
    """Realised on predicted value added where class size rises most."""
    data = _bins(bins, "mean", "size_above_90")
    return data, one_scatter(data, FORECAST, REALISED, note, equal=True)


@house_style
def figure_02b(bins: pd.DataFrame, *, note: str) -> Drawn:
    """Comparative advantage with disadvantaged students, by absolute advantage."""
    data = pick(bins, ["bin", "absolute", "comparative", "teachers"])
    across = ("absolute", "Absolute advantage: mean over both types, student SD")
    up = ("comparative", "Comparative advantage, student SD")
    return data, one_scatter(data, across, up, note)


PAIRS = {
    "00": ("Not disadvantaged", ORANGE),
    "11": ("Disadvantaged", BLUE),
    "01": ("Across types", BLACK),
}


@house_style
def figure_a1(drift: pd.DataFrame, *, note: str) -> Drawn:
    """Correlation of value added between years, by distance and pair of types."""
    data = pick(drift, ["pair", "lag", "covariance", "correlation", "pairs"])
    data = data.assign(pair=data["pair"].astype(str).str.zfill(2))
    return data, draw_drift(data, note)


def draw_drift(data: pd.DataFrame, note: str) -> Figure:
    """Covariance left, correlation right, a line a pair of types."""
    figure, [row] = panels(height=3.4)
    titles = {"covariance": "Covariance, student SD²", "correlation": "Correlation"}
    for axes, (column, title) in zip(row, titles.items(), strict=True):
        for pair, (label, look) in PAIRS.items():
            own = data[(data["pair"] == pair) & data[column].notna()]
            line(axes, own, "lag", column, look, label)
        axes.set_title(title, loc="left")
        axes.set_xlabel("Years between")
        axes.set_ylim(bottom=0)
    legend_below(figure, row[0], columns=len(PAIRS))
    stamp(figure, note)
    return figure


@house_style
def figure_a3(event_study: pd.DataFrame, *, note: str) -> Drawn:
    """Mean residual before and after a transfer, with 95% intervals."""
    columns = ["years_since_transfer", "estimate", "standard_error", "teacher_years"]
    data = pick(event_study, columns)
    figure, axes = single_panel()
    zero(axes)
    axes.axvline(-0.5, color="#8C8C8C", linewidth=0.7, linestyle=(0, (2, 2)))
    axes.errorbar(
        data["years_since_transfer"],
        data["estimate"],
        yerr=1.96 * data["standard_error"].fillna(0),
        ecolor=BLUE.colour,
        elinewidth=1,
        capsize=2,
        **BLUE.marker_style(),
    )
    axes.set_xlabel("Years since the transfer")
    axes.set_ylabel("Mean residual score, student SD")
    stamp(figure, note)
    return data, figure


@house_style
def figure_a5(distribution: pd.DataFrame, *, note: str) -> Drawn:
    """Distribution of forecasts among the teachers of the district."""
    data = pick(distribution, ["low", "high", "teachers"])
    figure, axes = single_panel()
    axes.bar(
        data["low"],
        data["teachers"],
        width=data["high"] - data["low"],
        align="edge",
        color=BLUE.colour,
        edgecolor="white",
        linewidth=0.4,
    )
    axes.set_xlabel("Predicted value added, student SD")
    axes.set_ylabel("Teachers")
    stamp(figure, note)
    return data, figure


STRUCTURE = {
    "sd_0": "SD, students not disadvantaged",
    "sd_1": "SD, disadvantaged students",
    "correlation": "Correlation",
}
SPLITS = {
    "economically_disadvantaged": "Economic disadvantage",
    "race": "Race (White or not)",
    "lagged_median": "Lagged achievement (median)",
}


def table_a2(structure: pd.DataFrame, *, note: str) -> Drawn:
    """Structural parameters of value added with their intervals."""
    data = pick(structure, ["parameter", "estimate", "low", "high"])
    rows = [
        [_structure(row.parameter), *(number(v, 3) for v in (row.estimate, row.low, row.high))]
        for row in data.itertuples()
    ]
    return data, tabular(["", "Estimate", "95% low", "95% high"], {"": rows}, note)


def table_a7(structure: pd.DataFrame, *, note: str) -> Drawn:
    """Structural parameters for other splits of students into two types."""
    data = pick(structure, ["split", "parameter", "estimate", "low", "high"])
    parts = {
        SPLITS.get(split, split): [
            [_structure(row.parameter), *(number(v, 3) for v in (row.estimate, row.low, row.high))]
            for row in rows.itertuples()
        ]
        for split, rows in data.groupby("split", sort=False)
    }
    return data, tabular(["", "Estimate", "95% low", "95% high"], parts, note)


def _structure(parameter: str) -> str:
    return STRUCTURE.get(parameter, parameter.replace("_", " ").capitalize())


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
