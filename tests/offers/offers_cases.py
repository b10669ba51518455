"""Planted truth of laboratory markets, and small markets whose chances can be enumerated."""

import numpy as np

from welfare_added.offers.market import Market, Rules
from welfare_added.offers.parameters import parameter_vector

# Teachers of table 13 but for mobility and pay; payoffs small enough for shocks to matter.
TRUTH = parameter_vector(
    {
        "salary": 0.15,
        "distance": -0.0317,
        "incumbent": 2.5,
        "poor": 0.0009,
        "urban": 0.30,
        "outside": 7.6,
        "value_added": 1.2,
        "seniority": 0.03,
        "master": 0.25,
    }
)
# Where searches begin: not the truth.
START = TRUTH * np.array([0.8, 1.2, 0.88, 0, 0.5, 0.8, 0.83, 0.5, 0.8])
RULES = Rules(salary_centre=54.0)


def small_market(seed=0, n=6, districts=3, budget=1e6, capacity=1e6, **changed):
    """A few teachers and districts, with room for all by default."""
    rng = np.random.default_rng(seed)
    given = {
        "name": "small",
        "value_added": rng.standard_normal(n),
        "seniority": rng.integers(1, 30, n).astype(float),
        "master": (rng.random(n) < 0.5).astype(float),
        "origin": rng.integers(0, districts, n),
        "salary": rng.uniform(45, 62, (n, districts)),
        "distance": rng.uniform(0, 40, (n, districts)),
        "poor": rng.uniform(20, 50, districts),
        "urban": (np.arange(districts) == 0).astype(float),
        "budget": np.full(districts, float(budget)),
        "capacity": np.full(districts, float(capacity)),
    }
    return Market(**{**given, **changed})
