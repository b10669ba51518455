"""Result tables of one district, each made when it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import pandas as pd

from welfare_added.allocation.frontier import frontier, subject_shares
from welfare_added.allocation.objectives import social_weights
from welfare_added.calibration.moments import moments
from welfare_added.district.sample import Sample
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
SUBJECT_PLANS = (
    ("subjects", "district", "heterogeneous"),
    ("subjects", "school", "heterogeneous"),
)
KEYS = ("subject", "scope", "information")


@dataclass(frozen=True)
class Plan:
    """An allocation at every weight and its certificates, as `solve_plan` returns them."""

    allocation: pd.DataFrame
    certificates: pd.DataFrame


class Results:
    """Result tables of a sample with its estimates, slots and plans.

    Attributes
    ----------
    classrooms
        The slots with their students by type.

    """

    def __init__(
        self,
        sample: Sample,
        estimates: pd.DataFrame,
        slots: pd.DataFrame,
        plans: Mapping[Labels, Plan],
        config: Mapping,
        bins: Mapping,
    ):
        """Take what the tables are made from; see `world_of`."""
        self.sample, self.estimates, self.slots = sample, estimates, slots
        self.plans, self.config, self.bins = plans, config, bins
        self.chosen = config["welfare"]
        self.weight_ela = self.chosen["subject_weight_ela"]
        self.prices = self.chosen["earnings_per_sd"], self.chosen["lifetime_multiplier"]
        self.classrooms: Classrooms = build_classrooms(slots, sample.students, "slots")

    def table(self, name: str) -> pd.DataFrame:
        """The table of a path below results/<study>, one of `TABLES`."""
        return TABLES[name](self)

    @cached_property
    def moved(self) -> dict[Labels, Reallocation]:
        """Plans as reallocations."""
        weights = social_weights(self.config["allocation"]["weights"])
        return {
            labels: reallocation_of(
                plan.allocation, labels, self.classrooms, weights, "_".join(labels)
            )
            for labels, plan in self.plans.items()
        }

    def moves(self, subject: str, information: str | None = None) -> list[Reallocation]:
        """Plans of a subject, all or by one kind of estimates."""
        return [
            one
            for labels, one in self.moved.items()
            if labels[0] == subject and information in (None, labels[2])
        ]

    @property
    def group_moves(self) -> list[Reallocation]:
        """Plans for groups of students."""
        return [self.moved[labels] for labels in GROUP_PLANS]

    @cached_property
    def frontiers(self) -> pd.DataFrame:
        """Gains of both groups by plan and weight."""
        parts = []
        for labels in GROUP_PLANS:
            plan, keys = self.plans[labels], dict(zip(KEYS, labels, strict=True))
            shares = subject_shares(labels[0], self.weight_ela)
            part = frontier(self.slots, plan.allocation, plan.certificates, shares)
            parts.append(part.assign(**keys)[[*keys, *part.columns]])
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def earnings(self) -> pd.DataFrame:
        """Earnings of the plans for both subjects."""
        return earnings_table(self.moves("both"), self.classrooms, *self.prices)

    @cached_property
    def subjects(self) -> pd.DataFrame:
        """Gains and earnings of the plans over subjects."""
        return subjects_table(self.moves("subjects"), self.classrooms, *self.prices)

    def moments(self) -> pd.DataFrame:
        """What the district is like before any reallocation."""
        one = self.sample
        found = moments(one.students, one.classes, self.estimates, one.outcomes, self.bins)
        return found.reset_index()

    def gaps(self) -> pd.DataFrame:
        """Achievement and racial gaps."""
        baselines = baseline_gaps(students_in_slots(self.sample.students, self.slots))
        return gaps_table(self.group_moves, self.classrooms, baselines, self.weight_ela)

    def deselection(self) -> pd.DataFrame:
        """Gains from deselection."""
        chosen = self.chosen["ranking_weight"], self.weight_ela, self.chosen["deselected_share"]
        shares = representative_class(self.sample.students)
        return deselection_table(self.classrooms, self.frontiers, shares, *chosen)

    def public_funds(self) -> pd.DataFrame:
        """Marginal value of public funds of teacher bonuses."""
        teachers = self.classrooms.teachers_per_year
        chosen = self.chosen["tax_rate"], self.chosen["bonuses"]
        return public_funds_table(self.earnings, teachers, *chosen)

    def text_numbers(self) -> pd.DataFrame:
        """Numbers of the text that are in no other table."""
        chosen, classrooms = self.chosen, self.classrooms
        tax_rate, students = chosen["tax_rate"], chosen["published_students"]
        profile = chosen["discount_rate"], chosen["working_ages"], chosen["present_age"]
        parts = [
            text_numbers.sizes(classrooms),
            text_numbers.totals(self.earnings, classrooms, tax_rate, students),
            text_numbers.break_even_bonuses(self.earnings, self.subjects, classrooms, tax_rate),
            text_numbers.standard_plans(self.moves("math", "standard"), classrooms, *self.prices),
            text_numbers.multiplier(chosen["lifetime_multiplier"], *profile),
        ]
        return pd.concat(parts, ignore_index=True)

    def tie_breaks(self) -> pd.DataFrame:
        """Spread over tied optimal plans."""
        ties = self.config["allocation"]["tie_breaks"], self.config["allocation"]["seed"]
        moved = self.moved.values()
        return tie_break_table(moved, self.classrooms, self.weight_ela, *self.prices, *ties)


TABLES = {
    "moments.csv": Results.moments,
    "frontiers.csv": lambda one: one.frontiers,
    "welfare/gaps.csv": Results.gaps,
    "welfare/winners.csv": lambda one: winners_table(
        one.group_moves, one.classrooms, one.weight_ela
    ),
    "welfare/status_quo.csv": lambda one: status_quo_table(one.classrooms, one.weight_ela),
    "welfare/equal_gain_index.csv": lambda one: index_table(
        one.frontiers, one.classrooms.group_sizes, one.weight_ela
    ),
    "welfare/deselection.csv": Results.deselection,
    "welfare/earnings.csv": lambda one: one.earnings,
    "welfare/subjects.csv": lambda one: one.subjects,
    "welfare/mvpf.csv": Results.public_funds,
    "welfare/text_numbers.csv": Results.text_numbers,
    "welfare/tie_breaks.csv": Results.tie_breaks,
}
# Tables that the plans over subjects are needed for.
OF_SUBJECTS = {"welfare/subjects.csv", "welfare/text_numbers.csv", "welfare/tie_breaks.csv"}
