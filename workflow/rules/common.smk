from pathlib import Path

from welfare_added.audit.imports import project_modules

ROOT = Path(workflow.basedir)
while not (ROOT / "pyproject.toml").is_file():
    ROOT = ROOT.parent

RESULTS = f"results/{config['study']}"
LOGS = f"{RESULTS}/logs"
BENCHMARKS = f"{RESULTS}/benchmarks"


def script(name):
    """Path of the script of that name."""
    return str(ROOT / "scripts" / f"{name}.py")


def code(name):
    """The script and every project module it imports, so that an edit there reruns the rule."""
    return [str(path) for path in project_modules(Path(script(name)), ROOT / "src")]
