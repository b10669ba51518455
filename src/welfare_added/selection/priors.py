"""Priors of coefficients, standard deviations and loadings, as the config states them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from welfare_added.run.errors import UserError

# Logs of standard deviations below it have no density: a slice from an absurd start would reach SDs
# that are 0 in floating point.
LEAST = -40.0
KINDS = {"half_cauchy": 1, "half_normal": 1, "inverse_gamma": 2}


@dataclass(frozen=True)
class SdPrior:
    """Prior of a standard deviation.

    Attributes
    ----------
    kind
        `half_cauchy` and `half_normal` of the standard deviation; `inverse_gamma` of the variance.
    numbers
        The scale; or shape and rate.

    """

    kind: str
    numbers: tuple[float, ...]

    def log_density(self, log_sd: float) -> float:
        """Log density of the log of the standard deviation, up to a constant; from `LEAST` on."""
        if log_sd < LEAST:
            return -np.inf
        variance = np.exp(2 * log_sd)
        if self.kind == "half_cauchy":
            return log_sd - np.log1p(variance / self.numbers[0] ** 2)
        if self.kind == "half_normal":
            return log_sd - variance / (2 * self.numbers[0] ** 2)
        return -2 * self.numbers[0] * log_sd - self.numbers[1] / variance

    def slope(self, log_sd: float) -> float:
        """Derivative of `log_density`."""
        variance = np.exp(2 * log_sd)
        if self.kind == "half_cauchy":
            return 1 - 2 * variance / (self.numbers[0] ** 2 + variance)
        if self.kind == "half_normal":
            return 1 - variance / self.numbers[0] ** 2
        return -2 * self.numbers[0] + 2 * self.numbers[1] / variance

    def draw(self, rng: np.random.Generator) -> float:
        """One standard deviation."""
        if self.kind == "half_cauchy":
            return float(self.numbers[0] * np.tan(np.pi / 2 * rng.random()))
        if self.kind == "half_normal":
            return float(self.numbers[0] * abs(rng.standard_normal()))
        return float(np.sqrt(self.numbers[1] / rng.gamma(self.numbers[0])))


@dataclass(frozen=True)
class Priors:
    """All priors; normal ones have mean zero.

    Attributes
    ----------
    outcome, supply, demand
        Variances of the coefficients of eqs. 1 to 3; supply's includes inertia.
    school_mean
        Variance of the mean of the schools' effects on teachers' utility.
    loading
        Variance of loadings on the standardised scale (see `state.Scales`).
    sd_eps, sd_theta, sd_phi, sd_school, sd_eta_u, sd_eta_v, sd_eta_y
        Of standard deviations.

    """

    outcome: float
    supply: float
    demand: float
    school_mean: float
    loading: float
    sd_eps: SdPrior
    sd_theta: SdPrior
    sd_phi: SdPrior
    sd_school: SdPrior
    sd_eta_u: SdPrior
    sd_eta_v: SdPrior
    sd_eta_y: SdPrior


def read_priors(stated: Mapping) -> Priors:
    """Priors from the config.

    Parameters
    ----------
    stated
        One entry an attribute of `Priors`: a variance, or `{kind: scale}`, or
        `{inverse_gamma: [shape, rate]}`.

    Raises
    ------
    UserError
        If an entry is missing, unknown or not positive.

    """
    wanted = [f.name for f in fields(Priors)]
    missing = [name for name in wanted if name not in stated]
    unknown = [name for name in stated if name not in wanted]
    if missing or unknown:
        raise UserError(
            f"priors: missing {', '.join(missing) or 'none'}, "
            f"unknown {', '.join(unknown) or 'none'}"
        )
    return Priors(**{name: _read(name, stated[name]) for name in wanted})


def _read(name, value):
    if not name.startswith("sd_"):
        return _positive(name, value)
    if not isinstance(value, Mapping) or len(value) != 1 or next(iter(value)) not in KINDS:
        raise UserError(f"priors.{name}: {value}, want one of {', '.join(KINDS)} with its numbers")
    kind, numbers = next(iter(value.items()))
    numbers = tuple(numbers) if isinstance(numbers, list | tuple) else (numbers,)
    if len(numbers) != KINDS[kind]:
        raise UserError(f"priors.{name}: {len(numbers)} numbers, want {KINDS[kind]} for {kind}")
    return SdPrior(kind, tuple(_positive(name, number) for number in numbers))


def _positive(name, value):
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < np.inf:
        raise UserError(f"priors.{name}: {value}, want a positive number")
    return float(value)
