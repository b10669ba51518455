"""Trace a file to its origin: a tree of rules, code and inputs down to the raw tables."""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from rich.text import Text
from rich.tree import Tree

from welfare_added.audit.verify import Verification
from welfare_added.run.source import module_name, source_folder

SHOWN = 12


def file_tree(path: str, manifest: Mapping, verification: Verification, root: Path) -> Tree:
    """Tree of a file: the rule that made it, its code, and the same for each of its inputs.

    A job that is already in the tree is named but not shown again.
    """
    tree = Tree(Text(_label(path, manifest, verification)))
    _grow(tree, path, manifest, verification, root, set())
    return tree


def _grow(tree: Tree, path: str, manifest: Mapping, verification, root: Path, seen: set) -> None:
    name = manifest["files"][path]["job"]
    if name is None:
        return
    job = manifest["jobs"][name]
    if name in seen:
        tree.add(Text(f"rule {job['rule']}: shown above"))
        return
    seen.add(name)
    used = f"{job['seconds']:.1f} s, {job['peak_mb']:.0f} MB"
    branch = tree.add(Text(f"rule {job['rule']} ({used})"))
    for line in code_lines(job, root):
        branch.add(Text(line))
    chosen = {key: value for key, value in job["params"].items() if key != "code"}
    if chosen:
        branch.add(Text(f"parameters: {_listed(chosen)}"))
    if job["notes"]:
        branch.add(Text(f"notes: {_listed(job['notes'])}"))
    for one in job["inputs"]:
        label = _label(one["path"], manifest, verification)
        _grow(branch.add(Text(label)), one["path"], manifest, verification, root, seen)


def _listed(values: Mapping) -> str:
    return ", ".join(f"{name}={value}" for name, value in values.items())


def _label(path: str, manifest: Mapping, verification: Verification) -> str:
    finding = verification.finding(path)
    kind = "" if manifest["files"][path]["job"] else " (source)"
    reason = f": {finding.reason}" if finding.reason else ""
    return f"{path}{kind} [{manifest['files'][path]['sha256'][:SHOWN]}] {finding.verdict}{reason}"


def code_lines(job: Mapping, root: Path) -> list[str]:
    """File and line of a job's script and of the project's functions that it calls.

    An exhibit's script calls the program that exhibits.yaml names, in the paper's exhibits.
    """
    if "program" in job["params"]:
        module, function = job["params"]["program"].split(".")
        return program_lines(
            root, f"welfare_added.exhibits.{job['params']['paper']}.{module}", function
        )
    scripts = [name for name in job["code"] if name.startswith("scripts/")]
    lines = []
    for name in scripts:
        tree = _parsed(root / name)
        main = next((n for n in tree.body if isinstance(n, ast.FunctionDef)), None)
        lines.append(f"{name}:{main.lineno if main else 1}")
        used = {node.id for node in ast.walk(main or tree) if isinstance(node, ast.Name)}
        for module, one in _imported(tree):
            place = _place(root, module, one) if one in used else None
            if place:
                lines.append(f"{place} {one}")
    return lines


def program_lines(root: Path, module: str, function: str) -> list[str]:
    """File and line of a function and of the functions of its module that it calls.

    In place of a private function those that it calls are listed.
    """
    path = _path(root, module)
    own = {n.name: n for n in _parsed(path).body if isinstance(n, ast.FunctionDef)}
    waiting, names = [function], []
    while waiting:
        name = waiting.pop(0)
        if name == function or not name.startswith("_"):
            names.append(name)
        if name == function or name.startswith("_"):
            called = {node.id for node in ast.walk(own[name]) if isinstance(node, ast.Name)}
            waiting += [one for one in own if one in called and one not in names]
    return [f"{module_name(path, root)}:{own[name].lineno} {name}" for name in names]


def _path(root: Path, module: str) -> Path:
    return source_folder(root).joinpath(*module.split(".")).with_suffix(".py")


def _imported(tree: ast.Module) -> list[tuple[str, str]]:
    return [
        (node.module, alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("welfare_added")
        for alias in node.names
    ]


def _place(root: Path, module: str, name: str) -> str | None:
    """File and line where a module defines a name."""
    path = _path(root, module)
    if not path.is_file():
        return None
    for node in _parsed(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            return f"{module_name(path, root)}:{node.lineno}"
    return None


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))
