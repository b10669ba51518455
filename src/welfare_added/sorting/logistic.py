"""How value added enters the salary equation (f of eq. 2), and the slope that follows from it."""

from collections.abc import Callable

import numpy as np
from scipy import integrate, stats
from scipy.special import expit

from welfare_added.run.errors import UserError

# rising: footnote 34 and figure A5; falling: as footnote 21 prints it; linear: section 8.
FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "rising": expit,
    "falling": lambda value: expit(-value),
    "linear": lambda value: value,
}


def of_value_added(value: np.ndarray, function: str) -> np.ndarray:
    """f of value added [SD], (n,); raises UserError if there is no such function."""
    if function not in FUNCTIONS:
        raise UserError(f"function of value added: {function!r}; want {', '.join(FUNCTIONS)}")
    return FUNCTIONS[function](np.asarray(value, dtype=float))


def mean_slope() -> float:
    """Mean derivative of the logistic function of a standard normal, 0.2066.

    By Stein's lemma the least-squares slope of the function on the normal itself: a district that
    pays delta for the logistic of value added pays 0.2066 delta for a standard deviation of it.
    """
    integrand = lambda z: expit(z) * expit(-z) * stats.norm.pdf(z)  # noqa: E731
    return float(integrate.quad(integrand, -40, 40, epsabs=1e-13, epsrel=1e-13, limit=200)[0])


def implied_slope(mean_delta: float) -> float:
    """Dollars for a standard deviation of value added where the mean of delta is ``mean_delta``."""
    return mean_slope() * mean_delta
