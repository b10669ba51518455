"""Gains of all years together: means over draws of the posterior, and their SDs (section 6.2)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from welfare_added.reassignment.draws import CLAIRVOYANT, FEASIBLE
from welfare_added.reassignment.plans import TOLERANCE
from welfare_added.reassignment.year import SCENARIOS

PLAN = ["planner", "aim", "scenario"]
POINTS = 100  # of a share
GAP_DECIMALS = 12
SUMS = ("gain_score", "gain_score_over_random", "gain_proficient", "gain_proficient_over_random")
BY_STUDENT = ("total", "effectiveness", "match")
BY_POSITION = tuple(f"class_{part}" for part in BY_STUDENT)
PEOPLE = ("moves", "displaced", "brought_in", "worse_off", "blocking_pairs")
# The clairvoyant planner in the years in which the feasible one plans too.
SAME_YEARS = "clairvoyant_same_years"


def with_same_years(table: pd.DataFrame) -> pd.DataFrame:
    """A table by planner with the clairvoyant one once more, in the feasible planner's years."""
    years = table["year"][table["planner"] == FEASIBLE].unique()
    again = table[(table["planner"] == CLAIRVOYANT) & table["year"].isin(years)]
    return pd.concat([table, again.assign(planner=SAME_YEARS)], ignore_index=True)


def pooled_gains(gains: pd.DataFrame) -> pd.DataFrame:
    """Gains per student by group (tables A4, A5).

    Parameters
    ----------
    gains
        `Planned.gains` of all years.

    Returns
    -------
    DataFrame
        planner, aim, scenario, group, students (a draw, of all years), and for each of `SUMS` its
        mean over draws and, as <name>_sd, its SD; scores in student SDs, proficient in percentage
        points.

    """
    keys = [*PLAN, "group"]
    sums = gains.groupby([*keys, "draw"], sort=False)[["students", *SUMS]].sum()
    means = sums[list(SUMS)].div(sums["students"], axis=0)
    shares = [name for name in SUMS if "proficient" in name]
    means[shares] *= POINTS
    students = sums["students"].groupby(keys, sort=False).first()
    return _over_draws(means, keys).join(students)[["students", *_columns(SUMS)]].reset_index()


def pooled_parts(results: pd.DataFrame, sizes: pd.DataFrame) -> pd.DataFrame:
    """Parts of the gain in the mean score (table 6), and in the class mean (table A6).

    Years weigh by their students and by their positions. Returns planner, aim, scenario, and each
    part with its SD.
    """
    planned = results[results["scenario"].isin(SCENARIOS)]
    rows = planned.merge(sizes[["year", "students", "positions"]], on="year")
    columns = {}
    for weight, parts in (("students", BY_STUDENT), ("positions", BY_POSITION)):
        for part in parts:
            columns[part] = rows[part] * rows[weight]
        columns[weight] = rows[weight]
    rows = pd.concat([rows[[*PLAN, "draw"]], pd.DataFrame(columns)], axis=1)
    sums = rows.groupby([*PLAN, "draw"], sort=False).sum()
    means = pd.concat(
        [
            sums[list(BY_STUDENT)].div(sums["students"], axis=0),
            sums[list(BY_POSITION)].div(sums["positions"], axis=0),
        ],
        axis=1,
    )
    return _over_draws(means, PLAN)[_columns((*BY_STUDENT, *BY_POSITION))].reset_index()


def pooled_people(results: pd.DataFrame, sizes: pd.DataFrame) -> pd.DataFrame:
    """Positions, who moves and who is left out, worse off and in blocking pairs, a mean year."""
    rows = results.merge(sizes[["year", "positions"]], on="year")
    means = rows.groupby([*PLAN, "draw"], sort=False)[["positions", *PEOPLE]].mean()
    positions = means["positions"].groupby(PLAN, sort=False).first()
    table = _over_draws(means[list(PEOPLE)], PLAN).join(positions)
    return table[["positions", *_columns(PEOPLE)]].reset_index()


def certificates(results: pd.DataFrame) -> pd.DataFrame:
    """Problems solved, their largest relative gap, and reversals of nested scenarios.

    A reversal is a scenario that the planner values more than the one with fewer constraints, by
    more than the tolerance of certificates. Returns planner, aim, scenario, problems, largest_gap,
    reversals (against the scenario before; 0 for the first).
    """
    rows = []
    for (planner, aim), own in results.groupby(["planner", "aim"], sort=False):
        values = own.pivot_table(index=["draw", "year"], columns="scenario", values="planned")
        for place, scenario in enumerate(SCENARIOS):
            one = own[own["scenario"] == scenario]
            back = 0
            if place:
                wide, narrow = values[SCENARIOS[place - 1]], values[scenario]
                back = int((narrow - wide > TOLERANCE * np.maximum(wide.abs(), 1)).sum())
            rows.append((planner, aim, scenario, len(one), _gap(one["relative_gap"]), back))
    return pd.DataFrame(rows, columns=[*PLAN, "problems", "largest_gap", "reversals"])


def _gap(gaps: pd.Series) -> float:
    """Largest gap to 12 decimals: what is below is the solver's rounding."""
    return round(float(gaps.abs().max()), GAP_DECIMALS)


def text_numbers(
    parts: pd.DataFrame,
    sizes: pd.DataFrame,
    draws: int,
    selected: pd.DataFrame,
    decisions: pd.DataFrame,
) -> pd.DataFrame:
    """Numbers of the text: name, value.

    Parameters
    ----------
    parts, sizes
        Of `pooled_parts`; of all years.
    draws
        Of the posterior.
    selected
        `YearPlans.selected` of all years.
    decisions
        One row a teacher: applications, offers, ranked, and rank_sum of her ranks.

    """
    unconstrained = parts.set_index(PLAN).loc[(CLAIRVOYANT, "mean_score", "unconstrained")]
    who = selected.groupby("teacher")[["brought_in", "displaced"]].sum()
    known = decisions.reindex(who.index).fillna(0)
    offers, ranks = (
        {side: _ratio(who[side] * known[over], who[side] * known[of]) for side in who}
        for over, of in (("offers", "applications"), ("rank_sum", "ranked"))
    )
    numbers = {
        "draws": draws,
        "years": len(sizes),
        "candidates_beyond_positions": (sizes["candidates"] - sizes["positions"]).mean(),
        "effectiveness_of_placed_over_observed": unconstrained["class_effectiveness"],
        "offers_of_selected_over_displaced": offers["brought_in"] - offers["displaced"],
        "ranks_of_displaced_over_selected": ranks["displaced"] - ranks["brought_in"],
    }
    values = np.array(list(numbers.values()), dtype=float)
    return pd.DataFrame({"name": list(numbers), "value": values})


def _ratio(over: pd.Series, of: pd.Series) -> float:
    """Ratio of two sums, NaN without anything to divide by."""
    return float(over.sum() / of.sum()) if of.sum() else np.nan


def _over_draws(table: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Mean and SD over draws; the SD is missing with one draw."""
    groups = table.groupby(list(keys), sort=False)
    return groups.mean().join(groups.std(ddof=1).add_suffix("_sd"))


def _columns(names: Sequence[str]) -> list[str]:
    return [column for name in names for column in (name, f"{name}_sd")]
