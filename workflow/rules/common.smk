# What every rule uses: folders of the study, scripts with the code they rest on, memory and time.
from functools import cache
from pathlib import Path

from welfare_added.run import choices, folders
from welfare_added.run.choices import overridden
from welfare_added.run.fingerprint import fingerprint
from welfare_added.run.imports import project_modules

ROOT = next(
    folder
    for folder in [Path(workflow.basedir), *Path(workflow.basedir).parents]
    if (folder / "pyproject.toml").is_file()
)


def refused(check, *arguments):
    """Run a check of what the user chose; what it refuses is Snakemake's own error, in plain words."""
    try:
        return check(*arguments)
    except ValueError as error:
        raise WorkflowError(str(error)) from None


config.update(choices.completed(config))
refused(choices.check, config, ROOT)

PAPER = config["paper"]
PAPER_FOLDER = choices.paper_folder(ROOT, PAPER)
SOURCE = config["district"]["source"]
SYNTHETIC = SOURCE == "synthetic"
COLUMNS = config["district"].get("columns", {})  # the user's own names, by table
# Of confidential records only the exhibits, and tables that went through the gate, are published.
RESTRICTED = choices.restricted(config)
RESULTS = folders.public_folder(config["study"])
PRIVATE = folders.private_folder(config["study"], RESTRICTED)
AUDIT = folders.audit_folder(config["study"], RESTRICTED)
if RESTRICTED:
    Path(folders.PRIVATE).mkdir(parents=True, exist_ok=True)
    Path(folders.PRIVATE).chmod(0o700)
LIMITS = {"profile": config["disclosure"]["profile"], "minimum": config["disclosure"]["minimum"]}
# What a paper's report has beside exhibits and claims: the tables of the planner's explorer, and its choices.
EXPLORER, EXPLORER_CHOICES = {}, {}
LOGS = f"{PRIVATE}/logs"
ENVIRONMENT = str(ROOT / "envs/environment.yaml")


def script_path(name):
    """Path of a script: the paper's own of that name, else the one that all papers share."""
    own = ROOT / "scripts" / PAPER / f"{name}.py"
    return str(own if own.is_file() else ROOT / "scripts" / f"{name}.py")


@cache
def modules(name, *more):
    """The script, further modules that it loads by name, and every project module they import."""
    return project_modules([Path(script_path(name)), *more], ROOT / "src")


def code(name, *more):
    """The modules of a script as inputs; what they say counts, not when they were written."""
    return ancient([relative(path) for path in modules(name, *more)])


def code_fingerprint(name, *more):
    """What the modules of a script say: a parameter, so that an edit there reruns the rule."""
    return fingerprint(modules(name, *more), ROOT)


def relative(path):
    """The path from here, so that results stay fresh when the project's folder is moved."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def of_paper(name):
    """A file of the paper's folder, as an input."""
    return relative(PAPER_FOLDER / name)


def folders_in(folder):
    """Names of a folder's folders, sorted; none if it is not there."""
    return sorted(path.name for path in Path(folder).glob("*") if path.is_dir())


def needs(mb, minutes=0.5):
    """Memory and time for a scheduler: 1,000 MB and 30 minutes, and so much for each MB of input.

    From measured peaks (docs/cluster.md); as much again in a second attempt.
    """
    return {
        "mem_mb": lambda wildcards, input, attempt: round(1000 + mb * input.size_mb) * attempt,
        "runtime": lambda wildcards, input, attempt: round(30 + minutes * input.size_mb) * attempt,
    }
