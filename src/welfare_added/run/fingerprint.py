"""Digests of the project's code that ignore comments, docstrings and layout."""

import ast
import hashlib
from collections.abc import Iterable
from pathlib import Path

from welfare_added.run.parsed import cached
from welfare_added.run.source import module_name

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def fingerprint(paths: Iterable[Path], root: Path) -> str:
    """One digest of several modules' names in the project ``root`` and their statements."""
    lines = sorted(f"{module_name(path, root)} {statements(path)}" for path in paths)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def statements(path: Path) -> str:
    """SHA-256 of a module's statements; comments, docstrings and layout do not change it.

    Raises SyntaxError if the module is not valid Python.
    """
    return cached("statements", lambda: _statements(path), path)


def _statements(path: Path) -> str:
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return hashlib.sha256(ast.unparse(tree).encode()).hexdigest()
