"""Which of the project's modules a script imports, found by parsing, never by running."""

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from welfare_added.run.parsed import remembered

PACKAGE = "welfare_added"
# Of the modules that every script uses only the one that decides bytes counts: an edit of how jobs
# are recorded must not make every result due.
UNCOUNTED, DECIDES_BYTES = f"{PACKAGE}/run/", f"{PACKAGE}/run/writing.py"


def project_modules(starts: Iterable[Path], source: Path) -> list[Path]:
    """Find the transitive set of the project's modules that some files import.

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
    found = {*waiting, *(above for one in waiting for above in _packages_above(one, source))}
    while waiting:
        for module in imported(waiting.pop(), source):
            if module not in found and _counts(module, source):
                found.add(module)
                waiting.append(module)
    return sorted(found)


@cache
def imported(path: Path, source: Path) -> frozenset[Path]:
    """The project's modules that one file imports itself, with the packages above them.

    Raises ValueError naming a relative import, which could not be followed.
    """
    names = remembered("imports", lambda: _imported_names(path), path)
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
                    "so that what the script depends on can be found"
                )
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return sorted(name for name in names if name.split(".")[0] == PACKAGE)


def _counts(module: Path, source: Path) -> bool:
    name = module.relative_to(source).as_posix()
    return not name.startswith(UNCOUNTED) or name == DECIDES_BYTES


@cache
def _files(name: str, source: Path) -> list[Path]:
    """List the module's file and the packages above it; a name inside a module has no file."""
    parts = name.split(".")
    packages = [source.joinpath(*parts[: i + 1], "__init__.py") for i in range(len(parts))]
    module = source.joinpath(*parts).with_suffix(".py")
    return [file for file in [*packages, module] if file.is_file()]


def _packages_above(path: Path, source: Path) -> list[Path]:
    """Packages that hold a module, if it is one of the package's."""
    if not path.is_relative_to(source):
        return []
    return _files(".".join(path.relative_to(source).with_suffix("").parts), source)
