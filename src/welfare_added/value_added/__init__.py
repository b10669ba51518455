"""From scores to value added: residuals, class means, autocovariances, predictions.

The package can be called: `welfare_added.value_added(students, ...)` estimates value added from a
table of students; see `welfare_added.api.value_added` and docs/python.md.
"""

import inspect
import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType


class _Package(ModuleType):
    """This package, called as the function of its name."""

    @property
    def _function(self) -> Callable:
        return import_module("welfare_added.api.value_added").value_added

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(self._function)

    def __call__(self, *arguments: object, **named: object) -> object:
        """Estimate value added; see `welfare_added.api.value_added.value_added`."""
        return self._function(*arguments, **named)


sys.modules[__name__].__class__ = _Package
