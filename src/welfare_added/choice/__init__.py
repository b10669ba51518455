"""Discrete choice as arrays: draws, logit panels with random coefficients, their maximum.

Offers the names below (docs/choice.md); a module is loaded when one of its names is used.
"""

from importlib import import_module

# Modules are named as text, so that who imports one of them does not depend on all.
_MODULE_OF = {
    "AgentCovariates": "binary_panel",
    "binary_logit": "binary_panel",
    "bootstrap": "resampling",
    "covariance": "maximum",
    "effective_draws": "integrators",
    "Fit": "integrators",
    "fit": "integrators",
    "gauss_hermite": "draws",
    "hessian": "maximum",
    "Integrator": "draws",
    "maximise": "maximum",
    "multinomial_logit": "multinomial",
    "Nodes": "draws",
    "Posterior": "posteriors",
    "posterior": "posteriors",
    "PresentPositions": "binary_panel",
    "pseudo_random": "draws",
    "simulation_error": "integrators",
    "SimulationError": "integrators",
    "sobol": "draws",
    "standard_errors": "maximum",
}
__all__ = [*_MODULE_OF]


def __getattr__(name: str) -> object:
    """Load what is named when it is first used."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'welfare_added.choice' has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    """Names of the package with those that are not loaded yet."""
    return sorted({*globals(), *__all__})
