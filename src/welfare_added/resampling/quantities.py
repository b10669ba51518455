"""From students to the quantities whose sampling error is asked for: gains, earnings, bonuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np
import pandas as pd

from welfare_added.allocation.frontier import frontier, subject_shares
from welfare_added.allocation.objectives import group_objective, social_weights
from welfare_added.allocation.plans import solve_plan
from welfare_added.allocation.slots import build_slots, number_tested
from welfare_added.allocation.tie_breaks import tie_break
from welfare_added.district.sample import regrouped
from welfare_added.district.vocabulary import GROUPS, INFORMATION, SCOPES, SUBJECTS
from welfare_added.resampling.held_out import with_own_year
from welfare_added.value_added.estimate import estimate_value_added
from welfare_added.value_added.student_variables import as_batches
from welfare_added.welfare.earnings import earnings_array, lifetime_value
from welfare_added.welfare.equal_gain_index import equal_gain
from welfare_added.welfare.public_funds import break_even_bonus
from welfare_added.welfare.reallocations import UTILITARIAN, utilitarian_position

LABELS = ["subject", "scope", "information"]
KEY = ["quantity", *LABELS, "weight"]
# Earnings and public funds are those of the plan for both subjects by value added by group.
PLANS = [
    *product(SUBJECTS, SCOPES, INFORMATION),
    *product(("both",), SCOPES, ("heterogeneous",)),
]
MEAN = "gain_mean"


@dataclass(frozen=True)
class Choices:
    """The choices of a run on which the quantities depend.

    Attributes
    ----------
    split, lower, class_size
        See `analysis_sample`.
    estimation
        See `estimate_value_added`.
    weights
        Social weights on lower-scoring students, 0.5 among them, of plans by value added by group.
        Plans by standard value added are made at 0.5 only, where they are compared with.
    ends, solver, tolerance, counts, ties, tie_seed
        See `group_objective`, `solve_plan`, `number_tested` and `tie_break`.
    weight_ela, earnings_per_sd, lifetime_multiplier, tax_rate
        Section ``welfare`` of config.yaml.

    """

    split: str
    lower: str
    class_size: str
    estimation: Mapping[str, object]
    weights: Sequence[float]
    ends: str
    solver: str
    tolerance: float
    counts: str
    ties: str
    tie_seed: int
    weight_ela: float
    earnings_per_sd: Mapping[str, float]
    lifetime_multiplier: float
    tax_rate: float


def quantities(students: pd.DataFrame, choices: Choices) -> pd.DataFrame:
    """Everything from the medians of scores to the value of public funds, for a set of students.

    Medians that part lower- from higher-scoring students are those of these students. Scores stay
    in the units of the district as it was tested.

    Returns
    -------
    DataFrame
        quantity, subject, scope, information, weight, value; one row each. Quantities: gain_lower,
        gain_higher, gain_mean, index (`equal_gain`) [student SD]; held_out_lower, held_out_higher,
        held_out_mean (gains by the year left out) and overstated (gain_mean less held_out_mean), of
        leave-year-out estimates only; at weight 0.5 over_standard and held_out_over_standard (gain
        over that by standard value added, less one) and higher_over_lower (ratio of the gains);
        earnings_lower, earnings_higher, earnings_mean [$ a student], total_per_year [$],
        break_even_bonus [$ a teacher and year].

    """
    students, classes = regrouped(students, choices.split, choices.lower)
    value_added = estimate_value_added(as_batches(students), **choices.estimation)
    tested = number_tested(students, choices.counts, choices.class_size)
    slots = build_slots(classes, value_added.estimates_to_keep(), tested)
    own = None
    if choices.estimation["estimator"] == "leave_year_out":
        own = with_own_year(slots, value_added.class_means_to_keep())
    weights = {
        "heterogeneous": social_weights(choices.weights),
        "standard": np.array([UTILITARIAN]),
    }
    parts = []
    for subject, scope, information in PLANS:
        shares = subject_shares(subject, choices.weight_ela)
        objective = group_objective(slots, shares, information, weights[information], choices.ends)
        name = subject, scope, information
        places = partial(tie_break, choices.ties, choices.tie_seed, name)
        plan = solve_plan(
            slots, objective, scope, choices.solver, choices.tolerance, tie_break=places
        )
        table = _gains(slots, own, plan, shares)
        if subject == "both":
            table = table.assign(**_money(slots, plan, choices, _teachers(students, slots)))
        labels = dict(zip(LABELS, name, strict=True))
        parts.append(table.assign(**labels))
    return _long(pd.concat(parts, ignore_index=True))


def _gains(
    slots: pd.DataFrame,
    own: pd.DataFrame | None,
    plan: tuple[pd.DataFrame, pd.DataFrame],
    shares: Mapping[str, float],
) -> pd.DataFrame:
    """Gains of a plan by weight, by the estimates and by the year left out."""
    table = frontier(slots, *plan, shares).drop(columns="certificate")
    sizes = [
        sum(share * slots[f"{group}_{subject}"].sum() for subject, share in shares.items())
        for group in GROUPS
    ]
    table["index"] = equal_gain(table["weight"], table["gain_lower"], table["gain_higher"], *sizes)
    if own is not None:
        held_out = frontier(own, *plan, shares)
        for name in (*GROUPS, "mean"):
            table[f"held_out_{name}"] = held_out[f"gain_{name}"]
        table["overstated"] = table[MEAN] - table["held_out_mean"]
    return table


def _money(
    slots: pd.DataFrame,
    plan: tuple[pd.DataFrame, pd.DataFrame],
    choices: Choices,
    teachers: int,
) -> dict[str, np.ndarray]:
    """Earnings that a plan for both subjects brings, and the bonus that taxes on them pay for."""
    rates = earnings_array(choices.earnings_per_sd)
    by_subject = [frontier(slots, *plan, {subject: 1.0}) for subject in SUBJECTS]
    earnings, everyone = {}, 0.0
    for group in GROUPS:
        gains = np.stack([table[f"gain_{group}"] for table in by_subject], axis=-1)
        students = np.array([slots[f"{group}_{subject}"].sum() for subject in SUBJECTS])
        earnings[f"earnings_{group}"] = lifetime_value(gains, rates, choices.lifetime_multiplier)
        everyone = everyone + lifetime_value(gains * students, rates, choices.lifetime_multiplier)
    years = slots["year"].nunique()
    total = everyone / years
    return {
        **earnings,
        "earnings_mean": (earnings["earnings_lower"] + earnings["earnings_higher"]) / 2,
        "total_per_year": total,
        "break_even_bonus": break_even_bonus(total, teachers / years, choices.tax_rate),
    }


def _teachers(students: pd.DataFrame, slots: pd.DataFrame) -> int:
    """Teachers of the sample in the years of the slots, each once a year: all are paid a bonus."""
    here = students.loc[students["year"].isin(slots["year"]), ["year", "teacher_id"]]
    return len(here.drop_duplicates())


def _long(table: pd.DataFrame) -> pd.DataFrame:
    """One row a quantity, those of equal weights that compare plans among them."""
    at_half = table.iloc[_equal_weights(table)].set_index(LABELS)
    standard = at_half.xs("standard", level="information")
    ratio = standard["gain_higher"] / standard["gain_lower"]
    compared = [_compared(ratio, "higher_over_lower", "standard")]
    for name, mean in (("over_standard", MEAN), ("held_out_over_standard", "held_out_mean")):
        if mean in table:
            chosen = at_half.xs("heterogeneous", level="information")[mean]
            compared.append(_compared(chosen.div(standard[mean]).dropna() - 1, name))
    long = table.melt([*LABELS, "weight"], var_name="quantity").dropna(subset=["value"])
    return pd.concat([long, *compared], ignore_index=True)[[*KEY, "value"]]


def _equal_weights(table: pd.DataFrame) -> np.ndarray:
    at = utilitarian_position(np.unique(table["weight"]))
    return np.flatnonzero(table["weight"] == np.unique(table["weight"])[at])


def _compared(values: pd.Series, quantity: str, information: str = "heterogeneous") -> pd.DataFrame:
    """Rows of a comparison of two plans at equal weights."""
    rows = values.rename("value").reset_index()
    return rows.assign(quantity=quantity, information=information, weight=UTILITARIAN)
