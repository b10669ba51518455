"""Slice sampling of one number (Neal 2003): steps out without limit, then shrinks."""

from collections.abc import Callable

import numpy as np

from welfare_added.selection.priors import SdPrior

MOST_STEPS = 1_000_000  # a bad start takes many; an improper density would never end


def slice_draw(
    log_density: Callable[[float], float], start: float, width: float, rng: np.random.Generator
) -> float:
    """One draw that leaves the density invariant.

    Steps must not be limited: a limit that both ends share makes the draw inexact.

    Parameters
    ----------
    log_density
        Up to a constant; minus infinity and NaN are taken as outside.
    start
        Present value, where the density is positive.
    width
        Of one step outwards; any positive number is exact.
    rng
        Generator of uniform numbers.

    Raises
    ------
    ValueError
        If the density at the start is not positive, or does not fall on one side.

    """
    at_start = log_density(start)
    if not np.isfinite(at_start):
        raise ValueError(f"slice: log density {at_start} at {start}")
    level = at_start + np.log1p(-rng.random())
    low = start - width * rng.random()
    high = low + width
    low, high = (
        _edge(log_density, level, end, step) for end, step in ((low, -width), (high, width))
    )
    while True:
        value = low + (high - low) * rng.random()
        if log_density(value) > level:
            return float(value)
        if value < start:
            low = value
        else:
            high = value


def draw_sd(
    present: float, squares: float, count: int, prior: SdPrior, rng: np.random.Generator
) -> float:
    """Standard deviation of normals with mean 0, given their number and sum of squares."""

    def log_density(log_sd):
        return -count * log_sd - 0.5 * squares * np.exp(-2 * log_sd) + prior.log_density(log_sd)

    return float(np.exp(slice_draw(log_density, np.log(present), 2 / np.sqrt(count + 4), rng)))


def _edge(log_density, level, end, step):
    for _ in range(MOST_STEPS):
        if not log_density(end) > level:
            return end
        end += step
    raise ValueError(f"slice: log density does not fall up to {end}")
