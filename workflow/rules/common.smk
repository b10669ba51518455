# Settings and functions of all rules: the study's folders, scripts and their code, memory and time.
from functools import cache
from pathlib import Path

from welfare_added.district.layout import Layout, read_layout
from welfare_added.run import choices, folders
from welfare_added.run.choices import overridden
from welfare_added.run.errors import UserError
from welfare_added.run.fingerprint import fingerprint
from welfare_added.run.imports import project_modules
from welfare_added.run.source import source_folder

ROOT = next(
    folder
    for folder in [Path(workflow.basedir), *Path(workflow.basedir).parents]
    if (folder / "Snakefile").is_file()
)
SOURCE_FOLDER = source_folder(ROOT)  # of the package's modules


def checked(check, *arguments):
    """Run a check of the user's choices; a failure stops Snakemake with the check's message alone."""
    try:
        return check(*arguments)
    except UserError as error:
        raise WorkflowError(str(error)) from None


config.update(choices.completed(config))
PAPER = config["paper"]
PAPER_FOLDER = checked(choices.paper_folder, ROOT, PAPER)
RAW_TABLES, RAW_TABLES_SCHEMA = PAPER_FOLDER / "raw_tables.yaml", ROOT / "workflow/schemas/raw_tables.schema.json"
# The paper's raw tables; a paper without any has none.
LAYOUT = checked(read_layout, RAW_TABLES, RAW_TABLES_SCHEMA) if RAW_TABLES.is_file() else Layout()
checked(choices.check, config, ROOT, LAYOUT.columns)

SOURCE = config["district"]["source"]
SYNTHETIC = SOURCE == "synthetic"
COLUMNS = config["district"].get("columns", {})  # the user's own names, by table
# How the user's files differ from the layout.
EXPORT = {key: config["district"][key] for key in ("columns", "recode", "missing", "decimal", "co_teachers", "combination_classes") if key in config["district"]}
# Of confidential records only exhibits, and tables that passed the disclosure gate, are published.
RESTRICTED = choices.restricted(config)
RESULTS = folders.public_folder(config["study"])
PRIVATE = folders.private_folder(config["study"], RESTRICTED)
AUDIT = folders.audit_folder(config["study"], RESTRICTED)
if RESTRICTED:
    Path(folders.PRIVATE).mkdir(parents=True, exist_ok=True)
    Path(folders.PRIVATE).chmod(0o700)
# The paper's stated numbers are compared on synthetic records, or in a study that has the paper's name.
WITH_CLAIMS = SYNTHETIC or config["study"] == PAPER
LIMITS = {"profile": config["disclosure"]["profile"], "minimum": config["disclosure"]["minimum"]}
# Where synthetic raw tables are made; a paper may set another folder.
RAW_FOLDER = f"{PRIVATE}/district/raw"
# Tables and choices of the report's explorer of plans, set by papers that have one; why a study has none although its
# paper does.
EXPLORER, EXPLORER_CHOICES, NO_EXPLORER = {}, {}, ""
# Results that the study has although no run makes them by default; a paper adds theirs.
KEPT = frozenset()
LOGS = f"{PRIVATE}/logs"
ENVIRONMENT = str(ROOT / "envs/environment.yaml")


def script_path(name):
    """Path of a script: scripts/<paper>/<name>.py if it exists, else scripts/<name>.py."""
    own = ROOT / "scripts" / PAPER / f"{name}.py"
    return str(own if own.is_file() else ROOT / "scripts" / f"{name}.py")


@cache
def modules(name, *more):
    """A script, the modules ``more`` that it loads by name, and every project module that these import."""
    return project_modules([Path(script_path(name)), *more], SOURCE_FOLDER)


def code(name, *more):
    """Modules of a script as inputs; `ancient`, since their content (code_fingerprint) counts and not their date."""
    return ancient([relative(path) for path in modules(name, *more)])


def code_fingerprint(name, *more):
    """Digest of a script's modules, passed as a parameter so that an edit of any of them reruns the rule."""
    return fingerprint(modules(name, *more), ROOT)


def relative(path):
    """Path relative to the working directory, so that results stay up to date if the project is moved."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


# Inputs of the rules that read the raw tables.
LAYOUT_FILES = {"layout": relative(RAW_TABLES), "layout_schema": relative(RAW_TABLES_SCHEMA)}


def of_paper(name):
    """A file of the paper's folder, as an input."""
    return relative(PAPER_FOLDER / name)


def exhibit_code(one):
    """The script of all exhibits, and the module that draws this one."""
    return "exhibit", SOURCE_FOLDER / f"welfare_added/exhibits/{PAPER}/{one.program}.py"


def of_districts(names, file):
    """A published file of every district."""
    return [f"results/{config['study']}_{name}/{file}" for name in names]


def folders_in(folder):
    """Names of the folders in a folder, sorted; empty if it does not exist."""
    return sorted(path.name for path in Path(folder).glob("*") if path.is_dir())


def needs(mb, minutes=0.5):
    """Memory and time for a scheduler: 1,000 MB and 30 minutes, plus ``mb`` and ``minutes`` per MB of input.

    From measured peaks (docs/cluster.md); a second attempt has twice as much.
    """
    return {
        "mem_mb": lambda wildcards, input, attempt: round(1000 + mb * input.size_mb) * attempt,
        "runtime": lambda wildcards, input, attempt: round(30 + minutes * input.size_mb) * attempt,
    }
