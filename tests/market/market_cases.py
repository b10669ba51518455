"""A small market drawn with parameters like those of the published estimates."""

import numpy as np

from welfare_added.market.setting import MarketArrays

GAMMA = 0.073  # utility a minute, of the order of table 5


def drawn_market(teachers: int = 30, positions: int = 45, seed: int = 1, **changes) -> MarketArrays:
    """Teachers of two-type value added, schools of several positions, windows that overlap mostly."""
    random = np.random.default_rng(np.random.SeedSequence([seed, teachers, positions]))
    mean = random.normal(0, 0.14, teachers)
    mu = np.stack([mean, mean + random.normal(0, 0.05, teachers) + 0.1 * mean], axis=1)
    schools = max(positions * 2 // 3, 1)
    school = np.sort(random.integers(0, schools, positions))
    share = random.beta(1.2, 1.0, schools)[school]
    size = (random.normal(24, 3, schools)[school] - 5 * share).clip(8)
    minutes = random.gamma(3.0, 5.0, (teachers, schools))[:, school]
    value_added = mu @ (size[:, None] * np.stack([1 - share, share], axis=1)).T
    taste = random.normal(0, 1, (2, teachers, 1))
    utility = (
        -GAMMA * minutes
        + (0.081 + 0.128 * taste[0]) * value_added
        + (-1.188 + 1.591 * taste[1]) * share
    )
    trait = random.normal(0, 0.6, teachers)
    first = random.integers(0, 100, (2, teachers + positions))
    until = first[0] + first[1] // 2 + 20
    starts, ends = first[0], until
    meets = (starts[:teachers, None] <= ends[teachers:]) & (
        starts[teachers:] <= ends[:teachers, None]
    )
    own = {
        "mu": mu,
        "class_size": size,
        "share_1": share,
        "utility": utility,
        "gamma": GAMMA,
        "principal": -4.0 + 0.1 * value_added + trait[:, None],
        "meets": meets,
        "absolute_advantage": mu.mean(axis=1),
        "teacher_traits": {
            "experience": random.integers(0, 30, teachers).astype(float),
            "experienced": (random.random(teachers) < 0.7).astype(float),
            "black": (random.random(teachers) < 0.2).astype(float),
        },
        "minutes": minutes,
    }
    return MarketArrays(**{**own, **changes})
