"""Which of the project's modules a script imports, found by parsing, never by running."""

import ast
from functools import cache
from pathlib import Path

PACKAGE = "welfare_added"


def project_modules(script: Path, source: Path) -> list[Path]:
    """Find the transitive set of the project's modules that ``script`` imports.

    Parameters
    ----------
    script
        A Python file.
    source
        The folder that holds the package, ``src``.

    Returns
    -------
    list of Path
        The script itself and every module of the package it depends on, sorted.

    """
    found = {script}
    waiting = [script]
    while waiting:
        for module in _imports(waiting.pop(), source):
            if module not in found:
                found.add(module)
                waiting.append(module)
    return sorted(found)


@cache
def _imports(path: Path, source: Path) -> frozenset[Path]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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
    return frozenset(
        file for name in names if name.split(".")[0] == PACKAGE for file in _files(name, source)
    )


def _files(name: str, source: Path) -> list[Path]:
    """List the module's file and the packages above it; a name inside a module has no file."""
    parts = name.split(".")
    packages = [source.joinpath(*parts[: i + 1], "__init__.py") for i in range(len(parts))]
    module = source.joinpath(*parts).with_suffix(".py")
    return [file for file in [*packages, module] if file.is_file()]
