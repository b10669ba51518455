from pathlib import Path

from welfare_added.run import choices
from welfare_added.run.fingerprint import fingerprint
from welfare_added.run.imports import project_modules
from welfare_added.run.choices import overridden

ROOT = next(
    folder
    for folder in [Path(workflow.basedir), *Path(workflow.basedir).parents]
    if (folder / "pyproject.toml").is_file()
)

RESULTS = f"results/{config['study']}"
# Of confidential records only the exhibits, and tables that went through the gate, are published.
RESTRICTED = choices.restricted(config)
PRIVATE = choices.private_folder(config["study"], RESTRICTED)
AUDIT = choices.audit_folder(config)
if RESTRICTED:
    Path(choices.PRIVATE).mkdir(parents=True, exist_ok=True)
    Path(choices.PRIVATE).chmod(0o700)
LOGS = f"{PRIVATE}/logs"
BENCHMARKS = f"{PRIVATE}/benchmarks"
ENVIRONMENT = str(ROOT / "envs/environment.yaml")
CALIBRATION = "workflow/calibration"


def check_config(config):
    """Refuse unknown keys and impossible values before anything runs."""
    try:
        choices.check(config, ROOT / "workflow/schemas/config.schema.json")
    except choices.ConfigError as error:
        raise WorkflowError(str(error)) from None


def script_path(name):
    """Path of the script of that name."""
    return str(ROOT / "scripts" / f"{name}.py")


def modules(name):
    """The script and every project module that it imports."""
    return project_modules(Path(script_path(name)), ROOT / "src")


def code(name):
    """The modules of a script as inputs; what they say counts, not when they were written."""
    return ancient([relative(path) for path in modules(name)])


def code_fingerprint(name):
    """What the modules of a script say: a parameter, so that an edit there reruns the rule."""
    return fingerprint(modules(name), ROOT)


def relative(path):
    """The path from here, so that results stay fresh when the project's folder is moved."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def plan_files(subjects, information=("_heterogeneous", "_standard")):
    """Plans of these subjects in both scopes."""
    return [
        f"{PRIVATE}/allocation/plans/{subject}_{scope}{chosen_with}.parquet"
        for subject in subjects
        for scope in ("district", "school")
        for chosen_with in information
    ]


def cell_of(wildcards):
    """Year and grade of a job for one cell; none if a job solves all."""
    return [int(part) for part in wildcards.cell.split("_")] if "cell" in wildcards.keys() else None


def folders_in(folder):
    """Names of a folder's folders, sorted; none if it is not there."""
    return sorted(path.name for path in Path(folder).glob("*") if path.is_dir())


def of_districts(names, file):
    """A published file of every district."""
    return [f"results/{config['study']}_{name}/{file}" for name in names]


def pairs_file(wildcards):
    """The user's file of forbidden and fixed pairs, if the constrained plan has one."""
    path = config["constrained"]["plans"][wildcards.plan].get("pairs")
    return {"pairs": path} if path else {}


def needs(mb, minutes=0.5):
    """Memory and time for a scheduler: 1,000 MB and 30 minutes, and so much for each MB of input.

    From measured peaks (docs/cluster.md); as much again in a second attempt.
    """
    return {
        "mem_mb": lambda wildcards, input, attempt: round(1000 + mb * input.size_mb) * attempt,
        "runtime": lambda wildcards, input, attempt: round(30 + minutes * input.size_mb) * attempt,
    }
