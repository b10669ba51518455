"""Synthetic cells of any size, with moments like those of the paper's district."""

import numpy as np

from welfare_added.assignment.problem import Problem

TEACHER_SD, CORRELATION = 0.15, 0.9  # of both groups' value added
CLASS_SIZE, SIZE_SD = 25, 4
LOWER_SHARE = 2.0, 2.0  # of a beta distribution


def cell(n: int, seed: int, weights: np.ndarray) -> Problem:
    """Problem of n teachers and classes at weights (W,), with tie-breakers at 0 and 1: eq. 7."""
    random = np.random.default_rng(np.random.SeedSequence([seed, n]))
    covariance = TEACHER_SD**2 * np.array([[1, CORRELATION], [CORRELATION, 1]])
    teachers = random.multivariate_normal(np.zeros(2), covariance, n)
    size = np.clip(np.round(random.normal(CLASS_SIZE, SIZE_SD, n)), 7, None)
    lower = random.binomial(size.astype(int), random.beta(*LOWER_SHARE, n)).astype(float)
    counts = np.stack([lower, size - lower], axis=1)
    shares = np.stack([weights, 1 - weights], axis=1)
    classes = counts * shares[:, None, :]
    ties = {i: counts * [1 - w, w] for i, w in enumerate(weights) if w in (0, 1)}
    return Problem(teachers, classes, np.zeros(n, dtype=int), ties, weights, f"{n} classes")
