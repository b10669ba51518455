"""Small pools of applicants."""

import numpy as np

from welfare_added.admissions.keys import POINT
from welfare_added.admissions.pool import Pool


def random_pool(seed, n=300, schools=3, seats=40, longest=3):
    """Schools of falling popularity; minority and free-lunch students score lower on average."""
    rng = np.random.default_rng(seed)
    minority = (rng.random(n) < 0.45).astype(int)
    frpl = (rng.random(n) < 0.25 + 0.35 * minority).astype(int)
    scores = np.clip(rng.normal(90 - 4 * minority - 3 * frpl, 6), 0, 100)
    keys = np.rint(scores * 9).astype(np.int64) * POINT + rng.permutation(n) * (POINT // (n + 1))
    taste = np.arange(schools) + rng.gumbel(0, 0.7, (n, schools))
    lists = np.argsort(taste, axis=1)[:, :longest]
    return Pool(
        keys=keys,
        scores=scores,
        minority=minority,
        frpl=frpl,
        asian=(1 - minority) * (rng.random(n) < 0.3).astype(int),
        tier=rng.integers(1, 5, n),
        lists=np.where(np.arange(longest) < rng.integers(1, longest + 1, (n, 1)), lists, -1),
        seats=np.full(schools, seats),
    )
