"""List the project modules that a script imports, by parsing it, without running it."""

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from welfare_added.run.parsed import cached

PACKAGE = "welfare_added"
# Of the package run only writing.py counts, since it decides the bytes of results: an edit of how
# jobs are recorded must not make every result out of date.
IGNORED, DECIDES_BYTES = f"{PACKAGE}/run/", f"{PACKAGE}/run/writing.py"


def project_modules(starts: Iterable[Path], source: Path) -> list[Path]:
    """List the project modules that some files import, directly or through other modules.

    Parameters
    ----------
    starts
        Python files: a script, and modules that it loads by name.
    source
        The folder that holds the package, ``src``.

    Returns
    -------
    list of Path
        The files themselves and every module of the package they depend on, sorted; of the
        package ``run`` only ``writing``.

    """
    waiting = list(starts)
    modules = {*waiting, *(above for one in waiting for above in _packages_above(one, source))}
    while waiting:
        for module in imported(waiting.pop(), source):
            if module not in modules and _counts(module, source):
                modules.add(module)
                waiting.append(module)
    return sorted(modules)


@cache
def imported(path: Path, source: Path) -> frozenset[Path]:
    """Project modules that one file imports directly, with the packages that hold them.

    Raises ValueError naming a relative import, which could not be followed.
    """
    names = cached("imports", lambda: _imported_names(path), path)
    return frozenset(file for name in names for file in _files(name, source))


def _imported_names(path: Path) -> list[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError(
                    f"{path}: line {node.lineno} imports relatively; write the full module name, "
                    "so that the script's dependencies can be listed"
                )
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return sorted(name for name in names if name.split(".")[0] == PACKAGE)


def _counts(module: Path, source: Path) -> bool:
    name = module.relative_to(source).as_posix()
    return not name.startswith(IGNORED) or name == DECIDES_BYTES


@cache
def _files(name: str, source: Path) -> list[Path]:
    """Files of a module and of the packages that hold it; a function's name adds no file."""
    parts = name.split(".")
    packages = [source.joinpath(*parts[: i + 1], "__init__.py") for i in range(len(parts))]
    module = source.joinpath(*parts).with_suffix(".py")
    return [file for file in [*packages, module] if file.is_file()]


def _packages_above(path: Path, source: Path) -> list[Path]:
    """The packages that hold a project module; none for a script."""
    if not path.is_relative_to(source):
        return []
    return _files(".".join(path.relative_to(source).with_suffix("").parts), source)
