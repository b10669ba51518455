"""The synthetic world beside every line that the paper prints about its applicants."""

from collections.abc import Mapping

import pandas as pd

from welfare_added.admissions.keys import STEPS_A_POINT
from welfare_added.admissions.moments import TIERS, Conventions, moments
from welfare_added.admissions.published import published
from welfare_added.admissions.sample import significant
from welfare_added.admissions.tier_plan import tier_seats
from welfare_added.admissions.world import World

HIGHEST = 100  # the upper end of the composite score


def calibration_table(
    inputs: Mapping, world: World, tracts: pd.DataFrame, choices: Conventions
) -> pd.DataFrame:
    """Compare the world with every numeric line of inputs.yaml.

    inputs: content of calibration/inputs.yaml. tracts: from `read_tracts`.

    Returns
    -------
    DataFrame
        quantity, target, achieved, ratio (achieved over target), source, reason (why a line is not
        compared; empty otherwise); numbers to ten significant digits.

    Raises
    ------
    ValueError
        If inputs.yaml has a line to which the world has no answer and no reason is stated.

    """
    table = published(inputs)
    achieved = pd.Series(
        {
            **moments(world, choices),
            **_counts(world, choices),
            **_tract_lines(world, tracts, inputs["residence"]),
        }
    )
    compared = table["reason"] == ""
    unanswered = table.loc[compared & ~table["quantity"].isin(achieved.index), "quantity"]
    if len(unanswered):
        raise ValueError(f"inputs.yaml: nothing to compare with {', '.join(unanswered)}")
    values = achieved.reindex(table["quantity"]).where(compared.to_numpy())
    table["achieved"] = significant(values.to_numpy(dtype=float))
    table["ratio"] = significant((table["achieved"] / table["target"]).to_numpy())
    return table[["quantity", "target", "achieved", "ratio", "source", "reason"]]


def lines_within(table: pd.DataFrame, share: float) -> tuple[int, int]:
    """Lines of `calibration_table` within a share of the target, and all that are compared."""
    compared = table[table["reason"] == ""]
    return int(((compared["ratio"] - 1).abs() <= share).sum()), len(compared)


def _counts(world: World, choices: Conventions) -> dict[str, float]:
    """Applicants, seats, the scale of the scores and the rules of the plan in force."""
    used = world.earlier[world.earlier["application_year"].isin(choices.predicted_years)]
    high = (used["composite_score"] >= choices.high).sum()
    seats = world.schools.set_index("school_id")["seats"]
    kinds = tier_seats(seats.to_numpy(), choices.plan["open_share"], 4, choices.plan["rounding"])
    of_kind = kinds.sum(axis=0) / kinds.sum()
    return {
        "counts.applicants_2010_2012": len(used),
        "counts.applicants_score_96_2010_2012": high,
        **{f"counts.seats.{name.lower()}": seats[name] for name in choices.described},
        "score.range.2": world.studied["composite_score"].max(),
        "score.points": HIGHEST * STEPS_A_POINT,
        "score.share_at_least_96": high / len(used),
        "plan_in_force.open_share": of_kind[0],
        "plan_in_force.tier_share": of_kind[1:].mean(),
        "plan_in_force.most_schools_listed": (world.lists >= 0).sum(axis=1).max(),
    }


def _tract_lines(world: World, tracts: pd.DataFrame, residence: Mapping) -> dict[str, float]:
    """Children, tracts and scores by tier of the studied year; children in redrawn tracts."""
    tiers = world.tract_tiers[world.tract_tiers["year"] == max(world.homes)]
    usable = tracts[tracts["income"].notna()].assign(
        tier=lambda rows: rows["geoid"].map(tiers.set_index("tract")["tier"])
    )
    grouped = usable.groupby("tier")
    lowest, highest = grouped["ses_score"].min(), grouped["ses_score"].max()
    children = usable["school_age_children"]
    found = {}
    for tier in TIERS:
        found[f"tiers.children_per_tier.{tier}"] = children[usable["tier"] == tier].sum()
        found[f"tiers.tracts_per_tier.{tier}"] = (usable["tier"] == tier).sum()
        if tier + 1 in TIERS:
            found[f"tiers.score_cuts.{tier}"] = (highest[tier] + lowest[tier + 1]) / 2
    name = "children_in_tracts_whose_tier_was_redrawn"
    for years in residence[name]:
        columns = [f"tier_{one[:4]}_20{one[-2:]}" for one in years.split(" to ")]
        redrawn = usable[columns[0]] != usable[columns[1]]
        found[f"residence.{name}.{years}"] = children[redrawn].sum() / children.sum()
    return found
