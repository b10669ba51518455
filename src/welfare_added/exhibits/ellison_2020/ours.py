"""Exhibits of our own: frontiers, policy levers, the best rules by tract, uncertainty."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from welfare_added.exhibits.ellison_2020.labels import PLANS
from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn
from welfare_added.exhibits.style import Look, house_style, legend_below, panels, stamp

FRONTIERS = {
    "benchmark": Look("#000000", "-", "o"),
    "race_only": Look("#8C8C8C", (0, (5, 1.5)), "o"),
    "unweighted": Look("#0072B2", "-", "^"),
    "reweighted": Look("#56B4E9", (0, (5, 1.5)), "^"),
    "lasso": Look("#009E73", (0, (1, 1.2)), "v"),
    "top_communities": Look("#E69F00", "-", "s"),
    "top_tracts": Look("#D55E00", (0, (5, 1.5)), "s"),
}
FEW = 6  # points that are marked
MARKED = {"tiers": Look("#CC79A7", "none", "D"), "score": Look("#000000", "none", "x")}


@house_style
def figure_frontiers(frontiers: pd.DataFrame, classes: pd.DataFrame, *, note: str) -> Drawn:
    """SD of scores against minority share, for every weight of every plan.

    frontiers: plan, school, minority (share), sd. classes: of the plans without a weight.
    """
    return frontiers, draw_frontiers(frontiers, classes, note)


def draw_frontiers(frontiers: pd.DataFrame, classes: pd.DataFrame, note: str) -> Figure:
    """One panel a school; marks for score alone and for the plan in force."""
    schools = list(dict.fromkeys(frontiers["school"]))
    figure, [row] = panels(columns=len(schools), height=3.9)
    for school, axes in zip(schools, row, strict=True):
        for plan, look in FRONTIERS.items():
            line = frontiers[(frontiers["plan"] == plan) & (frontiers["school"] == school)]
            few = look.marker_style() if len(line) <= FEW else {}  # a point has no line
            if len(line):
                style = {**few, **look.line_style()}
                axes.plot(line["minority"], line["sd"], label=PLANS[plan], **style)
        for plan, look in MARKED.items():
            point = classes[(classes["plan"] == plan) & (classes["school"] == school)]
            axes.plot(point["minority"], point["sd"], label=PLANS[plan], **look.marker_style(6))
        axes.set_title(school)
        axes.set_xlabel("Minority share of the class")
    row[0].set_ylabel("SD of composite scores, points")
    legend_below(figure, row[0], columns=3)
    stamp(figure, note)
    return figure


LEVERS = {
    "open_share": "Share of open seats",
    "tiers": "Number of tiers",
    "vintage": "Tiers in force in",
    "precedence": "Precedence",
    "rounding": "Rounding of a tier's seats",
}
DRAWN = ("open_share", "tiers")


@house_style
def figure_levers(levers: pd.DataFrame, *, note: str) -> Drawn:
    """Class by share of open seats and by number of tiers; data as of `lever_table`."""
    return levers, draw_levers(levers, note)


def draw_levers(levers: pd.DataFrame, note: str) -> Figure:
    """One column a lever, minority share above and SD below, a line a school."""
    schools = list(dict.fromkeys(levers["school"]))
    looks = [Look("#0072B2", "-", "o"), Look("#D55E00", (0, (5, 1.5)), "^")]
    figure, grid = panels(columns=len(DRAWN), rows=2, height=4.4, sharex="col", sharey="row")
    rows = {"minority": "Minority share", "sd": "SD of scores, points"}
    for (name, label), line in zip(rows.items(), grid, strict=True):
        for lever, axes in zip(DRAWN, line, strict=True):
            own = levers[levers["lever"] == lever]
            for school, look in zip(schools, looks * len(schools), strict=False):
                one = own[own["school"] == school]
                axes.plot(one["value"].astype(float), one[name], label=school, **look.line_style())
        line[0].set_ylabel(label)
    for lever, axes in zip(DRAWN, grid[-1], strict=True):
        axes.set_xlabel(LEVERS[lever])
    grid[-1][DRAWN.index("tiers")].xaxis.set_major_locator(MaxNLocator(integer=True))
    legend_below(figure, grid[0][0], columns=len(schools))
    stamp(figure, note)
    return figure


RULES = {
    "score": "Score alone",
    "tiers": "Plan in force",
    "race_only": "Race-only benchmark",
    "tract": "Cutoffs by tract",
    "tract_frpl": "Cutoffs by tract and free lunch",
    "smoothed": "On expected shares: tract's own and regression's",
    "regression": "On expected shares: regression",
    "lasso": "LASSO SES bonus",
}


def table_best_rules(rules: pd.DataFrame, *, note: str) -> Drawn:
    """What the best rules by census tract could do at each school; data as of `best_rules`."""
    panels_ = {
        school: [
            [
                RULES.get(row.rule, row.rule),
                *(number(getattr(row, name), 2) for name in ("mean", "sd")),
                *(number(getattr(row, name), 3) for name in ("minority", "frpl")),
                number(row.gap_to_bound, 4, undefined=""),
                *(number(100 * getattr(row, f"efficiency_{one}"), 1) for one in ("sd", "mean")),
            ]
            for row in rows.itertuples()
        ]
        for school, rows in rules.groupby("school", sort=False)
    }
    heads = ["", "Mean", "SD", "Minority", "FRPL", "Gap to bound", "% eff. (SD)", "% eff. (mean)"]
    return rules, tabular(heads, panels_, note)


TARGETS = {
    "overall": "Overall",
    "minority_only": "Minority only",
    "income_only": "Income only",
}


def table_bootstrap(bootstrap: pd.DataFrame, *, note: str) -> Drawn:
    """Efficiencies by the SD with intervals over resampled applicants; data as of `spread`."""
    by_sd = bootstrap[bootstrap["measure"] == "sd"]
    panels_ = {}
    for school, rows in by_sd.groupby("school", sort=False):
        cells = rows.set_index(["plan", "target"])
        panels_[school] = [
            [PLANS[plan], *(_interval(cells.loc[(plan, target)], "estimate") for target in TARGETS)]
            for plan in dict.fromkeys(rows["plan"])
        ]
    return bootstrap, tabular(["", *TARGETS.values()], panels_, note)


OF_POOLS = {
    "sd": ("classes", 1, 2, "SD"),
    "minority": ("classes", 100, 1, "Minority, %"),
    **{f"sd_{name}": ("efficiency", 100, 0, f"% eff., {name.split('_')[0]}") for name in TARGETS},
}


def table_monte_carlo(spread: pd.DataFrame, *, note: str) -> Drawn:
    """Classes and efficiencies of the plans tuned at each school, over fresh pools.

    spread: from `monte_carlo`. Mean over pools, in brackets the 5th and 95th percentile.
    """
    own = spread[spread["school"].eq(spread["tuned_at"]) | spread["plan"].isin(["score", "tiers"])]
    cells = own.set_index(["school", "plan", "table", "quantity"])
    schools = list(dict.fromkeys(spread["tuned_at"].dropna()))
    panels_ = {
        school: [
            [
                PLANS[plan],
                *(
                    _interval(cells.loc[key], "mean", factor, decimals)
                    if (key := (school, plan, table, quantity)) in cells.index
                    else ""
                    for quantity, (table, factor, decimals, _) in OF_POOLS.items()
                ),
            ]
            for plan in PLANS
        ]
        for school in schools
    }
    return spread, tabular(["", *(head for *_, head in OF_POOLS.values())], panels_, note)


def _interval(row: pd.Series, middle: str, factor: float = 100, decimals: int = 0) -> str:
    low, high, value = (number(factor * row[name], decimals) for name in ("low", "high", middle))
    return f"{value} [{low}, {high}]"
