"""The variables of the three equations, read off the regressors in use (table A3)."""

import pandas as pd

from welfare_added.transfers.regressors import CONSTANT, DEMAND, OUTCOMES, SUPPLY
from welfare_added.transfers.traits import RACES, STUDENT_FLAGS

STUDENTS, TEACHERS, SCHOOLS = "students", "teachers", "schools"
INTERACTIONS, OTHER = "interactions", "other"
OF_STUDENT = ("prev_score", "prev_score_sq", "prev_score_cube", *RACES, "male", *STUDENT_FLAGS)
OF_SCHOOL = ("low_income_x_share_low_income", "class_size", "average_score", "average_experience")
BESIDE = {
    "outcomes": ("year_effects", "school_effects"),
    "supply": ("inertia", "school_effects"),
    "demand": (),
}


def variables_table(outcomes: tuple[str, ...], demand: tuple[str, ...]) -> pd.DataFrame:
    """Variables by equation and panel: equation, panel, variable.

    Parameters
    ----------
    outcomes, demand
        Names of the regressors in use (`Outcomes.names`, `Demand.names`): some may be left out.
        Dummies of schools and years are one line each.

    """
    used = {
        "outcomes": [name for name in OUTCOMES if name in outcomes],
        "supply": list(SUPPLY),
        "demand": [name for name in (CONSTANT, *DEMAND) if name in demand],
    }
    panels = {"outcomes": _of_outcomes, "supply": _of_supply, "demand": _of_demand}
    rows = [
        (equation, panels[equation](name), name)
        for equation, names in used.items()
        for name in names
    ]
    rows += [(equation, OTHER, name) for equation, names in BESIDE.items() for name in names]
    return pd.DataFrame(rows, columns=["equation", "panel", "variable"])


def _of_outcomes(name: str) -> str:
    if name in OF_STUDENT:
        return STUDENTS
    if name == "redesigned":
        return OTHER
    if name.startswith("share_") or name in OF_SCHOOL:
        return SCHOOLS
    return INTERACTIONS if _meets(name) else TEACHERS


def _of_supply(name: str) -> str:
    return INTERACTIONS if _meets(name) or name == "driving_minutes" else SCHOOLS


def _of_demand(name: str) -> str:
    if name == CONSTANT:
        return OTHER
    return INTERACTIONS if _meets(name) else TEACHERS


def _meets(name: str) -> bool:
    """Whether a regressor is one of a teacher with a student or school."""
    return "match_" in name or "_x_" in name
