"""What a project of one's own needs besides the package; read by setup.py, which has no package."""

import shutil
from pathlib import Path

PARTS = (
    *("Snakefile", "config.yaml", "requirements.lock", "LICENSE", "CITATION.cff"),
    *("workflow", "scripts", "profiles", "envs", "docs"),
)
TEMPLATE = "template"  # folder of the installed package that holds these parts
IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")


def copy_part(source: Path, target: Path) -> None:
    """Copy a file, or a folder without what Python compiled."""
    if source.is_dir():
        shutil.copytree(source, target, ignore=IGNORED)
    else:
        shutil.copyfile(source, target)
