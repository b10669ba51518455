"""Example A.2: two natural plans that admit nobody of the under-represented group."""

import pandas as pd
from matplotlib.figure import Figure

from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn
from welfare_added.exhibits.style import Look, house_style, legend_below, single_panel, stamp

NAMES = {
    "theta": "Highest θ",
    "population_bonus": "Bonus for population u",
    "income_tiers": "Tiers of income",
    "low_income_bonus": "Bonus for low income",
    "two_tiers": "Two tiers of income",
    "high_income_bonus": "Bonus for high income",
}
LABELLED = (2, 3, 4, 10)  # numbers of tiers; the marks between 4 and 10 are too close
LOOKS = {
    "high_income_bonus": Look("#9AD3BC", "-", "D"),  # wide, under the line that it lies on
    "population_bonus": Look("#0072B2", "-", "o"),
    "low_income_bonus": Look("#D55E00", (0, (5, 1.5)), "^"),
    "income_tiers": Look("#CC79A7", "none", "s", filled=False),
}
OUTCOMES = ("share_u", "mean_theta", "welfare")


def example_a2(example: pd.DataFrame, *, note: str) -> Drawn:
    """Cutoffs, share of population u, mean θ and welfare under every plan of the example."""
    rows = [
        [
            NAMES[row["plan"]],
            number(row["parameter"], 3, undefined=""),
            "; ".join(
                number(row[f"cutoff_{tier}"], 3)
                for tier in range(1, 5)
                if row[f"cutoff_{tier}"] == row[f"cutoff_{tier}"]
            ),
            *(number(row[name], 4, undefined="tie-break") for name in OUTCOMES),
        ]
        for row in example.to_dict("records")
    ]
    heads = ["Plan", "Parameter", "Cutoffs", "Share of u", "Mean θ", "Welfare / k"]
    return example, tabular(heads, {"": rows}, note)


@house_style
def figure_example(frontiers: pd.DataFrame, *, note: str) -> Drawn:
    """Share of population u against mean θ of the admitted, by plan."""
    data = frontiers[frontiers["plan"].isin(LOOKS)].reset_index(drop=True)
    return data, draw_example(data, note)


def draw_example(data: pd.DataFrame, note: str) -> Figure:
    """One line a plan with a bonus, marks for tiers, each labelled with their number."""
    figure, axes = single_panel(height=3.8)
    for plan, look in LOOKS.items():
        rows = data[(data["plan"] == plan) & data["share_u"].notna() & data["mean_theta"].notna()]
        if look.line == "none":
            axes.plot(rows["share_u"], rows["mean_theta"], label=NAMES[plan], **look.marker_style())
        else:
            width = {"linewidth": 5.0} if plan == "high_income_bonus" else {}
            style = {**look.line_style(), **width}
            axes.plot(rows["share_u"], rows["mean_theta"], label=NAMES[plan], **style)
    start = data[(data["plan"] == "population_bonus") & (data["parameter"] == 0)]
    axes.plot(start["share_u"], start["mean_theta"], "ks", markersize=6, label=NAMES["theta"])
    tiers = data[(data["plan"] == "income_tiers") & data["parameter"].isin(LABELLED)]
    for row in tiers.itertuples():
        axes.annotate(
            f"{row.parameter:.0f}",
            (row.share_u, row.mean_theta),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=6.5,
        )
    axes.set_xlabel("Share of population u in the elite school")
    axes.set_ylabel("Mean θ in the elite school")
    legend_below(figure, axes, columns=2)
    stamp(figure, note)
    return figure
