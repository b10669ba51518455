"""One district from its sample to the results that claims read, in memory.

Each function takes the configuration of a run (nested, as in config.yaml) and returns what the
rule of the same name writes, so that the two agree to the last digit kept.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd

from welfare_added.allocation.objectives import social_weights
from welfare_added.allocation.plans import solve_plan
from welfare_added.allocation.slots import build_slots, number_tested
from welfare_added.allocation.tie_breaks import plan_objective, tie_break
from welfare_added.calibration.evaluate import in_memory
from welfare_added.district import parameters as district_parameters
from welfare_added.district.sample import Sample, analysis_sample
from welfare_added.district.synthetic import SyntheticDistrict, synthesise
from welfare_added.intervals.world_tables import (
    GROUP_PLANS,
    OF_SUBJECTS,
    SUBJECT_PLANS,
    TABLES,
    Plan,
    Results,
)
from welfare_added.value_added.choices import estimation
from welfare_added.value_added.estimate import ValueAdded, estimate_value_added
from welfare_added.value_added.student_variables import as_batches
from welfare_added.welfare.classrooms import Classrooms
from welfare_added.welfare.reallocations import Labels


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
    return estimate_value_added(as_batches(students), **estimation(config["value_added"]))


def world_of(
    sample: Sample,
    config: Mapping,
    bins: Mapping,
    weights: int | None = None,
    tables: Collection[str] = TABLES,
) -> World:
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
    tables
        Result tables that are made; plans that none of them needs are left out.

    """
    if weights is not None:
        config = {**config, "allocation": {**config["allocation"], "weights": weights}}
    value_added = estimated(sample.students, config)
    estimates = value_added.estimates_to_keep()
    slots = slots_of(sample, estimates, config)
    subjects = SUBJECT_PLANS if OF_SUBJECTS & set(tables) else ()
    plans = planned(slots, config, (*GROUP_PLANS, *subjects))
    results = Results(sample, estimates, slots, plans, config, bins)
    made = {name: results.table(name) for name in tables}
    return World(sample, value_added, slots, plans, results.classrooms, made)


def slots_of(sample: Sample, estimates: pd.DataFrame, config: Mapping) -> pd.DataFrame:
    """The classes that can be reallocated, with the students that the planner counts."""
    sizes = sample.students[["class_id", "year", "class_size"]]
    chosen = config["allocation"]["counts"], config["district"]["class_size"]
    return build_slots(sample.classes, estimates, number_tested(sizes, *chosen))


def planned(
    slots: pd.DataFrame,
    config: Mapping,
    labels: Iterable[Labels] = (*GROUP_PLANS, *SUBJECT_PLANS),
) -> dict[Labels, Plan]:
    """Plans by subject, scope and information: for groups, or over subjects (figure 9)."""
    chosen, weight_ela = config["allocation"], config["welfare"]["subject_weight_ela"]
    weights = social_weights(chosen["weights"])
    plans = {}
    for one in labels:
        subject, scope, information = one
        plans[one] = Plan(
            *solve_plan(
                slots,
                plan_objective(slots, subject, information, weights, weight_ela, chosen["ends"]),
                scope,
                chosen["solver"],
                chosen["tolerance"],
                tie_break=partial(tie_break, chosen["ties"], chosen["seed"], one),
            )
        )
    return plans
