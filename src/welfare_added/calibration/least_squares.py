"""Parameters of a simulated world whose moments meet published ones: penalised least squares.

The moments of a simulated world are step functions of its parameters: people change one at a time.
Two methods share one loss. Damped Gauss-Newton steps take the derivatives from a larger world, in
which the steps are small, and judge each step in the world itself. A pattern search then moves one
parameter at a time in the world itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import pandas as pd

Moments = Callable[[Mapping[str, float]], pd.Series]
NEAR, FAR = 1.0, 4.0  # units of tolerance at which the loss of a moment changes its form
MISSING = 100.0  # units, of a moment that does not exist
DAMPING = (0.01, 0.1, 1.0, 10.0, 100.0)
LONGEST = 2.0  # standard deviations of the prior by which a step changes a parameter at most
SMALLEST = 64  # the smallest step of the pattern search is the first one over this


@dataclass(frozen=True)
class Problem:
    """Moments to be met and what is known of the parameters before.

    Attributes
    ----------
    moments
        Moments of the world by its parameters.
    larger
        The same of a larger world, for derivatives.
    target
        The published moments; ``moments`` may have more.
    tolerance
        Share of the target that is one unit of deviation.
    centre, sd
        Of the prior, by free parameter: of parameters that meet the moments equally well the
        nearest to the centre is taken. Parameters without an entry stay.
    inside
        Weight of the squared deviation of a moment within the tolerance; beyond it one. Less than
        one brings more moments within the tolerance and none nearer than that.
    prior
        Weight of the squared distance from the prior's centre.
    digits
        Significant digits to which parameters are rounded before they are used.

    """

    moments: Moments
    larger: Moments
    target: pd.Series
    tolerance: float
    centre: Mapping[str, float]
    sd: Mapping[str, float]
    inside: float = 1.0
    prior: float = 1.0
    digits: int = 4

    def rounded(self, parameters: Mapping[str, float]) -> dict[str, float]:
        """Round the free parameters."""
        new = {name: float(f"{parameters[name]:.{self.digits}g}") for name in self.sd}
        return {**parameters, **new}

    def units(self, found: pd.Series) -> np.ndarray:
        """Deviations from the targets, in units of the tolerance."""
        unit = self.tolerance * self.target.abs()
        deviations = (found.reindex(self.target.index) - self.target) / unit
        return deviations.fillna(MISSING).to_numpy()

    def prior_units(self, parameters: Mapping[str, float]) -> np.ndarray:
        """Free parameters in standard deviations from the centre of the prior."""
        return np.array([(parameters[n] - self.centre[n]) / sd for n, sd in self.sd.items()])

    def loss(self, parameters: Mapping[str, float]) -> float:
        """Deviations of the moments and squared distance from the prior's centre."""
        deviations = self.units(self.moments(parameters))
        distance = (self.prior_units(parameters) ** 2).sum()
        return float(_of_units(deviations, self.inside).sum() + self.prior * distance)


def _of_units(units: np.ndarray, inside: float) -> np.ndarray:
    """Loss by moment: squares, with another weight within the tolerance, linear far beyond it."""
    size = np.abs(units)
    middle = units**2 - (1 - inside) * NEAR**2
    beyond = 2 * FAR * size - FAR**2 - (1 - inside) * NEAR**2
    return np.where(size < NEAR, inside * units**2, np.where(size < FAR, middle, beyond))


def _weights(units: np.ndarray, inside: float) -> np.ndarray:
    """Weights with which squares have the derivatives of `_of_units`."""
    size = np.abs(units)
    return np.where(size < NEAR, inside, np.minimum(1.0, FAR / np.maximum(size, FAR)))


def jacobian(problem: Problem, parameters: Mapping[str, float], step: float) -> np.ndarray:
    """Derivatives of the units by parameters in SDs of the prior, (moments, parameters).

    Central differences in the larger world, with the same draws; step: in SDs of the prior.
    """
    columns = []
    for name, sd in problem.sd.items():
        ends = [
            problem.units(problem.larger({**parameters, name: parameters[name] + sign * step * sd}))
            for sign in (1, -1)
        ]
        columns.append((ends[0] - ends[1]) / (2 * step))
    return np.column_stack(columns)


def gauss_newton(
    problem: Problem,
    start: Mapping[str, float],
    *,
    rounds: int,
    steps: int,
    width: float,
    gain: float,
    report: Callable[[str], None],
) -> dict[str, float]:
    """Damped Gauss-Newton search from ``start``.

    In each round derivatives are taken once, with differences of ``width`` SDs of the prior, and
    at most ``steps`` steps follow; in each, the damping (Levenberg 1944, Marquardt 1963) is that of
    the lowest loss. A step that lowers the loss by less than ``gain`` ends the round; a round
    without steps ends the search.
    """
    best, names = problem.rounded(start), list(problem.sd)
    now = problem.loss(best)
    for number in range(rounds):
        derivatives, taken = jacobian(problem, best, width), 0
        for _ in range(steps):
            units = problem.units(problem.moments(best))
            weighted = derivatives.T * _weights(units, problem.inside)
            curvature = weighted @ derivatives + problem.prior * np.eye(len(names))
            downhill = -(weighted @ units) - problem.prior * problem.prior_units(best)
            tried = []
            for damping in DAMPING:
                move = np.linalg.solve(curvature + damping * np.eye(len(names)), downhill)
                move = np.clip(move, -LONGEST, LONGEST)
                changed = {
                    name: best[name] + problem.sd[name] * by
                    for name, by in zip(names, move, strict=True)
                }
                changed = problem.rounded({**best, **changed})
                tried.append((problem.loss(changed), damping, changed))
            value, _, changed = min(tried, key=lambda one: one[:2])
            if value > now - gain:
                break
            best, now, taken = changed, value, taken + 1
        report(f"round {number + 1}: {taken} steps, loss {now:.1f}")
        if not taken:
            break
    return best


def pattern_search(
    problem: Problem,
    start: Mapping[str, float],
    *,
    sweeps: int,
    width: float,
    gain: float,
    report: Callable[[str], None],
) -> dict[str, float]:
    """Move each parameter in turn, by ``width`` SDs of the prior at first, if the loss falls.

    A step that lowers the loss by ``gain`` grows by half; one that does not is halved, to 1/64 of
    the first at least. A sweep without any step at the smallest size ends the search.
    """
    best = problem.rounded(start)
    now = problem.loss(best)
    sizes = {name: width * sd for name, sd in problem.sd.items()}
    sign = dict.fromkeys(sizes, 1)
    for sweep in range(sweeps):
        taken = 0
        for name, size in sizes.items():
            for direction in (sign[name], -sign[name]):
                changed = problem.rounded({**best, name: best[name] + direction * size})
                value = problem.loss(changed)
                if value < now - gain:
                    best, now, sign[name], taken = changed, value, direction, taken + 1
                    sizes[name] = 1.5 * size
                    break
            else:
                sizes[name] = max(size / 2, width * problem.sd[name] / SMALLEST)
        report(f"sweep {sweep + 1}: {taken} steps, loss {now:.1f}")
        smallest = all(size <= width * problem.sd[n] / SMALLEST for n, size in sizes.items())
        if not taken and smallest:
            break
    return best


def flat(nested: Mapping, prefix: str = "") -> dict[str, object]:
    """Values of nested dictionaries by dotted path."""
    found = {}
    for key, value in nested.items():
        path = f"{prefix}{key}"
        found |= flat(value, f"{path}.") if isinstance(value, Mapping) else {path: value}
    return found


def nested(values: Mapping[str, object], like: Mapping, prefix: str = "") -> dict:
    """Nested dictionaries with the keys of ``like`` and the values of dotted paths."""
    return {
        key: nested(values, value, f"{prefix}{key}.")
        if isinstance(value, Mapping)
        else values[f"{prefix}{key}"]
        for key, value in like.items()
    }


def priors(
    parameters: Mapping[str, float], declared: Mapping[str, Mapping[str, float]]
) -> tuple[dict[str, float], dict[str, float]]:
    """Centre and SD of each free parameter, by the first pattern of ``declared`` that fits.

    declared: centre and sd by pattern of dotted paths (``*`` any text); an sd of nothing keeps
    what fits as it is, and so does no pattern.
    """
    centre, sd = {}, {}
    for name in parameters:
        fitting = (prior for pattern, prior in declared.items() if fnmatchcase(name, pattern))
        prior = next(fitting, None)
        if prior and prior["sd"]:
            centre[name], sd[name] = prior["centre"], prior["sd"]
    return centre, sd
