"""Pools of applicants whose inputs are those of their tracts."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Pool:
    """outcome: (n,) 0/1; inputs: (n, p) ranks in 0-1; tract: (n,); planted: (true,) columns."""

    outcome: np.ndarray
    inputs: pd.DataFrame
    tract: np.ndarray
    planted: np.ndarray


def draw_pool(seed, applicants=400, tracts=200, columns=151, true=20):
    """Tract columns with eight common factors; a logit of the outcome on some of them."""
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(tracts, 8))
    latent = factors @ rng.normal(size=(8, columns)) / np.sqrt(8)
    latent += 0.5 * rng.normal(size=(tracts, columns))
    ranks = (latent.argsort(axis=0).argsort(axis=0) + 0.5) / tracts
    tract = rng.integers(0, tracts, applicants)
    planted = rng.permutation(columns)[:true]
    slopes = np.zeros(columns)
    slopes[planted] = rng.choice([-1, 1], true)
    index = ranks @ slopes
    index = 2.0 * (index - index.mean()) / index.std()
    outcome = (rng.random(applicants) < 1 / (1 + np.exp(-index[tract]))).astype(float)
    inputs = pd.DataFrame(ranks[tract], columns=[f"x{j}" for j in range(columns)])
    return Pool(outcome, inputs, tract, planted)
