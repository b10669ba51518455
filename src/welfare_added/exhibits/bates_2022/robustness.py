"""Table 7, and the same rows as a specification curve."""

import pandas as pd
from matplotlib.figure import Figure

from welfare_added.exhibits.bates_2022.labels import (
    POLICIES,
    POLICY_LOOKS,
    specification,
    specifications,
)
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, pick
from welfare_added.exhibits.style import house_style, legend_below, page, stamp

COLUMNS = {
    "all_options": "All options",
    "principals": "Principals max VA",
    "teachers": "Teachers max VA",
    "both": "Both max VA",
    "best": "First best",
}


def table_07(robustness: pd.DataFrame, *, note: str) -> Drawn:
    """Gain of each policy over the status quo, by row of alternatives.

    Data: row, the policies of `COLUMNS`, note (why a row is not made in this run).
    """
    data = _rows(robustness)
    parts: dict[str, list[list[str]]] = {}
    for row in data.to_dict("records"):
        panel, label = specification(row["row"])
        cells = [number(row[name], 4) for name in COLUMNS]
        parts.setdefault(panel, []).append([label, *cells])
    return data, tabular(["", *COLUMNS.values()], parts, note)


def _rows(robustness: pd.DataFrame) -> pd.DataFrame:
    data = pick(robustness, ["row", *COLUMNS]).copy()
    data["note"] = robustness.get("note", pd.Series("", index=data.index))
    return data.set_index("row").reindex(specifications(data["row"])).reset_index()


@house_style
def figure_robustness(robustness: pd.DataFrame, *, note: str) -> Drawn:
    """Table 7 as a specification curve: specifications in the order of the principals' gain.

    Data: order, row, policy, gain, standard_error (empty where the run has none).
    """
    wide = _rows(robustness).dropna(subset=["all_options", "principals", "best"])
    wide = wide.sort_values("principals", kind="stable", ignore_index=True)
    errors = robustness.set_index("row").reindex(wide["row"])
    parts = [
        pd.DataFrame(
            {
                "order": range(len(wide)),
                "row": wide["row"],
                "policy": name,
                "gain": wide[name],
                "standard_error": errors.get(f"{name}_se", pd.Series(dtype=float))
                .reindex(wide["row"])
                .to_numpy(),
            }
        )
        for name in COLUMNS
    ]
    data = pd.concat(parts, ignore_index=True)
    return data, draw_robustness(data, note)


def draw_robustness(data: pd.DataFrame, note: str) -> Figure:
    """A row a specification, a mark a policy; the rest of the row is named at its left."""
    order = data.drop_duplicates("order").sort_values("order")
    figure = page(height=max(2.4, 0.2 * len(order) + 1.3))
    axes = figure.subplots()
    axes.axvline(0, color="black", linewidth=0.7, zorder=0)
    for policy, look in POLICY_LOOKS.items():
        own = data[data["policy"] == policy]
        error = 1.96 * own["standard_error"].fillna(0)
        style = look.marker_style(4.5)
        axes.errorbar(
            own["gain"],
            own["order"],
            xerr=error,
            ecolor=look.colour,
            elinewidth=0.8,
            label=POLICIES[policy],
            **style,
        )
    names = [_specification(row) for row in order["row"]]
    axes.set_yticks(order["order"], names, fontsize=6.8)
    axes.set_ylim(len(order) - 0.4, -0.6)
    axes.grid(axis="y", color="#E9E9E9", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("Gain over the status quo, student SD")
    legend_below(figure, axes, columns=3)
    stamp(figure, note)
    return figure


def _specification(row: str) -> str:
    panel, label = specification(row)
    return f"{panel}: {label}" if panel else label
