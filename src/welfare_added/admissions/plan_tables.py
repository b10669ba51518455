"""Tables of what every plan does: who is placed where, the weights used, the classes admitted."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from welfare_added.admissions.classes import STATISTICS, all_classes
from welfare_added.admissions.keys import POINT
from welfare_added.admissions.plans import RANK_PLANS, Outcome, Setting, outcome
from welfare_added.admissions.pool import members
from welfare_added.admissions.quota import Unreachable
from welfare_added.admissions.two_weights import composition

UNTUNED = ("score", "tiers")  # plans without a weight are the same wherever others are tuned


@dataclass(frozen=True)
class PlanTables:
    """Every plan, tuned at one school.

    Attributes
    ----------
    assignments
        plan, tuned_at, applicant (row in the pool), school (place; -1 if none), kind of seat (open
        or reserved kinds from 0 in their order of precedence; -1 if none).
    plans
        plan, tuned_at, unit (points, or seats), weight (on the index or for minority students),
        weight_frpl (benchmark only), lowest_weight, highest_weight and intervals (all that match),
        solutions (pairs of bonuses of different classes), target_minority, target_frpl,
        minority, frpl (students at the school), lowest and highest mean and SD over all weights
        that match, blocking, closed, overfilled (violations of stability), optimal (of a benchmark:
        proven best of its composition), unreachable (why a plan cannot be tuned; else empty).
    classes
        plan, tuned_at, school, and what `class_statistics` reports; every school.

    """

    assignments: pd.DataFrame
    plans: pd.DataFrame
    classes: pd.DataFrame


def plan_tables(
    setting: Setting,
    schools: Sequence[str],
    at: int,
    target: tuple[int, int],
    steps_a_point: float,
) -> PlanTables:
    """Tune every plan at a school and tabulate.

    schools: names, by place. at: place of the school. target: minority and free-lunch students
    wanted. steps_a_point: steps of the score's grid in a point of 100, for weights in points. A
    plan that cannot meet the target is listed with the reason, and has no class.
    """
    assignments, plans, classes = [], [], []
    for name in setting.names():
        tuned_at = "" if name in UNTUNED else schools[at]
        label = {"plan": name, "tuned_at": tuned_at}
        try:
            made = outcome(name, setting, at, target)
        except Unreachable as error:
            plans.append({**label, **_targets(target), "unreachable": str(error)})
            continue
        pool = setting.pool
        where = made.placement.school(pool.lists)
        table = pd.DataFrame({"school": where, "kind": made.placement.kind})
        assignments.append(table.rename_axis("applicant").reset_index().assign(**label))
        classes.append(all_classes(pool, where, list(schools)).assign(**label))
        own = composition(pool, members(made.placement, pool.lists, at))
        scale = 1.0 if name in RANK_PLANS else POINT * steps_a_point
        plans.append({**label, **_plan_row(made, scale), **_targets(target), **_reached(own)})
    return PlanTables(
        pd.concat(assignments, ignore_index=True)[
            ["plan", "tuned_at", "applicant", "school", "kind"]
        ],
        pd.DataFrame(plans).reindex(columns=list(PLAN_COLUMNS)).fillna({"unreachable": ""}),
        pd.concat(classes, ignore_index=True)[["plan", "tuned_at", "school", *STATISTICS]],
    )


PLAN_COLUMNS = (
    *("plan", "tuned_at", "unit", "weight", "weight_frpl"),
    *("lowest_weight", "highest_weight", "intervals", "solutions"),
    *("target_minority", "target_frpl", "minority", "frpl"),
    *("lowest_mean", "highest_mean", "lowest_sd", "highest_sd"),
    *("blocking", "closed", "overfilled", "optimal", "unreachable"),
)


def _targets(target: tuple[int, int]) -> dict[str, int]:
    return {"target_minority": target[0], "target_frpl": target[1]}


def _reached(own: tuple[int, int]) -> dict[str, int]:
    return {"minority": own[0], "frpl": own[1]}


def _plan_row(made: Outcome, scale: float) -> dict[str, object]:
    row: dict[str, object] = {**asdict(made.certificate)}
    if not made.weights:
        return row
    weights = [weight / scale for weight in made.weights]
    row |= {"unit": "seats" if scale == 1 else "points", "weight": weights[0]}
    if made.solutions:
        row |= {
            "weight_frpl": weights[1],
            "solutions": len(made.solutions),
            "optimal": int(all(one.optimal for one in made.solutions)),
        }
    if made.tuned:
        row |= {
            "lowest_weight": made.tuned.intervals[0].first / scale,
            "highest_weight": made.tuned.intervals[-1].last / scale,
            "intervals": len(made.tuned.intervals),
        }
        for name in ("mean", "sd"):
            row[f"lowest_{name}"], row[f"highest_{name}"] = getattr(made.tuned, name)
    return row


def once(tables: Sequence[PlanTables]) -> PlanTables:
    """Tables of several schools together; plans without a weight are kept once."""

    def joined(parts: list[pd.DataFrame], keys: list[str]) -> pd.DataFrame:
        return pd.concat(parts, ignore_index=True).drop_duplicates(keys, ignore_index=True)

    return PlanTables(
        joined([one.assignments for one in tables], ["plan", "tuned_at", "applicant"]),
        joined([one.plans for one in tables], ["plan", "tuned_at"]),
        joined([one.classes for one in tables], ["plan", "tuned_at", "school"]),
    )


def named(
    assignments: pd.DataFrame, applicants: Sequence[str], schools: Sequence[str]
) -> pd.DataFrame:
    """Assignments with applicant_id and school_id (missing if not placed) in place of numbers."""
    ids, places = np.asarray(applicants), np.asarray([*schools, None], dtype=object)
    return assignments.assign(
        applicant_id=ids[assignments["applicant"]], school_id=places[assignments["school"]]
    )[["plan", "tuned_at", "applicant_id", "school_id", "kind"]]
