"""How much depends on which of several optimal plans is taken, at weights 0, 0.5 and 1."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from welfare_added.allocation.tie_breaks import Tied, generator, plan_objective, tied
from welfare_added.assignment.places import best_places, equal_rows, keep_places, shuffle_places
from welfare_added.run.errors import UserError
from welfare_added.welfare.classrooms import (
    HIGHER,
    LOWER,
    Classrooms,
    score_by_type,
    subject_weights,
)
from welfare_added.welfare.earnings import earnings_array, earnings_of_changes, lifetime_value
from welfare_added.welfare.gaps import gap_changes
from welfare_added.welfare.reallocations import (
    UTILITARIAN,
    Reallocation,
    changes,
    group_gains,
)
from welfare_added.welfare.winners import winners_and_losers

AT = np.array([0.0, UTILITARIAN, 1.0])
SUMMARIES = ("mean", "sd", "lowest", "highest")  # over random tie-breaks
DOLLARS = ("earnings_lower", "earnings_higher", "earnings_mean", "total_per_year")
DIGITS = 12  # decimals kept of scores and shares, well above rounding error
DOLLAR_DIGITS = 6


def tie_break_table(
    reallocations: Iterable[Reallocation],
    classrooms: Classrooms,
    weight_ela: float,
    earnings_per_sd: Mapping[str, float],
    lifetime_multiplier: float,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Results of each plan's tied allocations at weights 0, 0.5 and 1.

    Every allocation compared is optimal for the planner at that weight: each is a permutation of
    the given plan within `allocation.tie_breaks.tied` classes and teachers.

    Parameters
    ----------
    reallocations : iterable of Reallocation
        Optimal plans for ela, math, both and subjects, whose weights include the three.
    classrooms : Classrooms
    weight_ela : float
        Weight of ELA where both subjects count.
    earnings_per_sd, lifetime_multiplier
        As in `earnings.earnings_of_plan`.
    draws : int
        Number of random tie-breaks; 2 or more.
    seed : int

    Returns
    -------
    DataFrame
        subject, scope, information, weight and tie_break: ``stay`` (teachers keep their class where
        they can), ``efficient`` (at weights 0 and 1: the other group's gain decides, then teachers
        stay), ``least`` and ``most`` (of standard plans at 0.5: total gain by heterogeneous
        estimates), and ``mean``, ``sd``, ``lowest``, ``highest`` over the random tie-breaks. Then
        the columns of frontiers.csv, gaps.csv, winners.csv and earnings.csv; gain_ela and
        gain_math, means over all students; and, of standard plans at 0.5, heterogeneous_more (how
        much more the heterogeneous plan raises gain_mean [percent]) and higher_over_lower. Of
        subjects plans gains by group are missing and earnings_mean is as in subjects.csv.

    Raises
    ------
    UserError
        If a plan's weights lack one of the three, a standard plan has no heterogeneous one beside
        it, or there are fewer than two draws.

    """
    if draws < 2:
        raise UserError(f"allocation.tie_breaks: {draws} is too few for a spread; want 2 or more.")
    worth = _Worth(classrooms, weight_ela, earnings_array(earnings_per_sd), lifetime_multiplier)
    parts, chosen, gain = [], {}, {}
    for plan in sorted(reallocations, key=lambda plan: plan.information):  # heterogeneous first
        random = generator(seed, (plan.subject, plan.scope, plan.information))
        ties = _ties(plan, classrooms, weight_ela)
        key = plan.subject, plan.scope
        if plan.information == "heterogeneous":
            gain[key] = ties
        elif key not in gain:
            raise UserError(
                f"the plan for {', '.join(key)}, heterogeneous, is missing; give it too."
            )
        for index, weight in enumerate(AT):
            matching = plan.teachers[_position(plan, weight)]
            rules = _rules(matching, ties, index, gain[key])
            mixed = [
                shuffle_places(matching, ties.classes[index], ties.teachers, random)
                for _ in range(draws)
            ]
            results = worth.of(plan, weight, np.stack([*rules.values(), *mixed]))
            if weight == UTILITARIAN:
                _compare(results, plan, chosen)
            parts.append(_summarised(results, list(rules), plan, weight))
    return pd.concat(parts, ignore_index=True)


def _position(plan: Reallocation, weight: float) -> int:
    at = np.flatnonzero(np.abs(plan.weights - weight) < 1e-9)
    if len(at) != 1:
        raise UserError(
            f"weight {weight} is not among the {len(plan.weights)} weights of the plan for "
            f"{plan.subject}, {plan.scope}; set allocation.weights to an odd number"
        )
    return int(at[0])


def _ties(plan: Reallocation, classrooms: Classrooms, weight_ela: float) -> Tied:
    objective = plan_objective(
        classrooms.slots, plan.subject, plan.information, AT, weight_ela, "arbitrary"
    )
    return tied(classrooms.slots, objective, plan.scope)


def _rules(matching: np.ndarray, ties: Tied, index: int, gain: Tied) -> dict[str, np.ndarray]:
    """Tied allocations by the stated rules, each (slots,), by name.

    gain: of the heterogeneous plan, whose factors give the gain by heterogeneous estimates.
    """
    classes, teachers = ties.classes[index], ties.teachers
    rules = {"stay": keep_places(matching, classes, teachers)}
    if AT[index] != UTILITARIAN:
        other = ties.columns[-1 - index]
        best = best_places(matching, classes, ties.rows, other)
        both = equal_rows(classes[:, None], other)
        rules["efficient"] = keep_places(best, both, teachers)
    elif ties is not gain:
        rows, columns = gain.rows, gain.columns[index]
        rules["least"] = best_places(matching, classes, rows, -columns)
        rules["most"] = best_places(matching, classes, rows, columns)
    return rules


class _Worth:
    """What allocations of one plan are worth, in the columns of the other tables."""

    def __init__(self, classrooms, weight_ela, earnings_per_sd, lifetime_multiplier):
        self.classrooms, self.weight_ela = classrooms, weight_ela
        self.prices = earnings_per_sd, lifetime_multiplier

    def of(self, plan: Reallocation, weight: float, teachers: np.ndarray) -> pd.DataFrame:
        """One row for each of the allocations ``teachers`` (allocations, slots)."""
        some = replace(plan, weights=np.full(len(teachers), weight), teachers=teachers)
        sums = changes(some, self.classrooms, self.classrooms.effects)
        per_student = sums.sum(axis=(-3, -2, -1)) / self.classrooms.counts.sum()
        earnings = earnings_of_changes(sums, self.classrooms, *self.prices)
        if plan.subject == "subjects":
            earnings["earnings_mean"] = lifetime_value(per_student, *self.prices)
            by_group = {}
        else:
            by_group = self._by_group(some, sums)
        gains = {"gain_ela": per_student[:, 0], "gain_math": per_student[:, 1]}
        table = pd.DataFrame({**gains, **earnings, **by_group}).reindex(columns=COLUMNS)
        dollars = table[list(DOLLARS)].round(DOLLAR_DIGITS)
        return table.round(DIGITS).assign(**dollars)

    def _by_group(self, some: Reallocation, sums: np.ndarray) -> dict[str, np.ndarray]:
        weights = subject_weights(some.subject, self.weight_ela)
        gains = (group_gains(sums, self.classrooms) * weights[:, None]).sum(axis=-2)
        achievement, racial = gap_changes(sums, self.classrooms, weights).T
        score = score_by_type(self.classrooms.effects, weights)
        winners = pd.DataFrame(
            [winners_and_losers(each, self.classrooms, score) for each in some.teachers]
        )
        return {
            "gain_lower": gains[:, LOWER],
            "gain_higher": gains[:, HIGHER],
            "gain_mean": gains.mean(axis=-1),
            "change_higher_lower": achievement,
            "change_racial": racial,
            **winners,
        }


COLUMNS = [
    *("gain_lower", "gain_higher", "gain_mean", "gain_ela", "gain_math"),
    *("heterogeneous_more", "higher_over_lower", *DOLLARS),
    *("change_higher_lower", "change_racial"),
    *("share_harmed", "mean_loss", "share_helped", "mean_win", "share_moved"),
]


def _compare(
    results: pd.DataFrame, plan: Reallocation, chosen: dict[tuple[str, str], float]
) -> None:
    """Add the comparison of standard plans with the heterogeneous plan's mean gain, in place."""
    key = plan.subject, plan.scope
    if plan.information == "heterogeneous":
        chosen[key] = results["gain_mean"].iloc[0]
        return
    more = 100 * (chosen[key] / results["gain_mean"] - 1)
    results["heterogeneous_more"] = more.round(DIGITS)
    ratio = results["gain_higher"] / results["gain_lower"]
    results["higher_over_lower"] = ratio.round(DIGITS)


def _summarised(
    results: pd.DataFrame, rules: list[str], plan: Reallocation, weight: float
) -> pd.DataFrame:
    """Rows of the stated rules, then the summaries of the random tie-breaks after them."""
    random = results.iloc[len(rules) :]
    summaries = [random.mean(), random.std(ddof=1), random.min(), random.max()]
    table = pd.concat([results.iloc[: len(rules)], pd.DataFrame(summaries)], ignore_index=True)
    dollars = table[list(DOLLARS)].round(DOLLAR_DIGITS)
    table = table.round(DIGITS).assign(**dollars)
    keys = {**plan.labels, "weight": weight, "tie_break": [*rules, *SUMMARIES]}
    return pd.DataFrame(keys).join(table)
