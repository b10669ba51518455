"""A copy of the project with a tiny district, run whole once."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from snakemake_calls import load, snakemake

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
SMALL_CHOICES = {"district": {"size": "tiny"}, "allocation": {"weights": 11}}
# A seed with which every plan can be tuned, as claims about all of them need.
FEW_DRAWS = {
    "district": {"size": "tiny", "seed": 3},
    "bootstrap": {"draws": 2},
    "monte_carlo": {"pools": 2},
}

# As few draws, runs and points as the choices allow: a run of seconds, whose numbers mean nothing.
FEW_RUNS = {
    "district": {"size": "tiny"},
    "value_added": {"draws": 20, "simulations": 5},
    "preferences": {
        "draws": 32,
        "integrators": {"prior": 8, "sobol": 8, "adaptive": 32},
        "worlds": {
            "seed": 1,
            "smallest_t": 1.9,
            "teachers": {
                "integrators": {"prior": 8, "sobol": 8, "adaptive": 8},
                **{"worlds": 2, "applicants": 150, "positions": 60, "application_rate": 0.2},
                "common_outside": False,
            },
            "principals": {
                "integrators": {"adaptive": 7, "simulated": 8},
                **{"worlds": 2, "positions": 100, "applications": 100},
            },
        },
    },
    "market": {
        **{"runs": 6, "frontier_points": 5, "other_cycles": [2015]},
        "bonuses": {"points": 3, "spending": 100, "options": "windows", "lump_sum": "minutes"},
        "uncertainty": {"draws": 3, "runs": 2, "seed": 1},
    },
    "reallocation": {"replaced": [0, 0.5], "moved": [0, 0.1, 1]},
    "match_effects": {"sds": [0, 0.05], "draws": 1},
}


@dataclass(frozen=True)
class Project:
    """A working copy of the project, and a way to run Snakemake in it."""

    folder: Path

    def snakemake(self, *arguments: str, cores: int = 1) -> subprocess.CompletedProcess:
        place = self._place()
        return snakemake(["--cores", str(cores), *arguments], place["cwd"], place["env"])

    def audit(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "welfare_added.audit", *arguments],
            **self._place(),
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self, *arguments: str, cores: int = 1) -> subprocess.Popen:
        """A run of its own process group, to be interrupted."""
        command = [sys.executable, "-m", "snakemake", "--cores", str(cores), *arguments]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(command, **self._place(), **quiet, start_new_session=True)

    def copied(self, folder: Path) -> "Project":
        """The same in another folder, which a test may change."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Project(folder)

    def _place(self) -> dict:
        path = {"PYTHONPATH": str(self.folder / "src"), "OPENBLAS_NUM_THREADS": "1"}
        return {"cwd": self.folder, "env": {**os.environ, **path}}

    def run(self, *arguments: str, cores: int = 1) -> str:
        done = self.snakemake(*arguments, cores=cores)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def due(self, *arguments: str) -> set[str]:
        """Names of the rules that a run would execute."""
        return set(self.jobs_due(*arguments))

    def jobs_due(self, *arguments: str) -> dict[str, int]:
        """The same with the number of jobs of each."""
        output = self.run("--dry-run", "--quiet=host", *arguments)
        lines = output.splitlines()
        if "Job stats:" not in lines:
            assert "Nothing to be done" in output, output
            return {}
        table = lines[lines.index("Job stats:") + 3 :]
        counts = dict(row.split() for row in table[: [*table, ""].index("")])
        return {rule: int(count) for rule, count in counts.items() if rule != "total"}

    def choose(self, changes: dict, paper: str = "eastmond_2024") -> None:
        """Change choices where they stand: in config.yaml, or in the paper's own file."""
        shared = self.folder / "config.yaml"
        own = self.folder / f"workflow/papers/{paper}/config.yaml"
        for path, others in ((shared, own), (own, shared)):
            here, there = (yaml.safe_load(one.read_text()) for one in (path, others))
            for section, values in changes.items():
                if not isinstance(values, dict):
                    here |= {section: values} if section in here else {}
                    continue
                known, elsewhere = here.get(section, {}), there.get(section, {})
                mine = {k: v for k, v in values.items() if k in known}
                if path == own:  # a key that nobody knows, too
                    mine |= {k: v for k, v in values.items() if k not in elsewhere}
                here |= {section: known | mine} if mine else {}
            path.write_text(yaml.safe_dump(here, sort_keys=False))


def copy_project(folder: Path) -> Project:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if name.startswith("tests/") or not (ROOT / name).exists():
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target, follow_symlinks=False)
    # What numba has compiled already: it holds for a source file of the same date and size.
    for compiled in ROOT.glob("src/**/*.nb[ic]"):
        target = folder / compiled.relative_to(ROOT)
        target.parent.mkdir(exist_ok=True)
        shutil.copy2(compiled, target)
    project = Project(folder)
    project.choose(SMALL_CHOICES)
    return project


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every table, figure and page in a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for pattern in ("*.csv", "*.parquet", "*.png", "*.pdf", "*.tex", "*.html")
        for path in sorted(folder.rglob(pattern))
    }


@pytest.fixture(scope="session", autouse=True)
def libraries() -> None:
    """Load them before a test sets variables of its own."""
    load()


@pytest.fixture(scope="session")
def once(tmp_path_factory) -> Callable[[str, Callable[[Path], None]], Project]:
    """Make a project in a folder of this name, once for all of pytest's workers."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base

    def project(name: str, make: Callable[[Path], None]) -> Project:
        folder, made = shared / name, shared / f"{name}.made"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second waits
            if not made.exists():
                shutil.rmtree(folder, ignore_errors=True)
                make(folder)
                made.touch()
        return Project(folder)

    return project


@pytest.fixture(scope="session")
def tiny(once) -> Project:
    """The tiny district with every target made, on two cores; run and change copies of it only."""
    return once("tiny", lambda folder: copy_project(folder).run(cores=2))


@pytest.fixture(scope="session")
def tiny_ellison(once) -> Project:
    """Every target of ellison_2020 with few applicants; run and change copies of it only."""

    def make(folder: Path) -> None:
        project = copy_project(folder)
        project.choose({"paper": "ellison_2020", **FEW_DRAWS}, paper="ellison_2020")
        project.run(cores=2)

    return once("tiny_ellison", make)


@pytest.fixture(scope="session")
def tiny_bates(once) -> Project:
    """Every target of bates_2022 with few runs; run and change copies of it only."""

    def make(folder: Path) -> None:
        project = copy_project(folder)
        project.choose({"paper": "bates_2022", **FEW_RUNS}, paper="bates_2022")
        project.run(cores=2)

    return once("tiny_bates", make)


@pytest.fixture(scope="session")
def tiny_laverde(once) -> Project:
    """Every target of laverde_2023 in its tiny world; run and change copies of it only."""

    def make(folder: Path) -> None:
        project = copy_project(folder)
        project.choose(
            {"paper": "laverde_2023", "district": {"size": "tiny"}}, paper="laverde_2023"
        )
        project.run(cores=2)

    return once("tiny_laverde", make)


@pytest.fixture(scope="session")
def tiny_biasi(once) -> Project:
    """Every target of biasi_2017 in its tiny state; run and change copies of it only."""

    def make(folder: Path) -> None:
        project = copy_project(folder)
        project.choose({"paper": "biasi_2017", "district": {"size": "tiny"}}, paper="biasi_2017")
        project.run(cores=2)

    return once("tiny_biasi", make)


@pytest.fixture(scope="module")
def records(once, request) -> Project:
    """The own tables of a test module's STUDY (an OwnStudy), with which nothing has run."""
    study = request.module.STUDY
    return once(f"{study.made.__name__}_records", study.prepare)


@pytest.fixture(scope="module")
def own(once, request) -> Project:
    """The same, run to their release; run and change copies of it only."""
    study = request.module.STUDY
    return once(study.made.__name__, study.released)


@pytest.fixture
def fresh(tmp_path) -> Project:
    """A copy in which nothing has run."""
    return copy_project(tmp_path)


@pytest.fixture
def changed(tiny, tmp_path) -> Project:
    """The tiny district's finished run, in a copy that a test may change."""
    return tiny.copied(tmp_path / "copy")


@pytest.fixture(scope="session")
def browser():
    """Chromium; CI=1 makes its absence a failure."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM:
        assert not os.environ.get("CI"), "no chromium; install it or set CHROMIUM to its path"
        pytest.skip("no chromium here: install it, or set CHROMIUM to its path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        browser.phone = playwright.devices["Pixel 5"]
        yield browser
        browser.close()
