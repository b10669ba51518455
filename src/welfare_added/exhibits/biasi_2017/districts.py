"""Tables 2, A1 and A3, figure A4: districts by regime, and who adopted which."""

import pandas as pd
from matplotlib.figure import Figure

from welfare_added.exhibits.biasi_2017.cells import count, in_parentheses
from welfare_added.exhibits.biasi_2017.labels import DISTRICT_VARIABLES, PURPLE, REGIMES
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import house_style, legend_below, panels, stamp

MOMENTS = ["first_mean", "first_sd", "second_mean", "second_sd", "difference"]
MEANS = ("first_mean", "second_mean", "difference")
ERRORS = ["standard_error_rows", "districts_first", "districts_second"]
MORE = ["standard_error", "p", "rows_first", "rows_second"]
COMPARISONS = {"full": "IS and all SS districts", "matched": "IS and matched SS districts"}
OF_HANDBOOKS = [name for name in DISTRICT_VARIABLES if name not in ("urban", "suburban")]
PROBIT = {name: label for name, (label, _) in DISTRICT_VARIABLES.items()}
PROBIT |= {"property_value_per_pupil": "Property value per pupil, \\$", "constant": "Constant"}
HEADS = ["Mean", "Mean", "Difference", "SE, by district"]


def table_02(characteristics: pd.DataFrame, *, note: str) -> Drawn:
    """Districts before Act 10 by regime.

    Data: comparison (full, matched: SS districts compared with), variable, means and SDs over
    district-years of IS (first) and SS (second), difference, standard_error_rows (rows as if
    independent, as printed), districts of both groups, standard_error and p (clustered by
    district), rows.
    """
    columns = ["comparison", "variable", *MOMENTS, *ERRORS, *MORE]
    there = choose(characteristics, comparison=list(COMPARISONS), variable=list(DISTRICT_VARIABLES))
    data = pick(there, columns)
    parts = {title: _rows(data[data["comparison"] == one]) for one, title in COMPARISONS.items()}
    return data, tabular(["", "IS", "SS", *HEADS[2:]], parts, note)


def table_a1(handbooks: pd.DataFrame, *, note: str) -> Drawn:
    """Districts without (first) and with (second) a handbook; data as of `table_02`."""
    rows = choose(handbooks, variable=OF_HANDBOOKS)
    data = pick(rows, ["variable", *MOMENTS, *ERRORS, *MORE])
    return data, tabular(["", "Without", "With", *HEADS[2:]], {"": _rows(data)}, note)


def _rows(data: pd.DataFrame) -> list[list[str]]:
    rows, of = [], data.set_index("variable")
    for name, (label, decimals) in DISTRICT_VARIABLES.items():
        if name not in of.index:
            continue
        one = of.loc[name]
        rows.append([label, *(number(one[part], decimals) for part in MEANS), ""])
        spread = [in_parentheses(one[part], decimals) for part in ("first_sd", "second_sd")]
        printed = in_parentheses(one["standard_error_rows"], decimals)
        rows.append(["", *spread, printed, in_parentheses(one["standard_error"], decimals)])
    most = data[["districts_first", "districts_second"]].max()
    return [*rows, ["Districts", *(count(one) for one in most), "", ""]]


def table_a3(probit: pd.DataFrame, *, note: str) -> Drawn:
    """Probit of individual salaries; data: term, estimate, standard_error, n, p."""
    columns = ["term", "estimate", "standard_error", "n", "p"]
    used = [name for name in PROBIT if (pick(probit, columns)["term"] == name).any()]
    found = probit[columns].set_index("term").loc[used].reset_index()
    rows = []
    for one in found.itertuples():
        rows.append([PROBIT[one.term], _significant(one.estimate)])
        rows.append(["", f"({_significant(one.standard_error)})"])
    below = [["Districts", count(found["n"].iloc[0])]]
    return found, tabular(["", "IS"], {"": rows, "Number": below}, note)


def _significant(value: float) -> str:
    """Three digits, whatever the size."""
    if value != value:
        return "--"
    text = f"{value:#.3g}"
    digits, _, power = text.partition("e")
    shown = digits.replace("-", "$-$")
    return f"{shown}$\\times 10^{{{int(power)}}}$" if power else shown


SAMPLES = {"full": "all districts", "matched": "matched"}
GROUPS = {
    "IS": REGIMES["IS"],
    "SS": REGIMES["SS"],
    "SS_matched": ("Salary schedules, matched", PURPLE),
}


@house_style
def figure_a4(densities: pd.DataFrame, *, note: str) -> Drawn:
    """Densities of districts' means; data: variable, group (IS, SS, SS_matched), value, density."""
    full = choose(densities, sample="full")
    matched = choose(densities, sample="matched", group="SS").assign(group="SS_matched")
    rows = pd.concat([full, matched], ignore_index=True)
    data = pick(rows, ["variable", "group", "value", "density"])
    return data, draw_densities(data, note)


def draw_densities(data: pd.DataFrame, note: str) -> Figure:
    """A panel a characteristic, a line a group."""
    names = [name for name in DISTRICT_VARIABLES if (data["variable"] == name).any()]
    wide, deep = 3, -(-len(names) // 3)
    figure, grid = panels(columns=wide, rows=deep, height=1.5 * deep + 0.9)
    flat = [axes for row in grid for axes in row]
    for axes, name in zip(flat, names, strict=False):
        own = data[data["variable"] == name]
        for group, (label, look) in GROUPS.items():
            rows = own[own["group"] == group].sort_values("value")
            axes.plot(rows["value"], rows["density"], label=label, **look.line_style())
        axes.set_title(DISTRICT_VARIABLES[name][0], loc="left", fontsize=7.5)
        axes.set_yticks([])
        axes.set_ylim(bottom=0)
        axes.tick_params(labelsize=6.5)
        axes.locator_params(axis="x", nbins=4)
        axes.xaxis.set_major_formatter(_compact)
    for axes in flat[len(names) :]:
        axes.set_axis_off()
    flat[0].set_ylabel("Density")
    legend_below(figure, flat[0], columns=3)
    stamp(figure, note)
    return figure


def _compact(value: float, _position: int | None = None) -> str:
    """A number short enough for the axes of a small panel."""
    size = abs(value)
    if size >= 1e6:
        return f"{value / 1e6:g}m"
    return f"{value / 1e3:g}k" if size >= 1e4 else f"{value:g}"
