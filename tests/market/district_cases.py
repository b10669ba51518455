"""A small district of teachers in schools."""

import numpy as np

from welfare_added.market.reallocation import District


def drawn_district(teachers: int = 60, schools: int = 12, seed: int = 2, **changes) -> District:
    """Teachers of two-type value added; larger classes where fewer are disadvantaged."""
    random = np.random.default_rng(np.random.SeedSequence([seed, teachers, schools]))
    mean = random.normal(0, 0.13, teachers)
    mu = np.stack([mean, mean + random.normal(0, 0.05, teachers) + 0.1 * mean], axis=1)
    school = np.sort(random.integers(0, schools, teachers))
    share = random.beta(1.2, 1.0, schools)
    size = (random.normal(24, 3, schools) - 5 * share).clip(8)
    own_size = (size[school] + random.normal(0, 2, teachers)).clip(5)
    own_share = (share[school] + random.normal(0, 0.1, teachers)).clip(0, 1)
    own = own_size[:, None] * np.stack([1 - own_share, own_share], axis=1)
    fields = {"mu": mu, "school": school, "class_size": size, "share_1": share, "own_classes": own}
    return District(**{**fields, **changes})
