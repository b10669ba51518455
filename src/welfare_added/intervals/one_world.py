"""One district from its sample to the results that claims read, in memory.

Each function takes the configuration of a run (nested, as in config.yaml) and returns what the
rule of the same name writes, so that the two agree to the last digit kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product

import pandas as pd

from welfare_added.allocation.frontier import frontier, subject_shares
from welfare_added.allocation.objectives import social_weights
from welfare_added.allocation.plans import solve_plan
from welfare_added.allocation.slots import build_slots, number_tested
from welfare_added.allocation.tie_breaks import plan_objective, tie_break
from welfare_added.calibration.evaluate import in_memory
from welfare_added.calibration.moments import moments
from welfare_added.district import parameters as district_parameters
from welfare_added.district.sample import Sample, analysis_sample
from welfare_added.district.synthetic import SyntheticDistrict, synthesise
from welfare_added.value_added.estimate import ValueAdded, estimate_value_added
from welfare_added.value_added.student_variables import as_batches
from welfare_added.welfare import text_numbers
from welfare_added.welfare.classrooms import Classrooms, build_classrooms, students_in_slots
from welfare_added.welfare.deselection import deselection_table
from welfare_added.welfare.earnings import earnings_table, subjects_table
from welfare_added.welfare.equal_gain_index import index_table
from welfare_added.welfare.gaps import baseline_gaps, gaps_table
from welfare_added.welfare.public_funds import public_funds_table
from welfare_added.welfare.ranking import representative_class
from welfare_added.welfare.reallocations import Labels, Reallocation, reallocation_of
from welfare_added.welfare.tie_breaks import tie_break_table
from welfare_added.welfare.winners import status_quo_table, winners_table

GROUP_PLANS = tuple(
    product(("ela", "math", "both"), ("district", "school"), ("heterogeneous", "standard"))
)
KEYS = ("subject", "scope", "information")
SUBJECT_PLANS = (
    ("subjects", "district", "heterogeneous"),
    ("subjects", "school", "heterogeneous"),
)


@dataclass(frozen=True)
class Plan:
    """An allocation at every weight and its certificates, as `solve_plan` returns them."""

    allocation: pd.DataFrame
    certificates: pd.DataFrame


@dataclass(frozen=True)
class World:
    """Everything made of one district.

    Attributes
    ----------
    sample, value_added, slots
        The analysis sample, the estimates with their moments, and the classes to be reallocated.
    plans
        By subject, scope and information, as in `Reallocation`.
    classrooms
        The slots with their students by type.
    tables
        Results by their path below results/<study>.

    """

    sample: Sample
    value_added: ValueAdded
    slots: pd.DataFrame
    plans: Mapping[Labels, Plan]
    classrooms: Classrooms
    tables: Mapping[str, pd.DataFrame]


def simulated(parameters: Mapping, config: Mapping) -> SyntheticDistrict:
    """The synthetic district of nested parameters, as in the parameter file."""
    chosen = config["district"]
    return synthesise(
        district_parameters.from_dict(parameters),
        size=chosen["size"],
        seed=chosen["seed"],
        years=tuple(chosen["years"]),
        grades=tuple(chosen["grades"]),
        lower=chosen["lower"],
    )


def sample_of(district: SyntheticDistrict, config: Mapping) -> Sample:
    """The analysis sample of a synthetic district."""
    chosen = config["district"]
    return analysis_sample(
        in_memory(district),
        chosen["years"],
        tuple(chosen["grades"]),
        chosen["split"],
        chosen["class_size"],
        chosen["lag"],
        chosen["lower"],
    )


def estimated(students: pd.DataFrame, config: Mapping) -> ValueAdded:
    """Value added of a sample's students."""
    chosen = {name: value for name, value in config["value_added"].items() if name != "batch"}
    return estimate_value_added(as_batches(students), **chosen)


def world_of(sample: Sample, config: Mapping, bins: Mapping, weights: int | None = None) -> World:
    """Estimates, plans and result tables of a sample.

    Parameters
    ----------
    sample
        Of a synthetic district, of one's own records, or a resample of either.
    config
        The run's choices.
    bins
        Number of classes in each bin of figures 3 and A.2, see `moments`.
    weights
        Number of social weights, in place of ``allocation.weights``: 3 for weights 0, 0.5 and 1
        alone.

    """
    if weights is not None:
        config = {**config, "allocation": {**config["allocation"], "weights": weights}}
    value_added = estimated(sample.students, config)
    estimates = value_added.estimates_to_keep()
    slots = slots_of(sample, estimates, config)
    plans = planned(slots, config)
    classrooms = build_classrooms(slots, sample.students, "slots")
    tables = {"moments.csv": _moments(sample, estimates, bins)}
    tables |= results(sample, slots, plans, classrooms, config)
    return World(sample, value_added, slots, plans, classrooms, tables)


def slots_of(sample: Sample, estimates: pd.DataFrame, config: Mapping) -> pd.DataFrame:
    """The classes that can be reallocated, with the students that the planner counts."""
    sizes = sample.students[["class_id", "year", "class_size"]]
    chosen = config["allocation"]["counts"], config["district"]["class_size"]
    return build_slots(sample.classes, estimates, number_tested(sizes, *chosen))


def planned(slots: pd.DataFrame, config: Mapping) -> dict[Labels, Plan]:
    """Plans for groups (figures 4 and 6) and over subjects (figure 9)."""
    chosen, weight_ela = config["allocation"], config["welfare"]["subject_weight_ela"]
    weights = social_weights(chosen["weights"])
    plans = {}
    for labels in (*GROUP_PLANS, *SUBJECT_PLANS):
        subject, scope, information = labels
        plans[labels] = Plan(
            *solve_plan(
                slots,
                plan_objective(slots, subject, information, weights, weight_ela, chosen["ends"]),
                scope,
                chosen["solver"],
                chosen["tolerance"],
                tie_break=partial(tie_break, chosen["ties"], chosen["seed"], labels),
            )
        )
    return plans


def results(
    sample: Sample,
    slots: pd.DataFrame,
    plans: Mapping[Labels, Plan],
    classrooms: Classrooms,
    config: Mapping,
) -> dict[str, pd.DataFrame]:
    """Result tables that claims read, apart from ``moments.csv``."""
    chosen = config["welfare"]
    weight_ela = chosen["subject_weight_ela"]
    usual = chosen["earnings_per_sd"], chosen["lifetime_multiplier"]
    moved = _reallocations(plans, classrooms, config["allocation"]["weights"])
    of_groups = [moved[labels] for labels in GROUP_PLANS]
    baselines = baseline_gaps(students_in_slots(sample.students, slots))
    frontiers = _frontiers(slots, plans, weight_ela)
    shares = representative_class(sample.students)
    deselection = chosen["ranking_weight"], weight_ela, chosen["deselected_share"]
    earnings = earnings_table(_chosen(moved, "both"), classrooms, *usual)
    subjects = subjects_table(_chosen(moved, "subjects"), classrooms, *usual)
    teachers = classrooms.teachers_per_year
    ties = config["allocation"]["tie_breaks"], config["allocation"]["seed"]
    return {
        "frontiers.csv": frontiers,
        "welfare/gaps.csv": gaps_table(of_groups, classrooms, baselines, weight_ela),
        "welfare/winners.csv": winners_table(of_groups, classrooms, weight_ela),
        "welfare/status_quo.csv": status_quo_table(classrooms, weight_ela),
        "welfare/equal_gain_index.csv": index_table(frontiers, classrooms.group_sizes, weight_ela),
        "welfare/deselection.csv": deselection_table(classrooms, frontiers, shares, *deselection),
        "welfare/earnings.csv": earnings,
        "welfare/subjects.csv": subjects,
        "welfare/mvpf.csv": public_funds_table(
            earnings, teachers, chosen["tax_rate"], chosen["bonuses"]
        ),
        "welfare/text_numbers.csv": _text_numbers(moved, classrooms, earnings, subjects, chosen),
        "welfare/tie_breaks.csv": tie_break_table(
            moved.values(), classrooms, weight_ela, *usual, *ties
        ),
    }


def _moments(sample: Sample, estimates: pd.DataFrame, bins: Mapping) -> pd.DataFrame:
    found = moments(sample.students, sample.classes, estimates, sample.outcomes, bins)
    return found.reset_index()


def _reallocations(
    plans: Mapping[Labels, Plan], classrooms: Classrooms, weights: int
) -> dict[Labels, Reallocation]:
    grid = social_weights(weights)
    return {
        labels: reallocation_of(plan.allocation, labels, classrooms, grid, "_".join(labels))
        for labels, plan in plans.items()
    }


def _chosen(
    moved: Mapping[Labels, Reallocation], subject: str, information: str | None = None
) -> list[Reallocation]:
    return [
        one
        for labels, one in moved.items()
        if labels[0] == subject and information in (None, labels[2])
    ]


def _frontiers(
    slots: pd.DataFrame, plans: Mapping[Labels, Plan], weight_ela: float
) -> pd.DataFrame:
    parts = []
    for labels in GROUP_PLANS:
        plan, keys = plans[labels], dict(zip(KEYS, labels, strict=True))
        shares = subject_shares(labels[0], weight_ela)
        part = frontier(slots, plan.allocation, plan.certificates, shares)
        parts.append(part.assign(**keys)[[*keys, *part.columns]])
    return pd.concat(parts, ignore_index=True)


def _text_numbers(
    moved: Mapping[Labels, Reallocation],
    classrooms: Classrooms,
    earnings: pd.DataFrame,
    subjects: pd.DataFrame,
    chosen: Mapping,
) -> pd.DataFrame:
    multiplier = chosen["lifetime_multiplier"]
    usual = _chosen(moved, "math", "standard")
    profile = chosen["discount_rate"], chosen["working_ages"], chosen["present_age"]
    parts = [
        text_numbers.sizes(classrooms),
        text_numbers.totals(earnings, classrooms, chosen["tax_rate"], chosen["published_students"]),
        text_numbers.break_even_bonuses(earnings, subjects, classrooms, chosen["tax_rate"]),
        text_numbers.standard_plans(usual, classrooms, chosen["earnings_per_sd"], multiplier),
        text_numbers.multiplier(multiplier, *profile),
    ]
    return pd.concat(parts, ignore_index=True)
