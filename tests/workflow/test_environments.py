"""The lock file, the conda environment and the project's metadata name the same packages."""

import re
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
ENTRIES = [
    Requirement(line.rstrip(" \\")) for line in LOCK.splitlines() if re.match("[a-z0-9]", line)
]
PYTHON = {"python_version": "3.11", "python_full_version": "3.11.9", "sys_platform": "linux"}
LOCKED = {
    entry.name: str(entry.specifier).removeprefix("==")
    for entry in ENTRIES
    if entry.marker is None or entry.marker.evaluate(PYTHON)
}
CONDA_NAMES = {"snakemake-minimal": "snakemake"}


def test_every_package_is_pinned_with_a_hash():
    entries = re.split(r"^(?=[a-z0-9-]+==)", LOCK, flags=re.M)[1:]
    assert len(entries) == len(ENTRIES) > 50
    assert all("--hash=sha256:" in entry for entry in entries)


def test_every_dependency_is_in_the_lock_file():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = set(project["dependencies"]).union(*project["optional-dependencies"].values())
    assert wanted <= set(LOCKED)


def test_the_conda_environment_pins_the_same_versions():
    listed = yaml.safe_load((ROOT / "envs/environment.yaml").read_text())["dependencies"]
    pins = [entry.split("=") for entry in listed if isinstance(entry, str) and "=" in entry]
    versions = {CONDA_NAMES.get(name, name): version for name, version in pins}
    assert versions.pop("python") == "3.11"
    pip = next(entry["pip"] for entry in listed if isinstance(entry, dict))
    versions |= dict(entry.split("==") for entry in pip)
    assert versions == {name: LOCKED[name] for name in versions}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert set(project["dependencies"]) <= set(versions)
