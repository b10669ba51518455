"""The example of appendix A.2 with the paper's own numbers."""

from functools import partial
from pathlib import Path

from welfare_added.admissions import example, example_tables
from welfare_added.run.choices import read_yaml

CHOICES = read_yaml(Path(__file__).parents[2] / "workflow/papers/ellison_2020/config.yaml")[
    "example"
]
PLANS = CHOICES["plans"]
MODEL = example_tables.example_model(**{k: v for k, v in CHOICES.items() if k != "plans"})

solve = partial(example.solve, model=MODEL)
theta_plan = partial(example_tables.theta_plan, model=MODEL)
income_tiers = partial(example_tables.income_tiers, model=MODEL)
two_tiers = partial(example_tables.two_tiers, model=MODEL)
low_income_bonus = partial(example_tables.low_income_bonus, model=MODEL)
high_income_bonus = partial(example_tables.high_income_bonus, model=MODEL)
population_bonus = partial(example_tables.population_bonus, model=MODEL)
optimal_outcome = partial(example_tables.optimal_outcome, model=MODEL)
plans_of_the_text = partial(example_tables.plans_of_the_text, PLANS, MODEL)
example_table = partial(example_tables.example_table, PLANS, MODEL)
frontier_table = partial(example_tables.frontier_table, MODEL)
