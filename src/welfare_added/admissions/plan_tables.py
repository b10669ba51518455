"""Tables of what every plan does: who is placed where, the weights used, the classes admitted."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import pandas as pd

from welfare_added.admissions.classes import STATISTICS, all_classes
from welfare_added.admissions.frontiers import PER_POINT
from welfare_added.admissions.other_schools import average_benchmark
from welfare_added.admissions.plans import PLANS, RANK_PLANS, Outcome, Setting, outcome
from welfare_added.admissions.pool import members
from welfare_added.admissions.quota import Unreachable
from welfare_added.admissions.two_weights import composition

AVERAGE = "benchmark_average"
# The same wherever others are tuned.
UNTUNED = ("score", "tiers", AVERAGE)
NO_INDEX = "there is no index for it; the log of the rule indices says why"

log = logging.getLogger(__name__)


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
    bonuses
        Of the benchmark, for minority and for free-lunch students, in units of keys: one pair a
        school where it could be tuned.

    """

    assignments: pd.DataFrame
    plans: pd.DataFrame
    classes: pd.DataFrame
    bonuses: tuple[tuple[int, int], ...] = ()


def plan_tables(
    setting: Setting,
    schools: Sequence[str],
    at: int,
    target: tuple[int, int],
) -> PlanTables:
    """Tune every plan at a school and tabulate.

    schools: names, by place. at: place of the school. target: minority and free-lunch students
    wanted. A plan that cannot meet the target is listed with the reason, and has no class.
    """
    made, rows = {}, []
    for name in setting.names():
        label = {"plan": name, "tuned_at": "" if name in UNTUNED else schools[at]}
        try:
            made[name] = outcome(name, setting, at, target)
        except Unreachable as error:
            log.warning("%s tuned at %s: %s", name, schools[at], error)
            rows.append({**label, **_targets(target), "unreachable": str(error)})
            continue
        own = composition(setting.pool, members(made[name].placement, setting.pool.lists, at))
        scale = 1.0 if name in RANK_PLANS else PER_POINT
        rows.append({**label, **_plan_row(made[name], scale), **_targets(target), **_reached(own)})
    for name in [name for name in PLANS if name not in setting.names()]:
        label = {"plan": name, "tuned_at": schools[at]}
        rows.append({**label, **_targets(target), "unreachable": NO_INDEX})
    bonuses = (made["benchmark"].weights,) if "benchmark" in made else ()
    return _tables(setting, schools, schools[at], made, rows, bonuses)


def _tables(
    setting: Setting,
    schools: Sequence[str],
    tuned_at: str,
    made: Mapping[str, Outcome],
    rows: list[dict],
    bonuses: tuple[tuple[int, int], ...] = (),
) -> PlanTables:
    assignments, classes = [], []
    for name, one in made.items():
        label = {"plan": name, "tuned_at": "" if name in UNTUNED else tuned_at}
        where = one.placement.school(setting.pool.lists)
        table = pd.DataFrame({"school": where, "kind": one.placement.kind})
        assignments.append(table.rename_axis("applicant").reset_index().assign(**label))
        classes.append(all_classes(setting.pool, where, list(schools)).assign(**label))
    return PlanTables(
        pd.concat(assignments, ignore_index=True)[
            ["plan", "tuned_at", "applicant", "school", "kind"]
        ],
        pd.DataFrame([{"unreachable": "", **row} for row in rows], columns=list(PLAN_COLUMNS)),
        pd.concat(classes, ignore_index=True)[["plan", "tuned_at", "school", *STATISTICS]],
        bonuses,
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
    if len(weights) > 1:
        row["weight_frpl"] = weights[1]
    if made.solutions:
        row |= {
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


def all_plan_tables(
    setting: Setting,
    schools: Sequence[str],
    targets: Mapping[int, tuple[int, int]],
) -> PlanTables:
    """Plans tuned at each of some schools, and the benchmark with the average of the bonuses.

    targets: by place of the school. Plans without a weight are listed once, their tuned_at is
    empty; so is that of the averaged benchmark (table A.2).
    """
    parts = [plan_tables(setting, schools, at, target) for at, target in targets.items()]
    bonuses = tuple(pair for one in parts for pair in one.bonuses)
    if bonuses:
        average = average_benchmark(setting.pool, bonuses)
        label = {"plan": AVERAGE, "tuned_at": ""}
        row = {**label, **_plan_row(average, PER_POINT)}
        parts.append(_tables(setting, schools, "", {AVERAGE: average}, [row]))

    def joined(name: str, *keys: str) -> pd.DataFrame:
        tables = pd.concat([getattr(one, name) for one in parts], ignore_index=True)
        return tables.drop_duplicates(["plan", "tuned_at", *keys], ignore_index=True)

    return PlanTables(
        joined("assignments", "applicant"), joined("plans"), joined("classes", "school"), bonuses
    )
