"""The order of the packages: each imports from layers below its own, and no paper from another."""

import shutil
from pathlib import Path

import pytest

from welfare_added.run.imports import imported

ROOT = Path(__file__).parents[1]
# A paper's own packages, in the order in which one may import another.
PAPERS = {
    "eastmond_2024": ("allocation", "welfare", "resampling"),
    "ellison_2020": ("admissions",),
    "bates_2022": ("market",),
    "laverde_2023": ("selection", "transfers", "reassignment"),
    "biasi_2017": ("grade_means", "pay", "sorting", "offers"),
}
# Lowest first (see "The way data flows" in the design). Packages of one line do not import each other.
LAYERS = [
    {"run"},
    {"assignment", "choice"},
    {"district"},
    {"value_added"},
    {"calibration"},
    {"disclosure"},
    {name for packages in PAPERS.values() for name in packages},
    {"exhibits"},
    {f"exhibits/{paper}" for paper in PAPERS},
    {"claims", "api"},
    {"audit", "release", "report", "benchmark", "intervals"},
    {f"report/{paper}" for paper in PAPERS},
    {"cli"},
]
LAYER = {name: number for number, names in enumerate(LAYERS) for name in names}
PAPER_OF = {name: paper for paper, names in PAPERS.items() for name in names}
# One paper's own, above the layer of its methods: it uses the claims too.
PAPER_OF["intervals"] = "eastmond_2024"
# Shared packages in which a paper may have a folder of its own.
DIVIDED = ("exhibits", "report")
PAPER_OF |= {f"{package}/{paper}": paper for package in DIVIDED for paper in PAPERS}


def package_of(module: Path, source: Path) -> str:
    """Package of a module; a paper's folder of exhibits or report is one of its own."""
    first, *rest = module.relative_to(source / "welfare_added").parts
    if first in DIVIDED and len(rest) > 1:
        return f"{first}/{rest[0]}"
    return first.removesuffix(".py")


def wrong(importer: str, other: str) -> str:
    """Why a package may not import from another; empty if it may."""
    for name in (importer, other):
        if name not in LAYER:
            return (
                f"{name}: a package without a place. Put it in LAYERS of tests/test_layers.py, or in "
                "PAPERS if it is one paper's own method, and in the layers of the design"
            )
    own, theirs = PAPER_OF.get(importer), PAPER_OF.get(other)
    if theirs and own != theirs:
        whose = f"of {own}" if own else "shared by all papers"
        return f"{importer} ({whose}) imports {other}, which is {theirs}'s own"
    if own and own == theirs and LAYER[importer] == LAYER[other]:
        if PAPERS[own].index(other) >= PAPERS[own].index(importer):
            return f"{importer} imports {other}, which comes after it in {own}"
    elif LAYER[other] >= LAYER[importer]:
        place = "beside" if LAYER[other] == LAYER[importer] else "above"
        return f"{importer} imports {other}, which is in a layer {place} it"
    return ""


def violations(source: Path) -> list[str]:
    """What breaks the order below a folder ``src``: the file, and why."""
    found = []
    for module in sorted((source / "welfare_added").rglob("*.py")):
        if module == source / "welfare_added/__init__.py":
            continue  # the public API names what it likes
        importer = package_of(module, source)
        imports = {importer}  # so that one that imports nothing must have a place too
        imports |= {package_of(one, source) for one in imported(module, source)}
        for other in sorted(imports - {"__init__"}):
            # What is in a package's folder has that package's __init__ above it.
            inside = importer.startswith(f"{other}/")
            reason = "" if other == importer in LAYER or inside else wrong(importer, other)
            if reason:
                found.append(f"{module.relative_to(source).as_posix()}: {reason}")
    return found


def test_every_package_imports_only_from_layers_below():
    assert violations(ROOT / "src") == []


def test_no_package_has_two_places_or_two_papers():
    names = [name for layer in LAYERS for name in layer]
    assert len(names) == len(set(names)) == len(LAYER)
    assert len(PAPER_OF) == sum(map(len, PAPERS.values())) + len(DIVIDED) * len(PAPERS) + 1


def test_every_folder_of_modules_is_a_package():
    """One without __init__.py is left out of what is installed."""
    for module in (ROOT / "src/welfare_added").rglob("*.py"):
        assert (module.parent / "__init__.py").is_file(), module.parent


def test_no_script_imports_another_papers_packages():
    scripts = sorted((ROOT / "scripts").rglob("*.py"))
    assert len(scripts) > 40
    for script in scripts:
        own = script.parent.name if script.parent.name in PAPERS else None
        assert own or script.parent == ROOT / "scripts", f"{script}: not a paper of PAPERS"
        used = {package_of(one, ROOT / "src") for one in imported(script, ROOT / "src")}
        others = {name for name in used if PAPER_OF.get(name) not in (None, own)}
        assert not others, f"{script.relative_to(ROOT)} imports {sorted(others)}"


@pytest.fixture
def source(tmp_path):
    """A copy of src, which a test may change."""
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    return Path(shutil.copytree(ROOT / "src", tmp_path / "src", ignore=ignored))


def add(source: Path, module: str, text: str) -> None:
    """Write a line at the end of a module; a new one is made, with its packages."""
    path = source / "welfare_added" / module
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in (path.parent, path.parent.parent):
        (folder / "__init__.py").touch()
    path.write_text((path.read_text() if path.is_file() else "") + f"\n{text}\n")


ADDED = {
    "a layer above": (
        {"assignment/sweep.py": "from welfare_added.district import races"},
        "assignment/sweep.py: assignment imports district, which is in a layer above it",
    ),
    "a whole package above, in a function": (
        {"run/writing.py": "def f():\n    import welfare_added.value_added"},
        "run/writing.py: run imports value_added, which is in a layer above it",
    ),
    "the same layer": (
        {"audit/trace.py": "from welfare_added.release import history"},
        "audit/trace.py: audit imports release, which is in a layer beside it",
    ),
    "the same layer of numerics": (
        {"choice/logit.py": "", "assignment/milp.py": "from welfare_added.choice import logit"},
        "assignment/milp.py: assignment imports choice, which is in a layer beside it",
    ),
    "another paper's package": (
        {"market/offers.py": "from welfare_added.welfare.ranking import ranks"},
        "market/offers.py: market (of bates_2022) imports welfare, which is eastmond_2024's own",
    ),
    "another paper's package, the other way": (
        {"market/offers.py": "", "welfare/gaps.py": "from welfare_added.market import offers"},
        "welfare/gaps.py: welfare (of eastmond_2024) imports market, which is bates_2022's own",
    ),
    "a later package of the same paper": (
        {"allocation/ces.py": "from welfare_added.welfare import gaps"},
        "allocation/ces.py: allocation imports welfare, which comes after it in eastmond_2024",
    ),
    "an exhibit of another paper's package": (
        {"exhibits/bates_2022/moves.py": "from welfare_added.allocation.slots import build_slots"},
        "exhibits/bates_2022/moves.py: exhibits/bates_2022 (of bates_2022) imports allocation, "
        "which is eastmond_2024's own",
    ),
    "an exhibit of another paper's exhibits": (
        {"exhibits/bates_2022/moves.py": "from welfare_added.exhibits.eastmond_2024 import theory"},
        "exhibits/bates_2022/moves.py: exhibits/bates_2022 (of bates_2022) imports "
        "exhibits/eastmond_2024, which is eastmond_2024's own",
    ),
    "what all exhibits share, of a paper's": (
        {"exhibits/output.py": "from welfare_added.exhibits.eastmond_2024 import theory"},
        "exhibits/output.py: exhibits (shared by all papers) imports exhibits/eastmond_2024, "
        "which is eastmond_2024's own",
    ),
    "the report, of a paper's explorer": (
        {"report/page.py": "from welfare_added.report.eastmond_2024 import explorer"},
        "report/page.py: report (shared by all papers) imports report/eastmond_2024, "
        "which is eastmond_2024's own",
    ),
    "an explorer of another paper's exhibits": (
        {
            "report/bates_2022/explorer.py": "from welfare_added.exhibits.eastmond_2024 import theory"
        },
        "report/bates_2022/explorer.py: report/bates_2022 (of bates_2022) imports "
        "exhibits/eastmond_2024, which is eastmond_2024's own",
    ),
    "a shared package of one paper's": (
        {"disclosure/gate.py": "from welfare_added.welfare import gaps"},
        "disclosure/gate.py: disclosure (shared by all papers) imports welfare, "
        "which is eastmond_2024's own",
    ),
    "a package without a place": (
        {"tutoring/hours.py": ""},
        "tutoring/hours.py: tutoring: a package without a place. Put it in LAYERS of "
        "tests/test_layers.py, or in PAPERS if it is one paper's own method",
    ),
    "exhibits of a paper without a place": (
        {"exhibits/nobody_1999/figures.py": ""},
        "exhibits/nobody_1999/figures.py: exhibits/nobody_1999: a package without a place. ",
    ),
}


@pytest.mark.parametrize("case", ADDED)
def test_what_breaks_the_order_is_named(source, case):
    modules, message = ADDED[case]
    for module, text in modules.items():
        add(source, module, text)
    found = violations(source)
    assert found[-1].startswith(f"welfare_added/{message}")
    assert len(found) == (2 if "without a place" in case else 1)  # its __init__.py has no place too


ALLOWED = {
    "the layers below": {"market/offers.py": "from welfare_added.assignment import sweep"},
    "calibration": {"selection/likelihood.py": "from welfare_added.calibration import search"},
    "the paper's own, for its exhibits": {
        "market/offers.py": "",
        "exhibits/bates_2022/moves.py": "from welfare_added.market import offers\n"
        "from welfare_added.exhibits import style",
    },
    "the paper's own exhibits, for its explorer": {
        "exhibits/bates_2022/labels.py": "",
        "report/bates_2022/explorer.py": "from welfare_added.exhibits.bates_2022 import labels\n"
        "from welfare_added.report import numbers",
    },
    "an earlier package of the same paper": {
        "welfare/gaps.py": "from welfare_added.allocation import slots"
    },
}


@pytest.mark.parametrize("case", ALLOWED)
def test_what_keeps_the_order_is_let_be(source, case):
    for module, text in ALLOWED[case].items():
        add(source, module, text)
    assert violations(source) == []
