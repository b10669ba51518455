"""Our own exhibit: when effects by group lower the bias of estimated welfare (appendix B.5)."""

import pandas as pd

from welfare_added.exhibits.latex import number, tabular
from welfare_added.exhibits.output import Drawn, choose, pick
from welfare_added.exhibits.style import SCOPES, SUBJECTS

CONDITIONS = {
    "2": "(2) Covariance within groups below total",
    "3": "(3) Covariance within groups below half of that between",
    "4": "(4) Missed change, weighted",
    "15": "(15) Missed change",
    "16-19": "(16)-(19) Missed effect of a teacher",
}
SIGNED = ("4", "15", "16-19")  # printed without absolute values
SCORES = {**SUBJECTS, "both": "Both"}
OWN = {True: "By the score's own groups", False: "By another subject's groups, or ELA's alone"}
KEYS = ["own_groups", "condition", "subject", "scope"]
VALUES = ["holds", "holds_in_size", "by_group", "by_mean"]


def table_conditions(conditions: pd.DataFrame, *, note: str) -> Drawn:
    """How often conditions (2)-(4) and (15)-(19) hold; the drawing is LaTeX."""
    data = conditions_data(conditions)
    return data, conditions_tex(data, note)


def conditions_data(conditions: pd.DataFrame) -> pd.DataFrame:
    """Means over the social weights that chose the plans.

    Returns
    -------
    DataFrame
        Columns own_groups (whether x are the groups that the score depends on), condition, subject,
        scope, holds, holds_in_size [share of plans, of (16)-(19) of teachers], by_group, by_mean
        (the sides of the condition) [student SD].

    """
    rows = choose(conditions, subject=list(SCORES), scope=list(SCOPES), condition=list(CONDITIONS))
    rows = rows.assign(own_groups=rows["by"] == rows["subject"])
    means = pick(rows, [*KEYS, *VALUES]).groupby(KEYS)[VALUES].mean()
    order = pd.MultiIndex.from_product([OWN, CONDITIONS, SCORES, SCOPES], names=KEYS)
    return means.reindex(order).reset_index()


def conditions_tex(data: pd.DataFrame, note: str) -> str:
    """Write the conditions as LaTeX: percent of plans, and the bias of (15)."""
    heads = ["", *(f"{score}, {scope}" for score in SCORES.values() for scope in SCOPES.values())]
    panels = {}
    for own, groups in OWN.items():
        part = data[data["own_groups"] == own].set_index("condition")
        panels[f"{groups}, holds as printed (percent)"] = [
            _row(label, 100 * part.loc[name, "holds"], 0) for name, label in CONDITIONS.items()
        ]
        panels[f"{groups}, holds in absolute value (percent)"] = [
            _row(CONDITIONS[name], 100 * part.loc[name, "holds_in_size"], 0) for name in SIGNED
        ]
    own = data[data["own_groups"] & (data["condition"] == "15")]
    panels["True less estimated mean change, sides of (15) (student SD)"] = [
        _row("By mean effects", own["by_mean"], 3),
        _row("By effects on groups", own["by_group"], 3),
    ]
    return tabular(heads, panels, note)


def _row(label: str, values: pd.Series, decimals: int) -> list[str]:
    return [label, *(number(value, decimals) for value in values)]
