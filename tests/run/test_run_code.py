"""Which code a rule depends on, and which edits of it count."""

import ast
import builtins
import re
import shutil
from modulefinder import ModuleFinder
from pathlib import Path
from types import SimpleNamespace

import pytest
from test_layers import PAPERS, package_of

from welfare_added import choice
from welfare_added.exhibits.declarations import read_exhibits
from welfare_added.run.fingerprint import fingerprint, statements
from welfare_added.run.imports import project_modules

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "scripts").rglob("*.py"))
MODULES = sorted((ROOT / "src/welfare_added").rglob("*.py"))
EXHIBIT = ROOT / "scripts/exhibit.py"
# Modules that a script loads by name: the rule of an exhibit counts its program's.
PROGRAMS = {
    path: sorted(
        {
            ROOT / f"src/welfare_added/exhibits/{path.parent.name}/{one.program}.py"
            for one in read_exhibits(
                path, ROOT / "workflow/schemas/exhibits.schema.json"
            ).all.values()
        }
    )
    for path in sorted((ROOT / "workflow/papers").glob("*/exhibits.yaml"))
}
# The rule of the report counts the module of the paper's explorer.
REPORT = ROOT / "scripts/report.py"
EXPLORERS = sorted((ROOT / "src/welfare_added/report").glob("*/explorer.py"))
# Every script with what it loads by name: one start a rule (a program, of the script of exhibits).
STARTS = [(script,) for script in SCRIPTS] + [
    (EXHIBIT, program) for programs in PROGRAMS.values() for program in programs
]
STARTS += [(REPORT, explorer) for explorer in EXPLORERS]
# Of what every script uses only the module that decides bytes counts.
UNCOUNTED = set((ROOT / "src/welfare_added/run").glob("*.py")) - {
    ROOT / "src/welfare_added/run/writing.py"
}

PLAIN = '"""What it does."""\n\nfrom math import pi\n\n\ndef area(r: float) -> float:\n    """Of a disc."""\n    return pi * r**2\n'
SAME = {
    "comment": PLAIN.replace("    return", "    # by Archimedes\n    return"),
    "docstring": PLAIN.replace("Of a disc.", "Of a circle's disc [m2]."),
    "no docstring": PLAIN.replace('    """Of a disc."""\n', ""),
    "docstring of the module": PLAIN.replace("What it does.", "Discs."),
    "layout": PLAIN.replace("pi * r**2", "(\n        pi\n        * r ** 2\n    )"),
    "quotes": PLAIN.replace('"""Of a disc."""', "'Of a disc.'"),
}
OTHER = {
    "number": PLAIN.replace("r**2", "r**3"),
    "name": PLAIN.replace("area", "surface"),
    "import": PLAIN.replace("pi\n", "pi, tau\n", 1),
    "annotation": PLAIN.replace("-> float", "-> int"),
    "text that is no docstring": PLAIN.replace('    """Of a disc."""\n', '    x = "Of a disc."\n'),
    "added line": PLAIN + "EDITED = True\n",
}


@pytest.mark.parametrize("name", SAME)
def test_comments_docstrings_and_layout_are_not_code(name, tmp_path):
    (tmp_path / "one.py").write_text(PLAIN)
    (tmp_path / "other.py").write_text(SAME[name])
    assert SAME[name] != PLAIN
    assert statements(tmp_path / "one.py") == statements(tmp_path / "other.py")


@pytest.mark.parametrize("name", OTHER)
def test_anything_else_is(name, tmp_path):
    (tmp_path / "one.py").write_text(PLAIN)
    (tmp_path / "other.py").write_text(OTHER[name])
    assert statements(tmp_path / "one.py") != statements(tmp_path / "other.py")


def test_a_body_of_a_docstring_alone_stays_code(tmp_path):
    (tmp_path / "one.py").write_text('class Wrong(ValueError):\n    """Why."""\n')
    (tmp_path / "other.py").write_text("class Wrong(ValueError):\n    pass\n")
    assert statements(tmp_path / "one.py") == statements(tmp_path / "other.py")


def test_a_renamed_module_counts(tmp_path):
    (tmp_path / "one.py").write_text(PLAIN)
    first = fingerprint([tmp_path / "one.py"], tmp_path)
    (tmp_path / "one.py").rename(tmp_path / "two.py")
    assert fingerprint([tmp_path / "two.py"], tmp_path) != first


@pytest.fixture(scope="module")
def found_otherwise():
    """What Python's own finder says that each script imports, from compiled code."""
    found = {}
    for start in STARTS:
        finder = ModuleFinder(path=[str(ROOT / "src")])
        finder.run_script(str(start[0]))
        for program in start[1:]:
            finder.import_hook(".".join(program.relative_to(ROOT / "src").with_suffix("").parts))
        files = {Path(m.__file__) for m in finder.modules.values() if m.__file__}
        found[start] = {file for file in files if file.is_relative_to(ROOT / "src")}
    return found


def test_the_modules_of_a_script_are_those_that_python_finds(found_otherwise):
    for start, expected in found_otherwise.items():
        modules = set(project_modules(start, ROOT / "src"))
        assert modules - set(start[:1]) == expected - UNCOUNTED, start
        assert expected & UNCOUNTED or start[0].name == "star_tables.py", start


def test_of_what_every_script_uses_only_what_decides_bytes_counts(found_otherwise):
    written = ROOT / "src/welfare_added/run/writing.py"
    everything = set().union(*(project_modules(start, ROOT / "src") for start in STARTS))
    in_run = {module for module in everything if module.parent.name == "run"}
    assert in_run == {written}
    assert written in project_modules([ROOT / "scripts/value_added.py"], ROOT / "src")


# The command that a user types: no job loads it.
COMMAND = {
    path.relative_to(ROOT / "src/welfare_added").as_posix()
    for path in (ROOT / "src/welfare_added/cli").glob("*.py")
}
# A paper's packages before it has a folder of choices and rules.
NOT_YET = {
    package
    for paper, packages in PAPERS.items()
    if not (ROOT / f"workflow/papers/{paper}/config.yaml").is_file()
    for package in packages
}


def test_every_module_is_used_by_a_rule_or_by_the_workflow(found_otherwise):
    waiting = [module for module in MODULES if package_of(module, ROOT / "src") in NOT_YET]
    used = set(project_modules(waiting, ROOT / "src")).union(*found_otherwise.values())
    by_hand = {"audit/__main__.py", *COMMAND}
    offered = [ROOT / f"src/welfare_added/api/{name}.py" for name in ("value_added", "assign")]
    modules = ("binary_panel", "integrators", "multinomial", "posteriors", "resampling")
    offered += [ROOT / f"src/welfare_added/choice/{name}.py" for name in modules]
    # Comparisons with peers that need an environment of their own.
    offered += sorted((ROOT / "workflow/papers").glob("*/benchmark/*.py"))
    used |= set(project_modules(offered, ROOT / "src"))
    workflow = "\n".join(
        p.read_text() for p in [*(ROOT / "workflow").rglob("*.smk"), ROOT / "Snakefile"]
    )
    for module in MODULES:
        dotted = ".".join(module.relative_to(ROOT / "src").with_suffix("").parts)
        name = module.relative_to(ROOT / "src/welfare_added").as_posix()
        assert module in used or dotted.rpartition(".")[2] in workflow or name in by_hand, dotted


def test_an_edit_of_any_module_changes_exactly_the_rules_that_import_it(tmp_path, found_otherwise):
    for folder in ("src", "scripts"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    copies = {start: [tmp_path / one.relative_to(ROOT) for one in start] for start in STARTS}
    modules = {s: project_modules(copy, tmp_path / "src") for s, copy in copies.items()}

    def now(starts):
        return {start: fingerprint(modules[start], tmp_path) for start in starts}

    before = now(STARTS)
    for module in MODULES:
        copy = tmp_path / module.relative_to(ROOT)
        reading = [start for start in STARTS if copy in modules[start]]
        text = copy.read_text()
        copy.write_text(text + "\nEDITED = True\n")
        changed = {start for start, mark in now(reading).items() if mark != before[start]}
        copy.write_text(text)
        counts = module not in UNCOUNTED
        due = {s for s, found in found_otherwise.items() if module in found and counts}
        assert changed == due, module
    assert now(STARTS) == before


RULE = re.compile(
    r"^ *rule(?: (\w+))?:\n(.*?)(?=^ *(?:(?:rule|module|if|for)\b[^\n]*|include):|^ *use\b|\Z)",
    re.M | re.S,
)


BY_NAME = {"exhibit": "*exhibit_code(EXHIBIT)", "report": '"report", *EXPLORER_CODE'}


def rules():
    for path in sorted((ROOT / "workflow").rglob("*.smk")):
        for name, body in RULE.findall(path.read_text()):
            yield path.name, name, body


def test_every_rule_with_a_script_declares_its_code():
    named = set()
    for file, name, body in rules():
        scripts = re.findall(r'script_path\("(\w+)"\)', body)
        if not scripts:
            assert not re.search(r"^ *(script|run|shell):", body, re.M), (file, name)
            continue
        named.update(scripts)
        # Two count the script and a module that it loads by name.
        wanted = BY_NAME.get(scripts[0], f'"{scripts[0]}"')
        code = re.findall(r"[ (]code=code\((.*)\),", body)
        mark = re.findall(r"[ (]code=code_fingerprint\((.*)\),", body)
        assert len(scripts) == 1 and code == mark == [wanted], (file, name)
    assert named == {path.stem for path in SCRIPTS}


@pytest.mark.parametrize("exhibits", PROGRAMS, ids=lambda path: path.parent.name)
def test_the_rule_of_an_exhibit_counts_its_script_and_its_program(exhibits):
    text = (ROOT / "workflow/rules/common.smk").read_text()
    function = text[text.index("def exhibit_code") :].split("\n\n\n")[0]
    space = {"SOURCE_FOLDER": ROOT / "src", "PAPER": exhibits.parent.name}
    exec(function, space)
    programs = PROGRAMS[exhibits]
    found = {space["exhibit_code"](SimpleNamespace(program=one.stem)) for one in programs}
    assert found == {("exhibit", program) for program in programs}
    assert all(program.is_file() for program in programs)


# Modules that are loaded by name, which the rules of their scripts count.
LOADED = {
    "__init__.py": "import_module(_MODULE_OF[name])",
    "choice/__init__.py": 'import_module(f"{__name__}.{_MODULE_OF[name]}")',
    "value_added/__init__.py": 'import_module("welfare_added.api.value_added")',
    "exhibits/output.py": 'import_module(f"welfare_added.exhibits.{paper}.{module}")',
    "report/parts.py": 'import_module(f"welfare_added.report.{paper}.explorer")',
}
DYNAMIC = re.compile(
    r"\b(import_module|__import__|run_path|run_module|exec|eval)\(|\"-m\", \"welfare"
)
JOBS_MODULES = [
    path
    for path in MODULES
    if path.relative_to(ROOT / "src/welfare_added").as_posix() not in COMMAND
]


@pytest.mark.parametrize("path", [*SCRIPTS, *JOBS_MODULES], ids=lambda path: path.stem)
def test_nothing_is_imported_behind_the_audits_back(path):
    text = path.read_text()
    for name, load in LOADED.items():
        if path == ROOT / "src/welfare_added" / name:
            assert text.count(load) == 1
            text = text.replace(load, "")
    assert not DYNAMIC.search(text)
    # Jobs import from the modules of choice, not the names that the package loads when used.
    assert not re.search(
        rf"from welfare_added\.choice import .*\b({'|'.join(choice.__all__)})\b", text
    )


@pytest.mark.parametrize(
    "path",
    [*SCRIPTS, *sorted(set().union(*PROGRAMS.values())), *EXPLORERS],
    ids=lambda path: path.stem,
)
def test_what_a_script_imports_reads_no_configuration(path):
    allowed = {"commands.py"}  # the audit's own commands, run from the project's folder
    for module in project_modules([path], ROOT / "src"):
        text = module.read_text()
        assert "snakemake.config" not in text
        if module.name not in allowed:
            assert "read_config" not in text, module
            assert not re.search(r'/ "config.yaml"|open\("config|Path\("config', text), module


def compiled(tree: ast.Module) -> list[ast.FunctionDef]:
    """Functions that numba compiles."""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [one for one in functions if any("njit" in ast.dump(d) for d in one.decorator_list)]


def foreign(tree: ast.Module) -> set[str]:
    """What compiled functions use of other modules, or of what was computed from them."""
    own = {"np", "math", *dir(builtins), *(function.name for function in compiled(tree))}
    for node in tree.body:
        if isinstance(node, ast.Assign) and numbers(node.value, own):
            targets = [name for target in node.targets for name in ast.walk(target)]
            own |= {name.id for name in targets if isinstance(name, ast.Name)}
    used = set()
    for function in compiled(tree):
        names = [node for part in function.body for node in ast.walk(part)]
        names = [node for node in names if isinstance(node, ast.Name)]
        known = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        known |= {argument.arg for argument in function.args.args}
        used |= {node.id for node in names} - known - own
    return used


def numbers(value: ast.expr, known: set[str]) -> bool:
    """Whether an expression is arithmetic or an array of numbers of its own file."""
    kinds = (
        *(ast.Constant, ast.UnaryOp, ast.BinOp, ast.operator, ast.unaryop, ast.Name, ast.Load),
        *(ast.Call, ast.Attribute, ast.List, ast.Tuple),
    )
    parts = list(ast.walk(value))
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    return all(isinstance(part, kinds) for part in parts) and names <= known


def test_compiled_functions_use_nothing_of_other_modules():
    """Numba keeps what it compiled until the function's own file changes."""
    found = {path: ast.parse(path.read_text()) for path in MODULES}
    assert sum(len(compiled(tree)) for tree in found.values()) > 10
    assert not {path: foreign(tree) for path, tree in found.items() if foreign(tree)}


def test_a_compiled_function_that_calls_another_module_is_found():
    text = "from numba import njit\nfrom m import f, N\nM = 2\nK = M * 3\nL = np.array([N, 1])\nP, Q = math.sqrt(2), 1\n\n@njit\ndef g(x):\n    return f(x) + N * M + K + L + P + Q\n"
    assert foreign(ast.parse(text)) == {"f", "N", "L"}
