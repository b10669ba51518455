"""Value added of teachers and optimal assignments, and the papers that are replicated with them.

Offers `value_added`, `assign` and `frontier` (docs/python.md), the package `choice`
(docs/choice.md), and the error that they raise, `UserError`. Nothing is loaded before it is used.
"""

from importlib import import_module

# Modules are named as text, so that scripts of the workflow do not depend on them.
_MODULE_OF = {
    "assign": "welfare_added.api.assign",
    "choice": "welfare_added.choice",
    "frontier": "welfare_added.api.assign",
    "UserError": "welfare_added.run.errors",
    "value_added": "welfare_added.value_added",  # a package that can be called
}
__all__ = ["UserError", "assign", "choice", "frontier", "value_added"]


def __getattr__(name: str) -> object:
    """Load what is named when it is first used."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'welfare_added' has no attribute {name!r}")
    module = import_module(_MODULE_OF[name])
    return module if module.__name__ == f"{__name__}.{name}" else getattr(module, name)


def __dir__() -> list[str]:
    """Names of the package with those that are not loaded yet."""
    return sorted({*globals(), *__all__})
