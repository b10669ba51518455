"""Data of the planner's page: classes, cutoffs, scores and the displaced by plan and weight."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from welfare_added.exhibits.ellison_2020.labels import PLANS, STRATA
from welfare_added.report.ellison_2020.outlines import outlines
from welfare_added.report.numbers import listed, number

KEYS = ["school", "plan"]
PLACE = [*KEYS, "position"]
DIGITS = 8  # more than are shown, so that these are those of the tables
MOVED = ("displaced", "newly_admitted")
LABELS = PLANS | {"score": "Score alone", "tiers": "Tiers of census tracts (plan in force)"}
# What the planner moves.
CHOOSES = {
    "tiers": "Share of open seats",
    "top_communities": "Seats reserved for high ranks within communities",
    "top_tracts": "Seats reserved for high ranks within tracts",
    "race_only": "Bonus for minority students",
    "frpl_only": "Bonus for FRPL students",
    "benchmark": "Bonuses for minority and for FRPL students",
}
INDEX = "Weight of the index (largest bonus)"
CLASS = ("students", "mean", "sd", "gap", "minority", "frpl", "asian", "lowest")
EFFICIENCY = ("efficiency_sd", "efficiency_mean")


def explorer_data(tables: Mapping[str, pd.DataFrame]) -> dict:
    """Data of the page, ready for JSON.

    Parameters
    ----------
    tables
        classes, histograms, displaced: as of `PlannerTables`; efficiency: as of
        `EfficiencyTables`; shapes, where census tracts have any: tract, ring, longitude, latitude.

    Returns
    -------
    dict
        schools: names. plans: name, label, chooses, unit. strata: label, colour, hatched. values:
        by "school|plan" lists in the order of positions: weight, weight_frpl, statistics of the
        class, efficiencies, lowest_by_stratum, scores (flat: bin, then students of each
        stratum), displaced and newly_admitted (students), tracts (flat: number of the tract,
        displaced, newly admitted); tuned: position, null without; overall: efficiency by SD and
        mean at that position. map: width, height, names and paths of tracts; null without shapes.
        Missing numbers are null.

    """
    classes = tables["classes"].sort_values(PLACE)
    shapes = outlines(tables["shapes"]) if "shapes" in tables else None
    numbers = {name: at for at, name in enumerate(shapes["names"] if shapes else ())}
    overall = tables["efficiency"].query("target == 'overall'").set_index([*KEYS[::-1], "measure"])
    students = tables["displaced"].groupby(PLACE)[list(MOVED)].sum()
    classes = classes.join(students, on=PLACE).fillna(dict.fromkeys(MOVED, 0))
    scores, moved = _scores(tables["histograms"]), _moved(tables["displaced"], numbers)
    values = {
        f"{school}|{plan}": {
            **_of_classes(rows),
            "tuned": _tuned(rows),
            "overall": [_value(overall, (plan, school, name)) for name in ("sd", "mean")],
            **{
                name: [table.get((school, plan, at), []) for at in rows["position"]]
                for name, table in {"scores": scores, "tracts": moved}.items()
            },
        }
        for (school, plan), rows in classes.groupby(KEYS)
    }
    units = classes.groupby("plan")["unit"].first().fillna("")
    return {
        "schools": list(dict.fromkeys(tables["classes"]["school"].astype(str))),
        "plans": [
            {"name": name, "label": label, "chooses": CHOOSES.get(name, INDEX), "unit": units[name]}
            for name, label in LABELS.items()
            if name in units.index
        ],
        "strata": [
            {"label": label, "colour": colour, "hatched": bool(hatch)}
            for label, colour, hatch in STRATA.values()
        ],
        "values": values,
        "map": shapes,
    }


def _of_classes(rows: pd.DataFrame) -> dict[str, list]:
    lowest = rows[[f"lowest_{minority}{frpl}" for minority, frpl in STRATA]]
    return {
        **{
            name: listed(rows[name], DIGITS)
            for name in ("weight", "weight_frpl", *CLASS, *EFFICIENCY, *MOVED)
        },
        "lowest_by_stratum": [listed(one, DIGITS) for one in lowest.to_numpy()],
    }


def _tuned(rows: pd.DataFrame) -> int | None:
    at = np.flatnonzero(rows["tuned"].to_numpy())
    return int(at[0]) if len(at) else None


def _value(table: pd.DataFrame, key: tuple) -> float | None:
    return number(table.loc[key, "value"], DIGITS) if key in table.index else None


def _scores(histograms: pd.DataFrame) -> dict[tuple, list[int]]:
    """By school, plan and position: of each bin its score and the students of each stratum."""
    pairs = zip(histograms["minority"], histograms["frpl"], strict=True)
    rows = histograms.assign(stratum=[list(STRATA).index(pair) for pair in pairs])
    wide = rows.set_index([*PLACE, "score", "stratum"])["students"].unstack("stratum")
    strata = list(range(len(STRATA)))
    return _flat(wide.reindex(columns=strata).fillna(0).reset_index(), ["score", *strata])


def _moved(displaced: pd.DataFrame, numbers: Mapping[str, int]) -> dict[tuple, list[int]]:
    """By school, plan and position: of each drawn tract its number, displaced, newly admitted."""
    rows = displaced.assign(number=displaced["tract"].astype(str).map(numbers))
    return _flat(rows.dropna(subset="number"), ["number", *MOVED])


def _flat(table: pd.DataFrame, columns: list) -> dict[tuple, list[int]]:
    return {
        key: rows.to_numpy(dtype=int).ravel().tolist()
        for key, rows in table.groupby(PLACE, sort=False)[columns]
    }
