"""Names of scenarios, aims, planners and groups, as the paper prints them."""

import pandas as pd

from welfare_added.exhibits.output import pick
from welfare_added.exhibits.style import Look

SCENARIOS = {
    "unconstrained": "Unconstrained",
    "unharmed": "Retained teachers unharmed",
    "observed_retention": "+ Observed retention/layoff",
    "same_school": "+ Same school",
}
OBSERVED = "observed"
PLANS = {**SCENARIOS, OBSERVED: "Observed assignment"}
SCENARIO_LOOKS = {
    "unconstrained": Look("#0072B2", "-", "o"),
    "unharmed": Look("#D55E00", "-", "s"),
    "observed_retention": Look("#E69F00", "-", "^"),
    "same_school": Look("#009E73", "-", "D", filled=False),
    OBSERVED: Look("#000000", "-", "v", filled=False),
}
CLAIRVOYANT, SAME_YEARS, FEASIBLE = "clairvoyant", "clairvoyant_same_years", "feasible"
PLANNERS = {
    CLAIRVOYANT: "Knows each draw (published)",
    SAME_YEARS: "Knows each draw, years of the feasible planner",
    FEASIBLE: "Feasible: knows the years before alone",
}
AIMS = {
    "mean_score": "Mean score",
    "share_proficient": "Share proficient",
    "class_mean": "Mean of classes",
}
QUARTILES = {f"quartile_{number}": str(number) for number in range(1, 5)}
RACES = {"non_white": "Non-white", "white": "White"}
GROUPS = {
    "all": "All",
    "quartile_1": "First quartile",
    "quartile_2": "Second quartile",
    "quartile_3": "Third quartile",
    "quartile_4": "Fourth quartile",
    **RACES,
}
RANKINGS = {"full": "All decisions", "positive": "Published"}
TRAITS = {"white": "White", "proficient": "Proficient", "low_income": "Low income"}
MEASURES = {
    "math_value_added": "Math VA",
    "reading_value_added": "Reading VA",
    "survey": "Survey-based evaluation",
    "observation": "Standard of instruction",
}


def planners_in(table: pd.DataFrame) -> list[str]:
    """Planners of a table in their order; the feasible one, and its years, may be missing."""
    found = set(pick(table, ["planner"])["planner"])
    return [name for name in PLANNERS if name in found or name == CLAIRVOYANT]
