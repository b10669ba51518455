"""Our own exhibits: gains that estimates claim beside those that their plans deliver in truth."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, at_weight, choose, pick
from welfare_added.exhibits.style import (
    LOOKS,
    REFERENCE,
    SCOPES,
    SUBJECTS,
    WEIGHT_LABEL,
    Look,
    house_style,
    legend_below,
    panels,
    stamp,
)

PLANS = {"standard": "Standard", "separate": "By group, separately", "joint": "By group, jointly"}
BEST = {**PLANS, "truth": "By true effects"}
# The paper scores plans by standard value added with the estimates by group.
CLAIMED_BY = {"standard": "separate", "separate": "separate", "joint": "joint", "truth": "truth"}
PLAN_LOOKS = {
    "standard": LOOKS["standard"],
    "separate": LOOKS["heterogeneous"],
    "joint": Look("#009E73", "-", "s"),
}
KINDS = ("claimed", "delivered")
SCORED = ["subject", "scope", "plan"]
GAINS = ["gain_lower", "gain_higher", "gain_mean"]
EFFECTS = {"lower": "Lower-scoring", "higher": "Higher-scoring", "difference": "Difference"}
PREDICTORS = {"separate": "separately", "joint": "jointly"}


def figure_delivered(delivered: pd.DataFrame, *, note: str) -> Drawn:
    """Gains to the planner, claimed and delivered, by plan and social weight."""
    data = planner_gains(delivered)
    return data, draw_delivered(data, note)


def table_delivered(delivered: pd.DataFrame, *, note: str) -> Drawn:
    """Mean gains at equal weights, claimed and delivered, and over the standard plan."""
    data = gains_table(delivered)
    return data, gains_tex(data, note)


def table_predictors(accuracy: pd.DataFrame, *, note: str) -> Drawn:
    """True effects on estimates of both predictors."""
    columns = ["subject", "effect", "predictor", "slope", "slope_standard_error", "correlation"]
    columns += ["mean_absolute", "mean_squared_error", "true_variance", "coverage"]
    data = pick(choose(accuracy, subject=list(SUBJECTS), predictor=list(PREDICTORS)), columns)
    return data, accuracy_tex(data, note)


def claimed_and_delivered(delivered: pd.DataFrame) -> pd.DataFrame:
    """Gains of each plan by the estimates that claim them, and in truth.

    Returns
    -------
    DataFrame
        subject, scope, plan, kind (claimed or delivered), weight, gain_lower, gain_higher,
        gain_mean [student SD]. What the plan by true effects claims it delivers.

    """
    rows = choose(delivered, subject=list(SUBJECTS), scope=list(SCOPES), plan=list(BEST))
    by = rows["plan"].map(CLAIMED_BY)
    parts = {
        "claimed": rows[rows["scored_by"] == by],
        "delivered": rows[rows["scored_by"] == "truth"],
    }
    both = pd.concat([part.assign(kind=kind) for kind, part in parts.items()], ignore_index=True)
    return pick(both, [*SCORED, "kind", "weight", *GAINS])


def planner_gains(delivered: pd.DataFrame) -> pd.DataFrame:
    """Gains weighted as the planner does, w gain_lower + (1 - w) gain_higher.

    Returns
    -------
    DataFrame
        subject, scope, plan, kind, weight, gain [student SD], of plans by estimates.

    """
    rows = choose(claimed_and_delivered(delivered), plan=list(PLANS))
    weight = rows["weight"]
    gain = weight * rows["gain_lower"] + (1 - weight) * rows["gain_higher"]
    return rows.assign(gain=gain)[[*SCORED, "kind", "weight", "gain"]]


def gains_table(delivered: pd.DataFrame) -> pd.DataFrame:
    """Mean gains at equal weights.

    Returns
    -------
    DataFrame
        subject, scope, plan, claimed, delivered [student SD], share_delivered, and
        over_standard_claimed and over_standard_delivered: the gain over that of the standard plan
        scored likewise, less one.

    """
    rows = at_weight(claimed_and_delivered(delivered))
    table = rows.pivot(index=SCORED, columns="kind", values="gain_mean")[[*KINDS]].reset_index()
    table["share_delivered"] = table["delivered"] / table["claimed"]
    usual = _standard(at_weight(delivered))
    for kind in KINDS:
        scored_by = table["plan"].map(CLAIMED_BY) if kind == "claimed" else "truth"
        keys = table[["subject", "scope"]].assign(scored_by=scored_by)
        base = keys.merge(usual, on=[*keys], how="left")["gain_mean"]
        table[f"over_standard_{kind}"] = table[kind] / base - 1
    order = {name: place for place, name in enumerate([*SUBJECTS, *SCOPES, *BEST])}
    table = table.sort_values(SCORED, key=lambda names: names.map(order), ignore_index=True)
    return table.rename_axis(columns=None)


def _standard(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean gains of standard plans by who scores them."""
    usual = choose(rows, plan="standard")
    return usual[["subject", "scope", "scored_by", "gain_mean"]]


@house_style
def draw_delivered(data: pd.DataFrame, note: str) -> Figure:
    """Draw the figure from :func:`planner_gains`: scopes by row, subjects by column."""
    figure, axes = panels(columns=len(SUBJECTS), rows=len(SCOPES), height=5.2, sharex=True)
    for line, (scope, name) in zip(axes, SCOPES.items(), strict=True):
        for panel, (subject, title) in zip(line, SUBJECTS.items(), strict=True):
            rows = data[(data["scope"] == scope) & (data["subject"] == subject)]
            _panel(panel, rows)
            panel.set_title(f"{title}, {name.lower()}", loc="left")
        line[0].set_ylabel("Gain to the planner\n(student SD a year)")
    for panel in axes[-1]:
        panel.set_xlabel(WEIGHT_LABEL)
    legend_below(figure, axes[0][0], columns=3)
    stamp(figure, note)
    return figure


def _panel(panel: Axes, rows: pd.DataFrame) -> None:
    panel.axhline(0, color=REFERENCE, linewidth=0.6, zorder=0)
    for plan, name in PLANS.items():
        look = PLAN_LOOKS[plan]
        for kind in KINDS:
            own = rows[(rows["plan"] == plan) & (rows["kind"] == kind)]
            panel.plot(
                own["weight"],
                own["gain"],
                color=look.colour,
                linestyle="-" if kind == "delivered" else (0, (4, 2)),
                marker=look.marker,
                markersize=4,
                markerfacecolor=look.colour if kind == "delivered" else "white",
                linewidth=1.2,
                label=f"{name}: {kind}",
            )


def gains_tex(table: pd.DataFrame, note: str) -> str:
    """Write the table of gains as LaTeX."""
    heads = ["Plan", "Claimed", "Delivered", "Share", "Over standard: claimed", "delivered"]
    parts = {}
    for (subject, scope), rows in table.groupby(["subject", "scope"], sort=False):
        lines = []
        for row in rows.itertuples():
            over = (row.over_standard_claimed, row.over_standard_delivered)
            own = row.plan == "standard"
            shares = ["" if own else f"{number(100 * value, 1)}%" for value in over]
            gains = [number(value, 4) for value in (row.claimed, row.delivered)]
            lines.append([BEST[row.plan], *gains, number(row.share_delivered, 2), *shares])
        parts[f"{SUBJECTS[subject]}, {SCOPES[scope].lower()}"] = lines
    return tabular(heads, parts, note)


def accuracy_tex(table: pd.DataFrame, note: str) -> str:
    """Write the table of predictors as LaTeX."""
    heads = ["Effect, predicted", "Slope", "(s.e.)", "Correlation", "Mean abs.", "MSE", "Coverage"]
    parts = {}
    for subject, rows in table.groupby("subject", sort=False):
        parts[SUBJECTS[subject]] = [
            [
                f"{EFFECTS[row.effect]}, {PREDICTORS[row.predictor]}",
                number(row.slope, 2),
                f"({number(row.slope_standard_error, 2)})",
                number(row.correlation, 2),
                number(row.mean_absolute, 3),
                number(row.mean_squared_error, 4),
                number(row.coverage, 3),
            ]
            for row in rows.itertuples()
        ]
    return tabular(heads, parts, note)
